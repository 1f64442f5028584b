"""Frames: what a capture file holds, and where in one the IP packet stands.

The types of links are the LINKTYPE_ numbers that the file formats share (https://www.tcpdump.org/linktypes.html).
"""

from collections.abc import Callable
from typing import NamedTuple

from course.ip import wire
from course.ip.packet import Packet
from course.tcp.wire import PROTOCOL

NANOSECONDS = 10**9  # a second, on the clocks of captures
ETHERNET, RAW = 1, 101
IP_TYPES = (b"\x08\x00", b"\x86\xdd")
TAGS = (b"\x81\x00", b"\x88\xa8", b"\x91\x00")
FAMILIES = tuple(family.to_bytes(4, order) for family in (2, 10, 24, 28, 30) for order in ("little", "big"))
DATA_OFFSET_AT = 12
SHORT_HEADER = 8  # of a datagram, and of a message of ICMP


class Frame(NamedTuple):
    """What was captured on a link of this type, at a moment in nanoseconds since 1970; it may be cut at its end."""

    at: int
    link: int
    octets: bytes


def ethernet(octets: bytes) -> bytes | None:
    """Behind two addresses and the EtherType (IEEE 802.3)."""
    return behind_type(octets, 12)


def cooked(octets: bytes) -> bytes | None:
    """Behind the 16 octets that Linux writes for "any" interface."""
    return behind_type(octets, 14)


def cooked_again(octets: bytes) -> bytes | None:
    """Behind the 20 octets of the second version, which begin with the EtherType."""
    return octets[20:] if octets[:2] in IP_TYPES else None


def loopback(octets: bytes) -> bytes | None:
    """Behind an address family, in the byte order of any machine; the families of IPv6 are many."""
    return octets[4:] if octets[:4] in FAMILIES else None


def bare(octets: bytes) -> bytes | None:
    """The packet itself."""
    return octets


def behind_type(octets: bytes, at: int) -> bytes | None:
    """What follows the EtherType at that place, and the tags of VLANs (IEEE 802.1Q) before it; None if it is not IP."""
    while octets[at : at + 2] in TAGS:
        at += 4
    return octets[at + 2 :] if octets[at : at + 2] in IP_TYPES else None


LINKS: dict[int, tuple[str, Callable[[bytes], bytes | None]]] = {
    0: ("loopback", loopback),
    ETHERNET: ("Ethernet", ethernet),
    12: ("raw IP", bare),
    14: ("raw IP", bare),
    RAW: ("raw IP", bare),
    108: ("loopback", loopback),
    113: ("Linux cooked", cooked),
    228: ("raw IP", bare),
    229: ("raw IP", bare),
    276: ("Linux cooked", cooked_again),
}


def packet_in(frame: Frame, *, verify: bool = False) -> tuple[Packet, int] | None:
    """The packet that a frame carries, and how many of its last octets were not captured.

    None if it is not TCP, UDP or ICMP. Zeros stand for missing octets of data. Raises MalformedSegment for a packet
    that makes no sense or was cut off within its headers, and with `verify` for a wrong checksum.
    """
    _, unframed = LINKS.get(frame.link, ("", nothing))
    octets = unframed(frame.octets)
    if octets is None:
        return None
    envelope = wire.open_envelope(octets, verify=verify)
    if not envelope.is_known:
        return None
    missing = max(envelope.end - len(octets), 0) if has_headers(octets, envelope) else 0
    return wire.decode(octets + bytes(missing), verify=verify), missing


def nothing(octets: bytes) -> None:
    """There is no IP on links that we do not know."""


def has_headers(octets: bytes, envelope: wire.Envelope) -> bool:
    """Is the header of what it carries captured as a whole?"""
    at = envelope.start + DATA_OFFSET_AT
    if envelope.protocol != PROTOCOL:
        return len(octets) >= envelope.start + SHORT_HEADER
    return len(octets) > at and len(octets) >= envelope.start + (octets[at] >> 4) * 4
