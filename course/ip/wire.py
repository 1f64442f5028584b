"""The wire: a packet as octets and back, in IPv4 (RFC 791, section 3.1) and IPv6 (RFC 8200, sections 3 and 4)."""

import ipaddress
import struct
from typing import NamedTuple

from course.errors import MalformedSegment
from course.ip import payload as inside
from course.ip.icmp import PROTOCOL as ICMP
from course.ip.packet import Packet
from course.octets import internet_checksum

IPV4 = struct.Struct("!BBHHHBBH4s4s")
IPV6 = struct.Struct("!IHBB16s16s")
LARGEST = 65_535
DO_NOT_FRAGMENT, FRAGMENT_BITS = 0x4000, 0x3FFF
CHECKSUM_AT = 10
HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION_OPTIONS = 0, 43, 44, 60
SKIPPED = (HOP_BY_HOP, ROUTING, DESTINATION_OPTIONS)
A_FRAGMENT = "this is a fragment, and only whole packets can be read"


class Envelope(NamedTuple):
    """What the IP headers say: from where, to where, which protocol, and the payload's octets, `start` to `end`."""

    source: str
    destination: str
    protocol: int
    start: int
    end: int

    @property
    def is_known(self) -> bool:
        """Is there a segment of TCP, a datagram of UDP or a message of ICMP inside?"""
        return self.protocol in inside.NAMES and not (self.protocol == ICMP and ":" in self.source)


def encode(packet: Packet, identification: int = 0, ttl: int = 64) -> bytes:
    """The octets of a packet: IPv4 or IPv6, as its addresses are, with the right checksums.

    `identification`, of which 16 bits count, tells IPv4 packets apart; `ttl` is how many routers it may pass.
    Raises ValueError for addresses that are none, or of two kinds, and for more octets than a packet holds.
    """
    source, destination = ipaddress.ip_address(packet.source), ipaddress.ip_address(packet.destination)
    if source.version != destination.version:
        raise ValueError(f"a packet from {source} to {destination}: both addresses must be of one IP version")
    header = IPV4.size if source.version == 4 else 0  # an IPv6 packet's length does not count its header
    length = header + inside.payload_octets(packet.payload)
    if length > LARGEST:
        raise ValueError(f"a packet of {length} octets: IP can hold {LARGEST} at the most")
    payload = inside.encode(packet.payload, packet.source, packet.destination)
    protocol = inside.PROTOCOLS[type(packet.payload)]
    if source.version == 6:
        return IPV6.pack(6 << 28, length, protocol, ttl, source.packed, destination.packed) + payload
    fields = 0x45, 0, length, identification & 0xFFFF, DO_NOT_FRAGMENT, ttl, protocol
    checksum = internet_checksum(IPV4.pack(*fields, 0, source.packed, destination.packed))
    return IPV4.pack(*fields, checksum, source.packed, destination.packed) + payload


def decode(octets: bytes, *, verify: bool = True) -> Packet:
    """The packet that these octets are; what follows it, as an Ethernet frame's padding does, is left alone.

    Raises MalformedSegment, with the offset in these octets, if they are no whole packet round what we know.
    `verify=False` takes any checksum.
    """
    envelope = open_envelope(octets, verify=verify)
    source, destination, protocol, start, end = envelope
    if not envelope.is_known:
        known = ", ".join(f"{name} is {number}" for number, name in inside.NAMES.items())
        raise MalformedSegment(f"what begins here is of protocol {protocol}; {known}", start)
    if end > len(octets):
        raise MalformedSegment(f"the packet has {end} octets, and only {len(octets)} of them are here", len(octets))
    try:
        payload = inside.decode(protocol, octets[start:end], source, destination, verify=verify)
    except MalformedSegment as malformed:
        raise MalformedSegment(malformed.reason, start + malformed.offset) from None
    return Packet(source, destination, payload)


def open_envelope(octets: bytes, *, verify: bool = True) -> Envelope:
    """What stands in a packet's headers, whatever it carries; `end` is where it should end, even if octets are missing.

    Raises MalformedSegment for octets that are no IP packet, and for a fragment of one.
    """
    version = octets[0] >> 4 if octets else None
    if version == 4:
        return open_ipv4(octets, verify=verify)
    if version == 6:
        return open_ipv6(octets)
    said = "nothing is here" if version is None else f"this is version {version}"
    raise MalformedSegment(f"an IP packet begins with its version, 4 or 6, and {said}", 0)


def open_ipv4(octets: bytes, *, verify: bool) -> Envelope:
    """The envelope of an IPv4 packet; its options are passed over."""
    check_length(octets, IPV4.size, "an IPv4 header")
    first, _, total, _, fragment, _, protocol, _, source, destination = IPV4.unpack_from(octets)
    header = (first & 0xF) * 4
    if header < IPV4.size:
        raise MalformedSegment(f"the IHL says {header} octets of header, and an IPv4 header takes {IPV4.size}", 0)
    check_length(octets, header, "this IPv4 header")
    if verify and internet_checksum(octets[:header]):
        raise MalformedSegment("the IPv4 header's checksum is wrong", CHECKSUM_AT)
    if total < header:
        raise MalformedSegment(f"the total length says {total} octets, and the header alone takes {header}", 2)
    if fragment & FRAGMENT_BITS:
        raise MalformedSegment(A_FRAGMENT, 6)
    return Envelope(dotted(source), dotted(destination), protocol, header, total)


def open_ipv6(octets: bytes) -> Envelope:
    """The envelope of an IPv6 packet; hop-by-hop options, routing headers and destination options are passed over."""
    check_length(octets, IPV6.size, "an IPv6 header")
    _, payload, protocol, _, source, destination = IPV6.unpack_from(octets)
    start, end = IPV6.size, IPV6.size + payload
    while protocol in SKIPPED:
        check_length(octets[:end], start + 8, "an extension header")
        protocol, length = octets[start], octets[start + 1] * 8 + 8
        check_length(octets[:end], start + length, "this extension header")
        start += length
    if protocol == FRAGMENT:
        raise MalformedSegment(A_FRAGMENT, start)
    return Envelope(dotted(source), dotted(destination), protocol, start, end)


def dotted(address: bytes) -> str:
    """An address of 4 or 16 octets, as one writes it."""
    return str(ipaddress.ip_address(address))


def check_length(octets: bytes, needed: int, what: str) -> None:
    """Refuse octets that end before `what` does, which needs so many."""
    if len(octets) < needed:
        raise MalformedSegment(f"{what} goes up to octet {needed}, and here are only {len(octets)}", len(octets))
