"""Frames: the packet is found behind the header of each type of link, and whatever else goes by is passed over."""

import pytest

from course.errors import MalformedSegment
from course.ip import wire
from course.ip.packet import Packet
from course.tcp.segment import Options, Segment
from course.trace.frames import LINKS, Frame, packet_in
from tests.sealed import V4, V6

SEGMENT = Segment(1024, 7000, seq=1, ack=2, data=b"hello", options=Options(mss=1460))
ONE, OTHER = Packet(*V4, SEGMENT), Packet(*V6, SEGMENT)
MAC = bytes(12)


@pytest.mark.parametrize(
    ("link", "header", "packet"),
    [
        (0, "02000000", ONE),
        (0, "00000002", ONE),
        (0, "1e000000", OTHER),
        (0, "0000001c", OTHER),
        (1, f"{MAC.hex()} 0800", ONE),
        (1, f"{MAC.hex()} 86dd", OTHER),
        (1, f"{MAC.hex()} 8100 0007 0800", ONE),
        (1, f"{MAC.hex()} 88a8 0007 8100 2008 86dd", OTHER),
        (12, "", ONE),
        (14, "", OTHER),
        (101, "", ONE),
        (101, "", OTHER),
        (108, "00000018", OTHER),
        (113, f"0000 0304 0006 {bytes(8).hex()} 0800", ONE),
        (113, f"0004 0001 0006 {bytes(8).hex()} 8100 0007 86dd", OTHER),
        (228, "", ONE),
        (229, "", OTHER),
        (276, f"0800 {bytes(18).hex()}", ONE),
        (276, f"86dd {bytes(18).hex()}", OTHER),
    ],
)
def test_the_packet_stands_behind_the_header_of_the_link(link, header, packet):
    octets = bytes.fromhex(header) + wire.encode(packet)

    assert packet_in(Frame(0, link, octets), verify=True) == (packet, 0)
    assert packet_in(Frame(0, link, octets + bytes(4)), verify=True) == (packet, 0)


SCTP = bytes.fromhex("4500 001c 0000 4000 40 84 0000 0a000001 0a000002 0035 0035 0008 0000")


@pytest.mark.parametrize(
    ("link", "octets"),
    [
        (0, b""),
        (0, bytes(4) + wire.encode(ONE)),
        (1, MAC + b"\x08\x06" + bytes(28)),
        (1, MAC + b"\x81\x00"),
        (1, b""),
        (101, SCTP),
        (113, bytes(16)),
        (276, bytes(20)),
        (105, wire.encode(ONE)),
    ],
)
def test_what_nobody_knows_is_no_packet(link, octets):
    assert packet_in(Frame(0, link, octets)) is None


@pytest.mark.parametrize("packet", [ONE, OTHER])
def test_data_that_was_not_captured_is_filled_up_with_zeros(packet):
    octets = wire.encode(packet)
    zeros = packet._replace(payload=SEGMENT._replace(data=b"he\0\0\0"))

    assert packet_in(Frame(0, 101, octets[:-3])) == (zeros, 3)


@pytest.mark.parametrize("missing", [6, 9, 10, 17, 29])
def test_a_packet_that_is_cut_within_its_headers_makes_no_sense(missing):
    """Zeros there would be numbers that nobody sent."""
    with pytest.raises(MalformedSegment, match="only"):
        packet_in(Frame(0, 101, wire.encode(ONE)[:-missing]))


def test_a_wrong_checksum_makes_no_sense_where_one_asks():
    octets = wire.encode(ONE)[:-1] + b"O"

    assert packet_in(Frame(0, 101, octets)) == (Packet(*V4, SEGMENT._replace(data=b"hellO")), 0)
    with pytest.raises(MalformedSegment, match="checksum"):
        packet_in(Frame(0, 101, octets), verify=True)


def test_every_type_of_link_has_a_name():
    assert {name for name, _ in LINKS.values()} == {"loopback", "Ethernet", "raw IP", "Linux cooked"}
