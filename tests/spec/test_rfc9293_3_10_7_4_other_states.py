"""RFC 9293, section 3.10.7.4: a segment arrives in any other state, step by step."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.tcp.segment import Why
from course.tcp.state import Event, State
from tests.states import IN, closing, established, fin_wait_1, fin_wait_2, syn_received, syn_received_actively
from tests.story import Sketch, ack, data, fin, octets, part, rst, syn, syn_ack

REPEATABLE = settings(deadline=None, derandomize=True, database=None, max_examples=100)
SYNCHRONIZED = [State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSE_WAIT, State.CLOSING,
                State.LAST_ACK, State.TIME_WAIT]  # fmt: skip
THEIRS = {State.CLOSE_WAIT: 2, State.CLOSING: 2, State.LAST_ACK: 2, State.TIME_WAIT: 2}  # RCV.NXT, else 1
OURS = {State.ESTABLISHED: 1, State.CLOSE_WAIT: 1, State.SYN_RECEIVED: 1}  # SND.NXT, else 2


# ---------------------------------------------------------------- first: the sequence number


@pytest.mark.parametrize("state", [State.SYN_RECEIVED, *SYNCHRONIZED], ids=str)
@pytest.mark.parametrize("away", [-1, 65_536, -70_000])
def test_first_an_unacceptable_segment_is_answered_by_an_ack_and_dropped(state, away):
    """RFC 9293 3.10.7.4, first: <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>."""
    story, nxt = IN[state](), THEIRS.get(state, 1)
    for arrived in (ack(seq=nxt + away, ack=1), data(b"x", seq=nxt + away, ack=1), syn(seq=nxt + away)):
        story.arrives(arrived)
        story.expect(ack(seq=OURS.get(state, 2), ack=nxt, why=Why.ACK_UNACCEPTABLE))
    story.is_in(state)
    assert story.connection.readable == 0


def test_first_the_new_part_of_a_segment_that_straddles_the_edge_is_processed():
    """RFC 9293 3.10.7.4, first."""
    story = established()
    story.arrives(data(b"hello", seq=1, ack=1))
    story.arrives(data(b"lo, world", seq=4, ack=1))
    story.expect(ack(seq=1, ack=13))
    assert story.calls("receive", 20) == b"hello, world"


CUTS = st.lists(st.tuples(st.integers(1, 240), st.integers(1, 90)), max_size=30)


@REPEATABLE
@given(CUTS, st.integers(0, 2**32 - 1), st.randoms(use_true_random=False))
def test_first_however_a_stream_is_cut_shuffled_repeated_and_overlapped_it_is_read_once_and_in_order(cuts, irs, chance):
    """RFC 9293 3.10.7.4, first and seventh, SHLD-31."""
    story = established(irs=irs)
    pieces = [part(at, min(at + size, 241)) for at, size in cuts if at < 241]
    pieces += [part(at, at + 20) for at in range(1, 241, 20)]  # so that nothing is missing
    chance.shuffle(pieces)
    got = b""
    for piece in pieces:
        story.arrives(piece)
        acked = [segment.ack for segment in story.leaves()]
        got += story.calls("receive", chance.randrange(100))
        story.leaves()
        assert acked in ([], [story.connection.status().rcv_nxt - irs])
    got += story.calls("receive", 1000)

    assert got == octets(1, 241)
    assert story.connection.status().rcv_nxt == irs + 241


def test_first_a_fin_takes_part_in_the_shuffling():
    """RFC 9293 3.10.7.4, first, seventh and eighth."""
    pieces = [part(1, 6), part(6, 11), part(11, 16), fin(seq=16, ack=1), fin(seq=11, ack=1, data=octets(11, 16))]
    for seed in range(40):
        story = established()
        for piece in random.Random(seed).sample(pieces, 5):  # noqa: S311 - to be repeated, not to be secret
            story.arrives(piece)
            story.leaves()
        story.is_in(State.CLOSE_WAIT)
        assert story.calls("receive", 50) == octets(1, 16)
        assert story.connection.status().rcv_nxt == story.irs + 17


# ---------------------------------------------------------------- second and fourth: RST and SYN; see also RFC 5961


def test_second_a_rst_in_syn_received_is_for_the_caller_to_know():
    """RFC 9293 3.10.7.4, second, MUST-11."""
    called, calling = syn_received(), syn_received_actively()
    for story in (called, calling):
        story.arrives(rst(seq=1))
        story.expect()
    assert called.events[-1] == (State.SYN_RECEIVED, State.LISTEN, Event.RST_AFTER_PASSIVE_OPEN)
    assert calling.events[-1] == (State.SYN_RECEIVED, State.CLOSED, Event.RST)


def test_fourth_another_syn_sends_a_called_connection_back_to_listen():
    """RFC 9293 3.10.7.4, fourth."""
    story = syn_received()
    story.arrives(syn(seq=1))
    story.expect()
    story.is_in(State.LISTEN)


def test_fourth_a_calling_connection_challenges_another_syn():
    """RFC 9293 3.10.7.4, fourth."""
    story = syn_received_actively()
    story.arrives(syn(seq=5))
    story.expect(ack(seq=1, ack=1, why=Why.CHALLENGE))
    story.is_in(State.SYN_RECEIVED)


def test_the_same_syn_again_is_unacceptable_but_harmless():
    """RFC 9293 3.10.7.4, first."""
    story = syn_received()
    story.arrives(syn())
    story.expect(ack(seq=1, ack=1, why=Why.ACK_UNACCEPTABLE))
    story.is_in(State.SYN_RECEIVED)


@pytest.mark.parametrize("in_state", [established, syn_received])
def test_a_syn_ack_that_comes_again_is_unacceptable(in_state):
    """RFC 9293 3.10.7.4, first: only while both ends open may it be heard."""
    story = in_state() if in_state is established else syn_received_actively()
    story.arrives(syn_ack())
    story.leaves()
    story.is_in(State.ESTABLISHED)
    story.arrives(syn_ack())
    story.expect(ack(seq=1, ack=1, why=Why.ACK_UNACCEPTABLE))


# ---------------------------------------------------------------- fifth: the acknowledgment


@pytest.mark.parametrize("state", [State.SYN_RECEIVED, *SYNCHRONIZED], ids=str)
def test_fifth_a_segment_without_an_acknowledgment_is_dropped(state):
    """RFC 9293 3.10.7.4, fifth."""
    story = IN[state]()
    story.arrives(Sketch("", THEIRS.get(state, 1), None, b"hello"))
    story.expect()
    story.is_in(state)
    assert story.connection.readable == 0


@pytest.mark.parametrize("acked", [0, 2, 70_000])
def test_fifth_in_syn_received_a_wrong_acknowledgment_is_answered_by_a_rst(acked):
    """RFC 9293 3.10.7.4, fifth: <SEQ=SEG.ACK><CTL=RST>."""
    story = syn_received()
    story.arrives(data(b"hello", seq=1, ack=acked))
    story.expect(rst(seq=acked, why=Why.BAD_ACK))
    story.is_in(State.SYN_RECEIVED)
    assert story.connection.readable == 0


@pytest.mark.parametrize("state", SYNCHRONIZED, ids=str)
def test_fifth_an_acknowledgment_of_what_was_never_sent_is_answered_and_dropped(state):
    """RFC 9293 3.10.7.4, fifth."""
    story, nxt, ours = IN[state](), THEIRS.get(state, 1), OURS.get(state, 2)
    story.arrives(data(b"hello", seq=nxt, ack=ours + 1))
    story.expect(ack(seq=ours, ack=nxt, why=Why.ACK_UNSENT))
    story.is_in(state)
    assert story.connection.readable == 0


def test_fifth_an_old_acknowledgment_is_ignored_but_not_what_comes_with_it():
    """RFC 9293 3.10.7.4, fifth: SEG.ACK =< SND.UNA."""
    story = established()
    story.calls("send", octets(1, 101))
    story.expect(part(1, 101))
    story.arrives(ack(seq=1, ack=101))
    story.arrives(data(b"hello", seq=1, ack=50))
    assert story.calls("receive", 9) == b"hello"
    assert story.connection.status().snd_una == story.iss + 101


def test_fifth_several_segments_are_acknowledged_by_one():
    """RFC 9293 3.10.7.4, fifth."""
    story = established()
    story.calls("send", octets(1, 301))
    story.expect(part(1, 101), part(101, 201), part(201, 301))
    story.arrives(ack(seq=1, ack=301))
    story.after(100)
    story.expect()


def test_fifth_the_acknowledgment_of_our_fin_leads_on():
    """RFC 9293 3.10.7.4, fifth."""
    for in_state, after in [(fin_wait_1, State.FIN_WAIT_2), (closing, State.TIME_WAIT)]:
        story = in_state()
        story.arrives(ack(seq=2 if in_state is closing else 1, ack=2))
        story.expect()
        story.is_in(after)


# ---------------------------------------------------------------- seventh and eighth: text and FIN


@pytest.mark.parametrize("in_state", [established, fin_wait_1, fin_wait_2])
def test_seventh_octets_are_delivered_and_acknowledged(in_state):
    """RFC 9293 3.10.7.4, seventh."""
    story = in_state()
    story.arrives(data(b"hello", seq=1, ack=1))
    assert story.calls("receive", 9) == b"hello"
    story.after(0.2)
    story.expect(ack(seq=OURS.get(story.connection.state, 2), ack=6))


@pytest.mark.parametrize("state", [State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK, State.TIME_WAIT], ids=str)
def test_seventh_after_the_fin_octets_are_ignored(state):
    """RFC 9293 3.10.7.4, seventh."""
    story = IN[state]()
    story.arrives(data(b"hello", seq=2, ack=1))
    story.leaves()
    story.is_in(state)
    assert story.connection.readable == 0


@pytest.mark.parametrize(
    ("in_state", "acked", "after"),
    [
        (established, 1, State.CLOSE_WAIT),
        (fin_wait_1, 1, State.CLOSING),
        (fin_wait_1, 2, State.TIME_WAIT),
        (fin_wait_2, 2, State.TIME_WAIT),
        (syn_received, 1, State.CLOSE_WAIT),
    ],
)
def test_eighth_a_fin_ends_the_peers_direction(in_state, acked, after):
    """RFC 9293 3.10.7.4, eighth."""
    story = in_state()
    story.arrives(fin(seq=1, ack=acked))
    story.is_in(after)
    assert story.connection.at_end
    story.leaves()
    story.after(0.2)
    story.leaves()
    assert story.connection.status().rcv_nxt == story.irs + 2


def test_eighth_a_fin_after_our_close_is_acknowledged_at_once():
    """RFC 9293 3.10.7.4, eighth."""
    for story in (fin_wait_1(), fin_wait_2()):
        story.arrives(fin(seq=1, ack=2))
        story.expect(ack(seq=2, ack=2, why=Why.ACK_FIN))


def test_eighth_a_fin_without_delayed_acknowledgments_is_acknowledged_at_once():
    """RFC 9293 3.10.7.4, eighth."""
    story = established(delayed_ack=0)
    story.arrives(fin(seq=1, ack=1))
    story.expect(ack(seq=1, ack=2))
