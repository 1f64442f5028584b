"""The pen: puts lines, boxes, signs and texts on paper with Matplotlib, in the colours of one theme."""

from collections.abc import Iterable
from math import atan2, cos, sin
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, PathPatch
from matplotlib.path import Path

from course.view.marks import Label, Point
from course.view.picture import UNITS_AN_INCH
from course.view.sheet import Curve, Plate, Sheet, Signs, Stroke
from course.view.style import Theme

HEAD_LENGTH, HEAD_WIDTH = 12.0, 4.6
ALIGN = {"start": "left", "middle": "center", "end": "right"}
SIGNS = {"dot": "o", "ring": "o", "diamond": "D", "cross": "x"}
TEXT = 1_000


class Pen:
    """Draws on one figure, in the colours of one theme; a unit of a layout is a point of the figure.

    What has a higher `order` lies on top.
    """

    def __init__(self, width: float, height: float, theme: Theme) -> None:
        self.theme = theme
        self.figure = Figure((width / UNITS_AN_INCH, height / UNITS_AN_INCH), facecolor=theme["paper"])
        self.axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0), xlim=(0, width), ylim=(height, 0))
        self.axes.set_axis_off()

    def line(self, points: Iterable[Point], role: str, width: float, order: int, **more: Any) -> None:
        """A line through the points."""
        self.path(Path(list(points)), role, width, order, **more)

    def path(self, path: Path, role: str, width: float, order: int, **more: Any) -> None:
        """A curve."""
        look = {"edgecolor": self.theme[role], "linewidth": width, "zorder": order, **more}
        self.axes.add_patch(PathPatch(path, fill=False, capstyle="butt", clip_on=False, **look))

    def box(self, corner: Point, width: float, height: float, radius: float, order: int, **look: Any) -> None:
        """A box with rounded corners."""
        style = f"round,pad=0,rounding_size={min(radius, height / 2, width / 2):.2f}"
        self.axes.add_patch(FancyBboxPatch(corner, width, height, boxstyle=style, clip_on=False, zorder=order, **look))

    def text(self, label: Label, order: int = TEXT) -> None:
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
        self.axes.text(label.x, label.y, label.text, va="center", parse_math=False, zorder=order, **turned, **look)

    def head(self, tip: Point, angle: float, role: str, order: int) -> None:
        """The head of an arrow that points in that direction (an angle in radians)."""
        (x, y), c, s = tip, HEAD_LENGTH * cos(angle), HEAD_LENGTH * sin(angle)
        wide, high = HEAD_WIDTH / HEAD_LENGTH * s, HEAD_WIDTH / HEAD_LENGTH * c
        corners = [(x, y), (x - c + wide, y - s - high), (x - c - wide, y - s + high), (x, y)]
        look = {"facecolor": self.theme[role], "edgecolor": "none", "zorder": order}
        self.axes.add_patch(PathPatch(Path(corners, closed=True), clip_on=False, **look))


def draw_sheet(sheet: Sheet, theme: Theme) -> Figure:
    """Put a sheet on paper, in the colours of a theme."""
    pen = Pen(sheet.width, sheet.height, theme)
    for order, shape in enumerate(sheet.shapes, 1):
        match shape:
            case Stroke():
                draw_stroke(pen, shape, order)
            case Curve():
                draw_curve(pen, shape, order)
            case Plate():
                draw_plate(pen, shape, order)
            case Signs():
                draw_signs(pen, shape, order)
    for label in sheet.texts:
        pen.text(label)
    return pen.figure


def draw_stroke(pen: Pen, stroke: Stroke, order: int) -> None:
    """All lines of a stroke as one path."""
    lines = [line for line in stroke.lines if len(line) > 1]
    points = [point for line in lines for point in line]
    codes = [Path.LINETO if n else Path.MOVETO for line in lines for n in range(len(line))]
    if points:
        pen.path(Path(points, codes), stroke.role, stroke.width, order, linestyle=pattern(stroke.dashes, stroke.width))


def draw_curve(pen: Pen, curve: Curve, order: int) -> None:
    """An arrow, and its head."""
    x, y = curve.end
    before = curve.bend or curve.start
    angle = atan2(y - before[1], x - before[0])
    end = x - 0.8 * HEAD_LENGTH * cos(angle), y - 0.8 * HEAD_LENGTH * sin(angle)
    path = Path([curve.start, curve.bend, end], [Path.MOVETO, Path.CURVE3, Path.CURVE3]) if curve.bend else \
        Path([curve.start, end])  # fmt: skip
    pen.path(path, curve.role, curve.width, order, linestyle=pattern(curve.dashes, curve.width))
    pen.head((x, y), angle, curve.role, order)


def draw_plate(pen: Pen, plate: Plate, order: int) -> None:
    """A box."""
    look: dict[str, Any] = {
        "facecolor": pen.theme[plate.face] if plate.face else "none",
        "edgecolor": pen.theme[plate.edge] if plate.edge else "none",
        "linewidth": plate.line,
        "linestyle": pattern(plate.dashes, plate.line),
    }
    pen.box((plate.x, plate.y), plate.width, plate.height, plate.radius, order, **look)


def draw_signs(pen: Pen, signs: Signs, order: int) -> None:
    """Signs, all of one look."""
    colour = pen.theme[signs.role]
    face = {"ring": pen.theme["paper"], "diamond": pen.theme["paper"]}.get(signs.kind, colour)
    xs, ys = [x for x, _ in signs.points], [y for _, y in signs.points]
    edge = 2.0 if signs.kind == "cross" else 1.4
    pen.axes.plot(xs, ys, linestyle="none", marker=SIGNS[signs.kind], markersize=signs.size, markeredgecolor=colour,
                  markerfacecolor=face, markeredgewidth=edge, clip_on=False, zorder=order)  # fmt: skip


def pattern(dashes: tuple[float, ...], width: float) -> Any:
    """Dashes as Matplotlib wants them: in widths of the line."""
    return (0, tuple(length / width for length in dashes)) if dashes else "-"
