"""RFC 7323, sections 3 to 5: timestamps, by which round trips are measured and old duplicates known."""

import pytest

from course.tcp.segment import Why
from course.tcp.state import State
from tests.pair import Pair
from tests.states import established, listening, syn_received, syn_sent
from tests.story import Sketch, ack, data, octets, part, rst, syn, syn_ack

DAY = 86_400.0
THEIRS = 7000  # the peer's clock when its SYN leaves


def stamped(**more):
    """Both ends have agreed; our clock counts milliseconds from 0."""
    return established(timestamps=True, peer_stamp=THEIRS, **more)


def echoes(segments):
    """What these segments echo."""
    return [segment.timestamps[1] for segment in segments]


# ---------------------------------------------------------------- 3.2: the option


def test_our_syn_offers_the_option_and_echoes_nothing():
    """RFC 7323 3.2: TSecr is zero while there is nothing to echo."""
    story = listening(timestamps=True)
    story.at(1.5)
    story.arrives(syn(timestamps=(THEIRS, 0)))
    story.expect(syn_ack(timestamps=(1500, THEIRS)))
    caller = syn_sent(timestamps=True)
    caller.at(1)
    caller.expect(syn(timestamps=(1000, 0), why=Why.TIMEOUT))


def test_a_syn_ack_has_it_only_if_the_syn_had():
    """RFC 7323 3.2."""
    story = listening(timestamps=True)
    story.arrives(syn())
    assert [segment.timestamps for segment in story.leaves()] == [None]


@pytest.mark.parametrize(("ours", "theirs"), [(True, None), (False, THEIRS), (False, None)])
def test_no_segment_has_it_unless_both_syns_had(ours, theirs):
    """RFC 7323 3.2."""
    story = established(timestamps=ours, peer_stamp=theirs)
    story.calls("send", octets(1, 301))
    assert {segment.timestamps for segment in story.leaves()} == {None}
    assert story.connection.status().mss == 100


def test_every_segment_has_it_once_both_had():
    """RFC 7323 3.2: data, ACKs and FINs alike."""
    pair = Pair(timestamps=True)
    pair.run()
    pair.calls("client", "send", octets(1, 1001))
    pair.calls("client", "close")
    pair.calls("server", "close")
    pair.run()
    assert None not in {sent.segment.options.timestamps for sent in pair.sent}
    assert pair.received["server"] == octets(1, 1001)


def test_both_ends_of_a_simultaneous_open_have_it():
    """RFC 7323 3.2; RFC 9293 3.5, figure 7."""
    pair = Pair(crossing=True, timestamps=True)
    pair.run()
    assert pair.states == (State.ESTABLISHED, State.ESTABLISHED)
    assert None not in {sent.segment.options.timestamps for sent in pair.sent}


def test_a_segment_without_it_is_dropped_without_a_word():
    """RFC 7323 3.2: a SHOULD; whoever has agreed sends it always."""
    story = stamped()
    story.arrives(data(b"hello", seq=1, ack=1))
    story.after(1)
    story.expect()
    assert story.connection.readable == 0


def test_a_reset_needs_none():
    """RFC 7323 3.2: a RST is taken with or without."""
    story = stamped()
    story.arrives(rst(seq=1))
    assert story.connection.state is State.CLOSED


def test_the_option_takes_twelve_octets_of_every_segment():
    """RFC 9293 3.7.1, MUST-16; RFC 7323, appendix A: ten octets, and two to fill up."""
    story = stamped()
    story.calls("send", octets(1, 201))
    story.expect(part(1, 89), part(89, 177))
    assert story.connection.status().mss == 88


# ---------------------------------------------------------------- 4.3: which one is echoed


def test_the_last_segment_in_order_is_echoed():
    """RFC 7323 4.3: TS.Recent."""
    story = stamped(delayed_ack=0)
    story.arrives(part(1, 11, timestamps=(7100, 0)))
    story.expect(ack(seq=1, ack=11, timestamps=(0, 7100)))
    story.at(0.25)
    story.arrives(part(11, 21, timestamps=(7200, 0)))
    story.expect(ack(seq=1, ack=21, timestamps=(250, 7200)))


