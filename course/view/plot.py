"""Plots: values over time. Scales with round numbers, staircases, marks that are thinned to what paper can show."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil, floor
from typing import NamedTuple

from course.view.marks import Label, Point
from course.view.sheet import LINE_HEIGHT, MARGIN, Plate, Shape, Stroke
from course.view.style import NOTE, PROGRAM, TIME, text_width
from course.view.ticks import clock, round_step, unit_of
from course.view.words import number

COLUMNS_A_UNIT = 2  # a pixel of the PNG: what falls on the same one cannot be told apart
X_APART, Y_APART = 90.0, 36.0
SAMPLE, BETWEEN = 26.0, 22.0
Sample = Callable[[float, float], list[Shape]]


class Step(NamedTuple):
    """From this moment on (seconds) something has this value."""

    at: float
    value: float


@dataclass(frozen=True, slots=True)
class Scale:
    """Where values stand: `low` at the place `start`, `high` at `end`, in units."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The place of that value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def step(self, apart: float) -> float:
        """The smallest round step (1, 2, 5, 10 ...) that is at least `apart` units long."""
        return round_step(apart * (self.high - self.low) / abs(self.end - self.start))

    def values(self, step: float) -> list[float]:
        """The multiples of the step that are on the scale."""
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        return [n * step for n in range(first, last + 1)]

    def column(self, value: float) -> int:
        """The column of pixels on which it falls."""
        return int(self.at(value) * COLUMNS_A_UNIT)


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot: time from left to right, and upwards what is called `name`."""

    x: Scale
    y: Scale
    name: str
    whole: bool = True  # are its values whole numbers?

    @property
    def top(self) -> float:
        """Where it ends."""
        return self.y.end

    @property
    def bottom(self) -> float:
        """Where it begins."""
        return self.y.start

    @property
    def corners(self) -> tuple[Point, Point]:
        """Its upper left and its lower right corner."""
        return (self.x.start, self.top), (self.x.end, self.bottom)

    def point(self, at: float, value: float) -> Point:
        """The place of a value at a moment."""
        return self.x.at(at), self.y.at(value)

    def grid(self) -> Iterator[Shape]:
        """Its ground: a line for each round value and each round moment."""
        left, right = self.x.start, self.x.end
        levels = tuple(((left, y), (right, y)) for y in map(self.y.at, self.levels()))
        moments = tuple(((x, self.top), (x, self.bottom)) for x in map(self.x.at, self.x.values(self.x.step(X_APART))))
        yield Stroke((*levels, *moments), "grid", 1)
        yield Stroke((((left, self.top), (left, self.bottom), (right, self.bottom)),), "edge", 1.2)

    def levels(self) -> list[float]:
        """The round values that are written at its left."""
        return self.y.values(max(self.y.step(Y_APART), self.whole))

    def scale(self) -> Iterator[Label]:
        """The numbers at its left, and its name above them."""
        yield Label(self.name, MARGIN, self.top - 20, PROGRAM, "muted")
        for value in self.levels():
            yield Label(number(value), self.x.start - 8, self.y.at(value), TIME, "muted", "end")

    def clock(self) -> Iterator[Label]:
        """The moments under it; the first one says the unit."""
        step = self.x.step(X_APART)
        unit, factor = unit_of(step, self.x.high)
        for n, at in enumerate(self.x.values(step)):
            text = clock(at * factor) + (f" {unit}" if n == 0 else "")
            yield Label(text, self.x.at(at), self.bottom + 15, TIME, "muted", "middle")

    def staircase(self, steps: Sequence[Step], end: float | None = None) -> tuple[tuple[Point, ...], ...]:
        """The value over time, held until the next step, the last one until `end` (None: as long as there is room).

        Where it is above the panel it leaves through the top.
        """
        high = self.x.high if end is None else min(end, self.x.high)
        lines: list[list[Point]] = [[]]
        shown = thinned(during(steps, self.x.low, self.x.high), self.x)
        ends = [*(step.at for step in shown), high][1:]
        for step, until in zip(shown, ends, strict=True):
            if step.value > self.y.high:
                lines[-1] += [(self.x.at(step.at), self.top)] * bool(lines[-1])
                lines.append([(self.x.at(until), self.top)] if until < high else [])
            else:
                lines[-1] += [self.point(step.at, step.value), self.point(until, step.value)]
        return tuple(tuple(dict.fromkeys(line)) for line in lines if len(line) > 1)


def during(steps: Sequence[Step], since: float, until: float) -> list[Step]:
    """The steps between two moments; the first is moved to the beginning, if something had a value before."""
    before = [step for step in steps if step.at < since]
    inside = [step for step in steps if since <= step.at <= until]
    return [Step(since, before[-1].value), *inside] if before else inside


def thinned(steps: Sequence[Step], scale: Scale) -> list[Step]:
    """Of the steps on one column of pixels only the first, the lowest, the highest and the last."""
    kept: list[Step] = []
    for _, group in groupby(steps, key=lambda step: scale.column(step.at)):
        column = list(group)
        rows = sorted(range(len(column)), key=lambda n: column[n].value)
        kept += (column[n] for n in sorted({0, rows[0], rows[-1], len(column) - 1}))
    return kept


def apart(points: Iterable[Point], cell: float) -> tuple[Point, ...]:
    """The points, but only the first in each cell of that many units."""
    first: dict[tuple[int, int], Point] = {}
    for x, y in points:
        first.setdefault((int(x / cell), int(y / cell)), (x, y))
    return tuple(first.values())


def left_of(scales: Iterable[Scale]) -> float:
    """How far from the left plots begin, so that the numbers of these scales fit there."""
    texts = (number(value) for scale in scales for value in scale.values(scale.step(Y_APART)))
    return MARGIN + max(text_width(text, TIME) for text in texts) + 8


def legend(entries: Sequence[tuple[str, Sample]], top: float, width: float) -> tuple[list[Shape], list[Label], float]:
    """What the marks mean, in rows from left to right: shapes, texts, and where the last row stands."""
    shapes: list[Shape] = []
    labels: list[Label] = []
    x, y = MARGIN, top
    for text, sample in entries:
        wide = SAMPLE + 6 + text_width(text, NOTE)
        if x > MARGIN and x + wide > width:
            x, y = MARGIN, y + LINE_HEIGHT + 2
        shapes += sample(x, y)
        labels.append(Label(text, x + SAMPLE + 6, y, NOTE))
        x += wide + BETWEEN
    return shapes, labels, y


def sample_line(role: str, width: float = 1.6, dashes: tuple[float, ...] = ()) -> Sample:
    """A piece of a line, for a legend."""
    return lambda x, y: [Stroke((((x, y), (x + SAMPLE, y)),), role, width, dashes)]


def sample_plate(role: str) -> Sample:
    """A piece of a coloured ground, for a legend."""
    return lambda x, y: [Plate(x, y - 6, SAMPLE, 12, role, None, 2)]


def reach(moments: Iterable[float], since: float | None, until: float | None) -> tuple[float, float]:
    """From when to when to draw: as asked, else all moments with a little air, and never no time at all."""
    inside = [at for at in moments if (since is None or at >= since) and (until is None or at <= until)]
    if not inside:
        raise ValueError(f"nothing happens here between since={since} and until={until}: leave them out to see when")
    first, last = min(inside), max(inside)
    air = max((last - first) * 0.025, 1e-4)
    return (first - air if since is None else since), (last + air if until is None else until)
