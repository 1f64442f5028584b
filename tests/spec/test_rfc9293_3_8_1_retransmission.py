"""RFC 9293, sections 3.8.1 and 3.8.3: sending again, and when to give up. The timer's arithmetic: test_rfc6298.py."""

import random

import pytest

from course.tcp.segment import Why
from course.tcp.state import Event, State
from course.tcp.variables import Failure
from tests.pair import Pair
from tests.states import close_wait, established, fin_wait_1, last_ack, syn_received, syn_sent
from tests.story import ack, data, fin, octets, part, syn, syn_ack

AGAIN = [1, 3, 7, 15, 31, 63]  # the RTO doubles from 1 s, up to 60 s


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("control", ["reno", "none"])
def test_every_octet_arrives_once_and_in_order_whatever_is_lost(seed, control):
    """RFC 9293 3.8."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    lose = {(end, n) for end in ("client", "server") for n in range(1, 400) if chance.random() < 0.15}
    pair = Pair(lose=lose, congestion_control=control, r2=1e6, r2_syn=1e6)
    pair.run()
    pair.calls("client", "send", octets(1, 5001))
    pair.calls("server", "send", octets(7, 3007))
    pair.calls("client", "close")
    pair.calls("server", "close")
    pair.run()

    assert pair.received == {"client": octets(7, 3007), "server": octets(1, 5001)}
    assert pair.states == (State.CLOSED, State.CLOSED)
    assert [end.failure for end in pair.ends.values()] == [None, None]


def test_a_segment_that_is_not_acknowledged_is_sent_again_with_the_same_octets():
    """RFC 9293 3.8.1 and 3.10.8."""
    story = established()
    story.calls("send", b"hello")
    story.expect(data(b"hello", seq=1, ack=1))
    story.at(0.999)
    story.expect()
    story.at(1.0)
    story.expect(data(b"hello", seq=1, ack=1, psh=True, why=Why.TIMEOUT))


def test_what_is_sent_again_bears_the_newest_acknowledgment_and_window():
    """RFC 9293 3.8."""
    story = established(receive_buffer=1000)
    story.calls("send", b"hello")
    story.expect(data(b"hello", seq=1, ack=1, window=1000))
    story.at(0.9)
    story.arrives(data(b"world", seq=1, ack=1))
    story.at(1.0)
    story.expect(data(b"hello", seq=1, ack=6, window=995))


def test_only_what_the_peer_lacks_is_sent_again():
    """RFC 9293 3.8."""
    story = established()
    story.calls("send", octets(1, 301))
    story.expect(part(1, 101), part(101, 201), part(201, 301))
    story.arrives(ack(seq=1, ack=151))
    story.at(1.0)
    story.expect(part(151, 251, why=Why.TIMEOUT))


# ---------------------------------------------------------------- 3.8.3


def silence(story, again, patience):
    """Nobody answers: `again` leaves each time, and nothing else; then it is over."""
    begin = story.now
    for seconds in [seconds for seconds in [*AGAIN, 123, 183] if seconds < patience]:
        story.at(begin + seconds - 0.001)
        story.expect()
        story.at(begin + seconds)
        story.expect(again)
    return story


def test_a_connection_that_is_not_answered_for_100_seconds_is_given_up():
    """RFC 9293 3.8.3 and 3.10.8, MUST-20, SHLD-11, MUST-12."""
    story = established()
    story.calls("send", b"hello")
    story.expect(data(b"hello", seq=1, ack=1))
    silence(story, data(b"hello", seq=1, ack=1, why=Why.TIMEOUT), patience=100)
    story.at(122.999)
    story.is_in(State.ESTABLISHED)
    story.at(123)
    story.expect()
    story.is_in(State.CLOSED, Failure.TIMED_OUT)
    assert story.events[-1] == (State.ESTABLISHED, State.CLOSED, Event.USER_TIMEOUT)
    assert story.connection.next_timeout() is None
    assert story.connection.status().send_queue == 0


@pytest.mark.parametrize(
    ("in_state", "again"),
    [(syn_sent, syn(why=Why.TIMEOUT)), (syn_received, syn_ack(why=Why.TIMEOUT))],
    ids=["SYN", "SYN ACK"],
)
def test_a_syn_is_repeated_for_at_least_three_minutes(in_state, again):
    """RFC 9293 3.8.3, MUST-20, MUST-22, MUST-23."""
    story = silence(in_state(), again, patience=180)
    before = story.connection.state
    story.at(182.999)
    story.is_in(before)
    story.at(183)
    story.expect()
    story.is_in(State.CLOSED, Failure.TIMED_OUT)


@pytest.mark.parametrize(
    ("in_state", "again"),
    [(fin_wait_1, fin(seq=1, ack=1)), (last_ack, fin(seq=1, ack=2))],
    ids=["FIN-WAIT-1", "LAST-ACK"],
)
def test_a_fin_is_not_repeated_for_ever_either(in_state, again):
    """RFC 9293 3.6, case 2, and 3.8.3, MUST-20."""
    story = silence(in_state(), again, patience=100)
    story.after(61)
    story.expect()
    story.is_in(State.CLOSED, Failure.TIMED_OUT)


@pytest.mark.parametrize(("r2", "last"), [(0, 1), (5, 7), (7, 7), (7.1, 15)])
def test_a_program_can_set_its_patience(r2, last):
    """RFC 9293 3.8.3, MUST-21."""
    story = established(r2=r2)
    story.calls("send", b"hello")
    story.leaves()
    story.at(last - 0.001)
    story.leaves()
    story.is_in(State.ESTABLISHED)
    story.at(last)
    story.expect()
    story.is_in(State.CLOSED, Failure.TIMED_OUT)


def test_the_patience_with_a_syn_is_another():
    """RFC 9293 3.8.3, MUST-21, MUST-23."""
    story = syn_sent(r2_syn=3, r2=1e6)
    story.at(2.999)
    story.expect(syn())
    story.at(3)
    story.expect()
    story.is_in(State.CLOSED, Failure.TIMED_OUT)


def test_every_acknowledgment_makes_the_patience_begin_again():
    """RFC 9293 3.8.3: R2 is for the same segment."""
    story = established(r2=5, nagle=False)
    story.calls("send", octets(1, 201))
    story.expect(part(1, 101), part(101, 201))
    story.at(3)
    story.expect(part(1, 101), part(1, 101))
    story.arrives(ack(seq=1, ack=101))
    story.leaves()
    story.at(6.9)
    story.leaves()
    story.is_in(State.ESTABLISHED)
    story.after(10)
    story.leaves()
    story.is_in(State.CLOSED, Failure.TIMED_OUT)


def test_the_patience_begins_when_something_is_sent_not_when_the_connection_was_made():
    """RFC 9293 3.8.3."""
    story = established(r2=5)
    story.at(1000)
    story.calls("send", b"hello")
    story.leaves()
    story.at(1006.9)
    story.leaves()
    story.is_in(State.ESTABLISHED)
    story.at(1007)
    story.is_in(State.CLOSED, Failure.TIMED_OUT)


def test_a_connection_with_nothing_in_flight_lasts_for_ever():
    """RFC 9293 3.8.3 and 3.8.4, MUST-25."""
    for story in (established(), close_wait()):
        state = story.connection.state
        story.after(1_000_000)
        story.expect()
        story.is_in(state)
