"""The same programs with the same results: imagined, on the kernel, and on a kernel with one loopback address."""

import struct

import pytest

from course.apps import echo, http
from tests.real.worlds import PORT, WORLDS, accepting, calling, failure, hear, run, wait_until

pytestmark = pytest.mark.parametrize("world", WORLDS)


def results(world, **programs):
    return run(world, **programs).results


# ------------------------------------------------ opening


def test_echo(world):
    assert results(world, server=echo.server, client=echo.client) == {"server": None, "client": b"hello"}


def test_a_port_where_nobody_listens_refuses(world):
    def client(host):
        return failure(host.create_connection, ("server", PORT))

    assert results(world, server=lambda host: None, client=client)["client"] == "ECONNREFUSED"


def test_a_port_that_was_just_closed_refuses(world):
    def server(host):
        host.create_server(("", PORT)).close()

    def client(host):
        host.create_connection(("server", PORT))

    assert isinstance(results(world, server=server, client=client)["client"], ConnectionRefusedError)


def test_a_refused_socket_tells_so_error_once(world):
    def client(host):
        connection = host.socket()
        connection.settimeout(0)
        begun = failure(connection.connect, ("server", PORT))
        host.sleep(0.05)
        return begun, [connection.getsockopt(host.SOL_SOCKET, host.SO_ERROR) != 0 for _ in range(2)]

    assert results(world, server=lambda host: None, client=client)["client"] == ("EINPROGRESS", [True, False])


def test_connect_and_send_need_no_accept(world):
    done = []

    def server(host):
        listener = host.create_server(("", PORT))
        wait_until(host, lambda: done)
        done.append("server accepts")
        connection, _ = listener.accept()
        return connection.recv(100)

    def client(host):
        host.create_connection(("server", PORT)).send(b"hello")
        done.append("client has sent")

    assert results(world, server=server, client=client)["server"] == b"hello"
    assert done == ["client has sent", "server accepts"]


def test_both_ends_agree_about_their_names(world):
    def server(host):
        with host.create_server(("", PORT)) as listener:
            connection, peer = listener.accept()
            names = connection.getsockname(), connection.getpeername()
            return names, peer == names[1], listener.getsockname() == names[0] == (host.address, PORT)

    def client(host):
        with host.create_connection(("server", PORT)) as connection:
            names = connection.getpeername(), connection.getsockname()
            return names, names[0] == (host.gethostbyname("server"), PORT), names[1][0] == host.address

    heard = results(world, server=server, client=client)
    assert heard["server"] == heard["client"]
    assert heard["client"][1:] == (True, True)


def test_a_client_may_bind_its_port(world):
    def server(host, connection):
        return connection.getpeername()[1]

    def client(host):
        host.create_connection(("server", PORT), source_address=("", 7001))

    assert results(world, server=accepting(server), client=client)["server"] == 7001


def test_a_listener_that_was_not_bound_gets_a_port_of_its_host(world):
    ports = []

    def server(host):
        listener = host.socket()
        listener.listen()
        ports.append(listener.getsockname()[1])
        listener.accept()
        return listener.getsockname()[0] == host.address

    def client(host):
        host.create_connection(("server", ports[0]))

    assert results(world, server=server, client=client) == {"server": True, "client": None}


def test_non_blocking_calls_do_not_wait(world):
    done = []

    def server(host):
        listener = host.create_server(("", PORT))
        listener.settimeout(0)
        early = failure(listener.accept)
        wait_until(host, lambda: done)
        connection, _ = listener.accept()
        connection.settimeout(0)
        return early, failure(connection.recv, 1)

    def client(host):
        connection = host.socket()
        connection.settimeout(0)
        begun = failure(connection.connect, ("server", PORT))
        host.sleep(0.1)
        done.append("connected")
        return begun, connection.getsockopt(host.SOL_SOCKET, host.SO_ERROR)

    assert results(world, server=server, client=client) == {
        "server": ("EAGAIN", "EAGAIN"),
        "client": ("EINPROGRESS", 0),
    }


# ------------------------------------------------ octets


def test_many_octets_arrive_in_order(world):
    octets = bytes(range(256)) * 1024

    def server(host, connection):
        return hear(connection) == octets

    assert results(world, server=accepting(server), client=calling(lambda host, c: c.sendall(octets)))["server"]


def test_octets_can_be_looked_at_before_they_are_taken(world):
    def server(host, connection):
        return connection.recv(100, host.MSG_PEEK), connection.recv(2), connection.recv(100)

    expected = (b"hello", b"he", b"llo")
    assert results(world, server=accepting(server), client=calling(lambda h, c: c.send(b"hello")))["server"] == expected


