"""RFC 9293, sections 3.10.1 to 3.10.6: what the user calls do in each state."""

import pytest

from course.tcp.segment import Why
from course.tcp.state import State
from tests.states import IN, close_wait, closed, established, listening, syn_received, syn_sent
from tests.story import ISS, ack, data, fin, octets, part, rst, syn, syn_ack

SENDS = {State.SYN_SENT, State.SYN_RECEIVED, State.ESTABLISHED, State.CLOSE_WAIT}
OURS = {State.SYN_SENT: 1, State.SYN_RECEIVED: 1, State.ESTABLISHED: 1, State.CLOSE_WAIT: 1}  # SND.NXT, else 2


def states_but(*states):
    return [state for state in State if state not in states]


# ---------------------------------------------------------------- 3.10.1 OPEN


def test_an_active_open_sends_a_syn_with_the_iss():
    """RFC 9293 3.10.1."""
    story = closed(iss=12_345)
    story.calls("open_active", 12_345)
    story.expect(syn(seq=0, why=Why.OPEN))
    story.is_in(State.SYN_SENT)
    status = story.connection.status()
    assert (status.iss, status.snd_una, status.snd_nxt) == (12_345, 12_345, 12_346)


def test_a_passive_open_sends_nothing():
    """RFC 9293 3.10.1."""
    story = closed()
    story.calls("open_passive")
    story.expect()
    story.is_in(State.LISTEN)
    assert story.connection.next_timeout() is None


def test_a_listener_can_call_instead():
    """RFC 9293 3.10.1."""
    story = closed()
    story.calls("open_passive")
    story.calls("open_active", ISS)
    story.expect(syn())
    story.arrives(syn_ack())
    story.expect(ack(seq=1, ack=1))


@pytest.mark.parametrize("state", states_but(State.CLOSED, State.LISTEN), ids=str)
@pytest.mark.parametrize("call", [("open_active", ISS), ("open_passive",)], ids=["active", "passive"])
def test_a_connection_that_exists_cannot_be_opened(state, call):
    """RFC 9293 3.10.1: error: connection already exists."""
    connection = IN[state]().connection
    with pytest.raises(KeyError):
        getattr(connection, call[0])(*call[1:])
    assert connection.state is state


# ---------------------------------------------------------------- 3.10.2 SEND


@pytest.mark.parametrize("state", states_but(*SENDS), ids=str)
def test_nothing_can_be_sent_before_a_connection_is_opened_or_after_it_was_closed(state):
    """RFC 9293 3.10.2: error: connection does not exist, or closing."""
    with pytest.raises(ValueError, match=f"^nothing can be sent in {state}$"):
        IN[state]().connection.send(b"hello")


@pytest.mark.parametrize("in_state", [syn_sent, syn_received])
def test_octets_sent_during_the_handshake_are_queued_until_it_is_over(in_state):
    """RFC 9293 3.10.2."""
    story = in_state()
    assert story.calls("send", b"hello") == 5
    story.expect()
    story.arrives(syn_ack() if in_state is syn_sent else ack(seq=1, ack=1))
    story.expect(data(b"hello", seq=1, ack=1, why=Why.DATA))


@pytest.mark.parametrize(("in_state", "acked"), [(established, 1), (close_wait, 2)])
def test_octets_leave_with_an_acknowledgment(in_state, acked):
    """RFC 9293 3.10.2."""
    story = in_state()
    story.calls("send", b"hello")
    story.expect(data(b"hello", seq=1, ack=acked, why=Why.DATA))


def test_sending_nothing_sends_nothing():
    """RFC 9293 3.10.2."""
    story = established()
    assert story.calls("send", b"") == 0
    story.expect()


# ---------------------------------------------------------------- 3.10.3 RECEIVE


@pytest.mark.parametrize("state", State, ids=str)
def test_receive_without_octets_gives_none_in_any_state(state):
    """RFC 9293 3.10.3: `at_end` tells whether any will come."""
    story = IN[state]()
    assert story.calls("receive", 10) == b""
    story.expect()


@pytest.mark.parametrize("state", [State.CLOSE_WAIT, State.LAST_ACK, State.TIME_WAIT], ids=str)
def test_octets_on_hand_can_be_received_after_the_fin(state):
    """RFC 9293 3.10.3."""
    story = established()
    story.arrives(data(b"hello", seq=1, ack=1))
    if state is State.TIME_WAIT:
        story.calls("close")
        story.leaves()
        story.arrives(fin(seq=6, ack=2))
    else:
        story.arrives(fin(seq=6, ack=1))
    if state is State.LAST_ACK:
        story.calls("close")
    story.leaves()
    story.is_in(state)
    assert story.calls("receive", 10) == b"hello"
    assert story.connection.at_end


