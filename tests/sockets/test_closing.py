"""close and shutdown: what they say to the peer, and what can still be done afterwards."""

import pytest

from course import Scenario, TcpParameters
from course.tcp.segment import Why
from course.tcp.state import State
from tests.talk import PORT, alone, answering, error, hear, idle, say, talk


def flags(run, sender):
    """The flags of what that host sent, the handshake left out."""
    return [sent.segment.flags for sent in run.trace.sent if sent.sender == sender and not sent.segment.syn]


def final_states(run):
    """The last state of each host's connections."""
    return {change.host: change.after for change in run.trace.changes if change.remote is not None}


# ---------------------------------------------------------------- close


def test_close_says_fin_and_both_ends_are_closed_in_the_end():
    """RFC 9293, section 3.6, figure 12; misconceptions M53 and M54: who closes first waits in TIME-WAIT."""
    run = talk(hear, idle)

    assert ("FIN", "ACK") in flags(run, "client")
    assert final_states(run) == {"client": State.CLOSED, "server": State.CLOSED}
    assert {change.host for change in run.trace.changes if change.after is State.TIME_WAIT} == {"client"}


def test_close_lets_go_only_after_everything_was_sent():
    """RFC 9293, section 3.10.4; misconception M49: the FIN waits behind what is unsent."""
    octets = bytes(50_000)

    def call(host, connection):
        connection.sendall(octets)
        connection.close()
        return host.now()

    run = talk(hear, call)

    assert run.results["server"] == octets
    assert run.results["client"] == pytest.approx(0.1)  # close() itself does not wait
    assert run.trace.sent[-1].at > 0.3


def test_closing_twice_is_closing_once():
    run = talk(hear, lambda host, connection: connection.close() or connection.close())

    closes = [record for record in run.trace.calls if record.name == "close" and record.program == "client"]
    assert len(closes) == 1
    assert [sent for sent in run.trace.sent if sent.sender == "client" and sent.segment.fin][1:] == []


def test_a_with_block_closes_whatever_happens_in_it():
    """The socket module: a socket is a context manager."""

    def call(host):
        with host.create_connection(("server", PORT)) as connection:
            connection.sendall(b"so far")
            raise ConnectionError("so good")

    run = Scenario(server=answering(hear), client=call).run()

    assert run.results["server"] == b"so far"
    assert str(run.results["client"]) == "so good"
    assert final_states(run)["client"] is State.CLOSED


def test_a_with_block_gives_the_socket_itself():
    def program(host):
        made = host.socket()
        with made as same:
            return same is made

    assert alone(program) is True


def test_only_close_closes():
    """The design: a socket belongs to its host; forgetting it and returning do not close it."""

    def client(host):
        host.create_connection(("server", PORT))
        host.create_connection(("server", PORT)).sendall(b"forgotten")

    def server(host):
        listener = host.create_server(("", PORT))
        listener.accept()
        return listener.accept()[0].recv(100)

    run = Scenario(server=server, client=client).run()

    assert run.results["server"] == b"forgotten"
    assert [sent for sent in run.trace.sent if sent.segment.fin or sent.segment.rst] == []
    assert set(final_states(run).values()) == {State.ESTABLISHED}


def test_closing_with_octets_unread_is_a_reset():
    """RFC 9293, section 3.6.1, SHLD-3; misconception M50."""

    def call(host, connection):
        connection.sendall(b"read me")
        return error(connection.recv, 1)

    run = talk(lambda host, connection: host.sleep(1), call)

    assert run.results["client"] == "ECONNRESET"
    (last,) = [sent.segment for sent in run.trace.sent if sent.segment.rst]
    assert last.why is Why.UNREAD_DATA


def test_octets_that_come_after_close_are_answered_by_a_reset():
    """RFC 9293, section 3.6.1, SHLD-3: nobody will ever read them."""

    def call(host, connection):
        host.sleep(1)
        connection.sendall(b"too late")
        host.sleep(1)
        return error(connection.sendall, b"x")

    run = talk(idle, call)

    assert run.results["client"] == "EPIPE"
    assert ("RST",) in flags(run, "server")


def test_closing_a_connection_that_is_being_made_forgets_it():
    """RFC 9293, section 3.10.4, SYN-SENT."""

    def client(host):
        with host.socket() as made:
            made.setblocking(False)  # noqa: FBT003 - the socket module's own signature
            error(made.connect, ("10.9.9.9", PORT))

    run = Scenario(client=client).run()

    assert final_states(run) == {"client": State.CLOSED}
    assert len(run.trace.sent) == 1


def test_closing_a_fresh_or_a_bound_socket_says_nothing():
    def program(host):
        host.socket().close()
        with host.socket() as bound:
            bound.bind(("", PORT))

    run = Scenario(host=program).run()

    assert run.trace.sent == run.trace.changes == []


def test_who_waits_in_a_connection_that_another_program_gives_up_does_not_wait_for_ever():
    """close(2), "Multithreaded processes", asks one not to do it; so any error will do."""

    def wait(host, connection):
        return error(connection.sendall, bytes(10_000))

    def call(host, connection):
        host.spawn(wait, connection)
        host.sleep(1)
        connection.setsockopt(host.SOL_SOCKET, host.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    tcp = {"client": TcpParameters(send_buffer=1000), "server": TcpParameters(receive_buffer=1000)}
    run = talk(lambda host, connection: host.sleep(5), call, tcp=tcp)

    assert run.results["client/1"] is not None


# ---------------------------------------------------------------- SO_LINGER


def test_lingering_for_no_time_is_a_reset():
    """socket(7), SO_LINGER; RFC 9293, section 3.10.5; misconception M50."""

    def call(host, connection):
        connection.sendall(b"lost")
        connection.setsockopt(host.SOL_SOCKET, host.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    run = talk(lambda host, connection: host.sleep(1) or error(connection.recv, 10), call)

    assert ("RST",) in flags(run, "client")
    assert ("FIN", "ACK") not in flags(run, "client")
    assert run.results["server"] == "ECONNRESET"
    assert final_states(run) == {"client": State.CLOSED, "server": State.CLOSED}
    assert [change for change in run.trace.changes if change.after is State.TIME_WAIT] == []


@pytest.mark.parametrize("value", [b"\0\0\0\0\0\0\0\0", b"\0\0\0\0\5\0\0\0", b"\1\0\0\0\5\0\0\0"], ids=repr)
def test_lingering_otherwise_is_an_ordinary_close(value):
    """socket(7), SO_LINGER: off, or on with a time to wait."""
    run = talk(
        hear,
        lambda host, connection: (
            connection.setsockopt(host.SOL_SOCKET, host.SO_LINGER, value) or connection.sendall(b"x")
        ),
    )

    assert run.results["server"] == b"x"
    assert [sent for sent in run.trace.sent if sent.segment.rst] == []


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
    """shutdown(2), SHUT_RD; kernel.md; misconception M52."""

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

    def serve(host, connection):
        connection.setsockopt(host.SOL_SOCKET, host.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    run = talk(serve, lambda host, connection: host.sleep(1) or error(connection.shutdown, host.SHUT_WR))

    assert run.results["client"] == "ENOTCONN"


@pytest.mark.parametrize("connected", [True, False])
def test_shutting_down_no_known_direction_is_einval(connected):
    """shutdown(2), EINVAL."""

    def call(host, connection):
        return error((connection if connected else host.socket()).shutdown, 7)

    assert talk(hear, call).results["client"] == "EINVAL"


# ---------------------------------------------------------------- both at once


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
