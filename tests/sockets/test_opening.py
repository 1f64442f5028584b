"""listen, accept and connect: what they do, and with which errno they refuse."""

import errno
import socket as standard
import struct

import pytest

from course import Scenario, faults
from tests.talk import PORT, alone, answering, calling, error, hear, idle, reset, talk


def nonblocking(host):
    """A fresh socket that does not wait."""
    made = host.socket()
    made.setblocking(False)  # noqa: FBT003 - the socket module's own signature
    return made


# ---------------------------------------------------------------- listen and accept


def test_listen_without_bind_takes_any_free_port():
    """As on Linux, measured; listen(2) calls it an ephemeral port."""

    def server(host):
        listener = host.socket()
        listener.listen()
        host.port = listener.getsockname()[1]
        return host.port, hear(host, listener.accept()[0])

    def client(host):
        with host.create_connection(("server", 49152)) as connection:
            connection.sendall(b"found you")

    assert Scenario(server=server, client=client).run().results["server"] == (49152, b"found you")


def test_accept_before_listen_is_einval():
    """accept(2), EINVAL: "Socket is not listening for connections"."""

    def program(host):
        bound = host.socket()
        bound.bind(("", PORT))
        return error(host.socket().accept), error(bound.accept)

    assert alone(program) == ("EINVAL", "EINVAL")


def test_a_connected_socket_can_neither_listen_nor_accept_nor_be_bound():
    """Measured on Linux: EINVAL for all three (accept(2), bind(2))."""

    def call(host, connection):
        return error(connection.listen), error(connection.accept), error(connection.bind, ("", 1234))

    assert talk(hear, call).results["client"] == ("EINVAL", "EINVAL", "EINVAL")


def test_callers_are_accepted_in_the_order_in_which_they_came():
    def server(host):
        with host.create_server(("", PORT)) as listener:
            host.sleep(5)
            return [listener.accept()[1][0] for _ in range(3)]

    def client(begins):
        return lambda host: host.sleep(begins) or (host.create_connection(("server", PORT)) and None)

    run = Scenario(server=server, a=client(3), b=client(1), c=client(2)).run()

    assert run.results["server"] == ["10.0.0.3", "10.0.0.4", "10.0.0.2"]


def test_two_programs_may_wait_for_the_same_listener_and_each_gets_one_caller():
    def take(host, listener):
        return listener.accept()[1][0]

    def server(host):
        listener = host.create_server(("", PORT))
        host.spawn(take, listener)
        return take(host, listener)

    def client(begins):
        return lambda host: host.sleep(begins) or (host.create_connection(("server", PORT)) and None)

    run = Scenario(server=server, a=client(0), b=client(1)).run()

    assert (run.results["server"], run.results["server/1"]) == ("10.0.0.2", "10.0.0.3")


def test_an_accepted_socket_has_its_listener_s_options():
    """As on Linux; tcp(7) and socket(7) leave it open."""

    def server(host):
        with host.create_server(("", PORT)) as listener:
            listener.setsockopt(host.IPPROTO_TCP, host.TCP_NODELAY, 1)
            connection, _ = listener.accept()
        with connection:
            for octet in b"abc":
                connection.send(bytes([octet]))
            return connection.getsockopt(host.IPPROTO_TCP, host.TCP_NODELAY)

    run = Scenario(server=server, client=calling(hear)).run()

    assert run.results == {"server": 1, "client": b"abc"}
    assert len({sent.at for sent in run.trace.sent if sent.segment.data}) == 1


# ---------------------------------------------------------------- connect


def test_connect_waits_for_one_round_trip():
    run = talk(hear, lambda host, connection: host.now(), delay=0.2)

    assert run.results["client"] == 0.4


def test_connecting_twice_is_eisconn():
    """connect(2), EISCONN."""
    assert talk(hear, lambda host, c: error(c.connect, ("server", PORT))).results["client"] == "EISCONN"


def test_a_listener_cannot_connect():
    """Measured on Linux: EISCONN."""

    def program(host):
        return error(host.create_server(("", PORT)).connect, ("", PORT + 1))

    assert alone(program) == "EISCONN"


def test_connecting_without_waiting_is_in_progress_and_then_already_so():
    """connect(2), EINPROGRESS and EALREADY. Measured on Linux: who asks again hears once that it went well."""

    def client(host):
        made = nonblocking(host)
        said = [error(made.connect, ("server", PORT)), error(made.connect, ("server", PORT))]
        host.sleep(1)
        with made:
            return [*said, *(error(made.connect, ("server", PORT)) for _ in range(3))]

    run = Scenario(server=answering(hear), client=client).run()

    assert run.results["client"] == ["EINPROGRESS", "EALREADY", None, "EISCONN", "EISCONN"]


def test_a_connection_that_is_being_made_can_neither_send_nor_receive_nor_be_shut_down():
    """send(2) and recv(2), EAGAIN; shutdown(2), ENOTCONN."""

    def client(host):
        made = nonblocking(host)
        error(made.connect, ("server", PORT))
        early = error(made.send, b"x"), error(made.recv, 1), error(made.shutdown, host.SHUT_WR), error(made.getpeername)
        host.sleep(1)
        with made:
            return early, error(made.send, b"x"), made.getpeername()

    run = Scenario(server=answering(hear), client=client).run()

    assert run.results["client"] == (("EAGAIN", "EAGAIN", "ENOTCONN", "ENOTCONN"), None, ("10.0.0.1", PORT))
    assert run.results["server"] == b"x"


