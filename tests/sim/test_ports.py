"""Local ports: who may have one, as Linux decides it (socket(7), SO_REUSEADDR; misconception M58)."""

import errno
from dataclasses import dataclass

import pytest

from course.sim.ports import FIRST_EPHEMERAL_PORT, Ports

LAST_PORT = 65_535


@dataclass(eq=False)
class Holder:
    reuse: bool = False
    listening: bool = False


def is_refused(ports, claimant, connections=()):
    try:
        ports.claim(7000, claimant, connections)
    except OSError as refused:
        assert refused.errno == errno.EADDRINUSE
        return True
    return False


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("second", [False, True])
@pytest.mark.parametrize("listening", [False, True])
def test_two_share_a_port_only_if_both_set_reuseaddr_and_the_first_does_not_listen(first, second, listening):
    """socket(7), SO_REUSEADDR: "except when there is an active listening socket bound to the address"."""
    ports = Ports()
    ports.claim(7000, Holder(first, listening), ())

    assert is_refused(ports, Holder(second)) is not (first and second and not listening)


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("second", [False, True])
def test_a_connection_that_its_socket_left_behind_holds_the_port_the_same_way(first, second):
    """M58: with only TIME-WAIT left the port is free if both set SO_REUSEADDR."""
    assert is_refused(Ports(), Holder(second), [Holder(first)]) is not (first and second)


def test_another_port_is_another_matter():
    ports = Ports()
    ports.claim(7000, Holder(listening=True), ())

    ports.claim(7001, Holder(), ())


def test_a_port_that_is_let_go_is_free_again():
    ports = Ports()
    holder = Holder()
    ports.claim(7000, holder, ())
    assert is_refused(ports, Holder())

    ports.release(7000, holder)

    assert not is_refused(ports, Holder())


def test_letting_go_of_a_port_that_one_does_not_hold_changes_nothing():
    ports = Ports()
    ports.claim(7000, Holder(), ())

    ports.release(7000, Holder())
    ports.release(7001, Holder())

    assert is_refused(ports, Holder())


def test_ephemeral_ports_begin_where_the_dynamic_range_begins_and_are_not_used_twice():
    """RFC 6335, section 6: the dynamic ports are 49152 to 65535."""
    ports = Ports()

    assert [ports.ephemeral(set()) for _ in range(3)] == [49_152, 49_153, 49_154]


def test_ephemeral_ports_pass_over_what_is_held_or_in_use():
    ports = Ports()
    ports.claim(FIRST_EPHEMERAL_PORT, Holder(), ())

    assert ports.ephemeral({FIRST_EPHEMERAL_PORT + 1}) == FIRST_EPHEMERAL_PORT + 2


def test_ephemeral_ports_start_over_after_the_last_one():
    """RFC 9293, section 3.1: a port is 16 bits wide."""
    ports = Ports()
    given = [ports.ephemeral(set()) for _ in range(LAST_PORT - FIRST_EPHEMERAL_PORT + 2)]

    assert max(given) == LAST_PORT
    assert given[-1] == FIRST_EPHEMERAL_PORT


def test_when_every_ephemeral_port_is_taken_there_is_none_left():
    """bind(2), EADDRINUSE: "all port numbers in the ephemeral port range are currently in use"."""
    with pytest.raises(OSError) as refused:  # noqa: PT011 - its errno says which
        Ports().ephemeral(set(range(FIRST_EPHEMERAL_PORT, LAST_PORT + 1)))

    assert refused.value.errno in (errno.EADDRINUSE, errno.EADDRNOTAVAIL)
