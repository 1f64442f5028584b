"""select(2) in both worlds: who is ready, and for what; sendmsg() and recvmsg() besides."""

import io
import os

import pytest

from course import Scenario
from course.errors import DeadlineExceeded, ProgramFailed
from tests.real.worlds import LOOPBACK, PORT, WORLDS, accepting, calling, failure, hear, run

pytestmark = pytest.mark.parametrize("world", WORLDS)


def results(world, **programs):
    return run(world, **programs).results


def test_a_listener_is_ready_to_read_when_a_caller_waits(world):
    def server(host):
        with host.create_server(("", PORT)) as listener:
            early = host.select([listener], [listener], [], 0)
            ready = host.select([listener], [listener])
            listener.setblocking(False)  # noqa: FBT003 - the socket module's own signature
            listener.accept()
            return early, ready == ([listener], [], [])

    heard = results(world, server=server, client=calling(lambda host, connection: None))
    assert heard["server"] == (([], [], []), True)


def test_a_connection_is_ready_to_write_at_once_and_to_read_when_octets_arrive(world):
    def client(host, connection):
        fresh = host.select([connection], [connection])
        connection.sendall(b"hello")
        heard = host.select([connection])
        return fresh == ([], [connection], []), heard == ([connection], [], []), connection.recv(100)

    def server(host, connection):
        connection.sendall(connection.recv(100))
        connection.recv(1)

    assert results(world, server=accepting(server), client=calling(client))["client"] == (True, True, b"hello")


def test_the_end_of_the_stream_is_ready_to_read(world):
    def client(host, connection):
        return host.select([connection])[0] == [connection], connection.recv(1)

    heard = results(world, server=accepting(lambda host, connection: None), client=calling(client))
    assert heard["client"] == (True, b"")


def test_a_reset_is_ready_to_read_and_to_write(world):
    def client(host, connection):
        connection.sendall(b"unread")
        host.select([connection])
        ready = host.select([connection], [connection])
        return ready == ([connection], [connection], []), failure(connection.recv, 1)

    def server(host, connection):
        host.select([connection])

    heard = results(world, server=accepting(server), client=calling(client))
    assert heard["client"] == (True, "ECONNRESET")


def test_a_full_buffer_is_not_ready_to_write_until_the_peer_reads(world):
    def client(host, connection):
        connection.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        while host.select([], [connection], [], 0.1)[1]:
            failure(connection.send, bytes(65536))
        told.append("read")
        return host.select([], [connection]) == ([], [connection], [])

    def server(host, connection):
        while not told:
            host.sleep(0.01)
        hear(connection)

    told = []
    assert results(world, server=accepting(server), client=calling(client))["client"] is True


def test_a_call_that_is_under_way_is_ready_to_write_when_it_is_answered(world):
    """connect(2), EINPROGRESS."""

    def client(host):
        connection = host.socket()
        connection.settimeout(0)
        begun = failure(connection.connect, ("server", PORT))
        ready = host.select([], [connection])
        with connection:
            return begun, ready == ([], [connection], []), connection.getsockopt(host.SOL_SOCKET, host.SO_ERROR)

    heard = results(world, server=accepting(lambda host, connection: connection.recv(1)), client=client)
    assert heard["client"] == ("EINPROGRESS", True, 0)


def test_a_call_that_is_refused_is_ready_and_so_error_says_why(world):
    def client(host):
        connection = host.socket()
        connection.settimeout(0)
        failure(connection.connect, ("server", PORT))
        ready = host.select([], [connection], [], 5)
        return ready == ([], [connection], []), connection.getsockopt(host.SOL_SOCKET, host.SO_ERROR) != 0

    assert results(world, server=lambda host: None, client=client)["client"] == (True, True)


def test_a_fresh_socket_is_ready_as_its_calls_fail_at_once(world):
    def host(host):
        fresh = host.socket()
        return host.select([fresh], [fresh], [], 0) == ([fresh], [fresh], [])

    assert results(world, host=host)["host"] is True


