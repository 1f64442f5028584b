"""close: what it says to the peer, and that nothing can be done with the socket afterwards."""

import pytest

from course import Scenario, TcpParameters
from course.tcp.segment import Why
from course.tcp.state import State
from tests.talk import PORT, alone, answering, error, hear, idle, reset, talk


def flags(run, sender):
    """The flags of what that host sent, the handshake left out."""
    return [sent.segment.flags for sent in run.trace.sent if sent.sender == sender and not sent.segment.syn]


def final_states(run):
    """The last state of each host's connections."""
    return {change.host: change.after for change in run.trace.changes if change.remote is not None}


def ended(connection):
    connection.close()
    return connection


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
    """A socket belongs to its host; forgetting it and returning do not close it."""

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
        reset(host, connection)

    tcp = {"client": TcpParameters(send_buffer=1000), "server": TcpParameters(receive_buffer=1000)}
    run = talk(lambda host, connection: host.sleep(5), call, tcp=tcp)

    assert run.results["client/1"] is not None


# ---------------------------------------------------------------- SO_LINGER


def test_lingering_for_no_time_is_a_reset():
    """socket(7), SO_LINGER; RFC 9293, section 3.10.5; misconception M50."""

    def call(host, connection):
        connection.sendall(b"lost")
        reset(host, connection)

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


# ---------------------------------------------------------------- closed

CALLS = {
    "bind": lambda made: made.bind(("", PORT)),
    "listen": lambda made: made.listen(),
    "accept": lambda made: made.accept(),
    "connect": lambda made: made.connect(("", PORT)),
    "send": lambda made: made.send(b"x"),
    "sendall": lambda made: made.sendall(b"x"),
    "recv": lambda made: made.recv(1),
    "recv_into": lambda made: made.recv_into(bytearray(1)),
    "shutdown": lambda made: made.shutdown(1),
    "getsockname": lambda made: made.getsockname(),
    "getpeername": lambda made: made.getpeername(),
    "setsockopt": lambda made: made.setsockopt(1, 2, 1),
    "getsockopt": lambda made: made.getsockopt(1, 2),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_every_call_on_a_closed_socket_is_ebadf(call):
    """RFC 9293, section 3.6.1, MAY-1; each man page's ERRORS: "sockfd is not a valid file descriptor"."""

    def client(host, connection):
        fresh, listener = ended(host.socket()), ended(host.create_server(("", PORT)))
        return [error(call, made) for made in (fresh, listener, ended(connection))]

    assert talk(hear, client).results["client"] == ["EBADF"] * 3


def test_a_socket_without_a_peer_can_neither_send_nor_receive_nor_be_shut_down():
    """recv(2) and shutdown(2): ENOTCONN. send(2), BUGS: "Linux may return EPIPE instead of ENOTCONN", and does."""

    def program(host):
        both = host.socket(), host.create_server(("", PORT))
        said = [(error(made.send, b"x"), error(made.sendall, b"x"), error(made.recv, 1)) for made in both]
        return [*said, error(host.socket().shutdown, host.SHUT_RDWR)]

    assert alone(program) == [("EPIPE", "EPIPE", "ENOTCONN")] * 2 + ["ENOTCONN"]
