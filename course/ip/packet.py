"""A packet: the envelope that carries a segment from one address to another (RFC 791)."""

from typing import NamedTuple

from course.tcp.segment import Segment

HEADER_OCTETS = 20


class Packet(NamedTuple):
    """An IPv4 packet: a segment between two dotted addresses."""

    source: str
    destination: str
    segment: Segment
