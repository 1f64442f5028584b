"""RFC 6582 (NewReno): several segments of one window are missing. SMSS is 100; 1 to 1000 are in flight."""

from course.tcp.segment import Why
from tests.pair import Pair
from tests.states import established
from tests.story import ack, octets, part


def recovering(octets_queued=5000):
    """The third duplicate has come, and the first segment was sent again."""
    story = established()
    story.calls("send", octets(1, 1 + octets_queued))
    story.leaves()
    story.arrives(*3 * [ack(seq=1, ack=1)])
    story.expect(part(1, 101, why=Why.FAST_RETRANSMIT))
    return story


def test_a_partial_acknowledgment_sends_the_next_missing_segment_at_once():
    """RFC 6582 3.2, step 3."""
    story = recovering(octets_queued=1000)
    story.arrives(ack(seq=1, ack=301))
    story.expect(part(301, 401, why=Why.PARTIAL_ACK))
    story.arrives(ack(seq=1, ack=701))
    story.expect(part(701, 801, why=Why.PARTIAL_ACK))
    story.arrives(ack(seq=1, ack=1001))
    story.expect()


def test_a_partial_acknowledgment_takes_from_the_window_what_it_acknowledged_and_adds_one_segment():
    """RFC 6582 3.2, step 3."""
    story = recovering(octets_queued=1000)
    story.arrives(ack(seq=1, ack=301))
    story.leaves()
    assert story.connection.status().cwnd == 800 - 300 + 100
    assert story.tcb.congestion.recover is not None


def test_a_partial_acknowledgment_of_less_than_a_segment_adds_nothing():
    """RFC 6582 3.2, step 3: SMSS is added back if at least one SMSS was acknowledged."""
    story = recovering(octets_queued=1000)
    story.arrives(ack(seq=1, ack=51))
    story.expect(part(51, 151, why=Why.PARTIAL_ACK))
    assert story.connection.status().cwnd == 800 - 50


def test_a_full_acknowledgment_ends_the_recovery():
    """RFC 6582 3.2, step 3."""
    story = recovering(octets_queued=1000)
    story.arrives(ack(seq=1, ack=301))
    story.leaves()
    story.arrives(ack(seq=1, ack=1001))
    story.expect()
    assert story.connection.status().cwnd == 500
    assert story.tcb.congestion.recover is None


def test_what_was_sent_during_the_recovery_is_not_waited_for():
    """RFC 6582 3.2, step 3: `recover` is what had been sent when it began."""
    story = recovering()
    story.arrives(*3 * [ack(seq=1, ack=1)])
    story.expect(part(1001, 1101))
    story.arrives(ack(seq=1, ack=1001))
    assert story.tcb.congestion.recover is None
    assert story.leaves()[0].why is Why.DATA


def test_late_duplicates_of_what_was_repaired_start_no_second_recovery():
    """RFC 6582 3.2, step 2."""
    story = recovering()
    story.arrives(ack(seq=1, ack=1001))
    story.leaves()
    story.arrives(*5 * [ack(seq=1, ack=1001)])
    story.expect()
    assert story.connection.status().ssthresh == 500


def test_duplicates_of_something_newer_do():
    """RFC 6582 3.2, step 2."""
    story = recovering()
    story.arrives(ack(seq=1, ack=1001))
    story.leaves()
    story.arrives(ack(seq=1, ack=1101))
    story.leaves()
    story.arrives(*3 * [ack(seq=1, ack=1101)])
    story.expect(part(1101, 1201, why=Why.FAST_RETRANSMIT))


def test_a_timeout_ends_the_recovery_and_duplicates_of_old_segments_start_no_new_one():
    """RFC 6582 3.2, step 4."""
    story = recovering()
    story.at(1)
    story.expect(part(1, 101, why=Why.TIMEOUT))
    assert story.tcb.congestion.recover is None
    story.arrives(*4 * [ack(seq=1, ack=1)])
    story.expect()
    story.arrives(ack(seq=1, ack=501))
    story.leaves()
    story.arrives(*4 * [ack(seq=1, ack=501)])
    story.expect()


def test_three_segments_of_one_window_are_repaired_without_a_timeout():
    """RFC 6582 1."""
    pair = Pair(lose={("client", 3), ("client", 5), ("client", 8)})
    pair.run()
    pair.calls("client", "send", octets(1, 1001))
    pair.run()
    whys = [sent.segment.why for sent in pair.sent]

    assert pair.received["server"] == octets(1, 1001)
    assert (whys.count(Why.FAST_RETRANSMIT), whys.count(Why.PARTIAL_ACK), whys.count(Why.TIMEOUT)) == (1, 2, 0)
