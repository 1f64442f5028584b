"""shutdown: one direction is closed and the other is not; and who closes when."""

import pytest

from course import Scenario, TcpParameters
from course.tcp.segment import Why
from course.tcp.state import State
from tests.talk import PORT, alone, error, hear, reset, say, talk


def flags(run, sender):
    """The flags of what that host sent, the handshake left out."""
    return [sent.segment.flags for sent in run.trace.sent if sent.sender == sender and not sent.segment.syn]


def final_states(run):
    """The last state of each host's connections."""
    return {change.host: change.after for change in run.trace.changes if change.remote is not None}


# ---------------------------------------------------------------- shutdown


def test_shutting_down_sending_says_fin_and_receiving_goes_on():
    """RFC 9293, section 3.6; shutdown(2), SHUT_WR; misconception M51: half-close is normal."""

    def call(host, connection):
        connection.sendall(b"question")
        connection.shutdown(host.SHUT_WR)
        return hear(host, connection)

    def serve(host, connection):
        question = hear(host, connection)
        host.sleep(5)
        connection.sendall(b"answer to " + question)

    run = talk(serve, call)

    assert run.results["client"] == b"answer to question"
    assert State.FIN_WAIT_2 in {change.after for change in run.trace.changes if change.host == "client"}


def test_shutting_down_receiving_says_nothing_to_the_peer():
    """shutdown(2), SHUT_RD; misconception M52."""

    def call(host, connection):
        connection.shutdown(host.SHUT_RD)
        ended = connection.recv(10), host.now()
        connection.sendall(b"still sending")
        host.sleep(1)
        return ended

    run = talk(hear, call)

    assert run.results["client"] == (b"", pytest.approx(0.1))
    assert run.results["server"] == b"still sending"
    assert [sent for sent in run.trace.sent if sent.segment.fin and sent.at < 1] == []


def test_what_has_come_and_what_comes_is_still_read():
    """As on Linux, measured; misconception M52."""

    def call(host, connection):
        connection.sendall(b"hello")
        connection.recv(5, host.MSG_PEEK)
        connection.shutdown(host.SHUT_RD)
        said = [connection.recv(9), connection.recv(9)]
        connection.sendall(b"go on")
        host.sleep(1)
        return [*said, connection.recv(9)]

    def serve(host, connection):
        connection.sendall(connection.recv(9).upper())
        connection.recv(9)
        connection.sendall(b"later")
        hear(host, connection)

    run = talk(serve, call)

    assert run.results["client"] == [b"HELLO", b"", b"later"]
    assert [sent for sent in run.trace.sent if sent.segment.rst] == []


def test_octets_for_who_has_shut_both_directions_are_answered_by_a_reset():
    """RFC 9293, section 3.6.1 (SHLD-3); as on Linux, measured."""

    def call(host, connection):
        connection.shutdown(host.SHUT_RD)
        connection.shutdown(host.SHUT_WR)
        host.sleep(2)

    def serve(host, connection):
        said = [hear(host, connection), error(connection.send, b"x")]
        host.sleep(1)
        return [*said, error(connection.send, b"x")]

    run = talk(serve, call)

    assert run.results["server"] == [b"", None, "EPIPE"]
    assert [sent.segment.why for sent in run.trace.sent if sent.segment.rst] == [Why.UNREAD_DATA]


def test_what_is_unread_when_both_directions_are_shut_can_still_be_read():
    """As on Linux, measured: shutdown() sends a FIN, where close() would reset."""

    def call(host, connection):
        connection.recv(5, host.MSG_PEEK)
        connection.shutdown(host.SHUT_RDWR)
        return connection.recv(9), connection.recv(9)

    run = talk(lambda host, connection: connection.sendall(b"hello") or hear(host, connection), call)

    assert run.results == {"server": b"", "client": (b"hello", b"")}


def test_shutting_down_receiving_wakes_who_waits_in_recv():
    """As on Linux, measured: recv() gives b""."""

    def call(host, connection):
        host.spawn(lambda host: (connection.recv(10), host.now()))
        host.sleep(1)
        connection.shutdown(host.SHUT_RD)
        host.sleep(1)

    assert talk(hear, call).results["client/1"] == (b"", pytest.approx(1.1))


