"""A transfer: what one end of a connection sends, and what it hears of it, read out of a Trace.

Numbers are counted from the sender's SYN and laid out straight; all times are the sender's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from course.tcp.segment import Segment
from course.tcp.seq import unwrap
from course.trace.hosts import Directory
from course.trace.record import Delivered, Dropped, Endpoint, Record, Sent
from course.trace.text import Direction, directions
from course.trace.trace import Trace
from course.view.excerpt import NO_ENDS, ends
from course.view.plot import Step


class Piece(NamedTuple):
    """A segment with something in it: its numbers from `low` to before `high`; has all of that been sent before?"""

    sent: Sent
    low: int
    high: int
    again: bool


@dataclass(slots=True)
class Transfer:
    """One direction of a connection, as its sender knows it.

    `acknowledged` and `edge` (of the offered window) are staircases; `duplicates` are ACKs that said nothing new.
    """

    way: Direction
    sender: str
    receiver: str
    pieces: list[Piece] = field(default_factory=list)
    lost: list[Piece] = field(default_factory=list)
    acknowledged: list[Step] = field(default_factory=list)
    duplicates: list[Step] = field(default_factory=list)
    edge: list[Step] = field(default_factory=list)
    lost_acks: int = 0

    @property
    def octets(self) -> int:
        """How many octets of data were sent, each counted once."""
        return sum(len(piece.sent.segment.data) for piece in self.pieces if not piece.again)


def transfer(trace: Trace, sender: str | None = None, connection: int = 1) -> Transfer:
    """What `sender` sends on its connection with that number, counted from 1; None: whoever sends more.

    Raises ValueError for a host or connection that is not there, and where no segments are known.
    """
    if not trace.captured:
        raise ValueError("no segments are known, because nothing was captured: run it in the simulated network")
    pair = pair_named(trace, sender, connection)
    address = None if sender is None else trace.hosts[sender]
    ways = [way for way in both_ways(pair, trace) if address in (None, way[0][0])]
    found = [read(trace, way) for way in ways]
    best = max(found, key=lambda one: (one.octets, len(one.pieces)))
    if not best.pieces:
        raise ValueError(f"{best.sender} sends nothing on connection {connection}, so there is nothing to draw")
    return best


def pair_named(trace: Trace, host: str | None, connection: int) -> frozenset[Endpoint]:
    """The ends of a connection by its number, counted from 1 (only those of the host, if one is named)."""
    if host is not None and host not in trace.hosts:
        raise ValueError(f"no host is called {host!r}: the hosts of this run are {', '.join(trace.hosts)}")
    directory = Directory(trace.hosts, trace.translated)
    pairs = [
        pair
        for pair in dict.fromkeys(filter(None, map(ends, own_records(trace, host))))
        if host is None or any(directory.at(end) == host for end in pair)
    ]
    if not 1 <= connection <= len(pairs):
        whose = "this run" if host is None else host
        raise ValueError(f"there is no connection {connection}: {whose} had {len(pairs)}, counted from 1")
    return pairs[connection - 1]


def own_records(trace: Trace, host: str | None) -> Iterable[Record]:
    """The records that tell of a host's connections: with a NAT in between only its own ones call them as it does."""
    if host is None or not trace.translated:
        return trace.records
    return (record for record in trace.records if host in (getattr(record, "sender", ""), getattr(record, "host", "")))


def both_ways(pair: frozenset[Endpoint], trace: Trace) -> Iterator[Direction]:
    """Both directions of a connection, first the one in which something was sent first."""
    first = next((directions(record)[0] for record in trace.segments if ends(record) == pair), None)
    if first is None:
        raise ValueError("no segment of this connection was seen, so there is nothing to draw")
    yield first
    yield first[1], first[0]


def read(trace: Trace, way: Direction) -> Transfer:
    """The transfer that way."""
    names = {address: name for name, address in trace.hosts.items()}
    sender, receiver = (names.get(address, address) for address, _ in way)
    found = Transfer(way, sender, receiver)
    reader = Reader(found)
    for record in trace.records:
        if ends(record) != NO_ENDS:
            reader.read(record)
    return found


class Reader:
    """Reads a trace record by record for what one end of a connection sends, and what reaches it."""

    def __init__(self, found: Transfer) -> None:
        self.found = found
        self._way, self._back = found.way, (found.way[1], found.way[0])
        self._isn: int | None = None
        self._end = self._una = 0
        self._shifts: dict[Direction, int | None] = {}
        self._pieces: dict[int, Piece] = {}

    def read(self, record: Record) -> None:
        """Take in one record."""
        match record:
            case Sent():
                self._sent(record)
            case Delivered() if directions(record.sent)[0] == self._back:
                self._heard(record.at, record.sent.segment)
            case Dropped():
                self._lost(record)

    def _sent(self, sent: Sent) -> None:
        way, segment = directions(sent)[0], sent.segment
        if segment.syn and way in (self._way, self._back):
            self._shifts[way] = segment.options.window_scale
        if way != self._way:
            return
        if self._isn is None or (segment.syn and segment.seq != self._isn):
            self._isn = segment.seq
            self._end = self._una = 0
        if segment.len:
            low = self._number(segment.seq)
            piece = Piece(sent, low, low + segment.len, low + segment.len <= self._end)
            self._end = max(self._end, piece.high)
            self._pieces[sent.ordinal] = piece
            self.found.pieces.append(piece)

    def _heard(self, at: float, segment: Segment) -> None:
        """An acknowledgment reaches the sender; an older one than was there before says nothing."""
        if segment.ack is None or self._isn is None:
            return
        ack = self._number(segment.ack)
        edge = ack + (segment.window if segment.syn else segment.window << self._shift())
        if ack > self._una:
            self.found.acknowledged.append(Step(at, ack))
        elif ack == self._una < self._end and not segment.len and self._is_known(edge):
            self.found.duplicates.append(Step(at, ack))
        if ack >= self._una:
            self._una = ack
            self.found.edge += [] if self._is_known(edge) else [Step(at, edge)]

    def _is_known(self, edge: float) -> bool:
        """Is this the window's edge already?"""
        return bool(self.found.edge) and self.found.edge[-1].value == edge

    def _lost(self, dropped: Dropped) -> None:
        way = directions(dropped.sent)[0]
        if way == self._way and dropped.copy == 1 and dropped.sent.ordinal in self._pieces:
            self.found.lost.append(self._pieces[dropped.sent.ordinal])
        self.found.lost_acks += way == self._back and dropped.sent.segment.ack is not None

    def _shift(self) -> int:
        """By how much the peer's window field is scaled: only if both SYNs said so (RFC 7323, section 2.2)."""
        mine, theirs = self._shifts.get(self._way), self._shifts.get(self._back)
        return 0 if mine is None or theirs is None else min(theirs, 14)

    def _number(self, seq: int) -> int:
        assert self._isn is not None
        return unwrap((seq - self._isn) % 2**32, self._end)
