"""The eleven states and the moves between them: RFC 9293, figure 5 with its notes, as data.

The steps of `arrival` decide what a segment means; this table says what that meaning does.
"""

from enum import Enum


class State(Enum):
    """The states of a connection, written as RFC 9293 writes them (section 3.3.2)."""

    CLOSED = "CLOSED"
    LISTEN = "LISTEN"
    SYN_SENT = "SYN-SENT"
    SYN_RECEIVED = "SYN-RECEIVED"
    ESTABLISHED = "ESTABLISHED"
    FIN_WAIT_1 = "FIN-WAIT-1"
    FIN_WAIT_2 = "FIN-WAIT-2"
    CLOSE_WAIT = "CLOSE-WAIT"
    CLOSING = "CLOSING"
    LAST_ACK = "LAST-ACK"
    TIME_WAIT = "TIME-WAIT"

    __hash__ = object.__hash__

    def __str__(self) -> str:
        return self.value


class Event(Enum):
    """What can move a connection to another state: the words on figure 5's arrows."""

    PASSIVE_OPEN = "passive OPEN"
    ACTIVE_OPEN = "active OPEN"
    CLOSE = "CLOSE"
    ABORT = "ABORT"
    SYN = "rcv SYN"
    SYN_ACK = "rcv SYN,ACK"
    ACK_OF_SYN = "rcv ACK of SYN"
    FIN = "rcv FIN"
    ACK_OF_FIN = "rcv ACK of FIN"
    RST = "rcv RST"
    RST_AFTER_PASSIVE_OPEN = "rcv RST (note 1)"
    SYN_AFTER_PASSIVE_OPEN = "rcv SYN again"
    USER_TIMEOUT = "user timeout"
    TIME_WAIT_TIMEOUT = "2 MSL timeout"

    __hash__ = object.__hash__

    def __str__(self) -> str:
        return self.value


S, E = State, Event

OPENING = {
    (S.CLOSED, E.PASSIVE_OPEN): S.LISTEN,
    (S.CLOSED, E.ACTIVE_OPEN): S.SYN_SENT,
    (S.LISTEN, E.ACTIVE_OPEN): S.SYN_SENT,  # figure 5 calls this one SEND
    (S.LISTEN, E.SYN): S.SYN_RECEIVED,
    (S.LISTEN, E.CLOSE): S.CLOSED,
    (S.SYN_SENT, E.SYN): S.SYN_RECEIVED,  # both opened at once
    (S.SYN_SENT, E.SYN_ACK): S.ESTABLISHED,
    (S.SYN_SENT, E.CLOSE): S.CLOSED,
    (S.SYN_RECEIVED, E.ACK_OF_SYN): S.ESTABLISHED,
    (S.SYN_RECEIVED, E.CLOSE): S.FIN_WAIT_1,
    (S.SYN_RECEIVED, E.RST_AFTER_PASSIVE_OPEN): S.LISTEN,  # note 1
    (S.SYN_RECEIVED, E.SYN_AFTER_PASSIVE_OPEN): S.LISTEN,  # section 3.10.7.4, fourth
}

WE_CLOSE_FIRST = {
    (S.ESTABLISHED, E.CLOSE): S.FIN_WAIT_1,
    (S.FIN_WAIT_1, E.ACK_OF_FIN): S.FIN_WAIT_2,  # with FIN in one segment: on to TIME-WAIT, note 2
    (S.FIN_WAIT_2, E.FIN): S.TIME_WAIT,
}

THEY_CLOSE_FIRST = {
    (S.ESTABLISHED, E.FIN): S.CLOSE_WAIT,
    (S.CLOSE_WAIT, E.CLOSE): S.LAST_ACK,
    (S.LAST_ACK, E.ACK_OF_FIN): S.CLOSED,
}

BOTH_CLOSE_AT_ONCE = {
    (S.FIN_WAIT_1, E.FIN): S.CLOSING,
    (S.CLOSING, E.ACK_OF_FIN): S.TIME_WAIT,
}

# Note 3's second sentence, with sections 3.10.5 and 3.10.8. Its first sentence would send a connection
# that we reset to TIME-WAIT; section 3.10.5 says CLOSED, and the text goes before the drawing.
HAS_A_PEER = (S.SYN_SENT, S.SYN_RECEIVED, S.ESTABLISHED, S.FIN_WAIT_1, S.FIN_WAIT_2,
              S.CLOSE_WAIT, S.CLOSING, S.LAST_ACK, S.TIME_WAIT)  # fmt: skip
THE_END = {
    (S.TIME_WAIT, E.TIME_WAIT_TIMEOUT): S.CLOSED,
    (S.LISTEN, E.ABORT): S.CLOSED,
    **{(state, event): S.CLOSED for state in HAS_A_PEER for event in (E.ABORT, E.RST, E.USER_TIMEOUT)},
}

TRANSITIONS: dict[tuple[State, Event], State] = {
    **OPENING,
    **WE_CLOSE_FIRST,
    **THEY_CLOSE_FIRST,
    **BOTH_CLOSE_AT_ONCE,
    **THE_END,
}

SYNCHRONIZED = frozenset(HAS_A_PEER) - {S.SYN_SENT, S.SYN_RECEIVED}
del S, E
