"""Output: what may be sent now, cut into segments, each with the reason why (RFC 9293, sections 3.7 and 3.8)."""

from course.tcp.options import offered, stamp
from course.tcp.segment import NO_OPTIONS, Segment, Why
from course.tcp.seq import wrap
from course.tcp.state import State
from course.tcp.timers import Timer
from course.tcp.variables import Tcb

ENOUGH = 16  # doublings: any RTO is at its maximum by then
OVERRIDE = 0.5  # seconds that a small segment waits for a larger window (section 3.8.6.2.1)
MAY_SEND = frozenset({State.ESTABLISHED, State.CLOSE_WAIT, State.FIN_WAIT_1, State.CLOSING, State.LAST_ACK})
HAS_A_STREAM = MAY_SEND | {State.SYN_SENT, State.SYN_RECEIVED}


def segments_to_send(tcb: Tcb, now: float) -> list[Segment]:
    """Everything that leaves now: resets first, then SYN, data and FIN, then an ACK if one is still owed."""
    leaving, tcb.resets = tcb.resets, []
    unacknowledged = tcb.outgoing.end + tcb.closing > tcb.snd.una  # our SYN, octets or FIN, sent or not
    if unacknowledged and tcb.state in HAS_A_STREAM:
        if tcb.missing is not None:
            leaving.append(resend_first(tcb, now))
        send_stream(tcb, now, leaving)
        arm_timers(tcb, now)
    if tcb.ack_now is not None and tcb.state is not State.CLOSED:
        leaving.append(make(tcb, tcb.snd.nxt, now, why=tcb.ack_now))
    return leaving


def send_stream(tcb: Tcb, now: float, leaving: list[Segment]) -> None:
    """Cut the stream from SND.RXT on into segments, as long as the windows and the algorithms allow."""
    snd = tcb.snd
    if snd.rxt == snd.iss:
        leaving.append(make_syn(tcb, now))
        sent(tcb, 1, now)
    elif snd.una == snd.nxt and now - tcb.sent_at > tcb.rto.rto:
        tcb.congestion.restart()
    while tcb.state in MAY_SEND and (size := sendable(tcb)):
        leaving.append(next_segment(tcb, size, now))
        sent(tcb, size, now)
    tcb.send_anyway = False


def sendable(tcb: Tcb) -> int:
    """How many numbers the next segment may take, 0 if it has to wait (section 3.8.6.2.1, where `waiting` is D)."""
    snd = tcb.snd
    waiting = tcb.outgoing.end + tcb.closing - snd.rxt
    if waiting <= 0:
        return 0
    usable = snd.una + min(snd.wnd, tcb.congestion.cwnd + tcb.congestion.beyond) - snd.rxt
    full = snd.mss + (tcb.closing and waiting == snd.mss + 1)  # a FIN rides on the last octets
    size = full if waiting >= full <= usable else min(waiting, usable)
    if size <= 0:
        return 0
    if size >= snd.mss or snd.rxt < snd.nxt or tcb.send_anyway:
        return size
    if snd.nxt > snd.una and tcb.parameters.nagle and not tcb.closing:
        return 0  # the Nagle algorithm: one small segment at a time (section 3.7.4)
    return size if waiting <= usable or 2 * size >= snd.max_wnd else 0


def next_segment(tcb: Tcb, size: int, now: float) -> Segment:
    """The segment that takes the next `size` numbers of the stream."""
    seq = tcb.snd.rxt
    data = tcb.outgoing.read(seq, size)
    fin = len(data) < size
    if seq < tcb.snd.nxt:
        why = tcb.resend_why
        tcb.resend_why = Why.RECOVERY
    elif tcb.send_anyway:
        why = Why.OVERRIDE
    elif seq + size - tcb.snd.una > tcb.congestion.cwnd:
        why = Why.LIMITED_TRANSMIT
    else:
        why = Why.CLOSE if fin else Why.DATA
    return make(tcb, seq, now, data, fin=fin, psh=bool(data) and seq + size >= tcb.outgoing.end, why=why)


def sent(tcb: Tcb, size: int, now: float) -> None:
    """Move SND.RXT, and SND.NXT before it; time the round trip if this is new (RFC 6298, section 3)."""
    snd = tcb.snd
    if snd.rxt < snd.nxt:
        tcb.rto.stop_timing()
    else:
        tcb.rto.start_timing(snd.rxt + size, now)
    snd.rxt += size
    snd.nxt = max(snd.nxt, snd.rxt)
    tcb.sent_at = now
    if tcb.silent_since is None:
        tcb.silent_since = now


def resend_first(tcb: Tcb, now: float) -> Segment:
    """The first unacknowledged segment again, without touching SND.RXT (RFC 5681, section 3.2)."""
    assert tcb.missing is not None
    why, tcb.missing = tcb.missing, None
    tcb.sent_at = now
    tcb.rto.stop_timing()
    una = tcb.snd.una
    size = min(tcb.snd.mss, tcb.snd.nxt - una)
    data = tcb.outgoing.read(una, size)
    psh = bool(data) and una + size >= tcb.outgoing.end
    return make(tcb, una, now, data, fin=len(data) < size, psh=psh, why=why)


