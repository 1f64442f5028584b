"""Where things stand from top to bottom: order is exact, and time is to scale where that leaves room to read.

Each row stands where its time says, or lower if marks would touch. Where nothing happens for long the scale breaks.
"""

from dataclasses import dataclass, field

from course.trace.record import Called, Delivered, Outage, Record, Returned, Sent
from course.view.bands import Bands
from course.view.columns import Columns, call_height
from course.view.story import Call, Flight, Story
from course.view.style import BREAK, wrap
from course.view.waiting import silence
from course.view.words import long_span, transmission

SENDS_APART = 18.0
HOSTS_APART = 11.0
CALLS_APART = 2.0
NAMES_APART = 14.0
LEAST_DROP = 28.0
LONGEST = 150.0
BREAK_MARGIN = 13.0
BREAK_LINE = 15.0
LOST_AT = 0.55
SLACK = 0.55
NOTICEABLE = 6.0
LOOPBACK_SCALE = 1000.0
USUAL_TRANSIT = 0.050
SHORTEST_LOOPBACK_TRANSIT = 0.0002


@dataclass(frozen=True, slots=True)
class Gap:
    """A break of the scale: its middle, the seconds left out, and what to say of it."""

    row: int
    y: float
    seconds: float
    lines: tuple[str, ...]


@dataclass(slots=True)
class Heights:
    """The height of every row and of the `bottom`; `landings` tells where what was lost (by its start) would land."""

    rows: list[float] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    landings: dict[int, float] = field(default_factory=dict)
    scale: float = 0.0
    bottom: float = 0.0
    to_scale: bool = True


def drop_of(flights: int) -> float:
    """How far a segment falls while it crosses the link, in units: less where there are many of them."""
    return 76.0 if flights <= 16 else 60.0 if flights <= 32 else 52.0


def scale_of(story: Story) -> float:
    """Units for each second."""
    typical, drop = story.part.typical or USUAL_TRANSIT, drop_of(len(story.flights))
    if story.trace.world == "loopback":
        return drop / max(typical, SHORTEST_LOOPBACK_TRANSIT) if story.flights else LOOPBACK_SCALE
    return drop / typical


def heights(story: Story, columns: Columns, bands: Bands) -> Heights:
    """Give every row of the story its height."""
    stack = Stack(story, columns, bands)
    for row, record in enumerate(story.rows):
        stack.put(row, record)
    return stack.finish()


