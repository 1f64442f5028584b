"""RFC 7323, section 2: windows that are larger than their field."""

import pytest

from course.tcp.segment import Why
from course.tcp.state import State
from tests.pair import Pair
from tests.states import established, listening, syn_received, syn_sent
from tests.story import ack, data, octets, part, syn, syn_ack

BUFFER = 1_000_000
SCALE = 4  # 65 535 times 16 is just enough for a million


def sizes(segments):
    """All octets that these segments carry."""
    return sum(len(segment.data) for segment in segments)


# ---------------------------------------------------------------- 2.2 and 2.3: what is agreed


@pytest.mark.parametrize("scale", [0, 4, 14])
def test_our_syn_offers_the_option_with_our_shift_count(scale):
    """RFC 7323 2.2."""
    story = listening(window_scale=scale)
    story.arrives(syn(window_scale=1))
    story.expect(syn_ack(window_scale=scale))
    assert syn_sent(window_scale=scale).tcb.rcv.scale == 0  # nothing holds before the peer has agreed


def test_a_syn_ack_offers_it_only_if_the_syn_did():
    """RFC 7323 2.2: it may be sent in a SYN,ACK only if it was in the SYN."""
    story = listening(window_scale=SCALE)
    story.arrives(syn())
    assert [segment.window_scale for segment in story.leaves()] == [None]


def test_no_segment_but_a_syn_has_the_option():
    """RFC 7323 2.2."""
    story = established(window_scale=SCALE, peer_scale=2)
    story.calls("send", octets(1, 301))
    assert {segment.window_scale for segment in story.leaves()} == {None}


@pytest.mark.parametrize(
    ("ours", "theirs", "agreed"),
    [(4, 2, (4, 2)), (0, 2, (0, 2)), (4, 0, (4, 0)), (4, None, (0, 0)), (None, 2, (0, 0)), (None, None, (0, 0))],
)
@pytest.mark.parametrize("in_state", [established, syn_received])
def test_windows_are_scaled_if_both_syns_have_offered_it_and_not_else(in_state, ours, theirs, agreed):
    """RFC 7323 2.2 and 2.3: Rcv.Wind.Shift is ours, Snd.Wind.Shift is the peer's."""
    story = in_state(window_scale=ours, peer_scale=theirs)
    assert (story.tcb.rcv.scale, story.tcb.snd.scale) == agreed


@pytest.mark.parametrize("theirs", [15, 64, 255])
def test_a_shift_count_above_14_counts_as_14(theirs):
    """RFC 7323 2.3: "TCP MUST use 14"."""
    story = established(window_scale=0, peer_scale=theirs, window=3)
    story.arrives(ack(seq=1, ack=1, window=3))
    assert story.connection.status().snd_wnd == 3 << 14


# ---------------------------------------------------------------- 2.2 and 2.3: the field


def test_the_window_of_our_own_syn_is_never_scaled():
    """RFC 7323 2.2: and it says at most 65 535."""
    story = syn_sent(window_scale=SCALE, receive_buffer=BUFFER)
    story.arrives(syn(window_scale=2))
    story.expect(syn_ack(window=65_535))
    assert syn_received(window_scale=SCALE, receive_buffer=1000, peer_scale=2).connection.status().rcv_wnd == 1000


@pytest.mark.parametrize("in_state", [established, syn_received])
def test_the_window_of_the_peers_syn_is_not_scaled_either(in_state):
    """RFC 7323 2.2."""
    assert in_state(window_scale=0, peer_scale=SCALE, window=1000).connection.status().snd_wnd == 1000


def test_every_other_window_of_the_peer_is_so_many_bits_larger():
    """RFC 7323 2.3: SND.WND = SEG.WND << Snd.Wind.Shift."""
    story = syn_received(window_scale=0, peer_scale=SCALE, window=1000)
    story.arrives(ack(seq=1, ack=1, window=1000))
    assert story.connection.status().snd_wnd == 16_000
    story.arrives(ack(seq=1, ack=1, window=70))
    assert story.connection.status().snd_wnd == 1120


def test_every_other_window_of_ours_is_said_so_many_bits_smaller():
    """RFC 7323 2.3: SEG.WND = RCV.WND >> Rcv.Wind.Shift."""
    story = established(window_scale=SCALE, peer_scale=0, receive_buffer=BUFFER)
    story.arrives(part(1, 1001))
    story.expect(ack(seq=1, ack=1001, window=(BUFFER - 1000) >> SCALE))


def test_without_agreement_our_window_is_no_larger_than_its_field():
    """RFC 7323 2.2: both directions are unscaled then."""
    story = established(window_scale=SCALE, receive_buffer=BUFFER)
    assert story.connection.status().rcv_wnd == 65_535
    story.arrives(part(1, 1001))
    story.expect(ack(seq=1, ack=1001, window=65_535))


