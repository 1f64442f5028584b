"""How the known divergences of states are recognised: by the ways that the two ends have gone."""

from course.tcp.state import State
from course.twins.pair import Aspect, Pair, Sides
from course.twins.ways import Way, agree, ways

FIRST = frozenset({State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSING, State.TIME_WAIT})
SECOND = frozenset({State.CLOSE_WAIT, State.LAST_ACK})
UNDER_WAY = frozenset({State.SYN_SENT, State.SYN_RECEIVED, State.CLOSING, State.LAST_ACK}) | FIRST


def still_waits(pair: Pair, sides: Sides) -> bool:
    """The kernel's end is in TIME-WAIT, which the simulated one has sat out."""
    way, seen = the_ways(pair, sides)
    return seen[-1:] == (State.TIME_WAIT,) and way[-2:] == (State.TIME_WAIT, State.CLOSED) and agree(way, seen)


def still_under_way(pair: Pair, sides: Sides) -> bool:
    """The kernel's end has not come as far as the simulated one, and is on its way."""
    way, seen = the_ways(pair, sides)
    return seen[-1:] != way[-1:] and bool(UNDER_WAY & {*seen[-1:]}) and agree(way, seen)


def fin_unacknowledged(pair: Pair, sides: Sides) -> bool:
    """The kernel's peer has acknowledged the FIN at once, and the simulated one has not been in FIN-WAIT-2."""
    way, seen = the_ways(pair, sides)
    return State.FIN_WAIT_1 in way and {*seen} - {*way} == {State.FIN_WAIT_2}


def other_closer(pair: Pair, sides: Sides) -> bool:
    """Both ends have closed in both worlds, but not in the same order."""
    way, seen = (set(states) for states in the_ways(pair, sides))
    first, other = ((bool(states & FIRST), bool(states & SECOND), State.CLOSING in states) for states in (way, seen))
    return any(first) and any(other) and first != other


def the_ways(pair: Pair, sides: Sides) -> tuple[Way, Way]:
    """The states of the end that the pair is about; none if it is about something else."""
    if pair.aspect is not Aspect.STATES:
        return (), ()
    way, seen = (ways(side).get(pair.who, ()) for side in sides)
    return way, seen
