"""RFC 9293, section 3.10.7.2: a segment arrives in LISTEN."""

import pytest

from course.tcp.segment import Why
from course.tcp.state import State
from tests.states import listening, syn_sent
from tests.story import Sketch, ack, data, fin, rst, syn, syn_ack


@pytest.mark.parametrize("arrived", [rst(seq=0), rst(seq=0, ack=1), Sketch("RST SYN", 0)], ids=str)
def test_first_a_rst_is_ignored(arrived):
    """RFC 9293 3.10.7.2, first."""
    story = listening()
    story.arrives(arrived)
    story.expect()
    story.is_in(State.LISTEN)


@pytest.mark.parametrize("arrived", [ack(seq=1, ack=7), syn_ack(ack=7), fin(seq=1, ack=7), data(b"x", 1, 7)], ids=str)
def test_second_every_acknowledgment_is_bad(arrived):
    """RFC 9293 3.10.7.2, second: <SEQ=SEG.ACK><CTL=RST>."""
    story = listening()
    story.arrives(arrived)
    story.expect(rst(seq=7, why=Why.BAD_ACK))
    story.is_in(State.LISTEN)


def test_third_a_syn_is_answered_by_our_syn():
    """RFC 9293 3.10.7.2, third: <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>."""
    story = listening(iss=300, irs=100)
    story.arrives(syn(window=777))
    story.expect(syn_ack(why=Why.ANSWER_SYN))
    story.is_in(State.SYN_RECEIVED)
    status = story.connection.status()
    assert (status.irs, status.rcv_nxt, status.iss, status.snd_una, status.snd_nxt) == (100, 101, 300, 300, 301)
    assert status.snd_wnd == 777


@pytest.mark.parametrize("arrived", [Sketch("FIN", 1), Sketch("", 1, None, b"hello"), Sketch("", 1)], ids=str)
def test_fourth_anything_else_is_dropped(arrived):
    """RFC 9293 3.10.7.2, fourth."""
    story = listening()
    story.arrives(arrived)
    story.expect()
    story.is_in(State.LISTEN)


@pytest.mark.parametrize("window", [777, 0])
def test_the_window_counts_from_the_acknowledgment_of_our_syn_on(window):
    """RFC 9293 3.10.7.4, fifth: SND.WND, SND.WL1 and SND.WL2."""
    story = listening()
    story.arrives(syn(window=5000))
    story.expect(syn_ack())
    story.arrives(ack(seq=1, ack=1, window=window))
    assert story.connection.status().snd_wnd == window
    assert (story.tcb.snd.wl1, story.tcb.snd.wl2) == (story.irs + 1, story.iss + 1)


# ---------------------------------------------------------------- octets and a FIN that come with the SYN


def called(brought, in_state=listening):
    """A SYN has brought something; our SYN,ACK acknowledges the SYN alone, and nothing can be read yet."""
    story = in_state()
    story.arrives(brought)
    story.expect(syn_ack(ack=1))
    story.is_in(State.SYN_RECEIVED)
    assert (story.connection.readable, story.connection.at_end) == (0, False)
    return story


@pytest.mark.parametrize("in_state", [listening, syn_sent], ids=["in LISTEN", "simultaneous open"])
def test_octets_of_a_syn_are_delivered_once_the_handshake_is_over(in_state):
    """RFC 9293 3.4 and 3.10.7.2, third: they are queued for later, and acknowledged then."""
    story = called(syn(data=b"hello"), in_state)
    story.arrives(ack(seq=1, ack=1))
    story.after(0.2)
    story.expect(ack(seq=1, ack=6, why=Why.ACK_DELAYED))
    story.is_in(State.ESTABLISHED)
    assert story.calls("receive", 10) == b"hello"


@pytest.mark.parametrize("in_state", [listening, syn_sent], ids=["in LISTEN", "simultaneous open"])
def test_a_fin_of_a_syn_counts_once_the_handshake_is_over(in_state):
    """RFC 9293 3.10.7.2, third: "any other incoming control or data" waits."""
    story = called(Sketch("SYN FIN", 0), in_state)
    story.arrives(ack(seq=1, ack=1))
    story.after(0.2)
    story.expect(ack(seq=1, ack=2))
    story.is_in(State.CLOSE_WAIT)
    assert story.connection.at_end


@pytest.mark.parametrize("in_state", [listening, syn_sent], ids=["in LISTEN", "simultaneous open"])
def test_octets_and_a_fin_of_a_syn_both_count(in_state):
    """RFC 9293 3.10.7.2, third: a whole conversation in one direction, in one segment."""
    story = called(Sketch("SYN FIN", 0, None, b"hello"), in_state)
    story.arrives(ack(seq=1, ack=1))
    story.after(0.2)
    story.expect(ack(seq=1, ack=7))
    story.is_in(State.CLOSE_WAIT)
    assert story.calls("receive", 10) == b"hello"
    assert story.connection.at_end


def test_octets_of_a_syn_and_of_the_segment_after_it_come_in_their_order():
    """RFC 9293 3.10.7.4, seventh."""
    story = called(syn(data=b"hello"))
    story.arrives(data(b" world", seq=6, ack=1))
    assert story.calls("receive", 20) == b"hello world"


def test_a_caller_that_sends_the_octets_of_its_syn_once_more_is_heard_once():
    """RFC 9293 3.10.7.4, seventh: it saw that only its SYN was acknowledged."""
    story = called(syn(data=b"hello"))
    story.arrives(data(b"hello world", seq=1, ack=1))
    story.leaves()
    assert story.calls("receive", 20) == b"hello world"


def test_both_syns_of_a_simultaneous_open_may_bring_octets():
    """RFC 9293 3.5, figure 7: the SYN,ACK repeats what the SYN brought."""
    story = called(syn(data=b"hello"), syn_sent)
    story.arrives(Sketch("SYN", 0, 1, b"hello"))
    story.leaves()
    story.is_in(State.ESTABLISHED)
    assert story.calls("receive", 20) == b"hello"


@pytest.mark.parametrize("in_state", [listening, syn_sent], ids=["in LISTEN", "simultaneous open"])
@pytest.mark.parametrize(
    "again",
    [syn(), syn(data=b"hello"), syn(data=b"another"), syn(data=b"hello and more"), Sketch("SYN FIN", 0)],
    ids=str,
)
def test_a_repeated_syn_is_the_same_caller_whatever_it_brings(in_state, again):
    """RFC 9293 3.10.7.4, first: its SYN lies before the window and is cut off; what came first is what counts."""
    story = called(syn(data=b"hello"), in_state)
    story.at(0.9)
    story.arrives(again)
    story.expect(ack(seq=1, ack=1))
    story.is_in(State.SYN_RECEIVED)
    story.arrives(ack(seq=1, ack=1))
    story.is_in(State.ESTABLISHED)
    assert story.calls("receive", 20) == b"hello"


def test_another_syn_within_the_window_is_another_caller():
    """RFC 9293 3.10.7.4, fourth: a passive open returns to LISTEN."""
    story = called(syn())
    story.arrives(syn(seq=50))
    story.expect()
    story.is_in(State.LISTEN)
