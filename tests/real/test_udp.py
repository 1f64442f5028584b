"""Sockets of UDP: the same programs with the same results, imagined and on the kernel (udp(7))."""

import socket as standard

import pytest

from course.apps import datagrams
from tests.real.worlds import PORT, WORLDS, failure, run

pytestmark = pytest.mark.parametrize("world", WORLDS)


def results(world, **programs):
    return run(world, **programs).results


def alone(world, program):
    """What a program returns that has the world for itself, and two sockets of UDP: one has the port."""

    def host(host):
        with udp(host) as one, udp(host) as other:
            one.bind(("", PORT))
            for each in (one, other):
                each.settimeout(5)
            return program(host, one, other)

    return results(world, host=host)["host"]


def udp(host):
    return host.socket(host.AF_INET, host.SOCK_DGRAM)


# ------------------------------------------------ datagrams


def test_two_sends_are_two_datagrams(world):
    assert results(world, server=datagrams.receiver, client=datagrams.sender)["server"] == [b"first", b"again"]


def test_the_same_two_sends_over_tcp_are_ten_octets(world):
    heard = results(world, server=datagrams.stream_receiver, client=datagrams.stream_sender)["server"]
    assert b"".join(heard) == b"firstagain"


def test_an_echo(world):
    assert results(world, server=datagrams.echo_server, client=datagrams.echo_client) == {"client": b"hello"}


def test_what_is_longer_than_asked_for_is_lost(world):
    def program(host, one, other):
        for octets in (b"hello world", b"next"):
            other.sendto(octets, (host.name, PORT))
        return one.recv(5), one.recv(100)

    assert alone(world, program) == (b"hello", b"next")


@pytest.mark.skipif(not hasattr(standard.socket, "recvmsg"), reason="the system has no recvmsg()")
def test_recvmsg_tells_that_something_was_lost(world):
    def program(host, one, other):
        for octets in (b"hello world", b"next"):
            other.sendto(octets, (host.name, PORT))
        return [(octets, bool(flags & host.MSG_TRUNC)) for octets, _, flags, _ in (one.recvmsg(5), one.recvmsg(5))]

    assert alone(world, program) == [(b"hello", True), (b"next", False)]


def test_a_look_leaves_the_datagram_where_it_is(world):
    def program(host, one, other):
        other.sendto(b"hello", (host.name, PORT))
        return one.recv(3, host.MSG_PEEK), one.recvfrom(100)[0]

    assert alone(world, program) == (b"hel", b"hello")


def test_an_empty_datagram_is_no_end(world):
    """D11 of the curriculum: recv() gives b"" for it, and the next datagram follows."""

    def program(host, one, other):
        other.connect((host.name, PORT))
        other.send(b"")
        other.sendall(b"")
        other.send(b"more")
        return one.recv(10), one.recv(10), one.recv(10)

    assert alone(world, program) == (b"", b"", b"more")


def test_a_datagram_can_be_too_long(world):
    def program(host, one, other):
        return failure(other.sendto, bytes(65_508), (host.name, PORT)), other.sendto(bytes(65_507), (host.name, PORT))

    assert alone(world, program) == ("EMSGSIZE", 65_507)


def test_the_sender_is_named_and_can_be_answered(world):
    def program(host, one, other):
        other.sendto(b"hello", (host.name, PORT))
        octets, sender = one.recvfrom(100)
        one.sendto(octets.upper(), 0, sender)
        return sender == other.getsockname(), sender[1] != 0, other.recvfrom(100)

    same, has_port, (octets, answerer) = alone(world, program)
    assert (same, has_port, octets, answerer[1]) == (True, True, b"HELLO", PORT)


def test_octets_can_be_taken_into_a_buffer(world):
    def program(host, one, other):
        buffer = bytearray(8)
        other.sendto(b"hello", (host.name, PORT))
        return one.recv_into(buffer), bytes(buffer)

    assert alone(world, program) == (5, b"hello\0\0\0")


# ------------------------------------------------ names and peers


