"""Figure: the state diagram as plain values, for the browser (RFC 9293, figure 5).

CLOSED has two plates, as in the picture: the one at the bottom is called "the end".
"""

from course.tcp.state import TRANSITIONS, State
from course.trace.record import Changed
from course.view.places import HEIGHT, LANES, LEFT_LANE, PLACES, RIGHT_LANE, ROUTES, THE_END, is_sudden, lane
from course.view.widgets.answers import Message

END = "the end"
MARGIN, ABOVE = 12, 70  # ABOVE the first plate stand the names of the hosts that are there


def plates() -> dict[str, Message]:
    """Where each state stands, by the name of its plate."""
    states: dict[str, Message] = {str(state): {"state": str(state), "at": place} for state, place in PLACES.items()}
    return {**states, END: {"state": str(State.CLOSED), "at": THE_END}}


def ways() -> list[Message]:
    """The ways between the plates: those of the figure, and the ones round the outside."""
    inside: list[Message] = [
        {"name": f"{before} → {after}", "points": (route.start, route.end), "bend": route.bend}
        for (before, after), route in ROUTES.items()
    ]
    outside: list[Message] = [{"name": outer(state), "points": lane(state), "bend": None} for state in LANES]
    return inside + outside


def outer(state: State) -> str:
    """The name of the way round the outside, from this state to the end."""
    return f"{state}, suddenly"


def travelled(change: Changed) -> Message:
    """The plates that a change of state leads from and to, and by which way."""
    before, after = change.before, change.after
    if (before, change.event) in TRANSITIONS and is_sudden(before, change.event):
        return {"from": str(before), "to": END, "way": outer(before)}
    route = ROUTES.get((before, after))
    at_the_end = after is State.CLOSED and route is not None and route.end[1] > HEIGHT / 2
    return {"from": str(before), "to": END if at_the_end else str(after), "way": f"{before} → {after}"}


DIAGRAM: Message = {
    "box": (LEFT_LANE - MARGIN, -ABOVE, RIGHT_LANE - LEFT_LANE + 2 * MARGIN, THE_END[1] + 2 * ABOVE),
    "plates": plates(),
    "ways": ways(),
}
