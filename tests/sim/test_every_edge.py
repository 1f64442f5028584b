"""Every arrow of figure 5 is walked along by programs in the simulated network, or by hand where no socket leads there.

Two hosts, a tenth of a second apart: the SYN arrives at 0.1 s, both are ESTABLISHED at 0.2 and 0.3 s.
"""

import pytest

from course import TRANSITIONS, Connection, Event, Scenario, State, TcpParameters, faults
from course.tcp.variables import Failure
from tests.sim.judge import problems
from tests.sim.parts import PATIENT, PORT, Client, End, Hear, Linger, Rest, Say, Server, Shut
from tests.states import time_wait

S, E = State, Event
KNOBS = {"r2": 3.0, "r2_syn": 3.0, "msl": 1.0}
NOTHING, WAIT = End(), End((Rest(30.0),))


def talk(serve, call, *some_faults, **knobs):
    """One caller; the client's patience is in the knobs, too."""
    patience = knobs.pop("patience", PATIENT)
    return Scenario(server=Server((serve,)), client=Client((call,), patience=patience), delay=0.1,
                    faults=some_faults, tcp=TcpParameters(**KNOBS | knobs))  # fmt: skip


def both_call(serve, call, *some_faults, server_patience=PATIENT, client_patience=PATIENT):
    """Each host calls the other."""
    server = Client((serve,), port=PORT, peer="client", to=5000, patience=server_patience)
    client = Client((call,), port=5000, patience=client_patience)
    return Scenario(server=server, client=client, delay=0.1, faults=some_faults, tcp=TcpParameters(**KNOBS))


def ends(*steps):
    return End(steps)


TALK = talk(ends(Hear(), Say(1000)), ends(Say(1000), Shut(), Hear()))
BOTH_CLOSE = talk(ends(Shut(), Hear()), ends(Rest(0.1), Shut(), Hear()))
BOTH_CALL = both_call(ends(Shut(), Hear()), ends(Rest(0.5)))
HASTY = Client(port=5000, patience=0.15, linger=0)
SYN_ACKS_LOST = [faults.drop_flags("client", "SYN ACK"), faults.drop_flags("server", "SYN ACK")]

# What leads along each arrow, in the order of course/tcp/state.py.
WALKS = {
    (S.CLOSED, E.PASSIVE_OPEN): TALK,
    (S.CLOSED, E.ACTIVE_OPEN): TALK,
    (S.LISTEN, E.SYN): TALK,
    (S.LISTEN, E.CLOSE): TALK,
    (S.SYN_SENT, E.SYN): BOTH_CALL,
    (S.SYN_SENT, E.SYN_ACK): TALK,
    (S.SYN_SENT, E.CLOSE): talk(NOTHING, NOTHING, patience=0.15),
    (S.SYN_RECEIVED, E.ACK_OF_SYN): TALK,
    (S.SYN_RECEIVED, E.CLOSE): both_call(NOTHING, NOTHING, *SYN_ACKS_LOST, client_patience=0.15),
    (S.SYN_RECEIVED, E.RST_AFTER_PASSIVE_OPEN): talk(NOTHING, NOTHING, patience=0.15),
    (S.SYN_RECEIVED, E.SYN_AFTER_PASSIVE_OPEN): Scenario(
        # the second call comes from the same port, with a number 0.05 s x 250 000 later: in the window of the first
        server=Server((NOTHING,)), client=Client((NOTHING, NOTHING), port=5000, patience=0.05), delay=0.1
    ),
    (S.ESTABLISHED, E.CLOSE): TALK,
    (S.FIN_WAIT_1, E.ACK_OF_FIN): TALK,
    (S.FIN_WAIT_2, E.FIN): TALK,
    (S.ESTABLISHED, E.FIN): TALK,
    (S.CLOSE_WAIT, E.CLOSE): TALK,
    (S.LAST_ACK, E.ACK_OF_FIN): TALK,
    (S.FIN_WAIT_1, E.FIN): BOTH_CLOSE,
    (S.CLOSING, E.ACK_OF_FIN): BOTH_CLOSE,
    (S.TIME_WAIT, E.TIME_WAIT_TIMEOUT): TALK,
    # ---------------------------------------------------------------- an end gives up
    (S.SYN_SENT, E.ABORT): Scenario(server=Server(patience=1.0), client=HASTY, delay=0.1, tcp=TcpParameters(**KNOBS)),
    (S.SYN_RECEIVED, E.ABORT): Scenario(
        server=Server(patience=0.15), client=Client(), delay=0.1, tcp=TcpParameters(**KNOBS)
    ),
    (S.ESTABLISHED, E.ABORT): talk(WAIT, ends(Linger())),
    (S.FIN_WAIT_1, E.ABORT): talk(WAIT, ends(Shut(), Linger())),
    (S.FIN_WAIT_2, E.ABORT): talk(WAIT, ends(Shut(), Rest(1.0), Linger())),
    (S.CLOSE_WAIT, E.ABORT): talk(ends(Hear(), Linger()), ends(Shut(), Hear())),
    (S.CLOSING, E.ABORT): talk(ends(Shut(), Hear(), Linger()), ends(Rest(0.1), Shut(), Hear())),
    (S.LAST_ACK, E.ABORT): talk(ends(Hear(), Shut(), Linger()), ends(Shut(), Hear())),
    (S.TIME_WAIT, E.ABORT): talk(ends(Hear()), ends(Shut(), Hear(), Linger())),
    # ---------------------------------------------------------------- a reset comes
    (S.SYN_SENT, E.RST): Scenario(server=Client((), to=1), client=Client()),
    (S.SYN_RECEIVED, E.RST): Scenario(
        server=Client(port=PORT, peer="client", to=5000), client=HASTY, delay=0.1, faults=SYN_ACKS_LOST,
        tcp=TcpParameters(**KNOBS)
    ),
    (S.ESTABLISHED, E.RST): talk(ends(Linger()), ends(Hear())),
    (S.FIN_WAIT_1, E.RST): talk(ends(Rest(0.1), Linger()), ends(Rest(0.1), Shut(), Hear())),
    (S.FIN_WAIT_2, E.RST): talk(ends(Hear(), Rest(1.0), Linger()), ends(Shut(), Hear())),
    (S.CLOSE_WAIT, E.RST): talk(ends(Hear(), Rest(5.0)), ends(Shut(), Rest(1.0), Linger())),
    (S.CLOSING, E.RST): talk(ends(Shut(), Hear(), Linger()), ends(Rest(0.1), Shut(), Hear()),
                             faults.drop("server", 3)),
    (S.LAST_ACK, E.RST): talk(ends(Hear(), Shut(), Rest(5.0)), ends(Shut(), Rest(0.15), Linger())),
    (S.TIME_WAIT, E.RST): talk(ends(Hear()), ends(Shut(), Hear()), faults.duplicate("client", 4, after=0.5)),
    # ---------------------------------------------------------------- nobody answers any more
    (S.SYN_SENT, E.USER_TIMEOUT): talk(NOTHING, NOTHING, faults.drop_flags("client", "SYN")),
    (S.SYN_RECEIVED, E.USER_TIMEOUT): talk(NOTHING, NOTHING, faults.cut(0.05)),
    (S.ESTABLISHED, E.USER_TIMEOUT): talk(WAIT, ends(Rest(0.5), Say(1), Rest(9.0)), faults.cut(0.4)),
    (S.FIN_WAIT_1, E.USER_TIMEOUT): talk(WAIT, ends(Rest(0.5), Shut(), Hear()), faults.cut(0.4)),
    (S.FIN_WAIT_2, E.USER_TIMEOUT): talk(
        WAIT, ends(Shut(), Hear()), faults.cut(1.0), keep_alive=True, keep_idle=2.0, keep_interval=1.0, keep_count=2
    ),
    (S.CLOSE_WAIT, E.USER_TIMEOUT): talk(ends(Hear(), Rest(1.0), Say(1), Rest(9.0)), ends(Shut(), Hear()),
                                         faults.cut(1.0)),
    (S.CLOSING, E.USER_TIMEOUT): talk(ends(Shut(), Hear()), ends(Rest(0.1), Shut(), Hear()),
                                      faults.drop_flags("client", "FIN")),
    (S.LAST_ACK, E.USER_TIMEOUT): talk(ends(Hear()), ends(Shut(), Hear()), faults.drop_flags("server", "FIN")),
}  # fmt: skip


