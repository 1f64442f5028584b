"""Socket options that are TCP's knobs, turned for one connection (socket(7), tcp(7))."""

import errno
import struct

import pytest

from course import Scenario, TcpParameters, faults
from tests.talk import PORT, alone, answering, calling, error, hear, idle, talk

CUT = faults.cut(at=1)


def option(host, name):
    """Level and number of an option, by name."""
    return (host.SOL_SOCKET if name.startswith("SO_") else host.IPPROTO_TCP), getattr(host, name)


def turned(*turns):
    """A program that opens a socket, sets these options on it, and calls the server."""

    def client(host):
        with host.socket() as made:
            for name, value in turns:
                made.setsockopt(*option(host, name), value)
            made.connect(("server", PORT))
            return hear(host, made)

    return client


# ---------------------------------------------------------------- all of them


@pytest.mark.parametrize(
    ("name", "first", "then"),
    [
        ("SO_KEEPALIVE", 0, 1),
        ("TCP_KEEPIDLE", 7200, 30),
        ("TCP_KEEPINTVL", 75, 5),
        ("TCP_KEEPCNT", 9, 3),
        ("TCP_USER_TIMEOUT", 0, 2500),
        ("TCP_MAXSEG", 536, 700),
        ("TCP_NODELAY", 0, 1),
        ("SO_SNDBUF", 262_144, 5000),
        ("SO_RCVBUF", 65_535, 4000),
    ],
)
def test_an_option_begins_with_the_hosts_knob_and_is_what_it_was_set_to(name, first, then):
    """RFC 9293 3.8.4: two hours; tcp(7)."""

    def program(host):
        made = host.socket()
        values = [made.getsockopt(*option(host, name))]
        for value in (then, struct.pack("i", then), first, then):
            made.setsockopt(*option(host, name), value)
            values.append(made.getsockopt(*option(host, name)))
        return [*values, struct.unpack("i", made.getsockopt(*option(host, name), 4))[0]]

    assert alone(program) == [first, then, then, first, then, then]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TCP_KEEPIDLE", 0), ("TCP_KEEPIDLE", -1), ("TCP_KEEPINTVL", 0), ("TCP_KEEPCNT", 0), ("TCP_KEEPCNT", 128),
        ("TCP_USER_TIMEOUT", -1), ("TCP_USER_TIMEOUT", 2**32),
        ("TCP_MAXSEG", 0), ("TCP_MAXSEG", -5), ("TCP_MAXSEG", 70_000), ("TCP_NODELAY", b"x"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_einval_and_changes_nothing(name, value):
    """setsockopt(2), EINVAL."""

    def program(host):
        made = host.socket()
        before = made.getsockopt(*option(host, name))
        return error(made.setsockopt, *option(host, name), value), made.getsockopt(*option(host, name)) == before

    assert alone(program) == ("EINVAL", True)


def test_options_of_a_listener_are_those_of_accepted_sockets():
    """tcp(7): "will be inherited by the socket returned by accept(2)"; each may be changed afterwards."""
    names = ("SO_KEEPALIVE", "TCP_KEEPIDLE", "TCP_USER_TIMEOUT", "TCP_NODELAY", "SO_SNDBUF", "SO_RCVBUF")

    def server(host):
        with host.create_server(("", PORT)) as listener:
            for name, value in zip(names, (1, 77, 5000, 1, 3000, 2000), strict=True):
                listener.setsockopt(*option(host, name), value)
            with listener.accept()[0] as connection:
                connection.setsockopt(*option(host, "TCP_KEEPIDLE"), 88)
                return [[each.getsockopt(*option(host, name)) for name in names] for each in (connection, listener)]

    run = Scenario(server=server, client=calling(idle)).run()

    assert run.results["server"] == [[1, 88, 5000, 1, 3000, 2000], [1, 77, 5000, 1, 3000, 2000]]


# ---------------------------------------------------------------- TCP_MAXSEG


def sizes(run, sender):
    return {len(sent.segment.data) for sent in run.trace.sent if sent.sender == sender and sent.segment.data}


def test_tcp_maxseg_is_announced_and_obeyed():
    """tcp(7): "If this option is set before connection establishment, it also changes the MSS value announced"."""
    run = Scenario(
        server=answering(lambda host, connection: connection.sendall(bytes(1000))), client=turned(("TCP_MAXSEG", 500))
    ).run()  # fmt: skip

    assert run.trace.sent[0].segment.options.mss == 500
    assert sizes(run, "server") == {500}
    assert len(run.results["client"]) == 1000


def test_tcp_maxseg_of_a_connection_makes_its_segments_smaller():
    """tcp(7): "The maximum segment size for outgoing TCP packets"."""

    def call(host, connection):
        connection.setsockopt(*option(host, "TCP_MAXSEG"), 300)
        connection.sendall(bytes(900))
        return connection.getsockopt(*option(host, "TCP_MAXSEG"))

    run = talk(hear, call)

    assert run.results["client"] == 300
    assert sizes(run, "client") == {300}


# ---------------------------------------------------------------- SO_SNDBUF and SO_RCVBUF


def test_a_small_send_buffer_makes_send_take_little():
    """socket(7), SO_SNDBUF."""

    def call(host, connection):
        connection.setsockopt(*option(host, "SO_SNDBUF"), 3000)
        return connection.send(bytes(10_000))

    run = talk(hear, call)

    assert run.results == {"client": 3000, "server": bytes(3000)}


def test_a_send_buffer_that_is_cut_down_takes_nothing_until_there_is_room():
    """socket(7), SO_SNDBUF: what is in it stays in it."""

    def call(host, connection):
        connection.settimeout(0)
        first = connection.send(bytes(50_000))
        connection.setsockopt(*option(host, "SO_SNDBUF"), 1000)
        refused = error(connection.send, b"x")
        host.sleep(5)
        return first, refused, connection.send(bytes(5000))

    run = talk(hear, call)

    assert run.results["client"] == (50_000, "EAGAIN", 1000)
    assert len(run.results["server"]) == 51_000


def test_the_windows_follow_the_receive_buffer():
    """socket(7), SO_RCVBUF: from the SYN on."""
    run = Scenario(
        server=answering(lambda host, connection: connection.sendall(bytes(20_000))), client=turned(("SO_RCVBUF", 3000))
    ).run()

    assert max(sent.segment.window for sent in run.trace.sent if sent.sender == "client") == 3000
    assert len(run.results["client"]) == 20_000


def test_a_receive_buffer_that_is_cut_down_takes_back_nothing():
    """RFC 9293 3.8.6, SHLD-14: the window's right edge never moves to the left."""

    def call(host, connection):
        connection.setsockopt(*option(host, "SO_RCVBUF"), 2000)
        host.sleep(5)
        return len(hear(host, connection))

    run = talk(lambda host, connection: connection.sendall(bytes(200_000)), call)

    told = [sent.segment for sent in run.trace.sent if sent.sender == "client" and sent.segment.ack is not None]
    edges = [(segment.ack + segment.window) % 2**32 - told[0].ack for segment in told]
    assert run.results["client"] == 200_000
    assert edges == sorted(edges)
    assert told[-1].window <= 2000


def test_a_buffer_too_large_or_too_small_is_what_comes_closest():
    """socket(7): the kernel has bounds, and no error for what lies outside."""

    def program(host):
        made, found = host.socket(), []
        for name in ("SO_SNDBUF", "SO_RCVBUF"):
            for value in (0, 2**31 - 1):
                made.setsockopt(*option(host, name), value)
                found.append(made.getsockopt(*option(host, name)))
        return found

    assert alone(program) == [1, 2**30, 1, 65_535]
    assert alone(program, tcp=TcpParameters(window_scale=3)) == [1, 2**30, 8, 65_535 << 3]


# ---------------------------------------------------------------- TCP_USER_TIMEOUT


def patience(milliseconds):
    """Send into a cable that is cut; the errno, and how long it took."""

    def call(host, connection):
        connection.setsockopt(*option(host, "TCP_USER_TIMEOUT"), milliseconds)
        host.sleep(2)
        began = host.now()
        connection.sendall(b"x")
        try:
            connection.recv(1)
        except OSError as failed:
            return errno.errorcode[failed.errno], round(host.now() - began, 3)

    return talk(hear, call, faults=[CUT], until=3000).results["client"]


@pytest.mark.parametrize(("milliseconds", "seconds"), [(1, 1), (5000, 7), (20_000, 31), (0, 123), (300_000, 303)])
def test_tcp_user_timeout_says_how_long_octets_may_be_unacknowledged(milliseconds, seconds):
    """tcp(7); RFC 9293 3.8.3, MUST-21: it ends with the first timeout after that; 0 is the host's own R2."""
    assert patience(milliseconds) == ("ETIMEDOUT", seconds)


def test_all_the_patience_in_the_world_can_be_asked_for():
    """tcp(7): an unsigned int of milliseconds, up to 49 days; RFC 9293 3.8.3, (d)."""

    def program(host):
        made = host.socket()
        made.setsockopt(*option(host, "TCP_USER_TIMEOUT"), 2**32 - 1)
        return made.getsockopt(*option(host, "TCP_USER_TIMEOUT"))

    assert alone(program) == 2**32 - 1


@pytest.mark.parametrize(("milliseconds", "seconds"), [(1000, 1), (0, 183)])
def test_tcp_user_timeout_says_as_well_how_long_a_call_may_take(milliseconds, seconds):
    """Measured on Linux 6.18, although tcp(7) speaks of synchronized states only; RFC 9293 3.8.3, MUST-23."""

    def client(host):
        with host.socket() as made:
            made.setsockopt(*option(host, "TCP_USER_TIMEOUT"), milliseconds)
            return error(made.connect, ("server", PORT)), round(host.now(), 3)

    run = Scenario(server=idle, client=client, faults=[faults.cut(0)]).run()

    assert run.results["client"] == ("ETIMEDOUT", seconds)
