"""What is waited for while nothing happens: the timer that runs out next, a sleep, a segment on its way."""

from collections.abc import Sequence

from course.ip.packet import ends
from course.tcp.segment import Segment
from course.tcp.timers import Timer
from course.trace.record import Called, Delivered, Endpoint, Expired, Outage, Record, Returned, Sent
from course.view.words import call_label, long_span, wait_label

Direction = tuple[Endpoint, Endpoint]
HALF = 2**31


def is_later(number: int, than: int) -> bool:
    """Is the sequence number beyond the other, on the circle of 2**32 (RFC 9293, section 3.4)?"""
    return 0 < (number - than) % 2**32 < HALF


class RetransmissionTimers:
    """How long each retransmission timer had run when it ran out, found out by RFC 6298, section 5, from outside."""

    def __init__(self) -> None:
        self.lasted: dict[int, float] = {}
        self._since: dict[Direction, float] = {}
        self._next: dict[Direction, int] = {}
        self._acknowledged: dict[Direction, int] = {}

    def notice(self, record: Record) -> None:
        """Take notice of a record; all of a run's must be shown, in their order."""
        if isinstance(record, Sent):
            self._sent(record)
        elif isinstance(record, Delivered):
            self._delivered(record)
        elif isinstance(record, Expired) and record.timer is Timer.RETRANSMISSION and record.remote:
            way = record.local, record.remote
            if way in self._since:
                self.lasted[id(record)] = record.at - self._since[way]
            self._since[way] = record.at

    def _sent(self, sent: Sent) -> None:
        segment, way = sent.payload, ends(sent.packet)
        if not isinstance(segment, Segment) or not segment.len:
            return
        end = (segment.seq + segment.len) % 2**32
        if segment.syn or way not in self._next or is_later(end, self._next[way]):
            self._next[way] = end
        self._since.setdefault(way, sent.at)

    def _delivered(self, delivered: Delivered) -> None:
        segment, (source, destination) = delivered.sent.payload, ends(delivered.sent.packet)
        way = destination, source
        if not isinstance(segment, Segment) or segment.ack is None or way not in self._next:
            return
        if segment.ack == self._next[way]:
            self._since.pop(way, None)
        elif is_later(segment.ack, self._acknowledged.get(way, segment.ack - 1)):
            self._since[way] = delivered.at
        self._acknowledged[way] = segment.ack


def silence(rows: Sequence[Record], row: int, timers: RetransmissionTimers, under_way: Sequence[str], *,
            captured: bool) -> str:  # fmt: skip
    """What to say of the silence that ends with that row: how long it lasted, and what was waited for.

    `under_way` names the transmissions that were on their way meanwhile.
    """
    quiet = "nothing on the wire" if captured else "nothing happens"
    if under_way:
        quiet = f"{' and '.join(under_way)} on the way"
    reason = awaited(rows, row, timers)
    return ", ".join(filter(None, (f"{long_span(rows[row].at - rows[row - 1].at)}: {quiet}", reason)))


def awaited(rows: Sequence[Record], row: int, timers: RetransmissionTimers) -> str:
    """What ended the silence."""
    at = rows[row].at
    together = []
    for record in rows[row : row + 12]:
        if record.at > at:
            break
        together.append(record)
    expired = next((record for record in together if isinstance(record, Expired)), None)
    if expired:
        return wait_label(expired.timer, timers.lasted.get(id(expired)))
    return ended_by(together[0])


def ended_by(record: Record) -> str:
    """Who waited for what, where no timer ended the silence."""
    match record:
        case Returned(called=Called(name="sleep") as called):
            return f"{called.program} is in {call_label(called)}"
        case Returned(error="TimeoutError"):
            return f"{record.called.program} waits until {record.called.name}() times out"
        case Outage():
            return f"until {record.what} at {record.host}"
    return ""
