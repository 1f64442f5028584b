"""The table of a tour through the states: a line for each, in text and in a notebook."""

from collections.abc import Iterator
from dataclasses import dataclass

from course.real.scene import Word
from course.table import Table
from course.tcp.state import State

COLUMNS = ("state", "how", "who told", "to send", "to read", "timer", "took, ms")
CAPTION = "The states of TCP, as this machine's kernel told them"
NOTE = (
    "To send and to read are the queues in octets, where a SYN or a FIN counts as one; a timer is shown with the time "
    "after which it runs out."
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One state: how to get there, and the kernel's word for it; or, where it was not reached, the `reason`."""

    state: State
    recipe: str
    word: Word | None = None
    seconds: float | None = None
    reason: str = ""

    @property
    def is_reached(self) -> bool:
        """Was the state reached?"""
        return self.word is not None

    @property
    def cells(self) -> tuple[str, ...]:
        """The line of the table."""
        if self.word is None or self.seconds is None:
            return str(self.state), self.reason, "", "", "", "", ""
        return str(self.state), self.recipe, *self.word.cells, f"{self.seconds * 1000:.1f}"


@dataclass(frozen=True, slots=True, repr=False)
class Tour:
    """What was visited, in order; it shows itself as a table, in which the states that were not reached stand out."""

    visits: tuple[Visit, ...]

    def __iter__(self) -> Iterator[Visit]:
        return iter(self.visits)

    def __len__(self) -> int:
        return len(self.visits)

    @property
    def table(self) -> Table:
        """A row for each state; where one was not reached, the reason stands for how."""
        missing = frozenset(place for place, visit in enumerate(self.visits) if not visit.is_reached)
        return Table(CAPTION, COLUMNS, tuple(visit.cells for visit in self.visits), NOTE, missing)

    def __repr__(self) -> str:
        return repr(self.table)

    def _repr_html_(self) -> str:
        return self.table._repr_html_()
