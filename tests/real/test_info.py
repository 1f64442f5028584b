"""TCP_INFO of any length, decoded, and told in the words of the RFCs; where the kernel tells nothing, None."""

import socket
import struct

import pytest

from course.real import info, kernel
from course.real.kernel import Row, Running
from course.tcp.state import State
from course.tcp.status import Status
from tests.real.worlds import soon

on_linux = pytest.mark.skipif(kernel.TCP_INFO is None, reason="the kernel tells its variables on Linux only")
KERNELS = {104: "total_retrans", 192: "sndbuf_limited", 232: "snd_wnd", 248: "total_rto_time", 280: "received_ce_bytes"}
ESTABLISHED, LISTENS = 1, 10


def told(queue=0, unread=0, **fields):
    """The status that comes of a TCP_INFO with these fields; the others are 0."""
    everything = dict.fromkeys(info.TcpInfo._fields, 0) | {"state": ESTABLISHED, "snd_mss": 1000, "snd_cwnd": 10}
    return info.told(info.TcpInfo(**(everything | fields)), queue, unread)


@pytest.fixture
def ends():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        caller = socket.create_connection(listener.getsockname(), 5)
        accepted, _ = listener.accept()
        with caller, accepted:
            yield listener, caller, accepted


@pytest.mark.parametrize(
    ("name", "offset", "width"),
    [("state", 0, 1), ("rto", 8, 4), ("unacked", 24, 4), ("snd_cwnd", 80, 4), ("total_retrans", 100, 4),
     ("pacing_rate", 104, 8), ("segs_out", 136, 4), ("delivery_rate", 160, 8), ("bytes_sent", 200, 8),
     ("snd_wnd", 228, 4), ("rcv_wnd", 232, 4), ("total_rto", 240, 2), ("received_ce", 248, 4)],
)  # fmt: skip
def test_a_field_is_read_where_the_c_compiler_puts_it(name, offset, width):
    """The offsets are those that offsetof() gives for struct tcp_info of linux/tcp.h."""
    octets = bytearray(280)
    octets[offset : offset + width] = (7).to_bytes(width, info.sys.byteorder)
    decoded = info.decode(bytes(octets))

    assert {field for field, value in decoded._asdict().items() if value} == {name}
    assert getattr(decoded, name) == 7


@pytest.mark.parametrize(("length", "last"), KERNELS.items())
def test_what_an_older_kernel_does_not_tell_is_none(length, last):
    decoded = info.decode(bytes(length))._asdict()
    place = list(decoded).index(last)

    assert [value for value in list(decoded.values())[: place + 1] if value is None] == []
    assert set(list(decoded.values())[place + 1 :]) <= {None}


def test_a_field_that_is_cut_is_none_and_what_is_new_is_passed_over():
    assert info.decode(bytes(11)).rto is None
    assert info.decode(bytes(12)).rto == 0
    assert info.decode(bytes(2000)) == info.decode(bytes(280))
    assert set(info.decode(b"")) == {None}


def test_octets_and_seconds():
    """RFC 5681 counts cwnd and ssthresh in octets, Linux in segments; RFC 6298's times are in seconds."""
    status = told(rto=204_000, rtt=25, rttvar=12, snd_ssthresh=7, snd_wnd=65_536, rcv_wnd=3, backoff=1, retransmits=2)

    assert (status.state, status.mss, status.cwnd, status.cwnd_segments) == (State.ESTABLISHED, 1000, 10_000, 10)
    assert (status.ssthresh, status.snd_wnd, status.rcv_wnd) == (7000, 65_536, 3)
    assert (status.rto, status.srtt, status.rttvar) == pytest.approx((0.204, 25e-6, 12e-6))
    assert (status.timeouts, status.backoff) == (2, 1)


def test_what_is_not_known_yet_is_none():
    status = told(snd_ssthresh=2**31 - 1)

    assert (status.ssthresh, status.srtt, status.rttvar) == (None, None, None)


def test_the_names_are_those_of_the_simulated_status():
    ours = set(info.KernelStatus.__dataclass_fields__)

    assert set(Status._fields) - ours == {"iss", "snd_una", "snd_nxt", "irs", "rcv_nxt", "beyond"}
    assert ours - set(Status._fields) == {"cwnd_segments", "backoff", "info"}


@pytest.mark.parametrize(
    ("fields", "queue", "flight"),
    [
        ({"unacked": 0}, 5000, 0),
        ({"unacked": 3, "notsent_bytes": 2000, "bytes_sent": 2600, "bytes_acked": 100}, 4500, 2500),
        ({"unacked": 3, "bytes_sent": 2500, "bytes_acked": 1}, 2500, 2500),  # the SYN was acknowledged as well
        ({"unacked": 3, "bytes_sent": 2500}, 90_000, 2502),  # much was written in between
        ({"unacked": 3, "bytes_sent": 2500}, 0, 2500),  # all was acknowledged in between
        ({"unacked": 1, "bytes_sent": 9000, "bytes_retrans": 6000, "bytes_acked": 2000}, 1000, 1000),
        ({"unacked": 3, "bytes_sent": None}, 2500, 2500),  # before Linux 4.19
        ({"unacked": 3, "bytes_sent": None, "notsent_bytes": None}, 2500, 3000),  # before Linux 4.6
    ],
)
def test_the_flight_size_is_what_is_sent_and_not_acknowledged(fields, queue, flight):
    """RFC 5681, section 2; the queue is asked a moment later than the counters."""
    assert told(queue, **fields).flight_size == flight


