"""Onion: the octets of one packet, layer within layer: IP, TCP or UDP, and what the programs said, by lines if HTTP.

RFC 1122, section 1.1.3, names the layers; RFC 9112, section 2.1, the lines.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from course.ip import wire
from course.ip.icmp import Cause, Message
from course.ip.payload import WORDS, Payload
from course.ip.udp import Datagram
from course.octets import letters
from course.tcp.segment import Segment
from course.trace.record import Sent
from course.view.fields import FLAGS, Field, ip_fields
from course.view.headers import parts
from course.view.words import number

IP_HEADER = 20
BODY_LINE, BODY_LINES = 48, 6
PURPOSES: dict[type[Payload], str] = {
    Segment: "from program to program, in order and complete",
    Datagram: "from program to program, whole or not at all",
    Message: "what a host has to tell another about packets",
}
REQUEST = re.compile(rb"[!-~]+ [!-~]+ HTTP/\d\.\d\r\n")
STATUS = re.compile(rb"HTTP/\d\.\d \d{3}[^\r\n]*\r\n")


class Part(NamedTuple):
    """Octets from `start` to before `stop`, counted in the packet: what they are called, and what they say.

    `is_text` says that they are letters, and `words` shows them so.
    """

    start: int
    stop: int
    name: str
    words: str
    is_text: bool = False

    @property
    def place(self) -> str:
        """Which octets, as in 12–15."""
        return f"{self.start}–{self.stop - 1}" if self.stop - self.start > 1 else str(self.start)


class Layer(NamedTuple):
    """A layer: what its unit is called, what it is for, and the parts of its own; the rest belongs to the next one."""

    name: str
    purpose: str
    start: int
    stop: int
    parts: tuple[Part, ...]

    @property
    def heading(self) -> str:
        """Its name, how long it is, and what it is for."""
        octets = self.stop - self.start
        return f"{self.name}, {number(octets)} octet{'s' * (octets != 1)}: {self.purpose}"


def layers_of(sent: Sent, counted: tuple[int | None, int | None] = (None, None)) -> tuple[bytes, list[Layer]]:
    """The octets of a packet, and its layers from the outermost on. ValueError for IPv6 addresses.

    `counted` are the sequence and acknowledgment numbers as counted from the SYNs.
    """
    packet, payload = sent.packet, sent.payload
    if ":" in packet.source:
        raise ValueError(f"{packet.source} is an IPv6 address: only IPv4 packets can be taken apart")
    octets, carried = wire.encode(packet), parts(sent, counted)
    name, end = f"{carried.protocol} {WORDS[type(payload)]}", len(octets)
    header = tuple(grouped(carried.header, IP_HEADER))
    found = [
        Layer("IP packet", "from host to host", 0, end, tuple(grouped(ip_fields(octets[:IP_HEADER]), 0))),
        Layer(name, PURPOSES[type(payload)], IP_HEADER, end, header),
    ]
    if carried.data:
        cause = payload.cause if isinstance(payload, Message) else None
        at = end - len(carried.data)
        found.append(said(carried.data, at) if cause is None else quoted(carried.data, at, cause))
    return octets, found


def grouped(fields: Iterable[Field], offset: int) -> Iterator[Part]:
    """The fields as parts, those that share octets together."""
    together: list[Field] = []
    for field in fields:
        together.append(field)
        end = field.start + field.bits
        if end % 8 == 0 and not is_within(together):
            yield part_of(together, offset)
            together = []


def is_within(fields: list[Field]) -> bool:
    """Is this still a part of Data Offset, Reserved and the control bits, which people read together?"""
    return fields[0].name == "Data Offset" and fields[-1].name != FLAGS[-1]


def part_of(fields: list[Field], offset: int) -> Part:
    """Fields that share octets: of the control bits those that are set."""
    flags = [field.name for field in fields if field.name in FLAGS and field.value]
    plain = [field for field in fields if field.name not in (*FLAGS, "Reserved")]
    names = [field.name for field in plain] + ["control bits"] * (len(plain) < len(fields))
    words = [field.words for field in plain] + [" ".join(flags)] * bool(flags)
    start, stop = fields[0].start // 8, (fields[-1].start + fields[-1].bits) // 8
    return Part(offset + start, offset + stop, ", ".join(names), "; ".join(words))


def said(data: bytes, at: int) -> Layer:
    """What the programs said to each other: an HTTP message, as far as this segment has it, or any octets."""
    start_line = "request line" if REQUEST.match(data) else "status line" if STATUS.match(data) else None
    stop = at + len(data)
    if start_line is None:
        return Layer("Data", "what one program says to the other", at, stop, tuple(body(data, at, "data")))
    is_request = start_line == "request line"
    name, purpose = ("HTTP request", "what a program asks") if is_request else ("HTTP response", "what it is answered")
    return Layer(name, purpose, at, stop, tuple(message(data, at, start_line)))


def quoted(data: bytes, at: int, cause: Cause) -> Layer:
    """The packet that a message of ICMP is about: its header, and as much behind it as tells the ports."""
    ports = f"from port {cause.source[1]} to port {cause.destination[1]}"
    behind = Part(at + IP_HEADER, at + len(data), "what follows", ports)
    header = grouped(ip_fields(data[:IP_HEADER]), at)
    return Layer("Data", "the packet that it is about, up to its ports", at, at + len(data), (*header, behind))


def message(data: bytes, at: int, start_line: str) -> Iterator[Part]:
    """The lines of a message's head, and its body."""
    head, end, rest = data.partition(b"\r\n\r\n")
    name = start_line
    for line in (head + end[:2]).splitlines(keepends=True):
        called = name if line.endswith(b"\r\n") else f"{name}, to be continued"
        yield Part(at, at + len(line), called, shown(line), is_text=True)
        at, name = at + len(line), "header field"
    if end:
        yield Part(at, at + 2, "end of the head", shown(b"\r\n"), is_text=True)
        yield from body(rest, at + 2, "body")


def body(octets: bytes, at: int, name: str) -> Iterator[Part]:
    """The first lines of a body, and how much there is besides."""
    lines = [octets[n : n + BODY_LINE] for n in range(0, len(octets), BODY_LINE)]
    for line in lines[:BODY_LINES]:
        yield Part(at, at + len(line), name, shown(line), is_text=True)
        at, name = at + len(line), ""
    left = sum(map(len, lines[BODY_LINES:]))
    if left:
        yield Part(at, at + left, "", f"… {number(left)} more octets", is_text=True)


def shown(octets: bytes) -> str:
    """Octets as letters; the ends of lines as programs write them."""
    return "".join({"\r": "\\r", "\n": "\\n"}.get(chr(octet), letters(bytes([octet]))) for octet in octets)


def told(octets: bytes, found: list[Layer]) -> str:
    """The layers as text, a line for each part, each layer further to the right."""
    return "\n".join(line for depth, layer in enumerate(found) for line in layer_told(octets, layer, "  " * depth))


def layer_told(octets: bytes, layer: Layer, indent: str) -> Iterator[str]:
    """A layer as lines of text."""
    yield indent + layer.heading
    for part in layer.parts:
        own = "" if part.is_text else f" ({octets[part.start : part.stop].hex(' ')})" if part.name else ""
        name = f" {part.name}:" if part.name else ""
        yield f"{indent}  octets {part.place}{name} {part.words}{own}"