def test_a_socket_has_no_name_before_it_sends(world):
    def program(host, one, other):
        before = failure(other.getpeername), other.getsockname()[1]
        other.connect((host.name, PORT))
        return before, other.getpeername()[1], other.getsockname()[1] > 0, other.getsockname()[0] == host.address

    assert alone(world, program) == (("ENOTCONN", 0), PORT, True, True)


def test_only_the_peer_is_heard(world):
    def program(host, one, other):
        with udp(host) as stranger:
            other.connect((host.name, PORT))
            stranger.sendto(b"stranger", other.getsockname())
            one.sendto(b"peer", other.getsockname())
            return other.recv(100)

    assert alone(world, program) == b"peer"


def test_who_has_a_peer_may_write_to_others(world):
    def program(host, one, other):
        with udp(host) as third:
            third.bind(("", PORT + 1))
            third.settimeout(5)
            other.connect((host.name, PORT))
            other.sendto(b"third", (host.name, PORT + 1))
            other.send(b"peer")
            return third.recv(100), one.recv(100)

    assert alone(world, program) == (b"third", b"peer")


def test_the_peer_can_be_changed(world):
    def program(host, one, other):
        other.connect((host.name, PORT + 1))
        other.connect((host.name, PORT))
        other.send(b"hello")
        return one.recv(100)

    assert alone(world, program) == b"hello"


def test_a_port_is_taken_once_and_tcp_has_its_own(world):
    """A7 and A20 of the curriculum."""

    def program(host, one, other):
        taken = failure(other.bind, ("", PORT)), failure(one.bind, ("", PORT))
        with host.create_server(("", PORT)) as listener:
            return taken, listener.getsockname()[1]

    assert alone(world, program) == (("EADDRINUSE", "EINVAL"), PORT)
    assert results(world, host=datagrams.both_ports)["host"] == [PORT, PORT]


def test_a_closed_socket_gives_its_port_back(world):
    def program(host):
        for _ in range(2):
            with udp(host) as one:
                one.bind(("", PORT))
        return failure(one.recv, 1), failure(one.sendto, b"x", (host.name, PORT))

    assert results(world, host=program)["host"] == ("EBADF", "EBADF")


@pytest.mark.skipif(not hasattr(standard, "SO_REUSEPORT"), reason="systems differ in what SO_REUSEADDR means for UDP")
def test_two_share_a_port_if_both_say_so(world):
    if world not in ("simulated", "loopback"):
        pytest.skip("the port stands for another")

    def program(host):
        with udp(host) as one, udp(host) as other:
            for each in (one, other):
                each.setsockopt(host.SOL_SOCKET, host.SO_REUSEADDR, 1)
            return [failure(each.bind, ("", PORT)) for each in (one, other)]

    assert results(world, host=program)["host"] == [None, None]


def test_who_sends_without_a_peer_has_to_say_to_whom(world):
    assert alone(world, lambda host, one, other: failure(other.send, b"x")) == "EDESTADDRREQ"


# ------------------------------------------------ nobody has the port


def test_a_connected_socket_is_told_that_nobody_has_the_port(world):
    """M65 and A12: connect() asks nobody, and the next call after a send fails."""
    heard = results(world, server=datagrams.nobody, client=datagrams.connected_caller)["client"]
    assert heard == ["5", "ConnectionRefusedError"]


def test_a_socket_without_a_peer_is_told_nothing(world):
    heard = results(world, server=datagrams.nobody, client=datagrams.unconnected_caller)["client"]
    assert heard == ["5", "TimeoutError"]


@pytest.mark.parametrize("call", ["send", "recv", "SO_ERROR"])
def test_it_is_told_once_by_whatever_is_called_next(world, call):
    calls = {
        "send": lambda host, made: failure(made.send, b"x"),
        "recv": lambda host, made: failure(made.recv, 1),
        "SO_ERROR": lambda host, made: host_errno(made.getsockopt(host.SOL_SOCKET, host.SO_ERROR)),
    }

    def client(host):
        with udp(host) as made:
            made.connect(("server", PORT))
            made.send(b"x")
            host.sleep(0.1)
            made.settimeout(0)
            return calls[call](host, made), made.getsockopt(host.SOL_SOCKET, host.SO_ERROR)

    assert results(world, server=lambda host: None, client=client)["client"] == ("ECONNREFUSED", 0)


