"""Status, as the kernel tells it: TCP_INFO whole, and in the words and units of course.tcp.status (section 3.10.6).

The kernel may tell less (it is older) or more (it is newer): what it does not tell is None, what is new is passed over.
"""

import socket
import struct
import sys
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple, TypeAlias, get_type_hints

from course.real import kernel
from course.real.kernel import Row
from course.tcp.state import State

try:
    import fcntl
    import termios
except ImportError:  # Windows
    CAN_ASK = False
else:
    CAN_ASK = True

ENOUGH = 1024  # octets to ask for: getsockopt() gives as many as the kernel has, 280 in Linux 6.18
UNKNOWN_YET = 2**31 - 1  # TCP_INFINITE_SSTHRESH of include/net/tcp.h: no loss has been seen
UNSYNCHRONIZED = frozenset({State.CLOSED, State.LISTEN, State.SYN_SENT, State.SYN_RECEIVED})

U8: TypeAlias = Annotated[int | None, 1]
U16: TypeAlias = Annotated[int | None, 2]
U32: TypeAlias = Annotated[int | None, 4]
U64: TypeAlias = Annotated[int | None, 8]


class TcpInfo(NamedTuple):
    """struct tcp_info of linux/tcp.h, field by field, without "tcpi_" and in the kernel's own units.

    Times are microseconds, those in `last_` and `total_rto_time` milliseconds; rates are octets a second; what is
    counted without a unit are segments. None: this kernel is older than the field. The fields stand in the kernel's
    order and leave no gap, so each one's width says where the next begins. The last four octets of Linux 6.18 are not
    among them, since Linux 7.0 uses them otherwise.
    """

    state: U8
    ca_state: U8
    retransmits: U8  # timeouts in a row
    probes: U8  # zero-window or keep-alive probes without an answer
    backoff: U8  # how often in a row the RTO was doubled
    options: U8
    window_scales: U8  # two of four bits each, see `snd_wscale`
    flags: U8
    rto: U32
    ato: U32  # how long an ACK may wait
    snd_mss: U32
    rcv_mss: U32  # an estimate, for delayed ACKs
    unacked: U32  # of a listener: connections that wait for accept()
    sacked: U32  # of a listener: its backlog
    lost: U32
    retrans: U32  # sent again and not acknowledged yet
    fackets: U32
    last_data_sent: U32
    last_ack_sent: U32
    last_data_recv: U32
    last_ack_recv: U32
    pmtu: U32
    rcv_ssthresh: U32
    rtt: U32
    rttvar: U32
    snd_ssthresh: U32
    snd_cwnd: U32
    advmss: U32
    reordering: U32
    rcv_rtt: U32
    rcv_space: U32
    total_retrans: U32
    pacing_rate: U64
    max_pacing_rate: U64
    bytes_acked: U64  # a caller's SYN, and a FIN, count as one
    bytes_received: U64
    segs_out: U32
    segs_in: U32
    notsent_bytes: U32
    min_rtt: U32
    data_segs_in: U32
    data_segs_out: U32
    delivery_rate: U64
    busy_time: U64
    rwnd_limited: U64
    sndbuf_limited: U64
    delivered: U32
    delivered_ce: U32
    bytes_sent: U64
    bytes_retrans: U64
    dsack_dups: U32
    reord_seen: U32
    rcv_ooopack: U32
    snd_wnd: U32
    rcv_wnd: U32
    rehash: U32
    total_rto: U16
    total_rto_recoveries: U16
    total_rto_time: U32
    received_ce: U32
    delivered_e1_bytes: U32
    delivered_e0_bytes: U32
    delivered_ce_bytes: U32
    received_e1_bytes: U32
    received_e0_bytes: U32
    received_ce_bytes: U32

    @property
    def snd_wscale(self) -> int | None:
        """By how many bits the peer's window field is shifted (RFC 7323, section 2.2)."""
        return None if self.window_scales is None else nibbles(self.window_scales)[0]

    @property
    def rcv_wscale(self) -> int | None:
        """By how many bits our own window field is."""
        return None if self.window_scales is None else nibbles(self.window_scales)[1]

    @property
    def agreed(self) -> tuple[str, ...]:
        """What both ends have agreed upon in their SYNs, and what came of it."""
        return tuple(name for bit, name in enumerate(OPTIONS) if (self.options or 0) >> bit & 1)

    @property
    def recovery(self) -> str | None:
        """What congestion control is about: "Open" is all well, "Disorder", "CWR", "Recovery", "Loss"."""
        known = self.ca_state is not None and self.ca_state < len(RECOVERIES)
        return RECOVERIES[self.ca_state or 0] if known else None


