"""From a Trace to a Layout: every mark of a ladder with its place."""

from math import inf

from course.tcp.state import State
from course.trace.trace import Trace
from course.view.alternative import alternative, translations
from course.view.arrows import arrow, lines_of, ways
from course.view.bands import PHASES, Bands, bands
from course.view.columns import BAND, BAND_GAP, MARGIN, PADDING, SCALE_WIDTH, TWO_LINES, Columns, call_texts, columns
from course.view.excerpt import Choice
from course.view.heights import BREAK_LINE, NAMES_APART, Gap, Heights, heights
from course.view.labels import Room, anchored, below
from course.view.marks import Band, Break, CallBox, Label, Layout, Lifeline
from course.view.sheet import DOT, in_parts
from course.view.story import Call, Darkness, Stay, Story, tell
from course.view.style import BREAK, CALL, HOST, NOTE, PROGRAM, STATE, SUBTITLE, TITLE, cut, text_width, wrap
from course.view.ticks import ticks

LINE_HEIGHT = 16.0
HEAD = 8.0
NO_CAPTURE = (
    "There is no capture here, so there are no arrows. States are what the kernel said when it was asked. "
    "Order is sure within one program only."
)
CAPTURE = "Captured at one place: arrows begin when a packet was seen there. How long it was on its way is not known."
LOOPBACK = "Order is sure within one program, and among captured packets; between them it is not."
APART = "not to scale where much happens at one instant"
UNSCALED = "not to scale"
BROKEN = "scale broken where nothing happens"
NO_POWER = "no power"
EVERYTHING = Choice()


def layout(trace: Trace, choice: Choice = EVERYTHING, title: str = "") -> Layout:
    """Lay a trace out as a ladder, ready to be drawn.

    Raises ValueError for a host or a connection that is not in the trace.
    """
    hosts = [name for name in trace.hosts if choice.hosts is None or name in choice.hosts]
    return Draft(tell(trace, choice), title, hosts).layout()


