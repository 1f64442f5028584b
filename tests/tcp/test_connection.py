"""A connection as its owner sees it: what it can be asked, and what its calls answer."""

from dataclasses import replace

import pytest

from course.tcp.connection import Connection
from course.tcp.parameters import TcpParameters
from course.tcp.state import Event, State
from course.tcp.timers import Timer
from tests.states import IN, close_wait, closed, established, fin_wait_1, time_wait
from tests.story import ISS, LOCAL, REMOTE, ack, data, fin, octets, part, syn


def test_a_connection_has_the_rfcs_defaults_unless_it_is_given_others():
    assert Connection(LOCAL, REMOTE).tcb.parameters == TcpParameters()
    assert Connection(LOCAL, REMOTE, TcpParameters(mss=99)).tcb.parameters.mss == 99


def test_a_child_is_a_copy_of_its_listener_for_one_caller():
    """RFC 9293 3.10.7.2."""
    listener = Connection(LOCAL, parameters=TcpParameters(mss=99))
    listener.open_passive()
    child = listener.child(REMOTE, ISS)

    assert (child.state, child.tcb.local, child.tcb.remote) == (State.LISTEN, LOCAL, REMOTE)
    assert (child.tcb.parameters.mss, child.tcb.passive) == (99, True)
    assert listener.tcb.remote is None


def test_what_happens_to_a_child_does_not_happen_to_its_listener():
    """RFC 9293 3.10.7.2."""
    listener = Connection(LOCAL, parameters=TcpParameters())
    listener.open_passive()
    child = listener.child(REMOTE, ISS)
    child.segment_arrives(syn().segment(ISS, 5000, 1000), 0.0)

    assert (child.state, listener.state) == (State.SYN_RECEIVED, State.LISTEN)


def test_send_takes_what_there_is_room_for_and_says_how_much():
    """RFC 9293 3.10.2."""
    story = established(send_buffer=150, window=0)

    assert story.calls("send", bytes(100)) == 100
    assert story.connection.room == 50
    assert story.calls("send", bytes(100)) == 50
    assert story.calls("send", bytes(100)) == 0
    assert story.connection.room == 0


def test_acknowledged_octets_make_room():
    story = established(send_buffer=150)
    story.calls("send", octets(1, 151))
    story.expect(part(1, 101))
    story.arrives(ack(seq=1, ack=101))
    story.expect(part(101, 151))

    assert story.connection.room == 100


def test_it_is_worth_waking_a_sender_from_a_third_of_the_buffer_on():
    story = established(send_buffer=300, window=0)
    story.calls("send", bytes(200))
    assert story.connection.has_room

    story.calls("send", b"x")
    assert not story.connection.has_room


def test_receive_gives_at_most_what_was_asked_for():
    """RFC 9293 3.10.3."""
    story = established()
    story.arrives(data(b"hello", seq=1, ack=1))

    assert story.connection.readable == 5
    assert (story.calls("receive", 3), story.calls("receive", 9), story.calls("receive", 9)) == (b"hel", b"lo", b"")
    assert story.connection.readable == 0


AT_END = {State.CLOSED, State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK, State.TIME_WAIT}


@pytest.mark.parametrize("state", State, ids=str)
def test_the_end_of_the_stream_is_there_once_the_fin_is(state):
    """RFC 9293 3.10.3."""
    assert IN[state]().connection.at_end is (state in AT_END)


def test_the_end_of_the_stream_waits_for_what_is_unread():
    """RFC 9293 3.10.3."""
    story = established()
    story.arrives(fin(seq=1, ack=1, data=b"hello"))
    assert not story.connection.at_end

    story.calls("receive", 5)
    assert story.connection.at_end


def test_what_arrived_before_the_fin_can_be_read_after_it():
    """RFC 9293 3.10.3: CLOSE-WAIT. The window is of no interest any more, so nothing tells of it."""
    story = established(receive_buffer=10)
    story.arrives(fin(seq=1, ack=1, data=b"hello"))
    story.after(0.2)
    story.expect(ack(seq=1, ack=7))

    assert story.calls("receive", 10) == b"hello"
    story.expect()


def test_a_fin_is_heard_once_everything_before_it_has_arrived():
    """RFC 9293 3.10.7.4, eighth."""
    story = established()
    assert not story.connection.heard_fin
    story.arrives(fin(seq=6, ack=1))
    story.leaves()
    assert not story.connection.heard_fin

    story.arrives(data(b"hello", seq=1, ack=1))
    assert story.connection.heard_fin


