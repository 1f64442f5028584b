"""RFC 9293, section 3.8.6.2: neither side lets a window get silly."""

import pytest

from course.tcp.segment import Why
from course.tcp.timers import Timer
from tests.pair import Pair
from tests.states import established, fin_wait_1
from tests.story import ack, data, fin, octets, part

# ---------------------------------------------------------------- 3.8.6.2.1, the sender; Eff.snd.MSS is 100


def offered(window, queued, **more):
    """Nothing is in flight, the largest window so far was 1000, and this is the window now."""
    story = established(window=1000, **more)
    story.arrives(ack(seq=1, ack=1, window=window))
    story.calls("send", octets(1, queued + 1))
    return story


def test_rule_1_a_full_segment_leaves():
    """RFC 9293 3.8.6.2.1, MUST-38."""
    story = offered(window=100, queued=300)
    story.expect(part(1, 101))


def test_rule_2_all_that_is_queued_leaves_if_it_fits():
    """RFC 9293 3.8.6.2.1, MUST-38."""
    story = offered(window=60, queued=60)
    story.expect(part(1, 61))


def test_rule_3_half_of_the_largest_window_leaves():
    """RFC 9293 3.8.6.2.1, MUST-38."""
    story = established(window=120)
    story.arrives(ack(seq=1, ack=1, window=60))
    story.calls("send", octets(1, 91))
    story.expect(part(1, 61, why=Why.DATA))


def test_rule_3_less_than_half_of_the_largest_window_waits():
    """RFC 9293 3.8.6.2.1, MUST-38."""
    story = established(window=120)
    story.arrives(ack(seq=1, ack=1, window=59))
    story.calls("send", octets(1, 91))
    story.expect()


@pytest.mark.parametrize("window", [1, 99])
def test_a_small_window_is_not_used(window):
    """RFC 9293 3.8.6.2.1, MUST-38."""
    story = offered(window=window, queued=300)
    story.expect()


def test_rule_4_after_half_a_second_what_fits_leaves():
    """RFC 9293 3.8.6.2.1: the override timeout is between 0.1 and 1.0 seconds."""
    story = offered(window=20, queued=300)
    assert story.connection.next_timeout() == (0.5, Timer.OVERRIDE)
    story.at(0.499)
    story.expect()
    story.at(0.5)
    story.expect(part(1, 21, why=Why.OVERRIDE))
    assert story.connection.next_timeout() == (1.5, Timer.RETRANSMISSION)


def test_the_smallest_window_is_overridden_and_not_probed():
    """RFC 9293 3.8.6.2.1: a window of 1 is open."""
    story = offered(window=1, queued=300)
    story.at(0.5)
    story.expect(part(1, 2, why=Why.OVERRIDE))


def test_an_override_is_for_one_time():
    """RFC 9293 3.8.6.2.1."""
    story = offered(window=20, queued=300)
    story.at(0.5)
    story.expect(part(1, 21))
    story.arrives(ack(seq=1, ack=21, window=20))
    story.expect()
    story.at(1.0)
    story.expect(part(21, 41, why=Why.OVERRIDE))


def test_the_override_is_due_within_a_second_though_a_probe_was_due_later():
    """RFC 9293 3.8.6.2.1: the override timeout is between 0.1 and 1.0 seconds."""
    story = established(window=1000, min_rto=5, initial_rto=5)
    story.arrives(ack(seq=1, ack=1, window=0))
    story.calls("send", octets(1, 301))
    story.at(0.1)
    story.arrives(ack(seq=1, ack=1, window=20))
    story.at(1.1)
    story.expect(part(1, 21, why=Why.OVERRIDE))


def test_a_window_that_becomes_useful_ends_the_waiting():
    """RFC 9293 3.8.6.2.1."""
    story = offered(window=20, queued=100)
    story.at(0.4)
    story.arrives(ack(seq=1, ack=1, window=100))
    story.expect(part(1, 101, why=Why.DATA))
    story.at(0.9)
    story.expect()


def test_a_useful_window_needs_no_override_timer():
    """RFC 9293 3.8.6.2.1."""
    story = offered(window=1000, queued=100)
    story.expect(part(1, 101))
    assert story.connection.next_timeout() == (1.0, Timer.RETRANSMISSION)


def test_while_something_is_in_flight_its_acknowledgment_is_waited_for():
    """RFC 9293 3.8.6.2.1: U is what the window leaves beyond what is in flight."""
    story = offered(window=150, queued=300, nagle=False)
    story.expect(part(1, 101))
    assert story.connection.next_timeout() == (1.0, Timer.RETRANSMISSION)
    story.at(0.9)
    story.expect()


