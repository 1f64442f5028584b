"""The variables of a connection over time: congestion window, flight size and windows; below, RTO and round trips."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from course.trace.trace import Trace
from course.view import plot
from course.view.episodes import FAST_RETRANSMIT, RESTART, TIMEOUT, UNLIMITED, Episode, account, episodes, trips
from course.view.marks import Label
from course.view.pen import draw_sheet
from course.view.picture import Picture
from course.view.plot import Panel, Scale, Step, apart, during, left_of, legend, sample_line, sample_plate
from course.view.sheet import DASHED, DOTTED, MARGIN, Plate, Shape, Sheet, Signs, Stroke, heading, notes
from course.view.style import NOTE, text_width
from course.view.transfer import transfer
from course.view.words import number

if TYPE_CHECKING:
    from course.sim.watch import Sample
    from course.tcp.status import Status

WIDTH, HIGH, LOW = 960.0, 300.0, 150.0
RIGHT = WIDTH - 30
CALM = 16  # of more events each line is thinner
BETWEEN = 62.0
ROWS, ROW, ASIDE = 3, 15.0, 5.0
DWARFED = 2.0  # what is that many times larger than cwnd and flight size is not drawn
LOOKS: dict[str, tuple[str, float, tuple[float, ...]]] = {
    "cwnd": ("opening", 2.2, ()),
    "ssthresh": ("closing", 1.6, DASHED),
    "flight size": ("data", 1.2, ()),
    "SND.WND, the peer's window": ("ink", 1.4, DOTTED),
    "RTO": ("ink", 1.8, ()),
    "SRTT": ("acknowledgment", 1.6, DASHED),
}
EVENTS: dict[str, tuple[str, float, tuple[float, ...]]] = {
    TIMEOUT: ("trouble", 1.4, ()),
    FAST_RETRANSMIT: ("trouble", 1.4, DASHED),
    RESTART: ("muted", 1.4, DOTTED),
}
MEASURED = "a measured round trip"
RECOVERY = "fast recovery"


def series(
    trace: Trace,
    samples: "Sequence[Sample]",
    host: str | None = None,
    connection: int = 1,
    *,
    title: str = "",
    caption: str = "",
    since: float | None = None,
    until: float | None = None,
) -> Picture:
    """Draw cwnd, ssthresh, flight size and the peer's window over time, and below them RTO, SRTT and round trips.

    `samples` are those of `run.variables()`; `host` is the end whose variables they are (None: whoever sends more),
    `connection` its connection, counted from 1. `since` and `until` (seconds) choose a window of time, `title` stands
    in the picture, `caption` under it. Raises ValueError for a host or a connection that is not there, and where there
    is nothing to draw.
    """
    told = transfer(trace, host, connection)
    own = [sample for sample in samples if (sample.local, sample.remote) == told.way]
    if len(own) < 2:
        raise ValueError(f"there are no variables of {told.sender} here: give the samples of run.variables()")
    what = f"{told.sender}, sending to {told.receiver}"
    sheet = Draft(own, episodes(trace, own, told.way), f"{what} · {trace.conditions}", title, (since, until)).sheet()
    return Picture(lambda theme: draw_sheet(sheet, theme), sheet.alternative, caption)


class Draft:
    """A picture of variables in the making."""

    def __init__(self, samples: "list[Sample]", happened: list[Episode], about: str, title: str,
                 window: tuple[float | None, float | None]) -> None:  # fmt: skip
        self.samples, self.about = samples, about
        since, until = self.times(happened, *window)
        self.happened = [episode for episode in happened if since <= episode.at <= until]
        self.trips = [trip for trip in trips(samples) if since <= trip.at <= until]
        self.sizes = {name: self.steps(value) for name, value in SIZES.items()}
        self.times_of = {"RTO": self.steps(lambda status: status.rto), "SRTT": self.steps(smoothed)}
        headings = heading(title, about, RIGHT - MARGIN)
        keys = legend(self.key(), headings[-1].y + 24, RIGHT)
        self.headings, self.keys = [*headings, *keys[1]], keys[0]
        octets, seconds = self.most_octets(since, until), self.most_seconds(since, until)
        x = Scale(since, until, left_of([Scale(0, octets, HIGH, 0), Scale(0, seconds, LOW, 0)]), RIGHT)
        self.words, rows = words(self.happened, x, keys[2] + 28)
        top = keys[2] + 48 + rows * ROW
        self.upper = Panel(x, Scale(0, octets, top + HIGH, top), "octets")
        below = self.upper.bottom + BETWEEN
        self.lower = Panel(x, Scale(0, seconds, below + LOW, below), "seconds", whole=False)

    def times(self, happened: list[Episode], since: float | None, until: float | None) -> tuple[float, float]:
        """From when to when: as asked, else until the last time that something happens or changes which is drawn."""
        values = [key for key, _ in groupby(self.samples, key=drawn_values)]
        last = next(sample.at for sample in self.samples if drawn_values(sample) == values[-1])
        first, last = self.samples[0].at, max([last, *(episode.at for episode in happened)])
        air = max((last - first) * 0.025, 1e-4)
        begin, end = first - air if since is None else since, last + air if until is None else until
        if begin >= end or end < first:
            raise ValueError(f"nothing is known between since={since} and until={until}: leave them out to see when")
        return begin, end

    def steps(self, value: "Callable[[Status], float]") -> list[Step]:
        """One variable over time, each value once; what is not known yet is a negative number, and left out."""
        steps = [(sample.at, value(sample.status)) for sample in self.samples]
        firsts = [next(group) for _, group in groupby(steps, key=lambda step: step[1])]
        return [Step(at, value) for at, value in firsts if value >= 0]

    def most_octets(self, since: float, until: float) -> float:
        """How high the upper panel reaches: to what is in flight, and to windows that do not dwarf it."""
        values = {name: [step.value for step in during(steps, since, until)] for name, steps in self.sizes.items()}
        own = [value for name in ("cwnd", "flight size") for value in values[name] if value < UNLIMITED]
        most = max([*own, 1.0])
        others = [value for name in ("ssthresh", "SND.WND, the peer's window") for value in values[name]]
        return max([most, *(value for value in others if value <= DWARFED * most)]) * 1.05

    def most_seconds(self, since: float, until: float) -> float:
        """How high the lower panel reaches."""
        steps = [step.value for steps in self.times_of.values() for step in during(steps, since, until)]
        return max([*steps, *(trip.seconds for trip in self.trips), 1e-6]) * 1.08

    def key(self) -> list[tuple[str, plot.Sample]]:
        """What the lines and marks mean, as far as they are there."""
        steps = self.sizes | self.times_of
        keys = [(name, sample_line(*look)) for name, look in LOOKS.items() if steps[name]]
        keys += [(MEASURED, lambda x, y: [Signs("ring", ((x + 13, y),), "opening", 4.5)])] * bool(self.trips)
        recovers = any(episode.end is not None for episode in self.happened)
        return keys + [(RECOVERY, sample_plate("band waiting"))] * recovers

    def sheet(self) -> Sheet:
        """All the marks."""
        upper, lower = self.upper, self.lower
        sizes = [Stroke(upper.staircase(steps), *LOOKS[name]) for name, steps in self.sizes.items()]
        delays = [Stroke(lower.staircase(steps), *LOOKS[name]) for name, steps in self.times_of.items()]
        dots = apart((lower.point(*trip) for trip in self.trips), 1.5)
        shapes = [*self.keys, *self.recoveries(), *upper.grid(), *lower.grid(), *self.lines(),
                  *reversed(sizes), *delays, Signs("ring", dots, "opening", 4.0)]  # fmt: skip
        under = notes([self.above(), self.unnamed()], lower.bottom + 44, RIGHT - MARGIN)
        time = Label("time", RIGHT, lower.bottom + 32, NOTE, "muted", "end")
        texts = [*self.headings, *upper.scale(), *lower.scale(), *lower.clock(), *self.words, time, *under]
        bottom = max([time.y, *(label.y for label in under)]) + MARGIN
        opening = f"Variables of {self.about.replace(' · ', ', ')}."
        told = account(opening, self.samples, self.happened, self.trips)
        return Sheet(WIDTH, bottom, tuple(shapes), tuple(texts), told)

    # ------------------------------------------------ what happens

    def recoveries(self) -> Iterator[Shape]:
        """A ground under the time of each fast recovery."""
        for episode in self.happened:
            if episode.end is not None:
                left, right = self.upper.x.at(episode.at), min(self.upper.x.at(episode.end), RIGHT)
                top, bottom = self.upper.top, self.upper.bottom
                yield Plate(left, top, max(right - left, 1), bottom - top, "band waiting", None, 0)

    def lines(self) -> Iterator[Stroke]:
        """A line through both panels for each event, up to its name if it has one."""
        named = {round(label.x + (ASIDE if label.anchor == "end" else -ASIDE), 3): label.y for label in self.words}
        for name, look in EVENTS.items():
            places = {round(self.upper.x.at(episode.at), 3) for episode in self.happened if episode.name == name}
            lines: list[tuple[tuple[float, float], ...]] = []
            for x, _ in sorted(apart(((x, 0) for x in sorted(places)), 1)):
                lines.append(((x, named.get(x, self.upper.top) - 5 * (x in named)), (x, self.upper.bottom)))
                lines.append(((x, self.lower.top), (x, self.lower.bottom)))
            role, width, dashes = look
            yield Stroke(tuple(lines), role, width if len(self.happened) <= CALM else width / 2, dashes)

    def above(self) -> str:
        """What is not drawn because it is far larger than the rest."""
        since, until, high = self.upper.x.low, self.upper.x.high, self.upper.y.high
        parts = []
        for name, steps in self.sizes.items():
            most = max((step.value for step in during(steps, since, until)), default=0)
            if most > high:
                parts.append(f"{name} ({'no limit' if most >= UNLIMITED else number(most)})")
        return f"Above the picture, where not drawn: {', '.join(parts)}." if parts else ""

    def unnamed(self) -> str:
        """How many events have no name."""
        if len(self.words) == len(self.happened):
            return ""
        count = f"{number(len(self.words))} of {number(len(self.happened))} events are named"
        return f"{count}. Solid lines: timeout; dashed: fast retransmit; dotted: restart after idle."


def drawn_values(sample: "Sample") -> tuple[object, ...]:
    """The variables that are drawn."""
    status = sample.status
    return status.cwnd, status.ssthresh, status.flight_size, status.snd_wnd, status.rto, status.srtt


def smoothed(status: "Status") -> float:
    """SRTT; -1 as long as no round trip was measured."""
    return -1.0 if status.srtt is None else status.srtt


def settled(value: "Callable[[Status], float]") -> "Callable[[Status], float]":
    """A variable that means nothing before our SYN is acknowledged: -1 until then."""
    return lambda status: value(status) if status.snd_una > status.iss else -1.0


def words(happened: Sequence[Episode], x: Scale, top: float) -> tuple[list[Label], int]:
    """The names of what happens, as far as there is room, and how many rows they take.

    Each stands beside its own line. The first ones stand higher, so that later lines end below them.
    """
    labels: list[Label] = []
    ends = [0.0] * ROWS
    for episode in happened:
        at, wide = x.at(episode.at), text_width(episode.name, NOTE)
        row = next((n for n in range(ROWS) if max(ends[n:]) <= at), None)
        leftward = at + ASIDE + wide > x.end
        if row is None or (leftward and ends[row] > at - ASIDE - wide):
            continue
        ends[row] = at + 1 if leftward else at + ASIDE + wide + 8
        place = at - ASIDE if leftward else at + ASIDE
        role = EVENTS[episode.name][0]
        labels.append(Label(episode.name, place, top + row * ROW, NOTE, role, "end" if leftward else "start"))
    return labels, max((round((label.y - top) / ROW) + 1 for label in labels), default=0)


SIZES: dict[str, Callable[["Status"], float]] = {
    "cwnd": settled(lambda status: status.cwnd),
    "ssthresh": settled(lambda status: status.ssthresh),
    "flight size": lambda status: status.flight_size,
    "SND.WND, the peer's window": settled(lambda status: status.snd_wnd),
}