def test_a_lost_syn_is_repeated_with_its_option():
    """RFC 7323 2.2; RFC 9293 3.8.1."""
    story = syn_sent(window_scale=SCALE)
    story.at(1)
    story.expect(syn(window_scale=SCALE, why=Why.TIMEOUT))


def test_both_ends_of_a_simultaneous_open_scale():
    """RFC 7323 2.2: each SYN has offered it."""
    pair = Pair(crossing=True, window_scale=SCALE, receive_buffer=BUFFER)
    pair.run()
    assert pair.states == (State.ESTABLISHED, State.ESTABLISHED)
    assert {(end.tcb.rcv.scale, end.tcb.snd.scale) for end in pair.ends.values()} == {(SCALE, SCALE)}


# ---------------------------------------------------------------- what it is good for


def test_more_than_65535_octets_may_be_in_flight():
    """RFC 7323 1.1."""
    story = established(window_scale=0, peer_scale=SCALE, initial_window=2**20, send_buffer=2**20)
    story.arrives(ack(seq=1, ack=1, window=50_000))
    story.calls("send", bytes(900_000))
    assert sizes(story.leaves()) == 800_000


@pytest.mark.parametrize(("scale", "seconds"), [(None, 10), (SCALE, 2)])
def test_a_long_fat_network_is_filled_only_with_large_windows(scale, seconds):
    """RFC 7323 1.1: at most one window for each round trip, here of half a second."""
    buffer = 65_535 if scale is None else BUFFER
    pair = Pair(delay=0.25, mss=1460, window_scale=scale, receive_buffer=buffer, send_buffer=2**20,
                congestion_control="none")  # fmt: skip
    pair.run()
    begin = pair.now
    pair.calls("client", "send", bytes(1_000_000))
    pair.run()
    assert len(pair.received["server"]) == 1_000_000
    assert (pair.now - begin > 7) is (seconds == 10)
    assert pair.now - begin < seconds


# ---------------------------------------------------------------- 2.4: what the field cannot say


def test_octets_of_a_window_that_the_field_once_said_are_taken_although_it_says_less_now():
    """RFC 7323 2.4: the receiver MUST take what was in any window that it has said."""
    story = established(window_scale=SCALE, peer_scale=0, receive_buffer=1600, delayed_ack=0)
    story.arrives(part(1, 2))
    story.expect(ack(seq=1, ack=2, window=1599 >> SCALE))  # the edge seems to go back, by 15 octets
    story.arrives(part(2, 1601))
    story.expect(ack(seq=1, ack=1601, window=0))
    assert story.calls("receive", 2000) == octets(1, 1601)


@pytest.mark.parametrize("scale", [1, 4, 7, 11])
def test_nothing_is_lost_by_rounding(scale):
    """RFC 7323 2.4: sizes that fit no shift count, and a program that reads seldom."""
    pair = Pair(window_scale=scale, receive_buffer=2**scale * 3 + 41, mss=97)
    pair.run()
    pair.reads.discard("server")
    pair.calls("client", "send", octets(1, 20_001))
    heard = b""
    for moment in range(1, 1500):
        pair.run(until=moment * 0.7)
        heard += pair.calls("server", "receive", 531)
    assert heard == octets(1, 20_001)


def test_a_window_that_its_field_calls_zero_is_told_of_when_it_opens():
    """RFC 7323 2.3; RFC 9293 3.8.6.2.2: what counts is the window that the peer knows of."""
    story = established(window_scale=10, peer_scale=0, receive_buffer=1500, delayed_ack=0)
    story.arrives(part(1, 501))
    story.expect(ack(seq=1, ack=501, window=0))
    assert story.connection.status().rcv_wnd == 1000
    story.calls("receive", 500)
    story.expect(ack(seq=1, ack=501, window=1, why=Why.WINDOW_UPDATE))


def test_a_window_that_is_still_too_small_for_its_field_is_not_told_of():
    """RFC 9293 3.8.6.2.2: an ACK that would say the same again helps nobody."""
    story = established(window_scale=10, peer_scale=0, receive_buffer=3000, delayed_ack=0)
    story.arrives(data(octets(1, 2049), seq=1, ack=1))
    story.expect(ack(seq=1, ack=2049, window=0))
    story.calls("receive", 50)
    story.expect()


def test_a_window_that_the_field_can_say_again_is_opened_although_only_a_little_was_read():
    """RFC 7323 2.3; RFC 9293 3.8.6.2.2: for the peer it opens from zero to 1024."""
    story = established(window_scale=10, peer_scale=0, receive_buffer=1074, delayed_ack=0)
    story.arrives(part(1, 75))
    story.expect(ack(seq=1, ack=75, window=0))
    story.calls("receive", 50)
    story.expect(ack(seq=1, ack=75, window=1, why=Why.WINDOW_UPDATE))
