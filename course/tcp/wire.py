"""The wire: a segment as octets and back, with its checksum (RFC 9293, sections 3.1 and 3.2)."""

import ipaddress
import struct

from course.errors import MalformedSegment
from course.octets import internet_checksum
from course.tcp.segment import NO_OPTIONS, Options, Segment

HEADER = struct.Struct("!HHIIHHHH")
PROTOCOL = 6
LARGEST = 65_535  # an IP packet's length has 16 bits
FIN, SYN, RST, PSH, ACK, URG = (1 << bit for bit in range(6))
END, NO_OPERATION, MSS, WINDOW_SCALE, SACK_PERMITTED, SACK, TIMESTAMPS = 0, 1, 2, 3, 4, 5, 8
CHECKSUM_AT = 16


def encode(segment: Segment, source: str, destination: str) -> bytes:
    """The octets of a segment that goes from one IP address to another, with the right checksum."""
    options = encode_options(segment.options)
    offset = (HEADER.size + len(options)) // 4
    header = HEADER.pack(
        segment.source_port, segment.destination_port, segment.seq, segment.ack or 0,
        offset << 12 | control_bits(segment), segment.window, 0, segment.urgent or 0,
    )  # fmt: skip
    octets = header + options + segment.data
    checksum = internet_checksum(pseudo_header(source, destination, len(octets)) + octets)
    return octets[:CHECKSUM_AT] + struct.pack("!H", checksum) + octets[CHECKSUM_AT + 2 :]


def decode(octets: bytes, source: str, destination: str, *, verify: bool = True) -> Segment:
    """The segment that these octets are; MalformedSegment, with the offset, if they are none.

    `verify=False` takes any checksum: a capture on the sending machine often sees segments before it is filled in.
    """
    if len(octets) < HEADER.size:
        raise MalformedSegment(f"a TCP header takes {HEADER.size} octets, and here are only {len(octets)}", len(octets))
    if len(octets) > LARGEST:
        raise MalformedSegment(f"no IP packet can hold {len(octets)} octets", LARGEST)
    source_port, destination_port, seq, ack, bits, window, _, urgent = HEADER.unpack_from(octets)
    header_length = (bits >> 12) * 4
    if not HEADER.size <= header_length <= len(octets):
        raise MalformedSegment(f"the data offset says {header_length} octets of header, of {len(octets)} in all", 12)
    if verify and internet_checksum(pseudo_header(source, destination, len(octets)) + octets):
        raise MalformedSegment("the checksum is wrong", CHECKSUM_AT)
    return Segment(
        source_port, destination_port, seq, ack if bits & ACK else None, window, octets[header_length:],
        syn=bool(bits & SYN), fin=bool(bits & FIN), psh=bool(bits & PSH), rst=bool(bits & RST),
        options=decode_options(octets, header_length), urgent=urgent if bits & URG else None,
    )  # fmt: skip


def segment_octets(segment: Segment) -> int:
    """How many octets the segment takes on the wire: header, options and data."""
    if segment.options is NO_OPTIONS:
        return HEADER.size + len(segment.data)
    options = unpadded_octets(segment.options)
    return HEADER.size + options + -options % 4 + len(segment.data)


def unpadded_octets(options: Options) -> int:
    """How many octets the options take, without the No-Operations that fill up their last word."""
    mss, scale, permitted, stamps, sack, unknown = options
    count = 4 * (mss is not None) + 3 * (scale is not None) + 2 * permitted + 10 * (stamps is not None)
    if sack or unknown:
        count += (2 + 8 * len(sack)) * bool(sack) + sum(2 + len(value) for _, value in unknown)
    return count


def control_bits(segment: Segment) -> int:
    """The six control bits as they stand in the header's fourteenth octet."""
    bits = segment.fin * FIN | segment.syn * SYN | segment.rst * RST | segment.psh * PSH
    return bits | (segment.ack is not None) * ACK | (segment.urgent is not None) * URG


