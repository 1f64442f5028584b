"""What a packet carries, whichever of the three it is."""

import pytest

from course.errors import MalformedSegment
from course.ip import wire
from course.ip.icmp import Message
from course.ip.packet import Packet
from course.ip.payload import payload_octets
from course.ip.udp import Datagram
from course.tcp.segment import Options, Segment

PAYLOADS = [
    Segment(49152, 7000, seq=1, ack=2, window=3, data=b"hello", options=Options(mss=1460)),
    Datagram(49152, 7000, b"hello"),
    Datagram(49152, 7000),
    Message(8, 0, b"\0\1\0\2", b"hello"),
]


@pytest.mark.parametrize("payload", PAYLOADS, ids=repr)
def test_a_packet_with_it_is_read_back_and_as_long_as_it_should_be(payload):
    packet = Packet("10.0.0.2", "10.0.0.1", payload)
    octets = wire.encode(packet)

    assert wire.decode(octets) == packet
    assert len(octets) == 20 + payload_octets(payload)


@pytest.mark.parametrize("payload", PAYLOADS[:2], ids=repr)
def test_a_packet_of_ipv6_is_read_back(payload):
    packet = Packet("fd00::2", "fd00::1", payload)

    assert wire.decode(wire.encode(packet)) == packet


def test_icmp_of_ipv4_is_not_in_packets_of_ipv6():
    with pytest.raises(ValueError, match="a message of ICMP from fd00::2"):
        wire.encode(Packet("fd00::2", "fd00::1", Message(8, 0)))
    octets = bytearray(wire.encode(Packet("fd00::2", "fd00::1", Datagram(1, 2))))
    octets[6] = 1
    with pytest.raises(MalformedSegment, match="protocol 1"):
        wire.decode(bytes(octets))


def test_who_asks_for_a_segment_where_there_is_none_is_told_what_there_is():
    assert Packet("10.0.0.2", "10.0.0.1", PAYLOADS[0]).segment is PAYLOADS[0]
    with pytest.raises(TypeError, match=r"carries a datagram, and no segment: ask for its \.payload"):
        _ = Packet("10.0.0.2", "10.0.0.1", Datagram(1, 2)).segment
