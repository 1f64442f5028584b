"""The state diagram: figure 5 of RFC 9293, drawn from the table that the rules run on; what runs have visited of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Any

from course.tcp.state import TRANSITIONS, Event, State
from course.trace.record import Changed, Endpoint, Observed
from course.trace.trace import Trace
from course.view.alternative import listed
from course.view.bands import PHASES
from course.view.marks import Label, Point
from course.view.pen import draw_sheet
from course.view.picture import Picture
from course.view.places import (
    ACTIVE,
    HALF_HEIGHT,
    HALF_WIDTH,
    HEIGHT,
    LANES,
    PASSIVE,
    PLACES,
    ROUTES,
    THE_END,
    WIDTH,
    is_sudden,
    lane,
)
from course.view.plot import legend, sample_line
from course.view.sheet import DASHED, DOT, MARGIN, Curve, Plate, Shape, Sheet, Stroke, heading, notes
from course.view.style import ARROW, HOST, NOTE, Font, text_width
from course.view.transfer import pair_named
from course.view.words import NO_BREAK_SPACE, THIN_SPACE

Edge = tuple[State, Event]
BADGE = Font(10, bold=True)
LINE = 14.0
NUMBERS = 3  # more of them would not fit on an edge
ROLES = {"opening": "opening", "established": "data", "closing": "closing", "waiting": "ink"}
TWICE = "CLOSED stands at the top, where a connection begins, and once more at the bottom, where it ends."
OUTSIDE = (
    "Round the outside: ABORT, rcv RST and the user timeout lead to CLOSED from every state that has a peer,"
    " ABORT also from LISTEN."
)
UNKNOWN = "The kernel was asked for its state from time to time: which events led from one to the next is not known."


@dataclass(frozen=True, slots=True)
class Visit:
    """What was visited: states, and edges with the numbers of the steps that went there (none where nobody counts)."""

    states: frozenset[State]
    edges: Mapping[Edge, Sequence[int]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{len(self.states)} of {len(State)} states, {len(self.edges)} of {len(TRANSITIONS)} edges"


def diagram(*, visited: Collection[Edge] | None = None, seen: Collection[State] = (),
            runs: Iterable[Any] | None = None, title: str = "", caption: str = "") -> Picture:  # fmt: skip
    """Draw the eleven states and every move between them: all of TRANSITIONS.

    `runs` (Runs or Traces) shows which states and edges they have visited together, and counts them; `visited` does
    the same for edges, as (State, Event) pairs, and `seen` for states of which no edge is known. `title` stands in the
    picture, `caption` under it. Raises ValueError for a pair that is no edge.
    """
    if runs is None and visited is None:
        return picture(Draft(None, "RFC 9293, figure 5 and section 3.10", title), caption)
    traces = [getattr(run, "trace", run) for run in runs or ()]
    edges = [*(visited or ()), *((change.before, change.event) for trace in traces for change in trace.changes)]
    for edge in edges:
        if edge not in TRANSITIONS:
            raise ValueError(f"{edge!r} is no edge: write (State, Event) pairs that are keys of TRANSITIONS")
    told = {seen.state for trace in traces for seen in trace.observations} | set(seen)
    visit = Visit(states_of(edges) | told, dict.fromkeys(edges, ()))
    about = f"visited: {visit}" if runs is None else f"visited by {len(traces)} run{'s' * (len(traces) != 1)}: {visit}"
    return picture(Draft(visit, about, title, UNKNOWN if told else ""), caption)


def path(trace: Trace, host: str, connection: int = 1, *, title: str = "", caption: str = "") -> Picture:
    """Draw the way of one end of a connection through the states, step by step, listening included.

    `host` is the end, `connection` its connection, counted from 1; a host that only listens has none. A state that
    lasted for no time is a step as well. `title` stands in the picture, `caption` under it.
    Raises ValueError for a host or a connection that is not there, and where nothing is known of its states.
    """
    known: list[Changed | Observed] = [*trace.changes, *trace.observations]
    if host in trace.hosts and known and all(one.remote is None for one in known if one.host == host):
        pair, ports = frozenset[Endpoint](), {one.local[1] for one in known if one.host == host}
    else:
        pair = pair_named(trace, host, connection)
        ports = {end[1] for end in pair if end[0] == trace.hosts[host]}
    steps = [change for change in trace.changes if change.host == host and is_of(change, pair, ports)]
    seen = [seen.state for seen in trace.observations if seen.host == host and is_of(seen, pair, ports)]
    if not steps and not seen:
        raise ValueError(f"nothing is known of the states of {host}, so there is nothing to draw")
    edges: dict[Edge, list[int]] = {}
    for n, step in enumerate(steps, 1):
        edges.setdefault((step.before, step.event), []).append(n)
    visit = Visit(states_of(edges) | set(seen), edges)
    which = f"connection {connection}" if pair else "listening"
    about = f"{host}, {which}: {visit}{DOT}{trace.conditions}"
    draft = Draft(visit, about, title, UNKNOWN if seen else "", walked(steps) or lasted(seen))
    return picture(draft, caption)


def is_of(record: Changed | Observed, pair: frozenset[Endpoint], ports: set[int]) -> bool:
    """Is it about this connection, or about the listener that it came from?"""
    if record.remote is None:
        return record.local[1] in ports
    return frozenset((record.local, record.remote)) == pair


def picture(draft: "Draft", caption: str) -> Picture:
    """The picture of a draft."""
    sheet = draft.sheet()
    return Picture(lambda theme: draw_sheet(sheet, theme), sheet.alternative, caption)


def states_of(edges: Iterable[Edge]) -> frozenset[State]:
    """The states at both ends of these edges."""
    return frozenset(state for edge in edges for state in (edge[0], TRANSITIONS[edge]))


class Draft:
    """A state diagram in the making; without a `visit` no edge stands out but those of the two usual ways."""

    def __init__(self, visit: Visit | None, about: str, title: str, note: str = "", story: str = "") -> None:
        self.visit, self.about, self.note = visit, about, note
        self.story = story or edges_told(visit)
        headings = heading(title, about, WIDTH - 2 * MARGIN)
        shapes, labels, bottom = legend(KEY, headings[-1].y + 24, WIDTH) if visit is None else ([], [], headings[-1].y)
        self.top = bottom + 44
        self.shapes: list[Shape] = [*shapes]
        self.texts: list[Label] = [*headings, *labels]

    def sheet(self) -> Sheet:
        """All the marks, made once: first what is light, then what stands out."""
        edges = sorted(TRANSITIONS, key=self.is_visited)
        for visited, group in groupby((edge for edge in edges if is_sudden(*edge)), self.is_visited):
            self.lanes(list(group), visited=visited)
        ways = {(before, TRANSITIONS[before, event]) for before, event in TRANSITIONS if not is_sudden(before, event)}
        for way in sorted(ways, key=lambda way: (any(map(self.is_visited, edges_of(way))), list(ROUTES).index(way))):
            self.way(way)
        for state, place in PLACES.items():
            self.state(state, place)
        self.state(State.CLOSED, THE_END)
        bottom = self.top + HEIGHT + 34
        under = notes([OUTSIDE, TWICE, self.note], bottom, WIDTH - 2 * MARGIN)
        told = f"{self.about.replace(DOT, ', ')}. {self.story}".replace(THIN_SPACE, " ").replace(NO_BREAK_SPACE, " ")
        return Sheet(WIDTH, under[-1].y + MARGIN + 4, tuple(self.shapes), (*self.texts, *under), told)

    def is_visited(self, edge: Edge) -> bool:
        """Does this edge stand out?"""
        return self.visit is not None and edge in self.visit.edges

    def down(self, point: Point) -> Point:
        """The place on the sheet."""
        return point[0], point[1] + self.top

    # ------------------------------------------------ states

    def state(self, state: State, place: Point) -> None:
        """A state, in the colour of its phase if it was visited."""
        x, y = self.down(place)
        stands_out = self.visit is None or state in self.visit.states
        face, edge, line = (f"band {PHASES[state]}", "ink", 1.5) if stands_out else ("paper", "edge", 1.0)
        self.shapes.append(Plate(x - HALF_WIDTH, y - HALF_HEIGHT, 2 * HALF_WIDTH, 2 * HALF_HEIGHT, face, edge, 8, line))
        self.texts.append(Label(str(state), x, y, HOST, "ink" if stands_out else "muted", "middle"))

    # ------------------------------------------------ edges

    def way(self, way: tuple[State, State]) -> None:
        """The arrow from one state to another, with all events that lead there."""
        route, edges = ROUTES[way], edges_of(way)
        steps = [edge for edge in edges if self.is_visited(edge)]
        start, end = self.down(route.start), self.down(route.end)
        bend = self.down(route.bend) if route.bend else None
        self.shapes.append(Curve(start, end, *self.look(way, bool(steps)), bend, self.dashes(way)))
        x, y = self.down(route.label)
        for n, edge in enumerate(edges):
            font, role = (ARROW, "ink") if edge in steps or self.visit is None else (NOTE, "muted")
            self.texts.append(Label(str(edge[1]), x, y + n * LINE, font, role, route.anchor, halo=True))
        self.badge(steps, start, bend or end, ROLES[PHASES[way[1]]])

    def look(self, way: tuple[State, State], stands_out: bool) -> tuple[str, float]:  # noqa: FBT001 it is a look
        """The role and the width of an arrow."""
        if self.visit is None:
            return ("ink", 2.4) if way in pairwise(ACTIVE) else ("ink", 1.8) if way in pairwise(PASSIVE) else OTHER
        return (ROLES[PHASES[way[1]]], 2.6) if stands_out else LIGHT

    def dashes(self, way: tuple[State, State]) -> tuple[float, ...]:
        """The server's usual way is dashed, as in many books."""
        return DASHED if self.visit is None and way in pairwise(PASSIVE) else ()

    def lanes(self, edges: list[Edge], *, visited: bool) -> None:
        """The ways round the outside."""
        role, width = ("trouble", 2.4) if visited else ("edge", 1.2)
        for state, group in groupby(sorted(edges, key=lambda edge: list(PLACES).index(edge[0])), lambda edge: edge[0]):
            *line, end = map(self.down, lane(state))
            self.shapes.append(Stroke((tuple(line),), role, width))
            self.shapes.append(Curve(line[-1], end, role, width))
            if visited:
                self.lane_label(state, list(group), line[0])

    def lane_label(self, state: State, edges: list[Edge], start: Point) -> None:
        """The events that led from this state through the lane, and their numbers."""
        side = 1 if LANES[state] > PLACES[state][0] else -1
        for n, (_, event) in enumerate(edges):
            y = start[1] - 17 - (len(edges) - 1 - n) * LINE
            x = LANES[state] - side * 4
            self.texts.append(Label(str(event), x, y, ARROW, "ink", "end" if side > 0 else "start", halo=True))
        self.badge(edges, start, (LANES[state], start[1]), "trouble", share=0.82)

    def badge(self, edges: list[Edge], start: Point, end: Point, role: str, share: float = 0.24) -> None:
        """The numbers of the steps that went this way, on the arrow."""
        numbers = sorted(n for edge in edges for n in (self.visit.edges[edge] if self.visit else ()))
        if not numbers:
            return
        text = ", ".join(map(str, numbers[:NUMBERS])) + "…" * (len(numbers) > NUMBERS)
        x, y = start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
        wide = max(text_width(text, BADGE) + 8, 17)
        self.shapes.append(Plate(x - wide / 2, y - 8.5, wide, 17, "paper", role, 8.5, 1.4))
        self.texts.append(Label(text, x, y, BADGE, "ink", "middle"))


