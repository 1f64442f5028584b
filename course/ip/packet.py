"""A packet: the envelope that carries a segment, a datagram or a message from one address to another (RFC 791)."""

from typing import NamedTuple

from course.ip.icmp import End, Message
from course.ip.payload import WORDS, Payload
from course.tcp.segment import Segment

HEADER_OCTETS = 20
NO_PORT = 0


class Packet(NamedTuple):
    """An IPv4 packet: a segment of TCP, a datagram of UDP or a message of ICMP between two dotted addresses."""

    source: str
    destination: str
    payload: Payload

    @property
    def segment(self) -> Segment:
        """The segment inside; TypeError if there is none, since the packet carries something else."""
        if isinstance(self.payload, Segment):
            return self.payload
        raise TypeError(f"this packet carries a {WORDS[type(self.payload)]}, and no segment: ask for its .payload")


def ends(packet: Packet) -> tuple[End, End]:
    """Where a packet comes from, and where it goes; an error goes back where what it is about came from.

    Other messages of ICMP are from host to host: their ends have port 0.
    """
    source, destination, payload = packet
    if not isinstance(payload, Message):
        return (source, payload.source_port), (destination, payload.destination_port)
    cause = payload.cause
    ports = (NO_PORT, NO_PORT) if cause is None else (cause.destination[1], cause.source[1])
    return (source, ports[0]), (destination, ports[1])
