"""Places: where the states of figure 5 stand, and which way its edges go (RFC 9293, section 3.3.2).

CLOSED stands at the top, where a connection begins, and once more at the bottom, where it ends. What can end a
connection at any time (ABORT, a RST, the user timeout) goes round the outside, in a lane of its own.
"""

from typing import NamedTuple

from course.tcp.state import TRANSITIONS, Event, State
from course.view.marks import Anchor, Point

S = State
HALF_WIDTH, HALF_HEIGHT = 75.0, 18.0
LEFT, MIDDLE, RIGHT = 230.0, 500.0, 770.0
LEFT_LANE, RIGHT_LANE = 50.0, 950.0
WIDTH, HEIGHT = 1000.0, 775.0
THE_END: Point = (MIDDLE, 755.0)
SUDDEN = frozenset({Event.ABORT, Event.RST, Event.USER_TIMEOUT})

PLACES: dict[State, Point] = {
    S.CLOSED: (MIDDLE, 0),
    S.LISTEN: (MIDDLE, 105),
    S.SYN_RECEIVED: (LEFT, 215),
    S.SYN_SENT: (RIGHT, 215),
    S.ESTABLISHED: (MIDDLE, 325),
    S.FIN_WAIT_1: (LEFT, 435),
    S.CLOSE_WAIT: (RIGHT, 435),
    S.CLOSING: (MIDDLE, 505),
    S.FIN_WAIT_2: (LEFT, 575),
    S.LAST_ACK: (RIGHT, 575),
    S.TIME_WAIT: (MIDDLE, 645),
}


class Route(NamedTuple):
    """The way of an edge from `start` to `end` (bent towards `bend`), and where its first label stands."""

    start: Point
    end: Point
    label: Point
    anchor: Anchor
    bend: Point | None = None


ROUTES: dict[tuple[State, State], Route] = {
    (S.CLOSED, S.LISTEN): Route((485, 18), (485, 87), (474, 58), "end"),
    (S.LISTEN, S.CLOSED): Route((515, 87), (515, 18), (526, 52), "start"),
    (S.CLOSED, S.SYN_SENT): Route((575, -6), (795, 197), (802, 110), "start", (795, -6)),
    (S.SYN_SENT, S.CLOSED): Route((755, 197), (575, 9), (728, 104), "end", (755, 9)),
    (S.LISTEN, S.SYN_SENT): Route((570, 123), (700, 197), (624, 172), "end"),
    (S.LISTEN, S.SYN_RECEIVED): Route((430, 123), (262, 197), (335, 152), "end"),
    (S.SYN_RECEIVED, S.LISTEN): Route((302, 197), (470, 123), (408, 170), "start"),
    (S.SYN_SENT, S.SYN_RECEIVED): Route((695, 215), (305, 215), (500, 229), "middle"),
    (S.SYN_RECEIVED, S.ESTABLISHED): Route((270, 233), (440, 307), (340, 283), "end"),
    (S.SYN_SENT, S.ESTABLISHED): Route((730, 233), (560, 307), (660, 283), "start"),
    (S.SYN_RECEIVED, S.FIN_WAIT_1): Route((190, 233), (190, 417), (179, 325), "end"),
    (S.ESTABLISHED, S.FIN_WAIT_1): Route((440, 343), (270, 417), (340, 372), "end"),
    (S.ESTABLISHED, S.CLOSE_WAIT): Route((560, 343), (730, 417), (660, 372), "start"),
    (S.FIN_WAIT_1, S.FIN_WAIT_2): Route((215, 453), (215, 557), (204, 512), "end"),
    (S.FIN_WAIT_1, S.CLOSING): Route((280, 453), (425, 497), (372, 464), "start"),
    (S.CLOSING, S.TIME_WAIT): Route((500, 523), (500, 627), (511, 578), "start"),
    (S.FIN_WAIT_2, S.TIME_WAIT): Route((280, 593), (425, 636), (345, 630), "end"),
    (S.CLOSE_WAIT, S.LAST_ACK): Route((770, 453), (770, 557), (781, 526), "start"),
    (S.LAST_ACK, S.CLOSED): Route((740, 593), (560, 737), (666, 672), "start"),
    (S.TIME_WAIT, S.CLOSED): Route((500, 663), (500, 737), (489, 706), "end"),
}

LANES: dict[State, float] = {
    S.LISTEN: LEFT_LANE,
    S.SYN_RECEIVED: LEFT_LANE,
    S.FIN_WAIT_1: LEFT_LANE,
    S.FIN_WAIT_2: LEFT_LANE,
    S.TIME_WAIT: LEFT_LANE,
    S.SYN_SENT: RIGHT_LANE,
    S.ESTABLISHED: RIGHT_LANE,
    S.CLOSE_WAIT: RIGHT_LANE,
    S.CLOSING: RIGHT_LANE,
    S.LAST_ACK: RIGHT_LANE,
}

ACTIVE = (S.CLOSED, S.SYN_SENT, S.ESTABLISHED, S.FIN_WAIT_1, S.FIN_WAIT_2, S.TIME_WAIT, S.CLOSED)
PASSIVE = (S.CLOSED, S.LISTEN, S.SYN_RECEIVED, S.ESTABLISHED, S.CLOSE_WAIT, S.LAST_ACK, S.CLOSED)


def is_sudden(state: State, event: Event) -> bool:
    """Does this edge go round the outside, in the lane?"""
    return event in SUDDEN and TRANSITIONS[state, event] is State.CLOSED


def lane(state: State) -> tuple[Point, ...]:
    """The way from a state through its lane to CLOSED."""
    (x, y), aside = PLACES[state], LANES[state]
    side = 1 if aside > x else -1
    end = THE_END[0] + side * HALF_WIDTH
    return (x + side * HALF_WIDTH, y), (aside, y), (aside, THE_END[1]), (end, THE_END[1])
