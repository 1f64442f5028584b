"""The ring: what is in it, how full it may get, and the filter."""

import socket
import struct
import time

import pytest

from course.real import ring
from course.real.capture import How
from course.real.ring import Ring
from tests.real import permitted


@pytest.fixture
def source():
    """A socket that sends datagrams to itself."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.45.67.1", 0))
        made.settimeout(5)
        yield made


@pytest.fixture
def caught(source):
    permitted.capture(How.DIRECTLY)
    made = Ring(["127.45.67.1"], slots=16)
    yield made
    made.close()


def send(source, octets=b"x", sender=None):
    """Send it, and wait for its arrival: by then the ring has had its chance."""
    (sender or source).sendto(octets, source.getsockname())
    source.recv(20_000)


def test_each_packet_is_taken_once_with_its_time(source, caught):
    before = time.time_ns()
    send(source, b"hello")
    after = time.time_ns()
    [taken] = caught.take()

    assert taken.octets.endswith(b"hello")
    assert taken.octets[0] >> 4 == 4
    assert before <= taken.at <= after
    assert list(caught.take()) == []


def test_a_ring_goes_round(source, caught):
    for number in range(50):
        send(source, b"number %d" % number)
        [taken] = caught.take()
        assert taken.octets.endswith(b"number %d" % number)
    assert caught.missed() == 0


def test_what_finds_it_full_is_counted_and_later_ones_are_taken(source, caught):
    for _ in range(40):
        send(source)
    taken = len(list(caught.take()))

    assert taken == 16
    assert caught.missed() == 24
    send(source)
    assert len(list(caught.take())) == 1
    assert caught.missed() == 0


def test_a_long_packet_is_cut(source, caught):
    send(source, bytes(10_000))
    [taken] = caught.take()

    assert 4000 < len(taken.octets) < ring.SLOT


def test_other_addresses_are_not_seen(source, caught):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.45.67.2", 0))
        send(source, sender=other)

    assert list(caught.take()) == []


@pytest.mark.parametrize("count", [1, 2, 250])
def test_the_filter_keeps_what_is_from_one_of_the_addresses(count):
    addresses = [f"127.1.1.{number}" for number in range(1, count + 1)]

    assert all(kept(ring.accepting(addresses), address) for address in addresses)
    assert not kept(ring.accepting(addresses), "127.1.1.251")


def kept(program, source):
    """Run the filter's instructions by hand on a packet from that address (bpf(4))."""
    code = [ring.INSTRUCTION.unpack_from(program, at) for at in range(0, len(program), ring.INSTRUCTION.size)]
    packet = bytes(12) + socket.inet_aton(source) + bytes(4)
    at = accumulator = 0
    while True:
        what, yes, no, number = code[at]
        at += 1
        if what == ring.LOAD_WORD:
            [accumulator] = struct.unpack_from(">I", packet, number)
        elif what == ring.JUMP_IF_EQUAL:
            at += yes if accumulator == number else no
        else:
            return number > 0