@pytest.mark.parametrize("arrow", WALKS, ids=lambda arrow: f"{arrow[0]} {arrow[1]}")
def test_programs_walk_along_every_arrow(arrow):
    """RFC 9293 3.3.2."""
    run = WALKS[arrow].run()

    assert arrow in [(change.before, change.event) for change in run.trace.changes]
    assert problems(run) == []


# ---------------------------------------------------------------- where no socket leads


def a_listener_calls():
    """A socket that listens cannot connect(): EISCONN. Section 3.10.1 lets a user of TCP do it."""
    connection = Connection(("10.0.0.1", PORT), ("10.0.0.2", PORT))
    connection.open_passive()
    connection.open_active(iss=0)
    return connection.history()


def a_listener_aborts():
    """Closing a socket that listens is a CLOSE, whatever SO_LINGER says. Section 3.10.5 has ABORT in LISTEN."""
    connection = Connection(("10.0.0.1", PORT))
    connection.open_passive()
    connection.abort()
    return connection.history()


def time_wait_gives_up():
    """Nothing of ours is unacknowledged in TIME-WAIT, and keep-alive does not ask: no user timeout begins there."""
    story = time_wait()
    story.tcb.fail(Failure.TIMED_OUT, E.USER_TIMEOUT)
    return story.connection.history()


BY_HAND = {
    (S.LISTEN, E.ACTIVE_OPEN): a_listener_calls,
    (S.LISTEN, E.ABORT): a_listener_aborts,
    (S.TIME_WAIT, E.USER_TIMEOUT): time_wait_gives_up,
}


@pytest.mark.parametrize("arrow", BY_HAND, ids=lambda arrow: f"{arrow[0]} {arrow[1]}")
def test_where_no_socket_leads_a_connection_walks_by_itself(arrow):
    """RFC 9293 3.3.2: LISTEN with an active OPEN, LISTEN with ABORT, TIME-WAIT with a user timeout."""
    state, event = arrow

    assert (state, TRANSITIONS[arrow], event) in BY_HAND[arrow]()


def test_every_arrow_is_walked_along_by_programs_or_by_hand_and_none_by_both():
    """RFC 9293 3.3.2."""
    assert WALKS.keys() | BY_HAND.keys() == TRANSITIONS.keys()
    assert WALKS.keys().isdisjoint(BY_HAND)
