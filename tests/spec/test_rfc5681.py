"""RFC 5681 (and RFC 6928): congestion control at work. Its windows by themselves: tests/tcp/test_congestion.py."""

import pytest

from course.tcp.segment import Why
from tests.pair import Pair
from tests.states import established, syn_received, syn_sent
from tests.story import ack, data, octets, part, syn_ack

SMSS = 100


def sending(cwnd=10 * SMSS, octets_queued=5000, **more):
    """A window's worth of full segments is in flight, and more octets wait."""
    story = established(initial_window=cwnd, **more)
    story.calls("send", octets(1, 1 + octets_queued))
    story.expect(*[part(at, at + SMSS) for at in range(1, cwnd, SMSS)])
    return story


def window_of(story):
    """cwnd, ssthresh and what is in flight."""
    status = story.connection.status()
    return status.cwnd, status.ssthresh, status.flight_size


# ---------------------------------------------------------------- 3.1


@pytest.mark.parametrize(("mss", "window"), [(100, 1000), (1460, 14_600), (5000, 14_600), (9000, 18_000)])
def test_the_initial_window_is_ten_segments(mss, window):
    """RFC 6928 2; RFC 9293 3.8.2, MUST-19."""
    story = established(mss=mss, peer_mss=mss, window=65_535)
    story.calls("send", bytes(60_000))

    assert sum(len(segment.data) for segment in story.leaves()) in range(window - mss + 1, window + 1)


@pytest.mark.parametrize("end", ["caller", "called"])
def test_the_handshake_does_not_open_the_window(end):
    """RFC 5681 3.1: neither the SYN,ACK nor its acknowledgment."""
    story = established() if end == "caller" else syn_received()
    story.arrives(ack(seq=1, ack=1))
    assert window_of(story)[0] == 10 * SMSS


@pytest.mark.parametrize("end", ["caller", "called"])
def test_after_a_syn_was_lost_twice_the_initial_window_is_one_segment(end):
    """RFC 5681 3.1; RFC 6928 2 allows for one lost SYN, but not for two."""
    story = syn_sent() if end == "caller" else syn_received()
    story.at(3)
    assert len(story.leaves()) == 2
    story.arrives(syn_ack(mss=SMSS) if end == "caller" else ack(seq=1, ack=1))
    story.leaves()
    assert window_of(story)[0] == SMSS


@pytest.mark.parametrize("end", ["caller", "called"])
def test_one_lost_syn_is_forgiven(end):
    """RFC 6928 2: with an initial RTO of one second the timer may have been hasty."""
    story = syn_sent() if end == "caller" else syn_received()
    story.at(1)
    assert len(story.leaves()) == 1
    story.arrives(syn_ack(mss=SMSS) if end == "caller" else ack(seq=1, ack=1))
    story.leaves()
    assert window_of(story)[:2] == (10 * SMSS, 2**30)


def test_in_slow_start_every_acknowledged_segment_lets_two_others_leave():
    """RFC 5681 3.1; RFC 9293 3.8.2, MUST-19."""
    story = sending(cwnd=200)
    story.arrives(ack(seq=1, ack=101))
    story.expect(part(201, 301), part(301, 401))
    story.arrives(ack(seq=1, ack=201))
    story.expect(part(401, 501), part(501, 601))
    assert window_of(story)[0] == 400


def test_the_peers_window_is_a_limit_as_well():
    """RFC 5681 3.1: the minimum of cwnd and rwnd."""
    story = established(window=300)
    story.calls("send", octets(1, 1001))
    story.expect(part(1, 101), part(101, 201), part(201, 301))


def test_in_congestion_avoidance_a_windows_worth_of_acknowledgments_opens_it_by_one_segment():
    """RFC 5681 3.1; RFC 9293 3.8.2, MUST-19."""
    story = sending(cwnd=400)
    story.tcb.congestion.ssthresh = 400
    for acked in (101, 201, 301):
        story.arrives(ack(seq=1, ack=acked))
        story.expect(part(acked + 300, acked + 400))
    story.arrives(ack(seq=1, ack=401))
    story.expect(part(701, 801), part(801, 901))
    assert window_of(story)[:2] == (500, 400)


def test_a_timeout_begins_with_one_segment_and_half_of_what_was_in_flight_as_the_threshold():
    """RFC 5681 3.1, equation 4; RFC 9293 3.8.2, MUST-19."""
    story = sending()
    story.at(1)
    story.expect(part(1, 101, why=Why.TIMEOUT))
    assert window_of(story) == (SMSS, 500, 1000)


def test_a_second_timeout_of_the_same_segment_leaves_the_threshold_as_it_is():
    """RFC 5681 3.1."""
    story = sending()
    story.at(3)
    story.expect(part(1, 101), part(1, 101))
    assert window_of(story)[:2] == (SMSS, 500)


def test_the_first_timeout_sets_the_threshold_whatever_the_window_was():
    """RFC 5681 3.1, equation 4."""
    story = sending(cwnd=SMSS)
    story.at(1)
    story.expect(part(1, 101))
    assert window_of(story)[:2] == (SMSS, 2 * SMSS)


def test_after_a_timeout_slow_start_repairs_the_rest():
    """RFC 5681 3.1."""
    story = sending()
    story.at(1)
    story.expect(part(1, 101, why=Why.TIMEOUT))
    story.arrives(ack(seq=1, ack=101))
    story.expect(part(101, 201, why=Why.RECOVERY), part(201, 301, why=Why.RECOVERY))
    story.arrives(ack(seq=1, ack=301))
    story.expect(*[part(at, at + SMSS, why=Why.RECOVERY) for at in (301, 401, 501)])
    story.arrives(ack(seq=1, ack=1001))  # the rest had arrived
    story.expect(*[part(at, at + SMSS, why=Why.DATA) for at in (1001, 1101, 1201, 1301)])


