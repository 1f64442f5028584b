"""Lives: from a trace alone, what happened to each end of each connection, from its opening to its CLOSED."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from course import Event, Segment, State, Trace
from course.tcp.segment import Why
from course.trace.record import Changed, Delivered, Endpoint, Expired, Sent

Happening: TypeAlias = Sent | Delivered | Changed | Expired
Ends: TypeAlias = tuple[Endpoint, Endpoint]
BEFORE = frozenset({State.CLOSED, State.LISTEN})
FAREWELLS = frozenset({Why.ABORT, Why.UNREAD_DATA, Why.NO_ANSWER, Why.QUEUE_FULL})  # resets by which an end gives up


@dataclass(slots=True)
class Life:
    """One connection at one end: what it sent, what was delivered to it, how its state changed, which timers rang."""

    host: str
    local: Endpoint
    remote: Endpoint
    story: list[Happening] = field(default_factory=list)
    heir: "Life | None" = None  # a new connection between the same ends, begun while this one was in TIME-WAIT

    def __str__(self) -> str:
        return f"{self.host} {self.local[1]} to {self.remote[0]}:{self.remote[1]}, open from {self.story[0].at:.3f} s"

    @property
    def changes(self) -> list[Changed]:
        """Its changes of state."""
        return [each for each in self.story if isinstance(each, Changed)]

    @property
    def sent(self) -> list[Sent]:
        """What it sent."""
        return [each for each in self.story if isinstance(each, Sent)]

    @property
    def delivered(self) -> list[Delivered]:
        """What came for it."""
        return [each for each in self.story if isinstance(each, Delivered)]

    @property
    def state(self) -> State:
        """Its last state."""
        return self.changes[-1].after

    @property
    def events(self) -> set[Event]:
        """What moved it from one state to another."""
        return {change.event for change in self.changes}

    @property
    def syn(self) -> Segment | None:
        """Its own SYN; none if that was a cookie, which nobody remembers."""
        return next((sent.segment for sent in self.sent if sent.segment.syn), None)

    @property
    def iss(self) -> int | None:
        """Its initial sequence number: that of its SYN, or one less than what completed a handshake by cookie."""
        if self.syn is not None:
            return self.syn.seq
        first = self.story[0]
        ack = first.sent.segment.ack if isinstance(first, Delivered) else None
        return None if ack is None else (ack - 1) % 2**32

    @property
    def irs(self) -> int | None:
        """The peer's initial sequence number: one less than what it acknowledged first."""
        acks = (sent.segment.ack for sent in self.sent if not sent.segment.rst and sent.segment.ack is not None)
        first = next(acks, None)
        return None if first is None else (first - 1) % 2**32

    @property
    def peer_syn(self) -> Segment | None:
        """The SYN of the peer that it took."""
        syns = (got.sent.segment for got in self.delivered if got.sent.segment.syn)
        return next((syn for syn in syns if syn.seq == self.irs), None)

    @property
    def scales(self) -> tuple[int, int]:
        """By how many bits the windows that it offers, and those that it is offered, are shifted (RFC 7323, 2.3)."""
        own, other = self.syn, self.peer_syn
        if own is None or other is None or own.options.window_scale is None or other.options.window_scale is None:
            return 0, 0
        return own.options.window_scale, min(other.options.window_scale, 14)

    @property
    def stamped(self) -> bool:
        """Have both SYNs offered timestamps (RFC 7323, 3.2)?"""
        syns = (self.syn, self.peer_syn)
        return all(syn is not None and syn.options.timestamps is not None for syn in syns)


