"""RFC 9293, section 3.6: closing a connection, figures 12 and 13, in every order and with every loss."""

import pytest

from course.tcp.segment import Why
from course.tcp.state import State
from tests.pair import Pair
from tests.states import close_wait, closing, established, fin_wait_1, fin_wait_2, last_ack, time_wait
from tests.story import ack, data, fin, octets, part

CLOSED, TIME_WAIT = State.CLOSED, State.TIME_WAIT


def open_pair(**more):
    pair = Pair(**more)
    pair.run()
    pair.sent.clear()
    return pair


def test_figure_12_a_close_with_four_segments():
    """RFC 9293 3.6."""
    pair = open_pair()
    pair.calls("client", "close")
    pair.run(until=1)
    assert pair.states == (State.FIN_WAIT_2, State.CLOSE_WAIT)

    pair.calls("server", "close")
    pair.run(until=2)
    assert pair.lines() == [
        "client: FIN ACK seq=1 ack=1",
        "server: ACK seq=1 ack=2",
        "server: FIN ACK seq=1 ack=2",
        "client: ACK seq=2 ack=2",
    ]
    assert pair.states == (TIME_WAIT, CLOSED)


def test_a_close_with_three_segments_when_the_fin_takes_the_acknowledgment_along():
    """RFC 9293 3.6 and 3.10.7.4, MUST-58; figure 5, note 2."""
    pair = open_pair()
    pair.calls("client", "close")
    pair.run(until=0.3)  # the FIN is there, its acknowledgment still waits for company
    pair.calls("server", "close")
    pair.run(until=2)

    assert pair.lines() == [
        "client: FIN ACK seq=1 ack=1",
        "server: FIN ACK seq=1 ack=2",
        "client: ACK seq=2 ack=2",
    ]
    assert pair.states == (TIME_WAIT, CLOSED)


def test_figure_13_both_close_at_once():
    """RFC 9293 3.6."""
    pair = open_pair()
    pair.calls("client", "close")
    pair.calls("server", "close")
    pair.run(until=2)

    assert pair.lines() == [
        "client: FIN ACK seq=1 ack=1",
        "server: FIN ACK seq=1 ack=1",
        "server: ACK seq=2 ack=2",
        "client: ACK seq=2 ack=2",
    ]
    assert pair.states == (TIME_WAIT, TIME_WAIT)


@pytest.mark.parametrize("sender", ["client", "server"])
@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("both", [False, True], ids=["one after the other", "both at once"])
def test_a_close_is_finished_though_a_segment_of_it_is_lost(sender, nth, both):
    """RFC 9293 3.6: everything up to and including the FIN is sent again until it is acknowledged."""
    pair = Pair()
    pair.run()
    pair.lose = {(sender, nth + sum(sent.sender == sender for sent in pair.sent))}
    pair.calls("client", "send", b"hello")
    pair.calls("client", "close")
    if not both:
        pair.run(until=pair.now + 0.02)
    pair.calls("server", "close")
    pair.run()

    assert pair.states == (CLOSED, CLOSED)
    assert pair.received["server"] == b"hello"
    assert [end.failure for end in pair.ends.values()] == [None, None]


def test_a_lost_fin_is_sent_again():
    """RFC 9293 3.6."""
    story = fin_wait_1()
    story.at(0.999)
    story.expect()
    story.at(1.0)
    story.expect(fin(seq=1, ack=1, why=Why.TIMEOUT))
    story.arrives(ack(seq=1, ack=2))
    story.is_in(State.FIN_WAIT_2)
    story.after(1000)
    story.expect()


def test_a_fin_comes_with_the_last_octets():
    """RFC 9293 3.6."""
    story = established()
    story.arrives(fin(seq=1, ack=1, data=b"hello"))
    story.is_in(State.CLOSE_WAIT)
    story.after(0.2)
    story.expect(ack(seq=1, ack=7))
    assert story.calls("receive", 9) == b"hello"


def test_a_fin_waits_for_the_octets_before_it():
    """RFC 9293 3.6 and 3.10.7.4, eighth."""
    story = established()
    story.arrives(fin(seq=6, ack=1, data=b"world"))
    story.expect(ack(seq=1, ack=1, why=Why.ACK_GAP))
    story.is_in(State.ESTABLISHED)
    story.arrives(data(b"hello", seq=1, ack=1))
    story.expect(ack(seq=1, ack=12))
    story.is_in(State.CLOSE_WAIT)
    assert story.calls("receive", 20) == b"helloworld"