def test_a_delayed_ack_echoes_the_first_of_the_segments_that_it_answers():
    """RFC 7323 4.3, case A: so that the delay counts as part of the round trip."""
    story = stamped()
    story.arrives(part(1, 89, timestamps=(7100, 0)))
    story.arrives(part(89, 177, timestamps=(7200, 0)))
    story.expect(ack(seq=1, ack=177, timestamps=(0, 7100), why=Why.ACK_SECOND))


def test_a_segment_beyond_a_gap_is_not_echoed_and_the_one_that_fills_it_is():
    """RFC 7323 4.3, cases B and C."""
    story = stamped(delayed_ack=0)
    story.arrives(part(1, 11, timestamps=(7100, 0)))
    story.expect(ack(seq=1, ack=11, timestamps=(0, 7100)))
    story.arrives(part(21, 31, timestamps=(7300, 0)))
    story.expect(ack(seq=1, ack=11, timestamps=(0, 7100)))
    story.arrives(part(11, 21, timestamps=(7400, 0)))
    story.expect(ack(seq=1, ack=31, timestamps=(0, 7400)))


def test_an_ack_without_octets_is_echoed_too():
    """RFC 7323 4.3: its number is what we acknowledged last."""
    story = stamped()
    story.arrives(ack(seq=1, ack=1, timestamps=(7500, 0)))
    story.calls("send", b"x")
    assert echoes(story.leaves()) == [7500]


def test_what_lies_outside_of_the_window_is_not_echoed():
    """RFC 7323 5.3, R1 to R3: only an acceptable segment moves TS.Recent."""
    story = stamped()
    story.arrives(data(b"x", seq=-5, ack=1, timestamps=(9000, 0)))
    assert echoes(story.leaves()) == [THEIRS]


# ---------------------------------------------------------------- 5: old duplicates


@pytest.mark.parametrize("state", [established, syn_received])
def test_an_old_duplicate_is_dropped_and_acknowledged(state):
    """RFC 7323 5.3, R1: although its number lies in the window."""
    story = state(timestamps=True, peer_stamp=THEIRS)
    before = story.connection.state
    story.arrives(data(b"old", seq=1, ack=1, timestamps=(THEIRS - 1, 0)))
    story.expect(ack(seq=1, ack=1, why=Why.ACK_OLD))
    story.is_in(before)
    assert story.connection.readable == 0


def test_a_timestamp_that_is_equal_is_not_old():
    """RFC 7323 5.3: many segments may leave within one tick."""
    story = stamped()
    story.arrives(data(b"new", seq=1, ack=1, timestamps=(THEIRS, 0)))
    assert story.connection.readable == 3


def test_an_old_reset_is_no_old_duplicate():
    """RFC 7323 5.2: the rule does not apply to a RST."""
    story = stamped()
    story.arrives(rst(seq=1, timestamps=(THEIRS - 1, 0)))
    assert story.connection.state is State.CLOSED


def test_a_reset_does_not_move_the_clock_back():
    """RFC 7323 4.3, (2): SEG.TSval has to be at least TS.Recent."""
    story = stamped()
    story.arrives(Sketch("RST", -2, None, b"why not?", timestamps=(10, 0)))
    story.expect(ack(seq=1, ack=1, timestamps=(0, THEIRS), why=Why.CHALLENGE))


def test_timestamps_are_compared_on_a_circle():
    """RFC 7323 5.2: modulo 2**32."""
    story = established(timestamps=True, peer_stamp=2**32 - 5)
    story.arrives(data(b"new", seq=1, ack=1, timestamps=(5, 0)))
    story.expect()
    assert story.connection.readable == 3
    story.arrives(data(b"old", seq=4, ack=1, timestamps=(2**32 - 5, 0)))
    story.expect(ack(seq=1, ack=4, timestamps=(0, 5), why=Why.ACK_OLD))


@pytest.mark.parametrize(("days", "readable"), [(23.9, 0), (24.1, 5)])
def test_after_24_days_of_silence_a_timestamp_says_nothing_any_more(days, readable):
    """RFC 7323 5.5: the peer's clock may have gone half round by then."""
    story = stamped()
    story.at(days * DAY)
    story.arrives(data(b"hello", seq=1, ack=1, timestamps=((THEIRS + 2**31 + 5) % 2**32, 0)))
    story.leaves()
    assert story.connection.readable == readable


