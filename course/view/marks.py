"""The marks of a ladder: what there is to draw, and where. Pens put them on paper and decide nothing.

Positions are in units (CSS pixels at natural size), x to the right and y downwards. A `role` names a colour of a theme.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, radians, sin
from typing import Literal, TypeAlias

from course.view.style import Font, text_width

Point: TypeAlias = tuple[float, float]
Anchor: TypeAlias = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Label:
    """A line of text. `x` is where the anchor of the text stands, `y` the middle of its height.

    `angle` is in degrees, clockwise, about that point. A label with a `halo` may lie on lines, and covers them.
    """

    text: str
    x: float
    y: float
    font: Font
    role: str = "ink"
    anchor: Anchor = "start"
    angle: float = 0.0
    halo: bool = False

    @property
    def width(self) -> float:
        """The estimated length of the text."""
        return text_width(self.text, self.font)

    @property
    def centre(self) -> Point:
        """The middle of the text."""
        if self.anchor == "middle":
            return self.x, self.y
        shift = self.width / 2 if self.anchor == "start" else -self.width / 2
        return self.x + shift * cos(radians(self.angle)), self.y + shift * sin(radians(self.angle))


@dataclass(frozen=True, slots=True)
class Lifeline:
    """A host's line from `top` to `bottom`; its bands of states stand on it. A middlebox has one as well."""

    host: str
    x: float
    top: float
    bottom: float
    label: Label


@dataclass(frozen=True, slots=True)
class Band:
    """A state of one connection, as long as it lasted; `hollow` where the connection no longer exists."""

    host: str
    state: str
    role: str
    x: float
    width: float
    top: float
    bottom: float
    label: Label
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class CallBox:
    """A call of a program, as long as it blocked; `open` where it never returned."""

    program: str
    x: float
    width: float
    top: float
    bottom: float
    call: Label
    result: Label | None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """A segment's way from lifeline to lifeline, as points. `name` is the transmission's, as in "client 3".

    `end` is "arrived" (a head), "lost" (dashed, with a cross at the last point) or "on its way" (just a line).
    Where it did not arrive, `fate` says so.
    """

    name: str
    role: str
    points: tuple[Point, ...]
    label: Label
    end: Literal["arrived", "lost", "on its way"] = "arrived"
    fate: Label | None = None
    copy: int = 1


@dataclass(frozen=True, slots=True)
class Break:
    """Where the scale of time is broken: for how long nothing happened, and what was waited for."""

    y: float
    seconds: float
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment on the scale of time; `at` is in seconds."""

    at: float
    y: float
    label: Label


@dataclass(frozen=True, slots=True)
class Layout:
    """A ladder, ready to be drawn by any pen; `alternative` tells the same to someone who cannot see it."""

    width: float
    height: float
    left: float
    right: float
    lifelines: tuple[Lifeline, ...]
    middles: tuple[Lifeline, ...]
    bands: tuple[Band, ...]
    calls: tuple[CallBox, ...]
    arrows: tuple[Arrow, ...]
    breaks: tuple[Break, ...]
    ticks: tuple[Tick, ...]
    headings: tuple[Label, ...]
    notes: tuple[Label, ...]
    to_scale: bool
    alternative: str

    def labels(self) -> Iterator[Label]:
        """All texts of the picture."""
        yield from (*self.headings, *self.notes)
        yield from (lifeline.label for lifeline in (*self.lifelines, *self.middles))
        yield from (band.label for band in self.bands)
        yield from (tick.label for tick in self.ticks)
        yield from (label for arrow in self.arrows for label in (arrow.label, arrow.fate) if label)
        yield from (label for box in self.calls for label in (box.call, box.result) if label)
        yield from (label for gap in self.breaks for label in gap.labels)
