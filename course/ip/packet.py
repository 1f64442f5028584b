"""A packet: the envelope that carries a segment from one address to another (RFC 791)."""

from dataclasses import dataclass

from course.tcp.segment import Segment

HEADER_OCTETS = 20


@dataclass(frozen=True, slots=True)
class Packet:
    """An IPv4 packet: a segment between two dotted addresses."""

    source: str
    destination: str
    segment: Segment
