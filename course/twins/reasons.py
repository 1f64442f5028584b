"""Why two facts differ: by a known divergence, or since programs have parted by one before; or nobody knows."""

from collections.abc import Sequence
from dataclasses import replace

from course.twins.pair import Aspect, Divergence, Pair, Sides
from course.twins.side import Call

CAUSES = (Aspect.CALL, Aspect.RESULT)  # a result is one if it is an error that no call has raised
TOLD_BY_ASKING = ("getsockopt", "getsockname", "getpeername")  # whose answers change nothing by themselves


def explained(pairs: Sequence[Pair], sides: Sides, known: tuple[Divergence, ...]) -> tuple[Pair, ...]:
    """The pairs with what is known of those that differ."""
    looked_up = [pair if pair.same else replace(pair, known=first_that_fits(pair, sides, known)) for pair in pairs]
    causes = [pair for pair in looked_up if pair.aspect in CAUSES and pair.known is not None and not pair.known.always]
    return tuple(pair if pair.same or pair.known else with_cause(pair, causes) for pair in looked_up)


def first_that_fits(pair: Pair, sides: Sides, known: tuple[Divergence, ...]) -> Divergence | None:
    """The first divergence whose rule recognises the pair."""
    return next((divergence for divergence in known if divergence.rule(pair, sides)), None)


def with_cause(pair: Pair, causes: list[Pair]) -> Pair:
    """The pair, with the first cause from which it may follow."""
    cause = next((cause for cause in causes if may_follow(pair, cause)), None)
    return pair if cause is None else replace(pair, known=cause.known, follows=True)


def may_follow(pair: Pair, cause: Pair) -> bool:
    """Could the one be there because of the other? A call cannot follow from what came after it."""
    if cause.aspect is Aspect.RESULT:
        return pair.aspect is not Aspect.NATURE and ends_early(cause)
    if all(call is None or call.name in TOLD_BY_ASKING for call in cause.calls):
        return pair.aspect is Aspect.RESULT and pair.who == cause.who
    if pair.aspect is not Aspect.CALL:
        return pair.aspect is not Aspect.NATURE
    return any(ends_after(one, other) for one, other in zip(pair.calls, cause.calls, strict=True))


def ends_early(cause: Pair) -> bool:
    """Has a program ended by an error of its own in one of the worlds?"""
    return "UnsupportedOperation" in cause.simulated


def ends_after(one: Call | None, other: Call | None) -> bool:
    """Did a call come back after the other was made, both in the same world? One that was never back did, too."""
    if one is None or other is None:
        return False
    if one.record.program == other.record.program:
        return one.record.number > other.record.number
    return one.returned is None or one.returned.at >= other.record.at
