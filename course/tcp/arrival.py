"""SEGMENT ARRIVES: the questions put to every arriving segment, in the order of RFC 9293, section 3.10.7.

A step returns True to go on with the next one, False when it has dealt with the segment.
"""

from course.tcp.acknowledgment import (
    duplicate_ack,
    is_duplicate_ack,
    new_octets_acknowledged,
    set_send_window,
    update_send_window,
)
from course.tcp.keepalive import watch
from course.tcp.options import agree, is_out_of_date, remember_timestamp
from course.tcp.output import MAY_SEND
from course.tcp.receiving import AFTER_THE_ACK, Step, is_acceptable, start_time_wait
from course.tcp.resets import make_reset
from course.tcp.segment import Segment, Why
from course.tcp.seq import unwrap
from course.tcp.state import Event, State
from course.tcp.variables import Failure, Tcb


def segment_arrives(tcb: Tcb, segment: Segment, now: float) -> None:
    """Let a segment do to the connection what section 3.10.7 says; `now` in seconds."""
    tcb.silence.heard_at = now
    match tcb.state:
        case State.CLOSED:
            in_closed(tcb, segment)
        case State.LISTEN:
            in_listen(tcb, segment, now)
        case State.SYN_SENT:
            in_syn_sent(tcb, straighten(tcb, segment), now)
        case _:
            go_on(tcb, straighten(tcb, segment), now, STEPS)


def go_on(tcb: Tcb, seg: Segment, now: float, steps: tuple[Step, ...]) -> None:
    """Take these steps with a segment, until one of them has dealt with it."""
    for step in steps:
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


def in_listen(tcb: Tcb, seg: Segment, now: float) -> None:
    """A listener takes a SYN and nothing else (section 3.10.7.2)."""
    if seg.rst:
        return
    if seg.ack is not None:
        tcb.resets.append(make_reset(seg, Why.BAD_ACK))
    elif seg.syn:
        tcb.rcv.irs, tcb.rcv.nxt = seg.seq, seg.seq + 1
        tcb.snd.wnd = tcb.snd.max_wnd = seg.window
        tcb.held = seg if seg.data or seg.fin else None
        agree(tcb, seg, now)
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
    agree(tcb, seg, now)
    set_send_window(tcb, seg)
    if seg.ack is None:
        tcb.held = seg if seg.data or seg.fin else None
        tcb.snd.rxt = tcb.snd.iss  # our SYN again, with an ACK this time
        tcb.resend_why = Why.ANSWER_SYN
        tcb.enter(Event.SYN)
        return
    tcb.enter(Event.SYN_ACK)
    watch(tcb)
    new_octets_acknowledged(tcb, seg, now)
    tcb.ack_now = Why.ANSWER_SYN_ACK
    go_on(tcb, seg, now, AFTER_THE_ACK)


# ---------------------------------------------------------------- 3.10.7.4, the steps


def check_sequence_number(tcb: Tcb, seg: Segment, now: float) -> bool:
    """First: is the segment new, and does it lie in the receive window? If not, say what we expect, and drop it."""
    stamps = tcb.timestamps
    if stamps is None or seg.rst:  # a RST is never too old (RFC 7323, section 5.2)
        return lies_in_the_window(tcb, seg, now)
    if is_out_of_date(stamps, seg, now):
        tcb.ack_now = Why.ACK_OLD if seg.options.timestamps is not None else tcb.ack_now
        return False
    if not lies_in_the_window(tcb, seg, now):
        return False
    remember_timestamp(stamps, seg, now)
    return True


def lies_in_the_window(tcb: Tcb, seg: Segment, now: float) -> bool:
    """The check of the sequence number, with the allowances that the text makes."""
    rcv = tcb.rcv
    if seg.seq == rcv.nxt and rcv.wnd > 0:
        return True  # what comes is nearly always what is expected next
    if is_acceptable(seg.seq, seg.len, rcv.nxt, rcv.wnd) or answers_our_crossing_syn(tcb, seg):
        return True
    if seg.len == 0 and not seg.rst and rcv.nxt < seg.seq <= rcv.nxt + max(rcv.wnd, 1):
        return True  # "special allowance" too: its sender has filled our window, or probed beyond it
    if rcv.wnd == 0 and seg.seq == rcv.nxt and not seg.syn:
        tcb.ack_now = Why.ACK_UNACCEPTABLE
        return True  # "special allowance": nothing of it fits, but its ACK and RST count
    if not seg.rst:
        tcb.ack_now = Why.ACK_UNACCEPTABLE
        if tcb.state is State.TIME_WAIT and seg.fin:
            start_time_wait(tcb, now)  # a repeated FIN: our last ACK was lost (fifth and eighth)
    return False


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
    """Fourth: a SYN has no business in a connection that is synchronized: challenge it.

    In SYN-RECEIVED, the SYN that made the connection may come again, with octets that reach into the window.
    """
    if not seg.syn or answers_our_crossing_syn(tcb, seg):
        return True
    if tcb.state is State.SYN_RECEIVED and seg.seq == tcb.rcv.irs:
        tcb.ack_now = Why.ACK_UNACCEPTABLE
    elif tcb.state is State.SYN_RECEIVED and tcb.passive:
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
        new_octets_acknowledged(tcb, seg, now)
        set_send_window(tcb, seg)  # even from a segment sent again: nobody has acknowledged more, so it is the newest
    elif seg.ack == snd.una:
        take_old_ack(tcb, seg)
    if tcb.held is not None and tcb.state is not State.SYN_RECEIVED:
        take_what_the_syn_brought(tcb, now)
    return our_fin_may_be_acknowledged(tcb, seg, now)


def take_old_ack(tcb: Tcb, seg: Segment) -> None:
    """Nothing new is acknowledged: that may mean a gap at the peer, or only bring a window."""
    if is_duplicate_ack(tcb, seg):
        duplicate_ack(tcb)
    update_send_window(tcb, seg)


def take_what_the_syn_brought(tcb: Tcb, now: float) -> None:
    """The handshake is over: the octets and the FIN that came with the SYN count now (section 3.10.7.2, third)."""
    held, tcb.held = tcb.held, None
    assert held is not None
    go_on(tcb, held._replace(seq=tcb.rcv.nxt - 1), now, AFTER_THE_ACK)


def our_syn_is_acknowledged(tcb: Tcb, seg: Segment) -> bool:
    """SYN-RECEIVED: the ACK of our SYN establishes the connection, any other is answered by a RST."""
    assert seg.ack is not None
    if not tcb.snd.una < seg.ack <= tcb.snd.nxt:
        tcb.resets.append(make_reset(seg, Why.BAD_ACK))
        return False
    tcb.enter(Event.ACK_OF_SYN)
    watch(tcb)
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


STEPS: tuple[Step, ...] = (check_sequence_number, check_rst, check_syn, check_ack, *AFTER_THE_ACK)