OPTIONS = ("timestamps", "SACK", "window scale", "ECN", "ECN seen", "data in SYN", "timestamps in µs", "fast open")
RECOVERIES = ("Open", "Disorder", "CWR", "Recovery", "Loss")  # enum tcp_ca_state
FORMATS = {1: "B", 2: "H", 4: "I", 8: "Q"}
WIDTHS = {name: hint.__metadata__[0] for name, hint in get_type_hints(TcpInfo, include_extras=True).items()}


def nibbles(octet: int) -> tuple[int, int]:
    """The two halves of an octet in the order in which this machine's C compiler fills it."""
    low, high = octet & 15, octet >> 4
    return (low, high) if sys.byteorder == "little" else (high, low)


def decode(octets: bytes) -> TcpInfo:
    """TCP_INFO as getsockopt() gives it, however long; a field that does not fit in whole is None."""
    values: list[int | None] = []
    offset = 0
    for width in WIDTHS.values():
        fits = offset + width <= len(octets)
        values.append(struct.unpack_from(FORMATS[width], octets, offset)[0] if fits else None)
        offset += width
    return TcpInfo(*values)


# ------------------------------------------------ in the words of the RFCs


@dataclass(frozen=True, slots=True)
class KernelStatus:
    """What the kernel says of a connection, under the names of course.tcp.status.Status where they mean the same.

    Sizes in octets, times in seconds; None where the kernel does not tell, or does not know yet. Linux counts `cwnd`
    and `ssthresh` in segments (`cwnd_segments`); here they are multiplied by `mss`. `timeouts` says how often in a row
    the retransmission timer has run out, `backoff` how often the RTO was doubled for it: not for the first few SYNs.
    `send_queue` and `receive_queue` are SIOCOUTQ and SIOCINQ of tcp(7); of a listener `receive_queue` counts the
    connections that wait for accept(). `timers` maps the running timer's name to the moment at which it runs out; it is
    told by /proc/net/tcp alone, and None where that was not asked. `info` is all that TCP_INFO said, in the kernel's
    own words. Sequence numbers it does not tell.
    """

    state: State
    snd_wnd: int | None = None
    rcv_wnd: int | None = None
    mss: int | None = None
    rto: float | None = None
    srtt: float | None = None
    rttvar: float | None = None
    cwnd: int | None = None
    ssthresh: int | None = None
    flight_size: int | None = None
    timeouts: int | None = None
    send_queue: int | None = None
    receive_queue: int | None = None
    timers: dict[str, float] | None = None
    cwnd_segments: int | None = None
    backoff: int | None = None
    info: TcpInfo | None = field(default=None, repr=False)


def status(connection: socket.socket) -> KernelStatus | None:
    """What the kernel says of a socket's connection; None if it does not say: not Linux, or the socket is closed.

    A connection in TIME-WAIT is no longer its socket's: the socket is CLOSED by then.
    """
    if kernel.TCP_INFO is None:
        return None
    try:
        info = decode(connection.getsockopt(socket.IPPROTO_TCP, kernel.TCP_INFO, ENOUGH))
        send_queue, receive_queue = queues(connection, info)
    except (OSError, ValueError):  # closed before it was asked, or while it was: ioctl() says ValueError of -1
        return None
    is_same = connection.fileno() >= 0  # or the descriptor may have become another socket's while it was asked
    return told(info, send_queue, receive_queue) if is_same else None