def test_the_end_of_the_stream_waits_for_a_useful_window_too():
    """RFC 9293 3.8.6.2.1, MUST-38."""
    story = offered(window=20, queued=90)
    story.calls("close")
    story.expect()
    story.at(0.5)
    story.expect(part(1, 21, why=Why.OVERRIDE))
    story.arrives(ack(seq=1, ack=21, window=1000))
    story.expect(fin(seq=21, ack=1, data=octets(21, 91)))


# ---------------------------------------------------------------- 3.8.6.2.2, the receiver


def full(receive_buffer):
    """The receive buffer is full, and the peer knows."""
    story = established(receive_buffer=receive_buffer, delayed_ack=0)
    story.arrives(data(bytes(receive_buffer), seq=1, ack=1))
    story.expect(ack(seq=1, ack=1 + receive_buffer, window=0))
    return story


@pytest.mark.parametrize(("receive_buffer", "worth_it"), [(1000, 100), (150, 75)])
def test_the_window_opens_only_by_a_full_segment_or_half_of_the_buffer(receive_buffer, worth_it):
    """RFC 9293 3.8.6.2.2, MUST-39."""
    story = full(receive_buffer)
    story.calls("receive", worth_it - 1)
    story.expect()
    story.calls("receive", 1)
    story.expect(ack(seq=1, ack=1 + receive_buffer, window=worth_it, why=Why.WINDOW_UPDATE))


@pytest.mark.parametrize(("receive_buffer", "not_worth_it"), [(1000, 99), (150, 74)])
def test_until_then_every_segment_shows_the_old_right_edge(receive_buffer, not_worth_it):
    """RFC 9293 3.8.6.2.2, MUST-39."""
    story = full(receive_buffer)
    story.calls("receive", not_worth_it)
    story.calls("send", b"hello")
    story.expect(data(b"hello", seq=1, ack=1 + receive_buffer, window=0))


def test_small_segments_do_not_let_the_right_edge_creep():
    """RFC 9293 3.8.6.2.2, MUST-39."""
    story, edges = established(receive_buffer=1000, delayed_ack=0), []
    for at in range(1, 401, 10):
        story.arrives(data(bytes(10), seq=at, ack=1))
        edges += [segment.ack + segment.window for segment in story.leaves()]
        story.calls("receive", 10)
        story.expect()

    assert sorted(set(edges)) == [1001, 1101, 1201, 1301]


def test_a_window_that_is_useful_anyway_is_told_with_the_next_acknowledgment():
    """RFC 9293 3.8.6.2.2."""
    story = established(receive_buffer=1000)
    story.arrives(data(bytes(200), seq=1, ack=1))
    story.expect(ack(seq=1, ack=201, window=800))
    story.calls("receive", 200)
    story.expect()
    story.arrives(data(bytes(200), seq=201, ack=1))
    story.expect(ack(seq=1, ack=401, window=800))


def test_a_window_of_one_full_segment_is_useful():
    """RFC 9293 3.8.6.2.2."""
    story = established(receive_buffer=1000)
    story.arrives(data(bytes(900), seq=1, ack=1))
    story.expect(ack(seq=1, ack=901, window=100))
    story.calls("receive", 150)
    story.expect()


def test_half_of_a_large_buffer_is_always_worth_telling():
    """RFC 9293 3.8.6.2.2."""
    story = established(receive_buffer=1000)
    story.arrives(data(bytes(600), seq=1, ack=1))
    story.expect(ack(seq=1, ack=601, window=400))
    story.calls("receive", 499)
    story.expect()
    story.calls("receive", 1)
    story.expect(ack(seq=1, ack=601, window=900, why=Why.WINDOW_UPDATE))


def test_after_a_window_update_the_old_one_is_not_told_again():
    """RFC 9293 3.8.6.2.2."""
    story = full(200)
    story.calls("receive", 200)
    story.expect(ack(seq=1, ack=201, window=200))
    story.calls("receive", 10)
    story.expect()


def test_after_our_close_the_window_is_still_told():
    """RFC 9293 3.8.6.2.2: one may receive for as long as the peer sends."""
    story = fin_wait_1(receive_buffer=200)
    story.arrives(data(bytes(200), seq=1, ack=1))
    story.expect(ack(seq=2, ack=201, window=0))
    story.calls("receive", 200)
    story.expect(ack(seq=2, ack=201, window=200, why=Why.WINDOW_UPDATE))


def test_a_program_that_reads_octet_by_octet_still_gets_full_segments():
    """RFC 9293 3.8.6.2, MUST-38, MUST-39."""
    pair = Pair(receive_buffer=500)
    pair.run()
    pair.reads.clear()
    pair.calls("client", "send", octets(1, 3001))
    got, now = b"", pair.now
    while len(got) < 3000:
        now += 0.01
        pair.run(until=now)
        got += pair.calls("server", "receive", 1)

    assert got == octets(1, 3001)
    small = [sent for sent in pair.sent if 1 < len(sent.segment.data) < 100]
    assert len(small) < 3
