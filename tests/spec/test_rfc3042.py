"""RFC 3042: limited transmit, a new segment for each of the first two duplicate acknowledgments."""

import pytest

from course.tcp.segment import Why
from tests.pair import Pair
from tests.states import established
from tests.story import ack, octets, part

SMSS = 100
DUPLICATE = ack(seq=1, ack=1)


def sending(cwnd=4 * SMSS, queued=2000, **more):
    """A window's worth of full segments is in flight, and more octets wait."""
    story = established(initial_window=cwnd, **more)
    story.calls("send", octets(1, 1 + queued))
    story.expect(*[part(at, at + SMSS) for at in range(1, cwnd, SMSS)])
    return story


def test_each_of_the_first_two_duplicates_lets_one_new_segment_leave():
    """RFC 3042 2."""
    story = sending()
    story.arrives(DUPLICATE)
    story.expect(part(401, 501, why=Why.LIMITED_TRANSMIT))
    story.arrives(DUPLICATE)
    story.expect(part(501, 601, why=Why.LIMITED_TRANSMIT))


def test_two_duplicates_at_once_let_two_new_segments_leave():
    """RFC 3042 2: no more than two segments beyond cwnd are in flight."""
    story = sending()
    story.arrives(DUPLICATE, DUPLICATE)
    story.expect(part(401, 501), part(501, 601))


def test_the_third_duplicate_repeats_and_lets_nothing_new_leave():
    """RFC 3042 2; RFC 5681 3.2."""
    story = sending(cwnd=10 * SMSS)
    story.arrives(DUPLICATE, DUPLICATE, DUPLICATE)
    story.expect(part(1, 101, why=Why.FAST_RETRANSMIT))


def test_the_congestion_window_stays_as_it_is():
    """RFC 3042 2: "cwnd MUST NOT be changed"."""
    story = sending()
    story.arrives(DUPLICATE, DUPLICATE)
    story.leaves()
    status = story.connection.status()
    assert (status.cwnd, status.ssthresh, status.flight_size) == (400, 2**30, 600)


def test_what_limited_transmit_sent_does_not_count_for_the_threshold():
    """RFC 5681 3.2, step 2: FlightSize without those two segments."""
    story = sending(cwnd=600)
    for _ in range(3):
        story.arrives(DUPLICATE)
        story.leaves()
    assert story.connection.status().ssthresh == 300


def test_the_receivers_window_goes_before():
    """RFC 3042 2, first condition."""
    story = sending(window=500)
    story.arrives(ack(seq=1, ack=1, window=500))
    story.expect(part(401, 501))
    story.arrives(ack(seq=1, ack=1, window=500))
    story.expect()


def test_without_anything_new_nothing_leaves():
    """RFC 3042 2: what was sent already is not sent again."""
    story = sending(queued=400)
    story.arrives(DUPLICATE, DUPLICATE)
    story.expect()


def test_an_acknowledgment_of_something_new_ends_it():
    """RFC 3042 2: from then on cwnd alone counts, and the duplicates are counted anew."""
    story = sending()
    story.tcb.congestion.ssthresh = 400  # congestion avoidance: one segment more for a whole window
    story.arrives(DUPLICATE)
    story.expect(part(401, 501))
    story.arrives(ack(seq=1, ack=101))
    story.expect()
    story.arrives(ack(seq=1, ack=101))
    story.expect(part(501, 601, why=Why.LIMITED_TRANSMIT))


def test_duplicates_of_what_a_timeout_repeats_let_nothing_leave():
    """RFC 6582 4.1: they may come from repetitions that were not needed."""
    story = sending()
    story.at(1)
    story.expect(part(1, 101, why=Why.TIMEOUT))
    story.arrives(DUPLICATE, DUPLICATE)
    story.expect()
    assert story.connection.status().cwnd == SMSS


def test_duplicates_during_fast_recovery_are_another_matter():
    """RFC 6582 3.2: they inflate cwnd instead."""
    story = sending(cwnd=6 * SMSS)
    story.arrives(*3 * [DUPLICATE])
    story.expect(part(1, 101))
    story.arrives(DUPLICATE)
    story.expect(part(601, 701, why=Why.DATA))


def test_a_segment_that_the_congestion_window_has_room_for_is_no_limited_transmit():
    """RFC 3042 2: it would have left without any duplicate."""
    story = established()
    story.calls("send", octets(1, 301))
    story.expect(part(1, 101), part(101, 201), part(201, 301))
    story.arrives(DUPLICATE)
    story.calls("send", octets(301, 401))
    story.expect(part(301, 401, why=Why.DATA))


def test_without_congestion_control_there_is_nothing_to_limit():
    """RFC 9293 3.8.2: everything has left already."""
    story = established(congestion_control="none")
    story.calls("send", octets(1, 901))
    story.leaves()
    story.arrives(DUPLICATE, DUPLICATE)
    story.expect()


@pytest.mark.parametrize(("queued", "repairs"), [(300, Why.TIMEOUT), (500, Why.FAST_RETRANSMIT)])
def test_with_a_small_window_a_loss_is_noticed_soon_if_there_is_something_new_to_send(queued, repairs):
    """RFC 3042 1: three segments in flight make two duplicates, and what those let leave makes the third."""
    pair = Pair(initial_window=3 * SMSS, lose={("client", 3)})  # its first segment with octets
    pair.run()
    pair.calls("client", "send", octets(1, 1 + queued))
    pair.run()
    again = [sent.segment.why for sent in pair.sent if sent.segment.why in (Why.TIMEOUT, Why.FAST_RETRANSMIT)]
    assert again == [repairs]
    assert pair.received["server"] == octets(1, 1 + queued)