# ---------------------------------------------------------------- 3.2


def test_the_third_duplicate_sends_the_missing_segment_again_at_once():
    """RFC 5681 3.2."""
    story = sending()
    story.at(0.5)
    for at in (1001, 1101):
        story.arrives(ack(seq=1, ack=1))
        story.expect(part(at, at + SMSS, why=Why.LIMITED_TRANSMIT))  # RFC 3042
    story.arrives(ack(seq=1, ack=1))
    story.expect(part(1, 101, why=Why.FAST_RETRANSMIT))
    assert window_of(story) == (500 + 3 * SMSS, 500, 1200)  # limited transmit does not count


def test_small_segments_that_are_missing_are_sent_again_as_one():
    """RFC 5681 3.2; RFC 9293 3.8.6: what is sent again may be repackaged, and is no more than what was sent."""
    story = established(nagle=False)
    for at in range(1, 41, 10):
        story.calls("send", octets(at, at + 10))
        story.expect(part(at, at + 10))
    story.arrives(*3 * [ack(seq=1, ack=1)])
    story.expect(part(1, 41, psh=True, why=Why.FAST_RETRANSMIT))


def test_every_further_duplicate_inflates_the_window_until_new_octets_may_leave():
    """RFC 5681 3.2."""
    story = sending()
    story.arrives(*3 * [ack(seq=1, ack=1)])
    story.expect(part(1, 101))
    for _ in range(2):
        story.arrives(ack(seq=1, ack=1))
        story.expect()
    story.arrives(ack(seq=1, ack=1))
    story.expect(part(1001, 1101, why=Why.DATA))


def test_when_the_gap_is_filled_the_window_is_what_the_threshold_says():
    """RFC 5681 3.2."""
    story = sending()
    story.arrives(*3 * [ack(seq=1, ack=1)])
    story.expect(part(1, 101))
    story.arrives(ack(seq=1, ack=1001))
    story.expect(*[part(at, at + SMSS) for at in range(1001, 1501, 100)])
    assert window_of(story) == (500, 500, 500)


def test_an_acknowledgment_between_the_duplicates_makes_the_count_begin_again():
    """RFC 5681 3.2."""
    story = sending()
    story.arrives(ack(seq=1, ack=1), ack(seq=1, ack=1), ack(seq=1, ack=101))
    story.expect(*[part(at, at + SMSS) for at in (1001, 1101)])
    story.arrives(ack(seq=1, ack=101), ack(seq=1, ack=101))
    story.expect(*[part(at, at + SMSS, why=Why.LIMITED_TRANSMIT) for at in (1201, 1301)])
    story.arrives(ack(seq=1, ack=101))
    story.expect(part(101, 201, why=Why.FAST_RETRANSMIT))


@pytest.mark.parametrize(
    "other",
    [ack(seq=1, ack=1, window=9000), data(b"x", seq=1, ack=1)],
    ids=["window update", "octets of its own"],
)
def test_only_true_duplicates_count(other):
    """RFC 5681 2."""
    story = sending()
    story.arrives(ack(seq=1, ack=1), ack(seq=1, ack=1), other)
    assert Why.FAST_RETRANSMIT not in [segment.why for segment in story.leaves()]


def test_a_receiver_makes_three_duplicates_of_three_segments_beyond_a_gap():
    """RFC 5681 3.2 and 4.2."""
    pair = Pair(lose={("client", 3)})
    pair.run()
    pair.calls("client", "send", octets(1, 501))
    pair.run()
    begin = next(sent.at for sent in pair.sent if sent.segment.data)
    again = [sent for sent in pair.sent if sent.segment.why is Why.FAST_RETRANSMIT]

    assert [sent.at - begin for sent in again] == pytest.approx([0.1])
    assert pair.received["server"] == octets(1, 501)


# ---------------------------------------------------------------- without congestion control


def test_without_congestion_control_only_the_peers_window_counts():
    """RFC 9293 3.8.2: a knob to see what would happen; a conforming TCP never runs like this."""
    story = established(congestion_control="none", window=5000)
    story.calls("send", octets(1, 9001))
    assert len(story.leaves()) == 50


def test_without_congestion_control_a_loss_is_repaired_at_once_but_teaches_nothing():
    """RFC 9293 3.8.2: a knob to see what would happen; a conforming TCP never runs like this."""
    story = established(congestion_control="none", window=5000)
    story.calls("send", octets(1, 5001))
    story.leaves()
    story.arrives(*5 * [ack(seq=1, ack=1)])
    story.expect(part(1, 101, why=Why.FAST_RETRANSMIT))
    story.arrives(ack(seq=1, ack=301))
    story.expect(part(301, 401, why=Why.PARTIAL_ACK))
    story.arrives(ack(seq=1, ack=5001))
    story.expect()
    assert window_of(story)[0] == 2**30


def test_without_congestion_control_a_timeout_sends_everything_again():
    """RFC 9293 3.8.2: a knob to see what would happen; a conforming TCP never runs like this."""
    story = established(congestion_control="none", window=5000)
    story.calls("send", octets(1, 1001))
    story.leaves()
    story.at(1)
    assert [(segment.seq, segment.why) for segment in story.leaves()] == [
        (1, Why.TIMEOUT),
        *[(at, Why.RECOVERY) for at in range(101, 1001, 100)],
    ]


def test_the_syn_of_a_call_that_gets_through_at_once_is_no_loss():
    """RFC 5681 3.1."""
    story = syn_sent()
    story.at(0.9)
    story.arrives(syn_ack(mss=SMSS))
    story.leaves()
    assert window_of(story)[:2] == (10 * SMSS, 2**30)
