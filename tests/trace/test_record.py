"""The records: small frozen values, and what they keep of a program's arguments."""

from dataclasses import fields

import pytest

from course.ip.packet import Packet
from course.tcp.segment import Segment
from course.trace import record
from course.trace.record import Called, Constant, Delivered, Dropped, Octets, Sent, brief

SENT = Sent(1.5, "client", 3, Packet("10.0.0.2", "10.0.0.1", Segment(49152, 7000, 5, data=b"hello")))


def test_a_transmission_is_named_by_its_sender_and_its_number():
    """(sender, ordinal) is its stable name."""
    assert SENT.name == "client 3"
    assert SENT.segment.data == b"hello"


def test_an_arrival_and_a_loss_are_of_the_first_copy_unless_they_say_otherwise():
    assert (Delivered(2.0, SENT).copy, Dropped(2.0, SENT, "lost").copy) == (1, 1)


@pytest.mark.parametrize("kind", record.Record.__args__, ids=lambda kind: kind.__name__)
def test_every_record_is_a_frozen_slotted_value_with_a_moment(kind):
    """Records are few, frozen and slotted."""
    names = kind._fields if issubclass(kind, tuple) else [field.name for field in fields(kind)]

    assert names[0] == "at"
    assert "__slots__" in vars(kind)
    with pytest.raises(AttributeError):
        kind(*[None] * len(names)).at = 2.0


def test_equal_happenings_are_equal_records():
    assert Called(1.0, "a", "a", 1, None, "sleep", (1,)) == Called(1.0, "a", "a", 1, None, "sleep", (1,))
    assert Called(1.0, "a", "a", 1, None, "sleep", (1,)) != Called(1.0, "a", "a", 2, None, "sleep", (1,))


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
@pytest.mark.parametrize("length", [0, 1, 48])
def test_octets_up_to_48_are_kept_whole(kind, length):
    octets = bytes(range(length))

    kept = brief(kind(octets))

    assert kept == octets
    assert type(kept) is bytes


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
@pytest.mark.parametrize("length", [49, 1000])
def test_longer_octets_are_kept_as_their_length_and_their_first_16(kind, length):
    octets = bytes(number % 256 for number in range(length))

    assert brief(kind(octets)) == Octets(length, octets[:16])


def test_what_is_kept_does_not_change_with_the_buffer():
    buffer = bytearray(b"before")
    kept = brief(memoryview(buffer))
    buffer[:] = b"after!"

    assert kept == b"before"


@pytest.mark.parametrize("value", [None, 7, "text", ("server", 7000), 0.5])
def test_everything_else_is_kept_as_it_is(value):
    assert brief(value) is value


def test_long_octets_read_as_their_beginning_and_their_length():
    assert str(Octets(1000, b"GET / HTTP/1.1\r\n")) == "b'GET / HTTP/1.1\\r\\n'… (1000 octets)"


def test_a_constant_is_shown_by_its_name():
    assert repr(Constant("SHUT_WR")) == "SHUT_WR"
    assert str(Constant("SHUT_WR")) == "SHUT_WR"
    assert Constant("SHUT_WR") == "SHUT_WR"
