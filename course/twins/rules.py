"""How each known divergence is recognised: small pure functions over a pair that differs, and both runs."""

from collections.abc import Iterable
from typing import Any

from course.tcp.segment import Why
from course.tcp.state import State
from course.trace.record import Octets
from course.twins.pair import Aspect, Pair, Rule, Sides
from course.twins.side import Call, Side
from course.twins.ways import Way, agree, ways

NOT_YET = frozenset({"TimeoutError", "ETIMEDOUT", "EAGAIN", "EINPROGRESS", "EALREADY"})
COME = frozenset({None, "ECONNREFUSED", "ECONNRESET", "EPIPE", "EISCONN"})
FIRST = frozenset({State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSING, State.TIME_WAIT})
SECOND = frozenset({State.CLOSE_WAIT, State.LAST_ACK})
UNDER_WAY = frozenset({State.SYN_SENT, State.SYN_RECEIVED, State.CLOSING, State.LAST_ACK}) | FIRST
READING, WRITING = ("recv", "recv_into"), ("send", "sendall")
END_OF_STREAM = b""


def errors(pair: Pair) -> tuple[str | None, str | None]:
    """The errors of both calls, by name."""
    ours, theirs = (None if call is None else call.error for call in pair.calls)
    return ours, theirs


def is_call(pair: Pair, *names: str) -> bool:
    """Is it about a call of one of these names?"""
    return pair.aspect is Aspect.CALL and any(call is not None and call.name in names for call in pair.calls)


def both_back(pair: Pair) -> bool:
    """Was the call made in both worlds, and did it come back?"""
    return all(call is not None and call.returned is not None for call in pair.calls)


def on_same_socket(side: Side, pair: Pair) -> list[Call]:
    """All calls on the socket that the pair is about, in one of the worlds."""
    which = next(call.record for call in pair.calls if call is not None)
    every = [call for calls in side.calls.values() for call in calls]
    return [call for call in every if (call.record.host, call.record.socket) == (which.host, which.socket)]


# ------------------------------------------------ octets


def octets_of(call: Call) -> int:
    """How many octets a call has moved."""
    if call.error is not None or call.returned is None:
        return 0
    moved = call.record.arguments[0] if call.name == "sendall" else call.value
    return moved if isinstance(moved, int) else length(moved)


def length(octets: Any) -> int:
    """The length of octets as a record keeps them."""
    return octets.length if isinstance(octets, Octets) else len(octets or b"")


def moved(side: Side, pair: Pair, names: Iterable[str]) -> int:
    """All octets that calls of these names moved on the pair's socket."""
    return sum(octets_of(call) for call in on_same_socket(side, pair) if call.name in names)


def boundaries(pair: Pair, sides: Sides) -> bool:
    """The same octets in all, in other pieces."""
    if pair.aspect is Aspect.RESULT:
        ours, theirs = (joined(side.results.get(pair.who)) for side in sides)
        return bool(ours) and ours == theirs
    names = next((names for names in (READING, WRITING) if is_call(pair, *names)), ())
    total, other = (moved(side, pair, names) if names else 0 for side in sides)
    return total == other > 0 and not any(errors(pair))


def joined(result: object) -> bytes | None:
    """A list of octets as one; None if it is anything else."""
    is_pieces = isinstance(result, list | tuple) and all(isinstance(piece, bytes) for piece in result)
    return b"".join(result) if is_pieces else None  # type: ignore[arg-type]


def buffers(pair: Pair, sides: Sides) -> bool:
    """send() took another number of octets before it would have to wait, or the buffers' sizes were asked for."""
    if asks("SO_SNDBUF", "SO_RCVBUF")(pair, sides):
        return True
    filled = is_call(pair, *WRITING) and any(is_filled(side, pair) for side in sides)
    return filled and not (errors_other_than(NOT_YET, pair))


def is_filled(side: Side, pair: Pair) -> bool:
    """Was the socket's buffer full at some time, so that a call had to wait in vain, or took a part only?"""
    calls = [call for call in on_same_socket(side, pair) if call.name in WRITING]
    in_part = [call for call in calls if call.name == "send" and not call.error and call.returned]
    return any(call.error in NOT_YET for call in calls) or any(
        octets_of(call) < length(call.record.arguments[0]) for call in in_part
    )


