"""A datagram: two ports, a length, a checksum, and the octets, of which none is missing (UDP, RFC 768)."""

import struct
from typing import NamedTuple

from course.errors import MalformedSegment
from course.octets import internet_checksum
from course.tcp.wire import pseudo_header

HEADER = struct.Struct("!HHHH")
PROTOCOL = 17
LARGEST = 65_507  # octets of data: an IPv4 packet holds 65,535, and 20 and 8 of them are headers
LENGTH_AT, CHECKSUM_AT = 4, 6
NO_CHECKSUM = 0


class Datagram(NamedTuple):
    """A datagram of UDP: from a port to a port, with its data."""

    source_port: int
    destination_port: int
    data: bytes = b""


def encode(datagram: Datagram, source: str, destination: str) -> bytes:
    """The octets of a datagram that goes from one IP address to another, with the right checksum.

    A checksum of zero is sent as all ones, since zero says that there is none. Raises ValueError for too many octets.
    """
    length = HEADER.size + len(datagram.data)
    if len(datagram.data) > LARGEST:
        raise ValueError(f"a datagram of {len(datagram.data)} octets: UDP can carry {LARGEST} at the most")
    ports = datagram.source_port, datagram.destination_port
    unsummed = HEADER.pack(*ports, length, NO_CHECKSUM) + datagram.data
    checksum = internet_checksum(pseudo_header(source, destination, length, PROTOCOL) + unsummed) or 0xFFFF
    return HEADER.pack(*ports, length, checksum) + datagram.data


def decode(octets: bytes, source: str, destination: str, *, verify: bool = True) -> Datagram:
    """The datagram that these octets are; MalformedSegment, with the offset, if they are none.

    What follows its length is left alone. `verify=False` takes any checksum; one of zero is none, and is taken, too.
    """
    if len(octets) < HEADER.size:
        raise MalformedSegment(f"a UDP header takes {HEADER.size} octets, and here are only {len(octets)}", len(octets))
    source_port, destination_port, length, checksum = HEADER.unpack_from(octets)
    if not HEADER.size <= length <= len(octets):
        raise MalformedSegment(f"the length says {length} octets, of {len(octets)} that are here", LENGTH_AT)
    if verify and checksum != NO_CHECKSUM:
        pseudo = pseudo_header(source, destination, length, PROTOCOL)
        if internet_checksum(pseudo + octets[:length]):
            raise MalformedSegment("the checksum is wrong", CHECKSUM_AT)
    return Datagram(source_port, destination_port, octets[HEADER.size : length])
