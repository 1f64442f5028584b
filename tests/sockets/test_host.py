"""What a program is given: the socket module's own vocabulary, create_server(), create_connection(), and a clock."""

import socket as standard

import pytest

from course import Scenario
from course.errors import ProgramFailed
from course.sockets.host import Host
from tests.talk import PORT, alone, answering, calling, error, hear, idle, say, talk

CONSTANTS = [name for name in vars(Host) if name.isupper()]


def called(run, program):
    """(name, arguments) of each call of that program."""
    return [(call.name, call.arguments) for call in run.trace.calls if call.program == program]


@pytest.mark.parametrize("name", CONSTANTS)
def test_a_host_has_the_socket_module_s_constants(name):
    assert getattr(Host, name) == getattr(standard, name, getattr(Host, name))


def test_a_host_has_the_constants_that_the_chapters_use():
    needed = "AF_INET SOCK_STREAM SOL_SOCKET SO_REUSEADDR SO_KEEPALIVE SO_LINGER SO_ERROR TCP_NODELAY MSG_PEEK SHUT_WR"

    assert set(needed.split()) <= set(CONSTANTS)


def test_the_socket_module_s_names_for_errors_are_there():
    assert Host.timeout is standard.timeout
    assert Host.error is standard.error


def test_a_host_says_who_it_is():
    assert alone(lambda host: (repr(host), host.name, host.address)) == ("<host host, 10.0.0.1>", "host", "10.0.0.1")


# ---------------------------------------------------------------- create_server


def test_create_server_is_socket_setsockopt_bind_and_listen():
    """The record unfolds it."""
    run = Scenario(host=lambda host: host.create_server(("", PORT), backlog=7) and None).run()

    assert [(name, str(arguments)) for name, arguments in called(run, "host")] == [
        ("socket", "()"),
        ("setsockopt", "(SOL_SOCKET, SO_REUSEADDR, 1)"),
        ("bind", f"(('', {PORT}),)"),
        ("listen", "(7,)"),
    ]


def test_a_server_listens_on_its_host_s_own_address():
    """An empty address means the host's own, in both worlds."""

    def program(host):
        with host.create_server(("", PORT)) as listener:
            return listener.getsockname(), listener.getsockopt(host.SOL_SOCKET, host.SO_REUSEADDR)

    assert alone(program) == (("10.0.0.1", PORT), 1)


def test_a_server_that_cannot_listen_leaves_no_socket_behind():
    def program(host):
        with host.create_server(("", PORT)):
            assert error(host.create_server, ("", PORT)) == "EADDRINUSE"
        host.create_server(("", PORT))

    run = Scenario(host=program).run()

    assert [name for name, _ in called(run, "host")].count("close") == 2


def test_create_server_does_not_share_ports_between_listeners():
    """SO_REUSEPORT is not simulated; who asks for it is told at once, as where the system has none."""
    with pytest.raises(ProgramFailed, match="reuse_port is not supported") as failed:
        Scenario(host=lambda host: host.create_server(("", PORT), reuse_port=True)).run()

    assert isinstance(failed.value.__cause__, ValueError)


# ---------------------------------------------------------------- create_connection


def test_create_connection_is_socket_and_connect():
    run = Scenario(server=answering(hear), client=calling(idle)).run()

    assert called(run, "client") == [("socket", ()), ("connect", (("server", PORT),)), ("close", ())]


def test_create_connection_can_begin_at_an_address_of_ones_own():
    def client(host):
        with host.create_connection(("server", PORT), source_address=("", 5555)) as connection:
            return connection.getsockname()

    run = Scenario(server=answering(hear), client=client).run()

    assert run.results["client"] == ("10.0.0.2", 5555)
    assert [name for name, _ in called(run, "client")] == ["socket", "bind", "connect", "getsockname", "close"]


def test_create_connection_s_timeout_holds_for_connecting():
    def client(host):
        return error(lambda: host.create_connection(("10.9.9.9", PORT), timeout=0.5)), host.now()

    run = Scenario(client=client).run()

    assert run.results["client"] == ("TimeoutError", 0.5)
    assert called(run, "client")[-1][0] == "close"


def test_create_connection_s_timeout_holds_for_all_that_follows():
    def client(host):
        with host.create_connection(("server", PORT), timeout=0.5) as connection:
            return connection.gettimeout(), error(connection.recv, 1), host.now()

    run = Scenario(server=answering(hear), client=client).run()

    assert run.results["client"] == (0.5, "TimeoutError", pytest.approx(0.6))


def test_without_a_timeout_a_connection_waits_for_ever():
    run = Scenario(server=answering(hear), client=calling(lambda host, connection: connection.gettimeout())).run()

    assert run.results["client"] is None


def test_a_connection_that_is_refused_leaves_no_socket_behind():
    def client(host):
        return [error(host.create_connection, ("server", 1)) for _ in range(2)]

    run = Scenario(server=idle, client=client).run()

    assert run.results["client"] == ["ECONNREFUSED"] * 2
    assert [name for name, _ in called(run, "client")] == ["socket", "connect", "close"] * 2


# ---------------------------------------------------------------- time and names


def test_now_is_the_time_since_the_run_began():
    def program(host):
        first = host.now()
        host.sleep(1.5)
        return first, host.now()

    assert alone(program) == (0.0, 1.5)


def test_sockets_and_connections_are_numbered_on_their_host():
    """So that the record can name them: a simulated socket has no descriptor."""

    def client(host):
        names = []
        for _ in range(2):
            with host.create_connection(("server", PORT)) as connection:
                names.append(connection.name)
        return names

    def server(host):
        with host.create_server(("", PORT)) as listener:
            return [listener.name, *[listener.accept()[0].name for _ in range(2)]]

    run = Scenario(server=server, client=client).run(until=10)

    assert run.results == {"server": ["socket 1", "connection 1", "connection 2"], "client": ["socket 1", "socket 2"]}


def test_the_same_programs_may_run_on_other_hosts():
    """A program knows its host only by what it is given."""
    pair = {"server": answering(hear), "client": calling(say(b"hello"))}

    assert Scenario(**pair).run().results["server"] == talk(hear, say(b"hello")).results["server"] == b"hello"
