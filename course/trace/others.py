"""What tcpdump prints of packets that are no segments: datagrams, written and read, and messages of ICMP, written."""

import re

from course.errors import MalformedCapture
from course.ip.icmp import PORT, UNREACHABLE, Message
from course.ip.packet import Packet, ends
from course.ip.payload import NAMES, payload_octets
from course.ip.udp import LARGEST, Datagram
from course.trace.printed import LINE, Page

DATAGRAM = re.compile(r"UDP, length (?P<length>\d+)", re.ASCII)


def words_of(packet: Packet) -> str:
    """The packet as tcpdump prints it behind the time: "IP 10.0.0.2.49152 > 10.0.0.1.7000: UDP, length 5"."""
    kind = "IP6" if ":" in packet.source else "IP"
    if isinstance(packet.payload, Message):
        said = message_told(packet.payload)
        return f"{kind} {packet.source} > {packet.destination}: ICMP {said}, length {payload_octets(packet.payload)}"
    written = (f"{address}.{port}" for address, port in ends(packet))
    return f"{kind} {' > '.join(written)}: UDP, length {len(packet.payload.data)}"


def message_told(message: Message) -> str:
    """What a message of ICMP says, in tcpdump's words where it tells of a port."""
    cause = message.cause
    if cause is None or (message.type, message.code) != (UNREACHABLE, PORT):
        return message.name
    address, port = cause.destination
    return f"{address} {NAMES.get(cause.protocol, '').lower()} port {port} unreachable"


def read_datagram(text: str, number: int) -> Packet | None:
    """The packet that a line tells of, zeros for its octets; None if it is about no datagram.

    Raises MalformedCapture, with the line's number, if it makes no sense.
    """
    found = LINE.fullmatch(text)
    said = DATAGRAM.fullmatch(found["rest"]) if found else None
    if found is None or said is None:
        return None
    page = Page(number)
    (source, port), (destination, other) = page.end(found["source"]), page.end(found["destination"])
    length = page.checked(said["length"], "length", 2**16 - 1)
    if length > LARGEST:
        raise MalformedCapture(f"no datagram can hold {length} octets", line=number)
    return Packet(source, destination, Datagram(port, other, bytes(length)))
