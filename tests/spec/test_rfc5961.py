"""RFC 5961: a stranger who guesses numbers can neither reset a connection, nor open it anew, nor inject octets."""

import pytest

from course.tcp.segment import Why
from course.tcp.state import State
from course.tcp.variables import Failure
from tests.states import IN, established, syn_received_actively
from tests.story import Sketch, ack, data, octets, part, rst, syn, syn_ack

SYNCHRONIZED = [State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSE_WAIT, State.CLOSING,
                State.LAST_ACK, State.TIME_WAIT]  # fmt: skip
THEIRS = {State.CLOSE_WAIT: 2, State.CLOSING: 2, State.LAST_ACK: 2, State.TIME_WAIT: 2}  # RCV.NXT, else 1
OURS = {State.ESTABLISHED: 1, State.CLOSE_WAIT: 1}  # SND.NXT, else 2


@pytest.mark.parametrize("state", SYNCHRONIZED, ids=str)
def test_a_rst_with_exactly_the_next_number_resets(state):
    """RFC 5961 3.2; RFC 9293 3.10.7.4, second."""
    story = IN[state]()
    story.arrives(rst(seq=THEIRS.get(state, 1)))
    story.expect()
    assert story.connection.state is State.CLOSED


@pytest.mark.parametrize("state", SYNCHRONIZED, ids=str)
@pytest.mark.parametrize("away", [1, 30_000, 65_000])
def test_a_rst_elsewhere_in_the_window_is_challenged(state, away):
    """RFC 5961 3.2; RFC 9293 3.10.7.4, second: <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>."""
    story, nxt = IN[state](), THEIRS.get(state, 1)
    story.arrives(rst(seq=nxt + away))
    story.expect(ack(seq=OURS.get(state, 2), ack=nxt, why=Why.CHALLENGE))
    story.is_in(state)


@pytest.mark.parametrize("state", SYNCHRONIZED, ids=str)
@pytest.mark.parametrize("away", [-1, 65_535, 70_000])
def test_a_rst_outside_of_the_window_is_dropped_in_silence(state, away):
    """RFC 5961 3.2; RFC 9293 3.10.7.4, second."""
    story = IN[state]()
    story.arrives(rst(seq=THEIRS.get(state, 1) + away))
    story.expect()
    story.is_in(state)


def test_in_syn_received_the_same_holds():
    """RFC 5961 3.2."""
    story = syn_received_actively()
    story.arrives(rst(seq=0), rst(seq=65_536))
    story.expect()
    story.arrives(rst(seq=2))
    story.expect(ack(seq=1, ack=1, why=Why.CHALLENGE))
    story.arrives(rst(seq=1))
    story.is_in(State.CLOSED, Failure.REFUSED)


def test_the_true_peer_answers_a_challenge_with_the_right_number():
    """RFC 5961 3.2."""
    story = established()
    story.arrives(rst(seq=100))
    story.expect(ack(seq=1, ack=1, why=Why.CHALLENGE))
    story.arrives(rst(seq=1))  # by section 3.10.7.1: <SEQ=SEG.ACK>
    story.is_in(State.CLOSED, Failure.RESET)


@pytest.mark.parametrize("state", SYNCHRONIZED, ids=str)
@pytest.mark.parametrize("away", [-100_000, -1, 0, 1, 1000, 100_000])
@pytest.mark.parametrize("kind", [syn, syn_ack])
def test_a_syn_is_answered_by_an_ack_irrespective_of_its_number(state, away, kind):
    """RFC 5961 4.2; RFC 9293 3.10.7.4, fourth."""
    story, nxt = IN[state](), THEIRS.get(state, 1)
    story.arrives(kind(seq=nxt + away))
    left = story.leaves()
    assert len(left) == 1
    assert ack(seq=OURS.get(state, 2), ack=nxt).fits(left[0])
    assert left[0].why in (Why.CHALLENGE, Why.ACK_UNACCEPTABLE)
    story.is_in(state)


def test_a_syn_is_challenged_though_the_window_is_zero():
    """RFC 5961 4.2."""
    story = established(receive_buffer=200)
    story.arrives(data(bytes(200), seq=1, ack=1))
    story.expect(ack(seq=1, ack=201))
    story.arrives(syn(seq=201))
    story.expect(ack(seq=1, ack=201, window=0))
    story.is_in(State.ESTABLISHED)


@pytest.mark.parametrize("control", ["RST", "SYN", "RST SYN"])
def test_nothing_else_in_a_challenged_segment_counts(control):
    """RFC 5961 3.2 and 4.2; RFC 9293 3.10.7.4, second and fourth: drop the segment and stop processing."""
    story = established()
    story.calls("send", octets(1, 101))
    story.expect(part(1, 101))
    story.arrives(Sketch(f"{control} FIN", 2, 101, b"forged"))
    story.expect(ack(seq=101, ack=1, why=Why.CHALLENGE))
    story.is_in(State.ESTABLISHED)
    status = story.connection.status()
    assert (status.flight_size, status.receive_queue, story.tcb.rcv.fin) == (100, 0, None)
    assert not story.tcb.incoming.has_gap


def sent_and_acknowledged():
    """1000 octets were acknowledged, 100 more are in flight; the largest window was 500."""
    story = established(window=500)
    story.calls("send", octets(1, 501))
    story.leaves()
    story.arrives(ack(seq=1, ack=501))
    story.calls("send", octets(501, 1101))
    story.leaves()
    story.arrives(ack(seq=1, ack=1001))
    story.expect(part(1001, 1101))
    return story


@pytest.mark.parametrize("acked", [501, 502, 1000, 1001, 1101])
def test_octets_are_taken_if_they_acknowledge_something_recent(acked):
    """RFC 5961 5.2; RFC 9293 3.10.7.4, fifth, MAY-12: SND.UNA - MAX.SND.WND =< SEG.ACK =< SND.NXT."""
    story = sent_and_acknowledged()
    story.arrives(data(b"hello", seq=1, ack=acked))
    story.expect()
    assert story.calls("receive", 9) == b"hello"


@pytest.mark.parametrize("acked", [500, 1, -70_000, 1102, 2**31 - 1])
def test_octets_that_acknowledge_something_else_are_dropped_and_answered(acked):
    """RFC 5961 5.2; RFC 9293 3.10.7.4, fifth, MAY-12."""
    story = sent_and_acknowledged()
    story.arrives(data(b"forged", seq=1, ack=acked))
    story.expect(ack(seq=1101, ack=1, why=Why.ACK_UNSENT))
    assert story.connection.readable == 0
