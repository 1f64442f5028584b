"""One octet on the wire: who carries it, and what the receiver makes of whoever arrives (RFC 9293, section 3.4).

Segments are found by the octet's number: what is sent again need not be cut at the same places.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from course.tcp.segment import Segment, Why
from course.tcp.state import State
from course.trace.record import Delivered, Dropped, Record, Sent
from course.trace.text import Direction, directions, named
from course.view.journey import Place, Step
from course.view.turns import Turn, is_beyond
from course.view.words import PLAIN_LOSS

USUAL = (None, Why.DATA, Why.CLOSE)  # reasons to send something that need no words


@dataclass(frozen=True, slots=True)
class Crossing:
    """The search for the octet with that unwrapped `number` in the segments that go this `way`.

    `turns` are the receiver's. `taken` says which of its arrivals put the octet into which buffer, by the number of
    records that there were then.
    """

    records: Sequence[Record]
    way: Direction
    number: int
    turns: Sequence[Turn]
    taken: dict[int, Place]

    def steps(self) -> Iterator[Step]:
        """Onto the wire, and off it, in order."""
        found = [(after, record) for after, record in enumerate(self.records, 1) if self.carries(record)]
        arrived = [record for _, record in found if isinstance(record, Delivered | Dropped)]
        copies = {record.sent.ordinal: named(record) for record in arrived if record.copy > 1}
        for after, record in found:
            match record:
                case Sent():
                    what = carried(record, again=record is not found[0][1])
                    yield Step(record.at, after, None, Place.WIRE, what, record.name)
                    yield from copied(record, after, copies.get(record.ordinal))
                case Dropped():
                    yield Step(record.at, after, Place.WIRE, None, lost(record), named(record))
                case Delivered():
                    yield self.arrived(record, after)

    def carries(self, record: Record) -> bool:
        """Is the octet in this segment?"""
        sent = record.sent if isinstance(record, Delivered | Dropped) else record
        if not isinstance(sent, Sent) or directions(sent)[0] != self.way:
            return False
        segment = sent.payload
        if not isinstance(segment, Segment):
            return False
        return (self.number - segment.seq - segment.syn) % 2**32 < len(segment.data)

    def arrived(self, delivered: Delivered, after: int) -> Step:
        """Off the wire, and into the buffer that took it, if one did."""
        place, name = self.taken.get(after), named(delivered)
        if place is None:
            what = self.refusal(after)
        else:
            what = "arrives" if place is Place.RECEIVE_BUFFER else "arrives, but octets before it are missing"
        return Step(delivered.at, after, Place.WIRE, place, f"{name} {what}", name)

    def refusal(self, after: int) -> str:
        """What is to be said if no buffer took it."""
        status = next((turn.now for turn in reversed(self.turns) if turn.until < after), None)
        if status is None or status.state is State.CLOSED:
            return "arrives, and there is no connection any more"
        if status.rcv_nxt > self.number or is_beyond(status, self.number):
            return "arrives, but the octet was there already"
        if any(turn.after == after and turn.end for turn in self.turns):
            return "arrives, but no program will read it"
        if self.number >= status.rcv_nxt + status.rcv_wnd:
            return "arrives, but the octet does not fit the window"
        return "arrives, but is not accepted"


def carried(sent: Sent, *, again: bool) -> str:
    """A segment takes the octet along, the first time or again, and why if that is not plain."""
    why = sent.segment.why
    reason = f": {why.sentence}" if why is not None and why not in USUAL else ""
    return f"{sent.name} carries it{' again' if again else ''}{reason}"


def copied(sent: Sent, after: int, copy: str | None) -> Iterator[Step]:
    """The network may make a copy of a segment, which has a name of its own."""
    if copy:
        yield Step(sent.at, after, None, Place.WIRE, f"the network makes {copy}", copy)


def lost(dropped: Dropped) -> str:
    """A segment is lost, and why if that is not plain."""
    reason = "" if dropped.reason in PLAIN_LOSS else f": {dropped.reason}"
    return f"{named(dropped)} is lost{reason}"
