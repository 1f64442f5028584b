"""The card of states: which of the eleven, and which edges of RFC 9293's figure 5, a student has visited so far."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from course.check.book import DIARY
from course.run import LISTENERS
from course.tcp.state import TRANSITIONS, Event, State
from course.trace.trace import Trace

if TYPE_CHECKING:
    from course.view.picture import Picture

Edge = tuple[State, Event]
SEEN: set[Edge] = set()  # what this kernel has written down already
SEEN_STATES: set[State] = set()


def visited(*things: Any) -> "Picture":
    """Which states and edges you have visited so far, in all runs of all chapters, drawn on the state diagram.

    Runs count by themselves. Of what the kernel shows without a run, give what you have got: a tour, or a scene.
    """
    from course.view.diagram import diagram  # noqa: PLC0415 - pictures are imported when they are asked for

    meet(state for thing in things for state in states_in(thing))
    states, edges = so_far()
    return diagram(visited=edges, seen=states - ends_of(edges), title="What you have visited so far")


def so_far() -> tuple[frozenset[State], frozenset[Edge]]:
    """States and edges by all that the diary says."""
    states: set[State] = set()
    edges: set[Edge] = set()
    for entry in DIARY:
        if entry["what"] == "visited":
            states |= {state for state in State if state.value in entry.get("states", ())}
            edges |= {edge for edge in TRANSITIONS if written(edge) in entry.get("edges", ())}
    return frozenset(states | ends_of(edges)), frozenset(edges)


def ends_of(edges: Iterable[Edge]) -> set[State]:
    """The states at both ends of these edges."""
    return {state for edge in edges for state in (edge[0], TRANSITIONS[edge])}


def notice(trace: Trace) -> None:
    """A run has ended: write down the states and edges that are new."""
    new = {(change.before, change.event) for change in trace.changes} & TRANSITIONS.keys() - SEEN
    meet((seen.state for seen in trace.observations), new)


def meet(states: Iterable[State], edges: Iterable[Edge] = ()) -> None:
    """Write down what this kernel has not written down before."""
    new_states, new_edges = set(states) - SEEN_STATES, set(edges) - SEEN
    if new_states or new_edges:
        SEEN_STATES.update(new_states)
        SEEN.update(new_edges)
        DIARY.write("visited", states=sorted(map(str, new_states)), edges=sorted(map(written, new_edges)))


def written(edge: Edge) -> str:
    """An edge as the diary has it, as in "LISTEN, rcv SYN"."""
    return f"{edge[0]}, {edge[1]}"


def states_in(thing: Any) -> list[State]:
    """The states that a tour, a scene, a run or a trace shows."""
    if hasattr(thing, "visits"):
        return [visit.state for visit in thing.visits if visit.is_reached]
    if hasattr(thing, "words"):
        return [word.state for word in thing.words if word is not None and word.state is not None]
    trace = getattr(thing, "trace", thing)
    return [record.state for record in trace.observations]


LISTENERS.append(notice)
