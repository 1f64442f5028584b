"""pcapng: blocks, in both byte orders, from several interfaces with clocks of their own."""

import struct

import pytest

from course.errors import MalformedCapture
from course.trace.frames import Frame
from course.trace.pcapng import frames
from tests.files import block, interface, option, packet_block, section, simple_block


@pytest.mark.parametrize("order", ["<", ">"])
def test_packets_are_read_in_both_byte_orders(order):
    octets = section(order) + interface(1, order=order) + packet_block(3_500_000, b"12345", order=order)

    assert list(frames(octets)) == [Frame(3_500_000_000, 1, b"12345")]


@pytest.mark.parametrize(
    ("options", "ticks", "at"),
    [
        (b"", 5, 5_000),
        (option(9, b"\x09"), 5, 5),
        (option(9, b"\x00"), 5, 5_000_000_000),
        (option(9, b"\x81"), 5, 2_500_000_000),
        (option(9, b"\xc0"), 2**63, 500_000_000),
        (option(2, b"lo") + option(9, b"\x03") + option(14, struct.pack("<q", -1)), 1500, 500_000_000),
        (option(0, b"") + option(9, b"\x09"), 5, 5_000),
        (option(9, b"\x09\x09"), 5, 5_000),
    ],
)
def test_an_interface_says_how_its_clock_ticks(options, ticks, at):
    """if_tsresol is a negative power of 10, or of 2; if_tsoffset is in seconds."""
    octets = section() + interface(options=options) + packet_block(ticks, b"1234")

    assert [frame.at for frame in frames(octets)] == [at]


def test_each_packet_belongs_to_its_interface_and_each_section_has_its_own():
    octets = section() + interface(1) + interface(113, options=option(9, b"\x03"))
    octets += packet_block(1, b"one", number=1) + packet_block(2, b"two")
    octets += section(">") + interface(101, order=">") + packet_block(3, b"three", order=">")

    assert list(frames(octets)) == [Frame(1_000_000, 113, b"one"), Frame(2000, 1, b"two"), Frame(3000, 101, b"three")]


def test_a_simple_packet_has_no_time_of_its_own_and_may_be_cut():
    octets = section() + interface(12, most=4) + simple_block(b"123456") + packet_block(7, b"1") + simple_block(b"12")

    assert list(frames(octets)) == [Frame(0, 12, b"1234"), Frame(7000, 12, b"1"), Frame(7000, 12, b"12")]


def test_a_simple_packet_may_be_captured_as_a_whole():
    assert list(frames(section() + interface(12) + simple_block(b"12345"))) == [Frame(0, 12, b"12345")]


def test_blocks_of_other_kinds_are_passed_over():
    octets = section() + block(5, b"statistics..") + interface() + block(0x0BAD, b"") + packet_block(0, b"1")

    assert [frame.octets for frame in frames(octets)] == [b"1"]


HEAD = section() + interface()


@pytest.mark.parametrize(
    ("octets", "offset", "reason"),
    [
        (section()[:8] + b"\1\2\3\4", 8, "byte order here, and says 01020304"),
        (section()[:8], 0, "ends in the middle of a block"),
        (HEAD + b"\6\0\0\0", 48, "ends in the middle of a block"),
        (HEAD + packet_block(0, b"1234")[:-1], 48, "ends in the middle of a block"),
        (HEAD + struct.pack("<III", 6, 8, 8), 52, "cannot be 8 octets"),
        (HEAD + struct.pack("<IIHI", 6, 14, 0, 14), 52, "cannot be 14 octets"),
        (HEAD + struct.pack("<IIII", 6, 16, 0, 20), 60, "two lengths differ"),
        (HEAD + packet_block(0, b"1", number=1), 56, "interface 1, of which nothing was said"),
        (section() + simple_block(b"1"), 36, "interface 0"),
        (HEAD + block(6, bytes(16)), 72, "kind 6 is too short"),
        (HEAD + block(3, b""), 56, "kind 3 is too short"),
        (section() + block(1, bytes(4)), 40, "kind 1 is too short"),
        (HEAD + block(6, struct.pack("<5I", 0, 0, 0, 5, 5) + b"1234"), 68, "5 octets of it were captured"),
        (section() + interface(options=b"\2\0\5\0abcd"), 46, "an option says that it is 5 octets long"),
        (section() + interface(options=b"\2\0\0\0" + b"\2\0\1\0"), 50, "an option says that it is 1 octets long"),
    ],
)
def test_what_is_broken_is_named_with_its_place(octets, offset, reason):
    with pytest.raises(MalformedCapture, match=reason) as caught:
        list(frames(octets))
    assert caught.value.offset == offset


def test_what_stands_before_the_broken_place_is_read():
    found = []
    with pytest.raises(MalformedCapture):
        found.extend(frames(HEAD + packet_block(0, b"1") + b"broken"))

    assert [frame.octets for frame in found] == [b"1"]
