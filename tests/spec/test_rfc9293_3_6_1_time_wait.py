"""RFC 9293, section 3.6.1: TIME-WAIT, and what it is for."""

import pytest

from course.tcp.state import Event, State
from course.tcp.timers import Timer
from tests.pair import Pair
from tests.states import closing, fin_wait_2, time_wait
from tests.story import ack, data, fin

CLOSED, TIME_WAIT = State.CLOSED, State.TIME_WAIT


def test_time_wait_lasts_for_two_msl():
    """RFC 9293 3.6.1, MUST-13."""
    story = time_wait(msl=30)
    assert story.connection.next_timeout() == (60.0, Timer.TIME_WAIT)
    story.at(59.999)
    story.is_in(TIME_WAIT)
    story.at(60)
    story.expect()
    story.is_in(CLOSED)
    assert story.events[-1] == (TIME_WAIT, CLOSED, Event.TIME_WAIT_TIMEOUT)


def test_the_msl_is_two_minutes():
    """RFC 9293 3.4.2."""
    assert time_wait().connection.next_timeout() == (240.0, Timer.TIME_WAIT)


@pytest.mark.parametrize("in_time_wait", ["after FIN-WAIT-2", "after CLOSING"])
def test_a_repeated_fin_makes_time_wait_begin_again(in_time_wait):
    """RFC 9293 3.10.7.4, fifth and eighth, MUST-13."""
    story = time_wait() if in_time_wait == "after FIN-WAIT-2" else closing()
    story.arrives(ack(seq=2, ack=2))
    story.at(100)
    story.arrives(fin(seq=1, ack=2))
    story.expect(ack(seq=2, ack=2))
    assert story.connection.next_timeout() == (340.0, Timer.TIME_WAIT)


@pytest.mark.parametrize("arrived", [ack(seq=2, ack=2), ack(seq=0, ack=2), data(b"old", seq=1, ack=1)], ids=str)
def test_nothing_but_a_repeated_fin_makes_time_wait_begin_again(arrived):
    """RFC 9293 3.10.7.4, fifth."""
    story = time_wait()
    story.at(100)
    story.arrives(arrived)
    assert story.connection.next_timeout() == (240.0, Timer.TIME_WAIT)


def test_all_other_timers_are_off_in_time_wait():
    """RFC 9293 3.10.7.4, eighth."""
    story = fin_wait_2()
    story.arrives(data(b"hello", seq=1, ack=2), fin(seq=6, ack=2))
    story.expect(ack(seq=2, ack=7))
    assert story.connection.status().timers == {"time-wait": 240.0}


def test_a_lost_last_acknowledgment_is_repeated_by_time_wait():
    """RFC 9293 3.6, MUST-13."""
    pair = Pair()
    pair.run()
    pair.sent.clear()
    pair.calls("client", "close")
    pair.run(until=1)
    pair.lose = {("client", 4)}
    pair.calls("server", "close")
    pair.run(until=1.5)
    assert pair.states == (TIME_WAIT, State.LAST_ACK)

    pair.run(until=3)
    assert pair.states == (TIME_WAIT, CLOSED)
    assert pair.lines()[2:] == [
        "server: FIN ACK seq=1 ack=2",
        "client: ACK seq=2 ack=2",
        "server: FIN ACK seq=1 ack=2",
        "client: ACK seq=2 ack=2",
    ]
