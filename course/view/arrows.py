"""The arrows of a ladder: the way of each segment over the link, and the labels that lie on it."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from math import hypot

from course.trace.record import Dropped
from course.view.columns import Columns
from course.view.heights import LOST_AT, Heights
from course.view.labels import SIDE, Room, Slide, along, below, reading_angle, reading_length
from course.view.marks import Arrow, Label, Point
from course.view.story import Flight
from course.view.style import ARROW, text_width
from course.view.touching import Line
from course.view.words import loss_label, transmission

STUB = 70.0
CROSS = 14.0
ON_THE_LINE = 0.06, 0.94
AT_ONCE, ON_ARRIVAL = 0.2, 0.8
ASIDE = (0.0, -0.1, -0.2, 0.1, 0.2, -0.15, 0.15, -0.05, 0.05, -0.25, 0.25, -0.3, 0.3)
ON_ITS_WAY = "still on its way"


def ways(flights: Iterable[Flight], columns: Columns, heights: Heights, top: float) -> list[tuple[Point, ...]]:
    """The points of each flight's way, as if it arrived."""
    return [way(flight, columns, heights, top) for flight in flights]


def way(flight: Flight, columns: Columns, heights: Heights, top: float) -> tuple[Point, ...]:
    """From lifeline to lifeline: level to the link and from it, and slanting across it, or just in and out again."""
    sender, receiver = flight.sent.sender, flight.receiver
    start, end = top + heights.rows[flight.start], top + landing(flight, heights)
    if sender in columns.boxes:
        far = columns.link.x + 1 if columns.side(receiver) == "left" else columns.link.right - 1
        return tuple(dict.fromkeys(((columns.boxes[sender], start), (far, end), (columns.edge(receiver), end))))
    x, u = columns.edge(sender), columns.edge(receiver)
    shore = {"left": columns.link.x + 1, "right": columns.link.right - 1}
    near, far = shore[columns.side(sender)], shore[columns.side(receiver)]
    if near == far:
        tip = near + (STUB if near == shore["left"] else -STUB), (start + end) / 2
        return tuple(dict.fromkeys(((x, start), (near, start), tip, (far, end), (u, end))))
    return tuple(dict.fromkeys(((x, start), (near, start), (far, end), (u, end))))


def landing(flight: Flight, heights: Heights) -> float:
    """The height at which the flight reaches the other side, or would have."""
    if flight.start in heights.landings and not arrived(flight):
        return heights.landings[flight.start]
    return heights.rows[flight.end if flight.end is not None else flight.start]


def arrived(flight: Flight) -> bool:
    """Did it reach the other side?"""
    return flight.outcome is not None and not isinstance(flight.outcome, Dropped)


def slant(points: tuple[Point, ...]) -> Line:
    """The part of the way that crosses the link, on which the label lies."""
    return max(lines_of(points), key=lambda line: (line[0][1] != line[1][1], length_of(line)))


def lines_of(points: tuple[Point, ...]) -> list[Line]:
    """The straight parts of the way."""
    return list(pairwise(points))


def arrow(flight: Flight, points: tuple[Point, ...], room: Room, typical: float, boxes: Mapping[str, float]) -> Arrow:
    """The arrow with its label, where there is room for it; `typical` is how long a segment takes, in seconds."""
    if isinstance(flight.outcome, Dropped) and flight.outcome.by is not None:
        return stopped(flight, flight.outcome, points, room, boxes[flight.outcome.by])
    if isinstance(flight.outcome, Dropped):
        return lost(flight, flight.outcome, points, room, typical)
    if flight.outcome is None:
        return unfinished(flight, points, room)
    text = flight.label if flight.copy == 1 else transmission(flight.sent, flight.copy)
    turn = turning_point(points)
    if turn:
        where = beside(turn, text, flight.role, leftward=turn[0] < points[0][0])
    else:
        where = along(slant(points), text, ARROW, flight.role, ON_THE_LINE)
    return Arrow(flight.sent.name, flight.role, points, room.place(where), copy=flight.copy)


