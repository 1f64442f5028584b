"""dup: two socket objects for one open socket, in both worlds as in the socket module (dup(2), open(2))."""

import errno
import socket
import struct

import pytest

from course import Scenario
from course.errors import ProgramFailed
from course.sockets.description import Description
from course.trace.record import which_copy
from tests.real.worlds import LOOPBACK, PORT, WORLDS, accepting, calling, failure, hear, run

every_world = pytest.mark.parametrize("world", WORLDS)
SOON = 0.1  # seconds that a call waits in vain


def heard(connection):
    """What recv() says, an error by the name of its errno."""
    try:
        return connection.recv(100)
    except OSError as error:
        return errno.errorcode.get(error.errno, type(error).__name__)


def closer_and_listener(world, closes):
    """What the other end hears while a client closes: it speaks after each recv(), so that the client can go on."""

    def client(host, connection):
        return closes(host, connection, connection.dup())

    def server(host, connection):
        said = []
        while not said or said[-1] == "TimeoutError":
            connection.settimeout(SOON)
            said.append(heard(connection))
            failure(connection.send, b".")
        return said

    return run(world, server=accepting(server), client=calling(client)).results


# ---------------------------------------------------------------- closing


@every_world
@pytest.mark.parametrize("first", [0, 1])
def test_whichever_is_closed_first_only_the_other_ends_the_connection(world, first):
    """close(2)."""

    def closes(host, *both):
        both[first].close()
        both[1 - first].recv(1)
        both[1 - first].sendall(b"still here")
        both[1 - first].close()

    assert closer_and_listener(world, closes)["server"] == ["TimeoutError", b"still here"]


@every_world
def test_what_is_closed_is_closed_though_the_connection_lives(world):
    def closes(host, connection, copy):
        connection.close()
        connection.close()
        calls = [connection.getpeername, connection.dup, lambda: connection.sendall(b"x"), lambda: connection.recv(1)]
        said = [failure(call) for call in calls]
        return said, copy.recv(1), copy.close()

    assert closer_and_listener(world, closes)["client"] == (["EBADF"] * 4, b".", None)


@every_world
def test_who_waits_at_an_object_that_another_program_closes_gets_nothing_of_what_comes(world):
    def server(host, connection):
        with connection.dup() as copy:
            host.spawn(lambda host: heard(connection))
            host.sleep(SOON)
            connection.close()
            copy.sendall(b"go on")
            return copy.recv(5)

    def client(host, connection):
        connection.recv(5)
        connection.sendall(b"hello")
        connection.recv(1)

    results = run(world, server=accepting(server), client=calling(client)).results
    assert results == {"server": b"hello", "server/1": "EBADF", "client": None}


@every_world
def test_a_copy_of_a_copy_counts_as_well(world):
    def closes(host, connection, copy):
        with copy.dup() as third:
            connection.close()
            copy.close()
            third.recv(1)

    assert closer_and_listener(world, closes)["server"] == ["TimeoutError", b""]


@every_world
def test_a_with_block_closes_one_object(world):
    def closes(host, connection, copy):
        with copy:
            copy.getpeername()
        connection.recv(1)

    assert closer_and_listener(world, closes)["server"] == ["TimeoutError", b""]


@every_world
def test_a_file_holds_the_object_that_it_was_made_of(world):
    """makefile() counts per object: the descriptor of the other is given back at once."""

    def closes(host, connection, copy):
        with connection.makefile("rb") as file:
            connection.close()
            copy.close()
            return file.read(1), failure(copy.recv, 1)

    results = closer_and_listener(world, closes)
    assert results == {"server": ["TimeoutError", b""], "client": (b".", "EBADF")}


@every_world
def test_shutdown_does_not_count(world):
    """shutdown(2)."""

    def closes(host, connection, copy):
        copy.shutdown(host.SHUT_WR)
        said = failure(connection.send, b"x")
        connection.recv(1)
        copy.close()
        return said

    assert closer_and_listener(world, closes) == {"server": [b""], "client": "EPIPE"}


@pytest.mark.parametrize("world", LOOPBACK)
def test_each_has_a_descriptor_of_its_own(world):
    def client(host, connection):
        copy = connection.dup()
        numbers = connection.fileno(), copy.fileno()
        copy.close()
        return numbers[0] != numbers[1], copy.fileno(), connection.fileno() == numbers[0]

    results = run(world, server=accepting(lambda host, c: hear(c)), client=calling(client)).results
    assert results["client"] == (True, -1, True)


