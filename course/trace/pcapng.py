"""pcapng: a capture file made of blocks, which Wireshark writes (draft-ietf-opsawg-pcapng)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from course.errors import MalformedCapture
from course.trace.frames import NANOSECONDS, Frame

SECTION, INTERFACE, SIMPLE_PACKET, PACKET = 0x0A0D0D0A, 1, 3, 6
SECTION_MAGIC = SECTION.to_bytes(4, "big")  # the same from both ends
BYTE_ORDERS = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}
END_OF_OPTIONS, TIMESTAMP_RESOLUTION, TIMESTAMP_OFFSET = 0, 9, 14
BROKEN_OFF = "the file ends in the middle of a block"


class Block(NamedTuple):
    """One block: its kind, what it holds, and where in the file that begins."""

    kind: int
    body: bytes
    at: int


@dataclass(frozen=True, slots=True)
class Interface:
    """Where packets were captured: the link's type, the most octets kept of each, the clock's ticks a second.

    `offset` is in seconds, to be added to what the clock says.
    """

    link: int
    most: int
    ticks: int = 1_000_000
    offset: int = 0


@dataclass(slots=True)
class Section:
    """A part of the file with one byte order and its own interfaces; `now` is the last packet's time."""

    order: str
    interfaces: list[Interface] = field(default_factory=list)
    now: int = 0

    def unpack(self, layout: str, block: Block, at: int = 0) -> tuple[int, ...]:
        """The numbers that stand in a block from `at` on."""
        layout = self.order + layout
        if struct.calcsize(layout) > len(block.body) - at:
            raise MalformedCapture(f"a block of kind {block.kind} is too short", offset=block.at + len(block.body))
        return struct.unpack_from(layout, block.body, at)

    def interface(self, number: int, block: Block) -> Interface:
        """The interface of that number."""
        if number >= len(self.interfaces):
            raise MalformedCapture(f"a packet is from interface {number}, of which nothing was said", offset=block.at)
        return self.interfaces[number]


def frames(octets: bytes) -> Iterator[Frame]:
    """The frames in a file, in its order; blocks that hold none are passed over.

    A frame without a time of its own, from a simple packet block, gets that of the one before. Raises
    MalformedCapture, with the offset in the file.
    """
    section = Section(">")
    at = 0
    while at < len(octets):
        if octets[at : at + 4] == SECTION_MAGIC:
            section = Section(byte_order(octets, at))
        block = block_at(octets, at, section.order)
        at += len(block.body) + 12
        if block.kind == INTERFACE:
            section.interfaces.append(interface(section, block))
        elif block.kind == PACKET:
            yield packet(section, block)
        elif block.kind == SIMPLE_PACKET:
            yield simple_packet(section, block)


def byte_order(octets: bytes, at: int) -> str:
    """The byte order of the section whose header starts there."""
    magic = octets[at + 8 : at + 12]
    if len(magic) < 4:
        raise MalformedCapture(BROKEN_OFF, offset=at)
    if magic not in BYTE_ORDERS:
        raise MalformedCapture(f"a section should tell its byte order here, and says {magic.hex()}", offset=at + 8)
    return BYTE_ORDERS[magic]


def block_at(octets: bytes, at: int, order: str) -> Block:
    """The block that starts there; its length stands at both of its ends."""
    if len(octets) - at < 12:
        raise MalformedCapture(BROKEN_OFF, offset=at)
    kind, length = struct.unpack_from(order + "II", octets, at)
    if length < 12 or length % 4:
        raise MalformedCapture(f"a block cannot be {length} octets long", offset=at + 4)
    if length > len(octets) - at:
        raise MalformedCapture(BROKEN_OFF, offset=at)
    if octets[at + 4 : at + 8] != octets[at + length - 4 : at + length]:
        raise MalformedCapture("a block's two lengths differ", offset=at + length - 4)
    return Block(kind, octets[at + 8 : at + length - 4], at + 8)


def interface(section: Section, block: Block) -> Interface:
    """What an interface description block says."""
    link, _, most = section.unpack("HHI", block)
    found = Interface(link, most)
    for code, at, length in options(section, block, 8):
        if code == TIMESTAMP_RESOLUTION and length == 1:
            found = replace(found, ticks=ticks(block.body[at]))
        elif code == TIMESTAMP_OFFSET and length == 8:
            found = replace(found, offset=section.unpack("q", block, at)[0])
    return found


def ticks(resolution: int) -> int:
    """Ticks a second: a negative power of 2 if the highest bit is set, or else of 10."""
    base, power = (2, resolution & 0x7F) if resolution & 0x80 else (10, resolution)
    return int(base**power)


def options(section: Section, block: Block, at: int) -> Iterator[tuple[int, int, int]]:
    """(code, where the value starts, its length) of each option from `at` on."""
    while at < len(block.body):
        code, length = section.unpack("HH", block, at)
        if code == END_OF_OPTIONS:
            return
        if length > len(block.body) - at - 4:
            raise MalformedCapture(f"an option says that it is {length} octets long", offset=block.at + at + 2)
        yield code, at + 4, length
        at += 4 + length + -length % 4


def packet(section: Section, block: Block) -> Frame:
    """The frame in an enhanced packet block."""
    number, high, low, captured, _ = section.unpack("5I", block)
    on = section.interface(number, block)
    octets = block.body[20 : 20 + captured]
    if len(octets) < captured:
        raise MalformedCapture(f"a packet says that {captured} octets of it were captured", offset=block.at + 12)
    section.now = (high << 32 | low) * NANOSECONDS // on.ticks + on.offset * NANOSECONDS
    return Frame(section.now, on.link, octets)


def simple_packet(section: Section, block: Block) -> Frame:
    """The frame in a simple packet block: without a time, from the first interface."""
    on = section.interface(0, block)
    (length,) = section.unpack("I", block)
    return Frame(section.now, on.link, block.body[4:][: min(length, on.most or length)])
