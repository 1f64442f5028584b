"""What stands at the arrows: a segment's label depends on those that its host has sent before it, the same way."""

from collections.abc import Mapping
from dataclasses import dataclass

from course.tcp.segment import Segment
from course.trace.record import Endpoint, Sent
from course.trace.text import Direction, Numbering, directions
from course.view.waiting import is_later
from course.view.words import payload_label, segment_label


@dataclass(slots=True)
class Past:
    """What has gone one way: the end of the highest octet, the last acknowledgment, the last SYN (and its ACK bit)."""

    end: int
    ack: int | None = None
    syn: tuple[int, bool] | None = None


class Naming:
    """Labels segments; all that are sent must be shown to it in their order."""

    def __init__(self, translated: Mapping[Endpoint, Endpoint], *, relative: bool) -> None:
        self._numbering = Numbering(translated, relative=relative)
        self._pasts: dict[Direction, Past] = {}

    def label(self, sent: Sent) -> str:
        """The segment's label, as in "PSH ACK 1–5 (5) again", or the datagram's, as in "datagram, 5 octets"."""
        self._numbering.notice(sent)
        segment, way = sent.payload, directions(sent)[0]
        if not isinstance(segment, Segment):
            return payload_label(segment)
        past = self._pasts.setdefault(way, Past(segment.seq))
        again, news = is_repeated(segment, past), segment.ack != past.ack
        remember(segment, past)
        return segment_label(segment, self._numbering.seq(sent), self._numbering.ack(sent), tell_ack=news, again=again)


def is_repeated(segment: Segment, past: Past) -> bool:
    """Has all that it carries been sent before? A SYN that now acknowledges another is no repetition."""
    if segment.syn:
        return past.syn == (segment.seq, segment.ack is not None)
    return bool(segment.len) and not segment.rst and not is_later(segment.seq + segment.len, past.end)


def remember(segment: Segment, past: Past) -> None:
    """Add a segment to what has gone its way; a SYN with another number begins anew."""
    end = (segment.seq + segment.len) % 2**32
    is_new = segment.syn and (past.syn is None or past.syn[0] != segment.seq)
    if is_new or is_later(end, past.end):
        past.end = end
    past.ack = segment.ack
    if segment.syn:
        past.syn = segment.seq, segment.ack is not None
