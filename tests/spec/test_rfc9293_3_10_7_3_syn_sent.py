"""RFC 9293, section 3.10.7.3: a segment arrives in SYN-SENT."""

import pytest

from course.tcp.segment import Why
from course.tcp.state import State
from course.tcp.variables import Failure
from tests.states import syn_sent
from tests.story import Sketch, ack, data, rst, syn, syn_ack


@pytest.mark.parametrize("acked", [0, -1, -70_000, 2, 70_000])
def test_first_an_acknowledgment_of_anything_but_our_syn_is_answered_by_a_rst(acked):
    """RFC 9293 3.10.7.3, first: SEG.ACK =< ISS or SEG.ACK > SND.NXT."""
    for arrived in (syn_ack(ack=acked), ack(seq=0, ack=acked), data(b"hello", seq=0, ack=acked)):
        story = syn_sent()
        story.arrives(arrived)
        story.expect(rst(seq=acked, why=Why.BAD_ACK))
        story.is_in(State.SYN_SENT)


@pytest.mark.parametrize("acked", [0, 2])
def test_first_a_rst_with_such_an_acknowledgment_is_dropped(acked):
    """RFC 9293 3.10.7.3, first."""
    story = syn_sent()
    story.arrives(rst(seq=0, ack=acked))
    story.expect()
    story.is_in(State.SYN_SENT)


def test_second_a_rst_that_acknowledges_our_syn_ends_it():
    """RFC 9293 3.10.7.3, second, MUST-12."""
    story = syn_sent()
    story.calls("send", b"hello")
    story.arrives(rst(seq=0, ack=1))
    story.expect()
    story.is_in(State.CLOSED, Failure.REFUSED)
    assert story.connection.status().send_queue == 0


def test_second_a_rst_without_an_acknowledgment_is_dropped():
    """RFC 9293 3.10.7.3, second."""
    story = syn_sent()
    story.arrives(rst(seq=0))
    story.expect()
    story.is_in(State.SYN_SENT)


def test_fourth_a_syn_that_acknowledges_ours_establishes_the_connection():
    """RFC 9293 3.10.7.3, fourth: <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>."""
    story = syn_sent(iss=100, irs=300)
    story.arrives(syn_ack(window=777))
    story.expect(ack(seq=1, ack=1, why=Why.ANSWER_SYN_ACK))
    story.is_in(State.ESTABLISHED)
    status = story.connection.status()
    assert (status.irs, status.rcv_nxt, status.snd_una, status.snd_nxt, status.snd_wnd) == (300, 301, 101, 101, 777)
    assert (story.tcb.snd.wl1, story.tcb.snd.wl2) == (300, 101)


def test_fourth_a_syn_that_does_not_is_answered_by_our_syn_again():
    """RFC 9293 3.10.7.3, fourth, MUST-10: <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>."""
    story = syn_sent(iss=100, irs=300)
    story.arrives(syn(window=777))
    story.expect(syn_ack(why=Why.ANSWER_SYN))
    story.is_in(State.SYN_RECEIVED)
    status = story.connection.status()
    assert (status.irs, status.rcv_nxt, status.snd_una, status.snd_nxt, status.snd_wnd) == (300, 301, 100, 101, 777)
    assert story.tcb.snd.wl1 == 300


@pytest.mark.parametrize("arrived", [ack(seq=0, ack=1), Sketch("", 0), Sketch("FIN", 0), data(b"x", 1, 1)], ids=str)
def test_fifth_without_syn_or_rst_a_segment_is_dropped(arrived):
    """RFC 9293 3.10.7.3, fifth."""
    story = syn_sent()
    story.arrives(arrived)
    story.expect()
    story.is_in(State.SYN_SENT)
    assert story.connection.readable == 0
