"""A sheet: the shapes and texts of a picture that is no ladder, each with its place, ready for any pen.

Positions are in units (CSS pixels at natural size), x to the right and y downwards. A `role` names a colour of a theme.
What stands first is drawn first; texts come last.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from course.view.marks import Label, Point
from course.view.style import NOTE, SUBTITLE, TITLE, Font, cut, text_width, wrap

Kind: TypeAlias = Literal["dot", "ring", "diamond", "cross"]
DOT = " · "
MARGIN = 14.0
LINE_HEIGHT = 16.0
DASHED, DOTTED = (5.0, 3.0), (1.2, 2.6)


@dataclass(frozen=True, slots=True)
class Stroke:
    """Lines of one look; `dashes` are the lengths of dashes and gaps, in units; none for solid lines."""

    lines: tuple[tuple[Point, ...], ...]
    role: str
    width: float = 1.6
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Curve:
    """An arrow from `start` to `end`, bent towards `bend` if there is one (a quadratic curve)."""

    start: Point
    end: Point
    role: str
    width: float = 1.6
    bend: Point | None = None
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Plate:
    """A box; `face` and `edge` are roles, None where there is no colour."""

    x: float
    y: float
    width: float
    height: float
    face: str | None = "box"
    edge: str | None = "edge"
    radius: float = 4.0
    line: float = 0.8
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Signs:
    """Small signs of one look at some points."""

    kind: Kind
    points: tuple[Point, ...]
    role: str
    size: float = 7.0


Shape: TypeAlias = Stroke | Curve | Plate | Signs


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture, ready to be drawn by any pen; `alternative` tells the same to someone who cannot see it."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    texts: tuple[Label, ...]
    alternative: str


def heading(title: str, conditions: str, width: float) -> list[Label]:
    """The title, and under it in muted lines what the picture is of; at most `width` units wide."""
    labels = [Label(cut(title, width, TITLE), MARGIN, MARGIN + 4, TITLE)] if title else []
    first = MARGIN + (26 if title else 4)
    lines = in_parts(list(filter(None, conditions.split(DOT))), width, SUBTITLE)
    return [*labels, *stacked(lines, MARGIN, first, SUBTITLE)]


def in_parts(parts: Iterable[str], width: float, font: Font) -> list[str]:
    """The parts with dots between them, in lines of at most `width` units, broken at the dots if possible."""
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]}{DOT}{part}" if lines else part
        if lines and text_width(longer, font) <= width:
            lines[-1] = longer
        else:
            lines += wrap(part, width, font)
    return lines


def notes(texts: Iterable[str], top: float, width: float) -> list[Label]:
    """What there is to say under the picture, in muted lines of at most `width` units."""
    lines = [line for text in filter(None, texts) for line in wrap(text, width, NOTE)]
    return list(stacked(lines, MARGIN, top, NOTE))


def stacked(lines: Iterable[str], x: float, top: float, font: Font, role: str = "muted") -> Iterator[Label]:
    """The lines below each other."""
    for n, line in enumerate(lines):
        yield Label(line, x, top + n * LINE_HEIGHT, font, role)
