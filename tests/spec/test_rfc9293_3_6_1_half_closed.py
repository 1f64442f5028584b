"""RFC 9293, section 3.6.1: connections that are closed in one direction only, and data that nobody will read."""

import pytest

from course.tcp.segment import Why
from course.tcp.state import State
from course.tcp.variables import Failure
from tests.pair import Pair
from tests.states import close_wait, established, fin_wait_1, fin_wait_2, syn_sent
from tests.story import Sketch, ack, data, fin, octets, part, rst


def test_the_other_direction_stays_open_for_as_long_as_one_likes():
    """RFC 9293 3.6.1."""
    pair = Pair()
    pair.run()
    pair.calls("client", "close")
    pair.run(until=1000)
    pair.calls("server", "send", octets(1, 2001))
    pair.run(until=1100)
    assert (pair.received["client"], pair.states) == (octets(1, 2001), (State.FIN_WAIT_2, State.CLOSE_WAIT))

    pair.calls("server", "close")
    pair.run()
    assert pair.states == (State.CLOSED, State.CLOSED)


def test_in_close_wait_octets_are_sent_and_sent_again():
    """RFC 9293 3.6.1."""
    story = close_wait()
    story.calls("send", b"hello")
    story.expect(data(b"hello", seq=1, ack=2))
    story.after(1)
    story.expect(data(b"hello", seq=1, ack=2, why=Why.TIMEOUT))
    story.arrives(ack(seq=2, ack=6))
    story.after(1000)
    story.expect()


def test_whoever_stops_reading_with_something_unread_sends_a_rst():
    """RFC 9293 3.6.1, MAY-1, SHLD-3; RFC 2525 2.17."""
    story = established()
    story.arrives(data(b"hello", seq=1, ack=1))
    story.calls("stop_reading")
    story.expect(rst(seq=1, why=Why.UNREAD_DATA))
    story.is_in(State.CLOSED)


def test_in_close_wait_too():
    """RFC 9293 3.6.1, SHLD-3."""
    story = established()
    story.arrives(fin(seq=1, ack=1, data=b"hello"))
    story.calls("stop_reading")
    story.expect(rst(seq=1, why=Why.UNREAD_DATA))


def test_what_has_been_read_is_no_reason_for_a_rst():
    """RFC 9293 3.6.1."""
    story = established()
    story.arrives(data(b"hello", seq=1, ack=1))
    story.calls("receive", 5)
    story.calls("stop_reading")
    story.calls("close")
    story.expect(fin(seq=1, ack=6))


@pytest.mark.parametrize("in_state", [established, fin_wait_1, fin_wait_2])
def test_octets_that_arrive_when_nobody_reads_any_more_are_answered_by_a_rst(in_state):
    """RFC 9293 3.6.1, SHLD-3."""
    story = in_state()
    story.calls("stop_reading")
    nxt = story.connection.status().snd_nxt - story.iss
    story.arrives(data(b"hello", seq=1, ack=1))
    story.expect(rst(seq=nxt, why=Why.UNREAD_DATA))
    story.is_in(State.CLOSED)
    assert story.connection.next_timeout() is None


def test_octets_beyond_a_gap_that_nobody_will_read_are_answered_by_a_rst_too():
    """RFC 9293 3.6.1, SHLD-3."""
    story = established()
    story.calls("stop_reading")
    story.arrives(data(b"world", seq=6, ack=1))
    story.expect(rst(seq=1, why=Why.UNREAD_DATA))


def test_old_octets_say_nothing_new_to_a_program_that_does_not_read_any_more():
    """RFC 9293 3.6.1."""
    story = established()
    story.arrives(data(b"hello", seq=1, ack=1))
    story.calls("receive", 5)
    story.calls("stop_reading")
    story.arrives(data(b"hello", seq=1, ack=1))
    story.expect(ack(seq=1, ack=6))
    story.is_in(State.ESTABLISHED)


def test_old_octets_with_a_new_fin_are_no_reason_for_a_rst():
    """RFC 9293 3.6.1 and 3.10.7.4, eighth."""
    story = established()
    story.arrives(data(b"hello", seq=1, ack=1))
    story.calls("receive", 5)
    story.calls("stop_reading")
    story.arrives(fin(seq=1, ack=1, data=b"hello"))
    story.expect(ack(seq=1, ack=7))
    story.is_in(State.CLOSE_WAIT)


def test_a_peer_that_only_closes_finds_nobody_offended():
    """RFC 9293 3.6.1."""
    story = established()
    story.calls("stop_reading")
    story.calls("close")
    story.expect(fin(seq=1, ack=1))
    story.arrives(fin(seq=1, ack=2))
    story.expect(ack(seq=2, ack=2))
    story.is_in(State.TIME_WAIT)


def test_the_peer_learns_from_the_rst_that_octets_were_lost():
    """RFC 9293 3.6 and 3.6.1, MUST-12, SHLD-3."""
    pair = Pair()
    pair.run()
    pair.reads.clear()
    pair.calls("client", "send", octets(1, 101))
    pair.run(until=1)
    pair.calls("server", "stop_reading")
    pair.calls("server", "close")
    pair.run()

    assert pair.states == (State.CLOSED, State.CLOSED)
    assert pair.ends["client"].failure is Failure.RESET


def test_octets_of_ours_are_still_delivered_after_the_peer_closed():
    """RFC 9293 3.6.1."""
    story = established()
    story.calls("send", octets(1, 101))
    story.expect(part(1, 101))
    story.arrives(fin(seq=1, ack=1))
    story.after(0.2)
    story.expect(ack(seq=101, ack=2))
    story.after(0.8)
    story.expect(part(1, 101, ack=2, why=Why.TIMEOUT))


@pytest.mark.parametrize("size", [1, 5])
def test_octets_of_a_syn_ack_that_nobody_will_read_are_answered_by_a_rst_too(size):
    """RFC 9293 3.6.1, SHLD-3, and 3.10.7.3: the first octet has the number after the SYN's."""
    story = syn_sent()
    story.calls("stop_reading")
    story.arrives(Sketch("SYN", 0, 1, bytes(size)))
    story.expect(rst(seq=1, why=Why.UNREAD_DATA))
    story.is_in(State.CLOSED)
