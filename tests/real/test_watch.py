"""Watching sockets and ports of this machine: samples, records, and an end that leaves nothing."""

import socket
import threading

import psutil
import pytest

from course.lab.doctor import can_listen
from course.real import kernel
from course.real.watch import observations, watch
from course.tcp.state import State
from course.view.series import series
from tests.real.worlds import soon

on_linux = pytest.mark.skipif(kernel.TCP_INFO is None, reason="the kernel tells its variables on Linux only")


@pytest.fixture
def ends():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        caller = socket.create_connection(listener.getsockname(), 5)
        accepted, _ = listener.accept()
        with caller, accepted:
            yield listener, caller, accepted


def asking():
    return [thread for thread in threading.enumerate() if thread.name == "watch"]


def states(samples, host):
    return [sample.status.state for sample in samples if sample.host == host]


@on_linux
def test_sockets_are_asked_before_during_and_after(ends):
    listener, caller, accepted = ends
    with watch(listener, client=caller, server=accepted, period=0.001) as seen:
        caller.sendall(b"hello")
        assert soon(lambda: [one.status.receive_queue for one in seen.samples if one.host == "server"][-1] == 5)
        caller.shutdown(socket.SHUT_WR)
        assert soon(lambda: states(seen.samples, "client")[-1] is State.FIN_WAIT_2)

    assert states(seen.samples, "client")[0] is State.ESTABLISHED
    assert states(seen.samples, "client")[-1] is State.FIN_WAIT_2
    assert states(seen.samples, "server")[-1] is State.CLOSE_WAIT
    assert {sample.host for sample in seen.samples} == {"client", "server", f"127.0.0.1:{listener.getsockname()[1]}"}
    assert [sample.at for sample in seen.samples] == sorted(sample.at for sample in seen.samples)
    assert asking() == []


@on_linux
def test_what_was_seen_is_a_trace(ends):
    _, caller, accepted = ends
    with watch(client=caller, server=accepted) as seen:
        caller.sendall(b"hello")
        assert soon(lambda: accepted.recv(5, socket.MSG_PEEK) == b"hello")
    trace = seen.trace

    assert (trace.world, trace.captured, list(trace.hosts)) == ("loopback", False, ["client", "server"])
    assert trace.conditions == "this machine's kernel; asked every 5 ms; no capture"
    last = [record for record in trace.observations if record.host == "server"][-1]
    assert (last.state, last.receive_queue, last.source) == (State.ESTABLISHED, 5, "TCP_INFO")
    assert "client" in str(trace)
    assert "5 to receive" in str(trace)
    assert len(observations(seen.samples + seen.samples[-1:])) == len(trace.records)


@on_linux
def test_samples_are_drawn(ends):
    _, caller, accepted = ends
    with watch(client=caller, server=accepted) as seen:
        caller.sendall(bytes(1000))

    told = series(seen.trace, seen.samples).alternative
    assert told.startswith("Variables of client, sending to server, this machine's kernel, asked every 5 ms")
    assert series(seen.trace, seen.samples, "server").alternative.startswith("Variables of server")


@on_linux
def test_a_socket_that_is_closed_has_no_more_samples(ends):
    _, caller, accepted = ends
    with watch(client=caller, server=accepted, period=0.001) as seen:
        caller.close()
        assert soon(
            lambda: seen.samples[-1].host == "server" and states(seen.samples, "server")[-1] is State.CLOSE_WAIT
        )
    accepted.close()

    assert len(states(seen.samples, "client")) <= len(states(seen.samples, "server"))
    assert states(seen.samples, "client")[-1] is State.ESTABLISHED


@on_linux
def test_a_reset_connection_keeps_its_ends(ends):
    """getpeername() forgets the peer then."""
    _, caller, accepted = ends
    with watch(client=caller) as seen:
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        accepted.close()
        assert soon(lambda: kernel.state_of(caller) is State.CLOSED)

    assert states(seen.samples, "client")[-1] is State.CLOSED
    assert len({(sample.local, sample.remote) for sample in seen.samples}) == 1


@on_linux
def test_a_socket_may_be_watched_before_it_is_connected(ends):
    listener = ends[0]
    with socket.socket() as fresh, watch(fresh=fresh) as seen:
        fresh.connect(listener.getsockname())

    assert seen.samples[-1].status.state is State.ESTABLISHED
    assert {sample.local for sample in seen.samples if sample.remote} <= {seen.samples[-1].local}


