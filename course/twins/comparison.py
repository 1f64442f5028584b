"""What scenario.compare() returns: all facts of both runs in pairs, and why some differ, if it is known."""

from dataclasses import dataclass, field

from course.twins.facts import facts
from course.twins.known import KNOWN
from course.twins.pair import Divergence, Pair, Sides
from course.twins.reasons import explained
from course.twins.side import Side
from course.twins.table import as_html, as_text


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """The same programs in both worlds: `pairs` are the facts, side by side; it shows itself as a table.

    What it shows has no times in it, no addresses and no port that nobody chose, so that two comparisons read alike.
    `simulated` and `real` are the two runs, for who wants to look closer: comparison.real.trace.
    """

    pairs: tuple[Pair, ...]
    conditions: str = ""
    simulated: Side | None = field(default=None, compare=False)
    real: Side | None = field(default=None, compare=False)

    @property
    def differences(self) -> tuple[Pair, ...]:
        """What differs; each has a `known` divergence that explains it, or None if it is not on our list."""
        return tuple(pair for pair in self.pairs if not pair.same)

    @property
    def unknown(self) -> tuple[Pair, ...]:
        """The differences that are not on our list. There should be none: please tell us."""
        return tuple(pair for pair in self.differences if pair.known is None)

    @property
    def same(self) -> bool:
        """Did all programs make the same calls, with the same results, and the connections pass the same states?

        What differs in every run, whatever the programs do, does not count: times, addresses and the like.
        """
        return all(pair.known is not None and pair.known.always for pair in self.differences)

    @property
    def explanations(self) -> tuple[Divergence, ...]:
        """The known divergences that there are, each once, in the order of what they explain."""
        return tuple({pair.known.id: pair.known for pair in self.differences if pair.known is not None}.values())

    def __str__(self) -> str:
        return as_text(self.pairs, self.conditions)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return as_html(self.pairs, self.conditions)


def compare(simulated: Side, real: Side, conditions: str = "", known: tuple[Divergence, ...] = KNOWN) -> Comparison:
    """Put two runs side by side, and look up in `known` what differs."""
    sides = Sides(simulated, real)
    return Comparison(explained(list(facts(sides)), sides, known), conditions, simulated, real)