def test_a_refused_connection_tells_so_once_through_so_error():
    """socket(7), SO_ERROR; connect(2), EINPROGRESS; misconception M65."""

    def client(host):
        made = nonblocking(host)
        error(made.connect, ("server", 1))
        host.sleep(1)
        return [made.getsockopt(host.SOL_SOCKET, host.SO_ERROR) for _ in range(2)], error(made.getpeername)

    run = Scenario(server=idle, client=client).run()

    assert run.results["client"] == ([errno.ECONNREFUSED, 0], "ENOTCONN")


def test_asking_a_refused_connection_again_says_that_it_was_refused():
    """connect(2): EALREADY only while "a previous connection attempt has not yet been completed"; so on Linux."""

    def client(host):
        made = nonblocking(host)
        said = []
        for _ in range(4):
            said.append(error(made.connect, ("server", 1)))
            host.sleep(1)
        return said

    run = Scenario(server=idle, client=client).run()

    assert run.results["client"] == ["EINPROGRESS", "ECONNREFUSED"] * 2


def test_a_refused_connection_whose_error_was_taken_was_aborted_and_may_try_again():
    """Measured on Linux: ECONNABORTED, once SO_ERROR or send() has said why; then it begins anew."""

    def client(host):
        made = nonblocking(host)
        said = [error(made.connect, ("server", 1))]
        host.sleep(1)
        said.append(error(made.send, b"x"))
        return [*said, *(error(made.connect, ("server", 1)) for _ in range(3))]

    run = Scenario(server=idle, client=client).run()

    assert run.results["client"] == ["EINPROGRESS", "ECONNREFUSED", "ECONNABORTED", "EINPROGRESS", "EALREADY"]


def test_a_connection_that_was_reset_is_still_the_sockets_own():
    """Measured on Linux: EISCONN; a new connection needs a new socket."""

    def client(host, connection):
        connection.recv(1)
        return error(connection.recv, 1), error(connection.connect, ("server", PORT))

    def server(host, connection):
        connection.sendall(b"x")
        host.sleep(1)
        connection.setsockopt(host.SOL_SOCKET, host.SO_LINGER, struct.pack("ii", 1, 0))

    assert talk(server, client).results["client"] == ("ECONNRESET", "EISCONN")


def test_a_socket_that_was_refused_may_try_again():
    """As on Linux; connect(2), NOTES, asks portable programs not to."""

    def client(host):
        with host.socket() as made:
            first = error(made.connect, ("server", 1))
            made.connect(("server", PORT))
            made.sendall(b"at last")
        return first

    run = Scenario(server=answering(hear), client=client).run()

    assert run.results == {"server": b"at last", "client": "ECONNREFUSED"}


def test_a_socket_that_is_refused_again_says_so_again():
    def client(host):
        with host.socket() as made:
            return [error(made.connect, ("server", 1)) for _ in range(3)]

    assert Scenario(server=idle, client=client).run().results["client"] == ["ECONNREFUSED"] * 3


def test_a_socket_that_was_refused_once_still_hears_of_a_reset():
    def client(host):
        with host.socket() as made:
            error(made.connect, ("server", 1))
            made.connect(("server", PORT))
            return error(made.recv, 1)

    assert Scenario(server=answering(reset), client=client).run().results["client"] == "ECONNRESET"


def test_connect_ex_gives_the_error_s_number_instead_of_raising_it():
    """The socket module: 0 for success, the errno of what connect(2) says, but other errors are raised."""

    def client(host):
        refused, waiting, slow, lost, good = (host.socket() for _ in range(5))
        waiting.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        slow.settimeout(0.01)
        said = [
            refused.connect_ex(("server", 1)),
            waiting.connect_ex(("server", 1)),
            slow.connect_ex(("server", PORT)),
            good.connect_ex(("server", PORT)),
        ]
        with pytest.raises(standard.gaierror):
            lost.connect_ex(("nowhere", 1))
        slow.close()
        good.close()
        return said

    run = Scenario(server=answering(hear), client=client).run(until=100)

    assert run.results["client"] == [errno.ECONNREFUSED, errno.EINPROGRESS, errno.EAGAIN, 0]


def test_nobody_answers_is_etimedout_after_a_long_time():
    """connect(2), ETIMEDOUT; RFC 9293, section 3.8.3: R2 for a SYN is at least three minutes."""

    def client(host):
        return error(host.create_connection, ("server", PORT)), host.now() >= 180

    run = Scenario(server=answering(idle), client=client, faults=[faults.drop_flags("client", "SYN")]).run()

    assert run.results["client"] == ("ETIMEDOUT", True)


def test_the_same_two_ends_cannot_be_connected_twice():
    """connect(2), EADDRNOTAVAIL; RFC 9293, section 3.4.1: a connection is defined by a pair of sockets."""

    def client(host):
        first, second = host.socket(), host.socket()
        for made in (first, second):
            made.setsockopt(host.SOL_SOCKET, host.SO_REUSEADDR, 1)
            made.bind(("", 5000))
        with first:
            return error(first.connect, ("server", PORT)), error(second.connect, ("server", PORT))

    run = Scenario(server=answering(hear), client=client).run()

    assert run.results["client"] == (None, "EADDRNOTAVAIL")


def test_a_socket_that_calls_itself_is_connected_to_itself():
    """Misconception M15: a simultaneous open with oneself is one connection (RFC 9293, section 3.5, MUST-10)."""

    def program(host):
        with host.socket() as made:
            made.bind(("", 5000))
            made.connect(("", 5000))
            made.sendall(b"echo")
            return made.getsockname() == made.getpeername(), made.recv(10)

    assert alone(program) == (True, b"echo")