@on_linux
@pytest.mark.skipif(not kernel.PROC_NET_TCP.exists(), reason="only /proc/net/tcp tells of ports")
def test_of_a_port_also_what_nobody_has_accepted_is_told():
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        watch(server=listener.getsockname()[1]) as seen,
        socket.create_connection(listener.getsockname(), 5) as caller,
    ):
        caller.sendall(b"hello")
        assert soon(lambda: any(sample.remote and sample.status.receive_queue == 5 for sample in seen.samples))

    assert states(seen.samples, "server")[0] is State.LISTEN
    assert {record.source for record in seen.trace.observations} == {"/proc/net/tcp"}


@on_linux
@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_nothing_stays_behind_whatever_happens(ends, error):
    before = psutil.Process().num_fds()
    for _ in range(20):
        with pytest.raises(error), watch(*ends, period=0.0005):
            raise error

    assert asking() == []
    assert psutil.Process().num_fds() == before


@on_linux
def test_after_so_many_looks_nobody_looks(ends):
    with watch(client=ends[1], period=0.001, most=2) as seen:
        assert soon(lambda: asking() == [])

    assert len(seen.samples) <= 4  # the first, two, and the last


@pytest.mark.parametrize("thing", [70_000, 0, True, "server", None, 1.5])
def test_what_cannot_be_watched_is_named(thing):
    if kernel.TCP_INFO is not None:
        with pytest.raises(TypeError, match="give a TCP socket of this machine's, or a local port"):
            watch(thing)


@on_linux
def test_datagrams_and_strange_periods_are_refused():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, pytest.raises(TypeError, match="cannot be"):
        watch(datagrams)
    with pytest.raises(ValueError, match=r"give seconds, as in 0\.005, and no more than seconds=10"):
        watch(7000, period=11)
    for odd in ({"period": 0}, {"period": -1}, {"period": "x"}, {"seconds": -1}, {"most": 0}, {"period": float("nan")}):
        with pytest.raises(ValueError, match=f"{next(iter(odd))}=.* cannot be: give a number greater than 0"):
            watch(7000, **odd)
    with pytest.raises(TypeError, match="there is nothing to watch"):
        watch()


# ------------------------------------------------ IPv6


def has_ipv6():
    return can_listen(socket.AF_INET6, "::1")


@on_linux
@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 on its loopback")
@pytest.mark.parametrize(("listens", "called", "shown"), [("::1", "::1", "::1"), ("::", "127.0.0.1", "127.0.0.1")])
def test_ports_and_sockets_are_watched_over_ipv6_too(listens, called, shown):
    """A listener for both families has IPv4 callers under mapped addresses, in the table of IPv6."""
    both = listens == "::"
    with socket.create_server((listens, 0), family=socket.AF_INET6, dualstack_ipv6=both) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection((called, port), 5) as caller, watch(port, client=caller) as seen:
            caller.sendall(b"hello")
            assert soon(lambda: waiting(seen, port) == 5)
        accepted, _ = listener.accept()
        with accepted, watch(server=accepted) as later:
            pass

    unaccepted = [one for one in seen.samples if one.host == f"port {port}" and one.remote][-1]
    client = [one for one in seen.samples if one.host == "client"][-1]
    assert (unaccepted.local, unaccepted.remote) == (client.remote, client.local)
    assert client.remote == later.samples[-1].local == (shown, port)
    assert any(one.remote is None and one.local == (listens, port) for one in seen.samples)
    assert client.status.timers is not None  # found in a table: by the same two ends


def waiting(seen, port):
    """The octets that have come, and that nobody has accepted yet."""
    queues = [one.status.receive_queue for one in seen.samples if one.host == f"port {port}" and one.remote]
    return queues[-1] if queues else None


@on_linux
def test_what_was_watched_says_so_itself(ends):
    with watch(client=ends[1]) as seen:
        assert repr(seen).startswith("<watch of client: ")


def test_another_system_has_nothing_to_watch(monkeypatch):
    monkeypatch.setattr(kernel, "TCP_INFO", None)

    with pytest.raises(OSError, match="only Linux tells about its connections"):
        watch(7000)
