"""Acknowledgments: what a connection learns from the ACK field and the window (RFC 9293, section 3.10.7.4, fifth)."""

from course.tcp.options import round_trip
from course.tcp.segment import Segment, Why
from course.tcp.variables import Tcb


def new_octets_acknowledged(tcb: Tcb, seg: Segment, now: float) -> None:
    """SND.UNA moves: forget what has arrived, measure the round trip, let more go."""
    snd, ack = tcb.snd, seg.ack
    assert ack is not None
    measure_round_trip(tcb, seg, ack, now)
    was_syn = snd.una == snd.iss
    octets, snd.una = ack - snd.una - was_syn, ack
    snd.rxt = max(snd.rxt, ack)
    tcb.outgoing.acknowledge(ack)
    if was_syn:
        tcb.rto.begin_data()
        tcb.congestion.begin_data(tcb.rto.lost_syns)
    tcb.silent_since = now if ack < snd.nxt else None
    tcb.timeouts = 0
    tcb.timers.stop(tcb.waits_for)  # RFC 6298, 5.3: `output` arms it anew if anything is still in flight
    if tcb.congestion.acknowledged(octets, ack):
        tcb.missing = Why.PARTIAL_ACK


def measure_round_trip(tcb: Tcb, seg: Segment, ack: int, now: float) -> None:
    """By the timestamp that comes back, with any ACK of something new; else by the one segment that is being timed."""
    if tcb.timestamps is None:
        tcb.rto.acknowledged(ack, now)
    elif (seconds := round_trip(seg, now)) is not None:
        tcb.rto.measured(seconds, a_window=-(-(tcb.snd.nxt - tcb.snd.una) // (2 * tcb.snd.mss)))


def is_duplicate_ack(tcb: Tcb, seg: Segment) -> bool:
    """RFC 5681, section 2: the five conditions of a duplicate acknowledgment."""
    snd = tcb.snd
    nothing_new = seg.len == 0 and seg.ack == snd.una and seg.window << snd.scale == snd.wnd
    return nothing_new and snd.una < snd.nxt and not tcb.probes  # the answer to a probe says nothing of a gap


def duplicate_ack(tcb: Tcb) -> None:
    """A duplicate ACK says that something arrived beyond a gap (RFC 5681, section 3.2)."""
    snd = tcb.snd
    if tcb.congestion.duplicate(snd.nxt - snd.una, snd.nxt):
        tcb.missing = Why.FAST_RETRANSMIT


def update_send_window(tcb: Tcb, seg: Segment) -> None:
    """Take the window from a segment that acknowledges nothing new, unless it is an older one (WL1 and WL2 tell)."""
    snd = tcb.snd
    if snd.wl1 < seg.seq or (snd.wl1 == seg.seq and snd.wl2 <= snd.una):
        set_send_window(tcb, seg)


def set_send_window(tcb: Tcb, seg: Segment) -> None:
    """SND.WND, SND.WL1 and SND.WL2 from this segment; any answer to a probe keeps the connection alive (MUST-37)."""
    snd = tcb.snd
    snd.wnd = seg.window if seg.syn else seg.window << snd.scale  # a SYN's own is never scaled (RFC 7323, 2.2)
    snd.wl1, snd.wl2 = seg.seq, seg.ack or 0
    snd.max_wnd = max(snd.max_wnd, snd.wnd)
    if tcb.probes:
        tcb.silent_since = None
    if snd.wnd > 0:
        tcb.probes = 0
