"""bind, getsockname and getpeername: who has which address and port, and who may not have it."""

import pytest

from course import Scenario, TcpParameters
from tests.talk import PORT, alone, calling, error, hear, idle, say, talk

# ---------------------------------------------------------------- names


def test_a_connection_in_time_wait_has_no_peer_any_more():
    """getpeername(2) and shutdown(2), ENOTCONN. Measured on Linux, where TIME-WAIT needs no socket."""

    def client(host, connection):
        connection.shutdown(host.SHUT_WR)
        heard = connection.recv(1)
        return heard, error(connection.getpeername), error(connection.shutdown, host.SHUT_RD)

    assert talk(hear, client).results["client"] == (b"", "ENOTCONN", "ENOTCONN")


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