def pseudo_header(source: str, destination: str, length: int, protocol: int = PROTOCOL) -> bytes:
    """What the checksum covers besides the segment: both addresses, the protocol, the length (section 3.1)."""
    one, other = ipaddress.ip_address(source), ipaddress.ip_address(destination)
    tail = struct.pack("!BBH", 0, protocol, length) if one.version == 4 else struct.pack("!I3xB", length, protocol)
    return one.packed + other.packed + tail


def encode_options(options: Options) -> bytes:
    """The options as octets, filled up with No-Operations to a multiple of four (section 3.1)."""
    octets = b""
    if options.mss is not None:
        octets += struct.pack("!BBH", MSS, 4, options.mss)
    if options.sack_permitted:
        octets += bytes((SACK_PERMITTED, 2))
    if options.timestamps is not None:
        octets += struct.pack("!BBII", TIMESTAMPS, 10, *options.timestamps)
    if options.window_scale is not None:
        octets += bytes((WINDOW_SCALE, 3, options.window_scale))
    if options.sack:
        edges = [edge for block in options.sack for edge in block]
        octets += struct.pack(f"!BB{len(edges)}I", SACK, 2 + 4 * len(edges), *edges)
    for kind, value in options.unknown:
        octets += bytes((kind, 2 + len(value))) + value
    return octets + bytes((NO_OPERATION,)) * (-len(octets) % 4)


def decode_options(octets: bytes, end: int) -> Options:
    """The options that stand between the fixed header and the octet `end` (section 3.2)."""
    found: dict[str, object] = {}
    unknown: list[tuple[int, bytes]] = []
    at = HEADER.size
    while at < end and octets[at] != END:
        if octets[at] == NO_OPERATION:
            at += 1
            continue
        length = option_length(octets, at, end)
        name, value = decode_option(octets[at], octets[at + 2 : at + length], at)
        if name == "unknown":
            unknown.append((octets[at], octets[at + 2 : at + length]))
        else:
            found[name] = value
        at += length
    return Options(**found, unknown=tuple(unknown))  # type: ignore[arg-type]


def option_length(octets: bytes, at: int, end: int) -> int:
    """The length octet of the option that starts at `at`, checked: at least 2, and not past the header's end."""
    if at + 1 >= end:
        raise MalformedSegment("an option begins on the header's last octet and has no length", at)
    length = octets[at + 1]
    if length < 2 or at + length > end:
        raise MalformedSegment(f"an option says that it is {length} octets long; {end - at} are left", at + 1)
    return length


LAYOUTS = {
    MSS: ("mss", "!H"),
    WINDOW_SCALE: ("window_scale", "!B"),
    SACK_PERMITTED: ("sack_permitted", "!"),
    TIMESTAMPS: ("timestamps", "!II"),
}


def decode_option(kind: int, value: bytes, at: int) -> tuple[str, object]:
    """One option's name in `Options` and its value; ("unknown", None) for a kind that we do not know."""
    if kind == SACK:
        return "sack", decode_sack(value, at)
    name, layout = LAYOUTS.get(kind, ("unknown", None))
    if layout is None:
        return name, None
    if len(value) != struct.calcsize(layout):
        raise MalformedSegment(f"an option of kind {kind} cannot be {len(value) + 2} octets long", at + 1)
    numbers = struct.unpack(layout, value)
    return name, True if not numbers else numbers[0] if len(numbers) == 1 else numbers


def decode_sack(value: bytes, at: int) -> tuple[tuple[int, int], ...]:
    """The blocks of a SACK option, as (left edge, right edge) pairs (RFC 2018, section 3)."""
    if not value or len(value) % 8:
        raise MalformedSegment(f"a SACK option holds blocks of 8 octets each, not {len(value)} octets", at + 1)
    edges = struct.unpack(f"!{len(value) // 4}I", value)
    return tuple(zip(edges[::2], edges[1::2], strict=True))