class Draft:
    """A layout in the making: columns and heights first, then the marks on them."""

    def __init__(self, story: Story, title: str, hosts: list[str]) -> None:
        if not hosts:
            raise ValueError("this trace names no hosts, so there is nothing to draw")
        self.story, self.title, self.hosts = story, title, hosts
        names = {address: name for name, address in story.trace.hosts.items()}
        self.bands: Bands = bands(story.stays, names)
        self.columns: Columns = columns(story, hosts, self.bands)
        self.heights: Heights = heights(story, self.columns, self.bands)
        self.headings = self.heading()
        self.top = max((label.y for label in self.headings), default=MARGIN - LINE_HEIGHT) + 50
        self.bottom = self.top + self.heights.bottom

    def layout(self, down_to: float = inf) -> Layout:
        """All the marks; or no segments and no calls that begin below this height, and the others the sooner.

        A label takes no account of those that are placed after it: what is there is as it is in the whole picture.
        """
        points = ways(self.story.flights, self.columns, self.heights, self.top)
        room = Room(line for way in points for line in lines_of(way))
        gaps = self.breaks(room)
        typical = self.story.part.typical
        arrows = tuple(
            arrow(flight, way, room, typical, self.columns.boxes)
            for flight, way in zip(self.story.flights, points, strict=True)
            if way[0][1] <= down_to
        )
        left, right = MARGIN + SCALE_WIDTH, self.columns.right
        moments = ticks(self.story.rows, self.heights, left - 10, self.top)
        notes = self.notes()
        height = max([self.bottom, *(note.y for note in notes)]) + MARGIN
        states = (*self.states(room), *(self.darkness(dark) for dark in self.story.darkness))
        calls = tuple(box for call in self.story.calls if (box := self.call(call, down_to)))
        return Layout(right + MARGIN, height, left, right, self.lifelines(), self.middles(), states, calls, arrows,
                      gaps, moments, self.headings + self.programs(), notes, self.heights.to_scale and not gaps,
                      alternative(self.story, self.bands, self.heights))  # fmt: skip

    def heading(self) -> tuple[Label, ...]:
        """The title, and under it the conditions of the run and what is not to scale."""
        apart = APART if self.story.trace.captured else UNSCALED
        scale = [apart] * (not self.heights.to_scale) + [BROKEN] * bool(self.heights.gaps)
        parts = [*filter(None, self.story.trace.conditions.split(DOT)), *scale]
        lines = in_parts(parts, self.columns.right - MARGIN, SUBTITLE)
        first = MARGIN + (26 if self.title else 4)
        title = (
            [Label(cut(self.title, self.columns.right - MARGIN, TITLE), MARGIN, MARGIN + 4, TITLE)]
            if self.title
            else []
        )
        return *title, *(
            Label(line, MARGIN, first + n * LINE_HEIGHT, SUBTITLE, "muted") for n, line in enumerate(lines)
        )

    def programs(self) -> tuple[Label, ...]:
        """The names of the programs over their columns, where the hosts' names do not tell them."""
        placed = self.columns.programs
        if len(self.hosts) < 3 and set(placed) <= set(self.hosts):
            return ()
        return tuple(Label(cut(name, column.width, PROGRAM), column.x + PADDING, self.top - HEAD - 14, PROGRAM, "muted")
                     for name, column in placed.items())  # fmt: skip

    def notes(self) -> tuple[Label, ...]:
        """What there is to say under the picture."""
        trace, texts = self.story.trace, [self.story.part.note]
        if trace.world == "loopback":
            texts.append(LOOPBACK if trace.captured else NO_CAPTURE)
        if trace.world == "capture":
            texts.append(CAPTURE)
        texts.append(translations(trace))
        lines = [line for text in filter(None, texts) for line in wrap(text, self.columns.right - MARGIN, NOTE)]
        return tuple(
            Label(line, MARGIN, self.bottom + 22 + n * LINE_HEIGHT, NOTE, "muted") for n, line in enumerate(lines)
        )

    def lifelines(self) -> tuple[Lifeline, ...]:
        """The hosts."""
        marks = []
        for host in self.hosts:
            x = self.columns.lifelines[host].centre
            label = Label(host, x, self.top - HEAD - 14, HOST, anchor="middle")
            marks.append(Lifeline(host, x, self.top - HEAD, self.bottom, label))
        return tuple(marks)

    def middles(self) -> tuple[Lifeline, ...]:
        """The middleboxes, on the link."""
        top = self.top - HEAD
        return tuple(Lifeline(name, x, top, self.bottom, Label(name, x, top - 14, PROGRAM, "muted", "middle"))
                     for name, x in self.columns.boxes.items())  # fmt: skip

    def darkness(self, dark: Darkness) -> Band:
        """A time without power, across all bands of the host."""
        side, lifeline = self.columns.side(dark.host), self.columns.lifelines[dark.host]
        top = self.top - HEAD if dark.start is None else self.top + self.heights.rows[dark.start]
        bottom = self.bottom if dark.end is None else self.top + self.heights.rows[dark.end]
        x = lifeline.right + 6 if side == "right" else lifeline.x - 6
        label = Label(NO_POWER, x, top + NAMES_APART / 2, STATE, "trouble", anchored(side), halo=True)
        return Band(dark.host, NO_POWER, "paper", lifeline.x, lifeline.width, top, bottom, label, hollow=True)

    def states(self, room: Room) -> tuple[Band, ...]:
        """The bands of states, their names placed where no arrow passes."""
        return tuple(self.state(stay, room) for stay in self.bands.stays)

    def state(self, stay: Stay, room: Room) -> Band:
        """One stay in a state."""
        side, lifeline = self.columns.side(stay.host), self.columns.lifelines[stay.host]
        shift = self.bands.slots[stay.whose] * (BAND + BAND_GAP)
        x = lifeline.x + shift if side == "right" else lifeline.right - BAND - shift
        closed = stay.state is State.CLOSED
        top = self.top - HEAD if stay.start is None else self.top + self.heights.rows[stay.start]
        bottom = self.bottom if stay.end is None else self.top + self.heights.rows[stay.end]
        bottom = min(top + NAMES_APART, bottom) if closed else bottom
        at = lifeline.right + 6 if side == "right" else lifeline.x - 6
        label = Label(self.bands.name(stay), at, top + NAMES_APART / 2, STATE, "muted", anchored(side), halo=True)
        placed = room.place(below(label, bottom - NAMES_APART / 2))
        role = f"band {PHASES[stay.state]}"
        return Band(stay.host, str(stay.state), role, x, BAND, top, max(bottom, top + 2), placed, closed)

    def call(self, call: Call, down_to: float = inf) -> CallBox | None:
        """A call as a box: one line where it is short and both texts fit, else the result at its end."""
        column = self.columns.programs[call.called.program]
        top = self.top if call.start is None else self.top + self.heights.rows[call.start]
        bottom = self.bottom if call.end is None else self.top + self.heights.rows[call.end]
        if top > down_to:
            return None
        first, second = call_texts(call)
        inner, tall = column.width - 2 * PADDING, bottom - top > TWO_LINES - 0.5
        y = top + 11 if tall else (top + bottom) / 2
        name = Label(cut(first, inner, CALL), column.x + PADDING, y, CALL)
        role = "trouble" if call.cut_off or (call.returned and call.returned.error) else "muted"
        if self.story.is_cut and call.returned is None and not call.cut_off:
            second = "…"
        result = Label(cut(second, inner, CALL), column.x + PADDING, bottom - 10, CALL, role) if tall else \
            Label(second, column.right - PADDING, y, CALL, role, "end")  # fmt: skip
        program = call.called.program
        return CallBox(program, column.x, column.width, top, bottom, name, result if second else None, call.end is None)

    def breaks(self, room: Room) -> tuple[Break, ...]:
        """The breaks of the scale, with their words where fewest arrows pass."""
        return tuple(Break(self.top + gap.y, gap.seconds, self.silence(gap, room)) for gap in self.heights.gaps)

    def silence(self, gap: Gap, room: Room) -> tuple[Label, ...]:
        """The words of a break: in the middle of the link, or else at one of its sides."""
        link, widest = self.columns.link, max(text_width(line, BREAK) for line in gap.lines)
        first = self.top + gap.y - BREAK_LINE * (len(gap.lines) - 1) / 2
        aside = max(link.width - widest, 0) / 2 - PADDING
        places = [
            tuple(
                Label(line, x, first + n * BREAK_LINE, BREAK, "muted", "middle", halo=True)
                for n, line in enumerate(gap.lines)
            )
            for x in (link.centre, link.centre - aside, link.centre + aside)
        ]
        best = min(places, key=lambda labels: sum(room.cost(label) for label in labels))
        return tuple(room.take(label) for label in best)