def test_shutting_down_both_directions_ends_both():
    """shutdown(2), SHUT_RDWR."""

    def call(host, connection):
        connection.shutdown(host.SHUT_RDWR)
        return connection.recv(1), error(connection.send, b"x")

    run = talk(lambda host, connection: (hear(host, connection), host.now()), call)

    assert run.results["client"] == (b"", "EPIPE")
    assert run.results["server"] == (b"", pytest.approx(0.15))


def test_shutting_down_twice_changes_nothing():
    """Measured on Linux: no error while the connection lives."""

    def call(host, connection):
        return [error(connection.shutdown, host.SHUT_WR) for _ in range(2)]

    run = talk(lambda host, connection: hear(host, connection) or host.sleep(1), call)

    assert run.results["client"] == [None, None]
    assert flags(run, "client").count(("FIN", "ACK")) == 1


def test_shutting_down_what_is_over_is_enotconn():
    """shutdown(2), ENOTCONN; measured on Linux after a reset."""
    run = talk(reset, lambda host, connection: host.sleep(1) or error(connection.shutdown, host.SHUT_WR))

    assert run.results["client"] == "ENOTCONN"


@pytest.mark.parametrize("connected", [True, False])
def test_shutting_down_no_known_direction_is_einval(connected):
    """shutdown(2), EINVAL."""

    def call(host, connection):
        return error((connection if connected else host.socket()).shutdown, 7)

    assert talk(hear, call).results["client"] == "EINVAL"


# ---------------------------------------------------------------- a listener


def test_a_listener_that_is_shut_for_receiving_listens_no_longer_and_keeps_its_port():
    """As on Linux, measured; RFC 9293, section 3.10.4: a CLOSE in LISTEN."""

    def program(host):
        listener = host.create_server(("", PORT))
        early = host.create_connection(("host", PORT))
        listener.shutdown(host.SHUT_RD)
        said = [error(listener.accept), error(early.recv, 1), error(host.create_connection, ("host", PORT))]
        said += [error(host.socket().bind, ("", PORT)), error(listener.shutdown, host.SHUT_RD)]
        listener.listen()
        host.create_connection(("host", PORT)).sendall(b"hello")
        return said, listener.accept()[0].recv(5)

    assert alone(program) == (["EINVAL", "ECONNRESET", "ECONNREFUSED", "EADDRINUSE", "ENOTCONN"], b"hello")


def test_who_waits_in_accept_is_told_that_the_listener_is_shut():
    def program(host):
        listener = host.create_server(("", PORT))
        host.spawn(lambda host: (error(listener.accept), host.now()))
        host.sleep(1)
        listener.shutdown(host.SHUT_RDWR)

    assert Scenario(host=program).run().results["host/1"] == ("EINVAL", 1)


def test_a_listener_does_not_mind_that_its_sending_direction_is_shut():
    """As on Linux, measured."""

    def program(host):
        listener = host.create_server(("", PORT))
        listener.shutdown(host.SHUT_WR)
        host.create_connection(("host", PORT)).sendall(b"hello")
        return listener.accept()[0].recv(5)

    assert alone(program) == b"hello"


# ---------------------------------------------------------------- both ends


def test_both_may_close_at_the_same_time():
    """RFC 9293, section 3.6, figure 13: both go through CLOSING, and both wait in TIME-WAIT."""

    def at_one(host, connection):
        host.sleep(1 - host.now())

    run = talk(at_one, at_one)

    closing = [change.host for change in run.trace.changes if change.after is State.CLOSING]
    assert sorted(closing) == ["client", "server"]
    assert final_states(run) == {"client": State.CLOSED, "server": State.CLOSED}


def test_who_does_not_close_stays_in_close_wait_for_ever():
    """Misconception M59; RFC 9293, section 3.3.2."""

    def server(host):
        listener = host.create_server(("", PORT))
        return listener.accept()[0].recv(1)

    run = Scenario(
        server=server, client=lambda host: host.create_connection(("server", PORT)).close(), tcp=TcpParameters(r2=5)
    ).run()

    assert final_states(run)["server"] is State.CLOSE_WAIT
    assert final_states(run)["client"] is State.FIN_WAIT_2


def test_octets_sent_before_close_arrive_although_the_peer_answers():
    run = talk(lambda host, connection: connection.sendall(hear(host, connection)) or "done", half_closing(b"x" * 9000))

    assert run.results == {"server": "done", "client": b"x" * 9000}


def half_closing(octets):
    """Send it all, close that direction, and hear the answer."""

    def call(host, connection):
        say(octets)(host, connection)
        connection.shutdown(host.SHUT_WR)
        return hear(host, connection)

    return call
