"""Tallies: what a judge keeps in mind while reading the life of one end."""

from collections.abc import Iterator

from course import Segment
from course.tcp.segment import Why
from course.trace.record import Delivered, Sent
from tests.sim.lives import Life, relative


def edge_offered(seg: Segment, iss: int, scale: int) -> int:
    """How far, counted from our SYN, this segment lets us send."""
    acked = 0 if seg.ack is None else relative(seg.ack, iss)
    return acked + (seg.window if seg.syn else seg.window << scale)


class Stream:
    """What one end has sent so far, as its segments say it."""

    def __init__(self) -> None:
        self.octets = bytearray()
        self.fin: int | None = None

    def take(self, seg: Segment, at: int) -> Iterator[str]:
        """One more segment, whose first octet has that offset in the stream; what is wrong with it."""
        if seg.syn:
            if at != -1 or seg.data or seg.fin:
                yield "the SYN is not where it was, or not alone"
            return
        least = -1 if seg.why is Why.KEEP_ALIVE else 0
        most = len(self.octets) + (self.fin is not None and not seg.data and not seg.fin)
        if not least <= at <= most:
            yield f"it stands at {at}, and {len(self.octets)} octets were sent"
        yield from self._add(seg, at)

    def _add(self, seg: Segment, at: int) -> Iterator[str]:
        end = at + len(seg.data)
        again = self.octets[at:end]
        if again != seg.data[: len(again)]:
            yield f"octets from {at} on differ from what was sent before"
        if self.fin is not None and (end > self.fin + (not seg.data and not seg.fin) or (seg.fin and end != self.fin)):
            yield f"the FIN stood at {self.fin}"
        self.octets += seg.data[max(0, len(self.octets) - at) :]
        if seg.fin and self.fin is None:
            self.fin = end


class Arrived:
    """Which numbers of the peer's sequence are here: all before `end`, and some beyond."""

    def __init__(self, end: int) -> None:
        self.end = end
        self._beyond: set[tuple[int, int]] = set()

    def take(self, begin: int, size: int) -> None:
        """These have come, too."""
        if begin + size <= self.end:
            return
        self._beyond.add((begin, begin + size))
        for first, last in sorted(self._beyond):
            if first <= self.end:
                self.end = max(self.end, last)
                self._beyond.discard((first, last))


class Newest:
    """The newest timestamp and ACK that arrived: what is older may be an old duplicate (RFC 7323, 5.3; RFC 5961, 5)."""

    def __init__(self, life: Life) -> None:
        self._stamped, self._iss = life.stamped, life.iss or 0
        self._stamp = self._ack = 0

    def is_heard(self, seg: Segment) -> bool:
        """Does it count for sure? Not a RST, nor one that is older than another, nor one without its timestamp."""
        if seg.rst or seg.ack is None:
            return False
        ack = relative(seg.ack, self._iss)
        is_new, self._ack = ack >= self._ack, max(ack, self._ack)
        return self.is_in_time(seg) and is_new

    def is_in_time(self, seg: Segment) -> bool:
        """Is its timestamp no older than those before, if there are any?"""
        stamp = -1 if seg.options.timestamps is None else seg.options.timestamps[0]
        is_new, self._stamp = stamp >= self._stamp, max(stamp, self._stamp)
        return is_new or not self._stamped


class Facts:
    """What is acknowledged and what has arrived, as the segments say it."""

    def __init__(self, life: Life) -> None:
        self._iss, self._irs = life.iss or 0, life.irs or 0
        self._acked, self._arrived = 0, Arrived(0 if life.syn else 1)
        self._fin = self._their_fin = 2**32

    def learn(self, each: object) -> None:
        """Something was sent or arrived."""
        if isinstance(each, Sent) and each.segment.fin:
            self._fin = relative(each.segment.seq, self._iss) + each.segment.len
        if isinstance(each, Delivered) and not each.sent.segment.rst:
            seg = each.sent.segment
            begin = relative(seg.seq, self._irs)
            self._arrived.take(begin, seg.len)
            self._acked = max(self._acked, 0 if seg.ack is None else relative(seg.ack, self._iss))
            self._their_fin = begin + seg.len if seg.fin else self._their_fin

    @property
    def our_syn_is_acknowledged(self) -> bool:
        """Our SYN has the number 0."""
        return self._acked > 0

    @property
    def our_fin_is_acknowledged(self) -> bool:
        """And all before it."""
        return self._acked >= self._fin

    @property
    def their_fin_is_here(self) -> bool:
        """And all before it."""
        return self._arrived.end >= self._their_fin
