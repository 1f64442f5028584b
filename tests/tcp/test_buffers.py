"""The buffers: octets leave in order, and are put back into order."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.tcp.buffers import ReceiveBuffer, SendBuffer
from tests.story import octets

REPEATABLE = settings(deadline=None, derandomize=True, database=None, max_examples=300)


def test_a_send_buffer_numbers_what_it_is_given():
    buffer = SendBuffer(101)
    buffer.append(b"hello")
    buffer.append(memoryview(b"world"))

    assert (buffer.start, buffer.end, len(buffer)) == (101, 111, 10)
    assert buffer.read(104, 4) == b"lowo"
    assert buffer.read(109, 100) == b"ld"
    assert buffer.read(111, 1) == b""


def test_what_is_acknowledged_is_forgotten_and_the_rest_keeps_its_numbers():
    buffer = SendBuffer(101)
    buffer.append(b"hello")
    buffer.acknowledge(103)

    assert (buffer.start, len(buffer)) == (103, 3)
    assert buffer.read(103, 9) == b"llo"


def test_a_single_octet_can_be_acknowledged():
    buffer = SendBuffer(101)
    buffer.append(b"hello")
    buffer.acknowledge(102)

    assert (buffer.start, len(buffer)) == (102, 4)


def test_an_acknowledgment_may_cover_a_fin_beyond_the_last_octet_or_nothing_new():
    buffer = SendBuffer(101)
    buffer.append(b"hello")
    buffer.acknowledge(101)
    buffer.acknowledge(99)
    assert len(buffer) == 5

    buffer.acknowledge(107)
    assert (buffer.start, buffer.end, len(buffer)) == (106, 106, 0)


def test_octets_in_order_can_be_read_at_once():
    buffer = ReceiveBuffer()

    assert buffer.accept(1, b"hello", 1, 100) == 5
    assert (len(buffer), buffer.has_gap) == (5, False)
    assert buffer.peek(3) == b"hel"
    assert (buffer.read(3), buffer.read(9), buffer.read(1)) == (b"hel", b"lo", b"")


def test_octets_beyond_a_gap_wait_until_it_is_filled():
    """RFC 9293 3.10.7.4, SHLD-31."""
    buffer = ReceiveBuffer()

    assert buffer.accept(6, b"world", 1, 100) == 0
    assert (len(buffer), buffer.has_gap) == (0, True)
    assert buffer.accept(1, b"hello", 1, 100) == 10
    assert (buffer.read(20), buffer.has_gap) == (b"helloworld", False)


@pytest.mark.parametrize(
    ("seq", "data", "arrived"),
    [
        (8, b"lowo", b"lowo"),  # exactly at the left edge
        (6, b"hellowo", b"llowo"),  # its first octets are old
        (3, b"old", b""),  # all of it is old
        (8, b"lowowonderful", b"lowow"),  # its last octets lie beyond the window
        (13, b"beyond", b""),
    ],
)
def test_only_what_lies_in_the_window_is_taken(seq, data, arrived):
    """RFC 9293 3.10.7.4: RCV.NXT is 8, and the window takes 5."""
    buffer = ReceiveBuffer()

    assert buffer.accept(seq, data, 8, 5) == len(arrived)
    assert buffer.read(20) == arrived
    assert not buffer.has_gap


def test_a_full_window_takes_nothing():
    buffer = ReceiveBuffer()

    assert buffer.accept(1, b"x", 1, 0) == 0
    assert not buffer.has_gap


def test_octets_that_are_held_already_are_not_held_twice():
    buffer = ReceiveBuffer()
    buffer.accept(5, b"efgh", 1, 100)
    buffer.accept(6, b"fg", 1, 100)
    buffer.accept(7, b"ghij", 1, 100)

    assert buffer.accept(1, b"abcd", 1, 100) == 10
    assert buffer.read(20) == b"abcdefghij"


def test_what_waits_beyond_a_gap_is_told_as_ranges():
    """As the blocks of a SACK option (RFC 2018, section 3): what touches or overlaps is one range."""
    buffer = ReceiveBuffer()
    assert buffer.beyond == ()

    for seq, piece in ((7, b"gh"), (20, b"tu"), (9, b"i"), (6, b"fgh")):
        buffer.accept(seq, piece, 1, 100)
    assert buffer.beyond == ((6, 10), (20, 22))

    buffer.accept(1, b"abcdef", 1, 100)
    assert buffer.beyond == ((20, 22),)


PIECES = st.lists(st.tuples(st.integers(0, 59), st.integers(1, 25)), max_size=25)


@REPEATABLE
@given(PIECES, st.integers(1, 70))
def test_any_cutting_shuffling_duplicating_and_overlapping_gives_each_octet_once_and_in_order(pieces, window):
    """RFC 9293 3.10.7.4, SHLD-31."""
    stream, buffer, expected, got = octets(0, 60), ReceiveBuffer(), 0, b""
    came = set()
    whole = [(at, 10) for at in range(0, 60, 10)]  # the sender sends all of it again, until it has arrived
    for at, size in pieces + whole * 6:
        arrived = buffer.accept(at, stream[at : at + size], expected, min(window, 60 - expected))
        assert arrived == len(buffer)
        came.update(range(max(at, expected), min(at + size, expected + min(window, 60 - expected))))
        got += buffer.read(arrived)
        expected += arrived
        assert {seq for first, end in buffer.beyond for seq in range(first, end)} == {n for n in came if n >= expected}

    assert got == stream[:expected]
    assert expected == 60 or window < 10
    assert not (expected == 60 and buffer.has_gap)
