"""SEGMENT ARRIVES: the questions put to every arriving segment, in the order of RFC 9293, section 3.10.7.

A step returns True to go on with the next one, False when it has dealt with the segment.
"""

from collections.abc import Callable

from course.tcp.acknowledgment import (
    duplicate_ack,
    is_duplicate_ack,
    new_octets_acknowledged,
    set_send_window,
    update_send_window,
)
from course.tcp.output import MAY_SEND
from course.tcp.resets import make_abort, make_reset
from course.tcp.segment import Segment, Why
from course.tcp.seq import unwrap
from course.tcp.state import Event, State
from course.tcp.timers import Timer
from course.tcp.variables import Failure, Tcb

RECEIVING = frozenset({State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2})


def segment_arrives(tcb: Tcb, segment: Segment, now: float) -> None:
    """Let a segment do to the connection what section 3.10.7 says; `now` in seconds."""
    match tcb.state:
        case State.CLOSED:
            in_closed(tcb, segment)
        case State.LISTEN:
            in_listen(tcb, segment)
        case State.SYN_SENT:
            in_syn_sent(tcb, straighten(tcb, segment), now)
        case _:
            seg = straighten(tcb, segment)
            for step in STEPS:
                if not step(tcb, seg, now):
                    break


def straighten(tcb: Tcb, segment: Segment) -> Segment:
    """The same segment with its numbers unwrapped, so that they compare like ordinary integers."""
    seq = segment.seq if tcb.rcv.irs is None else unwrap(segment.seq, tcb.rcv.nxt)
    ack = None if segment.ack is None else unwrap(segment.ack, tcb.snd.una)
    return segment if seq == segment.seq and ack == segment.ack else segment._replace(seq=seq, ack=ack)


# ---------------------------------------------------------------- 3.10.7.1 to 3.10.7.3


def in_closed(tcb: Tcb, seg: Segment) -> None:
    """There is no connection: anything but a RST is answered by a RST (section 3.10.7.1)."""
    if not seg.rst:
        tcb.resets.append(make_reset(seg, Why.NO_CONNECTION))


def in_listen(tcb: Tcb, seg: Segment) -> None:
    """A listener takes a SYN and nothing else (section 3.10.7.2)."""
    if seg.rst:
        return
    if seg.ack is not None:
        tcb.resets.append(make_reset(seg, Why.BAD_ACK))
    elif seg.syn:
        tcb.rcv.irs, tcb.rcv.nxt = seg.seq, seg.seq + 1
        tcb.snd.wnd = tcb.snd.max_wnd = seg.window
        tcb.learn_mss(seg.options.mss)
        tcb.enter(Event.SYN)


def in_syn_sent(tcb: Tcb, seg: Segment, now: float) -> None:
    """We called, and somebody answers (section 3.10.7.3)."""
    snd = tcb.snd
    if seg.ack is not None and not snd.una < seg.ack <= snd.nxt:
        if not seg.rst:
            tcb.resets.append(make_reset(seg, Why.BAD_ACK))
    elif seg.rst:
        if seg.ack is not None:
            tcb.fail(Failure.REFUSED, Event.RST)
    elif seg.syn:
        syn_answers_our_syn(tcb, seg, now)


def syn_answers_our_syn(tcb: Tcb, seg: Segment, now: float) -> None:
    """The fourth step of SYN-SENT: a SYN,ACK establishes, a bare SYN means that both opened at once."""
    tcb.rcv.irs, tcb.rcv.nxt = seg.seq, seg.seq + 1
    tcb.learn_mss(seg.options.mss)
    set_send_window(tcb, seg)
    if seg.ack is None:
        tcb.snd.rxt = tcb.snd.iss  # our SYN again, with an ACK this time
        tcb.resend_why = Why.ANSWER_SYN
        tcb.enter(Event.SYN)
        return
    tcb.enter(Event.SYN_ACK)
    new_octets_acknowledged(tcb, seg.ack, now)
    tcb.ack_now = Why.ANSWER_SYN_ACK
    if process_text(tcb, seg, now):
        check_fin(tcb, seg, now)


# ---------------------------------------------------------------- 3.10.7.4, the steps


def check_sequence_number(tcb: Tcb, seg: Segment, now: float) -> bool:
    """First: does the segment lie in the receive window? If not, say what we expect, and drop it."""
    rcv = tcb.rcv
    if seg.seq == rcv.nxt and rcv.wnd > 0:
        return True  # what comes is nearly always what is expected next
    if is_acceptable(seg.seq, seg.len, rcv.nxt, rcv.wnd) or answers_our_crossing_syn(tcb, seg):
        return True
    if rcv.wnd == 0 and seg.seq == rcv.nxt and not seg.syn:
        tcb.ack_now = Why.ACK_UNACCEPTABLE
        return True  # "special allowance": nothing of it fits, but its ACK and RST count
    if not seg.rst:
        tcb.ack_now = Why.ACK_UNACCEPTABLE
        if tcb.state is State.TIME_WAIT and seg.fin:
            start_time_wait(tcb, now)  # a repeated FIN: our last ACK was lost (fifth and eighth)
    return False


