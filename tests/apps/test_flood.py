"""A SYN flood: without cookies an honest caller finds no room, with cookies it is served at once (RFC 4987)."""

import pytest

from course import Scenario, State, TcpParameters, faults
from course.apps import flood


def server(host):
    with host.create_server(("", 7000)) as listener:
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"welcome")


def client(host):
    """An honest caller: what it heard, and how long that took."""
    host.sleep(0.5)
    with host.create_connection(("server", 7000)) as connection:
        return connection.recv(100), host.now() - 0.5


def besieged(**knobs):
    return Scenario(
        server=server,
        attacker=flood.attacker(50),
        client=client,
        faults=[faults.drop_flags("attacker", "ACK")],
        tcp={"server": TcpParameters(syn_queue=10, **knobs)},
    ).run()


def half_open(run):
    """How many handshakes were half-way when the honest caller came."""
    changes = [each for each in run.trace.changes if each.host == "server" and each.remote and each.at < 0.5]
    return sum(each.after is State.SYN_RECEIVED for each in changes)


def test_a_flood_fills_the_queue_of_handshakes_and_an_honest_caller_waits():
    """RFC 4987, section 2.2."""
    run = besieged()

    assert half_open(run) == 10
    assert {dropped.reason for dropped in run.trace.dropped if dropped.sent.segment.syn} == {"SYN queue full"}
    assert isinstance(run.results["client"], TimeoutError) or run.results["client"][1] > 1


def test_with_cookies_nothing_is_remembered_and_an_honest_caller_is_served_at_once():
    """RFC 4987, section 3.6."""
    run = besieged(syn_cookies=True)

    assert half_open(run) == 10
    assert run.results["client"] == (b"welcome", pytest.approx(0.2))


def test_the_sockets_of_the_attacker_are_given_back():
    last = {(each.local, each.remote): each.after for each in besieged().trace.changes if each.host == "attacker"}

    assert len(last) == 50
    assert set(last.values()) <= {State.CLOSED, State.FIN_WAIT_1}  # a FIN bears an ACK, and is lost as well