def test_a_bare_fin_waits_for_the_octets_before_it():
    """RFC 9293 3.6 and 3.10.7.4, eighth."""
    story = fin_wait_2()
    story.arrives(fin(seq=6, ack=2))
    story.leaves()
    story.is_in(State.FIN_WAIT_2)
    story.arrives(data(b"hello", seq=1, ack=2))
    story.expect(ack(seq=2, ack=7))
    story.is_in(TIME_WAIT)


def test_a_fin_on_the_last_number_of_the_window_counts():
    """RFC 9293 3.10.7.4, first."""
    story = established(receive_buffer=10)
    story.arrives(fin(seq=1, ack=1, data=bytes(9)))
    story.is_in(State.CLOSE_WAIT)


def test_a_fin_that_lies_beyond_the_window_is_not_remembered():
    """RFC 9293 3.10.7.4, first."""
    story = established(receive_buffer=10)
    story.arrives(fin(seq=1, ack=1, data=bytes(10)))
    story.after(0.2)
    story.expect(ack(seq=1, ack=11, window=0))
    story.is_in(State.ESTABLISHED)
    story.calls("receive", 10)
    story.expect(ack(seq=1, ack=11, window=10, why=Why.WINDOW_UPDATE))
    story.arrives(fin(seq=11, ack=1))
    story.is_in(State.CLOSE_WAIT)


@pytest.mark.parametrize(
    ("in_state", "seq"), [(close_wait, 1), (closing, 2), (last_ack, 2), (time_wait, 2)], ids=lambda each: str(each)[:22]
)
def test_a_repeated_fin_is_acknowledged_again_and_changes_nothing(in_state, seq):
    """RFC 9293 3.10.7.4, eighth."""
    story = in_state()
    before = story.connection.state
    story.arrives(fin(seq=1, ack=1))
    story.expect(ack(seq=seq, ack=2))
    story.is_in(before)


@pytest.mark.parametrize("in_state", [close_wait, closing, last_ack, time_wait])
def test_octets_beyond_a_fin_are_ignored(in_state):
    """RFC 9293 3.10.7.4, seventh."""
    story = in_state()
    story.arrives(data(b"beyond", seq=2, ack=1))
    assert story.connection.readable == 0
    assert story.connection.status().rcv_nxt == story.irs + 2


def test_in_closing_only_the_acknowledgment_of_our_fin_counts():
    """RFC 9293 3.10.7.4, fifth."""
    story = closing()
    story.arrives(ack(seq=2, ack=1))
    story.expect()
    story.is_in(State.CLOSING)
    story.arrives(ack(seq=2, ack=2))
    story.is_in(TIME_WAIT)


def test_in_last_ack_only_the_acknowledgment_of_our_fin_counts():
    """RFC 9293 3.10.7.4, fifth."""
    story = last_ack()
    story.arrives(ack(seq=2, ack=1))
    story.expect()
    story.is_in(State.LAST_ACK)
    story.arrives(ack(seq=2, ack=2))
    story.expect()
    story.is_in(CLOSED)


def test_in_fin_wait_1_an_acknowledgment_of_our_octets_is_none_of_our_fin():
    """RFC 9293 3.10.7.4, fifth."""
    story = established(nagle=False)
    story.calls("send", b"hello")
    story.expect(data(b"hello", seq=1, ack=1))
    story.calls("close")
    story.expect(fin(seq=6, ack=1))
    story.arrives(ack(seq=1, ack=6))
    story.is_in(State.FIN_WAIT_1)
    story.arrives(ack(seq=1, ack=7))
    story.is_in(State.FIN_WAIT_2)


def test_the_program_that_closed_first_can_still_receive():
    """RFC 9293 3.6."""
    for story in (fin_wait_1(), fin_wait_2()):
        story.arrives(data(b"hello", seq=1, ack=1))
        story.after(0.2)
        story.expect(ack(seq=2, ack=6, why=Why.ACK_DELAYED))
        assert story.calls("receive", 9) == b"hello"


def test_octets_queued_before_the_close_arrive_before_the_fin():
    """RFC 9293 3.6 and 3.10.4."""
    story = established(window=150, nagle=False)
    story.calls("send", octets(1, 301))
    story.expect(part(1, 101))
    story.calls("close")
    story.arrives(ack(seq=1, ack=101))
    story.expect(part(101, 201))
    story.arrives(ack(seq=1, ack=201))
    story.expect(fin(seq=201, ack=1, data=octets(201, 301)))