def test_a_recv_that_takes_too_long_times_out(world):
    def client(host, connection):
        connection.settimeout(0.05)
        connection.recv(1)

    def server(host, connection):
        hear(connection)

    assert type(results(world, server=accepting(server), client=calling(client))["client"]) is TimeoutError


def test_an_accept_that_takes_too_long_times_out(world):
    def server(host):
        with host.create_server(("", PORT)) as listener:
            listener.settimeout(0.05)
            listener.accept()

    assert type(results(world, server=server)["server"]) is TimeoutError


def test_a_send_to_a_peer_that_does_not_read_times_out(world):
    def client(host, connection):
        connection.settimeout(0.1)
        try:
            connection.sendall(bytes(50_000_000))
        finally:
            done.append("client")

    def server(host, connection):
        wait_until(host, lambda: done)

    done = []
    assert type(results(world, server=accepting(server), client=calling(client))["client"]) is TimeoutError


# ------------------------------------------------ closing


def test_who_has_shut_down_can_still_hear(world):
    def server(host, connection):
        connection.sendall(hear(connection).upper())

    def client(host, connection):
        connection.sendall(b"hello")
        connection.shutdown(host.SHUT_WR)
        return hear(connection)

    assert results(world, server=accepting(server), client=calling(client))["client"] == b"HELLO"


def test_closing_with_octets_unread_resets_the_connection(world):
    def server(host, connection):
        return connection.recv(1)

    def client(host, connection):
        connection.sendall(b"hello")
        return connection.recv(1)

    assert isinstance(results(world, server=accepting(server), client=calling(client))["client"], ConnectionResetError)


def test_sending_to_a_peer_that_has_closed_fails_by_the_third_time(world):
    def client(host, connection):
        assert connection.recv(1) == b""
        for _ in range(3):
            connection.send(b"hello")
            host.sleep(0.05)

    ended = results(world, server=accepting(lambda host, connection: None), client=calling(client))
    assert isinstance(ended["client"], BrokenPipeError)


def test_so_linger_for_no_time_aborts(world):
    def client(host, connection):
        connection.setsockopt(host.SOL_SOCKET, host.SO_LINGER, struct.pack("ii", 1, 0))

    def server(host, connection):
        return connection.recv(1)

    assert isinstance(results(world, server=accepting(server), client=calling(client))["server"], ConnectionResetError)


def test_a_live_makefile_keeps_the_connection_open(world):
    def client(host):
        connection = host.create_connection(("server", PORT))
        file = connection.makefile("rb")
        connection.close()
        wait_until(host, lambda: done)
        file.close()

    def server(host, connection):
        connection.settimeout(0.1)
        done.append(failure(connection.recv, 1))
        connection.settimeout(5)
        return connection.recv(1)

    done = []
    assert results(world, server=accepting(server), client=client)["server"] == b""
    assert done == ["TimeoutError"]


def test_a_socket_outlives_the_program_that_made_it(world):
    def client(host):
        host.create_connection(("server", PORT)).sendall(b"hello")

    def server(host, connection):
        connection.settimeout(0.2)
        return connection.recv(100), failure(connection.recv, 100)

    assert results(world, server=accepting(server), client=client)["server"] == (b"hello", "TimeoutError")


# ------------------------------------------------ errors

