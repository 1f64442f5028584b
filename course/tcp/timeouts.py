"""Timeouts: what happens when a timer runs out (RFC 9293, section 3.10.8)."""

from collections.abc import Callable

from course.tcp.keepalive import keep_alive_timeout
from course.tcp.output import make_probe
from course.tcp.segment import Why
from course.tcp.state import Event
from course.tcp.timers import Timer
from course.tcp.variables import Failure, Tcb


def retransmission_timeout(tcb: Tcb, now: float) -> None:
    """Nothing came back in time: go back to the first unacknowledged number, and wait twice as long (RFC 6298, 5.4)."""
    if has_waited_too_long(tcb, now):
        tcb.fail(Failure.TIMED_OUT, Event.USER_TIMEOUT)
        return
    tcb.timeouts += 1
    if tcb.snd.una == tcb.snd.iss:
        tcb.rto.lost_syns += 1
    else:
        tcb.congestion.timed_out(tcb.snd.nxt - tcb.snd.una, tcb.snd.nxt)
    tcb.rto.back_off()
    tcb.rto.stop_timing()
    tcb.snd.rxt = tcb.snd.una
    tcb.resend_why, tcb.missing = Why.TIMEOUT, None


def has_waited_too_long(tcb: Tcb, now: float) -> bool:
    """Is R2 over? A SYN has an R2 of its own (section 3.8.3)."""
    patience = tcb.parameters.r2_syn if tcb.snd.una == tcb.snd.iss else tcb.parameters.r2
    return tcb.silent_since is not None and now - tcb.silent_since >= patience


def persist_timeout(tcb: Tcb, now: float) -> None:
    """The window stayed shut: probe it (section 3.8.6.1)."""
    if has_waited_too_long(tcb, now):
        tcb.fail(Failure.TIMED_OUT, Event.USER_TIMEOUT)
    else:
        tcb.probes += 1
        tcb.resets.append(make_probe(tcb, now))


def override_timeout(tcb: Tcb, now: float) -> None:
    """The window stayed small: send what fits (section 3.8.6.2.1, rule 4)."""
    tcb.send_anyway = True


def delayed_ack_timeout(tcb: Tcb, now: float) -> None:
    """The ACK owed has waited long enough (section 3.8.6.3)."""
    tcb.ack_now = Why.ACK_DELAYED


def time_wait_timeout(tcb: Tcb, now: float) -> None:
    """2 MSL are over: nothing of this connection can be in the network any more (section 3.6.1)."""
    tcb.enter(Event.TIME_WAIT_TIMEOUT)


TIMEOUTS: dict[Timer, Callable[[Tcb, float], None]] = {
    Timer.RETRANSMISSION: retransmission_timeout,
    Timer.PERSIST: persist_timeout,
    Timer.OVERRIDE: override_timeout,
    Timer.DELAYED_ACK: delayed_ack_timeout,
    Timer.KEEP_ALIVE: keep_alive_timeout,
    Timer.TIME_WAIT: time_wait_timeout,
}
