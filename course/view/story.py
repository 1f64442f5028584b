"""The story of a Trace: who called what, which segment went where, who was in which state, and for how long.

Times are rows: the positions of records in the list of those that are drawn. Order is all that counts here.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from course.tcp.state import State
from course.trace.hosts import Directory
from course.trace.record import (
    Called,
    Changed,
    Delivered,
    Dropped,
    Endpoint,
    Observed,
    Outage,
    Record,
    Returned,
    Sent,
)
from course.trace.text import directions
from course.trace.trace import Trace
from course.view.excerpt import Choice, Excerpt, Transmission, excerpt, transmission
from course.view.naming import Naming
from course.view.waiting import RetransmissionTimers
from course.view.words import payload_kind


@dataclass(frozen=True, slots=True)
class End:
    """One end of one incarnation of a connection, or a listener (`remote` is None)."""

    host: str
    local: Endpoint
    remote: Endpoint | None
    incarnation: int = 0


class Flight(NamedTuple):
    """A segment on its way, or one copy of it; `outcome` is None while it still is when the story stops."""

    sent: Sent
    receiver: str
    label: str
    role: str
    start: int
    end: int | None = None
    outcome: Delivered | Dropped | None = None

    @property
    def copy(self) -> int:
        """Which copy it is; 1 is the segment itself."""
        return self.outcome.copy if self.outcome else 1


@dataclass(frozen=True, slots=True)
class Call:
    """A call, from the row where it began to the row where it came back (None: outside of what is drawn).

    `cut_off` says what befell its host meanwhile, if it never came back for that.
    """

    called: Called
    returned: Returned | None
    start: int | None
    end: int | None
    cut_off: str = ""


@dataclass(frozen=True, slots=True)
class Stay:
    """A connection's stay in a state, from row to row (None: outside of what is drawn)."""

    whose: End
    state: State
    start: int | None
    end: int | None

    @property
    def host(self) -> str:
        """The host whose state it is."""
        return self.whose.host

    @property
    def remote(self) -> Endpoint | None:
        """The other end; None for a listener."""
        return self.whose.remote


@dataclass(frozen=True, slots=True)
class Darkness:
    """A host was without power, from row to row (None: outside of what is drawn)."""

    host: str
    start: int | None
    end: int | None


@dataclass(slots=True)
class Story:
    """What happened, ready to be laid out."""

    trace: Trace
    part: Excerpt
    rows: list[Record] = field(default_factory=list)
    flights: list[Flight] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    darkness: list[Darkness] = field(default_factory=list)
    timers: RetransmissionTimers = field(default_factory=RetransmissionTimers)

    @property
    def is_cut(self) -> bool:
        """Did the run go on after what is drawn?"""
        return self.part.stop < len(self.part.records)


def tell(trace: Trace, choice: Choice) -> Story:
    """Read the trace, as far as it is wanted, and tell its story."""
    reader = Reader(trace, choice)
    part = reader.story.part
    for position, record in enumerate(part.records):
        if position >= part.stop and record.at > part.limit:
            break
        reader.read(position, record)
    return reader.finish()


