"""How the known divergences of octets are recognised: which came, in which pieces, and how many a buffer takes."""

from collections.abc import Iterable
from typing import Any

from course.trace.record import Octets
from course.twins.pair import Aspect, Pair, Sides
from course.twins.rules import NOT_YET, READING, WRITING, asks, both_back, errors, is_call, on_same_socket, whose
from course.twins.side import Call, Side


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
    return total == other > 0 and not any(errors(pair)) and not pair.same


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


def other_caller(pair: Pair, sides: Sides) -> bool:
    """The n-th connection is another caller's: all of them together have brought the same."""
    if not is_call(pair, *READING, *WRITING) or any(errors(pair)):
        return False
    host = next(call.record.host for call in pair.calls if call is not None)
    ours, theirs = (heard(side, host) for side in sides)
    return len(ours) > 1 and ours != theirs and sorted(ours.values()) == sorted(theirs.values())


def heard(side: Side, host: str) -> dict[str, str]:
    """What each accepted connection of a host has brought, in words."""
    every = [call for calls in side.calls.values() for call in calls if call.record.host == host]
    reads = [call for call in every if call.name in READING and whose(call)[1].startswith("connection")]
    connections = {whose(call)[1] for call in reads}
    return {name: " ".join(call.outcome for call in reads if whose(call)[1] == name) for name in connections}


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
    """After SHUT_RD the simulated socket reads what comes, and the kernel's does not."""
    if not is_call(pair, *READING) or any(errors(pair)) or not both_back(pair):
        return False
    before = pair.calls[0].record.number if pair.calls[0] else 0
    shut = [call for call in on_same_socket(sides.simulated, pair) if call.name == "shutdown" and not call.error]
    return any(call.written.endswith(("(SHUT_RD)", "(SHUT_RDWR)")) and call.record.number < before for call in shut)
