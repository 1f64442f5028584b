"""RFC 6298: the retransmission timer at work. Its arithmetic by itself is in tests/tcp/test_rto.py."""

import pytest

from course.tcp.segment import Why
from course.tcp.timers import Timer
from tests.states import closed, established, fin_wait_1, syn_received, syn_received_actively, syn_sent
from tests.story import ack, data, fin, octets, part, syn, syn_ack

SOON = 0.001  # the granularity of the tests


def timeout_of(story):
    """After how many seconds the retransmission timer will run out."""
    return pytest.approx(story.tcb.timers.due(Timer.RETRANSMISSION) - story.now)


def round_trip(story, seconds, first):
    """100 octets leave, and are acknowledged so many seconds later."""
    story.calls("send", octets(first, first + 100))
    story.expect(part(first, first + 100))
    story.after(seconds)
    story.arrives(ack(seq=1, ack=first + 100))
    story.expect()


@pytest.mark.parametrize("knobs", [{}, {"initial_rto": 2.5}, {"initial_rto": 0.3, "min_rto": 0.2}], ids=str)
def test_2_1_before_any_measurement_the_rto_is_the_initial_one(knobs):
    """RFC 6298 2.1; RFC 9293 3.8.1, MUST-18."""
    story, rto = syn_sent(**knobs), knobs.get("initial_rto", 1.0)
    story.at(rto - SOON)
    story.expect()
    story.at(rto)
    story.expect(syn(why=Why.TIMEOUT))


def test_2_2_the_handshake_is_the_first_measurement():
    """RFC 6298 2.2."""
    story = syn_sent(min_rto=0.1)
    story.at(0.4)
    story.arrives(syn_ack(mss=100))
    story.expect(ack(seq=1, ack=1))
    status = story.connection.status()
    assert (status.srtt, status.rttvar, status.rto) == pytest.approx((0.4, 0.2, 1.2))


def test_2_2_the_handshake_is_the_first_measurement_of_the_called_end_too():
    """RFC 6298 2.2."""
    story = syn_received(min_rto=0.1)
    story.at(0.4)
    story.arrives(ack(seq=1, ack=1))
    assert story.connection.status().rto == pytest.approx(1.2)


def test_2_3_later_measurements_are_smoothed():
    """RFC 6298 2.3; RFC 9293 3.8.1, MUST-18."""
    story = syn_sent(min_rto=0.1)
    story.at(0.4)
    story.arrives(syn_ack(mss=100))
    story.expect(ack(seq=1, ack=1))
    round_trip(story, 0.8, first=1)
    status = story.connection.status()
    assert status.rttvar == pytest.approx(3 / 4 * 0.2 + 1 / 4 * 0.4)
    assert status.srtt == pytest.approx(7 / 8 * 0.4 + 1 / 8 * 0.8)
    assert status.rto == pytest.approx(0.45 + 4 * 0.25)


def test_2_4_a_small_rto_is_rounded_up_to_one_second():
    """RFC 6298 2.4."""
    story = established()
    for first in (1, 101, 201):
        round_trip(story, 0.01, first)
    assert story.connection.status().rto == 1.0


def test_3_one_round_trip_time_is_measured_at_a_time():
    """RFC 6298 3."""
    story = established(nagle=False)
    story.calls("send", octets(1, 101))
    story.expect(part(1, 101))
    story.at(0.5)
    story.calls("send", octets(101, 201))
    story.expect(part(101, 201))
    story.at(0.8)
    story.arrives(ack(seq=1, ack=201))
    assert story.connection.status().srtt == pytest.approx(0.8 / 8)  # the first segment's; the handshake took 0


def test_3_a_segment_is_measured_when_all_of_it_is_acknowledged():
    """RFC 6298 3."""
    story = established()
    story.calls("send", octets(1, 101))
    story.expect(part(1, 101))
    story.at(0.4)
    story.arrives(ack(seq=1, ack=51))
    assert story.connection.status().srtt == 0
    story.at(0.8)
    story.arrives(ack(seq=1, ack=101))
    assert story.connection.status().srtt == pytest.approx(0.8 / 8)


def test_3_a_segment_that_was_sent_twice_is_not_measured():
    """RFC 6298 3; RFC 9293 3.8.1, MUST-18: Karn's algorithm."""
    story = established()
    before = story.connection.status().srtt
    story.calls("send", b"hello")
    story.expect(data(b"hello", seq=1, ack=1))
    story.at(1)
    story.expect(data(b"hello", seq=1, ack=1))
    story.at(1.9)
    story.arrives(ack(seq=1, ack=6))
    assert story.connection.status().srtt == before


def test_3_a_segment_behind_one_that_was_sent_twice_is_not_measured_either():
    """RFC 6298 3; RFC 9293 3.8.1, MUST-18: its acknowledgment had to wait for the other."""
    story = established()
    story.calls("send", octets(1, 501))
    story.leaves()
    story.at(0.1)
    story.arrives(ack(seq=1, ack=101))
    story.leaves()
    before = story.connection.status().srtt
    story.calls("send", octets(501, 601))
    story.leaves()
    story.arrives(*3 * [ack(seq=1, ack=101)])
    story.expect(part(101, 201, why=Why.FAST_RETRANSMIT))
    story.at(0.9)
    story.arrives(ack(seq=1, ack=601))
    assert story.connection.status().srtt == before


