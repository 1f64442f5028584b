"""pcap: a capture file that is one packet after another (draft-ietf-opsawg-pcap)."""

import struct
from collections.abc import Iterable, Iterator

from course.errors import MalformedCapture
from course.trace.frames import LINKS, NANOSECONDS, Frame

FILE, PACKET = "IHHiIII", "IIII"
MICROSECOND_MAGIC, NANOSECOND_MAGIC = 0xA1B2C3D4, 0xA1B23C4D
KINDS = {
    magic.to_bytes(4, "big" if order == ">" else "little"): (order, tick)
    for order in "<>"
    for magic, tick in ((MICROSECOND_MAGIC, 1000), (NANOSECOND_MAGIC, 1))
}
MOST = 262_144  # octets of a packet: what tcpdump keeps, too


def encode(link: int, frames: Iterable[Frame]) -> bytes:
    """A file of frames on a link of that type, least octet first, and to the nanosecond."""
    file = struct.pack("<" + FILE, NANOSECOND_MAGIC, 2, 4, 0, 0, MOST, link)
    return file + b"".join(encode_frame(frame) for frame in frames)


def encode_frame(frame: Frame) -> bytes:
    """A frame as it stands in the file."""
    length = len(frame.octets)
    return struct.pack("<" + PACKET, *divmod(frame.at, NANOSECONDS), length, length) + frame.octets


def frames(octets: bytes) -> Iterator[Frame]:
    """The frames in a file that begins as one of KINDS, in its order. Raises MalformedCapture, with the offset."""
    order, tick = KINDS[octets[:4]]
    file, header = struct.Struct(order + FILE), struct.Struct(order + PACKET)
    if len(octets) < file.size:
        raise MalformedCapture(f"a pcap file begins with {file.size} octets, and here are {len(octets)}", offset=0)
    link = file.unpack_from(octets)[-1] & 0xFFFF  # the upper half is about the frame check sequence
    if link not in LINKS:
        known = ", ".join(f"{number} ({name})" for number, (name, _) in LINKS.items())
        raise MalformedCapture(f"links of type {link} cannot be read; these can: {known}", offset=20)
    at = file.size
    while at < len(octets):
        if len(octets) - at < header.size:
            raise MalformedCapture("the file ends in the middle of a packet", offset=at)
        seconds, rest, captured, _ = header.unpack_from(octets, at)
        start = at + header.size
        if captured > len(octets) - start:
            raise MalformedCapture("the file ends in the middle of a packet", offset=at)
        yield Frame(seconds * NANOSECONDS + rest * tick, link, octets[start : start + captured])
        at = start + captured
