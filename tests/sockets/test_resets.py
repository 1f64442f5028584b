"""A reset, as the program hears of it: ECONNRESET once, then the end of the stream."""

import pytest

from course import TcpParameters
from tests.talk import error, reset, talk


def after(seconds, call):
    """Wait, then do it."""
    return lambda host, connection: host.sleep(seconds) or call(host, connection)


def test_a_reset_is_told_once_then_the_stream_has_ended_and_sending_is_epipe():
    """RFC 9293, section 3.6, MUST-12; recv(2), ECONNRESET, as on Linux, measured."""

    def call(host, connection):
        return error(connection.recv, 1), connection.recv(1), error(connection.send, b"x")

    assert talk(reset, call).results["client"] == ("ECONNRESET", b"", "EPIPE")


def test_a_reset_may_be_told_by_send():
    """send(2), ECONNRESET."""

    def call(host, connection):
        host.sleep(1)
        return error(connection.send, b"x"), error(connection.send, b"x"), connection.recv(1)

    assert talk(reset, call).results["client"] == ("ECONNRESET", "EPIPE", b"")


def test_what_had_arrived_before_a_reset_and_was_not_read_is_flushed():
    """RFC 9293, section 3.10.7.4, second: "all segment queues should be flushed". (Linux keeps what had arrived.)"""

    def serve(host, connection):
        connection.sendall(b"important")
        host.sleep(1)
        reset(host, connection)

    def call(host, connection):
        host.sleep(2)
        return error(connection.recv, 100), connection.recv(100)

    assert talk(serve, call).results["client"] == ("ECONNRESET", b"")


def test_a_program_that_waits_in_recv_hears_of_the_reset_at_once():
    run = talk(after(1, reset), lambda host, connection: (error(connection.recv, 1), host.now()))

    assert run.results["client"] == ("ECONNRESET", pytest.approx(1.2))


def test_a_program_that_waits_in_send_hears_of_the_reset_at_once():
    tcp = {"client": TcpParameters(send_buffer=100), "server": TcpParameters(receive_buffer=100)}

    def call(host, connection):
        return error(connection.sendall, bytes(1000)), host.now()

    assert talk(after(1, reset), call, tcp=tcp).results["client"] == ("ECONNRESET", pytest.approx(1.2))