def test_3_a_segment_whose_first_octet_was_sent_again_as_a_probe_is_not_measured():
    """RFC 6298 3; RFC 9293 3.8.1 and 3.8.6.1, MUST-18: its acknowledgment may be the answer to the probe."""
    story = established()
    before = story.connection.status().srtt
    story.calls("send", octets(1, 101))
    story.expect(part(1, 101))
    story.arrives(ack(seq=1, ack=1, window=0))
    story.at(1)
    story.expect(part(1, 2, why=Why.WINDOW_PROBE))
    story.at(1.9)
    story.arrives(ack(seq=1, ack=101, window=1000))
    assert story.connection.status().srtt == before


def test_5_1_the_timer_starts_with_the_first_octets_and_not_again_with_the_next():
    """RFC 6298 5.1."""
    story = established(nagle=False)
    story.calls("send", b"hello")
    story.leaves()
    story.at(0.7)
    story.calls("send", b"world")
    story.leaves()
    assert timeout_of(story) == 0.3


def test_5_2_the_timer_stops_when_everything_is_acknowledged():
    """RFC 6298 5.2."""
    story = established()
    round_trip(story, 0.5, first=1)
    assert story.connection.next_timeout() is None


def test_5_3_the_timer_starts_again_when_something_new_is_acknowledged():
    """RFC 6298 5.3."""
    story = established()
    story.calls("send", octets(1, 201))
    story.leaves()
    story.at(0.7)
    story.arrives(ack(seq=1, ack=101))
    assert timeout_of(story) == 1.0


def test_5_3_an_acknowledgment_of_nothing_new_leaves_the_timer_alone():
    """RFC 6298 5.3."""
    story = established()
    story.calls("send", octets(1, 201))
    story.leaves()
    story.at(0.7)
    story.arrives(ack(seq=1, ack=1), ack(seq=1, ack=1, window=9000))
    assert timeout_of(story) == 0.3


def test_5_4_to_5_6_every_timeout_sends_the_first_segment_again_and_waits_twice_as_long():
    """RFC 6298 5.4, 5.5 and 5.6; RFC 9293 3.8.2, MUST-19."""
    story = established(max_rto=10, r2=1e6)
    story.calls("send", octets(1, 301))
    story.leaves()
    for at in [1, 3, 7, 15, 25, 35, 45]:
        story.at(at - SOON)
        story.expect()
        story.at(at)
        story.expect(part(1, 101, why=Why.TIMEOUT))


def test_5_5_the_back_off_lasts_until_something_new_was_sent_and_acknowledged():
    """RFC 6298 5; RFC 9293 3.8.2."""
    story = established()
    story.calls("send", octets(1, 101))
    story.expect(part(1, 101))
    story.at(1)
    story.expect(part(1, 101))
    story.arrives(ack(seq=1, ack=101))
    assert story.connection.status().rto == 2.0
    round_trip(story, 0.1, first=101)
    assert story.connection.status().rto == 1.0


def test_a_fin_is_timed_like_an_octet():
    """RFC 6298 5.1 and 5.4."""
    story = fin_wait_1()
    story.at(1)
    story.expect(fin(seq=1, ack=1))
    story.at(3 - SOON)
    story.expect()
    story.at(3)
    story.expect(fin(seq=1, ack=1))


# ---------------------------------------------------------------- 5.7


@pytest.mark.parametrize("lost", [1, 2, 3])
@pytest.mark.parametrize("end", ["caller", "called"])
def test_5_7_after_a_lost_syn_data_begins_with_an_rto_of_3_seconds(lost, end):
    """RFC 6298 5.7."""
    story = syn_sent() if end == "caller" else syn_received()
    story.at(2**lost - 1)
    assert len(story.leaves()) == lost
    story.arrives(syn_ack(mss=100) if end == "caller" else ack(seq=1, ack=1))
    story.leaves()
    story.calls("send", b"hello")
    story.expect(data(b"hello", seq=1, ack=1))
    story.after(3 - SOON)
    story.expect()
    story.after(SOON)
    story.expect(data(b"hello", seq=1, ack=1, why=Why.TIMEOUT))


def test_5_7_an_rto_that_began_with_more_than_3_seconds_does_not_become_shorter():
    """RFC 6298 5.7: only an RTO of less than 3 seconds is set to 3 seconds."""
    story = syn_sent(initial_rto=5)
    story.at(5)
    story.expect(syn())
    story.arrives(syn_ack())
    story.leaves()
    assert story.connection.status().rto >= 5


@pytest.mark.parametrize("answer", [syn_ack(), ack(seq=1, ack=1)], ids=str)
def test_5_7_two_calls_that_cross_lose_no_syn(answer):
    """RFC 6298 5.7: no timer has run out."""
    story = syn_received_actively()
    story.arrives(answer)
    assert story.connection.status().rto == 1.0


def test_5_7_after_3_seconds_the_next_measurement_counts_as_the_first():
    """RFC 6298 2.2 and 5.7."""
    story = syn_sent(min_rto=0.1)
    story.at(1)
    story.expect(syn())
    story.arrives(syn_ack(mss=100))
    story.expect(ack(seq=1, ack=1))
    round_trip(story, 0.4, first=1)
    status = story.connection.status()
    assert (status.srtt, status.rttvar, status.rto) == pytest.approx((0.4, 0.2, 1.2))


def test_nothing_is_timed_where_nothing_was_sent():
    """RFC 6298 5.1."""
    assert closed().connection.next_timeout() is None
