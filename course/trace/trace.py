"""The Trace: everything that happened in one run, in order. Whoever wants to know, reads this."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from course.tcp.segment import Segment
from course.trace import text
from course.trace.record import Called, Changed, Delivered, Dropped, Endpoint, Observed, Record, Returned, Sent
from course.trace.states import States, last_states


@dataclass(frozen=True, slots=True)
class Trace:
    """The record of one run: `records` in the order in which they happened.

    `hosts` maps each host's name to its address, in the order of the scenario; `world` is "simulated",
    "loopback" or "capture"; `conditions` says in words under what conditions the run took place; `captured`
    says whether packets could be seen at all. `middleboxes` names what stands on the link, from the first host on,
    and `translated` tells which end stands behind which one outside. `until` is the moment of a look, if the run was
    stopped for one. Two traces are equal when all of that is.
    """

    records: tuple[Record, ...]
    hosts: Mapping[str, str] = field(default_factory=dict)
    world: str = "simulated"
    conditions: str = ""
    captured: bool = True
    middleboxes: tuple[str, ...] = ()
    translated: Mapping[Endpoint, Endpoint] = field(default_factory=dict)
    until: float | None = None

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    @property
    def sent(self) -> list[Sent]:
        """The transmissions, in the order in which they were sent."""
        return [record for record in self.records if isinstance(record, Sent)]

    @property
    def segments(self) -> list[Sent]:
        """Those of them that carry a segment of TCP."""
        return [record for record in self.records if isinstance(record, Sent) and isinstance(record.payload, Segment)]

    @property
    def dropped(self) -> list[Dropped]:
        """The losses."""
        return [record for record in self.records if isinstance(record, Dropped)]

    @property
    def delivered(self) -> list[Delivered]:
        """The arrivals."""
        return [record for record in self.records if isinstance(record, Delivered)]

    @property
    def calls(self) -> list[Called]:
        """The calls that programs made."""
        return [record for record in self.records if isinstance(record, Called)]

    @property
    def returns(self) -> list[Returned]:
        """The calls that came back, in the order in which they did."""
        return [record for record in self.records if isinstance(record, Returned)]

    @property
    def changes(self) -> list[Changed]:
        """The changes of state."""
        return [record for record in self.records if isinstance(record, Changed)]

    @property
    def observations(self) -> list[Observed]:
        """What the real kernel said when it was asked."""
        return [record for record in self.records if isinstance(record, Observed)]

    def states(self) -> States:
        """The last known state of each connection, as a small table."""
        return last_states(self)

    def __str__(self) -> str:
        return text.table(self)

    def _repr_html_(self) -> str:
        return text.html_table(self)
