"""Socket options: what they do, and how an unknown one is refused (socket(7), tcp(7))."""

import errno
import io
import struct

import pytest

from course import Scenario, TcpParameters
from tests.talk import PORT, alone, answering, error, hear, reset, talk


def test_reuseaddr_nodelay_and_linger_are_off_at_first():
    def program(host):
        made = host.socket()
        return (
            made.getsockopt(host.SOL_SOCKET, host.SO_REUSEADDR),
            made.getsockopt(host.IPPROTO_TCP, host.TCP_NODELAY),
            made.getsockopt(host.SOL_SOCKET, host.SO_LINGER, 8),
        )

    assert alone(program) == (0, 0, bytes(8))


def test_an_option_is_what_it_was_set_to():
    def program(host):
        made = host.socket()
        made.setsockopt(host.SOL_SOCKET, host.SO_REUSEADDR, 1)
        made.setsockopt(host.SOL_SOCKET, host.SO_LINGER, b"\1\0\0\0\5\0\0\0")
        return (
            made.getsockopt(host.SOL_SOCKET, host.SO_REUSEADDR),
            made.getsockopt(host.SOL_SOCKET, host.SO_LINGER, 8),
        )

    assert alone(program) == (1, b"\1\0\0\0\5\0\0\0")


def test_without_a_size_an_option_is_its_first_int():
    """The socket module: "if buflen is absent, an integer option is assumed"; measured on Linux for SO_LINGER."""

    def program(host):
        made = host.socket()
        made.setsockopt(host.SOL_SOCKET, host.SO_LINGER, struct.pack("ii", 1, 5))
        return [made.getsockopt(host.SOL_SOCKET, host.SO_LINGER, *size) for size in ([], [4])]

    assert alone(program) == [1, struct.pack("i", 1)]


@pytest.mark.parametrize("name", ["reno", "none"])
def test_the_congestion_control_can_be_asked_for(name):
    """tcp(7), TCP_CONGESTION: a string, in 16 octets on Linux."""

    def program(host):
        return host.socket().getsockopt(host.IPPROTO_TCP, host.TCP_CONGESTION, 16)

    run = Scenario(host=program, tcp=TcpParameters(congestion_control=name)).run()
    assert run.results["host"] == name.encode().ljust(16, b"\0")


def test_an_option_that_is_asked_for_in_octets_is_given_in_octets():
    """The socket module: with a size, getsockopt() returns bytes."""

    def program(host):
        made = host.socket()
        made.setsockopt(host.SOL_SOCKET, host.SO_REUSEADDR, 1)
        return int.from_bytes(made.getsockopt(host.SOL_SOCKET, host.SO_REUSEADDR, 4), "little")

    assert alone(program) == 1


@pytest.mark.parametrize(("level", "option"), [("SOL_SOCKET", 9999), ("IPPROTO_TCP", 9999), ("IPPROTO_IP", 1)])
def test_an_unknown_option_is_enoprotoopt(level, option):
    """getsockopt(2), ENOPROTOOPT."""

    def program(host):
        made, level_number = host.socket(), getattr(host, level)
        return error(made.setsockopt, level_number, option, 1), error(made.getsockopt, level_number, option)

    assert alone(program) == ("ENOPROTOOPT", "ENOPROTOOPT")


def test_an_unknown_level_is_enoprotoopt():
    assert alone(lambda host: error(host.socket().setsockopt, 77, 1, 1)) == "ENOPROTOOPT"


@pytest.mark.parametrize("value", [1, b"\1\0\0\0"], ids=repr)
def test_a_linger_that_is_no_pair_of_numbers_is_einval(value):
    """getsockopt(2), EINVAL: optlen; measured on Linux."""

    def program(host):
        with host.socket() as made:
            return error(made.setsockopt, host.SOL_SOCKET, host.SO_LINGER, value)

    assert alone(program) == "EINVAL"


def test_so_error_is_nothing_where_nothing_went_wrong():
    """socket(7), SO_ERROR."""

    def call(host, connection):
        return [made.getsockopt(host.SOL_SOCKET, host.SO_ERROR) for made in (host.socket(), connection)]

    assert talk(hear, call).results["client"] == [0, 0]


def test_so_error_tells_a_reset_once():
    """socket(7), SO_ERROR: "Get and clear the pending socket error"."""

    def call(host, connection):
        host.sleep(1)
        return [connection.getsockopt(host.SOL_SOCKET, host.SO_ERROR) for _ in range(2)], connection.recv(1)

    assert talk(reset, call).results["client"] == ([errno.ECONNRESET, 0], b"")


