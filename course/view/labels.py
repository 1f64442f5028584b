"""Finding room for labels: none may lie on another, and none on a line where that can be helped."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise
from math import atan2, cos, degrees, hypot, inf, radians, sin
from typing import Generic, NamedTuple, TypeVar

from course.view.marks import Anchor, Label, Point
from course.view.style import Font, text_width
from course.view.touching import Box, Line, Stretch

ALONG = (0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73, 0.2, 0.8, 0.1, 0.9, 0.0, 1.0)
SIDE = 8.0
STEP = 3
LABEL_COST, LINE_COST = 100, 1  # a label counts as a hundred lines
SHELF = 96.0
T = TypeVar("T")


class Slide(NamedTuple):
    """A label that may be moved: so far in the direction of its text, or else downwards; the best place first."""

    label: Label
    moves: Sequence[float] = (0.0,)
    downwards: bool = False

    @property
    def box(self) -> Box:
        """The box that is moved, in its own direction."""
        box = Box.of(self.label)
        return box.upended() if self.downwards else box

    def moved(self, move: float) -> Label:
        """The label where it stands after the move."""
        if not move:
            return self.label
        angle = radians(self.label.angle + 90 * self.downwards)
        return replace(self.label, x=self.label.x + move * cos(angle), y=self.label.y + move * sin(angle))


class Shelves(Generic[T]):
    """Things by their height in the picture, so that only what is near has to be looked at."""

    def __init__(self) -> None:
        self._begin: dict[int, list[T]] = {}
        self._go_on: dict[int, list[T]] = {}

    def put(self, thing: T, shelves: range) -> None:
        """Keep a thing that reaches over these shelves."""
        self._begin.setdefault(shelves[0], []).append(thing)
        for shelf in shelves[1:]:
            self._go_on.setdefault(shelf, []).append(thing)

    def near(self, shelves: range) -> list[T]:
        """All things that may reach in between the heights of these shelves, each once."""
        found = list(self._go_on.get(shelves[0], ()))
        for shelf in shelves:
            found += self._begin.get(shelf, ())
        return found


def shelves_between(top: float, bottom: float) -> range:
    """The numbers of the shelves from one height to another."""
    return range(int(top // SHELF), int(bottom // SHELF) + 1)


class Room:
    """What is taken up already: the boxes of labels, and lines."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines: Shelves[Line] = Shelves()
        self._boxes: Shelves[Box] = Shelves()
        self.add(lines)

    def take(self, label: Label) -> Label:
        """Note that the label stands there now."""
        self._put(Box.of(label))
        return label

    def add(self, lines: Iterable[Sequence[Point]]) -> None:
        """Note that these lines, each through several points, are there."""
        for one in lines:
            for line in pairwise(one):
                self._lines.put(line, shelves_between(*sorted((line[0][1], line[1][1]))))

    def block(self, point: Point, reach: float) -> None:
        """Note that something small stands at that point."""
        self._put(Box(*point, reach, reach))

    def _put(self, box: Box) -> None:
        self._boxes.put(box, shelves_between(*box.heights()))

    def find(self, candidates: Iterable[Label]) -> Label | None:
        """Take the first of the candidates that touches nothing; None if each of them would."""
        free = next((label for label in candidates if self.free(Slide(label)) is not None), None)
        return self.take(free) if free else None

    def place(self, slides: Iterable[Slide]) -> Label:
        """Take the best of all places: the first that touches nothing, else the one that touches least."""
        best, least = None, inf
        for slide in slides:
            move, cost = self.cheapest(slide) if least > LINE_COST else (self.free(slide), 0)
            if move is not None and cost < least:
                best, least = slide.moved(move), cost
            if not least:
                break
        assert best is not None
        return self.take(best)

    def cost(self, label: Label) -> float:
        """How much the label would touch: another label costs as much as a hundred lines."""
        return self.cheapest(Slide(label))[1]

    def free(self, slide: Slide) -> float | None:
        """The first of the moves that touches nothing; None if each of them would."""
        moves = list(slide.moves)
        for start, end in chain(*self.touched(slide)):
            moves = [move for move in moves if not start < move < end]
            if not moves:
                return None
        return moves[0]

    def cheapest(self, slide: Slide) -> tuple[float, float]:
        """The first of the moves that touches least, and how much: all stretches that it falls into."""
        lines, labels = (ends_of(stretches) for stretches in self.touched(slide))
        best, least = slide.moves[0], inf
        for move in slide.moves:
            cost = LINE_COST * depth(lines, move) + LABEL_COST * depth(labels, move)
            if cost < least:
                best, least = move, cost
            if not cost:
                break
        return best, least

    def touched(self, slide: Slide) -> tuple[Iterator[Stretch], Iterator[Stretch]]:
        """The stretches of the slide's way in which it touches lines, and in which it touches labels."""
        box = slide.box
        shelves = shelves_between(*box.heights(slide.moves))
        return box.crosses(self._lines.near(shelves)), box.meets(self._boxes.near(shelves))


def ends_of(stretches: Iterable[Stretch]) -> tuple[list[float], list[float]]:
    """Where the stretches start, in order, and where they end, in order."""
    found = list(stretches)
    return sorted([start for start, _ in found]), sorted([end for _, end in found])


def depth(ends: tuple[list[float], list[float]], move: float) -> int:
    """Into how many stretches a move falls: so many have started, and have not ended."""
    return bisect_left(ends[0], move) - bisect_right(ends[1], move)


def along(line: Line, text: str, font: Font, role: str, within: tuple[float, float] = (0.0, 1.0)) -> Iterator[Slide]:
    """Ways to set a text along a line: just above its middle first, then further and further from there, then below it.

    `within` is the part of the line that may be used, as fractions of it.
    """
    (x0, y0), (x1, y1) = line
    angle = reading_angle(line)
    c, s = cos(radians(angle)), sin(radians(angle))
    length = reading_length(line)
    half = text_width(text, font) / 2 / max(abs(length), 1.0)
    low, high = within[0] + half, within[1] - half
    low, high = (low, high) if low < high else (sum(within) / 2,) * 2
    middle, reach = (low + high) / 2, (high - low) * length
    x, y = x0 + (x1 - x0) * middle, y0 + (y1 - y0) * middle
    moves = [(share - 0.5) * reach for share in ALONG]
    for side in (SIDE, -SIDE):
        yield Slide(Label(text, x + side * s, y - side * c, font, role, "middle", angle, halo=True), moves)


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


def reading_length(line: Line) -> float:
    """The length of a line; less than zero where it leads against the direction in which a text on it is read."""
    (x0, y0), (x1, y1) = line
    length = hypot(x1 - x0, y1 - y0)
    return -length if x1 < x0 else length


def below(label: Label, lowest: float) -> Iterator[Slide]:
    """The label where it should be, and then lower and lower down to `lowest`."""
    yield Slide(label)
    lower = range(STEP, int(max(lowest - label.y, 0)) + 1, STEP)
    if lower:
        yield Slide(label, lower, downwards=True)


def anchored(side: str) -> Anchor:
    """How a text is anchored that stands on that side of something."""
    return "start" if side == "right" else "end"