def queues(connection: socket.socket, info: TcpInfo) -> tuple[int | None, int | None]:
    """(octets that are not acknowledged, octets that are not read); a listener has callers instead."""
    if kernel.state_numbered(info.state or 0) is State.LISTEN:
        return 0, info.unacked
    return waiting(connection, "TIOCOUTQ"), waiting(connection, "FIONREAD")


def waiting(connection: socket.socket, request: str) -> int | None:
    """What ioctl() answers to SIOCOUTQ or SIOCINQ, which Linux numbers as TIOCOUTQ and FIONREAD (tcp(7))."""
    if not CAN_ASK:
        return None
    answer = fcntl.ioctl(connection.fileno(), getattr(termios, request), bytes(4))
    return int(struct.unpack("i", answer)[0])


def told(info: TcpInfo, send_queue: int | None, receive_queue: int | None) -> KernelStatus | None:
    """TCP_INFO and the queues in the words of the RFCs; None for a state that TCP does not have."""
    state = kernel.state_numbered(info.state or 0)
    if state is None:
        return None
    if state in (State.LISTEN, State.CLOSED):  # nothing else means anything yet, or any more
        return KernelStatus(state, send_queue=send_queue, receive_queue=receive_queue, info=info)
    return KernelStatus(
        state, info.snd_wnd, info.rcv_wnd, info.snd_mss,
        seconds(info.rto), seconds(info.rtt) or None, seconds(info.rttvar) if info.rtt else None,
        times(info.snd_cwnd, info.snd_mss), threshold(info), flight(info, state, send_queue),
        info.retransmits, send_queue, receive_queue, None, info.snd_cwnd, info.backoff, info,
    )  # fmt: skip


def from_row(row: Row, at: float) -> KernelStatus:
    """What /proc/net/tcp tells of a connection at that moment (seconds): its state, its queues, and its timer."""
    return KernelStatus(row.state, send_queue=row.send_queue, receive_queue=row.receive_queue, timers=timers(row, at))


def timers(row: Row | None, at: float) -> dict[str, float]:
    """The timer that runs, by the name that it has in course.tcp, and when it runs out."""
    if row is None or row.timer is None:
        return {}
    return {row.timer.name: at + row.timer.seconds}


def seconds(microseconds: int | None) -> float | None:
    """Microseconds as seconds."""
    return None if microseconds is None else microseconds / 1e6


def times(segments: int | None, mss: int | None) -> int | None:
    """So many full segments, in octets."""
    return None if segments is None or mss is None else segments * mss


def threshold(info: TcpInfo) -> int | None:
    """Ssthresh in octets; None as long as no loss was seen, which Linux writes as 2**31 - 1 segments."""
    return None if info.snd_ssthresh == UNKNOWN_YET else times(info.snd_ssthresh, info.snd_mss)


def flight(info: TcpInfo, state: State, send_queue: int | None) -> int | None:
    """The octets that are sent and not acknowledged (RFC 5681, section 2).

    They are the send queue without what was not sent yet. But queue and TCP_INFO are asked one after the other, and
    much can be written in between. What TCP_INFO itself counts says the same to within two octets (a caller's SYN and a
    FIN are acknowledged, but no octets of data), and keeps the answer to that.
    """
    if not info.unacked or state in UNSYNCHRONIZED:
        return info.unacked  # before the connection is there it is the SYN
    if send_queue is None or info.notsent_bytes is None:
        return times(info.unacked, info.snd_mss)  # at most: the segments need not be full
    size = max(send_queue - info.notsent_bytes, 0)
    if info.bytes_sent is None or info.bytes_retrans is None or info.bytes_acked is None:
        return size
    counted = max(info.bytes_sent - info.bytes_retrans - info.bytes_acked, 0)
    return min(max(size, counted), counted + 2)
