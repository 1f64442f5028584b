"""RFC 9293, section 3.8.4: keep-alive, a question to a peer that has been silent for long."""

import pytest

from course.tcp.parameters import TcpParameters
from course.tcp.segment import Why
from course.tcp.state import Event, State
from course.tcp.timers import Timer
from course.tcp.variables import Failure
from tests.pair import Pair
from tests.states import IN, close_wait, established, fin_wait_2, last_ack, syn_received, time_wait
from tests.story import ack, data, octets, part, rst

QUESTION = ack(seq=0, ack=1, why=Why.KEEP_ALIVE)
ANSWER = ack(seq=1, ack=1)


def watched(**knobs):
    """An established connection that asks after 100 seconds, then every 10, and gives up after 3 questions."""
    return established(keep_alive=True, **{"keep_idle": 100, "keep_interval": 10, "keep_count": 3} | knobs)


# ---------------------------------------------------------------- on and off


@pytest.mark.parametrize("state", State, ids=str)
def test_by_default_nobody_asks(state):
    """RFC 9293 3.8.4, MUST-25."""
    story = IN[state]()
    story.after(1_000_000)
    assert Why.KEEP_ALIVE not in {segment.why for segment in story.leaves()}
    assert Timer.KEEP_ALIVE not in story.events


def test_the_default_interval_is_two_hours():
    """RFC 9293 3.8.4, MUST-28."""
    story = established(keep_alive=True)
    story.at(7199.999)
    story.expect()
    story.at(7200)
    story.expect(QUESTION)


@pytest.mark.parametrize("seconds", [0.5, 100, 1e6])
def test_the_interval_can_be_set(seconds):
    """RFC 9293 3.8.4, MUST-27."""
    story = watched(keep_idle=seconds)
    assert story.connection.next_timeout() == (seconds, Timer.KEEP_ALIVE)
    story.at(seconds)
    story.expect(QUESTION)


def test_it_can_be_turned_on_and_off_for_one_connection():
    """RFC 9293 3.8.4, MUST-24: the silence counts from the last segment on, not from the call."""
    story = established()
    story.at(60)
    story.calls("configure", TcpParameters(keep_alive=True, keep_idle=100))
    assert story.connection.next_timeout() == (100, Timer.KEEP_ALIVE)
    story.calls("configure", TcpParameters())
    assert story.connection.next_timeout() is None
    story.calls("configure", TcpParameters(keep_alive=True, keep_idle=30))
    story.at(60)  # 30 seconds of silence are over already
    story.expect(QUESTION)


def test_before_the_handshake_is_over_there_is_nobody_to_ask():
    """RFC 9293 3.8.4: the SYN,ACK is repeated by the retransmission timer."""
    story = syn_received(keep_alive=True, keep_idle=0.5)
    assert story.connection.status().timers == {"retransmission": 1.0}
    story.arrives(ack(seq=1, ack=1))
    assert story.connection.status().timers == {"keep-alive": 0.5}


# ---------------------------------------------------------------- the question


def test_the_question_lies_before_the_window_and_carries_nothing():
    """RFC 9293 3.8.4, MAY-5, SHLD-12: SEG.SEQ = SND.NXT-1, and no garbage octet."""
    story = watched()
    story.calls("send", octets(1, 51))
    story.leaves()
    story.arrives(data(octets(1, 31), seq=1, ack=51))
    story.at(0.2)
    story.leaves()
    story.at(100)
    story.expect(ack(seq=50, ack=31, psh=False, why=Why.KEEP_ALIVE))
    assert story.connection.status().snd_nxt == story.iss + 51


def test_every_peer_has_to_answer_it():
    """RFC 9293 3.8.4 and 3.10.7.4, first: an unacceptable segment is acknowledged."""
    pair = Pair(keep_alive=True, keep_idle=10)
    pair.calls("server", "configure", TcpParameters(mss=100))
    pair.run(until=10.5)
    assert pair.lines()[3:] == ["client: ACK seq=0 ack=1", "server: ACK seq=1 ack=1"]


def test_an_answer_is_good_for_another_interval():
    """RFC 9293 3.8.4, MUST-26."""
    story = watched()
    story.at(100)
    story.expect(QUESTION)
    story.at(101)
    story.arrives(ANSWER)
    story.at(200.9)
    story.expect()
    story.at(201)
    story.expect(QUESTION)


@pytest.mark.parametrize(
    "heard",
    [ack(seq=1, ack=1), data(b"x", seq=1, ack=1), data(b"x", seq=900, ack=1), ack(seq=-9, ack=1), rst(seq=2)],
    ids=str,
)
def test_whatever_is_heard_makes_the_silence_begin_again(heard):
    """RFC 9293 3.8.4, MUST-26: "no data or acknowledgment packets"."""
    story = watched()
    story.at(99)
    story.arrives(heard)
    story.leaves()
    story.after(1)
    story.leaves()
    story.at(198.9)
    story.expect()
    story.at(199)
    assert [segment.why for segment in story.leaves()] == [Why.KEEP_ALIVE]


def test_a_question_does_not_claim_that_old_octets_are_urgent():
    """RFC 9293 3.8.5: without the URG bit no urgent octets are outstanding."""
    story = watched()
    story.calls("send", b"hurry", urgent=True)
    story.leaves()
    story.arrives(ack(seq=1, ack=6))
    story.at(100)
    assert [segment.urgent for segment in story.leaves()] == [None]


