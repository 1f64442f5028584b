"""What a packet carries: a segment of TCP, a datagram of UDP, or a message of ICMP (RFC 791, section 3.1, Protocol)."""

from typing import TypeAlias

from course.ip import icmp, udp
from course.ip.icmp import Message
from course.ip.udp import Datagram
from course.tcp import wire as tcp
from course.tcp.segment import Segment
from course.tcp.wire import segment_octets

Payload: TypeAlias = Segment | Datagram | Message
PROTOCOLS: dict[type[Payload], int] = {Segment: tcp.PROTOCOL, Datagram: udp.PROTOCOL, Message: icmp.PROTOCOL}
NAMES = {tcp.PROTOCOL: "TCP", udp.PROTOCOL: "UDP", icmp.PROTOCOL: "ICMP"}
WORDS: dict[type[Payload], str] = {Segment: "segment", Datagram: "datagram", Message: "message"}


def payload_octets(payload: Payload) -> int:
    """How many octets it takes on the wire, its header included."""
    if isinstance(payload, Segment):
        return segment_octets(payload)
    return len(payload.data) + (udp.HEADER.size if isinstance(payload, Datagram) else icmp.HEADER.size)


def encode(payload: Payload, source: str, destination: str) -> bytes:
    """Its octets, on the way from one IP address to another. Raises ValueError for ICMP between IPv6 addresses."""
    match payload:
        case Segment():
            return tcp.encode(payload, source, destination)
        case Datagram():
            return udp.encode(payload, source, destination)
    if ":" in source:
        raise ValueError(f"a message of ICMP from {source}: IPv6 has one of its own, which is not in this house")
    return icmp.encode(payload)


def decode(protocol: int, octets: bytes, source: str, destination: str, *, verify: bool = True) -> Payload:
    """What these octets are in that protocol, one of NAMES; MalformedSegment, with the offset, if they are nothing."""
    if protocol == tcp.PROTOCOL:
        return tcp.decode(octets, source, destination, verify=verify)
    if protocol == udp.PROTOCOL:
        return udp.decode(octets, source, destination, verify=verify)
    return icmp.decode(octets, verify=verify)
