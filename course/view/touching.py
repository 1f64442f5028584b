"""Where labels touch each other, or lines: whatever a label would lie on takes up a stretch of its way."""

from collections.abc import Iterable, Iterator, Sequence
from math import cos, inf, radians, sin
from typing import NamedTuple

from course.view.marks import Label, Point

Line = tuple[Point, Point]
Stretch = tuple[float, float]
"""From which move to which, in units."""

AIR = 1.5


class Box(NamedTuple):
    """The box round a label: its middle, half of its width and of its height, and its direction (cosine and sine)."""

    x: float
    y: float
    half: float
    up: float
    c: float = 1.0
    s: float = 0.0

    @classmethod
    def of(cls, label: Label) -> "Box":
        """The box of that label, with a little air at both ends."""
        angle = radians(label.angle)
        return cls(*label.centre, label.width / 2 + AIR, label.font.height / 2, cos(angle), sin(angle))

    @property
    def corners(self) -> tuple[Point, ...]:
        """Its corners in turn."""
        x, y, half, up, c, s = self
        signs = (-half, -up), (half, -up), (half, up), (-half, up)
        return tuple((x + a * c - b * s, y + a * s + b * c) for a, b in signs)

    def upended(self) -> "Box":
        """The same box, looked at from its side: its direction is a quarter turn on."""
        return Box(self.x, self.y, self.up, self.half, -self.s, self.c)

    def heights(self, moves: Sequence[float] = (0.0,)) -> Stretch:
        """The highest and the lowest point that it reaches, moved so far in its direction."""
        reach = self.half * abs(self.s) + self.up * abs(self.c)
        ends = min(moves) * self.s, max(moves) * self.s
        return self.y + min(ends) - reach, self.y + max(ends) + reach

    def overlaps(self, other: "Box") -> bool:
        """Do the two overlap?"""
        return any(start < 0 < end for start, end in self.meets((other,)))

    def is_crossed(self, line: Line) -> bool:
        """Does the line run through the box?"""
        return any(start < 0 < end for start, end in self.crosses((line,)))

    def meets(self, boxes: Iterable["Box"]) -> Iterator[Stretch]:
        """From which to which move in its own direction it lies on another box, for each that it can come to lie on.

        Two boxes are apart where a line along a side of one of them parts them, so they overlap while they do so as
        seen along each side.
        """
        x0, y0, half, up, c0, s0 = self
        for x, y, other_half, other_up, c1, s1 in boxes:
            ahead, aside = (x - x0) * c0 + (y - y0) * s0, (y - y0) * c0 - (x - x0) * s0
            c, s = c1 * c0 + s1 * s0, s1 * c0 - c1 * s0
            along, across = abs(c), abs(s)
            if abs(aside) >= up + other_half * across + other_up * along:
                continue
            reach = half + other_half * along + other_up * across
            first = inside(ahead * c + aside * s, -c, other_half + half * along + up * across)
            second = inside(aside * c - ahead * s, s, other_up + half * across + up * along)
            start, end = max(ahead - reach, first[0], second[0]), min(ahead + reach, first[1], second[1])
            if start < end:
                yield start, end

    def crosses(self, lines: Iterable[Line]) -> Iterator[Stretch]:
        """From which to which move in its own direction it lies on a line, for each that it can come to lie on."""
        x, y, half, up, c, s = self
        here, aside = x * c + y * s, y * c - x * s
        low, high = aside - up, aside + up
        for (x0, y0), (x1, y1) in lines:
            v0, v1 = y0 * c - x0 * s, y1 * c - x1 * s
            if (v0 <= low and v1 <= low) or (v0 >= high and v1 >= high):
                continue
            u0, u1 = x0 * c + y0 * s - here, x1 * c + y1 * s - here
            if v0 > v1:
                u0, v0, u1, v1 = u1, v1, u0, v0
            slope = (u1 - u0) / (v1 - v0) if v0 < v1 else 0.0
            u0 += slope * (low - v0) if v0 < low else 0.0
            u1 -= slope * (v1 - high) if v1 > high else 0.0
            yield (u0 - half, u1 + half) if u0 < u1 else (u1 - half, u0 + half)


def inside(start: float, speed: float, half: float) -> Stretch:
    """From when to when something that begins at `start`, and goes at that speed, is less than `half` from zero."""
    if not speed:
        return (-inf, inf) if abs(start) < half else (inf, -inf)
    first, second = (-half - start) / speed, (half - start) / speed
    return (first, second) if first < second else (second, first)
