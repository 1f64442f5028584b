"""RFC 9293, section 3.8.6.3: acknowledgments that wait for company, and those that do not."""

import pytest

from course.tcp.segment import Why
from course.tcp.state import State
from course.tcp.timers import Timer
from tests.pair import Pair
from tests.states import established, fin_wait_2
from tests.story import ack, data, fin


def test_an_acknowledgment_waits_for_200_milliseconds():
    """RFC 9293 3.8.6.3, SHLD-18, MUST-40."""
    story = established()
    story.arrives(data(b"hello", seq=1, ack=1))
    assert story.connection.next_timeout() == (0.2, Timer.DELAYED_ACK)
    story.at(0.199)
    story.expect()
    story.at(0.2)
    story.expect(ack(seq=1, ack=6, why=Why.ACK_DELAYED))
    story.after(100)
    story.expect()


def test_it_waits_from_the_first_octet_on():
    """RFC 9293 3.8.6.3, MUST-40."""
    story = established()
    story.arrives(data(b"hello", seq=1, ack=1))
    story.at(0.15)
    story.arrives(data(b"world", seq=6, ack=1))
    story.expect()
    story.at(0.2)
    story.expect(ack(seq=1, ack=11, why=Why.ACK_DELAYED))


def test_the_delay_is_a_knob():
    """RFC 9293 3.8.6.3."""
    story = established(delayed_ack=0.4)
    story.arrives(data(b"hello", seq=1, ack=1))
    story.at(0.399)
    story.expect()
    story.at(0.4)
    story.expect(ack(seq=1, ack=6))


def test_a_knob_turns_the_delay_off():
    """RFC 9293 3.8.6.3."""
    story = established(delayed_ack=0)
    story.arrives(data(b"hello", seq=1, ack=1))
    story.expect(ack(seq=1, ack=6, why=Why.ACK_AT_ONCE))
    assert story.connection.next_timeout() is None


def test_every_second_full_segment_is_acknowledged_at_once():
    """RFC 9293 3.8.6.3, SHLD-19."""
    story = established()
    for at in range(1, 601, 200):
        story.arrives(data(bytes(100), seq=at, ack=1))
        story.expect()
        story.arrives(data(bytes(100), seq=at + 100, ack=1))
        story.expect(ack(seq=1, ack=at + 200, why=Why.ACK_SECOND))
        assert story.connection.next_timeout() is None


def test_small_segments_count_by_their_octets():
    """RFC 9293 3.8.6.3, SHLD-19: 2*RMSS octets of new data."""
    story = established()
    for at in range(1, 181, 20):
        story.arrives(data(bytes(20), seq=at, ack=1))
        story.expect()
    story.arrives(data(bytes(19), seq=181, ack=1))
    story.expect()
    story.arrives(data(bytes(1), seq=200, ack=1))
    story.expect(ack(seq=1, ack=201, why=Why.ACK_SECOND))


def test_a_full_segment_is_what_the_peer_can_send():
    """RFC 9293 3.8.6.3, SHLD-19: a peer with a smaller MSS than ours sends smaller segments."""
    story = established(mss=100, peer_mss=50)
    story.arrives(data(bytes(50), seq=1, ack=1))
    story.expect()
    story.arrives(data(bytes(50), seq=51, ack=1))
    story.expect(ack(seq=1, ack=101, why=Why.ACK_SECOND))


def test_an_acknowledgment_rides_on_octets_of_our_own():
    """RFC 9293 3.8.6.3 and 3.10.7.4, MUST-58."""
    story = established()
    story.arrives(data(b"hello", seq=1, ack=1))
    story.at(0.1)
    story.calls("send", b"world")
    story.expect(data(b"world", seq=1, ack=6))
    story.at(0.5)
    story.expect()


def test_an_acknowledgment_rides_on_our_fin():
    """RFC 9293 3.8.6.3 and 3.10.7.4, MUST-58."""
    story = established()
    story.arrives(data(b"hello", seq=1, ack=1))
    story.calls("close")
    story.expect(fin(seq=1, ack=6))
    story.at(0.5)
    story.expect()


