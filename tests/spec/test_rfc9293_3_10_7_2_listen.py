"""RFC 9293, section 3.10.7.2: a segment arrives in LISTEN."""

import pytest

from course.tcp.segment import Why
from course.tcp.state import State
from tests.states import listening
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
