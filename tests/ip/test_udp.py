"""Datagrams as octets and back (RFC 768)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.errors import MalformedSegment
from course.ip import udp
from course.ip.udp import Datagram
from course.octets import internet_checksum
from course.tcp.wire import pseudo_header

ENDS = ("10.0.0.2", "10.0.0.1")
HELLO = Datagram(49152, 7000, b"hello")
OCTETS = bytes.fromhex("c000 1b58 000d cca6 68656c6c6f")


def test_a_datagram_is_eight_octets_and_its_data():
    assert udp.encode(HELLO, *ENDS) == OCTETS
    assert udp.decode(OCTETS, *ENDS) == HELLO


@given(
    st.integers(0, 65_535),
    st.integers(0, 65_535),
    st.binary(max_size=99),
    st.sampled_from([ENDS, ("fd00::2", "fd00::1")]),
)
def test_what_is_written_is_read_back_and_its_checksum_covers_the_addresses(source, destination, data, ends):
    octets = udp.encode(Datagram(source, destination, data), *ends)

    assert udp.decode(octets, *ends) == (source, destination, data)
    assert internet_checksum(pseudo_header(*ends, len(octets), udp.PROTOCOL) + octets) == 0


def test_a_checksum_of_zero_is_sent_as_all_ones():
    """RFC 768: "If the computed checksum is zero, it is transmitted as all ones"."""
    plain = udp.encode(Datagram(1024, 7000, b"\0\0"), *ENDS)
    makes_zero = Datagram(1024, 7000, plain[6:8])

    assert udp.encode(makes_zero, *ENDS)[6:8] == b"\xff\xff"
    assert udp.decode(udp.encode(makes_zero, *ENDS), *ENDS) == makes_zero


def test_a_datagram_without_a_checksum_is_taken():
    assert udp.decode(OCTETS[:6] + b"\0\0" + OCTETS[8:], *ENDS) == HELLO


def test_what_follows_the_length_is_left_alone():
    assert udp.decode(OCTETS + b"padding", *ENDS) == HELLO


def test_the_longest_fits_into_a_packet_and_one_more_octet_does_not():
    longest = Datagram(1, 2, bytes(65_507))

    assert len(udp.encode(longest, *ENDS)) == 65_515
    with pytest.raises(ValueError, match="65508 octets"):
        udp.encode(longest._replace(data=bytes(65_508)), *ENDS)


@pytest.mark.parametrize(
    ("octets", "offset", "reason"),
    [
        (OCTETS[:7], 7, "takes 8 octets, and here are only 7"),
        (b"", 0, "here are only 0"),
        (OCTETS[:12], 4, "the length says 13 octets, of 12"),
        (OCTETS[:4] + b"\0\7" + OCTETS[6:], 4, "the length says 7 octets"),
        (OCTETS[:-1] + b"x", 6, "the checksum is wrong"),
    ],
)
def test_octets_that_are_no_datagram_are_malformed_at_their_place(octets, offset, reason):
    with pytest.raises(MalformedSegment, match=reason) as malformed:
        udp.decode(octets, *ENDS)
    assert malformed.value.offset == offset


def test_any_checksum_will_do_if_nobody_asks():
    assert udp.decode(OCTETS[:-1] + b"x", *ENDS, verify=False).data == b"hellx"