LIGHT, OTHER = ("edge", 1.4), ("muted", 1.1)
KEY = [
    ("the usual way of a client", sample_line("ink", 2.4)),
    ("the usual way of a server", sample_line("ink", 1.8, DASHED)),
    ("other ways", sample_line(*OTHER)),
]


def edges_of(way: tuple[State, State]) -> list[Edge]:
    """The edges from one state to another, but for those that go round the outside."""
    before, after = way
    return [edge for edge in TRANSITIONS if edge[0] is before and TRANSITIONS[edge] is after and not is_sudden(*edge)]


# ------------------------------------------------ in words


def edges_told(visit: Visit | None) -> str:
    """All edges in words; where some were visited, first those, and then the others and the states never entered."""
    if visit is None:
        return listing(TRANSITIONS)
    never = [str(state) for state in State if state not in visit.states]
    missed = [edge for edge in TRANSITIONS if edge not in visit.edges]
    return " ".join((
        f"Visited: {listing(visit.edges) or 'no edge.'}",
        f"Never entered: {listed(never)}." if never else "Every state was entered.",
        f"Not visited: {listing(missed)}" if missed else "Every edge was visited.",
    ))  # fmt: skip


def listing(edges: Iterable[Edge]) -> str:
    """Edges state by state, as in "From LISTEN: rcv SYN to SYN-RECEIVED, CLOSE to CLOSED"."""
    wanted = set(edges)
    leaving: dict[State, list[str]] = {}
    for edge, after in TRANSITIONS.items():
        if edge in wanted:
            leaving.setdefault(edge[0], []).append(f"{edge[1]} to {after}")
    return " ".join(f"From {state}: {', '.join(leaving[state])}." for state in PLACES if state in leaving)


def walked(steps: Sequence[Changed]) -> str:
    """The steps of a path, one by one."""
    return " ".join(f"{n}. {step.before} to {step.after} on {step.event}." for n, step in enumerate(steps, 1))


def lasted(seen: Iterable[State]) -> str:
    """The states in which a kernel was seen, in their order."""
    return f"Seen in {listed(str(state) for state, _ in groupby(seen))}."
