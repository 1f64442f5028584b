"""Keep-alive: a question to a peer that has been silent for long (RFC 9293, section 3.8.4). Off unless asked for."""

from course.tcp.output import make
from course.tcp.resets import make_abort
from course.tcp.segment import Why
from course.tcp.state import SYNCHRONIZED, Event, State
from course.tcp.timers import Timer
from course.tcp.variables import Failure, Silence, Tcb

ASKS = SYNCHRONIZED - {State.TIME_WAIT}


def watch(tcb: Tcb) -> None:
    """Let the timer run while keep-alive is on and there is a peer to ask."""
    if tcb.parameters.keep_alive and tcb.state in ASKS:
        tcb.timers.set(Timer.KEEP_ALIVE, due(tcb))
    else:
        tcb.timers.stop(Timer.KEEP_ALIVE)


def due(tcb: Tcb) -> float:
    """When the next question is due: after `keep_idle` seconds of silence, then every `keep_interval`."""
    silence, knobs = tcb.silence, tcb.parameters
    if is_answered(silence):
        return silence.heard_at + knobs.keep_idle
    return silence.asked_at + knobs.keep_interval


def is_answered(silence: Silence) -> bool:
    """Have we heard anything since we last asked?"""
    return silence.heard_at >= silence.asked_at


def keep_alive_timeout(tcb: Tcb, now: float) -> None:
    """Nothing was heard: ask by a segment that the peer has to answer, or give up after so many questions (MUST-29).

    Its number is SND.NXT-1, which lies before the peer's window, and it carries nothing (SHLD-12). While something of
    ours is unacknowledged, the retransmission timer looks after the connection and nothing is asked (MUST-26).
    """
    silence = tcb.silence
    if tcb.snd.una < tcb.snd.nxt:
        silence.heard_at = now
    elif not is_answered(silence) and silence.questions >= tcb.parameters.keep_count:
        tcb.resets.append(make_abort(tcb, Why.NO_ANSWER))
        tcb.fail(Failure.TIMED_OUT, Event.USER_TIMEOUT)
        return
    else:
        silence.questions = 1 if is_answered(silence) else silence.questions + 1
        silence.asked_at = now
        tcb.resets.append(make(tcb, tcb.snd.nxt - 1, now, why=Why.KEEP_ALIVE))
    watch(tcb)
