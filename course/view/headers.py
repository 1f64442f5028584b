"""Headers: what a packet carries, taken apart field by field: a segment, a datagram, or a message of ICMP."""

from typing import NamedTuple

from course.ip import icmp, udp
from course.ip import payload as inside
from course.ip.icmp import Message
from course.ip.udp import Datagram
from course.octets import internet_checksum
from course.tcp import wire
from course.tcp.segment import Segment
from course.trace.record import Sent
from course.view.fields import Field, cut_up, pseudo_fields, tcp_fields
from course.view.words import number

UDP_HEADER = (("Source Port", 16), ("Destination Port", 16), ("Length", 16), ("Checksum", 16))
ICMP_HEADER = (("Type", 8), ("Code", 8), ("Checksum", 16))
UNUSED = (("unused", 32),)
ECHO = (("Identifier", 16), ("Sequence Number", 16))
ECHOES = (0, 8)
SUM_RIGHT, SUM_WRONG = "right, pseudo-header included", "wrong"


class Parts(NamedTuple):
    """A payload taken apart: the name of its protocol, its octets, its header's fields, the pseudo-header's, the data.

    `about` says what the data is.
    """

    protocol: str
    octets: bytes
    header: list[Field]
    pseudo: list[Field]
    data: bytes
    about: str = "Data"

    @property
    def length(self) -> int:
        """How many octets the header takes."""
        return len(self.octets) - len(self.data)


def parts(sent: Sent, counted: tuple[int | None, int | None] = (None, None)) -> Parts:
    """What a packet carries, taken apart; `counted` are the numbers of a segment as counted from the SYNs."""
    source, destination, payload = sent.packet
    octets = inside.encode(payload, source, destination)
    name = inside.NAMES[inside.PROTOCOLS[type(payload)]]
    match payload:
        case Segment():
            pseudo = wire.pseudo_header(source, destination, len(octets))
            return Parts(name, octets, tcp_fields(octets, pseudo, *counted), pseudo_fields(pseudo), payload.data)
        case Datagram():
            pseudo = wire.pseudo_header(source, destination, len(octets), udp.PROTOCOL)
            return Parts(name, octets, udp_fields(octets, pseudo), pseudo_fields(pseudo), payload.data)
        case Message():
            about = "Data" if payload.cause is None else "Data: the packet that it is about, up to its ports"
            return Parts(name, octets, icmp_fields(octets, payload), [], payload.data, about)


def udp_fields(octets: bytes, pseudo: bytes) -> list[Field]:
    """The fields of a datagram's header (RFC 768)."""
    right = internet_checksum(pseudo + octets) == 0
    words = {"Checksum": SUM_RIGHT if right else SUM_WRONG}
    return [
        Field(
            name, start, bits, value, words.get(name) or (f"{number(value)} octets" if name == "Length" else str(value))
        )
        for name, start, bits, value in cut_up(octets[: udp.HEADER.size], UDP_HEADER)
    ]


def icmp_fields(octets: bytes, message: Message) -> list[Field]:
    """The fields of a message's header (RFC 792); it has no ports."""
    plan = (*ICMP_HEADER, *(ECHO if message.type in ECHOES else UNUSED))
    right = internet_checksum(octets) == 0
    words = {"Code": f"{message.code}, {message.name}", "Checksum": "right" if right else "wrong", "unused": "zero"}
    return [
        Field(name, start, bits, value, words.get(name, str(value)))
        for name, start, bits, value in cut_up(octets[: icmp.HEADER.size], plan)
    ]
