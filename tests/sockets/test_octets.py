"""send, sendall, recv and recv_into: a stream of octets, and what is said when it has ended."""

import pytest

from course import TcpParameters
from course.errors import ProgramFailed
from course.tcp.segment import Why
from tests.talk import error, hear, idle, say, talk


def after(seconds, call):
    """Wait, then do it."""
    return lambda host, connection: host.sleep(seconds) or call(host, connection)


# ---------------------------------------------------------------- a stream


def test_octets_arrive_in_order_and_once():
    octets = bytes(range(256)) * 300

    assert talk(hear, say(octets)).results["server"] == octets


def test_recv_gives_what_is_there_up_to_its_size():
    """recv(2): "rather than waiting for receipt of the full amount requested"; misconception M30."""

    def serve(host, connection):
        host.sleep(1)
        return [connection.recv(3), connection.recv(1), connection.recv(100)]

    assert talk(serve, say(b"hello, all")).results["server"] == [b"hel", b"l", b"o, all"]


def test_a_stream_has_no_borders_between_messages():
    """tcp(7); RFC 9293, section 3.7; misconceptions M24 and M25."""

    def call(host, connection):
        for word in (b"one", b"two", b"three"):
            connection.sendall(word)

    run = talk(after(1, lambda host, connection: connection.recv(100)), call)

    assert run.results["server"] == b"onetwothree"


def test_recv_waits_until_something_comes():
    def call(host, connection):
        host.sleep(5)
        connection.sendall(b"late")

    run = talk(lambda host, connection: (connection.recv(10), host.now()), call)

    assert run.results["server"] == (b"late", pytest.approx(5.15))


def test_the_end_of_the_stream_is_no_octets_again_and_again():
    """RFC 9293, section 3.6, MUST-12; recv(2), RETURN VALUE: 0 is an orderly shutdown; misconception M31."""

    def serve(host, connection):
        return [connection.recv(10) for _ in range(3)]

    assert talk(serve, idle).results["server"] == [b"", b"", b""]


def test_both_ends_may_speak_at_the_same_time():
    """RFC 9293, section 3.9.1: full duplex."""

    def both(host, connection):
        connection.sendall(host.name.encode() * 1000)
        connection.shutdown(host.SHUT_WR)
        return hear(host, connection)

    run = talk(both, both)

    assert run.results == {"server": b"client" * 1000, "client": b"server" * 1000}


def test_one_program_may_send_while_another_receives_on_the_same_connection():
    def client(host, connection):
        host.spawn(hear, connection)
        host.sleep(1)
        connection.sendall(b"ping")
        connection.shutdown(host.SHUT_WR)
        host.sleep(1)

    def serve(host, connection):
        connection.sendall(connection.recv(10).upper())

    assert talk(serve, client).results["client/1"] == b"PING"


# ---------------------------------------------------------------- send


def test_send_says_how_many_octets_it_took():
    """send(2), RETURN VALUE; misconception M29: not always all of them."""
    tcp = TcpParameters(send_buffer=1000)

    def call(host, connection):
        return connection.send(bytes(5000))

    assert talk(hear, call, tcp={"client": tcp}).results["client"] == 1000


def test_send_of_nothing_sends_nothing():
    """RFC 9293, section 3.6; misconception M32: it does not end the stream."""

    def call(host, connection):
        taken = connection.send(b""), connection.sendall(b"")
        host.sleep(1)
        connection.sendall(b"x")
        return taken

    run = talk(hear, call)

    assert run.results == {"server": b"x", "client": (0, None)}
    assert [sent.segment.data for sent in run.trace.sent if sent.segment.data] == [b"x"]


def test_send_waits_while_the_buffer_is_full():
    """send(2): "send() normally blocks"; the octets leave only as fast as the peer reads them."""
    tcp = {"client": TcpParameters(send_buffer=1000), "server": TcpParameters(receive_buffer=2000)}

    def call(host, connection):
        connection.sendall(bytes(3000))
        before = host.now()
        connection.send(b"x" * 1000)
        return before < 1, host.now() > 5

    run = talk(after(5, hear), call, tcp=tcp)

    assert run.results["client"] == (True, True)
    assert len(run.results["server"]) == 4000


def test_sendall_sends_all_however_long_it_takes():
    run = talk(
        after(5, lambda host, connection: len(hear(host, connection))),
        lambda host, connection: connection.sendall(bytes(100_000)) or host.now(),
        tcp={"client": TcpParameters(send_buffer=1000)},
    )

    assert run.results["server"] == 100_000
    assert run.results["client"] > 5


@pytest.mark.parametrize(
    "octets", [b"bytes", bytearray(b"bytes"), memoryview(b"bytes")], ids=lambda o: type(o).__name__
)
def test_octets_may_be_bytes_bytearray_or_memoryview(octets):
    def call(host, connection):
        connection.sendall(octets)
        return connection.send(octets)

    assert talk(hear, call).results == {"server": b"bytesbytes", "client": 5}


def test_what_the_program_changes_after_send_is_not_sent():
    def call(host, connection):
        buffer = bytearray(b"before")
        connection.sendall(buffer)
        buffer[:] = b"after!"

    assert talk(hear, call).results["server"] == b"before"


