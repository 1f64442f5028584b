"""The Internet checksum: the examples worked out by hand; and octets as people read them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.octets import hex_dump, internet_checksum

REPEATABLE = settings(deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize(
    ("octets", "checksum"),
    [
        ("", 0xFFFF),
        ("0000", 0xFFFF),
        ("0001", 0xFFFE),
        ("0001 f203 f4f5 f6f7", 0x220D),  # 0001 + f203 + f4f5 + f6f7 = 2ddf0; ddf0 + 2 = ddf2
        ("ffff", 0x0000),
        ("8000 8000", 0xFFFE),  # 10000: the carry goes round to the other end
        ("ffff ffff 0001", 0xFFFE),  # 1ffff; ffff + 1 = 10000; 0000 + 1 = 0001: a carry that makes a carry
    ],
)
def test_the_checksum_is_the_complement_of_the_sum_with_its_carries_added_again(octets, checksum):
    """RFC 1071 1."""
    assert internet_checksum(bytes.fromhex(octets)) == checksum


def test_an_odd_last_octet_counts_as_the_high_half_of_a_word():
    """RFC 9293 3.1."""
    assert internet_checksum(bytes.fromhex("0102 03")) == internet_checksum(bytes.fromhex("0102 0300")) == 0xFBFD


@REPEATABLE
@given(st.binary(max_size=60).filter(lambda octets: len(octets) % 2 == 0))
def test_octets_with_their_right_checksum_have_the_checksum_0(octets):
    """RFC 1071 1."""
    assert internet_checksum(octets + internet_checksum(octets).to_bytes(2, "big")) == 0


@REPEATABLE
@given(st.binary(min_size=1, max_size=60), st.data())
def test_one_changed_bit_is_noticed(octets, draw):
    """RFC 1071 1."""
    bit = draw.draw(st.integers(0, 8 * len(octets) - 1))
    changed = bytearray(octets)
    changed[bit // 8] ^= 1 << bit % 8

    assert internet_checksum(bytes(changed)) != internet_checksum(octets)


def test_a_hex_dump_has_offsets_digits_and_letters():
    assert hex_dump(b"") == ""
    assert hex_dump(b"hello, world\r\n\x00\xff!") == (
        "0000  68 65 6c 6c 6f 2c 20 77 6f 72 6c 64 0d 0a 00 ff  hello, world....\n"
        "0010  21                                               !"
    )
    assert hex_dump(b"abc", width=2) == "0000  61 62  ab\n0002  63     c"
