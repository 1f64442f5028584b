"""What a pcapng file says about itself: a comment, and the names of hosts (draft-ietf-opsawg-pcapng, 4.1 and 4.5)."""

import struct
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address
from typing import NamedTuple

from course.trace.frames import Frame
from course.trace.pcapng import (
    END_OF_OPTIONS,
    INTERFACE,
    PACKET,
    SECTION,
    TIMESTAMP_RESOLUTION,
    Block,
    Section,
    block_at,
    byte_order,
    options,
)

NAMES = 4  # the name resolution block
COMMENT, OPERATING_SYSTEM = 1, 3
END_OF_NAMES, IPV4_NAME = 0, 1
OPTIONS_AT = 16  # in a section header, after its magic number, its version and its length
NANOSECONDS = 9  # as a power of ten


class Labels(NamedTuple):
    """What a file says: a comment, on which system it was made, and each address's name."""

    comment: str = ""
    system: str = ""
    names: Mapping[str, str] = {}


def encode(link: int, frames: Iterable[Frame], labels: Labels) -> bytes:
    """A file of frames on a link of that type, least octet first, to the nanosecond, with its labels."""
    said = option(COMMENT, labels.comment.encode()) + option(OPERATING_SYSTEM, labels.system.encode())
    head = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
    resolution = option(TIMESTAMP_RESOLUTION, bytes([NANOSECONDS]))
    names = (option(IPV4_NAME, IPv4Address(address).packed + name.encode() + b"\0")
             for address, name in labels.names.items())  # fmt: skip
    return b"".join([
        block(SECTION, head + said + option(END_OF_OPTIONS)),
        block(INTERFACE, struct.pack("<HHI", link, 0, 0) + resolution + option(END_OF_OPTIONS)),
        block(NAMES, b"".join(names) + option(END_OF_NAMES)),
        *(block(PACKET, packet(frame)) for frame in frames),
    ])  # fmt: skip


def packet(frame: Frame) -> bytes:
    """The body of an enhanced packet block."""
    length = len(frame.octets)
    return struct.pack("<5I", 0, frame.at >> 32, frame.at & 0xFFFF_FFFF, length, length) + padded(frame.octets)


def block(kind: int, body: bytes) -> bytes:
    """A block, with its length at both ends."""
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def option(code: int, value: bytes = b"") -> bytes:
    """An option, and in the same form a name."""
    return struct.pack("<HH", code, len(value)) + padded(value)


def padded(octets: bytes) -> bytes:
    """Filled up to whole words of 32 bits."""
    return octets + bytes(-len(octets) % 4)


def labels(octets: bytes) -> Labels:
    """What a pcapng file says about itself. Raises MalformedCapture, with the offset in the file."""
    section = Section(byte_order(octets, 0))
    found = list(blocks(octets, section))
    said = dict(values(section, found[0], OPTIONS_AT))
    names = [name for block in found if block.kind == NAMES for name in values(section, block, 0)]
    by_address = {str(IPv4Address(name[:4])): text(name[4:]) for code, name in names if code == IPV4_NAME}
    return Labels(text(said.get(COMMENT, b"")), text(said.get(OPERATING_SYSTEM, b"")), by_address)


def blocks(octets: bytes, section: Section) -> Iterator[Block]:
    """The blocks of a file that is one section."""
    at = 0
    while at < len(octets):
        found = block_at(octets, at, section.order)
        yield found
        at += len(found.body) + 12


def values(section: Section, block: Block, at: int) -> Iterator[tuple[int, bytes]]:
    """The code and the value of each option from there on."""
    return ((code, block.body[start : start + length]) for code, start, length in options(section, block, at))


def text(octets: bytes) -> str:
    """Text, which is UTF-8 in these files, up to the octet that ends it, if there is one."""
    return octets.split(b"\0")[0].decode(errors="replace")