# ---------------------------------------------------------------- 4.1 and appendix G: the round trip


def test_the_round_trip_of_a_segment_that_was_sent_again_is_measured_as_well():
    """RFC 7323 4.1; RFC 6298 3: the echo tells which of the two is answered, so Karn's rule is not needed."""
    story = stamped()
    before = story.connection.status().srtt
    story.calls("send", b"hello")
    story.expect(data(b"hello", seq=1, ack=1, timestamps=(0, THEIRS)))
    story.at(1)
    story.expect(data(b"hello", seq=1, ack=1, timestamps=(1000, THEIRS)))
    story.at(1.4)
    story.arrives(ack(seq=1, ack=6, timestamps=(7100, 1000)))
    assert before == 0
    assert story.connection.status().srtt == pytest.approx(0.4 / 8)


def test_the_echo_of_the_first_copy_says_how_long_it_took():
    """RFC 7323 4.1: the retransmission was in vain."""
    story = stamped()
    story.calls("send", b"hello")
    story.leaves()
    story.at(1)
    story.leaves()
    story.at(1.4)
    story.arrives(ack(seq=1, ack=6, timestamps=(7100, 0)))
    assert story.connection.status().srtt == pytest.approx(1.4 / 8)


def test_only_an_acknowledgment_of_something_new_is_measured():
    """RFC 7323 4.1: an echo may be arbitrarily old otherwise."""
    story = stamped()
    story.calls("send", b"hello")
    story.leaves()
    story.at(0.5)
    story.arrives(ack(seq=1, ack=1, timestamps=(7100, 0)), data(b"x", seq=1, ack=1, timestamps=(7100, 0)))
    assert story.connection.status().srtt == 0


def test_an_echo_of_what_we_never_sent_is_not_measured():
    """RFC 7323 4.1: a peer that echoes nonsense, here a moment in our future, makes no round trip of 49 days."""
    story = stamped()
    story.calls("send", b"hello")
    story.leaves()
    story.at(0.5)
    story.arrives(ack(seq=1, ack=6, timestamps=(7100, 600)))
    assert story.connection.status().snd_una == story.iss + 6
    assert story.connection.status().srtt == 0


@pytest.mark.parametrize(("segments", "samples"), [(1, 1), (2, 1), (3, 2), (4, 2), (10, 5)])
def test_several_measurements_in_a_window_weigh_less_each(segments, samples):
    """RFC 7323, appendix G: alpha' = alpha / ceil(FlightSize / (2 SMSS))."""
    story = stamped()
    story.calls("send", octets(1, 1 + 88 * segments))
    story.leaves()
    story.at(0.8)
    story.arrives(ack(seq=1, ack=89, timestamps=(7100, 0)))
    status = story.connection.status()
    assert status.srtt == pytest.approx(0.8 / 8 / samples)
    assert status.rttvar == pytest.approx(0.8 / 4 / samples)


def test_a_lost_syn_does_not_spoil_the_first_measurement():
    """RFC 7323 4.1: the SYN,ACK echoes the SYN that came."""
    story = syn_sent(timestamps=True)
    story.at(1)
    story.expect(syn(timestamps=(1000, 0)))
    story.at(1.3)
    story.arrives(syn_ack(mss=100, timestamps=(THEIRS, 1000)))
    story.expect(ack(seq=1, ack=1, timestamps=(1300, THEIRS)))
    assert story.connection.status().srtt == pytest.approx(0.3)


def test_an_end_that_has_closed_goes_on_to_check():
    """RFC 7323 5.3: in every synchronized state."""
    story = stamped()
    story.arrives(ack(seq=1, ack=1, timestamps=(7100, 0)))
    story.calls("close")
    story.leaves()
    story.arrives(data(b"old", seq=1, ack=2, timestamps=(7099, 0)))
    story.expect(ack(seq=2, ack=1, why=Why.ACK_OLD))
    story.is_in(State.FIN_WAIT_1)