def test_the_history_is_told_once_with_states_and_timers_in_their_order():
    connection = Connection(LOCAL, REMOTE)
    connection.open_active(ISS)
    connection.segments_to_send(0.0)
    connection.timeout(1.0)

    assert connection.history() == [(State.CLOSED, State.SYN_SENT, Event.ACTIVE_OPEN), Timer.RETRANSMISSION]
    assert connection.history() == []


def test_a_timeout_that_comes_too_early_does_nothing():
    story = fin_wait_1()
    story.connection.timeout(0.999)

    assert story.connection.history() == []
    assert story.connection.next_timeout() == (1.0, Timer.RETRANSMISSION)


def test_every_timer_that_is_due_runs_out_in_the_order_of_their_moments():
    story = established()
    story.arrives(data(b"hello", seq=1, ack=1))
    story.expect()
    story.connection.send(b"x")
    story.connection.tcb.timers.set(Timer.RETRANSMISSION, 0.1)
    story.connection.timeout(5.0)

    assert story.connection.history() == [Timer.RETRANSMISSION, Timer.DELAYED_ACK]


@pytest.mark.parametrize("state", [State.CLOSED, State.LISTEN, State.FIN_WAIT_2, State.CLOSE_WAIT], ids=str)
def test_a_connection_with_nothing_to_wait_for_has_no_timeout(state):
    assert IN[state]().connection.next_timeout() is None


def test_closing_twice_changes_nothing():
    """RFC 9293 3.10.4."""
    for story in (fin_wait_1(), time_wait(), closed()):
        before = story.connection.state
        story.calls("close")
        story.expect()
        story.is_in(before)


def test_stop_reading_with_nothing_unread_does_nothing():
    for story in (established(), close_wait()):
        before = story.connection.state
        story.calls("stop_reading")
        story.expect()
        story.is_in(before)


def test_aborting_what_is_closed_does_nothing():
    story = closed()
    story.calls("abort")
    story.expect()
    assert story.events == []


# ---------------------------------------------------------------- configure


def test_knobs_that_are_turned_hold_from_now_on():
    """RFC 9293 3.7.4, MUST-17: what waited for a larger segment leaves."""
    story = established()
    story.calls("send", b"one")
    story.expect(data(b"one", seq=1, ack=1))
    story.calls("send", b"two")
    story.expect()
    story.calls("configure", replace(story.tcb.parameters, nagle=False))
    story.expect(data(b"two", seq=4, ack=1))


def test_what_is_agreed_with_the_peer_stays():
    """RFC 7323 2.2: window scale and timestamps are for SYNs."""
    story = established(window_scale=3, peer_scale=2, timestamps=True, peer_stamp=7)
    story.calls("configure", TcpParameters(mss=100))
    assert (story.tcb.rcv.scale, story.tcb.snd.scale) == (3, 2)
    assert story.tcb.timestamps is not None


def test_segments_may_become_smaller_and_never_larger_than_agreed():
    """RFC 9293 3.7.1, MUST-16."""
    story = established(mss=500, peer_mss=300)
    sizes = []
    for mss in (1460, 200, 250):
        story.calls("configure", TcpParameters(mss=mss))
        sizes.append(story.connection.status().mss)
    assert sizes == [300, 200, 200]


def test_smaller_segments_have_room_for_their_options():
    """RFC 9293 3.7.1, MUST-16: Eff.snd.MSS leaves out the octets of the timestamps."""
    story = established(mss=500, peer_mss=500, timestamps=True, peer_stamp=7)
    assert story.connection.status().mss == 488
    story.calls("configure", TcpParameters(mss=200))
    assert story.connection.status().mss == 188


def test_a_send_buffer_that_is_cut_down_has_no_room_until_enough_is_acknowledged():
    """RFC 9293 3.10.2: send() takes nothing, and loses nothing."""
    story = established(window=100)
    story.calls("send", octets(1, 301))
    story.leaves()
    story.calls("configure", TcpParameters(mss=100, send_buffer=250))
    assert story.connection.room == 0
    assert story.calls("send", octets(301, 401)) == 0
    story.arrives(ack(seq=1, ack=101, window=100))
    story.leaves()
    assert story.calls("send", octets(301, 401)) == 50


def test_a_connection_that_does_not_exist_yet_can_be_configured():
    """RFC 9293 3.10.1: the knobs are those of its OPEN."""
    story = closed()
    story.calls("configure", TcpParameters(mss=321, keep_alive=True))
    assert story.connection.next_timeout() is None
    story.calls("open_active", ISS)
    story.expect(syn(mss=321))