def test_text_is_no_octets():
    """As the socket module: TypeError, before anything is sent."""
    with pytest.raises(ProgramFailed, match="bytes-like object is required, not 'str'") as failed:
        talk(hear, say("hello"))

    assert isinstance(failed.value.__cause__, TypeError)


def test_send_after_shutdown_is_epipe():
    """send(2), EPIPE: "The local end has been shut down"."""

    def call(host, connection):
        connection.shutdown(host.SHUT_WR)
        return error(connection.send, b"x"), error(connection.sendall, b"x")

    assert talk(hear, call).results["client"] == ("EPIPE", "EPIPE")


def test_the_first_send_after_the_peer_has_closed_succeeds_and_the_next_is_epipe():
    """Misconception M60; RFC 9293, section 3.10.7.1: the octets meet no connection, and are answered by a reset."""

    def call(host, connection):
        host.sleep(1)
        first = connection.send(b"x")
        host.sleep(1)
        return first, error(connection.send, b"y"), error(connection.send, b"z")

    assert talk(idle, call).results["client"] == (1, "EPIPE", "EPIPE")


def test_after_the_peer_s_fin_and_reset_recv_still_says_the_end():
    """As on Linux, measured: the stream had ended in order; only sending has failed."""

    def call(host, connection):
        host.sleep(1)
        connection.send(b"x")
        host.sleep(1)
        return connection.recv(10), connection.recv(10), error(connection.send, b"y")

    assert talk(idle, call).results["client"] == (b"", b"", "EPIPE")


# ---------------------------------------------------------------- recv


def test_recv_of_no_octets_gives_none_at_once():
    """As on Linux: recv(0) on a stream does not wait."""
    run = talk(hear, lambda host, connection: (connection.recv(0), host.now()))

    assert run.results["client"] == (b"", pytest.approx(0.1))


def test_recv_of_less_than_nothing_is_a_value_error():
    """As the socket module."""
    with pytest.raises(ProgramFailed, match="negative buffersize in recv"):
        talk(hear, lambda host, connection: connection.recv(-1))


def test_peeking_leaves_the_octets_where_they_are():
    """recv(2), MSG_PEEK."""

    def serve(host, connection):
        peeked = connection.recv(3, host.MSG_PEEK), connection.recv(100, host.MSG_PEEK)
        return peeked, connection.recv(100), connection.recv(1, host.MSG_PEEK)

    assert talk(serve, say(b"hello")).results["server"] == ((b"hel", b"hello"), b"hello", b"")


def test_a_call_that_shall_not_wait_does_not():
    """recv(2), MSG_DONTWAIT: EAGAIN for this one call."""

    def call(host, connection):
        said = error(connection.recv, 1, host.MSG_DONTWAIT), host.now()
        host.sleep(1)
        return said, connection.recv(10, host.MSG_DONTWAIT), connection.gettimeout()

    run = talk(lambda host, connection: host.sleep(0.5) or connection.sendall(b"x") or host.sleep(5), call)

    assert run.results["client"] == (("EAGAIN", pytest.approx(0.1)), b"x", None)


def test_recv_into_fills_a_buffer_and_says_how_far():
    def serve(host, connection):
        buffer = bytearray(b"." * 8)
        host.sleep(1)
        return connection.recv_into(buffer, 3), connection.recv_into(memoryview(buffer)[4:]), bytes(buffer)

    assert talk(serve, say(b"hello")).results["server"] == (3, 2, b"hel.lo..")


def test_recv_into_can_peek_and_meets_the_end():
    def serve(host, connection):
        buffer = bytearray(5)
        sizes = connection.recv_into(buffer, 2, host.MSG_PEEK), connection.recv_into(buffer)
        return sizes, connection.recv_into(buffer), bytes(buffer)

    assert talk(serve, say(b"hello")).results["server"] == ((2, 5), 0, b"hello")


@pytest.mark.parametrize(("size", "says"), [(5, "buffer too small"), (-1, "negative buffersize")])
def test_recv_into_refuses_a_size_that_does_not_fit_and_loses_nothing(size, says):
    """As the socket module: ValueError; the octets are still there."""

    def serve(host, connection):
        host.sleep(1)
        with pytest.raises(ValueError, match=says):
            connection.recv_into(bytearray(2), size)
        return connection.recv(10)

    assert talk(serve, say(b"hello")).results["server"] == b"hello"


def test_the_window_opens_again_as_the_program_reads():
    """RFC 9293, section 3.8.6.2.2: a receiver says so when its window has grown enough, and at once."""

    def serve(host, connection):
        host.sleep(5)
        return len(hear(host, connection))

    run = talk(serve, say(bytes(20_000)), tcp={"server": TcpParameters(receive_buffer=4000)})

    reads = {back.at for back in run.trace.returns if back.called.name == "recv"}
    updates = [sent.at for sent in run.trace.sent if sent.segment.why is Why.WINDOW_UPDATE]
    assert run.results["server"] == 20_000
    assert 0 in [sent.segment.window for sent in run.trace.sent if sent.sender == "server"]
    assert updates[0] == pytest.approx(5.15)
    assert set(updates) <= reads