def test_an_acknowledgment_rides_on_a_retransmission():
    """RFC 9293 3.8.6.3."""
    story = established()
    story.calls("send", b"hello")
    story.expect(data(b"hello", seq=1, ack=1))
    story.at(0.9)
    story.arrives(data(b"world", seq=1, ack=1))
    story.at(1.0)
    story.expect(data(b"hello", seq=1, ack=6, why=Why.TIMEOUT))
    story.at(1.5)
    story.expect()


def test_the_count_begins_again_whenever_we_acknowledged():
    """RFC 9293 3.8.6.3, SHLD-19."""
    story = established()
    story.arrives(data(bytes(100), seq=1, ack=1))
    story.calls("send", b"world")
    story.expect(data(b"world", seq=1, ack=101))
    story.arrives(data(bytes(100), seq=101, ack=6))
    story.expect()


def test_a_segment_beyond_a_gap_is_acknowledged_at_once():
    """RFC 9293 3.8.6.3; RFC 5681 3.2 and 4.2; RFC 9293 3.10.7.4, MAY-13."""
    story = established()
    for at in (11, 21, 16):
        story.arrives(data(bytes(5), seq=at, ack=1))
        story.expect(ack(seq=1, ack=1, why=Why.ACK_GAP))


@pytest.mark.parametrize("size", [3, 10, 20])
def test_a_segment_that_fills_all_or_part_of_a_gap_is_acknowledged_at_once(size):
    """RFC 9293 3.8.6.3; RFC 5681 4.2."""
    story = established()
    story.arrives(data(bytes(5), seq=11, ack=1))
    story.expect(ack(seq=1, ack=1))
    story.arrives(data(bytes(size), seq=1, ack=1))
    story.expect(ack(seq=1, ack={3: 4, 10: 16, 20: 21}[size], why=Why.ACK_GAP))


def test_a_segment_that_brings_nothing_new_is_acknowledged_at_once():
    """RFC 9293 3.10.7.4, first."""
    story = established()
    story.arrives(data(b"hello", seq=1, ack=1))
    story.arrives(data(b"hello", seq=1, ack=1))
    story.expect(ack(seq=1, ack=6))


def test_a_bare_fin_beyond_a_gap_is_acknowledged_at_once():
    """RFC 5681 3.2: an out-of-order segment is answered by an immediate duplicate ACK."""
    story = established()
    story.arrives(fin(seq=6, ack=1))
    story.expect(ack(seq=1, ack=1))
    story.is_in(State.ESTABLISHED)


def test_several_segments_that_arrive_together_are_acknowledged_together():
    """RFC 9293 3.10.7.4, MUST-58, MUST-59."""
    story = established()
    story.arrives(*[data(bytes(100), seq=at, ack=1) for at in range(1, 701, 100)])
    story.expect(ack(seq=1, ack=701))


def test_what_was_waiting_beyond_a_gap_is_acknowledged_together_with_what_filled_it():
    """RFC 9293 3.10.7.4, MUST-59."""
    story = established()
    story.arrives(data(b"world", seq=6, ack=1))
    story.expect(ack(seq=1, ack=1))
    story.arrives(data(b"hello", seq=1, ack=1))
    story.expect(ack(seq=1, ack=11))


def test_an_empty_segment_is_not_acknowledged():
    """RFC 9293 3.5: or we would acknowledge acknowledgments."""
    story = established()
    story.arrives(ack(seq=1, ack=1))
    story.after(10)
    story.expect()


@pytest.mark.parametrize("in_state", [established, fin_wait_2])
def test_no_acknowledgment_is_owed_twice(in_state):
    """RFC 9293 3.8.6.3."""
    story = in_state()
    story.arrives(data(b"hello", seq=1, ack=1))
    story.after(0.2)
    assert len(story.leaves()) == 1
    story.after(10)
    story.expect()


def test_a_stream_is_acknowledged_about_every_second_segment():
    """RFC 9293 3.8.6.3, SHLD-19."""
    pair = Pair()
    pair.run()
    pair.calls("client", "send", bytes(10_000))
    pair.run()
    acks = sum(sent.sender == "server" for sent in pair.sent) - 1

    assert 50 <= acks <= 52
