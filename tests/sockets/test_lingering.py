"""SO_LINGER: when close() returns, and what becomes of the rest (socket(7); RFC 9293, section 3.10.4)."""

import struct

import pytest

from course import Scenario, TcpParameters, faults
from course.tcp.segment import Why
from tests.talk import PORT, alone, answering, calling, error, hear, talk

BREAK = 1.0  # between the handshake and what is sent


def linger(host, connection, on, seconds):
    connection.setsockopt(host.SOL_SOCKET, host.SO_LINGER, struct.pack("ii", on, seconds))


def closing_after(octets, on, seconds):
    """Send, and close: how long close() takes, in virtual seconds."""

    def call(host, connection):
        linger(host, connection, on, seconds)
        host.sleep(BREAK)
        connection.sendall(octets)
        began = host.now()
        connection.close()
        return host.now() - began

    return call


def test_a_lingering_close_returns_when_the_peer_has_acknowledged_everything():
    """socket(7), SO_LINGER: all octets, and the FIN behind them; one round trip for what fits in a window."""
    run = talk(hear, closing_after(b"the end", 1, 60))

    assert run.results["client"] == pytest.approx(0.1)
    assert run.results["server"] == b"the end"


def test_it_takes_as_many_round_trips_as_the_octets_do():
    """socket(7), SO_LINGER; misconception M49: an ordinary close() returns at once, and the octets leave later."""
    lingering, ordinary = (talk(hear, closing_after(bytes(100_000), on, 60)) for on in (1, 0))

    assert lingering.results["client"] > 0.25
    assert ordinary.results["client"] == 0
    assert lingering.results["server"] == ordinary.results["server"] == bytes(100_000)


def test_a_segment_that_is_lost_is_waited_for():
    run = talk(hear, closing_after(b"the end", 1, 60), faults=[faults.drop("client", 3)])

    assert run.results["client"] == pytest.approx(1.1, abs=0.2)
    assert run.results["server"] == b"the end"


def test_whoever_has_nothing_to_say_waits_for_the_ack_of_its_fin():
    assert talk(hear, closing_after(b"", 1, 60)).results["client"] == pytest.approx(0.1)


@pytest.mark.parametrize("seconds", [1, 20])
def test_after_its_seconds_close_returns_and_tcp_goes_on_by_itself(seconds):
    """socket(7), SO_LINGER: "or the linger timeout has been reached"; what is queued is still sent."""
    cut = faults.cut(BREAK, 50)
    run = talk(hear, closing_after(b"the end", 1, seconds), faults=[cut])

    assert run.results == {"client": seconds, "server": b"the end"}
    assert max(sent.at for sent in run.trace.sent if sent.segment.why is Why.TIMEOUT) > 50


def test_a_connection_that_dies_meanwhile_is_not_waited_for_any_longer():
    """RFC 9293, section 3.8.3: R2 is over before the linger time is."""
    run = talk(hear, closing_after(b"the end", 1, 10_000), faults=[faults.cut(BREAK)],
               tcp=TcpParameters(r2=20, keep_alive=True, keep_idle=60, keep_count=1))  # fmt: skip

    assert run.results["client"] == pytest.approx(31)  # the first timeout after 20 seconds
    assert isinstance(run.results["server"], TimeoutError)


def test_a_peer_that_resets_is_not_waited_for_either():
    """It has octets unread, and closes: there is nothing left to be acknowledged."""

    def leave(host, connection):
        host.sleep(BREAK + 0.2)

    run = talk(leave, closing_after(bytes(200_000), 1, 60))

    assert run.results["client"] == pytest.approx(0.3)


def test_lingering_for_no_time_resets_at_once():
    """socket(7), SO_LINGER; RFC 9293, section 3.10.5."""
    run = talk(lambda host, connection: error(connection.recv, 1), closing_after(b"", 1, 0))

    assert run.results == {"client": 0, "server": "ECONNRESET"}


@pytest.mark.parametrize("seconds", [0, 60])
def test_off_is_off_whatever_the_seconds(seconds):
    """socket(7), SO_LINGER: l_onoff."""
    run = talk(hear, closing_after(b"the end", 0, seconds))

    assert run.results == {"client": 0, "server": b"the end"}


def test_less_than_no_time_is_for_ever():
    """As on Linux, which takes the seconds as a number without a sign; time goes on meanwhile, and never back."""
    run = talk(hear, closing_after(b"the end", 1, -1), faults=[faults.cut(BREAK, 40)])

    assert run.results["client"] > 40
    assert [record.at for record in run.trace] == sorted(record.at for record in run.trace)


def test_a_socket_that_is_held_open_by_a_file_lingers_when_the_file_is_closed():
    """The socket module: makefile() keeps the socket open; whoever closes last waits."""

    def call(host, connection):
        linger(host, connection, 1, 60)
        file, times = connection.makefile("wb"), []
        file.write(b"the end")
        file.flush()
        for each in (connection, file):
            began = host.now()
            each.close()
            times.append(host.now() - began)
        return times

    assert talk(hear, call).results == {"client": [0, pytest.approx(0.1)], "server": b"the end"}


def test_an_accepted_socket_lingers_if_its_listener_would():
    """socket(7): an accepted socket begins with its listener's options."""

    def server(host):
        with host.create_server(("", PORT)) as listener:
            linger(host, listener, 1, 60)
            connection, _ = listener.accept()
        connection.sendall(b"the end")
        began = host.now()
        connection.close()
        return host.now() - began

    run = Scenario(server=server, client=calling(hear)).run()

    assert run.results == {"server": pytest.approx(0.1), "client": b"the end"}


def test_a_socket_without_a_connection_does_not_linger():
    def program(host):
        for prepare in (lambda made: None, lambda made: made.bind(("", PORT)), lambda made: made.listen()):
            made = host.socket()
            linger(host, made, 1, 60)
            prepare(made)
            made.close()
        return host.now()

    assert alone(program) == 0


def test_whoever_calls_in_vain_does_not_linger():
    """RFC 9293, section 3.10.4: a CLOSE in SYN-SENT forgets the connection."""

    def client(host):
        made = host.socket()
        linger(host, made, 1, 60)
        made.settimeout(0.5)
        refused = error(made.connect, ("server", PORT))
        made.close()
        return refused, host.now()

    run = Scenario(server=lambda host: None, client=client, faults=[faults.cut(0)]).run()

    assert run.results["client"] == ("TimeoutError", 0.5)


def test_the_end_of_a_run_waits_for_nobody():
    """A program that is stopped while it lingers is stopped; one that is stopped before does not begin to linger."""

    def lingering(host, connection):
        linger(host, connection, 1, 1000)
        connection.sendall(b"the end")
        connection.close()
        return "never"

    def waiting(host, connection):
        linger(host, connection, 1, 1000)
        connection.recv(1)

    for call in (lingering, waiting):
        run = Scenario(server=answering(hear), client=calling(call), faults=[faults.cut(0.12)]).run(until=5)
        assert "client" not in run.results
        assert run.trace.records[-1].at <= 5
