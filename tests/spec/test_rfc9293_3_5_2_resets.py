"""RFC 9293, sections 3.5.2 and 3.5.3: who sends a RST, with which numbers, and who believes it."""

import pytest

from course.tcp.segment import Why
from course.tcp.state import State
from course.tcp.variables import Failure
from tests.states import IN, closed, established, listening, syn_received, syn_received_actively, syn_sent
from tests.story import Sketch, ack, data, fin, rst, syn, syn_ack

NEXT = {State.CLOSE_WAIT: 2, State.CLOSING: 2, State.LAST_ACK: 2, State.TIME_WAIT: 2}
SYNCHRONIZED = [State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSE_WAIT, State.CLOSING,
                State.LAST_ACK, State.TIME_WAIT]  # fmt: skip
OURS = {State.ESTABLISHED: 1, State.CLOSE_WAIT: 1}  # SND.NXT: else it is 2


@pytest.mark.parametrize(
    ("arrived", "answer"),
    [
        (syn(), rst(seq=0, ack=1)),
        (Sketch("SYN FIN", 0, None, b"hello"), rst(seq=0, ack=7)),
        (Sketch("", 3, None, b"hello"), rst(seq=0, ack=8)),
        (ack(seq=1, ack=77), rst(seq=77)),
        (syn_ack(seq=0, ack=77), rst(seq=77)),
        (data(b"hello", seq=1, ack=77), rst(seq=77)),
        (fin(seq=1, ack=77), rst(seq=77)),
    ],
    ids=str,
)
def test_group_1_without_a_connection_everything_is_answered_by_a_rst(arrived, answer):
    """RFC 9293 3.5.2 and 3.10.7.1."""
    story = closed(iss=0, irs=9000)
    story.arrives(arrived)
    story.expect(answer)
    story.is_in(State.CLOSED)
    assert story.events == []


@pytest.mark.parametrize("arrived", [rst(seq=1), rst(seq=1, ack=1), Sketch("RST SYN", 1)], ids=str)
def test_group_1_without_a_connection_a_rst_is_not_answered(arrived):
    """RFC 9293 3.5.2 and 3.10.7.1."""
    story = closed()
    story.arrives(arrived)
    story.expect()


@pytest.mark.parametrize("in_state", [syn_sent, syn_received, syn_received_actively])
@pytest.mark.parametrize("acked", [0, 2, -500, 500])
def test_group_2_before_the_connection_is_synchronized_a_wrong_ack_is_answered_by_a_rst(in_state, acked):
    """RFC 9293 3.5.2: the state stays as it is."""
    story = in_state()
    before = story.connection.state
    story.arrives(ack(seq=1, ack=acked))
    story.expect(rst(seq=acked, why=Why.BAD_ACK))
    story.is_in(before)


@pytest.mark.parametrize("acked", [0, 1, 77])
def test_group_2_a_listener_answers_every_ack_by_a_rst(acked):
    """RFC 9293 3.5.2 and 3.10.7.2."""
    story = listening()
    story.arrives(ack(seq=1, ack=acked))
    story.expect(rst(seq=acked, why=Why.BAD_ACK))
    story.is_in(State.LISTEN)


@pytest.mark.parametrize("state", SYNCHRONIZED, ids=str)
@pytest.mark.parametrize(
    ("away", "acked", "why"),
    [(-1, 1, Why.ACK_UNACCEPTABLE), (70_000, 1, Why.ACK_UNACCEPTABLE), (0, 5, Why.ACK_UNSENT)],
    ids=["too old", "beyond the window", "acknowledges too much"],
)
def test_group_3_a_synchronized_connection_answers_what_it_cannot_accept_by_an_empty_ack(state, away, acked, why):
    """RFC 9293 3.5.2: with SND.NXT and RCV.NXT; the state stays as it is."""
    story, nxt = IN[state](), NEXT.get(state, 1)
    story.arrives(ack(seq=nxt + away, ack=acked))
    story.expect(ack(seq=OURS.get(state, 2), ack=nxt, why=why))
    story.is_in(state)


# ---------------------------------------------------------------- 3.5.3


@pytest.mark.parametrize("state", SYNCHRONIZED, ids=str)
def test_a_rst_with_the_next_number_ends_a_synchronized_connection(state):
    """RFC 9293 3.5.3 and 3.10.7.4, second; MUST-12: the program is told, unless both ends had closed."""
    told = state in (State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSE_WAIT)
    story = IN[state]()
    story.arrives(rst(seq=NEXT.get(state, 1)))
    story.expect()
    story.is_in(State.CLOSED, Failure.RESET if told else None)
    assert story.connection.next_timeout() is None


@pytest.mark.parametrize("state", [*SYNCHRONIZED, State.SYN_RECEIVED], ids=str)
@pytest.mark.parametrize("away", [-1, 65_535])
def test_a_rst_outside_of_the_window_is_not_believed(state, away):
    """RFC 9293 3.5.3."""
    story = IN[state]()
    story.arrives(rst(seq=NEXT.get(state, 1) + away))
    story.expect()
    story.is_in(state)


def test_a_rst_may_bring_text():
    """RFC 9293 3.5.3, SHLD-2."""
    story = established()
    story.arrives(rst(seq=1, data=b"out of memory"))
    story.expect()
    story.is_in(State.CLOSED, Failure.RESET)
    assert story.connection.readable == 0


def test_a_rst_that_acknowledges_our_syn_refuses_the_call():
    """RFC 9293 3.5.3 and 3.10.7.3."""
    story = syn_sent()
    story.arrives(rst(seq=0, ack=1))
    story.expect()
    story.is_in(State.CLOSED, Failure.REFUSED)


@pytest.mark.parametrize("arrived", [rst(seq=0), rst(seq=0, ack=0), rst(seq=0, ack=2)], ids=str)
def test_a_rst_that_does_not_acknowledge_our_syn_is_not_believed(arrived):
    """RFC 9293 3.5.3 and 3.10.7.3."""
    story = syn_sent()
    story.arrives(arrived)
    story.expect()
    story.is_in(State.SYN_SENT)


def test_a_listener_ignores_a_rst():
    """RFC 9293 3.5.3 and 3.10.7.2."""
    story = listening()
    story.arrives(rst(seq=0), rst(seq=0, ack=1))
    story.expect()
    story.is_in(State.LISTEN)


def test_a_reset_flushes_what_was_queued():
    """RFC 9293 3.10.7.4, second."""
    story = established(window=0)
    story.calls("send", b"hello")
    story.arrives(rst(seq=1))
    story.after(100)
    story.expect()
    assert story.connection.status().send_queue == 0


def test_back_in_listen_nothing_is_left_to_be_sent_again():
    """RFC 9293 3.10.7.4, second: the retransmission queue should be flushed in either case."""
    story = syn_received()
    story.arrives(rst(seq=1))
    assert story.connection.next_timeout() is None
