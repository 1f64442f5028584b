"""ICMP: what hosts tell each other about packets, as that nobody has the port they are for (RFC 792)."""

import struct
from ipaddress import IPv4Address
from typing import NamedTuple

from course.errors import MalformedSegment
from course.octets import internet_checksum

HEADER = struct.Struct("!BBH4s")
PROTOCOL = 1
CHECKSUM_AT = 2
UNREACHABLE, PORT = 3, 3
ERRORS = (3, 4, 5, 11, 12)  # the types that quote the packet that they are about
UNUSED = bytes(4)
QUOTED = 8  # octets of what the packet carries, which is as far as the ports reach
NAMES = {
    (0, 0): "echo reply",
    (3, 0): "net unreachable",
    (3, 1): "host unreachable",
    (3, 2): "protocol unreachable",
    (3, 3): "port unreachable",
    (8, 0): "echo",
    (11, 0): "time to live exceeded",
}
End = tuple[str, int]
"""A dotted address and a port."""


class Cause(NamedTuple):
    """What an error quotes: the protocol of the packet that it is about, from where it came, and for whom it was."""

    protocol: int
    source: End
    destination: End


class Message(NamedTuple):
    """A message of ICMP: what it says by two numbers, four octets that mean something else in each, and its data.

    It has no ports: it is for a host, and not for a program.
    """

    type: int
    code: int
    rest: bytes = UNUSED
    data: bytes = b""

    @property
    def name(self) -> str:
        """What it says, in the RFC's words where there are any."""
        return NAMES.get((self.type, self.code), f"type {self.type} code {self.code}")

    @property
    def cause(self) -> Cause | None:
        """The packet that it is about; None if it is no error, or quotes too little."""
        if self.type not in ERRORS or len(self.data) < 24:
            return None
        protocol, source, destination = self.data[9], self.data[12:16], self.data[16:20]
        at = (self.data[0] & 0xF) * 4
        if len(self.data) < at + 4:
            return None
        ports = struct.unpack_from("!HH", self.data, at)
        return Cause(protocol, (str(IPv4Address(source)), ports[0]), (str(IPv4Address(destination)), ports[1]))


def port_unreachable(packet: bytes) -> Message:
    """Nobody has the port that this packet is for: it is quoted up to the eighth octet behind its header."""
    return Message(UNREACHABLE, PORT, data=packet[: (packet[0] & 0xF) * 4 + QUOTED])


def requoted(message: Message, source: End, destination: End) -> Message:
    """The same error, about a packet between other ends: so a NAT passes it on (RFC 5508, section 4.2).

    The quoted header has the right checksum again, and what it carries the old one. A message about no packet stays as
    it is.
    """
    if message.cause is None:
        return message
    at = (message.data[0] & 0xF) * 4
    addresses = IPv4Address(source[0]).packed + IPv4Address(destination[0]).packed
    unsummed = message.data[:10] + bytes(2) + addresses + message.data[20:at]
    header = unsummed[:10] + struct.pack("!H", internet_checksum(unsummed)) + unsummed[12:]
    return message._replace(data=header + struct.pack("!HH", source[1], destination[1]) + message.data[at + 4 :])


def encode(message: Message) -> bytes:
    """The octets of a message, with the right checksum, which covers no pseudo-header."""
    unsummed = HEADER.pack(message.type, message.code, 0, message.rest) + message.data
    checksum = internet_checksum(unsummed)
    return unsummed[:CHECKSUM_AT] + struct.pack("!H", checksum) + unsummed[CHECKSUM_AT + 2 :]


def decode(octets: bytes, *, verify: bool = True) -> Message:
    """The message that these octets are; MalformedSegment, with the offset, if they are none."""
    if len(octets) < HEADER.size:
        raise MalformedSegment(
            f"an ICMP header takes {HEADER.size} octets, and here are only {len(octets)}", len(octets)
        )
    if verify and internet_checksum(octets):
        raise MalformedSegment("the checksum is wrong", CHECKSUM_AT)
    kind, code, _, rest = HEADER.unpack_from(octets)
    return Message(kind, code, rest, octets[HEADER.size :])
