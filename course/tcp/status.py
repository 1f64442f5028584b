"""Status: what a connection would say of itself at this moment (RFC 9293, section 3.10.6)."""

from typing import NamedTuple

from course.tcp.state import State
from course.tcp.variables import Tcb


class Status(NamedTuple):
    """A snapshot of a connection. Sizes in octets, times in seconds; None where nothing is known yet.

    `timeouts` says how often in a row the retransmission timer has run out: from 3 on (R1, section 3.8.3) something is
    wrong. `send_queue` is sent or waiting and not acknowledged, `receive_queue` arrived and not read. `beyond` are the
    ranges that arrived and wait for an octet before them, each as (first number, number after its last).
    `timers` maps each running timer's name to the moment at which it runs out. Sequence numbers are unwrapped.
    """

    state: State
    iss: int
    snd_una: int
    snd_nxt: int
    snd_wnd: int
    irs: int | None
    rcv_nxt: int
    rcv_wnd: int
    mss: int
    rto: float
    srtt: float | None
    rttvar: float | None
    cwnd: int
    ssthresh: int
    flight_size: int
    timeouts: int
    send_queue: int
    receive_queue: int
    beyond: tuple[tuple[int, int], ...]
    timers: dict[str, float]


def status(tcb: Tcb) -> Status:
    """The snapshot of this transmission control block."""
    snd, rcv, rto, congestion = tcb.snd, tcb.rcv, tcb.rto, tcb.congestion
    return Status(
        tcb.state, snd.iss, snd.una, snd.nxt, snd.wnd, rcv.irs, rcv.nxt, rcv.wnd, snd.mss,
        rto.rto, rto.srtt, rto.rttvar, congestion.cwnd, congestion.ssthresh, snd.nxt - snd.una, tcb.timeouts,
        len(tcb.outgoing), len(tcb.incoming), tcb.incoming.beyond,
        {str(timer): at for timer, at in tcb.timers.running().items()},
    )  # fmt: skip
