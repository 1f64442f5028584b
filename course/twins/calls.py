"""The calls of each program in both worlds, next to each other: what is the same call stands in one row."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest

from course.tcp.timers import Timer
from course.trace.record import Expired
from course.twins.pair import Aspect, Pair, Sides
from course.twins.side import Call, Side

NOT_CALLED = "is not called"
NOTICEABLE = 0.1  # seconds: less may be the machine's own noise
WAITS = (Timer.RETRANSMISSION, Timer.DELAYED_ACK, Timer.PERSIST, Timer.OVERRIDE, Timer.KEEP_ALIVE)


def calls(sides: Sides, program: str) -> Iterator[Pair]:
    """One pair for each call; for a call that only one of the worlds has, too."""
    for ours, theirs in aligned(*(side.calls.get(program, []) for side in sides)):
        written = (ours or theirs).written  # type: ignore[union-attr] # one of them is there
        if ours is not None and theirs is not None and theirs.written != written:
            simulated, real = f"{ours.written} → {ours.outcome}", f"{theirs.written} → {theirs.outcome}"
        else:
            simulated, real = (NOT_CALLED if call is None else call.outcome for call in (ours, theirs))
        yield Pair(Aspect.CALL, program, written, simulated, real, simulated == real, (ours, theirs))
        if ours is not None and theirs is not None:
            yield from waits(sides.simulated, program, ours, theirs)


def aligned(ours: list[Call], theirs: list[Call]) -> Iterator[tuple[Call | None, Call | None]]:
    """The same calls next to each other, in the order in which both programs make them."""
    matcher = SequenceMatcher(None, [call.written for call in ours], [call.written for call in theirs], autojunk=False)
    for _, begin, end, other_begin, other_end in matcher.get_opcodes():
        yield from together(ours[begin:end], theirs[other_begin:other_end])


def together(ours: list[Call], theirs: list[Call]) -> Iterator[tuple[Call | None, Call | None]]:
    """Two stretches next to each other; calls of different names never share a row."""
    for mine, other in zip_longest(ours, theirs):
        if mine is not None and other is not None and mine.name != other.name:
            yield mine, None
            yield None, other
        else:
            yield mine, other


def waits(simulated: Side, program: str, ours: Call, theirs: Call) -> Iterator[Pair]:
    """A pair for a call that waits for one of TCP's timers in the simulated world, and not as long on the kernel."""
    if ours.took is None or theirs.took is None or abs(ours.took - theirs.took) < NOTICEABLE:
        return
    timers = expired(simulated, ours)
    if timers:
        told = f"waits for the {' and the '.join(timers)} timer"
        longer = "does not wait as long" if theirs.took < ours.took else "waits longer"
        yield Pair(Aspect.WAIT, program, ours.written, told, longer, same=False, calls=(ours, theirs))


def expired(side: Side, call: Call) -> list[str]:
    """TCP's timers that ran out while a program was in this call, by name, each once."""
    if call.returned is None:
        return []
    records = [record for record in side.trace.records if isinstance(record, Expired) and record.timer in WAITS]
    during = [record for record in records if call.record.at < record.at <= call.returned.at]
    return list(dict.fromkeys(str(record.timer) for record in during))