BROKEN = {
    "recv on a fresh socket": (lambda host, fresh: fresh.recv(1), "ENOTCONN"),
    "getpeername of a fresh socket": (lambda host, fresh: fresh.getpeername(), "ENOTCONN"),
    "shutdown of a fresh socket": (lambda host, fresh: fresh.shutdown(host.SHUT_WR), "ENOTCONN"),
    "send on a fresh socket": (lambda host, fresh: fresh.send(b"hello"), "EPIPE"),
    "accept without listen": (lambda host, fresh: fresh.accept(), "EINVAL"),
    "bind twice": (lambda host, fresh: [fresh.bind(("", 7001)), fresh.bind(("", 7002))], "EINVAL"),
    "a taken port": (lambda host, fresh: [host.create_server(("", 7003)), fresh.bind(("", 7003))], "EADDRINUSE"),
    "two listeners": (lambda host, fresh: [host.create_server(("", 7004)) for _ in "ab"], "EADDRINUSE"),
    "another host's address": (lambda host, fresh: fresh.bind(("other", 7005)), "EADDRNOTAVAIL"),
    "a closed socket": (lambda host, fresh: [fresh.close(), fresh.recv(1)], "EBADF"),
    "connecting twice": (lambda host, fresh: [fresh.connect(("other", PORT)) for _ in "ab"], "EISCONN"),
    "listening when connected": (lambda host, fresh: [fresh.connect(("other", PORT)), fresh.listen()], "EINVAL"),
    "connecting a listener": (lambda host, fresh: [fresh.listen(), fresh.connect(("other", PORT))], "EISCONN"),
    "an unknown option": (lambda host, fresh: fresh.setsockopt(host.SOL_SOCKET, 9999, 1), "ENOPROTOOPT"),
    "another family": (lambda host, fresh: host.socket(9999), "EAFNOSUPPORT"),
    "another protocol": (lambda host, fresh: host.socket(proto=17), "EPROTONOSUPPORT"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_cannot_be_done_fails_with_the_same_errno(world, what):
    broken, expected = BROKEN[what]

    def other(host):
        host.create_server(("", PORT)).accept()

    assert results(world, other=other, host=lambda host: failure(broken, host, host.socket()))["host"] == expected


@pytest.mark.parametrize("address", [("nowhere", PORT), ("localhost", PORT), ("127.1", PORT)])
def test_only_hosts_of_the_scenario_have_names(world, address):
    def host(host):
        return failure(host.socket().connect, address)

    assert results(world, host=host)["host"] in ("gaierror", "EAI_NONAME", "ENOEXEC")


@pytest.mark.parametrize(
    ("address", "error"), [("server", TypeError), (("server", "http"), TypeError), (("", 70_000), OverflowError)]
)
def test_what_is_no_address_is_a_mistake_of_the_program(world, address, error):
    told = []

    def host(host):
        with pytest.raises(error):
            host.socket().connect(address)
        told.append(address)

    run(world, host=host)
    assert told == [address]


# ------------------------------------------------ several programs


def test_http(world):
    pages = results(world, server=http.server, client=http.client)["client"]

    assert [(status, len(page)) for status, page in pages] == [(200, 16), (200, 5000), (404, 20)]


def test_a_server_serves_several_clients_by_programs_of_its_own(world):
    def serve(host, connection):
        with connection:
            connection.sendall(hear(connection).upper())
        return "served"

    def server(host):
        with host.create_server(("", PORT)) as listener:
            return [host.spawn(serve, listener.accept()[0]) for _ in range(3)]

    def client(word):
        def talk(host, connection):
            connection.sendall(word)
            connection.shutdown(host.SHUT_WR)
            return hear(connection)

        return calling(talk)

    heard = results(world, server=server, a=client(b"a"), b=client(b"b"), c=client(b"c"))
    assert (heard["a"], heard["b"], heard["c"]) == (b"A", b"B", b"C")
    assert heard["server"] == ["server/1", "server/2", "server/3"]
    assert {heard[name] for name in heard["server"]} == {"served"}


def test_a_server_may_wait_for_callers_when_the_run_ends(world):
    def server(host):
        with host.create_server(("", PORT)) as listener:
            while True:
                listener.accept()[0].close()

    heard = results(world, server=server, client=calling(lambda host, connection: connection.recv(1)))
    assert heard == {"client": b""}


def test_programs_begin_in_order_each_when_the_one_before_waits_or_returns(world):
    begun = []

    def waits(host):
        begun.append(host.name)
        host.sleep(0.05)

    def returns(host):
        begun.append(host.name)

    run(world, first=waits, second=returns, third=waits, fourth=returns)
    assert begun == ["first", "second", "third", "fourth"]


def test_a_spawned_program_begins_once_its_parent_waits(world):
    told = []

    def parent(host):
        host.spawn(lambda host: told.append("child"))
        told.append("parent")
        host.sleep(0.05)

    run(world, parent=parent)
    assert told == ["parent", "child"]


# ------------------------------------------------ the record


def test_the_calls_of_each_program_are_the_same(world):
    trace = run(world, server=echo.server, client=echo.client).trace
    calls = {host: [called.name for called in trace.calls if called.host == host] for host in trace.hosts}

    assert calls["server"][:5] == ["socket", "setsockopt", "bind", "listen", "accept"]
    assert calls["server"][-2:] == ["close", "close"]
    assert calls["client"] == ["socket", "connect", "sendall", "recv", "close"]
    assert sorted(called.number for called in trace.calls) == list(range(1, len(trace.calls) + 1))


def test_the_moment_until_is_no_error(world):
    def server(host):
        host.create_server(("", PORT))
        host.sleep(3600)

    def client(host):
        host.create_connection(("server", PORT)).send(b"hello")
        host.sleep(3600)

    looked = run(world, until=1.5, server=server, client=client)
    states = [(row.end, row.peer, str(row.state)) for row in looked.trace.states()]
    assert looked.results == {}
    assert states == [
        ("server 7000", None, "LISTEN"),
        ("server 7000", "client", "ESTABLISHED"),
        ("client", "server 7000", "ESTABLISHED"),
    ]
