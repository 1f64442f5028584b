"""Finding room for labels: none may lie on another, and none on a line where that can be helped."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from math import atan2, cos, degrees, hypot, inf, radians, sin
from typing import Generic, TypeVar

from course.view.marks import Anchor, Label, Point
from course.view.style import Font, text_width

Line = tuple[Point, Point]
ALONG = (0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73, 0.2, 0.8, 0.1, 0.9, 0.0, 1.0)
SIDE = 8.0
AIR = 1.5
LABEL_COST = 100
SHELF = 32.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Box:
    """The box round a label: its middle, half of its width and height, its direction, and its corners in turn."""

    x: float
    y: float
    half: float
    up: float
    c: float
    s: float
    corners: tuple[Point, ...]

    @classmethod
    def of(cls, label: Label) -> "Box":
        """The box of that label, with a little air at both ends."""
        x, y = label.centre
        half, up = label.width / 2 + AIR, label.font.height / 2
        c, s = cos(radians(label.angle)), sin(radians(label.angle))
        signs = (-half, -up), (half, -up), (half, up), (-half, up)
        return cls(x, y, half, up, c, s, tuple((x + a * c - b * s, y + a * s + b * c) for a, b in signs))

    def overlaps(self, other: "Box") -> bool:
        """Do the two overlap? (They are apart where a line along a side of one of them parts them.)"""
        if abs(self.y - other.y) > self.half + other.half + self.up + other.up:
            return False
        directions = (self.c, self.s), (-self.s, self.c), (other.c, other.s), (-other.s, other.c)
        return not any(self.is_parted(other, c, s) for c, s in directions)

    def is_parted(self, other: "Box", c: float, s: float) -> bool:
        """Are the two apart, seen along that direction?"""
        mine = [x * c + y * s for x, y in self.corners]
        theirs = [x * c + y * s for x, y in other.corners]
        return max(mine) <= min(theirs) or max(theirs) <= min(mine)

    def is_crossed(self, line: Line) -> bool:
        """Does the line run through the box? (The line is turned with the box, and then cut to it.)"""
        (x0, y0), (x1, y1) = line
        x0, y0, x1, y1 = x0 - self.x, y0 - self.y, x1 - self.x, y1 - self.y
        c, s = self.c, self.s
        enter, leave = inside(x0 * c + y0 * s, x1 * c + y1 * s, self.half)
        low, high = inside(y0 * c - x0 * s, y1 * c - x1 * s, self.up)
        return max(enter, low, 0.0) < min(leave, high, 1.0)


def inside(start: float, end: float, half: float) -> tuple[float, float]:
    """Between which fractions of its way something that moves from `start` to `end` is within `half` of zero."""
    if start == end:
        return (0.0, 1.0) if abs(start) < half else (1.0, 0.0)
    first, second = (-half - start) / (end - start), (half - start) / (end - start)
    return min(first, second), max(first, second)


class Shelves(Generic[T]):
    """Things by their height in the picture, so that only what is near has to be looked at."""

    def __init__(self) -> None:
        self._shelves: dict[int, list[T]] = {}

    def put(self, thing: T, points: Sequence[Point]) -> None:
        """Keep a thing that reaches from the highest of the points to the lowest."""
        for shelf in shelves_between(points):
            self._shelves.setdefault(shelf, []).append(thing)

    def near(self, points: Sequence[Point]) -> Iterable[T]:
        """All things that may reach into the heights of these points, each once."""
        found = {id(thing): thing for shelf in shelves_between(points) for thing in self._shelves.get(shelf, ())}
        return found.values()


def shelves_between(points: Sequence[Point]) -> range:
    """The numbers of the shelves from the highest of the points to the lowest."""
    heights = [y for _, y in points]
    return range(int(min(heights) // SHELF), int(max(heights) // SHELF) + 1)


class Room:
    """What is taken up already: the boxes of labels, and lines."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines: Shelves[Line] = Shelves()
        self._boxes: Shelves[Box] = Shelves()
        self.add(lines)

    def take(self, label: Label) -> Label:
        """Note that the label stands there now."""
        box = Box.of(label)
        self._boxes.put(box, box.corners)
        return label

    def add(self, lines: Iterable[Sequence[Point]]) -> None:
        """Note that these lines, each through several points, are there."""
        for one in lines:
            for line in pairwise(one):
                self._lines.put(line, line)

    def find(self, candidates: Iterable[Label]) -> Label | None:
        """Take the first of the candidates that touches nothing; None if each of them would."""
        free = next((label for label in candidates if not self.cost(label)), None)
        return self.take(free) if free else None

    def block(self, point: Point, reach: float) -> None:
        """Note that something small stands at that point."""
        x, y = point
        corners = (x - reach, y - reach), (x + reach, y - reach), (x + reach, y + reach), (x - reach, y + reach)
        self._boxes.put(Box(x, y, reach, reach, 1.0, 0.0, corners), corners)

    def place(self, candidates: Iterable[Label]) -> Label:
        """Take the best of the candidates: the first that touches nothing, else the one that touches least."""
        best, least = None, inf
        for label in candidates:
            cost = self.cost(label, least)
            if cost < least:
                best, least = label, cost
            if not cost:
                break
        assert best is not None
        return self.take(best)

    def cost(self, label: Label, limit: float = inf) -> float:
        """How much the label would touch, counted up to the limit: other labels count far more than lines."""
        box, cost = Box.of(label), 0
        touched = (LABEL_COST for other in self._boxes.near(box.corners) if box.overlaps(other))
        crossed = (1 for line in self._lines.near(box.corners) if box.is_crossed(line))
        for more in chain(touched, crossed):
            cost += more
            if cost >= limit:
                break
        return cost


