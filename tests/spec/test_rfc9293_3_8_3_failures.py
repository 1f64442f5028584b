"""RFC 9293, section 3.8.3: connection failures. When is repeated until then: test_rfc9293_3_8_1_retransmission.py."""

from dataclasses import replace

import pytest

from course.tcp.parameters import TcpParameters
from course.tcp.segment import Why
from course.tcp.state import State
from course.tcp.variables import Failure
from tests.states import (
    IN,
    close_wait,
    closing,
    established,
    fin_wait_1,
    last_ack,
    syn_received,
    syn_received_actively,
    syn_sent,
)
from tests.story import ack, data, octets, syn, syn_ack


def timeouts(story):
    """What a program can see of R1."""
    return story.connection.status().timeouts


def asks(in_state):
    """A story in which something of ours waits for an acknowledgment."""
    story = in_state()
    if in_state in (established, close_wait):
        story.calls("send", b"hello")
        story.leaves()
    return story


WAITING = [
    syn_sent, syn_received, syn_received_actively, established, close_wait, fin_wait_1, closing, last_ack,
]  # fmt: skip


@pytest.mark.parametrize("in_state", WAITING)
def test_how_often_the_timer_ran_out_can_be_seen_before_anything_is_given_up(in_state):
    """RFC 9293 3.8.3, SHLD-9, SHLD-10, MUST-20, MUST-22; 3.9.1.8, MUST-47: R1 is three in a row."""
    story = asks(in_state)
    begin = story.now
    state = story.connection.state
    assert timeouts(story) == 0
    for count, seconds in enumerate([1, 3, 7, 15, 31, 63], 1):
        story.at(begin + seconds)
        story.leaves()
        assert timeouts(story) == count
    story.is_in(state)


def test_an_acknowledgment_of_something_new_begins_the_count_again():
    """RFC 9293 3.8.3: R1 and R2 are for the same segment."""
    story = established()
    story.calls("send", octets(1, 201))
    story.leaves()
    story.at(7)
    story.leaves()
    assert timeouts(story) == 3
    story.arrives(ack(seq=1, ack=1))
    story.leaves()
    assert timeouts(story) == 3
    story.arrives(ack(seq=1, ack=101))
    story.leaves()
    assert timeouts(story) == 0


@pytest.mark.parametrize("in_state", WAITING)
def test_in_every_state_in_which_something_waits_r2_is_the_end(in_state):
    """RFC 9293 3.8.3 and 3.10.8, MUST-20, MUST-22, MUST-23, SHLD-11."""
    story = asks(in_state)
    begin = story.now
    patience = 180 if story.tcb.snd.una == story.tcb.snd.iss else 100
    story.at(begin + patience)
    assert story.leaves()[-1].why is Why.TIMEOUT
    assert story.connection.failure is None
    story.at(begin + patience + 60)
    assert Why.ABORT not in {segment.why for segment in story.leaves()}
    story.is_in(State.CLOSED, Failure.TIMED_OUT)
    assert story.connection.next_timeout() is None


@pytest.mark.parametrize(
    "state", [State.CLOSED, State.LISTEN, State.FIN_WAIT_2, State.CLOSE_WAIT, State.ESTABLISHED], ids=str
)
def test_nothing_is_given_up_where_nothing_waits(state):
    """RFC 9293 3.8.3: R2 is about what is sent again."""
    story = IN[state]()
    story.after(1e6)
    story.is_in(state)


# ---------------------------------------------------------------- for one connection


@pytest.mark.parametrize(("r2", "last"), [(0.001, 1), (5, 7), (50, 63)])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_program_sets_r2_for_one_connection_whenever_it_likes(r2, last, when):
    """RFC 9293 3.8.3, MUST-21: looked at whenever the timer runs out."""
    story = established()
    patient = story.connection.tcb.parameters
    if when == "before":
        story.calls("configure", replace(patient, r2=r2))
    story.calls("send", b"hello")
    story.leaves()
    if when == "after":
        story.calls("configure", replace(patient, r2=r2))
    story.at(last - 0.001)
    story.leaves()
    story.is_in(State.ESTABLISHED)
    story.at(last)
    story.expect()
    story.is_in(State.CLOSED, Failure.TIMED_OUT)


