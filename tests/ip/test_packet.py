"""A packet is a value: an envelope that nobody opens on the way."""

import pytest

from course.ip.packet import HEADER_OCTETS, Packet
from course.tcp.segment import Segment

SEGMENT = Segment(1024, 7000, seq=1)


def test_two_packets_with_the_same_contents_are_equal():
    assert Packet("10.0.0.1", "10.0.0.2", SEGMENT) == Packet("10.0.0.1", "10.0.0.2", Segment(1024, 7000, seq=1))
    assert Packet("10.0.0.1", "10.0.0.2", SEGMENT) != Packet("10.0.0.2", "10.0.0.1", SEGMENT)


def test_a_packet_cannot_be_changed():
    packet = Packet("10.0.0.1", "10.0.0.2", SEGMENT)

    with pytest.raises(AttributeError):
        packet.source = "10.0.0.3"


def test_an_ipv4_header_without_options_takes_20_octets():
    """RFC 791 3.1: an IHL of 5 words."""
    assert HEADER_OCTETS == 20
