"""The transmission control block: what it starts with, and the few things it does itself."""

from course.tcp.parameters import TcpParameters
from course.tcp.state import Event, State
from course.tcp.timers import Timer
from course.tcp.variables import Failure, Tcb


def tcb(**knobs):
    return Tcb(TcpParameters(**knobs), ("10.0.0.1", 1024), ("10.0.0.2", 7000))


def test_a_new_block_is_closed_and_knows_nothing_of_the_peer():
    new = tcb()

    assert new.state is State.CLOSED
    assert new.remote == ("10.0.0.2", 7000)
    assert new.rcv.irs is None
    assert new.failure is None


def test_a_new_block_offers_the_whole_receive_buffer():
    assert tcb(receive_buffer=500).rcv.wnd == 500


def test_the_nagle_algorithm_is_on_unless_the_knob_says_otherwise():
    """RFC 9293 3.7.4, SHLD-7."""
    assert tcb().parameters.nagle
    assert not tcb(nagle=False).parameters.nagle


def test_before_the_peers_syn_the_default_mss_rules():
    """RFC 9293 3.7.1, MUST-15."""
    assert tcb().snd.mss == 536
    assert tcb(mss=100).snd.mss == 100


def test_entering_closed_turns_every_timer_off_and_entering_another_state_none():
    block = tcb()
    block.timers.set(Timer.PERSIST, 1.0)
    block.enter(Event.ACTIVE_OPEN)
    assert block.timers.runs(Timer.PERSIST)

    block.enter(Event.CLOSE)
    assert block.timers.next() is None
    assert block.history == [
        (State.CLOSED, State.SYN_SENT, Event.ACTIVE_OPEN),
        (State.SYN_SENT, State.CLOSED, Event.CLOSE),
    ]


def test_a_failure_is_remembered_and_flushes_what_was_queued():
    """RFC 9293 3.10.7.4 and 3.10.8."""
    block = tcb()
    block.enter(Event.ACTIVE_OPEN)
    block.outgoing.append(b"hello")
    block.fail(Failure.TIMED_OUT, Event.USER_TIMEOUT)

    assert (block.state, block.failure, len(block.outgoing)) == (State.CLOSED, Failure.TIMED_OUT, 0)


def test_failures_are_named_in_the_words_of_the_rfc():
    """RFC 9293 3.10.7.3, 3.10.7.4 and 3.10.8."""
    assert [failure.value for failure in Failure] == [
        "connection refused", "connection reset", "connection aborted due to user timeout",
    ]  # fmt: skip
