"""Non-blocking mode: what is said instead of waiting; and the one setting that rules it."""

import pytest

from course import Scenario, TcpParameters
from course.errors import ProgramFailed
from tests.talk import PORT, alone, error, hear, talk


def silent(host, connection):
    """Say nothing for a while."""
    host.sleep(10)


SMALL = {"client": TcpParameters(send_buffer=1000), "server": TcpParameters(receive_buffer=1000)}

# ---------------------------------------------------------------- not at all


def test_what_would_have_to_wait_is_a_blockingioerror():
    """recv(2), accept(2), send(2): EAGAIN; connect(2): EINPROGRESS."""

    def server(host):
        with host.create_server(("", PORT)) as listener:
            listener.setblocking(False)  # noqa: FBT003 - the socket module's own signature
            with pytest.raises(BlockingIOError):
                listener.accept()
            host.sleep(1)
            with listener.accept()[0] as connection:
                connection.setblocking(False)  # noqa: FBT003 - the socket module's own signature
                with pytest.raises(BlockingIOError):
                    connection.recv(1)
                host.sleep(2)
                return connection.recv(10)

    def client(host):
        with host.create_connection(("server", PORT)) as connection:
            host.sleep(2)
            connection.sendall(b"hello")
            host.sleep(5)

    assert Scenario(server=server, client=client).run().results["server"] == b"hello"


def test_a_full_buffer_is_a_blockingioerror():
    """send(2), EAGAIN; sendall() says so after it has sent what there was room for."""

    def call(host, connection):
        connection.settimeout(0)
        said = connection.send(bytes(600)), error(connection.sendall, bytes(2000)), error(connection.send, b"x")
        connection.settimeout(None)
        return said

    run = talk(lambda host, connection: host.sleep(5) or len(hear(host, connection)), call, tcp=SMALL)

    assert run.results["client"] == (600, "EAGAIN", "EAGAIN")
    assert run.results["server"] >= 1000


def test_what_does_not_wait_takes_no_time():
    def call(host, connection):
        connection.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        before = host.now()
        return error(connection.recv, 1), error(connection.recv_into, bytearray(1)), host.now() == before

    assert talk(silent, call).results["client"] == ("EAGAIN", "EAGAIN", True)


# ---------------------------------------------------------------- settings


def test_blocking_and_timeout_are_one_setting():
    """The socket module: setblocking(True) is settimeout(None), setblocking(False) is settimeout(0)."""

    def program(host):
        made = host.socket()
        seen = [(made.gettimeout(), made.getblocking())]
        for change in (
            lambda: made.settimeout(2.5),
            lambda: made.settimeout(0),
            lambda: made.setblocking(True),  # noqa: FBT003 - the socket module's own signature
            lambda: made.setblocking(False),  # noqa: FBT003 - the same
            lambda: made.settimeout(None),
        ):
            change()
            seen.append((made.gettimeout(), made.getblocking()))
        return seen

    assert alone(program) == [(None, True), (2.5, True), (0, False), (None, True), (0.0, False), (None, True)]


@pytest.mark.parametrize("timeout", [-1, float("nan")])
def test_a_timeout_that_is_no_time_is_refused(timeout):
    """The socket module: ValueError."""
    with pytest.raises(ProgramFailed) as failed:
        Scenario(host=lambda host: host.socket().settimeout(timeout)).run()

    assert isinstance(failed.value.__cause__, ValueError)