def test_so_acceptconn_says_who_listens():
    """socket(7), SO_ACCEPTCONN."""

    def call(host, connection):
        made = [host.socket(), host.create_server(("", PORT)), connection]
        return [each.getsockopt(host.SOL_SOCKET, host.SO_ACCEPTCONN) for each in made]

    assert talk(hear, call).results["client"] == [0, 1, 0]


def test_tcp_maxseg_is_what_the_peer_can_take():
    """tcp(7), TCP_MAXSEG; RFC 9293, section 3.7.1: the smaller of what both ends can do; M22."""

    def ask(host, connection):
        return connection.getsockopt(host.IPPROTO_TCP, host.TCP_MAXSEG)

    run = talk(ask, ask, tcp={"server": TcpParameters(mss=700)})

    assert run.results == {"server": 700, "client": 700}


def test_tcp_maxseg_before_connecting_is_what_anybody_can_take():
    """tcp(7), TCP_MAXSEG; measured on Linux: 536, RFC 9293's default (section 3.7.1)."""
    assert alone(lambda host: host.socket().getsockopt(host.IPPROTO_TCP, host.TCP_MAXSEG)) == 536


def small_segments(nodelay):
    """How many segments three small sends become, and when they leave."""

    def call(host, connection):
        if nodelay is not None:
            connection.setsockopt(host.IPPROTO_TCP, host.TCP_NODELAY, nodelay)
        for octet in (b"a", b"b", b"c"):
            connection.send(octet)
        host.sleep(5)

    run = talk(hear, call)
    assert run.results["server"] == b"abc"
    return [sent.segment.data for sent in run.trace.sent if sent.segment.data]


def test_small_segments_wait_for_each_other_unless_tcp_nodelay_is_set():
    """RFC 9293, section 3.7.4, the Nagle algorithm, SHLD-7, MUST-17; tcp(7), TCP_NODELAY."""
    assert small_segments(None) == [b"a", b"bc"]
    assert small_segments(0) == [b"a", b"bc"]
    assert small_segments(1) == [b"a", b"b", b"c"]


def test_setting_tcp_nodelay_lets_go_what_waits():
    """tcp(7): "Setting this option forces an explicit flush of pending output"."""

    def call(host, connection):
        connection.send(b"a")
        connection.send(b"b")
        connection.setsockopt(host.IPPROTO_TCP, host.TCP_NODELAY, 1)
        host.sleep(5)

    run = talk(hear, call)

    assert {sent.at for sent in run.trace.sent if sent.segment.data} == {0.1}


def test_tcp_nodelay_can_be_set_before_connecting():
    def client(host):
        with host.socket() as made:
            made.setsockopt(host.IPPROTO_TCP, host.TCP_NODELAY, 1)
            made.connect(("server", PORT))
            made.send(b"a")
            made.send(b"b")

    run = Scenario(server=answering(hear), client=client).run()

    assert [sent.segment.data for sent in run.trace.sent if sent.segment.data] == [b"a", b"b"]


def test_a_host_without_the_nagle_algorithm_never_waits():
    def call(host, connection):
        connection.send(b"a")
        connection.send(b"b")

    run = talk(hear, call, tcp=TcpParameters(nagle=False))

    assert [sent.segment.data for sent in run.trace.sent if sent.segment.data] == [b"a", b"b"]


def test_a_simulated_socket_has_no_descriptor():
    """Io.UnsupportedOperation, which is an OSError and a ValueError."""

    def program(host):
        with pytest.raises(io.UnsupportedOperation, match="no file descriptor"):
            host.socket().fileno()

    assert alone(program) is None


@pytest.mark.parametrize("name", ["SO_TYPE", "SO_SNDBUF", "SO_RCVBUF", "SO_KEEPALIVE"])
def test_every_option_that_a_host_names_can_be_asked_for(name):
    """A name that a host offers must mean something in both worlds."""
    assert alone(lambda host: error(host.socket().getsockopt, host.SOL_SOCKET, getattr(host, name))) is None


def test_options_are_named_in_the_record():
    """So that it says SO_REUSEADDR and not 2."""

    def program(host):
        with host.socket() as made:
            made.setsockopt(host.IPPROTO_TCP, host.TCP_NODELAY, 1)
            made.getsockopt(host.SOL_SOCKET, host.SO_ERROR)
            error(made.getsockopt, 99, 98)

    text = str(Scenario(host=program).run().trace)

    assert "socket 1: setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)" in text
    assert "socket 1: getsockopt(SOL_SOCKET, SO_ERROR)" in text
    assert "socket 1: getsockopt(99, 98)" in text


def test_the_directions_are_named_in_the_record():
    def call(host, connection):
        connection.shutdown(host.SHUT_WR)
        error(connection.shutdown, 7)

    text = str(talk(hear, call).trace)

    assert "socket 1: shutdown(SHUT_WR)" in text
    assert "socket 1: shutdown(7)" in text