class Reader:
    """Reads a trace record by record, and remembers what is under way."""

    def __init__(self, trace: Trace, choice: Choice) -> None:
        self.story = Story(trace, excerpt(trace, choice))
        self._naming = Naming(trace.translated, relative=choice.relative)
        self._directory = Directory(trace.hosts, trace.translated)
        self._drawn: dict[Transmission, Flight] = {}
        self._arrived: set[Transmission] = set()
        self._calling: dict[int, Call] = {}
        self._staying: dict[tuple[str, Endpoint, Endpoint | None], Stay] = {}
        self._dark: dict[str, int | None] = {}
        self._incarnations: Counter[tuple[str, Endpoint, Endpoint | None]] = Counter()

    def read(self, position: int, record: Record) -> None:
        """Take in one record."""
        part = self.story.part
        self.story.timers.notice(record)
        inside = part.first <= position < part.stop
        match record:
            case Sent():
                self._sent(record)
            case Delivered() | Dropped():
                self._ended(record, wanted=position >= part.first)
            case Called() if position < part.stop:
                self._calling[record.number] = Call(record, None, self._row(record, inside=inside), None)
            case Returned() if position < part.stop:
                self._returned(record, self._row(record, inside=inside))
            case Changed() if position < part.stop:
                self._moved(record, record.after, self._row(record, inside=inside))
            case Observed() if position < part.stop:
                self._moved(record, record.state, self._row(record, inside=inside))
            case Outage() if position < part.stop:
                self._struck(record, self._row(record, inside=inside))
            case _:
                self._row(record, inside=inside)

    def finish(self) -> Story:
        """The story, with what was still under way when it stopped."""
        story = self.story
        story.flights += (flight for name, flight in self._drawn.items() if name not in self._arrived)
        story.calls += self._calling.values()
        story.darkness += (Darkness(host, row, None) for host, row in self._dark.items())
        story.stays += (
            stay for stay in self._staying.values() if stay.start is not None or stay.state is not State.CLOSED
        )
        story.flights.sort(key=lambda flight: flight.start)
        story.calls.sort(key=lambda call: -1 if call.start is None else call.start)
        story.stays.sort(key=lambda stay: -1 if stay.start is None else stay.start)
        return story

    def _row(self, record: Record, *, inside: bool) -> int | None:
        if not inside:
            return None
        self.story.rows.append(record)
        return len(self.story.rows) - 1

    def _sent(self, sent: Sent) -> None:
        label = self._naming.label(sent)
        if transmission(sent) not in self.story.part.drawn:
            return
        row = self._row(sent, inside=True)
        assert row is not None
        receiver = self._directory.at(directions(sent)[0][1]) or sent.sender
        self._drawn[transmission(sent)] = Flight(sent, receiver, label, payload_kind(sent.payload), row)

    def _ended(self, outcome: Delivered | Dropped, *, wanted: bool) -> None:
        flight = self._drawn.get(transmission(outcome.sent))
        row = self._row(outcome, inside=wanted) if flight else None
        if flight and row is not None:
            self._arrived.add(transmission(outcome.sent))
            self.story.flights.append(flight._replace(end=row, outcome=outcome))

    def _returned(self, returned: Returned, row: int | None) -> None:
        call = self._calling.pop(returned.called.number, None)
        if call and row is not None:
            self.story.calls.append(Call(call.called, returned, call.start, row))

    def _struck(self, outage: Outage, row: int | None) -> None:
        """Power or process are gone, and with them all calls; without power the states are gone as well."""
        story, host = self.story, outage.host
        if outage.what == "power back":
            story.darkness.append(Darkness(host, self._dark.pop(host), row))
            return
        for number, call in [(number, call) for number, call in self._calling.items() if call.called.host == host]:
            story.calls.append(replace(call, end=row, cut_off=outage.what))
            del self._calling[number]
        if outage.what == "power cut":
            self._dark[host] = row
            for name in [name for name in self._staying if name[0] == host]:
                story.stays.append(replace(self._staying.pop(name), end=row))

    def _moved(self, record: Changed | Observed, state: State, row: int | None) -> None:
        """Close the stay that ends here, and begin the next one; a child that returns to LISTEN vanishes."""
        name = record.host, record.local, record.remote
        before = self._staying.get(name)
        if before and before.state is state:
            return
        if before is None or before.state is State.CLOSED:
            self._incarnations[name] += 1
        if before and row is not None and self._is_instant(before, row):
            row = before.start
        elif before and row is not None:
            self.story.stays.append(replace(before, end=row))
        self._staying[name] = Stay(End(*name, self._incarnations[name]), state, row, None)
        if state is State.LISTEN and record.remote:
            del self._staying[name]

    def _is_instant(self, stay: Stay, row: int) -> bool:
        """Did the state last for no time, and did nothing happen in it? (Then no one could have noticed it.)"""
        rows = self.story.rows
        if stay.start is None or rows[stay.start].at < rows[row].at:
            return False
        return all(isinstance(record, Changed) for record in rows[stay.start + 1 : row])