def turning_point(points: tuple[Point, ...]) -> Point | None:
    """Where a way within one side of the link turns back; None for a way across."""
    if (points[1][0] - points[0][0]) * (points[-1][0] - points[-2][0]) > 0:
        return None
    return points[len(points) // 2]


def beside(turn: Point, text: str, role: str, *, leftward: bool) -> Iterator[Slide]:
    """Ways to set a text beside the point where a way turns back."""
    x, y = turn
    label = Label(text, x - SIDE, y, ARROW, role, "end", halo=True) if leftward else \
        Label(text, x + SIDE, y, ARROW, role, halo=True)  # fmt: skip
    return below(label, y + STUB)


def lost(flight: Flight, dropped: Dropped, points: tuple[Point, ...], room: Room, typical: float) -> Arrow:
    """The arrow of a lost segment: at once (where a queue is full), half-way, or on arrival (where it is damaged)."""
    line, fate = slant(points), loss_label(dropped)
    length, wide = length_of(line), text_width(flight.label, ARROW)
    when = (dropped.at - dropped.sent.at) / typical if typical else LOST_AT
    note = None
    if when < AT_ONCE:
        share = 2 * CROSS / length
        label = room.take(beyond(line, share, flight.label))
        note = room.take(beyond(line, share + (wide + CROSS / 2) / length, fate))
    elif when > ON_ARRIVAL:
        share = 1 - CROSS / length
        label = room.place(along(line, f"{flight.label} {fate}", ARROW, "trouble", ON_THE_LINE))
    else:
        least, most = (wide + 2 * CROSS) / length, 1 - (text_width(fate, ARROW) + CROSS + 4) / length
        shares = [max(min(max(LOST_AT + aside, least), most), AT_ONCE) for aside in ASIDE]
        moves = [(share - shares[0]) * reading_length(line) for share in shares]
        note = room.place([Slide(beyond(line, shares[0], fate), moves)])
        share = shares_before(line, note)
        room.block(between(line, share), CROSS / 3)
        label = room.place(along(line, flight.label, ARROW, "trouble", (0.04, share)))
    cut = *points[: points.index(line[0]) + 1], between(line, share)
    return Arrow(flight.sent.name, "trouble", cut, label, "lost", note, flight.copy)


def stopped(flight: Flight, dropped: Dropped, points: tuple[Point, ...], room: Room, x: float) -> Arrow:
    """The arrow of a segment that a middlebox does not let pass, up to where that stands."""
    line = slant(points)
    share = abs(x - line[0][0]) / abs(line[1][0] - line[0][0])
    note = room.take(beyond(line, share, loss_label(dropped)))
    room.block(between(line, share), CROSS / 3)
    label = room.place(along(line, flight.label, ARROW, "trouble", (0.04, share)))
    cut = *points[: points.index(line[0]) + 1], between(line, share)
    return Arrow(flight.sent.name, "trouble", cut, label, "lost", note, flight.copy)


def unfinished(flight: Flight, points: tuple[Point, ...], room: Room) -> Arrow:
    """The way of a segment that has not arrived when the story stops."""
    line = slant(points)
    note = room.take(beyond(line, LOST_AT, ON_ITS_WAY, flight.role))
    label = room.place(along(line, flight.label, ARROW, flight.role, (0.04, LOST_AT)))
    cut = *points[: points.index(line[0]) + 1], between(line, LOST_AT)
    return Arrow(flight.sent.name, flight.role, cut, label, "on its way", note, flight.copy)


def length_of(line: Line) -> float:
    """The length of a line."""
    return hypot(line[1][0] - line[0][0], line[1][1] - line[0][1])


def beyond(line: Line, share: float, text: str, role: str = "trouble") -> Label:
    """A text that goes on where a line has ended, in the line's own direction."""
    x, y = between(line, share + (CROSS + text_width(text, ARROW) / 2) / length_of(line))
    return Label(text, x, y, ARROW, role, "middle", reading_angle(line), halo=True)


def shares_before(line: Line, note: Label) -> float:
    """At which share of the line the cross stands that this note stands beyond."""
    (x0, _), (x1, _) = line
    return abs(note.x - x0) / abs(x1 - x0) - (CROSS + note.width / 2) / length_of(line)


def between(line: Line, share: float) -> Point:
    """The point at that share of the line."""
    (x0, y0), (x1, y1) = line
    return x0 + (x1 - x0) * share, y0 + (y1 - y0) * share
