"""The wire: a packet as octets (RFC 791, section 3.1)."""

import ipaddress
import struct

from course.ip.packet import Packet
from course.octets import internet_checksum
from course.tcp import wire

IPV4 = struct.Struct("!BBHHHBBH4s4s")
DO_NOT_FRAGMENT = 0x4000


def encode(packet: Packet, identification: int = 0, ttl: int = 64) -> bytes:
    """The octets of an IPv4 packet, with the right checksums."""
    source, destination = ipaddress.IPv4Address(packet.source), ipaddress.IPv4Address(packet.destination)
    segment = wire.encode(packet.segment, packet.source, packet.destination)
    fields = 0x45, 0, IPV4.size + len(segment), identification, DO_NOT_FRAGMENT, ttl, wire.PROTOCOL
    checksum = internet_checksum(IPV4.pack(*fields, 0, source.packed, destination.packed))
    return IPV4.pack(*fields, checksum, source.packed, destination.packed) + segment