def test_only_the_last_close_lingers():
    """socket(7), SO_LINGER."""

    def client(host, connection):
        copy, times = connection.dup(), []
        connection.sendall(b"the end")
        copy.setsockopt(host.SOL_SOCKET, host.SO_LINGER, struct.pack("ii", 1, 60))
        for each in (connection, copy):
            began = host.now()
            each.close()
            times.append(host.now() - began)
        return times

    results = Scenario(server=accepting(lambda host, c: hear(c)), client=calling(client), delay=0.05).run().results
    assert results == {"server": b"the end", "client": [0, pytest.approx(0.1)]}


# ---------------------------------------------------------------- what is shared


@every_world
def test_options_are_shared(world):
    def host(host):
        made = host.socket()
        with made.dup() as copy:
            made.setsockopt(host.IPPROTO_TCP, host.TCP_NODELAY, 1)
            return bool(copy.getsockopt(host.IPPROTO_TCP, host.TCP_NODELAY)), copy.type == made.type

    assert run(world, host=host).results["host"] == (True, True)


@every_world
def test_a_copy_made_before_connecting_is_connected_as_well(world):
    def client(host):
        with host.socket() as made, made.dup() as copy:
            made.connect(("server", PORT))
            copy.sendall(b"hello")
            copy.shutdown(host.SHUT_WR)
            return copy.getsockname() == made.getsockname(), failure(copy.connect, ("server", PORT)), made.recv(9)

    server = accepting(lambda host, c: c.sendall(hear(c).upper()))
    assert run(world, server=server, client=client).results["client"] == (True, "EISCONN", b"HELLO")


@every_world
def test_an_error_is_told_once_to_whoever_asks_first(world):
    """socket(7), SO_ERROR."""

    def server(host, connection):
        connection.recv(1)
        connection.setsockopt(host.SOL_SOCKET, host.SO_LINGER, struct.pack("ii", 1, 0))

    def client(host, connection):
        with connection.dup() as copy:
            connection.send(b".")
            return heard(copy), heard(connection)

    results = run(world, server=accepting(server), client=calling(client)).results
    assert results["client"] == ("ECONNRESET", b"")


@every_world
def test_both_copies_of_a_listener_accept_until_the_last_is_closed(world):
    def server(host):
        listener = host.create_server(("", PORT))
        with listener.dup() as copy:
            first = listener.accept()[0]
            listener.close()
            second = copy.accept()[0]
        host.create_connection(("client", PORT)).close()
        return first.name, second.name

    def client(host):
        done = host.create_server(("", PORT))
        for _ in range(2):
            host.create_connection(("server", PORT))
        done.accept()
        return failure(host.create_connection, ("server", PORT))

    results = run(world, server=server, client=client).results
    assert results == {"server": ("connection 1", "connection 2"), "client": "ECONNREFUSED"}


@every_world
def test_programs_that_wait_at_two_copies_of_a_listener_get_a_caller_each(world):
    def server(host):
        listener = host.create_server(("", PORT))
        for each in (listener, listener.dup()):
            host.spawn(lambda host, each=each: each.accept()[0].close())

    def client(host):
        host.sleep(0.01)
        return [host.create_connection(("server", PORT)).recv(1) for _ in range(2)]

    results = run(world, server=server, client=client).results
    assert results == {"server": None, "server/1": None, "server/2": None, "client": [b"", b""]}


@every_world
def test_select_finds_both_ready(world):
    def server(host, connection):
        with connection.dup() as copy:
            both = [connection, copy]
            ready = host.select(both, [copy])
            return ready == ([], [copy], []), host.select(both)[0] == both, copy.recv(5)

    def client(host, connection):
        host.sleep(SOON)
        connection.sendall(b"hello")

    assert run(world, server=accepting(server), client=calling(client)).results["server"] == (True, True, b"hello")


@every_world
def test_select_knows_which_of_them_is_closed(world):
    def host(host):
        made = host.socket()
        made.dup()
        made.close()
        host.select([made])

    with pytest.raises(ProgramFailed, match="closed socket"):
        run(world, host=host)


@every_world
def test_a_datagram_socket_keeps_its_port_and_its_peer_until_the_last_is_closed(world):
    def server(host):
        bound = host.socket(type=host.SOCK_DGRAM)
        with bound.dup() as copy:
            bound.bind(("", PORT))
            bound.close()
            octets, caller = copy.recvfrom(9)
            copy.sendto(octets.upper(), caller)
            said = failure(host.socket(type=host.SOCK_DGRAM).bind, ("", PORT))
        return said, failure(host.socket(type=host.SOCK_DGRAM).bind, ("", PORT))

    def client(host):
        with host.socket(type=host.SOCK_DGRAM) as made, made.dup() as copy:
            made.connect(("server", PORT))
            copy.send(b"hello")
            return copy.recv(9), copy.getsockname() == made.getsockname(), copy.getpeername()[1]

    results = run(world, server=server, client=client).results
    assert results == {"server": ("EADDRINUSE", None), "client": (b"HELLO", True, PORT)}


# ---------------------------------------------------------------- timeouts