def test_before_the_connection_is_there_the_syn_is_in_flight():
    assert told(state=2, unacked=1).flight_size == 1


def test_of_a_listener_and_a_closed_socket_little_is_told():
    listener = told(0, 3, state=LISTENS, unacked=3, sacked=128)

    assert (listener.state, listener.cwnd, listener.rto, listener.receive_queue) == (State.LISTEN, None, None, 3)
    assert told(state=7).cwnd is None
    assert told(state=99) is None


def test_bits_have_names():
    bits = info.TcpInfo(**(dict.fromkeys(info.TcpInfo._fields, 0) | {"options": 7, "ca_state": 3}))

    assert bits.agreed == ("timestamps", "SACK", "window scale")
    assert bits.recovery == "Recovery"
    assert info.decode(b"").agreed == ()
    assert info.decode(b"").recovery is None
    assert (info.decode(b"").snd_wscale, info.decode(b"").rcv_wscale) == (None, None)
    assert bits._replace(ca_state=9).recovery is None


@pytest.mark.parametrize(("order", "both"), [("little", (10, 7)), ("big", (7, 10))])
def test_the_window_scales_share_an_octet(order, both, monkeypatch):
    """RFC 7323, section 2.2; C gives bit fields the lower bits first on little-endian machines."""
    monkeypatch.setattr(info.sys, "byteorder", order)
    told = info.decode(struct.pack("7B", 0, 0, 0, 0, 0, 0, 0x7A))

    assert (told.snd_wscale, told.rcv_wscale) == both


def test_a_row_tells_state_queues_and_timer():
    row = Row(("127.0.0.1", 1), ("127.0.0.1", 2), State.FIN_WAIT_2, 3, 4, Running("keep-alive", 2.5))

    status = info.from_row(row, at=10.0)
    assert (status.state, status.send_queue, status.receive_queue) == (State.FIN_WAIT_2, 3, 4)
    assert status.timers == {"keep-alive": 12.5}
    assert status.cwnd is None
    assert info.timers(None, 1.0) == {}


# ------------------------------------------------ the real kernel


@on_linux
def test_a_connection_tells_its_variables(ends):
    listener, caller, accepted = ends
    caller.sendall(b"hello")
    assert soon(lambda: info.status(accepted).receive_queue == 5)
    accepted.sendall(b"hello")
    assert soon(lambda: info.status(caller).receive_queue == 5)

    status = info.status(caller)
    assert status.state is State.ESTABLISHED
    assert soon(lambda: info.status(caller).send_queue == 0)
    assert status.mss > 0
    assert status.cwnd == status.cwnd_segments * status.mss
    assert status.rto > 0
    assert status.timers is None
    assert info.status(listener).state is State.LISTEN


def filled(caller):
    """Write until it would block; how many octets that were."""
    caller.settimeout(0)
    written = 0
    try:
        while True:
            written += caller.send(bytes(65_536))
    except BlockingIOError:
        return written


@on_linux
def test_a_sender_that_nobody_reads_has_a_queue(ends):
    _, caller, accepted = ends
    written = filled(caller)

    def told_of_all():
        sender, receiver = info.status(caller), info.status(accepted)
        return sender.send_queue + receiver.receive_queue == written

    assert soon(told_of_all)
    assert info.status(caller).flight_size <= info.status(caller).send_queue


@on_linux
def test_a_listener_counts_its_callers():
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname(), 5):
        assert soon(lambda: info.status(listener).receive_queue == 1)
        listener.accept()[0].close()
        assert info.status(listener).receive_queue == 0


def test_a_closed_socket_and_another_kind_of_socket_tell_nothing(ends):
    listener, _, _ = ends
    listener.close()

    assert info.status(listener) is None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        assert info.status(datagrams) is None


@on_linux
def test_a_socket_that_is_closed_while_it_is_asked_tells_nothing(ends, monkeypatch):
    """Its descriptor may be another socket's by then."""
    _, caller, _ = ends
    monkeypatch.setattr(info, "waiting", lambda connection, request: connection.close())

    assert info.status(caller) is None


def test_another_system_tells_nothing(ends, monkeypatch):
    monkeypatch.setattr(kernel, "TCP_INFO", None)

    assert [info.status(each) for each in ends] == [None, None, None]


@on_linux
def test_a_system_without_ioctl_tells_no_queues(ends, monkeypatch):
    monkeypatch.setattr(info, "CAN_ASK", False)

    assert info.status(ends[1]).send_queue is None


class ClosesMeanwhile(socket.socket):
    """A socket that another thread closes just when it was asked for TCP_INFO."""

    def getsockopt(self, *arguments):
        octets = super().getsockopt(*arguments)
        self.close()
        return octets


@on_linux
def test_a_socket_that_is_closed_while_it_is_asked_says_nothing():
    assert info.status(ClosesMeanwhile()) is None
