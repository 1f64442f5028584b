"""The wire of IP: packets and octets, there and back; the headers in these tests are written by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.errors import CourseError, MalformedSegment
from course.ip.packet import Packet
from course.ip.wire import decode, encode, open_envelope
from course.tcp.segment import Segment
from tests.sealed import V4, V6, seal, sum_of_words
from tests.segments import REPEATABLE, SEGMENTS, THOROUGH, flipped

SYN = seal("0400 1b58 00000001 00000000 50 02 ffff 0000 0000")
BARE = Segment(1024, 7000, seq=1, window=65535, syn=True)
FROM_V4_TO_V4 = "0a000001 0a000002"
FROM_V6_TO_V6 = f"fd{29 * '0'}1 fd{29 * '0'}2"
PACKETS = st.builds(lambda addresses, segment: Packet(*addresses, segment), st.sampled_from([V4, V6]), SEGMENTS)


def ipv4(start, payload=SYN, *, right=True):
    """The octets of an IPv4 packet; `start` is the header but for its checksum, which is put right."""
    octets = bytes.fromhex(start)
    checksum = 0xFFFF - (sum_of_words(octets) - sum_of_words(octets[10:12])) % 0xFFFF
    return octets[:10] + (checksum.to_bytes(2, "big") if right else octets[10:12]) + octets[12:] + payload


def ipv6(length, protocol, payload):
    return bytes.fromhex(f"60000000 {length:04x} {protocol:02x} 40 {FROM_V6_TO_V6}") + payload


WHOLE = ipv4(f"4500 0028 0000 4000 40 06 0000 {FROM_V4_TO_V4}")


@REPEATABLE
@given(PACKETS, st.integers(0, 2**16 - 1), st.integers(0, 255))
def test_what_is_encoded_decodes_to_the_same_packet(packet, identification, ttl):
    octets = encode(packet, identification, ttl)

    assert decode(octets) == packet
    if octets[0] >> 4 == 4:
        assert sum_of_words(octets[:20]) % 0xFFFF == 0
        assert octets[2:9] == len(octets).to_bytes(2, "big") + identification.to_bytes(2, "big") + b"\x40\0" + bytes(
            [ttl]
        )
    else:
        assert octets[4:8] == (len(octets) - 40).to_bytes(2, "big") + bytes([6, ttl])


def test_a_packet_is_written_as_rfc_791_draws_it():
    """RFC 791 3.1; the octets are written by hand."""
    assert encode(Packet(*V4, BARE)) == WHOLE
    assert decode(WHOLE) == Packet(*V4, BARE)


def test_the_padding_of_a_short_ethernet_frame_is_left_alone():
    assert decode(WHOLE + bytes(6)) == decode(WHOLE)


def test_the_options_of_an_ipv4_header_are_passed_over():
    """RFC 791 3.1: here a router alert (RFC 2113)."""
    octets = ipv4(f"4600 002c 0000 4000 40 06 0000 {FROM_V4_TO_V4} 94040000")

    assert decode(octets) == Packet(*V4, BARE)


@pytest.mark.parametrize("chain", [(0,), (43,), (60,), (0, 60, 43, 60)])
def test_the_extension_headers_of_an_ipv6_packet_are_passed_over(chain):
    """RFC 8200 4.1: hop-by-hop options, a routing header, destination options; the second takes 16 octets."""
    segment = encode(Packet(*V6, BARE))[40:]
    headers = b"".join(
        bytes([following, place % 2]) + bytes(6 + 8 * (place % 2)) for place, following in enumerate((*chain[1:], 6))
    )
    octets = ipv6(len(headers + segment), chain[0], headers + segment)

    assert decode(octets) == Packet(*V6, BARE)
    assert open_envelope(octets).start == 40 + len(headers)


@pytest.mark.parametrize(
    ("octets", "offset", "reason"),
    [
        (b"", 0, "nothing is here"),
        (b"\x50" + bytes(39), 0, "this is version 5"),
        (WHOLE[:19], 19, "up to octet 20, and here are only 19"),
        (ipv4(f"4400 0028 0000 4000 40 06 0000 {FROM_V4_TO_V4}"), 0, "16 octets of header"),
        (ipv4(f"4f00 0028 0000 4000 40 06 0000 {FROM_V4_TO_V4}"), 40, "up to octet 60, and here are only 40"),
        (ipv4(f"4500 0028 0000 4000 40 06 0000 {FROM_V4_TO_V4}", right=False), 10, "checksum"),
        (ipv4(f"4500 0013 0000 4000 40 06 0000 {FROM_V4_TO_V4}"), 2, "19 octets"),
        (ipv4(f"4500 0028 0000 2000 40 06 0000 {FROM_V4_TO_V4}"), 6, "fragment"),
        (ipv4(f"4500 0028 0000 0001 40 06 0000 {FROM_V4_TO_V4}"), 6, "fragment"),
        (ipv4(f"4500 0028 0000 4000 40 84 0000 {FROM_V4_TO_V4}"), 20, "protocol 132; TCP is 6"),
        (WHOLE[:-1], 39, "40 octets, and only 39"),
        (ipv4(f"4500 0027 0000 4000 40 06 0000 {FROM_V4_TO_V4}"), 39, "a TCP header takes 20 octets"),
        (ipv4(f"4500 0028 0000 4000 40 06 0000 {FROM_V4_TO_V4}", SYN[:12] + b"\x40" + SYN[13:]), 32, "data offset"),
        (WHOLE[:36] + b"\x01" + WHOLE[37:], 36, "checksum"),
        (ipv6(20, 6, SYN)[:39], 39, "up to octet 40"),
        (ipv6(20, 132, SYN), 40, "protocol 132"),
        (ipv6(20, 44, bytes(20)), 40, "fragment"),
        (ipv6(7, 0, bytes(20)), 47, "an extension header goes up to octet 48"),
        (ipv6(20, 60, bytes([6, 2]) + bytes(18)), 60, "this extension header goes up to octet 64"),
        (ipv6(20, 6, SYN), 56, "checksum"),
    ],
)  # fmt: skip
def test_a_malformed_packet_says_what_is_wrong_and_where(octets, offset, reason):
    """The offset counts from the first of the octets given, also for what is wrong in the segment."""
    with pytest.raises(MalformedSegment, match=rf"{reason}.*\(at octet {offset}\)") as caught:
        decode(octets)
    assert caught.value.offset == offset


def test_wrong_checksums_are_taken_where_nobody_is_asked_to_verify_them():
    octets = WHOLE[:10] + b"\0\0" + WHOLE[12:36] + b"\0\0" + WHOLE[38:]

    assert decode(octets, verify=False) == decode(WHOLE)


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (Packet("localhost", "10.0.0.1", BARE), "'localhost' does not appear to be an IPv4 or IPv6 address"),
        (Packet("10.0.0.1", "fd00::1", BARE), "both addresses must be of one IP version"),
        (Packet(*V4, BARE._replace(data=bytes(65_496))), "65536 octets: IP can hold 65535"),
        (Packet(*V6, BARE._replace(data=bytes(65_516))), "65536 octets: IP can hold 65535"),
    ],
)
def test_what_no_packet_can_hold_is_refused(packet, reason):
    with pytest.raises(ValueError, match=reason):
        encode(packet)


@pytest.mark.parametrize(("addresses", "most"), [(V4, 65_495), (V6, 65_515)])
def test_the_largest_packet_goes_there_and_back(addresses, most):
    packet = Packet(*addresses, BARE._replace(data=bytes(most)))

    assert decode(encode(packet)) == packet


def decode_or_complain(octets, *, verify):
    """Whatever the octets are: a packet, or MalformedSegment with an offset that lies in them."""
    try:
        packet = decode(octets, verify=verify)
    except CourseError as error:
        assert type(error) is MalformedSegment
        assert 0 <= error.offset <= len(octets)
    else:
        assert packet.segment.data in octets


@THOROUGH
@given(st.sampled_from([b"", b"\x45\0\0", b"\x60\0\0\0\0"]), st.binary(max_size=90), st.booleans())
def test_random_octets_are_a_packet_or_malformed_and_nothing_else(start, octets, verify):
    decode_or_complain(start + octets, verify=verify)


@THOROUGH
@given(PACKETS, st.lists(st.integers(0, 2000), max_size=3), st.integers(0, 160))
def test_a_damaged_or_shortened_packet_is_a_packet_or_malformed_and_nothing_else(packet, bits, kept):
    decode_or_complain(flipped(encode(packet), bits)[:kept], verify=False)