def of_the_library(program):
    """What the program does with a pair of the standard library's sockets: the kernel's word, and Python's."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as made:
        accepted, _ = listener.accept()
        with accepted:
            return program(socket, made)


def own_timeouts(host, connection):
    """A timeout is each object's own; a copy begins with that of its original."""
    connection.settimeout(SOON)
    with connection.dup() as copy:
        copy.settimeout(60)
        with copy.dup() as third:
            return [each.gettimeout() for each in (connection, copy, third)], heard(connection)


def shared_flag(host, connection):
    """A timeout on one sets O_NONBLOCK for both, so that the other, which would wait for ever, does not wait at all."""
    with connection.dup() as copy:
        copy.settimeout(SOON)
        said = [connection.gettimeout(), connection.getblocking(), heard(connection), heard(copy)]
        copy.settimeout(0)
        return [*said, heard(connection), copy.getblocking(), connection.getblocking()]


def blocking_again(host, connection):
    """Whoever has a timeout keeps it when another lets the socket wait."""
    with connection.dup() as copy:
        connection.settimeout(SOON)
        copy.settimeout(None)
        return heard(connection), copy.gettimeout()


def set_by_dup(host, connection):
    """dup() gives the flag to both as the original's timeout has it."""
    connection.settimeout(0)
    with connection.dup() as copy:
        copy.settimeout(None)
        connection.dup().close()
        return heard(copy), copy.gettimeout()


@every_world
@pytest.mark.parametrize("program", [own_timeouts, shared_flag, blocking_again, set_by_dup])
def test_timeouts_are_as_the_standard_library_has_them(world, program):
    results = run(world, server=accepting(lambda host, c: hear(c)), client=calling(program)).results

    assert results["client"] == of_the_library(program)


@every_world
def test_connect_and_accept_and_sendall_do_not_wait_if_the_copy_may_not(world):
    """open(2), O_NONBLOCK; measured with the standard library."""

    def host(host):
        listener, caller = host.create_server(("", PORT)), host.socket()
        with listener.dup() as other, caller.dup() as copy:
            for each in (other, copy):
                each.settimeout(0)
            said = [failure(listener.accept), failure(caller.connect, ("host", PORT))]
            host.sleep(SOON)
            said.append(failure(caller.sendall, bytes(1 << 26)))
            copy.setsockopt(host.SOL_SOCKET, host.SO_LINGER, struct.pack("ii", 1, 0))
        caller.close()
        return said

    assert run(world, host=host).results["host"] == ["EAGAIN", "EINPROGRESS", "EAGAIN"]


@every_world
def test_waiting_for_ever_is_contagious(world):
    """A socket that does not wait does, once its copy may: the flag is the kernel's, and is one for both."""

    def client(host, connection):
        connection.settimeout(0)
        with connection.dup() as copy:
            copy.settimeout(None)
            return connection.gettimeout(), connection.recv(5)

    def server(host, connection):
        host.sleep(SOON)
        connection.sendall(b"hello")

    assert run(world, server=accepting(server), client=calling(client)).results["client"] == (0, b"hello")


def test_a_timeout_of_ones_own_goes_before_the_flag():
    described = Description("socket 1")
    described.settle(0)

    assert [described.patience(timeout) for timeout in (None, 0, 2.5)] == [0, 0, 2.5]


# ---------------------------------------------------------------- the record


@every_world
def test_the_record_says_that_it_is_the_same_connection(world):
    def client(host, connection):
        with connection.dup() as copy, copy.dup() as third:
            third.send(b"hello")

    trace = run(world, server=accepting(lambda host, c: hear(c)), client=calling(client)).trace
    calls = [(called.socket, called.name) for called in trace.calls if called.program == "client"][2:]

    assert calls == [
        ("socket 1", "dup"),
        ("socket 1 (copy 2)", "dup"),
        ("socket 1 (copy 3)", "send"),
        ("socket 1 (copy 3)", "close"),
        ("socket 1 (copy 2)", "close"),
        ("socket 1", "close"),
    ]
    assert [returned.value for returned in trace.returns if returned.called.name == "dup"] == [
        "socket 1 (copy 2)",
        "socket 1 (copy 3)",
    ]


def test_a_name_tells_whose_copy_it_is():
    assert which_copy("connection 2 (copy 3)") == ("connection 2", "copy 3")
    assert which_copy("connection 2") == ("connection 2", "")
    assert which_copy(None) == ("", "")


@every_world
def test_the_end_of_a_run_closes_what_has_copies(world):
    def leave(host, connection):
        connection.dup()
        copy = connection.dup()
        connection.close()
        return copy.name

    results = run(world, server=accepting(lambda host, c: host.sleep(SOON)), client=calling(leave)).results
    assert results["client"] == "socket 1 (copy 3)"
