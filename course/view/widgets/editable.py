"""Editable: a segment as octets between two addresses, changed field by field or octet by octet (RFC 9293, 3.1).

A changed field is written out anew with course.tcp.wire.encode(): with the right checksum, reserved bits that are 0,
and the options in encode()'s own order. A changed octet changes nothing else: the checksum may be wrong then.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Any, TypeAlias

from course.errors import MalformedSegment
from course.octets import internet_checksum
from course.tcp import wire
from course.tcp.segment import Options, Segment
from course.view.fields import TCP_HEADER, Field, cut_up, tcp_fields
from course.view.widgets.typed import data_text, data_typed, number_within, octet_typed

BITS = {"source_port": 16, "destination_port": 16, "seq": 32, "ack": 32, "window": 16, "urgent": 16, "mss": 16}
WORDS = {
    "source_port": "the source port",
    "destination_port": "the destination port",
    "seq": "the sequence number",
    "ack": "the acknowledgment number",
    "window": "the window",
    "urgent": "the urgent pointer",
    "mss": "the maximum segment size",
}
SWITCHES = {"ack": "ACK", "urgent": "URG"}  # fields that count only with their control bit
ROOM = 40  # octets of options: the data offset has 4 bits, and counts words of 4 octets
STEEPEST = 14  # RFC 7323, section 2.3


@dataclass(frozen=True, slots=True)
class Editable:
    """The octets of a segment between two addresses; `segment` is what they last said when they made sense."""

    octets: bytes
    source: str
    destination: str
    segment: Segment

    @property
    def pseudo(self) -> bytes:
        """The pseudo-header of these octets."""
        return wire.pseudo_header(self.source, self.destination, len(self.octets))

    @property
    def is_right(self) -> bool:
        """Is the checksum right, whatever else may be wrong?"""
        return internet_checksum(self.pseudo + self.octets) == 0

    @property
    def problem(self) -> MalformedSegment | None:
        """Why a TCP would not take these octets; what is wrong besides the checksum comes first."""
        try:
            wire.decode(self.octets, self.source, self.destination, verify=False)
            wire.decode(self.octets, self.source, self.destination)
        except MalformedSegment as problem:
            return problem
        return None

    @property
    def makes_sense(self) -> bool:
        """Can the fields be read, with whatever checksum?"""
        problem = self.problem
        return problem is None or problem.offset == wire.CHECKSUM_AT

    @property
    def fields(self) -> list[Field]:
        """The fields with their places; without the options if the octets make no sense."""
        if self.makes_sense:
            return tcp_fields(self.octets, self.pseudo)
        return [Field(*each, "") for each in cut_up(self.octets[: wire.HEADER.size], TCP_HEADER)]

    def with_octet(self, at: int, text: str) -> "Editable":
        """Another octet at this place, counted from 0."""
        if not 0 <= at < len(self.octets):
            raise ValueError(f"there is no octet {at}: the segment has {len(self.octets)}, counted from 0")
        return self.reading(self.octets[:at] + bytes((octet_typed(text),)) + self.octets[at + 1 :])

    def reading(self, octets: bytes) -> "Editable":
        """The same with other octets, and what they say if they make sense."""
        changed = replace(self, octets=octets)
        if not changed.makes_sense:
            return changed
        return replace(changed, segment=wire.decode(octets, self.source, self.destination, verify=False))

    def with_field(self, name: str, value: Any) -> "Editable":
        """Another value of a field of `segment`, a text or for a bit a bool, written out with the right checksum."""
        if name not in FIELDS:
            raise ValueError(f"there is no field {name!r} to change; there are {', '.join(FIELDS)}")
        return written(FIELDS[name](self.segment, value), self.source, self.destination)

    def with_address(self, end: str, text: str) -> "Editable":
        """Another "source" or "destination" address; the octets stay, and so does their checksum."""
        ends = {"source": self.source, "destination": self.destination, end: text.strip()}
        return replace(self, **dict[str, Any](addressed(**ends)))

    def with_right_checksum(self) -> "Editable":
        """The same octets, but their checksum."""
        before, after = self.octets[: wire.CHECKSUM_AT], self.octets[wire.CHECKSUM_AT + 2 :]
        checksum = internet_checksum(self.pseudo + before + b"\0\0" + after)
        return self.reading(before + struct.pack("!H", checksum) + after)


def written(segment: Segment, source: str, destination: str) -> Editable:
    """The segment as octets; ValueError if they are too many, or an address is none."""
    options = wire.unpadded_octets(segment.options)
    if options > ROOM:
        raise ValueError(f"the options take {options} octets, and a header has room for {ROOM}: take one out")
    if wire.segment_octets(segment) > wire.LARGEST - wire.HEADER.size:
        raise ValueError(f"no IP packet can hold {len(segment.data)} octets of data: write fewer")
    ends = addressed(source, destination)
    return Editable(wire.encode(segment, **ends), **ends, segment=segment)


def addressed(source: str, destination: str) -> dict[str, str]:
    """Both addresses, as IP writes them; ValueError if one is none, or they are of two versions."""
    for text in (source, destination):
        if not is_address(text):
            raise ValueError(f"“{text}” is no IP address: write one as 10.0.0.1 or as 2001:db8::1")
    if ip_address(source).version != ip_address(destination).version:
        raise ValueError(f"{source} and {destination} are of two versions of IP: write both as IPv4, or both as IPv6")
    return {"source": source, "destination": destination}


def is_address(text: str) -> bool:
    """Is it an IP address?"""
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text  # a zone is no part of what goes over the wire


# What a field is to be, and the segment in which it is.


Change: TypeAlias = Callable[[Segment, Any], Segment]


def numbered(name: str) -> Change:
    """How to change a number of the header."""

    def change(segment: Segment, text: str) -> Segment:
        if name in SWITCHES and getattr(segment, name) is None:
            raise ValueError(f"{WORDS[name]} counts only with {SWITCHES[name]}: set {SWITCHES[name]} first")
        return with_value(segment, name, number_within(text, 0, (1 << BITS[name]) - 1, WORDS[name]))

    return change


def with_value(segment: Segment, name: str, value: Any) -> Segment:
    """The segment with another value of the field, or of the option, of that name."""
    changed: dict[str, Any] = {name: value}
    if name in Options._fields:
        return segment._replace(options=segment.options._replace(**changed))
    return segment._replace(**changed)


def switched(name: str) -> Change:
    """How to switch the control bit of a field that counts only with it; its number is 0 at first."""
    return lambda segment, on: with_value(segment, name, 0 if on else None)


def flagged(name: str) -> Change:
    """How to switch a control bit."""
    return lambda segment, on: with_value(segment, name, bool(on))


def optional(name: str, read: Callable[[Any], object]) -> Change:
    """How to change an option; an empty field takes it out."""

    def change(segment: Segment, text: Any) -> Segment:
        return with_value(segment, name, read(text) if not isinstance(text, str) or text.strip() else None)

    return change


def stamps_typed(text: str) -> tuple[int, int]:
    """TSval and TSecr, with a comma between them."""
    numbers = text.split(",")
    if len(numbers) != 2:
        raise ValueError("timestamps are two numbers with a comma between them, TSval and TSecr: write them as 100, 0")
    sent, echoed = (number_within(each, 0, (1 << 32) - 1, "a timestamp") for each in numbers)
    return sent, echoed


FIELDS: dict[str, Change] = {
    **{name: numbered(name) for name in ("source_port", "destination_port", "seq", "ack", "window", "urgent")},
    "URG": switched("urgent"),
    "ACK": switched("ack"),
    **{name.upper(): flagged(name) for name in ("psh", "rst", "syn", "fin")},
    "mss": optional("mss", lambda text: number_within(text, 0, (1 << 16) - 1, WORDS["mss"])),
    "window_scale": optional("window_scale", lambda text: number_within(text, 0, STEEPEST, "the window scale")),
    "sack_permitted": optional("sack_permitted", bool),
    "timestamps": optional("timestamps", stamps_typed),
    "data": lambda segment, text: segment._replace(data=data_typed(text)),
}


def field_text(segment: Segment, name: str) -> str | bool:
    """What stands in a field, as with_field() reads it."""
    if name.isupper():
        return name in segment.flags
    if name == "data":
        return data_text(segment.data)
    value = getattr(segment.options if name in Options._fields else segment, name)
    if isinstance(value, bool):
        return value
    return ", ".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)