def make_probe(tcb: Tcb, now: float) -> Segment:
    """One octet (or the FIN) beyond a window that is zero, to hear the window again (section 3.8.6.1)."""
    snd = tcb.snd
    data = tcb.outgoing.read(snd.una, 1)
    tcb.rto.stop_timing()
    tcb.resend_why = Why.DATA  # once the window is open
    snd.nxt = max(snd.nxt, snd.una + 1)
    if tcb.silent_since is None:
        tcb.silent_since = now
    return make(tcb, snd.una, now, data, fin=not data, why=Why.WINDOW_PROBE)


def make_syn(tcb: Tcb, now: float) -> Segment:
    """Our SYN, with our options (SHLD-5); a SYN,ACK once the peer's SYN is here. Its window is never scaled."""
    snd = tcb.snd
    again = snd.rxt < snd.nxt
    first = Why.OPEN if tcb.rcv.irs is None else Why.ANSWER_SYN
    syn = make(tcb, snd.iss, now, why=tcb.resend_why if again else first)
    return syn._replace(syn=True, window=min(tcb.rcv.wnd, 65_535), options=offered(tcb, now))


def make(tcb: Tcb, seq: int, now: float, data: bytes = b"", *, fin: bool = False, psh: bool = False,
         why: Why) -> Segment:  # fmt: skip
    """A segment of this connection; every one but the first SYN acknowledges, so no ACK is owed after it."""
    assert tcb.remote is not None
    snd, rcv, stamps = tcb.snd, tcb.rcv, tcb.timestamps
    ack = None
    if rcv.irs is not None:
        ack = wrap(rcv.nxt)
        acknowledged_by_us(tcb)
    options = NO_OPTIONS if stamps is None else stamp(stamps, now)
    urgent = min(snd.up - seq, 65_535) if seq < snd.up > snd.una else None
    return Segment(
        tcb.local[1], tcb.remote[1], wrap(seq), ack, rcv.wnd >> rcv.scale, data,
        False, fin, psh, False, options, urgent, why,  # noqa: FBT003 by name it would take longer, for each segment
    )  # fmt: skip


def acknowledged_by_us(tcb: Tcb) -> None:
    """An ACK leaves: none is owed any more, and it says how far the window reaches now."""
    offer_window(tcb)
    tcb.ack_now = None
    if tcb.timestamps is not None:
        tcb.timestamps.last_ack_sent = tcb.rcv.nxt
    if tcb.unacked:
        tcb.unacked = 0
        tcb.timers.stop(Timer.DELAYED_ACK)


def offer_window(tcb: Tcb) -> None:
    """Move the window's right edge, but only by enough to be worth it (section 3.8.6.2.2)."""
    free = free_window(tcb)
    if free <= tcb.rcv.wnd:
        return
    if as_said(tcb, free) - as_said(tcb, tcb.rcv.wnd) >= min(tcb.parameters.receive_buffer // 2, tcb.snd.mss):
        tcb.rcv.wnd = free


def as_said(tcb: Tcb, window: int) -> int:
    """A window of ours as the peer hears of it: the field leaves out the last bits (RFC 7323, section 2.3)."""
    return window >> tcb.rcv.scale << tcb.rcv.scale


def free_window(tcb: Tcb) -> int:
    """The octets that there is room for, as far as the window field can say it (RFC 7323, section 2.3)."""
    free = tcb.parameters.receive_buffer - len(tcb.incoming.octets)
    return max(0, free) if free <= 65_535 else min(free, 65_535 << tcb.rcv.scale)


def arm_timers(tcb: Tcb, now: float) -> None:
    """One timer runs while something is in flight, another while something waits that no window lets go."""
    timer = needed_timer(tcb)
    if tcb.waits_for is not timer:
        tcb.timers.stop(tcb.waits_for)
        tcb.waits_for = timer
    if timer is not None and not tcb.timers.runs(timer):
        tcb.timers.set(timer, now + patience(tcb, timer))


def needed_timer(tcb: Tcb) -> Timer | None:
    """What has to be waited for: an answer, a window that opens, or one that grows?"""
    snd = tcb.snd
    waiting = tcb.outgoing.end + tcb.closing
    if snd.wnd == 0 and waiting > snd.una > snd.iss and tcb.state in MAY_SEND:
        return Timer.PERSIST
    if snd.una < snd.nxt:
        return Timer.RETRANSMISSION
    return Timer.OVERRIDE if waiting > snd.rxt and tcb.state in MAY_SEND else None


def patience(tcb: Tcb, timer: Timer) -> float:
    """How long to wait, in seconds; for a window to open longer each time (SHLD-29, SHLD-30)."""
    if timer is Timer.OVERRIDE:
        return OVERRIDE
    if timer is Timer.RETRANSMISSION:
        return tcb.rto.rto
    return min(tcb.rto.rto * 2.0 ** min(tcb.probes, ENOUGH), tcb.parameters.max_rto)
