"""Who may share a port, and what tells connections apart."""

import pytest

from course.real import ports
from course.real.addresses import has_several
from tests.real.test_leaks import left_over


def test_a_port_that_is_taken_is_refused_but_for_the_known_exceptions():
    said = dict(ports.sharing().rows)

    assert {wish for wish, came in said.items() if came == "OK"} - {"the same port at another address"} == {
        "the same, and both have SO_REUSEPORT",
        "the same port of another protocol, UDP",
        "the port of a client, to call another peer, both with SO_REUSEADDR",
    }
    assert said["the same"] == "EADDRINUSE"
    assert (said["the same port at another address"] == "OK") == has_several()


def test_two_processes_accept_at_one_listener():
    talk = ports.inherited()

    assert talk.results == {"accepts": True, "accepts 2": True}
    assert len(set(talk.pids.values())) == 2


def test_fifty_callers_are_fifty_fives_at_one_port():
    before = left_over()
    fives = ports.many(50)

    assert len(set(fives)) == 50
    assert len({five.local_port for five in fives}) == 1
    assert left_over() == before


@pytest.mark.skipif(not has_several(), reason="this system has one loopback address")
def test_several_addresses_reach_one_listener():
    before = left_over()
    rows = ports.reached().rows

    assert rows == tuple((address, "OK", address) for address in ports.ADDRESSES) or rows == ()
    assert left_over() == before


def test_where_a_listener_cannot_be_kept_inside_it_is_not_tried(monkeypatch):
    monkeypatch.delattr("socket.SO_BINDTODEVICE", raising=False)
    table = ports.reached()

    assert table.rows == ()
    assert "Not tried here" in table.caption
