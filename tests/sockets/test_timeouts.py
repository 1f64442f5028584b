"""Timeouts: how long a call may wait, and that nothing else comes of it."""

import pytest

from course import Scenario, TcpParameters
from course.sim.network import Limits
from tests.talk import PORT, alone, answering, calling, error, hear, say, talk


def silent(host, connection):
    """Say nothing for a while."""
    host.sleep(10)


@pytest.mark.parametrize("timeout", [0.5, 1, 2.25])
def test_recv_times_out_after_its_timeout(timeout):
    """The socket module: TimeoutError, "timed out"."""

    def call(host, connection):
        connection.settimeout(timeout)
        before = host.now()
        with pytest.raises(TimeoutError, match=r"^timed out$"):
            connection.recv(1)
        return host.now() - before

    assert talk(silent, call).results["client"] == pytest.approx(timeout)


@pytest.mark.parametrize("world", ["simulated", "loopback"])
def test_sendall_without_waiting_sends_what_there_is_room_for(world):
    """The socket module: a timeout of 0 is no time that can run out."""

    def call(host, connection):
        connection.settimeout(0)
        connection.sendall(b"hello")

    run = Scenario(server=answering(hear), client=calling(call)).run(world=world)
    assert run.results == {"server": b"hello", "client": None}


def test_after_a_timeout_the_next_call_may_succeed():
    def call(host, connection):
        connection.settimeout(0.5)
        said = [error(connection.recv, 10), error(connection.recv, 10)]
        connection.settimeout(None)
        return said, connection.recv(10)

    run = talk(lambda host, connection: host.sleep(2) or connection.sendall(b"late"), call)

    assert run.results["client"] == (["TimeoutError"] * 2, b"late")


def test_what_comes_in_time_is_given_in_time():
    def call(host, connection):
        connection.settimeout(5)
        return connection.recv(10), host.now()

    run = talk(lambda host, connection: host.sleep(1) or connection.sendall(b"soon"), call)

    assert run.results["client"] == (b"soon", pytest.approx(1.2))


def test_a_timeout_that_was_not_needed_does_not_ring_later():
    """The alarm of an earlier wait must not wake a later one."""

    def call(host, connection):
        connection.settimeout(1)
        first = connection.recv(10)
        connection.settimeout(None)
        return first, connection.recv(10), host.now()

    def serve(host, connection):
        host.sleep(0.5)
        connection.sendall(b"one")
        host.sleep(3)
        connection.sendall(b"two")

    assert talk(serve, call).results["client"] == (b"one", b"two", pytest.approx(3.7))


def test_a_timeout_that_was_not_needed_does_not_keep_the_run_going():
    def call(host, connection):
        connection.settimeout(10_000)
        return connection.recv(10)

    run = talk(say(b"at once"), call, limits=Limits(seconds=500))

    assert run.results["client"] == b"at once"


def test_a_wait_that_timed_out_is_not_woken_later():
    """What comes for a wait that is over must not wake the sleep that follows."""

    def call(host, connection):
        connection.settimeout(0.5)
        said = error(connection.recv, 10)
        host.sleep(5)
        return said, host.now()

    run = talk(lambda host, connection: host.sleep(2) or connection.sendall(b"late"), call)

    assert run.results["client"][0] == "TimeoutError"
    assert run.results["client"][1] == pytest.approx(0.1 + 0.5 + 5)


def test_accept_times_out():
    def program(host):
        with host.create_server(("", PORT)) as listener:
            listener.settimeout(0.5)
            return error(listener.accept), host.now()

    assert alone(program) == ("TimeoutError", 0.5)


def test_an_accepted_connection_waits_for_ever_whatever_its_listener_does():
    """The socket module: an accepted socket does not inherit the timeout."""

    def server(host):
        with host.create_server(("", PORT)) as listener:
            listener.settimeout(5)
            with listener.accept()[0] as connection:
                return connection.gettimeout(), connection.recv(10)

    def client(host):
        with host.create_connection(("server", PORT)) as connection:
            host.sleep(30)
            connection.sendall(b"patience")

    assert Scenario(server=server, client=client).run().results["server"] == (None, b"patience")


def test_connect_times_out():
    def client(host):
        with host.socket() as made:
            made.settimeout(0.25)
            return error(made.connect, ("10.9.9.9", PORT)), host.now()

    assert alone(client) == ("TimeoutError", 0.25)


SMALL = {"client": TcpParameters(send_buffer=1000), "server": TcpParameters(receive_buffer=1000)}


def test_send_times_out_when_nobody_reads():
    def call(host, connection):
        connection.settimeout(1)
        taken = [connection.send(bytes(1000)) for _ in range(2)]
        return taken, error(connection.send, b"x")

    run = talk(lambda host, connection: host.sleep(10) or hear(host, connection), call, tcp=SMALL)

    assert run.results["client"] == ([1000, 1000], "TimeoutError")


def test_sendall_s_timeout_is_for_all_of_it():
    """The socket module: the time for everything together, however often it goes on in between."""

    def serve(host, connection):
        while connection.recv(500):
            host.sleep(0.4)

    def call(host, connection):
        connection.settimeout(1)
        before = host.now()
        return error(connection.sendall, bytes(20_000)), host.now() - before

    run = talk(serve, call, tcp=SMALL)

    assert run.results["client"] == ("TimeoutError", pytest.approx(1))


def test_without_a_timeout_nothing_times_out():
    def call(host, connection):
        host.sleep(3600)
        connection.sendall(b"after an hour")

    assert talk(hear, call).results["server"] == b"after an hour"


def test_a_timeout_of_many_programs_wakes_the_right_one():
    """Three programs wait for three connections with three timeouts."""

    def wait(host, connection, timeout):
        connection.settimeout(timeout)
        return error(connection.recv, 1), round(host.now(), 3)

    def server(host):
        with host.create_server(("", PORT)) as listener:
            for timeout in (3, 1, 2):
                host.spawn(wait, listener.accept()[0], timeout)

    def client(host):
        for _ in range(3):
            host.create_connection(("server", PORT))

    run = Scenario(server=server, client=client).run()

    assert {name: run.results[name] for name in ("server/1", "server/2", "server/3")} == {
        "server/1": ("TimeoutError", 3.15),
        "server/2": ("TimeoutError", 1.25),
        "server/3": ("TimeoutError", 2.35),
    }


def test_a_timeout_says_nothing_to_the_peer():
    def call(host, connection):
        connection.settimeout(1)
        error(connection.recv, 1)

    run = talk(answering_nothing, call)

    between = [sent for sent in run.trace.sent if 0.1 < sent.at < 1.1]
    assert between == []


def answering_nothing(host, connection):
    """Read until the end, and say nothing."""
    hear(host, connection)


def test_a_client_that_gave_up_may_be_answered_all_the_same():
    """A timeout ends a call, not the connection."""

    def call(host, connection):
        connection.sendall(b"question")
        connection.settimeout(0.5)
        gave_up = error(connection.recv, 100)
        connection.settimeout(5)
        return gave_up, connection.recv(100)

    def serve(host, connection):
        connection.recv(100)
        host.sleep(2)
        connection.sendall(b"answer")

    assert talk(serve, call).results["client"] == ("TimeoutError", b"answer")


def test_programs_of_both_ends_may_have_timeouts():
    run = Scenario(
        server=answering(hear), client=lambda host: say(b"x")(host, host.create_connection(("server", PORT), 1))
    )

    assert run.run(until=5).trace.sent[-1].sender == "server"
