"""How each known divergence is recognised: small pure functions over a pair that differs, and both runs."""

from typing import Any

from course.tcp.segment import Why
from course.trace.record import which_copy
from course.twins.pair import Aspect, Pair, Rule, Sides
from course.twins.side import Call, Side

NOT_YET = frozenset({"TimeoutError", "ETIMEDOUT", "EAGAIN", "EINPROGRESS", "EALREADY"})
COME = frozenset({None, "ECONNREFUSED", "ECONNRESET", "EPIPE", "EISCONN"})
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
    """All calls on the socket that the pair is about, or on duplicates of it, in one of the worlds."""
    which = whose(next(call for call in pair.calls if call is not None))
    return [call for calls in side.calls.values() for call in calls if whose(call) == which]


def whose(call: Call) -> tuple[str, str]:
    """The host and the open socket that a call is about."""
    return call.record.host, which_copy(call.record.socket)[0]


# ------------------------------------------------ closing and resets


def ends_in_both_ways(pair: Pair, sides: Sides) -> bool:
    """recv() tells the end of the stream in one world, and a reset in the other."""
    if not is_call(pair, "recv") or not both_back(pair):
        return False
    return {call.error or call.value for call in pair.calls if call is not None} == {END_OF_STREAM, "ECONNRESET"}


def news_later(pair: Pair, sides: Sides) -> bool:
    """send() succeeds in one world, and in the other it is known already that nobody listens."""
    ours, theirs = errors(pair)
    return is_call(pair, *WRITING) and both_back(pair) and {ours, theirs} in ({None, "EPIPE"}, {None, "ECONNRESET"})


def over_already(pair: Pair, sides: Sides) -> bool:
    """In one world the connection is over, so that there is nothing to ask it or to shut down."""
    return is_call(pair, "shutdown", "getpeername") and both_back(pair) and set(errors(pair)) == {None, "ENOTCONN"}


def listener_shut(pair: Pair, sides: Sides) -> bool:
    """shutdown() on a listener."""
    listens = any(call.name == "listen" for call in on_same_socket(sides.simulated, pair)) if any(pair.calls) else False
    return is_call(pair, "shutdown") and listens and errors(pair) == (None, "ENOTCONN")


# ------------------------------------------------ opening


def reused(pair: Pair, sides: Sides) -> bool:
    """The same two ends again, while TIME-WAIT lasts."""
    return is_call(pair, "connect", "bind") and ("EADDRNOTAVAIL" in errors(pair) or "EADDRINUSE" in errors(pair)) and (
        None in errors(pair)
    )  # fmt: skip


def refused_when_full(pair: Pair, sides: Sides) -> bool:
    """A caller finds the accept queue full in one of the worlds: told to, our listener refuses it."""
    trace = sides.simulated.trace
    full = any(sent.segment.why is Why.QUEUE_FULL for sent in trace.segments)
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


def other_readiness(pair: Pair, sides: Sides) -> bool:
    """select() finds other sockets ready, or is called more often."""
    return is_call(pair, "select")


def cut_short(pair: Pair, sides: Sides) -> bool:
    """Both runs were looked at in the same moment, which was not the same for their programs."""
    return bool(sides.simulated.ended) and sides.simulated.ended == sides.real.ended


def silent(pair: Pair, sides: Sides) -> bool:
    """Nothing can ever happen again: the simulated world knows it, and on the kernel time has to run out."""
    return pair.aspect is Aspect.END and (sides.simulated.ended, sides.real.ended) == ("Deadlock", "DeadlineExceeded")


def out_of_patience(pair: Pair, sides: Sides) -> bool:
    """The deadline of real time ends what virtual time lets go on."""
    cut = sides.real.ended == "DeadlineExceeded" and not sides.simulated.ended
    never_back = pair.calls[1] is not None and pair.calls[1].returned is None
    return cut and (pair.aspect is Aspect.END or never_back)


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

    def rule(pair: Pair, sides: Sides) -> bool:
        return pair.aspect is aspect and pair.what == what

    return rule


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
