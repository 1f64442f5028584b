"""bind, listen, accept, connect: what they do, and with which errno they refuse."""

import errno
import socket as standard

import pytest

from course import Scenario, TcpParameters, faults
from tests.talk import PORT, alone, answering, calling, error, hear, idle, say, talk


def nonblocking(host):
    """A fresh socket that does not wait."""
    made = host.socket()
    made.setblocking(False)  # noqa: FBT003 - the socket module's own signature
    return made


def ended(connection):
    connection.close()
    return connection


# ---------------------------------------------------------------- names


def test_a_fresh_socket_has_no_name_and_no_peer():
    """getsockname(2), getpeername(2), ENOTCONN."""

    def program(host):
        made = host.socket()
        return made.getsockname(), error(made.getpeername)

    assert alone(program) == (("0.0.0.0", 0), "ENOTCONN")


def test_bind_names_the_local_end():
    def program(host):
        by_nobody, by_name, by_address, any_port = (host.socket() for _ in range(4))
        by_nobody.bind(("", 1111))
        by_name.bind(("host", 2222))
        by_address.bind(("10.0.0.1", 3333))
        any_port.bind(("", 0))
        return [made.getsockname() for made in (by_nobody, by_name, by_address, any_port)]

    assert alone(program) == [("10.0.0.1", port) for port in (1111, 2222, 3333, 49152)]


def test_bind_to_any_address_is_allowed():
    """ip(7): INADDR_ANY."""
    assert alone(lambda host: error(host.socket().bind, ("0.0.0.0", PORT))) is None


def test_bind_twice_is_einval():
    """bind(2), EINVAL: "The socket is already bound to an address"."""

    def program(host):
        made = host.socket()
        made.bind(("", PORT))
        return error(made.bind, ("", PORT + 1))

    assert alone(program) == "EINVAL"


def test_bind_to_another_host_s_address_is_eaddrnotavail():
    """bind(2), EADDRNOTAVAIL."""
    run = Scenario(a=lambda host: error(host.socket().bind, ("b", PORT)), b=idle).run()

    assert run.results["a"] == "EADDRNOTAVAIL"


def test_connecting_names_both_ends():
    """Misconception M08: accept() gives no new local port; the two ends are one another's peers."""

    def names(host, connection):
        return connection.getsockname(), connection.getpeername()

    run = talk(names, names)

    assert run.results["client"] == (("10.0.0.2", 49152), ("10.0.0.1", PORT))
    assert run.results["server"] == (("10.0.0.1", PORT), ("10.0.0.2", 49152))


def test_accept_tells_who_called():
    def server(host):
        return host.create_server(("", PORT)).accept()[1]

    run = Scenario(server=server, client=lambda host: host.create_connection(("server", PORT)) and None).run()

    assert run.results["server"] == ("10.0.0.2", 49152)


# ---------------------------------------------------------------- ports


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("second", [False, True])
def test_an_active_listener_s_port_is_in_use_whoever_sets_reuseaddr(first, second):
    """Misconception M58; socket(7), SO_REUSEADDR; bind(2), EADDRINUSE."""

    def program(host):
        listener, other = host.socket(), host.socket()
        listener.setsockopt(host.SOL_SOCKET, host.SO_REUSEADDR, first)
        listener.bind(("", PORT))
        listener.listen()
        other.setsockopt(host.SOL_SOCKET, host.SO_REUSEADDR, second)
        return error(other.bind, ("", PORT))

    assert alone(program) == "EADDRINUSE"


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("second", [False, True])
def test_with_only_time_wait_left_the_port_is_free_if_both_set_reuseaddr(first, second):
    """Misconception M58, measured on Linux; socket(7), SO_REUSEADDR."""

    def server(host):
        with host.socket() as listener:
            listener.setsockopt(host.SOL_SOCKET, host.SO_REUSEADDR, first)
            listener.bind(("", PORT))
            listener.listen()
            listener.accept()[0].close()  # we close first: TIME-WAIT is ours
        host.sleep(1)
        other = host.socket()
        other.setsockopt(host.SOL_SOCKET, host.SO_REUSEADDR, second)
        return error(other.bind, ("", PORT))

    run = Scenario(server=server, client=calling(hear)).run()

    assert run.results["server"] == (None if first and second else "EADDRINUSE")


def test_after_time_wait_the_port_is_free_for_anybody():
    """RFC 9293, section 3.6.1: two MSL later nothing is left."""

    def server(host):
        with host.create_server(("", PORT)) as listener:
            listener.accept()[0].close()
        host.sleep(61)
        return error(host.socket().bind, ("", PORT))

    run = Scenario(server=server, client=calling(hear), tcp=TcpParameters(msl=30)).run()

    assert run.results["server"] is None


def test_two_that_both_set_reuseaddr_may_bind_but_only_one_may_listen():
    """Misconception M58, measured on Linux; listen(2), EADDRINUSE."""

    def program(host):
        first, second = host.socket(), host.socket()
        for made in (first, second):
            made.setsockopt(host.SOL_SOCKET, host.SO_REUSEADDR, 1)
            made.bind(("", PORT))
        return error(first.listen), error(second.listen)

    assert alone(program) == (None, "EADDRINUSE")


def test_a_port_is_free_again_when_its_socket_is_closed():
    def program(host):
        first, second = host.socket(), host.socket()
        first.bind(("", PORT))
        before = error(second.bind, ("", PORT))
        first.close()
        return before, error(second.bind, ("", PORT))

    assert alone(program) == ("EADDRINUSE", None)


def test_an_accepted_connection_outlives_its_listener_and_keeps_the_port():
    def server(host):
        with host.create_server(("", PORT)) as listener:
            connection, _ = listener.accept()
        plain, sharing = host.socket(), host.socket()
        sharing.setsockopt(host.SOL_SOCKET, host.SO_REUSEADDR, 1)
        refused = error(plain.bind, ("", PORT))
        with connection:
            return refused, error(sharing.bind, ("", PORT)), hear(host, connection)

    run = Scenario(server=server, client=calling(say(b"hello"))).run()

    assert run.results["server"] == ("EADDRINUSE", None, b"hello")


# ---------------------------------------------------------------- listen and accept


def test_listen_without_bind_takes_any_free_port():
    """kernel.md: listen() without bind() gets an ephemeral port."""

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
    """connect(2), EINPROGRESS and EALREADY."""

    def client(host):
        made = nonblocking(host)
        said = [error(made.connect, ("server", PORT)), error(made.connect, ("server", PORT))]
        host.sleep(1)
        with made:
            return [*said, error(made.connect, ("server", PORT)), made.getsockopt(host.SOL_SOCKET, host.SO_ERROR)]

    run = Scenario(server=answering(hear), client=client).run()

    assert run.results["client"] == ["EINPROGRESS", "EALREADY", "EISCONN", 0]


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
    def serve(host, connection):
        connection.setsockopt(host.SOL_SOCKET, host.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    def client(host):
        with host.socket() as made:
            error(made.connect, ("server", 1))
            made.connect(("server", PORT))
            return error(made.recv, 1)

    assert Scenario(server=answering(serve), client=client).run().results["client"] == "ECONNRESET"


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
    """Each man page's ERRORS: "sockfd is not a valid file descriptor"."""

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
