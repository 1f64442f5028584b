"""The wire: octets and segments, there and back; the octets in these tests are written by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.errors import CourseError, MalformedSegment
from course.tcp.wire import decode, encode, segment_octets
from tests.sealed import V4, V6, pseudo_header, seal, sum_of_words
from tests.segments import REPEATABLE, SEGMENTS


@REPEATABLE
@given(SEGMENTS, st.sampled_from([V4, V6]))
def test_what_is_encoded_decodes_to_the_same_segment(segment, addresses):
    """RFC 9293 3.1, MUST-4, MUST-5, MUST-14."""
    octets = encode(segment, *addresses)

    assert decode(octets, *addresses) == segment
    assert len(octets) == segment_octets(segment)
    assert sum_of_words(pseudo_header(addresses, len(octets)) + octets) % 0xFFFF == 0


@pytest.mark.parametrize(
    ("octets", "offset", "reason"),
    [
        (b"", 0, "20 octets"),
        (bytes(19), 19, "only 19"),
        (bytes.fromhex("0400 1b58 00000001 00000000 40 02 ffff 0000 0000"), 12, "16 octets of header"),
        (bytes.fromhex("0400 1b58 00000001 00000000 60 02 ffff 0000 0000"), 12, "24 octets of header, of 20"),
        (bytes.fromhex("0400 1b58 00000001 00000000 50 02 ffff 7c88 0000"), 16, "checksum"),
    ],
)
def test_a_damaged_header_is_malformed_at_its_place(octets, offset, reason):
    """RFC 9293 3.1, MUST-3."""
    with pytest.raises(MalformedSegment, match=rf"{reason}.*at octet {offset}\)") as caught:
        decode(octets, *V4)
    assert caught.value.offset == offset


@REPEATABLE
@given(st.binary(max_size=80), st.booleans())
def test_random_octets_are_a_segment_or_malformed_and_nothing_else(octets, with_right_checksum):
    """RFC 9293 3.1, MUST-7."""
    if with_right_checksum and len(octets) >= 20:
        octets = seal(octets[:12].hex() + f"{5 + octets[12] % 11:x}0" + octets[13:].hex())
    try:
        segment = decode(octets, *V4)
    except CourseError as error:
        assert type(error) is MalformedSegment
        assert 0 <= error.offset <= len(octets)
    else:
        assert segment.data == octets[len(octets) - len(segment.data) :]


def test_a_wrong_checksum_is_taken_where_nobody_is_asked_to_verify_it():
    """A capture on the sending machine sees segments before the card fills the checksum in."""
    octets = bytes.fromhex("0400 1b58 00000001 00000000 50 02 ffff 0000 0000")

    assert decode(octets, *V4, verify=False).syn
    with pytest.raises(MalformedSegment, match="checksum"):
        decode(octets, *V4)


def test_more_octets_than_an_ipv4_packet_holds_are_malformed():
    """RFC 9293 3.1."""
    with pytest.raises(MalformedSegment):
        decode(bytes(12) + b"\x50" + bytes(65_523), *V4)


def test_a_malformed_segment_says_why_and_where():
    with pytest.raises(ValueError, match=r"^a TCP header takes 20 octets, .* only 3 \(at octet 3\)$") as caught:
        decode(b"abc", *V4)
    assert caught.value.reason == "a TCP header takes 20 octets, and here are only 3"