def is_acceptable(seq: int, length: int, nxt: int, wnd: int) -> bool:
    """Table 6 of section 3.10.7.4: the four cases of an acceptable segment."""
    if wnd == 0:
        return length == 0 and seq == nxt
    end = nxt + wnd
    return nxt <= seq < end or (length > 0 and nxt <= seq + length - 1 < end)


def answers_our_crossing_syn(tcb: Tcb, seg: Segment) -> bool:
    """Is this the SYN,ACK of a simultaneous open?

    Its SYN has been counted already, so that the literal check would drop it, and with it the ACK that we wait
    for. Appendix A.2 knows of it; figure 7 needs this exception.
    """
    return tcb.state is State.SYN_RECEIVED and seg.syn and seg.ack is not None and seg.seq == tcb.rcv.irs


def check_rst(tcb: Tcb, seg: Segment, now: float) -> bool:
    """Second: a RST at exactly RCV.NXT ends the connection, one elsewhere in the window is challenged."""
    if not seg.rst:
        return True
    if seg.seq != tcb.rcv.nxt:
        tcb.ack_now = Why.CHALLENGE
    elif tcb.state is State.SYN_RECEIVED and tcb.passive:
        tcb.enter(Event.RST_AFTER_PASSIVE_OPEN)
    elif tcb.state is State.SYN_RECEIVED:
        tcb.fail(Failure.REFUSED, Event.RST)
    elif tcb.state in (State.CLOSING, State.LAST_ACK, State.TIME_WAIT):
        tcb.enter(Event.RST)
    else:
        tcb.fail(Failure.RESET, Event.RST)
    return False


def check_syn(tcb: Tcb, seg: Segment, now: float) -> bool:
    """Fourth: a SYN has no business in a connection that is synchronized: challenge it."""
    if not seg.syn or answers_our_crossing_syn(tcb, seg):
        return True
    if tcb.state is State.SYN_RECEIVED and tcb.passive:
        tcb.enter(Event.SYN_AFTER_PASSIVE_OPEN)
    else:
        tcb.ack_now = Why.CHALLENGE
    return False


def check_ack(tcb: Tcb, seg: Segment, now: float) -> bool:
    """Fifth: what does the segment acknowledge?"""
    snd = tcb.snd
    if seg.ack is None:
        return False
    if tcb.state is State.SYN_RECEIVED and not our_syn_is_acknowledged(tcb, seg):
        return False
    if not snd.una - snd.max_wnd <= seg.ack <= snd.nxt:
        tcb.ack_now = Why.ACK_UNSENT  # RFC 5961, section 5
        return False
    if seg.ack > snd.una:
        new_octets_acknowledged(tcb, seg.ack, now)
    elif is_duplicate_ack(tcb, seg):
        duplicate_ack(tcb)
    if seg.ack >= snd.una:
        update_send_window(tcb, seg)
    return our_fin_may_be_acknowledged(tcb, seg, now)


def our_syn_is_acknowledged(tcb: Tcb, seg: Segment) -> bool:
    """SYN-RECEIVED: the ACK of our SYN establishes the connection, any other is answered by a RST."""
    assert seg.ack is not None
    if not tcb.snd.una < seg.ack <= tcb.snd.nxt:
        tcb.resets.append(make_reset(seg, Why.BAD_ACK))
        return False
    tcb.enter(Event.ACK_OF_SYN)
    if tcb.closing:
        tcb.enter(Event.CLOSE)  # it was queued until now (section 3.10.4)
    set_send_window(tcb, seg)
    return True


def our_fin_may_be_acknowledged(tcb: Tcb, seg: Segment, now: float) -> bool:
    """The fifth step's last part: what the ACK of our FIN means in each state."""
    if not (tcb.closing and tcb.state in MAY_SEND and tcb.snd.una > tcb.outgoing.end):
        return True
    if tcb.state is State.FIN_WAIT_1:
        tcb.enter(Event.ACK_OF_FIN)
    elif tcb.state is State.CLOSING:
        tcb.enter(Event.ACK_OF_FIN)
        start_time_wait(tcb, now)
    elif tcb.state is State.LAST_ACK:
        tcb.enter(Event.ACK_OF_FIN)
        return False
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
    elif tcb.unacked >= 2 * min(tcb.parameters.mss, tcb.snd.mss):
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
STEPS: tuple[Step, ...] = (check_sequence_number, check_rst, check_syn, check_ack, process_text, check_fin)