# ---------------------------------------------------------------- 3.10.4 CLOSE


@pytest.mark.parametrize("in_state", [listening, syn_sent])
def test_close_before_anybody_answered_deletes_the_connection(in_state):
    """RFC 9293 3.10.4."""
    story = in_state()
    story.calls("send", b"hello") if in_state is syn_sent else None
    story.calls("close")
    story.after(1000)
    story.expect()
    story.is_in(State.CLOSED)


def test_close_in_syn_received_sends_a_fin_if_nothing_is_queued():
    """RFC 9293 3.10.4."""
    story = syn_received()
    story.calls("close")
    story.expect(fin(seq=1, ack=1))
    story.is_in(State.FIN_WAIT_1)
    story.arrives(ack(seq=1, ack=1))
    story.expect()
    story.arrives(ack(seq=1, ack=2))
    story.is_in(State.FIN_WAIT_2)


def test_close_in_syn_received_waits_for_the_handshake_if_something_is_queued():
    """RFC 9293 3.10.4: queue for processing after entering ESTABLISHED state."""
    story = syn_received()
    story.calls("send", b"hello")
    story.calls("close")
    story.expect()
    story.is_in(State.SYN_RECEIVED)
    story.arrives(ack(seq=1, ack=1))
    story.expect(fin(seq=1, ack=1, data=b"hello"))
    story.is_in(State.FIN_WAIT_1)


def test_close_in_syn_received_does_not_forget_a_lost_syn_ack():
    """RFC 9293 3.10.4 and 3.10.8."""
    story = syn_received()
    story.calls("close")
    story.expect(fin(seq=1, ack=1))
    story.at(1)
    assert syn_ack(why=Why.TIMEOUT).fits(story.leaves()[0])


@pytest.mark.parametrize(
    ("in_state", "acked", "after"),
    [(established, 1, State.FIN_WAIT_1), (close_wait, 2, State.LAST_ACK)],
    ids=["ESTABLISHED", "CLOSE-WAIT"],
)
def test_close_changes_the_state_at_once_and_the_fin_follows_the_octets(in_state, acked, after):
    """RFC 9293 3.10.4."""
    story = in_state(window=150)
    story.calls("send", octets(1, 301))
    story.expect(part(1, 101, ack=acked))
    story.calls("close")
    story.expect()
    story.is_in(after)
    story.arrives(ack(seq=acked, ack=101, window=1000))
    story.expect(part(101, 201, ack=acked), fin(seq=201, ack=acked, data=octets(201, 301)))


@pytest.mark.parametrize("state", states_but(*SENDS, State.LISTEN), ids=str)
def test_a_second_close_sends_no_second_fin(state):
    """RFC 9293 3.10.4."""
    story = IN[state]()
    story.calls("close")
    story.expect()
    story.is_in(state)


# ---------------------------------------------------------------- 3.10.5 ABORT


@pytest.mark.parametrize(
    "state",
    [State.SYN_RECEIVED, State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSE_WAIT],
    ids=str,
)
def test_abort_tells_a_peer_that_may_still_send_or_wait(state):
    """RFC 9293 3.10.5: <SEQ=SND.NXT><CTL=RST>."""
    story = IN[state]()
    story.calls("abort")
    story.expect(rst(seq=OURS.get(state, 2), ack=None, why=Why.ABORT))
    story.is_in(State.CLOSED)
    assert story.connection.next_timeout() is None


@pytest.mark.parametrize(
    "state",
    [State.CLOSED, State.LISTEN, State.SYN_SENT, State.CLOSING, State.LAST_ACK, State.TIME_WAIT],
    ids=str,
)
def test_abort_says_nothing_where_nobody_would_care(state):
    """RFC 9293 3.10.5."""
    story = IN[state]()
    story.calls("abort")
    story.after(1000)
    story.expect()
    story.is_in(State.CLOSED)


def test_abort_flushes_what_was_queued():
    """RFC 9293 3.10.5."""
    story = established(window=100)
    story.calls("send", octets(1, 301))
    story.expect(part(1, 101))
    story.calls("abort")
    story.expect(rst(seq=101))
    story.after(1000)
    story.expect()


def test_the_rst_of_an_abort_leaves_alone_even_if_an_acknowledgment_was_owed():
    """RFC 9293 3.10.5."""
    story = established()
    story.arrives(data(b"hello", seq=1, ack=1))
    story.calls("abort")
    story.expect(rst(seq=1))
    story.after(1)
    story.expect()


# ---------------------------------------------------------------- 3.10.6 STATUS


@pytest.mark.parametrize("state", State, ids=str)
def test_status_names_the_state(state):
    """RFC 9293 3.10.6."""
    assert IN[state]().connection.status().state is state