@dataclass(slots=True)
class Lives:
    """All lives of a run, in the order of their openings, and what was sent when there was no connection."""

    all: list[Life] = field(default_factory=list)
    strays: list[tuple[Sent, Delivered]] = field(default_factory=list)  # with what they answer
    listeners: dict[tuple[str, Endpoint], list[Changed]] = field(default_factory=dict)

    def of(self, local: Endpoint, remote: Endpoint) -> list[Life]:
        """The lives of both ends of the connections between these two, one after another."""
        ends = {(local, remote), (remote, local)}
        return [life for life in self.all if (life.local, life.remote) in ends]

    def had_a_cookie(self, life: Life) -> bool:
        """Was the caller answered by a SYN cookie? Then either end may know nothing of the other."""
        packets = (stray.packet for stray, _ in self.strays if stray.segment.why is Why.SYN_COOKIE)
        callers = {(packet.destination, packet.segment.destination_port) for packet in packets}
        came_by_cookie = any(each.syn is None and each.iss is not None for each in self.of(life.local, life.remote))
        return came_by_cookie or not callers.isdisjoint({life.local, life.remote})


def lives(trace: Trace) -> Lives:
    """Sort a trace by connections: each record goes to the life that it belongs to."""
    sorter = Sorter()
    for record in trace:
        match record:
            case Changed(remote=None):
                sorter.found.listeners.setdefault((record.host, record.local), []).append(record)
            case Changed():
                sorter.change(record)
            case Sent():
                sorter.send(record)
            case Delivered() | Expired():
                sorter.note(record)
            case _:
                pass
    return sorter.found


class Sorter:
    """What is open at the moment, and what came last for each pair of ends."""

    def __init__(self) -> None:
        self.found = Lives()
        self._open: dict[Ends, list[Life]] = {}  # one in TIME-WAIT may lie under a new one
        self._last: dict[Ends, Life] = {}
        self._arrived: dict[Ends, Delivered] = {}

    def change(self, change: Changed) -> None:
        """A state changed: perhaps a life begins, perhaps it ends."""
        assert change.remote is not None
        ends = change.local, change.remote
        living = self._open.setdefault(ends, [])
        if not living or change.before in BEFORE:
            self._begin(change, ends)
        self._last[ends] = living[-1]
        living[-1].story.append(change)
        if change.after in BEFORE:
            living.pop()
        elif change.after is not State.SYN_RECEIVED:
            del living[:-1]  # it is established: whoever was in TIME-WAIT is forgotten

    def _begin(self, change: Changed, ends: Ends) -> None:
        life = Life(change.host, *ends)
        if change.before is State.LISTEN:
            life.story.append(self._arrived[ends])  # what began it came just before
        for older in self._open[ends]:
            older.heir = life
        self._open[ends].append(life)
        self.found.all.append(life)

    def send(self, sent: Sent) -> None:
        """A life sends, or, after its end, only the reset by which it gives up; else it is a stray."""
        ends = (sent.packet.source, sent.segment.source_port), (sent.packet.destination, sent.segment.destination_port)
        life = self._open[ends][-1] if self._open.get(ends) else None
        if gives_up(self._last.get(ends), sent):
            life = self._last[ends]
        if life is None or sent.segment.why is Why.SYN_COOKIE:
            self.found.strays.append((sent, self._arrived[ends]))
        else:
            life.story.append(sent)

    def note(self, record: Delivered | Expired) -> None:
        """Something arrived, or a timer ran out."""
        if isinstance(record, Delivered):
            packet = record.sent.packet
            ends = (packet.destination, packet.segment.destination_port), (packet.source, packet.segment.source_port)
            self._arrived[ends] = record
        else:
            assert record.remote is not None
            ends = record.local, record.remote
        if self._open.get(ends):
            self._open[ends][-1].story.append(record)


def gives_up(life: Life | None, sent: Sent) -> bool:
    """Is this the reset that a connection sends with its last breath?"""
    last = None if life is None else life.story[-1]
    if not isinstance(last, Changed) or last.after is not State.CLOSED:
        return False
    return sent.at == last.at and sent.segment.rst and sent.segment.why in FAREWELLS


def relative(number: int, isn: int) -> int:
    """How far a number lies behind an initial one on the circle, the shorter way round."""
    return (number - isn + 2**31) % 2**32 - 2**31


def walk(life: Life) -> Iterator[tuple[Happening, State]]:
    """Its story, each happening with the state that it found (a change: the state that it led to)."""
    state = life.changes[0].before
    for each in life.story:
        if isinstance(each, Changed):
            state = each.after
        yield each, state