def errors_other_than(names: Iterable[str], pair: Pair) -> set[str]:
    """The errors of the pair that are none of these."""
    return {error for error in errors(pair) if error is not None} - set(names)


# ------------------------------------------------ closing and resets


def ends_in_both_ways(pair: Pair, sides: Sides) -> bool:
    """recv() tells the end of the stream in one world, and a reset in the other."""
    outcomes = {call.error or call.value for call in pair.calls if call is not None and both_back(pair)}
    return is_call(pair, "recv") and outcomes == {END_OF_STREAM, "ECONNRESET"}


def news_later(pair: Pair, sides: Sides) -> bool:
    """send() succeeds in one world, and in the other it is known already that nobody listens."""
    ours, theirs = errors(pair)
    return is_call(pair, *WRITING) and both_back(pair) and {ours, theirs} in ({None, "EPIPE"}, {None, "ECONNRESET"})


def over_already(pair: Pair, sides: Sides) -> bool:
    """In one world the connection is over, so that there is nothing to ask it or to shut down."""
    return is_call(pair, "shutdown", "getpeername") and both_back(pair) and set(errors(pair)) == {None, "ENOTCONN"}


def flushed(pair: Pair, sides: Sides) -> bool:
    """After a reset the kernel still gives what had arrived before it."""
    if not is_call(pair, *READING):
        return False
    ours, theirs = (on_same_socket(side, pair) for side in sides)
    was_reset = any(call.error == "ECONNRESET" and call.name in READING for call in ours)
    return was_reset and sum(map(octets_received, theirs)) > sum(map(octets_received, ours))


def octets_received(call: Call) -> int:
    """What a call has read; a look with MSG_PEEK counts, too."""
    return octets_of(call) if call.name in READING else 0


def deaf(pair: Pair, sides: Sides) -> bool:
    """After SHUT_RD the simulated socket reads nothing, and the kernel's reads what comes."""
    if not is_call(pair, *READING) or any(errors(pair)) or not both_back(pair):
        return False
    before = pair.calls[0].record.number if pair.calls[0] else 0
    shut = [call for call in on_same_socket(sides.simulated, pair) if call.name == "shutdown" and not call.error]
    return any(call.written.endswith(("(SHUT_RD)", "(SHUT_RDWR)")) and call.record.number < before for call in shut)


def listener_shut(pair: Pair, sides: Sides) -> bool:
    """shutdown() on a listener."""
    listens = any(call.name == "listen" for call in on_same_socket(sides.simulated, pair)) if any(pair.calls) else False
    return is_call(pair, "shutdown") and listens and errors(pair) == ("ENOTCONN", None)


def still_waits(pair: Pair, sides: Sides) -> bool:
    """The kernel's end is in TIME-WAIT, which the simulated one has sat out."""
    way, seen = the_ways(pair, sides)
    return seen[-1:] == (State.TIME_WAIT,) and way[-2:] == (State.TIME_WAIT, State.CLOSED) and agree(way, seen)


def still_under_way(pair: Pair, sides: Sides) -> bool:
    """The kernel's end has not come as far as the simulated one, and is on its way."""
    way, seen = the_ways(pair, sides)
    return seen[-1:] != way[-1:] and bool(UNDER_WAY & {*seen[-1:]}) and agree(way, seen)


def fin_unacknowledged(pair: Pair, sides: Sides) -> bool:
    """The kernel's peer has acknowledged the FIN at once, and the simulated one has not been in FIN-WAIT-2."""
    way, seen = the_ways(pair, sides)
    return State.FIN_WAIT_1 in way and {*seen} - {*way} == {State.FIN_WAIT_2}


def other_closer(pair: Pair, sides: Sides) -> bool:
    """Both ends have closed in both worlds, but not in the same order."""
    way, seen = (set(states) for states in the_ways(pair, sides))
    first, other = ((bool(states & FIRST), bool(states & SECOND), State.CLOSING in states) for states in (way, seen))
    return any(first) and any(other) and first != other


def the_ways(pair: Pair, sides: Sides) -> tuple[Way, Way]:
    """The states of the end that the pair is about; none if it is about something else."""
    if pair.aspect is not Aspect.STATES:
        return (), ()
    way, seen = (ways(side).get(pair.who, ()) for side in sides)
    return way, seen


