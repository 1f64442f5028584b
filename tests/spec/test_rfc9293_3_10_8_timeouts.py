"""RFC 9293, section 3.10.8: the three timeouts."""

import pytest

from course.tcp.segment import Why
from course.tcp.state import Event, State
from course.tcp.timers import Timer
from course.tcp.variables import Failure
from tests.states import closing, established, fin_wait_1, last_ack, syn_received, syn_sent, time_wait
from tests.story import data, fin, octets, part, syn, syn_ack


def test_the_user_timeout_flushes_everything_and_says_so():
    """RFC 9293 3.10.8, MUST-12."""
    story = established(r2=2)
    story.calls("send", octets(1, 501))
    story.leaves()
    story.at(3)
    story.leaves()
    story.is_in(State.CLOSED, Failure.TIMED_OUT)
    assert story.connection.status().send_queue == 0
    assert story.connection.next_timeout() is None
    assert story.events[-2:] == [
        Timer.RETRANSMISSION,
        (State.ESTABLISHED, State.CLOSED, Event.USER_TIMEOUT),
    ]


@pytest.mark.parametrize(
    ("in_state", "again"),
    [
        (syn_sent, syn()),
        (syn_received, syn_ack()),
        (fin_wait_1, fin(seq=1, ack=1)),
        (closing, fin(seq=1, ack=2)),
        (last_ack, fin(seq=1, ack=2)),
    ],
)
def test_the_retransmission_timeout_sends_the_front_of_the_queue_again(in_state, again):
    """RFC 9293 3.10.8; RFC 6298 5.4."""
    story = in_state()
    story.after(0.999)
    story.expect()
    story.after(0.001)
    story.expect(again)
    assert story.connection.next_timeout() == (story.now + 2, Timer.RETRANSMISSION)


def test_the_retransmission_timeout_sends_one_segment_and_not_all():
    """RFC 9293 3.10.8; RFC 5681 3.1."""
    story = established()
    story.calls("send", octets(1, 501))
    story.leaves()
    story.at(1)
    story.expect(part(1, 101, why=Why.TIMEOUT))


def test_the_time_wait_timeout_ends_the_connection():
    """RFC 9293 3.10.8, MUST-13."""
    story = time_wait(msl=1)
    story.at(2)
    story.expect()
    story.is_in(State.CLOSED)
    assert story.events[-2:] == [Timer.TIME_WAIT, (State.TIME_WAIT, State.CLOSED, Event.TIME_WAIT_TIMEOUT)]


def test_an_msl_of_zero_still_goes_through_time_wait():
    """RFC 9293 3.6.1, MUST-13."""
    story = time_wait(msl=0)
    story.is_in(State.TIME_WAIT)
    story.at(0)
    story.is_in(State.CLOSED)


def test_the_history_tells_which_timer_ran_out():
    """RFC 9293 3.10.8."""
    story = established()
    story.calls("send", b"hello")
    story.leaves()
    story.arrives(data(b"world", seq=1, ack=1))
    story.at(1)
    story.leaves()
    assert story.events[-2:] == [Timer.DELAYED_ACK, Timer.RETRANSMISSION]
