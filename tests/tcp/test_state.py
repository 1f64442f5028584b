"""The table of transitions: whatever is not in it cannot happen."""

from itertools import product

import pytest

from course.tcp.parameters import TcpParameters
from course.tcp.state import SYNCHRONIZED, TRANSITIONS, Event, State
from course.tcp.variables import Tcb

PAIRS = list(product(State, Event))


def tcb_in(state):
    tcb = Tcb(TcpParameters(), ("10.0.0.1", 1024))
    tcb.state = state
    return tcb


@pytest.mark.parametrize(("state", "event"), [pair for pair in PAIRS if pair in TRANSITIONS], ids=str)
def test_an_event_of_the_table_leads_where_the_table_says(state, event):
    """RFC 9293 3.3.2."""
    tcb = tcb_in(state)
    tcb.enter(event)

    assert tcb.state is TRANSITIONS[state, event]
    assert tcb.history == [(state, TRANSITIONS[state, event], event)]


@pytest.mark.parametrize(("state", "event"), [pair for pair in PAIRS if pair not in TRANSITIONS], ids=str)
def test_an_event_that_is_not_in_the_table_is_a_keyerror_and_changes_nothing(state, event):
    """RFC 9293 3.3.2."""
    tcb = tcb_in(state)

    with pytest.raises(KeyError):
        tcb.enter(event)
    assert (tcb.state, tcb.history) == (state, [])


def test_states_are_written_with_hyphens():
    """RFC 9293 3.3.2."""
    assert [str(state) for state in State] == [
        "CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT",
        "CLOSING", "LAST-ACK", "TIME-WAIT",
    ]  # fmt: skip


def test_events_are_written_as_on_the_arrows_of_figure_5():
    """RFC 9293 3.3.2."""
    assert str(Event.ACK_OF_SYN) == "rcv ACK of SYN"
    assert len({str(event) for event in Event}) == len(Event)


def test_seven_states_are_synchronized():
    """RFC 9293 3.5."""
    synchronized = {State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSE_WAIT, State.CLOSING,
                    State.LAST_ACK, State.TIME_WAIT}  # fmt: skip

    assert synchronized == SYNCHRONIZED


def test_from_every_state_there_is_a_way_to_closed():
    """RFC 9293 3.3.2."""
    reach = {State.CLOSED}
    for _ in State:
        reach |= {state for (state, _), after in TRANSITIONS.items() if after in reach}

    assert reach == set(State)
