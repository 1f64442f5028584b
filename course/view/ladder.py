"""The ladder: calls, segments and states of a run on one axis of time, drawn with Matplotlib."""

from collections.abc import Collection
from math import atan2, cos, sin
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, PathPatch
from matplotlib.path import Path

from course.trace.trace import Trace
from course.view.excerpt import Choice
from course.view.layout import layout
from course.view.marks import Arrow, Break, Label, Layout, Point
from course.view.picture import UNITS_AN_INCH, Picture
from course.view.style import Theme

HEAD_LENGTH, HEAD_WIDTH = 12.0, 4.6
ARM = 5.5
WAVE = 14.0
GRID, WAVES, LINES, ARROWS, BANDS, BOXES, TEXT = range(1, 8)
ALIGN = {"start": "left", "middle": "center", "end": "right"}


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
    return Pen(marks, theme).figure


class Pen:
    """Draws marks on one figure, in the colours of one theme; a unit of the layout is a point of the figure."""

    def __init__(self, marks: Layout, theme: Theme) -> None:
        self.marks, self.theme = marks, theme
        self.figure = Figure((marks.width / UNITS_AN_INCH, marks.height / UNITS_AN_INCH), facecolor=theme["paper"])
        self.axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0), xlim=(0, marks.width), ylim=(marks.height, 0))
        self.axes.set_axis_off()
        self.background()
        for arrow in marks.arrows:
            self.arrow(arrow)
        for label in marks.labels():
            self.text(label)

    def background(self) -> None:
        """All that the arrows are drawn on."""
        marks = self.marks
        for tick in marks.ticks:
            self.line([(marks.left, tick.y), (marks.right, tick.y)], "grid", 1, GRID)
        for gap in marks.breaks:
            self.wave(gap)
        for lifeline in marks.lifelines:
            self.line([(lifeline.x, lifeline.top), (lifeline.x, lifeline.bottom)], "edge", 1.2, LINES)
        for band in marks.bands:
            face = "paper" if band.hollow else band.role
            self.box((band.x, band.top), band.width, band.bottom - band.top, 2.5, face, BANDS)
        for call in marks.calls:
            self.box((call.x, call.top), call.width, call.bottom - call.top, 4.0, "box", BOXES)

    def line(self, points: list[Point], role: str, width: float, order: int, **more: Any) -> None:
        """A line through the points."""
        self.path(Path(points), role, width, order, **more)

    def path(self, path: Path, role: str, width: float, order: int, **more: Any) -> None:
        """A curve."""
        look = {"edgecolor": self.theme[role], "linewidth": width, "zorder": order, **more}
        self.axes.add_patch(PathPatch(path, fill=False, capstyle="butt", clip_on=False, **look))

    def box(self, corner: Point, width: float, height: float, radius: float, face: str, order: int) -> None:
        """A box with rounded corners."""
        style = f"round,pad=0,rounding_size={min(radius, height / 2, width / 2):.2f}"
        look: dict[str, Any] = {
            "facecolor": self.theme[face],
            "edgecolor": self.theme["edge"],
            "linewidth": 0.8,
            "zorder": order,
        }
        self.axes.add_patch(FancyBboxPatch(corner, width, height, boxstyle=style, clip_on=False, **look))

    def text(self, label: Label) -> None:
        """A line of text; under one with a halo a box of paper hides the lines."""
        font, halo = label.font, {"facecolor": self.theme["paper"], "edgecolor": "none", "pad": 0.4}
        look: dict[str, Any] = {
            "color": self.theme[label.role],
            "fontsize": font.size,
            "fontfamily": "DejaVu Sans Mono" if font.mono else "DejaVu Sans",
            "fontweight": "bold" if font.bold else "normal",
            "ha": ALIGN[label.anchor],
            "bbox": halo if label.halo else None,
        }
        turned: dict[str, Any] = {"rotation": -label.angle, "rotation_mode": "anchor"}
        self.axes.text(label.x, label.y, label.text, va="center", parse_math=False, zorder=TEXT, **turned, **look)

    def wave(self, gap: Break) -> None:
        """A break of the scale: a dotted wave across."""
        points, codes = [(self.marks.left, gap.y)], [Path.MOVETO]
        for n in range(int((self.marks.right - self.marks.left) / WAVE)):
            x, depth = self.marks.left + n * WAVE, -5 if n % 2 else 5
            points += [(x + WAVE / 2, gap.y + depth), (x + WAVE, gap.y)]
            codes += [Path.CURVE3, Path.CURVE3]
        self.path(Path(points, codes), "muted", 1, WAVES, linestyle=(0, (1, 3)))

    def arrow(self, arrow: Arrow) -> None:
        """A segment's way, with a head where it arrives, or a cross where it is lost."""
        points = list(arrow.points)
        (x0, y0), (x, y) = points[-2:]
        role = "trouble" if arrow.end == "lost" else arrow.role
        angle = atan2(y - y0, x - x0)
        if arrow.end == "arrived":
            points[-1] = x - 0.8 * HEAD_LENGTH * cos(angle), y - 0.8 * HEAD_LENGTH * sin(angle)
            self.head((x, y), angle, role)
        if arrow.end == "lost":
            for across in (-ARM, ARM):
                self.line([(x - ARM, y - across), (x + ARM, y + across)], role, 2.2, ARROWS)
        self.line(points, role, 1.7, ARROWS, linestyle=(0, (3.5, 2.4)) if arrow.end == "lost" else "-")

    def head(self, tip: Point, angle: float, role: str) -> None:
        """The head of an arrow."""
        (x, y), c, s = tip, HEAD_LENGTH * cos(angle), HEAD_LENGTH * sin(angle)
        wide, high = HEAD_WIDTH / HEAD_LENGTH * s, HEAD_WIDTH / HEAD_LENGTH * c
        corners = [(x, y), (x - c + wide, y - s - high), (x - c - wide, y - s + high), (x, y)]
        look = {"facecolor": self.theme[role], "edgecolor": "none", "zorder": ARROWS}
        self.axes.add_patch(PathPatch(Path(corners, closed=True), clip_on=False, **look))