class Stack:
    """Puts row under row, each as low as it must be."""

    def __init__(self, story: Story, columns: Columns, bands: Bands) -> None:
        self.story, self.columns = story, columns
        self.result = Heights(scale=scale_of(story))
        self.drop = drop_of(len(story.flights))
        self.base = (story.rows[0].at, 0.0) if story.rows else (0.0, 0.0)
        self.floor = 0.0
        self.astray = {flight.start: flight for flight in story.flights if not isinstance(flight.outcome, Delivered)}
        self.leaving: dict[int, list[Flight]] = {}
        for flight in story.flights:
            if isinstance(flight.outcome, Delivered):
                self.leaving.setdefault(flight.start, []).append(flight)
        self.ends = {flight.end: flight for flight in story.flights if flight.end is not None}
        self.calls: dict[int, list[Call]] = {}
        for call in story.calls:
            if call.end is not None:
                self.calls.setdefault(call.end, []).append(call)
        self.named = {stay.start: stay.host for stay in bands.stays if stay.start is not None}
        self.named |= {dark.start: dark.host for dark in story.darkness if dark.start is not None}
        self.wire: dict[tuple[str, bool], tuple[float, str]] = {}
        self.lanes: dict[str, float] = {}
        self.names: dict[str, float] = {}
        self.lost: list[Flight] = []
        self.under_way: list[Flight] = []

    def put(self, row: int, record: Record) -> None:
        """Give the next row its height."""
        heights = self.result.rows
        previous = heights[-1] if heights else 0.0
        wanted = self.base[1] + (record.at - self.base[0]) * self.result.scale
        if row and wanted - max(previous, self.floor) > LONGEST:
            wanted = self.break_scale(row, record.at)
        y = max(previous, wanted, self.least(row, record, max(previous, wanted)))
        if y - wanted > SLACK * self.drop:
            self.base = record.at, y - SLACK * self.drop
        self.result.to_scale &= y - wanted < NOTICEABLE
        heights.append(y)
        self.settle(row, record, y)

    def break_scale(self, row: int, at: float) -> float:
        """Leave out a stretch of time in which nothing happens; where the row after it stands."""
        story = self.story
        under_way = [transmission(flight.sent, flight.copy) for flight in self.under_way]
        text = silence(story.rows, row, story.timers, under_way, captured=story.trace.captured)
        self.base = at, self.leave_out(row, at, text, self.result.rows[-1])
        return self.base[1]

    def leave_out(self, row: int, at: float, text: str, above: float) -> float:
        """Say what there is to say of the time up to that moment; where it goes on."""
        lines = tuple(wrap(text, self.columns.link.width - 24, BREAK))
        top = max(above, self.floor) + BREAK_MARGIN
        bottom = top + BREAK_LINE * len(lines)
        self.result.gaps.append(Gap(row, (top + bottom) / 2, at - self.story.rows[row - 1].at, lines))
        return bottom + BREAK_MARGIN

    def least(self, row: int, record: Record, lowest: float) -> float:
        """The least height at which the row's marks touch none that are there; it will stand at `lowest` or below."""
        match record:
            case Sent():
                return self.beside(record.sender, sending=True)
            case Delivered():
                return self.least_delivered(self.ends[row], lowest)
            case Called():
                return self.lanes.get(record.program, -CALLS_APART) + CALLS_APART
            case Returned() | Outage():
                return max([self.beside_names(row), *map(self.least_returned, self.calls.get(row, ()))])
        return self.beside_names(row)

    def beside_names(self, row: int) -> float:
        """The least height of the name of a state, or of an outage, that stands beside its host."""
        host = self.named.get(row)
        return self.names.get(host, -NAMES_APART) + NAMES_APART if host else 0.0

    def beside(self, host: str, *, sending: bool) -> float:
        """The least height of the next end of an arrow at that host."""
        side = self.columns.side(host)
        same, _ = self.wire.get((side, sending), (-SENDS_APART, host))
        other, whose = self.wire.get((side, not sending), (-SENDS_APART, host))
        apart = 0.0 if whose == host and sending and not self.columns.is_behind(host) else HOSTS_APART
        return max(same + SENDS_APART, other + apart)

    def least_delivered(self, flight: Flight, lowest: float) -> float:
        """Below what arrived before, with room for what was lost before it, and lower than where it started."""
        for lost in [lost for lost in self.lost if self.went_before(lost, flight)]:
            self.lost.remove(lost)
            start = self.result.rows[lost.start]
            self.land(lost, max(lowest, start + LEAST_DROP, self.beside(flight.receiver, sending=False)))
        return max(self.beside(flight.receiver, sending=False), self.result.rows[flight.start] + LEAST_DROP)

    def went_before(self, lost: Flight, flight: Flight) -> bool:
        """Was it sent shortly before the other, the same way?"""
        near = flight.sent.at - lost.sent.at <= 1.5 * self.story.part.typical
        return lost.sent.sender == flight.sent.sender and lost.start < flight.start and near

    def land(self, lost: Flight, landing: float) -> None:
        """Keep the place where a lost segment would have arrived."""
        self.result.landings[lost.start] = landing
        self.wire[self.columns.side(lost.receiver), False] = landing, lost.receiver

    def least_returned(self, call: Call) -> float:
        """Far enough below its beginning for the texts of the call."""
        start = 0.0 if call.start is None else self.result.rows[call.start]
        return start + call_height(call, self.columns.programs[call.called.program].width)

    def settle(self, row: int, record: Record, y: float) -> None:
        """Remember what the row takes up."""
        if isinstance(record, Sent):
            self.wire[self.columns.side(record.sender), True] = y, record.sender
            self.under_way += self.leaving.get(row, ())
            if row in self.astray:
                self.lost.append(self.astray[row])
                self.floor = max(self.floor, y + 0.85 * self.drop)
        elif isinstance(record, Delivered):
            flight = self.ends[row]
            self.under_way.remove(flight)
            self.wire[self.columns.side(flight.receiver), False] = y, flight.receiver
        for call in self.calls.get(row, ()):
            self.lanes[call.called.program] = y
        if row in self.named:
            self.names[self.named[row]] = y
        if isinstance(record, Outage):
            self.floor = max(self.floor, y + NAMES_APART)

    def finish(self) -> Heights:
        """The heights, once every row has one."""
        for lost in self.lost:
            self.result.landings[lost.start] = self.parallel(lost)
        starts = self.result.rows
        crosses = [starts[start] + 0.85 * (y - starts[start]) for start, y in self.result.landings.items()]
        waiting = [self.least_returned(call) for call in self.story.calls if call.end is None]
        names = [y + NAMES_APART for y in self.names.values()]
        self.result.bottom = max([*starts[-1:], *crosses, *waiting, *names, LEAST_DROP]) + 10
        self.wait_for_the_look()
        return self.result

    def wait_for_the_look(self) -> None:
        """If the run was stopped for a look, and nothing happened for long before that, say so at the end."""
        rows, until = self.story.rows, self.story.trace.until
        if not rows or until is None or self.story.is_cut or (until - rows[-1].at) * self.result.scale < LONGEST:
            return
        text = f"{long_span(until - rows[-1].at)}: nothing happens, up to the moment of this look"
        self.result.bottom = self.leave_out(len(rows), until, text, self.result.bottom - BREAK_MARGIN)

    def parallel(self, lost: Flight) -> float:
        """Where a lost segment would have landed, beside the one that was sent before it."""
        rows, landings = self.result.rows, self.result.landings
        before = [landings.get(other.start, rows[other.end or 0]) for other in self.story.flights
                  if other.sent.sender == lost.sent.sender and other.start < lost.start]  # fmt: skip
        return max([rows[lost.start] + self.drop, *(y + SENDS_APART for y in before)])