def along(line: Line, text: str, font: Font, role: str, within: tuple[float, float] = (0.0, 1.0)) -> Iterator[Label]:
    """Ways to set a text along a line: just above its middle first, then further and further from there, then below it.

    `within` is the part of the line that may be used, as fractions of it.
    """
    (x0, y0), (x1, y1) = line
    angle = reading_angle(line)
    half = text_width(text, font) / 2 / max(hypot(x1 - x0, y1 - y0), 1.0)
    low, high = within[0] + half, within[1] - half
    low, high = (low, high) if low < high else (sum(within) / 2,) * 2
    for side in (SIDE, -SIDE):
        for share in ALONG:
            place = low + (high - low) * share
            x, y = x0 + (x1 - x0) * place, y0 + (y1 - y0) * place
            x, y = x + side * sin(radians(angle)), y - side * cos(radians(angle))
            yield Label(text, x, y, font, role, "middle", angle, halo=True)


def near(point: Point, text: str, font: Font, role: str, within: tuple[Point, Point]) -> Iterator[Label]:
    """Ways to set a text near a point: at its right and its left, level with it, then higher and lower.

    `within` are the upper left and the lower right corner of where it may stand.
    """
    x, y = point
    wide, high = text_width(text, font), font.height / 2
    (left, top), (right, bottom) = within
    for level in (y + shift for shift in (0, -9, 9, -18, 18, -30, 30) if top + high <= y + shift <= bottom - high):
        if x + SIDE + wide <= right:
            yield Label(text, x + SIDE, level, font, role)
        if x - SIDE - wide >= left:
            yield Label(text, x - SIDE, level, font, role, "end")


def reading_angle(line: Line) -> float:
    """The slope of a line in degrees, turned so that a text on it reads from left to right."""
    (x0, y0), (x1, y1) = line
    angle = degrees(atan2(y1 - y0, x1 - x0))
    return angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle


def below(label: Label, lowest: float) -> Iterator[Label]:
    """The label where it should be, and lower and lower down to `lowest`."""
    y = label.y
    while y <= max(lowest, label.y):
        yield replace(label, y=y)
        y += 3.0


def anchored(side: str) -> Anchor:
    """How a text is anchored that stands on that side of something."""
    return "start" if side == "right" else "end"