def test_whoever_has_shut_down_is_ready(world):
    def client(host, connection):
        connection.shutdown(host.SHUT_RDWR)
        return host.select([connection], [connection], [], 5) == ([connection], [connection], [])

    heard = results(world, server=accepting(lambda host, connection: connection.recv(1)), client=calling(client))
    assert heard["client"] is True


def test_nobody_is_ready_when_the_time_is_up(world):
    def server(host, connection):
        begun = host.now()
        ready = host.select([connection], [], [], 0.05)
        connection.close()
        return ready, host.now() - begun >= 0.05

    heard = results(world, server=accepting(server), client=calling(lambda host, connection: connection.recv(1)))
    assert heard["server"] == (([], [], []), True)


def test_the_one_that_something_happens_to_is_told_of(world):
    def server(host):
        with host.create_server(("", PORT)) as listener:
            both = [listener.accept()[0] for _ in "ab"]
            ready, _, _ = host.select(both)
            heard = [each.recv(100) for each in ready]
            for each in both:
                each.close()
            return heard

    def speaks(host, connection):
        host.sleep(0.05)
        connection.sendall(b"hello")
        connection.recv(1)

    heard = results(world, server=server, a=calling(lambda host, connection: connection.recv(1)), b=calling(speaks))
    assert heard["server"] == [b"hello"]


def test_a_server_that_selects_among_listeners_may_wait_when_the_run_ends(world):
    def server(host):
        listeners = [host.create_server(("", PORT)), host.create_server(("", PORT + 1))]
        while True:
            for ready in host.select(listeners)[0]:
                ready.accept()[0].close()

    heard = results(world, server=server, client=calling(lambda host, connection: connection.recv(1)))
    assert heard == {"client": b""}


def test_a_closed_socket_is_no_socket_to_wait_for(world):
    def host(host):
        closed = host.socket()
        closed.close()
        host.select([closed])

    with pytest.raises(ProgramFailed, match="closed socket"):
        run(world, host=host)


def test_a_time_before_now_is_refused(world):
    with pytest.raises(ProgramFailed, match="non-negative"):
        run(world, host=lambda host: host.select([host.socket()], [], [], -1))


def test_descriptors_are_for_the_kernel_only(world):
    def host(host):
        reading, writing = os.pipe()
        try:
            ready = host.select([reading], [writing], [], 0)
        finally:
            os.close(reading)
            os.close(writing)
        return ready == ([], [writing], [])

    heard = results(world, host=host)["host"]
    assert isinstance(heard, io.UnsupportedOperation) if world == "simulated" else heard is True


def test_the_record_names_who_was_waited_for(world):
    def server(host):
        with host.create_server(("", PORT)) as listener:
            host.select([listener])

    trace = run(world, server=server, client=calling(lambda host, connection: None)).trace
    assert "select([socket 1], [])" in str(trace)
    assert "select() → [socket 1], []" in str(trace)


def test_sendmsg_gathers_and_recvmsg_tells_that_nothing_came_beside(world):
    def server(host, connection):
        return connection.recvmsg(100), connection.recvmsg(100)[0]

    def client(host, connection):
        return connection.sendmsg([b"he", bytearray(b"l"), memoryview(b"lo")])

    heard = results(world, server=accepting(server), client=calling(client))
    assert heard == {"server": ((b"hello", [], 0, None), b""), "client": 5}


def test_nothing_travels_beside_the_octets(world):
    def client(host, connection):
        return failure(connection.sendmsg, [b"hello"], [(1, 1, b"")])

    heard = results(world, server=accepting(lambda host, connection: connection.recv(1)), client=calling(client))
    assert heard["client"] == "EINVAL"


def test_a_select_that_waits_for_ever_ends_with_the_run(world):
    def waits(host, connection):
        host.select([connection])

    if world in LOOPBACK:
        with pytest.raises(DeadlineExceeded, match=r"select\(\[connection 1\]"):
            run(world, deadline=0.2, server=accepting(waits), client=calling(lambda host, connection: host.sleep(9)))
        return
    heard = Scenario(server=accepting(waits), client=calling(lambda host, connection: host.sleep(9))).run()
    assert heard.results == {"server": None, "client": None}