# ---------------------------------------------------------------- when not to ask


def test_nothing_is_asked_while_octets_are_unacknowledged():
    """RFC 9293 3.8.4, MUST-26: the retransmission timer looks after the connection."""
    story = watched(keep_idle=3, keep_interval=1)
    story.calls("send", b"hello")
    story.leaves()
    story.at(80)
    assert {segment.why for segment in story.leaves()} == {Why.TIMEOUT}
    story.is_in(State.ESTABLISHED)


def test_octets_sent_between_two_questions_stop_the_counting():
    """RFC 9293 3.8.4, MUST-26: what was asked before counts no more once they are acknowledged."""
    story = watched()
    story.at(110)
    story.expect(QUESTION, QUESTION)
    story.calls("send", b"x")
    story.leaves()
    story.at(150)
    assert {segment.why for segment in story.leaves()} == {Why.TIMEOUT}
    story.arrives(ack(seq=1, ack=2))
    story.at(249.9)
    story.expect()
    story.at(250)
    assert [segment.why for segment in story.leaves()] == [Why.KEEP_ALIVE]
    story.at(279.9)
    story.is_in(State.ESTABLISHED)
    story.leaves()


@pytest.mark.parametrize(
    ("in_state", "seq", "acked"), [(close_wait, 0, 2), (fin_wait_2, 1, 1)], ids=["CLOSE-WAIT", "FIN-WAIT-2"]
)
def test_a_half_closed_connection_is_asked_as_well(in_state, seq, acked):
    """RFC 9293 3.8.4: the other half may be silent for ever."""
    story = in_state(keep_alive=True)
    story.after(7200)
    story.expect(ack(seq=seq, ack=acked, why=Why.KEEP_ALIVE))
    story.after(9 * 75)
    assert [segment.why for segment in story.leaves()] == 8 * [Why.KEEP_ALIVE] + [Why.NO_ANSWER]
    story.is_in(State.CLOSED, Failure.TIMED_OUT)


@pytest.mark.parametrize("in_state", [time_wait, last_ack])
def test_a_connection_that_is_over_is_not_asked(in_state):
    """RFC 9293 3.8.4: TIME-WAIT waits for 2 MSL only, and LAST-ACK for its FIN to be acknowledged."""
    story = in_state(keep_alive=True, keep_idle=0.5, r2=20)
    story.after(1000)
    assert Why.KEEP_ALIVE not in {segment.why for segment in story.leaves()}
    assert story.connection.state is State.CLOSED


# ---------------------------------------------------------------- no answer


def test_a_lost_question_is_not_the_end():
    """RFC 9293 3.8.4, MUST-29: ACKs without octets are not repeated."""
    story = watched()
    story.at(129.9)
    story.expect(QUESTION, QUESTION, QUESTION)
    story.is_in(State.ESTABLISHED)
    story.arrives(ANSWER)
    story.at(229.8)
    story.expect()
    story.is_in(State.ESTABLISHED)


def test_an_answer_makes_the_counting_begin_again():
    """RFC 9293 3.8.4, MUST-29: it has to be several in a row."""
    story = watched()
    for begin in (0, 125, 250):
        story.at(begin + 120)
        story.expect(QUESTION, QUESTION, QUESTION)
        story.at(begin + 125)
        story.arrives(ANSWER)
    story.is_in(State.ESTABLISHED)


def test_after_the_last_question_the_connection_is_dead_and_the_peer_is_told():
    """RFC 9293 3.8.4, MUST-29."""
    story = watched()
    story.at(129.9)
    story.expect(QUESTION, QUESTION, QUESTION)
    story.at(130)
    story.expect(rst(seq=1, why=Why.NO_ANSWER))
    story.is_in(State.CLOSED, Failure.TIMED_OUT)
    assert story.events[-2:] == [Timer.KEEP_ALIVE, (State.ESTABLISHED, State.CLOSED, Event.USER_TIMEOUT)]
    assert story.connection.next_timeout() is None


def test_one_question_may_have_to_do():
    """RFC 9293 3.8.4: a knob; MUST-29 asks for more."""
    story = watched(keep_count=1)
    story.at(110)
    story.expect(QUESTION, rst(seq=1, why=Why.NO_ANSWER))


def test_a_peer_that_has_forgotten_the_connection_says_so():
    """RFC 9293 3.5.1: it crashed; the reset that answers the question hits RCV.NXT."""
    story = watched()
    story.at(100)
    story.expect(QUESTION)
    story.arrives(rst(seq=1))
    story.expect()
    story.is_in(State.CLOSED, Failure.RESET)


def test_octets_that_come_late_do_not_make_a_question_come_late():
    """RFC 9293 3.8.4, MUST-26: exactly one interval after the last of them."""
    story = watched()
    for moment in (30, 60, 90):
        story.at(moment)
        story.arrives(part(moment - 29, moment + 1))
        story.after(1)
        story.leaves()
    story.at(189.9)
    story.expect()
    story.at(190)
    story.expect(ack(seq=0, ack=91, why=Why.KEEP_ALIVE))
