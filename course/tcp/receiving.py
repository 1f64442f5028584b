"""Receiving: what a segment's urgent pointer, octets and FIN do (RFC 9293, section 3.10.7.4, sixth to eighth)."""

from collections.abc import Callable

from course.tcp.resets import make_abort
from course.tcp.segment import Segment, Why
from course.tcp.state import Event, State
from course.tcp.timers import Timer
from course.tcp.variables import Tcb

RECEIVING = frozenset({State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2})


def is_acceptable(seq: int, length: int, nxt: int, wnd: int) -> bool:
    """Table 6 of section 3.10.7.4: the four cases of an acceptable segment."""
    if wnd == 0:
        return length == 0 and seq == nxt
    end = nxt + wnd
    return nxt <= seq < end or (length > 0 and nxt <= seq + length - 1 < end)


def check_urgent(tcb: Tcb, seg: Segment, now: float) -> bool:
    """Sixth: does the peer have urgent octets? RCV.UP says where they end (section 3.8.5)."""
    if seg.urgent is not None and tcb.state in RECEIVING:
        tcb.rcv.up = max(tcb.rcv.up, seg.seq + seg.urgent)
    return True


def process_text(tcb: Tcb, seg: Segment, now: float) -> bool:
    """Seventh: put the octets where they belong, and owe an acknowledgment for them."""
    if tcb.state not in RECEIVING:
        return True
    if seg.fin and tcb.rcv.fin is None and is_acceptable(seg.seq + seg.len - 1, 1, tcb.rcv.nxt, tcb.rcv.wnd):
        tcb.rcv.fin = seg.seq + seg.len - 1
    if not seg.data:
        return True
    if not tcb.reading and seg.seq + seg.syn + len(seg.data) > tcb.rcv.nxt:
        return nobody_reads(tcb)
    had_gap = tcb.incoming.has_gap
    arrived = tcb.incoming.accept(seg.seq + seg.syn, seg.data, tcb.rcv.nxt, tcb.rcv.wnd)
    tcb.rcv.nxt += arrived
    tcb.rcv.wnd -= arrived
    owe_ack(tcb, arrived, now, at_once=had_gap or arrived < len(seg.data))
    return True


def nobody_reads(tcb: Tcb) -> bool:
    """Octets came for a program that has closed: only a RST can tell the peer (section 3.6.1, SHLD-3)."""
    tcb.resets.append(make_abort(tcb, Why.UNREAD_DATA))
    tcb.enter(Event.ABORT)
    return False


def owe_ack(tcb: Tcb, arrived: int, now: float, *, at_once: bool) -> None:
    """An ACK is owed: at once for a gap or a second full segment, else it may wait for company (section 3.8.6.3)."""
    tcb.unacked += arrived
    if at_once:
        tcb.ack_now = tcb.ack_now or Why.ACK_GAP
    elif tcb.unacked >= 2 * tcb.snd.mss:
        tcb.ack_now = Why.ACK_SECOND
    elif tcb.parameters.delayed_ack == 0:
        tcb.ack_now = Why.ACK_AT_ONCE
    elif not tcb.timers.runs(Timer.DELAYED_ACK):
        tcb.timers.set(Timer.DELAYED_ACK, now + tcb.parameters.delayed_ack)


def check_fin(tcb: Tcb, seg: Segment, now: float) -> bool:
    """Eighth: once everything before it has arrived, a FIN ends the peer's direction."""
    rcv = tcb.rcv
    if rcv.fin is None:
        return True
    if rcv.nxt != rcv.fin:
        tcb.ack_now = Why.ACK_GAP if seg.fin else tcb.ack_now
        return True
    rcv.nxt += 1
    tcb.enter(Event.FIN)
    if tcb.state is State.TIME_WAIT:
        start_time_wait(tcb, now)
    if tcb.state is State.CLOSE_WAIT:
        owe_ack(tcb, 1, now, at_once=False)  # our own FIN may take it along: three segments instead of four
    else:
        tcb.ack_now = Why.ACK_FIN
    return False


def start_time_wait(tcb: Tcb, now: float) -> None:
    """Wait 2 MSL (again), with all other timers off (section 3.6.1)."""
    tcb.timers.stop_all()
    tcb.timers.set(Timer.TIME_WAIT, now + 2 * tcb.parameters.msl)


Step = Callable[[Tcb, Segment, float], bool]
AFTER_THE_ACK: tuple[Step, ...] = (check_urgent, process_text, check_fin)
