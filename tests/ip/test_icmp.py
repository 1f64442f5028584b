"""Messages of ICMP as octets and back, and what an error quotes (RFC 792)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.errors import MalformedSegment
from course.ip import icmp, wire
from course.ip.icmp import Cause, Message
from course.ip.packet import Packet, ends
from course.ip.udp import Datagram
from course.octets import internet_checksum

LOST = Packet("10.0.0.2", "10.0.0.1", Datagram(49152, 7001, b"hello there"))
ERROR = icmp.port_unreachable(wire.encode(LOST, identification=7))


def test_port_unreachable_quotes_the_header_and_eight_octets():
    assert (ERROR.type, ERROR.code, ERROR.rest) == (3, 3, bytes(4))
    assert ERROR.data == wire.encode(LOST, identification=7)[:28]
    assert ERROR.name == "port unreachable"


def test_an_error_tells_which_packet_it_is_about():
    assert ERROR.cause == Cause(17, ("10.0.0.2", 49152), ("10.0.0.1", 7001))


@pytest.mark.parametrize(
    "message",
    [
        Message(8, 0, data=ERROR.data),
        ERROR._replace(data=ERROR.data[:23]),
        ERROR._replace(data=b"\x4f" + ERROR.data[1:]),
        ERROR._replace(data=b""),
    ],
)
def test_what_is_no_error_or_quotes_too_little_tells_of_none(message):
    assert message.cause is None


@pytest.mark.parametrize(
    ("kind", "name"),
    [((8, 0), "echo"), ((0, 0), "echo reply"), ((3, 1), "host unreachable"), ((42, 1), "type 42 code 1")],
)
def test_a_message_has_a_name(kind, name):
    assert Message(*kind).name == name


@given(st.integers(0, 255), st.integers(0, 255), st.binary(min_size=4, max_size=4), st.binary(max_size=99))
def test_what_is_written_is_read_back_with_its_checksum(kind, code, rest, data):
    octets = icmp.encode(Message(kind, code, rest, data))

    assert internet_checksum(octets) == 0
    assert icmp.decode(octets) == (kind, code, rest, data)


@pytest.mark.parametrize(
    ("octets", "offset", "reason"), [(bytes(7), 7, "takes 8"), (b"\3\3\0\1\0\0\0\0", 2, "checksum")]
)
def test_octets_that_are_no_message_are_malformed_at_their_place(octets, offset, reason):
    with pytest.raises(MalformedSegment, match=reason) as malformed:
        icmp.decode(octets)
    assert malformed.value.offset == offset


def test_an_error_goes_back_from_the_port_that_nobody_has():
    assert ends(Packet("10.0.0.1", "10.0.0.2", ERROR)) == (("10.0.0.1", 7001), ("10.0.0.2", 49152))


def test_other_messages_have_no_ports():
    assert ends(Packet("10.0.0.1", "10.0.0.2", Message(8, 0))) == (("10.0.0.1", 0), ("10.0.0.2", 0))
