"""RFC 9293, section 3.1: the header on the wire, and its checksum; the octets here are written by hand."""

import pytest

from course.errors import MalformedSegment
from course.tcp.segment import Segment
from course.tcp.wire import decode, encode
from tests.sealed import V4, V6, seal

# A SYN from port 0x0400 to 0x1b58 with SEQ 1 and window 0xffff; its words add up to 0400 + 1b58 + 0001 + 5002 + ffff =
# 16f5a. The pseudo-header 0a00 0001 0a00 0002 0006 0014 adds 141d: 18377; 8377 + 1 = 8378, and ~8378 = 7c87.
# For IPv6 it is fd00 ... 0001 fd00 ... 0002 0000 0014 0000 0006: 1fa1d, in all 36977; 697a; ~697a = 9685.
SYN = Segment(0x0400, 0x1B58, seq=1, window=0xFFFF, syn=True)


@pytest.mark.parametrize(("addresses", "checksum"), [(V4, "7c87"), (V6, "9685")])
def test_the_checksum_covers_the_pseudo_header_of_either_ip(addresses, checksum):
    """RFC 9293 3.1, MUST-2."""
    octets = bytes.fromhex(f"0400 1b58 00000001 00000000 50 02 ffff {checksum} 0000")

    assert encode(SYN, *addresses) == octets
    assert decode(octets, *addresses) == SYN


@pytest.mark.parametrize(
    ("more", "bits"),
    [
        ({"fin": True}, 0x01),
        ({"syn": True}, 0x02),
        ({"rst": True}, 0x04),
        ({"psh": True}, 0x08),
        ({"ack": 7}, 0x10),
        ({"urgent": 9}, 0x20),
        ({}, 0x00),
    ],
)
def test_each_control_bit_has_its_place(more, bits):
    """RFC 9293 3.1."""
    octets = encode(Segment(1, 2, seq=3, **more), *V4)

    assert octets[13] == bits
    assert octets[8:12] == (7 if "ack" in more else 0).to_bytes(4, "big")
    assert octets[18:20] == (9 if "urgent" in more else 0).to_bytes(2, "big")


def test_an_acknowledgment_number_counts_only_with_the_ack_bit_and_an_urgent_pointer_with_urg():
    """RFC 9293 3.1."""
    octets = seal("0400 1b58 00000001 12345678 50 00 ffff 0000 4321")

    assert decode(octets, *V4).ack is None
    assert decode(octets, *V4).urgent is None


def test_a_window_above_32767_is_no_negative_number():
    """RFC 9293 3.1, MUST-1."""
    assert decode(encode(Segment(1, 2, seq=3, window=65_535), *V4), *V4).window == 65_535


def test_reserved_bits_and_those_of_congestion_notification_are_ignored():
    """RFC 9293 3.1."""
    assert decode(seal("0400 1b58 00000001 00000000 5f c2 ffff 0000 0000"), *V4) == SYN


@pytest.mark.parametrize("bit", range(8 * 25))
def test_no_single_wrong_bit_gets_past_the_checksum(bit):
    """RFC 9293 3.1, MUST-3."""
    octets = bytearray(encode(Segment(1, 2, seq=3, ack=4, data=b"hello"), *V4))
    octets[bit // 8] ^= 1 << bit % 8

    with pytest.raises(MalformedSegment):
        decode(bytes(octets), *V4)


def test_a_segment_that_went_to_the_wrong_address_is_noticed():
    """RFC 9293 3.1, MUST-3."""
    with pytest.raises(MalformedSegment, match="checksum"):
        decode(encode(SYN, *V4), "10.0.0.1", "10.0.0.3")