def host_errno(number):
    return standard.errno.errorcode[number]


def test_a_waiting_recv_is_told(world):
    def client(host):
        with udp(host) as made:
            made.connect(("server", PORT))
            made.settimeout(5)
            made.send(b"x")
            return failure(made.recv, 1)

    assert results(world, server=lambda host: None, client=client)["client"] == "ECONNREFUSED"


# ------------------------------------------------ what is of TCP alone, and what is not


def test_nobody_calls_who_sends_datagrams(world):
    def program(host, one, other):
        return failure(one.listen), failure(one.accept)

    assert set(alone(world, program)) <= {"EOPNOTSUPP", "ENOTSUP"}  # one number on Linux, with two names


def test_a_stream_has_no_sender_to_name(world):
    def server(host):
        with host.create_server(("", PORT)) as listener:
            connection, _ = listener.accept()
        with connection:
            return connection.recvfrom(100)

    def client(host):
        with host.create_connection(("server", PORT)) as connection:
            return connection.sendto(b"hello", ("server", PORT)) if world == "simulated" else connection.send(b"hello")

    assert results(world, server=server, client=client) == {"server": (b"hello", None), "client": 5}


def test_shutdown_is_for_who_has_a_peer_and_the_peer_does_not_hear_of_it(world):
    def program(host, one, other):
        before = failure(other.shutdown, host.SHUT_WR)
        other.connect((host.name, PORT))
        other.shutdown(host.SHUT_WR)
        one.settimeout(0)
        return before, failure(other.send, b"x"), failure(one.recv, 1)

    assert alone(world, program) == ("ENOTCONN", "EPIPE", "EAGAIN")


def test_who_is_deaf_reads_the_end(world):
    def program(host, one, other):
        other.connect((host.name, PORT))
        other.shutdown(host.SHUT_RD)
        return other.recv(10)

    assert alone(world, program) == b""


def test_options_of_tcp_are_none_of_udp(world):
    def program(host, one, other):
        kind = one.getsockopt(host.SOL_SOCKET, host.SO_TYPE), one.type, one.proto
        return kind, failure(one.setsockopt, host.IPPROTO_TCP, host.TCP_NODELAY, 1) is None

    kind = int(standard.SOCK_DGRAM)
    assert alone(world, program) == ((kind, kind, int(standard.IPPROTO_UDP)), False)


# ------------------------------------------------ waiting


def test_who_does_not_wait_is_told_that_nothing_has_come(world):
    def program(host, one, other):
        one.settimeout(0)
        said = [failure(one.recv, 10), failure(one.recvfrom, 10), failure(one.recv, 10, host.MSG_DONTWAIT)]
        one.settimeout(0.05)
        return [*said, failure(one.recvfrom, 10)]

    assert alone(world, program) == ["EAGAIN", "EAGAIN", "EAGAIN", "TimeoutError"]


def test_select_tells_which_has_a_datagram_and_all_can_be_written_to(world):
    def program(host, one, other):
        before = host.select([one, other], [one, other], timeout=0)[:2]
        other.sendto(b"hello", (host.name, PORT))
        ready, _, _ = host.select([one, other], timeout=5)
        return len(before[0]), len(before[1]), ready == [one]

    assert alone(world, program) == (0, 2, True)


def test_a_server_that_waits_for_datagrams_keeps_no_run_going(world):
    """As one in accept(): nobody can know whether somebody will call."""

    def by_select(host):
        with udp(host) as made:
            made.bind(("", PORT))
            while True:
                host.select([made])
                made.recv(100)

    assert results(world, server=datagrams.echo_server, client=lambda host: "done") == {"client": "done"}
    assert results(world, server=by_select, client=lambda host: "done") == {"client": "done"}
