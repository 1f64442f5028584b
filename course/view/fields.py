"""Fields: what each bit of an encoded segment means (RFC 9293, section 3.1; RFC 791, section 3.1).

Everything is read back out of the octets; nothing is written down here but names and places.
"""

from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from typing import NamedTuple

from course.ip.payload import NAMES
from course.octets import internet_checksum, letters
from course.tcp import wire
from course.view.words import number

FLAGS = ("CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN")
TCP_HEADER = (
    ("Source Port", 16), ("Destination Port", 16), ("Sequence Number", 32), ("Acknowledgment Number", 32),
    ("Data Offset", 4), ("Reserved", 4), *((flag, 1) for flag in FLAGS), ("Window", 16),
    ("Checksum", 16), ("Urgent Pointer", 16),
)  # fmt: skip
IP_HEADER = (
    ("Version", 4), ("IHL", 4), ("Type of Service", 8), ("Total Length", 16), ("Identification", 16), ("Flags", 3),
    ("Fragment Offset", 13), ("Time to Live", 8), ("Protocol", 8), ("Header Checksum", 16),
    ("Source Address", 32), ("Destination Address", 32),
)  # fmt: skip
PSEUDO_HEADER = {
    4: (("Source Address", 32), ("Destination Address", 32), ("zero", 8), ("PTCL", 8), ("{} Length", 16)),
    6: (("Source Address", 128), ("Destination Address", 128), ("{} Length", 32), ("zero", 24), ("Next Header", 8)),
}
OPTIONS = {
    wire.END: "End of Option List",
    wire.NO_OPERATION: "No-Operation",
    wire.MSS: "Maximum Segment Size",
    wire.WINDOW_SCALE: "Window Scale",
    wire.SACK_PERMITTED: "SACK Permitted",
    wire.SACK: "SACK",
    wire.TIMESTAMPS: "Timestamps",
}
PROTOCOL = ("Protocol", "PTCL", "Next Header")  # what IPv4, RFC 9293 and IPv6 call the same number
WORD = 4


class Field(NamedTuple):
    """A field: where it starts and how long it is, in bits, its value, and what that means in words."""

    name: str
    start: int
    bits: int
    value: int
    words: str

    @property
    def hex(self) -> str:
        """The value in hexadecimal digits, octet by octet; a field of less than an octet in binary ones."""
        if self.bits % 8:
            return f"{self.value:0{self.bits}b}"
        return self.value.to_bytes(self.bits // 8, "big").hex(" ")


def cut_up(octets: bytes, plan: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int, int, int]]:
    """(name, start, bits, value) for each field of the plan, read out of the octets."""
    whole, at = int.from_bytes(octets, "big"), 0
    for name, bits in plan:
        yield name, at, bits, whole >> (len(octets) * 8 - at - bits) & ((1 << bits) - 1)
        at += bits


def tcp_fields(octets: bytes, pseudo: bytes, seq: int | None = None, ack: int | None = None) -> list[Field]:
    """The fields of a TCP header, with its options; `seq` and `ack` are the numbers as counted from the SYNs."""
    found = list(cut_up(octets[: wire.HEADER.size], TCP_HEADER))
    values = {name: value for name, _, _, value in found}
    right = internet_checksum(pseudo + octets) == 0
    words = {
        "Sequence Number": relative(values["Sequence Number"], seq),
        "Acknowledgment Number": relative(values["Acknowledgment Number"], ack)
        if values["ACK"]
        else "unused: ACK is 0",
        "Data Offset": f"{values['Data Offset'] * WORD} octets",
        "Window": f"{number(values['Window'])} octets",
        "Checksum": "right, pseudo-header included" if right else "wrong",
        "Urgent Pointer": number(values["Urgent Pointer"]) if values["URG"] else "unused: URG is 0",
    }
    fixed = [Field(name, start, bits, value, words.get(name, str(value))) for name, start, bits, value in found]
    return [*fixed, *option_fields(octets, values["Data Offset"] * WORD)]


def relative(value: int, counted: int | None) -> str:
    """A sequence number, and what it is counted from the SYN, if that is known."""
    return number(value) if counted is None else f"{number(value)}, counted from the SYN: {number(counted)}"


def option_fields(octets: bytes, end: int) -> Iterator[Field]:
    """The options, each with its kind and length (section 3.2)."""
    at = wire.HEADER.size
    while at < end:
        kind = octets[at]
        short = kind in (wire.END, wire.NO_OPERATION)
        length = 1 if kind == wire.NO_OPERATION else end - at if short else wire.option_length(octets, at, end)
        words = "fills up" if short else option_words(kind, octets[at + 2 : at + length], at)
        value = int.from_bytes(octets[at : at + length], "big")
        yield Field(OPTIONS.get(kind, f"Kind {kind}"), at * 8, length * 8, value, words)
        at += length


def option_words(kind: int, value: bytes, at: int) -> str:
    """What an option says."""
    _, meaning = wire.decode_option(kind, value, at)
    match meaning:
        case True:
            return "yes"
        case int() if kind == wire.MSS:
            return f"{number(meaning)} octets"
        case int():
            return f"shift by {meaning}"
        case (int() as sent, int() as echoed):
            return f"TSval {sent}, TSecr {echoed}"
        case tuple():
            return ", ".join(f"{left}–{right}" for left, right in meaning)
    return f"{len(value)} octets"


def pseudo_fields(pseudo: bytes) -> list[Field]:
    """The pseudo-header: never sent, but under the checksum (section 3.1)."""
    version, protocol = (4, pseudo[9]) if len(pseudo) == 12 else (6, pseudo[-1])
    plan = [(name.format(NAMES[protocol]), bits) for name, bits in PSEUDO_HEADER[version]]
    return [Field(*field, plain_words(*field)) for field in cut_up(pseudo, plan)]


def ip_fields(octets: bytes) -> list[Field]:
    """The fields of an IPv4 header without options."""
    return [Field(*field, plain_words(*field)) for field in cut_up(octets, IP_HEADER)]


def plain_words(name: str, start: int, bits: int, value: int) -> str:
    """What the value of such a field means."""
    if name.endswith("Address"):
        return str(ip_address(value.to_bytes(bits // 8, "big")))
    special = {
        "IHL": f"{value * WORD} octets",
        "Flags": "DF" * (value >> 1 & 1) or "none",
        "Header Checksum": "over this header only",
    }
    unit = " octets" if name.endswith("Length") else ""
    return special.get(name) or (f"{value}, {NAMES[value]}" if name in PROTOCOL else f"{number(value)}{unit}")


def told(fields: Iterable[Field]) -> str:
    """The fields in words, with their octets; the control bits together."""
    rest = [field for field in fields if field.name not in FLAGS]
    return " ".join(f"{field.name}: {field.words} ({field.hex})." for field in rest)


def data_told(data: bytes) -> str:
    """The data in words: the first few octets, in digits and as letters."""
    if not data:
        return "No data."
    more = f", and {number(len(data) - 16)} more" if len(data) > 16 else ""
    octets = "1 octet" if len(data) == 1 else f"{number(len(data))} octets"
    return f"Data: {octets}: {data[:16].hex(' ')} ({letters(data[:16])}){more}."
