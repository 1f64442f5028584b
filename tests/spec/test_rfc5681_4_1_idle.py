"""RFC 5681, section 4.1: what a sender does that has been silent for long."""

import pytest

from course.tcp.segment import Why
from tests.states import established
from tests.story import ack, octets, part

SMSS = 100


def sending(cwnd, queued, **more):
    """A window's worth of full segments is in flight."""
    story = established(initial_window=cwnd, **more)
    story.calls("send", octets(1, 1 + queued))
    story.expect(*[part(at, at + SMSS) for at in range(1, cwnd, SMSS)])
    return story


def grown(cwnd=20 * SMSS, **more):
    """Nothing is in flight any more, and the window is another than the initial one of four segments."""
    story = sending(4 * SMSS, 400, **more)
    story.arrives(ack(seq=1, ack=401))
    story.tcb.congestion.cwnd = cwnd
    return story


def burst(story):
    """How many segments leave at once."""
    story.calls("send", octets(401, 4401))
    return len(story.leaves())


@pytest.mark.parametrize(("seconds", "segments"), [(1.001, 4), (3600, 4), (1, 20), (0.5, 20)])
def test_after_more_than_an_rto_of_silence_the_window_is_the_initial_one(seconds, segments):
    """RFC 5681 4.1: what was known of the network is out of date."""
    story = grown()
    story.after(seconds)
    assert burst(story) == segments


def test_a_window_below_the_initial_one_stays_as_it_is():
    """RFC 5681 4.1: "no more than", and not "exactly"."""
    story = grown(cwnd=2 * SMSS)
    story.after(10)
    assert burst(story) == 2


def test_the_threshold_survives_the_silence():
    """RFC 5681 4.1: slow start goes on up to where it would have gone."""
    story = grown()
    story.tcb.congestion.ssthresh = 1500
    story.after(10)
    burst(story)
    status = story.connection.status()
    assert (status.cwnd, status.ssthresh) == (400, 1500)


def test_whoever_waits_for_an_acknowledgment_is_not_idle():
    """RFC 5681 4.1: the retransmission timer looks after that."""
    story = grown(initial_rto=3)
    story.tcb.rto.rto = 3
    story.calls("send", octets(401, 501))
    story.expect(part(401, 501))
    story.after(2.9)
    story.tcb.rto.rto = 1
    story.calls("send", octets(501, 2601))
    assert len(story.leaves()) == 19


def test_repairing_a_loss_is_not_idling_either():
    """RFC 5681 4.1: nothing has to be *sent*, and what is sent again is sent."""
    story = sending(10 * SMSS, 1000)
    story.arrives(*3 * [ack(seq=1, ack=1)])
    story.expect(part(1, 101, why=Why.FAST_RETRANSMIT))
    story.at(0.9)
    story.arrives(ack(seq=1, ack=501))
    story.expect(part(501, 601, why=Why.PARTIAL_ACK))
    story.at(1.8)
    story.arrives(ack(seq=1, ack=1001))
    story.tcb.congestion.cwnd = 20 * SMSS
    story.calls("send", octets(1001, 4001))
    assert len(story.leaves()) == 20


def test_without_congestion_control_silence_means_nothing():
    """RFC 5681 4.1."""
    story = established(congestion_control="none", mss=SMSS)
    story.after(3600)
    assert burst(story) == 40
