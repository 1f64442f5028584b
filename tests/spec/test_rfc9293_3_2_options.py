"""RFC 9293, section 3.2 (and 3.1): the options; the octets here are written by hand."""

import pytest

from course.errors import MalformedSegment
from course.tcp.segment import Options, Segment
from course.tcp.state import State
from course.tcp.wire import decode, encode
from tests.sealed import V4, with_options
from tests.states import established
from tests.story import LOCAL, REMOTE


def test_a_syn_with_its_mss_octet_by_octet():
    """RFC 9293 3.2, MUST-14."""
    with_mss = Segment(0x0400, 0x1B58, seq=1, window=0xFFFF, syn=True, options=Options(mss=1460))

    assert encode(with_mss, *V4) == bytes.fromhex("0400 1b58 00000001 00000000 60 02 ffff 64cb 0000 0204 05b4")


@pytest.mark.parametrize(
    ("options", "octets"),
    [
        (Options(mss=1460), "02 04 05b4"),
        (Options(window_scale=7), "03 03 07 01"),
        (Options(sack_permitted=True), "04 02 01 01"),
        (Options(timestamps=(1, 2)), "08 0a 00000001 00000002 01 01"),
        (Options(sack=((1, 2), (3, 4))), "05 12 00000001 00000002 00000003 00000004 01 01"),
        (Options(unknown=((253, b"\x0a\x0b"), (254, b""))), "fd 04 0a0b fe 02 01 01"),
    ],
)
def test_each_option_has_its_kind_its_length_and_is_filled_up_to_a_multiple_of_four(options, octets):
    """RFC 9293 3.1, MUST-68; RFC 7323 2.2 and 3.2; RFC 2018 2 and 3."""
    encoded = encode(Segment(1, 2, seq=3, options=options, data=b"hello"), *V4)

    assert encoded[20:-5] == bytes.fromhex(octets)
    assert encoded[12] >> 4 == len(encoded[:-5]) // 4


@pytest.mark.parametrize(
    ("octets", "options"),
    [
        ("01 02 04 05b4 00 00 00", Options(mss=1460)),  # on an odd boundary
        ("00 ff ff ff", Options()),  # what stands behind the end of the list is no option
        ("02 04 05b4 00 02 04 0001 00 00 00", Options(mss=1460)),
        ("01 01 01 01", Options()),
        ("1e 04 0102 02 04 05b4", Options(mss=1460, unknown=((30, b"\x01\x02"),))),  # unknown: ignored, but kept
    ],
)
def test_options_are_found_wherever_they_stand_up_to_the_end_of_the_list(octets, options):
    """RFC 9293 3.1 and 3.2, MUST-4, MUST-6, MUST-64, MUST-69."""
    assert decode(with_options(octets), *V4).options == options


@pytest.mark.parametrize(
    ("octets", "offset"),
    [
        ("01 01 01 02", 23),  # begins on the last octet
        ("02 00 05b4", 21),  # a length of 0, and of 1
        ("02 01 05b4", 21),
        ("1e 01 0102", 21),  # the same for a kind that nobody knows
        ("1e 00 0102", 21),
        ("02 05 05b4", 21),  # past the end of the header
        ("01 01 1e 03", 23),
        ("02 03 05 01", 21),  # a wrong length for its kind
        ("02 06 05b4 0000 01 01", 21),
        ("03 04 0700", 21),
        ("04 03 00 01", 21),
        ("01 08 09 00000001 00000001", 22),
        ("01 01 05 02", 23),  # a SACK without blocks, and with half of one
        ("05 06 00000001 01 01", 21),
    ],
)
def test_an_option_of_an_illegal_length_is_malformed_at_its_place(octets, offset):
    """RFC 9293 3.1, MUST-7."""
    with pytest.raises(MalformedSegment) as caught:
        decode(with_options(octets), *V4)
    assert caught.value.offset == offset


@pytest.mark.parametrize(
    "options",
    [Options(mss=1), Options(timestamps=(1, 2)), Options(unknown=((253, b"?"),)), Options(sack=((1, 2),))],
    ids=["MSS", "timestamps", "unknown", "SACK"],
)
def test_any_segment_may_bring_options_and_those_that_say_nothing_here_are_ignored(options):
    """RFC 9293 3.1, MUST-5, MUST-6."""
    story = established()
    before = story.connection.status().mss
    arrived = Segment(REMOTE[1], LOCAL[1], story.irs + 1, story.iss + 1, 1000, b"hello", options=options)
    story.connection.segment_arrives(arrived, 0.0)

    assert story.calls("receive", 9) == b"hello"
    assert story.connection.status().mss == before
    story.is_in(State.ESTABLISHED)


def test_no_option_is_encoded_beyond_the_end_of_the_list():
    """RFC 9293 3.1, MUST-69: we fill up with No-Operations, and so have no end of the list within the header."""
    octets = encode(Segment(1, 2, seq=3, options=Options(window_scale=7, sack_permitted=True)), *V4)

    assert len(octets) == 28
    assert octets[25:] == b"\x01\x01\x01"