def reused(pair: Pair, sides: Sides) -> bool:
    """The same two ends again, while TIME-WAIT lasts."""
    return is_call(pair, "connect", "bind") and ("EADDRNOTAVAIL" in errors(pair) or "EADDRINUSE" in errors(pair)) and (
        None in errors(pair)
    )  # fmt: skip


# ------------------------------------------------ opening


def refused_when_full(pair: Pair, sides: Sides) -> bool:
    """A caller finds the accept queue full in one of the worlds: told to, our listener refuses it."""
    trace = sides.simulated.trace
    full = any(sent.segment.why is Why.QUEUE_FULL for sent in trace.sent)
    ignored = any(lost.reason == "accept queue full" for lost in trace.dropped)
    return is_call(pair, "connect") and (full or ignored) and errors(pair)[0] is not None


def without_cookies(pair: Pair, sides: Sides) -> bool:
    """A caller finds the queue of handshakes full, and the simulated listener bakes no cookies."""
    ignored = any(lost.reason == "SYN queue full" for lost in sides.simulated.trace.dropped)
    return is_call(pair, "connect") and ignored and errors(pair)[0] in NOT_YET and errors(pair)[1] is None


# ------------------------------------------------ waiting


def waits_for(*timers: str, connecting: bool | None = None) -> Rule:
    """A call that waits for one of these timers; `connecting` says whether it must (or must not) be connect()."""

    def rule(pair: Pair, sides: Sides) -> bool:
        connects = any(call is not None and call.name == "connect" for call in pair.calls)
        fits = connecting is None or connects is connecting
        return pair.aspect is Aspect.WAIT and fits and any(f"the {timer}" in pair.simulated for timer in timers)

    return rule


def not_yet(pair: Pair, sides: Sides) -> bool:
    """In one of the worlds it has not come yet."""
    told = set(errors(pair))
    return pair.aspect is Aspect.CALL and both_back(pair) and len(told & NOT_YET) == 1 and bool(told & COME)


def cut_short(pair: Pair, sides: Sides) -> bool:
    """Both runs were looked at in the same moment, which was not the same for their programs."""
    return bool(sides.simulated.ended) and sides.simulated.ended == sides.real.ended


def silent(pair: Pair, sides: Sides) -> bool:
    """Nothing can ever happen again: the simulated world knows it, and on the kernel time has to run out."""
    return pair.aspect is Aspect.END and (sides.simulated.ended, sides.real.ended) == ("Deadlock", "DeadlineExceeded")


# ------------------------------------------------ options and names


def asks(*options: str) -> Rule:
    """The value of one of these options was asked for."""

    def rule(pair: Pair, sides: Sides) -> bool:
        named = any(f" {option}" in pair.what for option in options)
        return is_call(pair, "getsockopt") and named and errors(pair) == (None, None)

    return rule


def unknown_option(pair: Pair, sides: Sides) -> bool:
    """An option that only the kernel has."""
    return is_call(pair, "getsockopt", "setsockopt") and errors(pair)[0] == "ENOPROTOOPT" != errors(pair)[1]


def other_bounds(pair: Pair, sides: Sides) -> bool:
    """A value that only one of the worlds takes."""
    return is_call(pair, "setsockopt") and sorted(map(str, errors(pair))) == ["EINVAL", "None"]


def no_descriptor(pair: Pair, sides: Sides) -> bool:
    """A program asks for the descriptor."""
    return pair.aspect is Aspect.RESULT and "UnsupportedOperation" in pair.simulated


def told_by(aspect: Aspect, what: str) -> Rule:
    """Any difference in this fact."""
    return lambda pair, sides: pair.aspect is aspect and pair.what == what


def either(*rules: Rule) -> Rule:
    """One of several rules."""
    return lambda pair, sides: any(rule(pair, sides) for rule in rules)


def clocks(pair: Pair, sides: Sides) -> bool:
    """Results that differ in fractions alone: times, as the programs measured them."""
    ours, theirs = (without_fractions(side.results.get(pair.who)) for side in sides)
    return pair.aspect is Aspect.RESULT and ours == theirs


def without_fractions(value: Any) -> Any:
    """The same value with every float as a mark."""
    match value:
        case float():
            return "a time"
        case list() | tuple():
            return [without_fractions(each) for each in value]
        case dict():
            return {key: without_fractions(each) for key, each in value.items()}
    return repr(value)
