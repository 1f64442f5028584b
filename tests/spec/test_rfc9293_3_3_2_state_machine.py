"""RFC 9293, section 3.3.2: every arrow of figure 5 with its notes, walked along by a connection."""

import pytest

from course.tcp.state import TRANSITIONS, Event, State
from course.tcp.variables import Failure
from tests.states import (
    IN,
    close_wait,
    closed,
    closing,
    established,
    fin_wait_1,
    fin_wait_2,
    last_ack,
    listening,
    syn_received,
    syn_received_actively,
    syn_sent,
    time_wait,
)
from tests.story import ISS, ack, fin, rst, syn, syn_ack

S, E = State, Event
NEXT = {S.CLOSE_WAIT: 2, S.CLOSING: 2, S.LAST_ACK: 2, S.TIME_WAIT: 2}  # RCV.NXT: else it is 1


def calls(story, *call):
    story.calls(*call)
    return story


def arrives(story, sketch):
    story.arrives(sketch)
    return story


def silence(story):
    """The peer never answers what is in flight."""
    if story.connection.state in (S.ESTABLISHED, S.CLOSE_WAIT):
        story.connection.send(b"hello")
        story.calls("send", b"")
        story.leaves()
    story.after(500)
    return story


def opens_after_listening():
    story = closed()
    story.calls("open_passive")
    return calls(story, "open_active", ISS)


WALKS = [
    (S.CLOSED, E.PASSIVE_OPEN, S.LISTEN, lambda: calls(closed(), "open_passive")),
    (S.CLOSED, E.ACTIVE_OPEN, S.SYN_SENT, lambda: calls(closed(), "open_active", ISS)),
    (S.LISTEN, E.ACTIVE_OPEN, S.SYN_SENT, opens_after_listening),
    (S.LISTEN, E.SYN, S.SYN_RECEIVED, lambda: arrives(listening(), syn())),
    (S.LISTEN, E.CLOSE, S.CLOSED, lambda: calls(listening(), "close")),
    (S.LISTEN, E.ABORT, S.CLOSED, lambda: calls(listening(), "abort")),
    (S.SYN_SENT, E.SYN, S.SYN_RECEIVED, lambda: arrives(syn_sent(), syn())),
    (S.SYN_SENT, E.SYN_ACK, S.ESTABLISHED, lambda: arrives(syn_sent(), syn_ack())),
    (S.SYN_SENT, E.CLOSE, S.CLOSED, lambda: calls(syn_sent(), "close")),
    (S.SYN_SENT, E.RST, S.CLOSED, lambda: arrives(syn_sent(), rst(seq=0, ack=1))),
    (S.SYN_RECEIVED, E.ACK_OF_SYN, S.ESTABLISHED, lambda: arrives(syn_received(), ack(seq=1, ack=1))),
    (S.SYN_RECEIVED, E.CLOSE, S.FIN_WAIT_1, lambda: calls(syn_received(), "close")),
    (S.SYN_RECEIVED, E.RST_AFTER_PASSIVE_OPEN, S.LISTEN, lambda: arrives(syn_received(), rst(seq=1))),
    (S.SYN_RECEIVED, E.SYN_AFTER_PASSIVE_OPEN, S.LISTEN, lambda: arrives(syn_received(), syn(seq=1))),
    (S.SYN_RECEIVED, E.RST, S.CLOSED, lambda: arrives(syn_received_actively(), rst(seq=1))),
    (S.ESTABLISHED, E.CLOSE, S.FIN_WAIT_1, lambda: calls(established(), "close")),
    (S.ESTABLISHED, E.FIN, S.CLOSE_WAIT, lambda: arrives(established(), fin(seq=1, ack=1))),
    (S.FIN_WAIT_1, E.ACK_OF_FIN, S.FIN_WAIT_2, lambda: arrives(fin_wait_1(), ack(seq=1, ack=2))),
    (S.FIN_WAIT_1, E.FIN, S.CLOSING, lambda: arrives(fin_wait_1(), fin(seq=1, ack=1))),
    (S.FIN_WAIT_2, E.FIN, S.TIME_WAIT, lambda: arrives(fin_wait_2(), fin(seq=1, ack=2))),
    (S.CLOSE_WAIT, E.CLOSE, S.LAST_ACK, lambda: calls(close_wait(), "close")),
    (S.CLOSING, E.ACK_OF_FIN, S.TIME_WAIT, lambda: arrives(closing(), ack(seq=2, ack=2))),
    (S.LAST_ACK, E.ACK_OF_FIN, S.CLOSED, lambda: arrives(last_ack(), ack(seq=2, ack=2))),
    (S.TIME_WAIT, E.TIME_WAIT_TIMEOUT, S.CLOSED, lambda: silence(time_wait())),
]
WALKS += [
    (state, E.RST, S.CLOSED, lambda state=state: arrives(IN[state](), rst(seq=NEXT.get(state, 1))))
    for state in (S.ESTABLISHED, S.FIN_WAIT_1, S.FIN_WAIT_2, S.CLOSE_WAIT, S.CLOSING, S.LAST_ACK, S.TIME_WAIT)
]
WALKS += [
    (state, E.ABORT, S.CLOSED, lambda state=state: calls(IN[state](), "abort"))
    for state in State
    if state not in (S.CLOSED, S.LISTEN)
]
WALKS += [
    (state, E.USER_TIMEOUT, S.CLOSED, lambda state=state: silence(IN[state]()))
    for state in (S.SYN_SENT, S.SYN_RECEIVED, S.ESTABLISHED, S.FIN_WAIT_1, S.CLOSE_WAIT, S.CLOSING, S.LAST_ACK)
]
# In these two nothing of ours is in flight, and nobody waits: no user timeout begins.
NEVER = {(S.FIN_WAIT_2, E.USER_TIMEOUT), (S.TIME_WAIT, E.USER_TIMEOUT)}


@pytest.mark.parametrize(
    ("state", "event", "after", "walk"), WALKS, ids=[f"{state} {event}" for state, event, _, _ in WALKS]
)
def test_a_connection_walks_along_every_arrow(state, event, after, walk):
    """RFC 9293 3.3.2."""
    story = walk()
    if story.events[-1] != (state, after, event):
        story.breaks(f"expected {state} -> {after} ({event}) as the last event")
    assert story.connection.state is after


def test_there_is_no_arrow_that_nobody_walks_along():
    """RFC 9293 3.3.2."""
    assert {(state, event): after for state, event, after, _ in WALKS}.keys() | NEVER == TRANSITIONS.keys()


@pytest.mark.parametrize("pair", sorted(NEVER, key=str), ids=lambda pair: str(pair[0]))
def test_a_user_timeout_would_end_it_from_these_states_too(pair):
    """RFC 9293 3.10.8."""
    story = IN[pair[0]]()
    story.tcb.fail(Failure.TIMED_OUT, pair[1])
    story.is_in(S.CLOSED, Failure.TIMED_OUT)


def test_ack_and_fin_in_one_segment_lead_from_fin_wait_1_to_time_wait_at_once():
    """RFC 9293 3.3.2, note 2."""
    story = fin_wait_1()
    story.arrives(fin(seq=1, ack=2))
    story.expect(ack(seq=2, ack=2))

    assert story.events[-2:] == [
        (S.FIN_WAIT_1, S.FIN_WAIT_2, E.ACK_OF_FIN),
        (S.FIN_WAIT_2, S.TIME_WAIT, E.FIN),
    ]


@pytest.mark.parametrize("state", State, ids=str)
def test_every_state_can_be_reached(state):
    """RFC 9293 3.3.2."""
    IN[state]().is_in(state)
