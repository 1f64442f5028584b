"""The variables of a connection over time: congestion window, flight size and windows; below, RTO and round trips.

In the simulated world they are known after each event; of the real kernel there are samples, and its queues as well.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby, takewhile
from typing import TYPE_CHECKING, cast

from course.trace.trace import Trace
from course.view import plot, sampled
from course.view.episodes import Episode, Trip, account, episodes, trips
from course.view.marks import Label
from course.view.pen import draw_sheet
from course.view.picture import Picture
from course.view.plot import Panel, Scale, Step, apart, during, left_of, legend, sample_line, sample_plate
from course.view.sheet import MARGIN, Plate, Shape, Sheet, Signs, Stroke, heading, notes
from course.view.style import NOTE, text_width
from course.view.transfer import transfer
from course.view.variables import EVENTS, LOOKS, QUEUES, SIZES, TIMES, UNLIMITED, Reading, Variables, drawn_values
from course.view.words import number

if TYPE_CHECKING:
    from course.sim.watch import Sample

WIDTH, HIGH, LOW = 960.0, 300.0, 150.0
RIGHT = WIDTH - 30
CALM = 16  # of more events each line is thinner
BETWEEN = 62.0
ROWS, ROW, ASIDE = 3, 15.0, 5.0
DWARFED = 2.0  # what is that many times larger than cwnd and flight size is not drawn
MEASURED = "a measured round trip"
RECOVERY = "fast recovery"
ASKED = "a sample"


def series(  # noqa: PLR0913 - what a picture can be asked for
    trace: Trace,
    samples: Sequence[Reading],
    host: str | None = None,
    connection: int = 1,
    *,
    title: str = "",
    caption: str = "",
    since: float | None = None,
    until: float | None = None,
    queues: bool | None = None,
) -> Picture:
    """Draw cwnd, ssthresh, flight size and the peer's window over time, and below them RTO, SRTT and round trips.

    `samples` are those of `run.variables()`, or of course.real.watch; `host` is the end whose variables they are (None:
    whoever sends more), `connection` its connection, counted from 1. `since` and `until` (seconds) choose a window of
    time, `title` stands in the picture, `caption` under it. `queues` draws the send and the receive queue as well
    (None: on the real kernel only, where they tell most). Raises ValueError for a host or a connection that is not
    there, and where there is nothing to draw.
    """
    is_kernel = trace.world == "loopback"
    told = sampled.subject(trace, samples, host, connection) if is_kernel else transfer(trace, host, connection)
    own = [sample for sample in samples if (sample.local, sample.remote) == told.way]
    if len(own) < 2:
        raise ValueError(f"there are no variables of {told.sender} here: give the samples of run.variables()")
    about = f"{told.sender}, sending to {told.receiver} · {trace.conditions.replace('; ', ' · ')}"
    simulated = cast("list[Sample]", own)
    happened = list(sampled.happened(own)) if is_kernel else episodes(trace, simulated, told.way)
    measured = None if is_kernel else trips(simulated)
    sheet = Draft(own, happened, about, title, (since, until), measured, queues=is_kernel if queues is None else queues)
    return drawn(sheet.sheet(), caption)


def drawn(sheet: Sheet, caption: str) -> Picture:
    """The sheet as a picture."""
    return Picture(lambda theme: draw_sheet(sheet, theme), sheet.alternative, caption)


class Draft:
    """A picture of variables in the making. `measured` are the round trips; None: they are samples of the kernel's."""

    def __init__(self, samples: Sequence[Reading], happened: list[Episode], about: str, title: str,
                 window: tuple[float | None, float | None], measured: list[Trip] | None,
                 *, queues: bool = False) -> None:  # fmt: skip
        self.samples, self.about, self.measured, self.draws_queues = samples, about, measured, queues
        since, until = self.times(happened, *window)
        self.happened = [episode for episode in happened if since <= episode.at <= until]
        self.trips = [trip for trip in measured or () if since <= trip.at <= until]
        self.sizes = {name: self.steps(value) for name, value in SIZES.items()}
        self.times_of = {name: self.steps(value) for name, value in TIMES.items()}
        self.queues = {name: self.steps(value) for name, value in QUEUES.items() if queues}
        headings = heading(title, about, RIGHT - MARGIN)
        keys = legend(self.key(), headings[-1].y + 24, RIGHT)
        self.headings, self.keys = [*headings, *keys[1]], keys[0]
        self.words: list[Label] = []
        self.upper, self.lower, *rest = self.panels = self.made_panels(since, until, keys[2])
        self.last = [self.lower, *rest][-1]

    def made_panels(self, since: float, until: float, top: float) -> list[Panel]:
        """The plots, one below the other, all as wide, below the names of what happens."""
        plots = [(HIGH, self.most_octets(since, until), "octets", True),
                 (LOW, self.most_seconds(since, until), "seconds", False),
                 (LOW, self.most_queued(since, until), "octets in the queues", True)]  # fmt: skip
        plots = plots if self.queues else plots[:2]
        x = Scale(since, until, left_of([Scale(0, most, high, 0) for high, most, _, _ in plots]), RIGHT)
        self.words, rows = words(self.happened, x, top + 28)
        top += 48 + rows * ROW
        panels = []
        for high, most, name, whole in plots:
            panels.append(Panel(x, Scale(0, most, top + high, top), name, whole=whole))
            top += high + BETWEEN
        return panels

    def times(self, happened: list[Episode], since: float | None, until: float | None) -> tuple[float, float]:
        """From when to when: as asked, else until the last time that something happens or changes which is drawn.

        On the kernel it is until it was asked last: that nothing changes is what the samples have found out.
        """
        if self.measured is None:
            happened = [*happened, Episode(self.samples[-1].at, ASKED)]
        values = [drawn_values(sample.status, queues=self.draws_queues) for sample in self.samples]
        settled = len(list(takewhile(values[-1].__eq__, reversed(values))))
        last = self.samples[len(values) - settled].at
        first, last = self.samples[0].at, max([last, *(episode.at for episode in happened)])
        air = max((last - first) * 0.025, 1e-4)
        begin, end = first - air if since is None else since, last + air if until is None else until
        if begin >= end or end < first:
            raise ValueError(f"nothing is known between since={since} and until={until}: leave them out to see when")
        return begin, end

    def steps(self, value: Callable[[Variables], float]) -> list[Step]:
        """One variable over time, each value once; what is not known yet is a negative number, and left out."""
        steps = [(sample.at, value(sample.status)) for sample in self.samples]
        firsts = [next(group) for _, group in groupby(steps, key=lambda step: step[1])]
        return [Step(at, value) for at, value in firsts if value >= 0]

    def known_until(self, value: Callable[[Variables], float]) -> float | None:
        """When the kernel told it last; None in the simulated world, where what does not change stays as it is."""
        if self.measured is not None:
            return None
        return max((sample.at for sample in self.samples if value(sample.status) >= 0), default=None)

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

    def most_queued(self, since: float, until: float) -> float:
        """How high the panel of the queues reaches."""
        return (
            max([1.0, *(step.value for steps in self.queues.values() for step in during(steps, since, until))]) * 1.05
        )

    def key(self) -> list[tuple[str, plot.Sample]]:
        """What the lines and marks mean, as far as they are there."""
        steps = self.sizes | self.times_of | self.queues
        keys = [(name, sample_line(*look)) for name, look in LOOKS.items() if steps.get(name)]
        keys += [(MEASURED, lambda x, y: [Signs("ring", ((x + 13, y),), "opening", 4.5)])] * bool(self.trips)
        recovers = any(episode.end is not None for episode in self.happened)
        keys += [(RECOVERY, sample_plate("band waiting"))] * recovers
        return keys + [(ASKED, lambda x, y: [Signs("dot", ((x + 13, y),), "muted", 2.4)])] * (self.measured is None)

    def sheet(self) -> Sheet:
        """All the marks."""
        upper, lower, last = self.upper, self.lower, self.last
        sizes, delays = self.strokes(upper, self.sizes, SIZES), self.strokes(lower, self.times_of, TIMES)
        waits = self.strokes(last, self.queues, QUEUES)
        dots = apart((lower.point(*trip) for trip in self.trips), 1.5)
        grids = [shape for panel in self.panels for shape in panel.grid()]
        shapes = [*self.keys, *self.recoveries(), *grids, *self.lines(),
                  *reversed(sizes), *delays, *waits, Signs("ring", dots, "opening", 4.0), *self.asked()]  # fmt: skip
        under = notes([self.how(), self.above(), self.unnamed()], last.bottom + 44, RIGHT - MARGIN)
        time = Label("time", RIGHT, last.bottom + 32, NOTE, "muted", "end")
        scales = [label for panel in self.panels for label in panel.scale()]
        texts = [*self.headings, *scales, *last.clock(), *self.words, time, *under]
        bottom = max([time.y, *(label.y for label in under)]) + MARGIN
        opening = f"Variables of {self.about.replace(' · ', ', ')}. {self.how()}".rstrip()
        told = account(opening, self.samples, self.happened, None if self.measured is None else self.trips)
        return Sheet(WIDTH, bottom, tuple(shapes), tuple(texts), told)

    def strokes(self, panel: Panel, steps: Mapping[str, list[Step]],
                values: Mapping[str, Callable[[Variables], float]]) -> list[Stroke]:  # fmt: skip
        """The lines of one panel."""
        return [Stroke(panel.staircase(steps[name], self.known_until(values[name])), *LOOKS[name]) for name in steps]

    def asked(self) -> Iterator[Signs]:
        """A dot under each panel for each sample of the kernel's."""
        inside = [each.at for each in self.samples if self.upper.x.low <= each.at <= self.upper.x.high]
        for panel in self.panels * (self.measured is None):
            yield Signs("dot", apart(((self.upper.x.at(at), panel.bottom + 4) for at in inside), 1.5), "muted", 2.4)

    def how(self) -> str:
        """That samples are samples."""
        return sampled.how(self.samples) if self.measured is None else ""

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
                lines += [((x, panel.top), (x, panel.bottom)) for panel in self.panels[1:]]
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
