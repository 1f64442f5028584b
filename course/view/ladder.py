"""The ladder: calls, segments and states of a run on one axis of time, drawn with Matplotlib."""

from collections.abc import Collection
from math import atan2, cos, sin

from matplotlib.figure import Figure
from matplotlib.path import Path

from course.trace.trace import Trace
from course.view.excerpt import Choice
from course.view.layout import layout
from course.view.marks import Arrow, Break, Layout, Point
from course.view.pen import HEAD_LENGTH, Pen
from course.view.picture import Picture
from course.view.style import Theme

ARM = 5.5
WAVE = 14.0
GRID, WAVES, LINES, ARROWS, BANDS, BOXES = range(1, 7)


def ladder(  # noqa: PLR0913 each of them is a choice that is made by its name
    trace: Trace,
    *,
    title: str = "",
    caption: str = "",
    since: float | None = None,
    until: float | None = None,
    most: int = 60,
    hosts: Collection[str] | None = None,
    connection: int | None = None,
    relative: bool = True,
) -> Picture:
    """Draw the ladder of a run.

    `since` and `until` (seconds) choose a window of time, `most` limits how many segments are drawn, `hosts` and
    `connection` (counted from 1) choose whose. `relative=False` gives sequence numbers as they are on the wire.
    `title` stands in the picture, `caption` under it. Raises ValueError for a host or connection that is not there.
    """
    choice = Choice(since, until, most, hosts, connection, relative)
    marks = layout(trace, choice, title)
    return Picture(lambda theme: draw(marks, theme), marks.alternative, caption)


def draw(marks: Layout, theme: Theme) -> Figure:
    """Put a layout on paper, in the colours of a theme."""
    pen = Pen(marks.width, marks.height, theme)
    draw_background(pen, marks)
    for arrow in marks.arrows:
        draw_arrow(pen, arrow)
    for label in marks.labels():
        pen.text(label)
    return pen.figure


def draw_background(pen: Pen, marks: Layout) -> None:
    """All that the arrows are drawn on."""
    for tick in marks.ticks:
        pen.line([(marks.left, tick.y), (marks.right, tick.y)], "grid", 1, GRID)
    for gap in marks.breaks:
        draw_wave(pen, gap, marks.left, marks.right)
    for lifeline in marks.lifelines:
        pen.line([(lifeline.x, lifeline.top), (lifeline.x, lifeline.bottom)], "edge", 1.2, LINES)
    for middle in marks.middles:
        pen.line([(middle.x, middle.top), (middle.x, middle.bottom)], "edge", 1.2, LINES, linestyle=(0, (4, 3)))
    for band in marks.bands:
        face = "paper" if band.hollow else band.role
        draw_box(pen, (band.x, band.top), (band.width, band.bottom - band.top), 2.5, face, BANDS)
    for call in marks.calls:
        draw_box(pen, (call.x, call.top), (call.width, call.bottom - call.top), 4.0, "box", BOXES)


def draw_box(pen: Pen, corner: Point, size: Point, radius: float, face: str, order: int) -> None:
    """A box with rounded corners and a thin edge."""
    pen.box(corner, *size, radius, order, facecolor=pen.theme[face], edgecolor=pen.theme["edge"], linewidth=0.8)


def draw_wave(pen: Pen, gap: Break, left: float, right: float) -> None:
    """A break of the scale: a dotted wave across."""
    points, codes = [(left, gap.y)], [Path.MOVETO]
    for n in range(int((right - left) / WAVE)):
        x, depth = left + n * WAVE, -5 if n % 2 else 5
        points += [(x + WAVE / 2, gap.y + depth), (x + WAVE, gap.y)]
        codes += [Path.CURVE3, Path.CURVE3]
    pen.path(Path(points, codes), "muted", 1, WAVES, linestyle=(0, (1, 3)))


def draw_arrow(pen: Pen, arrow: Arrow) -> None:
    """A segment's way, with a head where it arrives, or a cross where it is lost."""
    points = list(arrow.points)
    (x0, y0), (x, y) = points[-2:]
    role = "trouble" if arrow.end == "lost" else arrow.role
    angle = atan2(y - y0, x - x0)
    if arrow.end == "arrived":
        points[-1] = x - 0.8 * HEAD_LENGTH * cos(angle), y - 0.8 * HEAD_LENGTH * sin(angle)
        pen.head((x, y), angle, role, ARROWS)
    if arrow.end == "lost":
        for across in (-ARM, ARM):
            pen.line([(x - ARM, y - across), (x + ARM, y + across)], role, 2.2, ARROWS)
    pen.line(points, role, 1.7, ARROWS, linestyle=(0, (3.5, 2.4)) if arrow.end == "lost" else "-")