def test_a_program_may_have_all_the_patience_in_the_world():
    """RFC 9293 3.8.3, (d), MUST-21: "an interactive application might set R2 to infinity"."""
    story = established(r2=1e5)
    story.calls("send", b"hello")
    story.leaves()
    story.at(90_000)
    story.leaves()
    story.arrives(ack(seq=1, ack=6))
    story.is_in(State.ESTABLISHED)
    assert story.connection.status().send_queue == 0


def test_r2_for_a_syn_is_another_knob():
    """RFC 9293 3.8.3, MUST-21, MUST-23."""
    story = syn_sent()
    story.calls("configure", TcpParameters(r2=0.001, r2_syn=200))
    story.at(183)
    assert {segment.why for segment in story.leaves()} == {Why.TIMEOUT}
    story.is_in(State.SYN_SENT)


def test_the_connection_that_comes_after_all_begins_anew():
    """RFC 9293 3.8.3: what the SYN had to wait for does not count against the octets."""
    story = syn_sent(r2=10)
    story.at(127)
    assert {segment.why for segment in story.leaves()} == {Why.TIMEOUT}
    story.arrives(syn_ack(mss=100))
    story.leaves()
    assert timeouts(story) == 0
    story.at(200)
    story.calls("send", b"hello")
    story.leaves()
    story.at(209)
    story.leaves()
    story.is_in(State.ESTABLISHED)


# ---------------------------------------------------------------- with a window of zero


def test_probes_without_any_answer_are_given_up_too():
    """RFC 9293 3.8.3, MUST-20; 3.8.6.1, MUST-37: an open connection needs answers, a window it does not need."""
    story = established(window=0)
    story.calls("send", b"hello")
    story.at(100)
    assert {segment.why for segment in story.leaves()} == {Why.WINDOW_PROBE}
    story.is_in(State.ESTABLISHED)
    story.at(200)
    story.leaves()
    story.is_in(State.CLOSED, Failure.TIMED_OUT)


def test_an_answer_to_a_probe_begins_the_patience_again_also_if_it_opens_the_window():
    """RFC 9293 3.8.3, SHLD-11: R2 counts for what is sent from then on, not from the first probe on."""
    story = established(window=0)
    story.calls("send", octets(1, 101))
    story.at(62)
    assert {segment.why for segment in story.leaves()} == {Why.WINDOW_PROBE}
    story.arrives(ack(seq=1, ack=1, window=1000))
    story.expect(data(octets(1, 101), seq=1, ack=1))
    story.at(161.9)
    story.leaves()
    story.is_in(State.ESTABLISHED)


# ---------------------------------------------------------------- who calls and does not answer


def test_a_syn_ack_that_nobody_answers_is_given_up():
    """RFC 9293 3.8.3, MUST-22, MUST-23: how the listener forgets it is told in tests/sim/test_listening.py."""
    story = syn_received()
    story.at(182.9)
    assert {(segment.control, segment.why) for segment in story.leaves()} == {("SYN", Why.TIMEOUT)}
    story.is_in(State.SYN_RECEIVED)
    story.at(183)
    story.expect()
    story.is_in(State.CLOSED, Failure.TIMED_OUT)


def test_a_repeated_syn_does_not_prolong_it():
    """RFC 9293 3.8.3: R2 counts from our first SYN,ACK on."""
    story = syn_received()
    for moment in range(10, 180, 10):
        story.at(moment)
        story.leaves()
        story.arrives(syn())
        story.leaves()
    story.at(183)
    story.is_in(State.CLOSED, Failure.TIMED_OUT)
