"""The time-sequence graph: what is sent, acknowledged and allowed, over time (after V. Jacobson and W. R. Stevens)."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from course.trace.trace import Trace
from course.view.labels import Room, near
from course.view.marks import Label, Point
from course.view.pen import draw_sheet
from course.view.picture import Picture
from course.view.plot import (
    COLUMNS_A_UNIT,
    Panel,
    Sample,
    Scale,
    apart,
    during,
    left_of,
    legend,
    reach,
    sample_line,
)
from course.view.progress import progress
from course.view.sheet import DASHED, MARGIN, Kind, Shape, Sheet, Signs, Stroke, heading, notes
from course.view.style import NOTE
from course.view.transfer import Piece, Transfer, transfer
from course.view.words import number

WIDTH, HEIGHT = 960.0, 420.0
RIGHT = WIDTH - 30
ALONE = 3.0  # a span that is shorter than this on paper is drawn together with those that it touches
CAPPED = 7.0
SIGN, SMALL = 7.0, 5.5
DWARFED = 0.5  # a window that reaches beyond this share above all that was sent is not shown whole
NAMED = 12  # of more moments only the first of each kind gets its word
REASONS = {
    "TIMEOUT": "timeout",
    "FAST_RETRANSMIT": "fast retransmit",
    "PARTIAL_ACK": "partial ACK",
    "LIMITED_TRANSMIT": "limited transmit",
    "WINDOW_PROBE": "window probe",
    "KEEP_ALIVE": "keep-alive",
    "OVERRIDE": "override",
}


def timeseq(
    trace: Trace,
    sender: str | None = None,
    connection: int = 1,
    *,
    title: str = "",
    caption: str = "",
    since: float | None = None,
    until: float | None = None,
) -> Picture:
    """Draw one direction of a connection as a time-sequence graph: time to the right, sequence numbers upwards.

    `sender` is the host that sends (None: whoever sends more), `connection` its connection, counted from 1. `since`
    and `until` (seconds) choose a window of time. Numbers count from the SYN; times are the sender's: a segment stands
    where it is sent, an acknowledgment where it arrives. `title` stands in the picture, `caption` under it. Raises
    ValueError for a host or a connection that is not there, and where there is nothing to draw.
    """
    sheet = Draft(transfer(trace, sender, connection), trace.conditions, title, (since, until)).sheet()
    return Picture(lambda theme: draw_sheet(sheet, theme), sheet.alternative, caption)


class Draft:
    """A time-sequence graph in the making."""

    def __init__(self, told: Transfer, conditions: str, title: str, window: tuple[float | None, float | None]) -> None:
        self.told, self.conditions, self.title = told, conditions, title
        heard = (step.at for step in told.acknowledged + told.duplicates)
        since, until = reach([*(piece.sent.at for piece in told.pieces), *heard], *window)
        self.pieces = [piece for piece in told.pieces if since <= piece.sent.at <= until]
        self.lost = [piece for piece in told.lost if since <= piece.sent.at <= until]
        self.what = f"{told.sender} sends to {told.receiver}"
        low, high = self.numbers(since, until)
        self.shows_edge = any(step.value <= high for step in during(told.edge, since, until))
        headings = heading(title, f"{self.what} · {conditions}", RIGHT - MARGIN)
        keys = legend(self.key(), headings[-1].y + 24, RIGHT)
        self.headings, self.keys = [*headings, *keys[1]], keys[0]
        top = keys[2] + 48
        y = Scale(low, high, top + HEIGHT, top)
        self.panel = Panel(Scale(since, until, left_of([y]), RIGHT), y, "sequence number, counted from the SYN")

    def numbers(self, since: float, until: float) -> tuple[float, float]:
        """Which numbers are drawn: all that were sent meanwhile, and of the window what does not dwarf them."""
        acks = [step.value for step in self.told.acknowledged if since <= step.at <= until]
        low = min([*(piece.low for piece in self.pieces), *acks])
        high = max([*(piece.high for piece in self.pieces), *acks])
        low = 0 if low < 0.2 * high else low
        edges = [step.value for step in self.told.edge if since <= step.at <= until]
        widest = max(edges, default=high)
        top = max(widest, high) if widest - high <= (high - low) * DWARFED else high
        air = max(top - low, 1) * 0.05
        return low - air * (low > 0), top + air

    def key(self) -> list[tuple[str, Sample]]:
        """What the marks mean, as far as they are there."""
        told = self.told
        bars = [(f"sent by {told.sender}", sample_bar("data"))]
        bars += [("sent again", sample_sign("diamond", "trouble"))] * any(piece.again for piece in self.pieces)
        bars += [("lost", sample_sign("cross", "trouble"))] * bool(self.lost)
        bars += [("acknowledged", sample_line("acknowledgment"))] * bool(told.acknowledged)
        bars += [("duplicate ACK", sample_sign("ring", "acknowledgment"))] * bool(told.duplicates)
        return bars + [("edge of the offered window", sample_line("ink", 1.2, DASHED))] * self.shows_edge

    def sheet(self) -> Sheet:
        """All the marks."""
        panel, told = self.panel, self.told
        acknowledged, edge = panel.staircase(told.acknowledged), panel.staircase(told.edge)
        bars = list(self.bars())
        room = Room(line for stroke in bars for line in stroke.lines if len(line) == 2)
        room.add(acknowledged + edge)
        sayings = list(self.words(room))
        shapes = [
            *self.keys, *panel.grid(), Stroke(edge, "ink", 1.2, DASHED), Stroke(acknowledged, "acknowledgment"),
            *bars, *self.signs(),
        ]  # fmt: skip
        under = notes([self.fate_of_edge(), self.thinning(bars)], panel.bottom + 44, RIGHT - MARGIN)
        time = Label("time at " + told.sender, RIGHT, panel.bottom + 32, NOTE, "muted", "end")
        texts = [*self.headings, *panel.scale(), *panel.clock(), time, *sayings, *under]
        bottom = max([time.y, *(label.y for label in under)]) + MARGIN
        words = progress(told, self.pieces, self.lost, self.conditions)
        return Sheet(WIDTH, bottom, tuple(shapes), tuple(texts), words)

    # ------------------------------------------------ what is sent

    def bars(self) -> Iterator[Stroke]:
        """The segments as upright bars, by what they carry; short ones that touch are drawn as one."""
        fresh = [piece for piece in self.pieces if not piece.again]
        for role, chosen in (
            ("data", [piece for piece in fresh if piece.sent.segment.data]),
            ("opening", [piece for piece in fresh if piece.sent.segment.syn]),
            ("closing", [piece for piece in fresh if piece.sent.segment.fin and not piece.sent.segment.data]),
            ("trouble", [piece for piece in self.pieces if piece.again]),
        ):
            least = 1 if role in ("data", "trouble") else SMALL
            spans = [span for _, group in groupby(chosen, self.column) for span in self.merged(list(group), least)]
            caps = [cap for span in spans for cap in caps_of(span)]
            yield Stroke((*spans, *caps), role, 2.2 if role == "trouble" else 1.7)

    def column(self, piece: Piece) -> int:
        """The column of pixels on which it stands."""
        return self.panel.x.column(piece.sent.at)

    def merged(self, pieces: list[Piece], least: float) -> list[tuple[Point, Point]]:
        """The bars of one column of pixels, from bottom to top, none shorter than `least`."""
        spans: list[tuple[float, float]] = []
        for low, high in sorted((self.panel.y.at(piece.low), self.panel.y.at(piece.high)) for piece in pieces)[::-1]:
            if spans and low - high < ALONE and spans[-1][1] - low < 1 / COLUMNS_A_UNIT:
                spans[-1] = spans[-1][0], min(spans[-1][1], high)
            else:
                spans.append((low, high))
        x = self.panel.x.at(pieces[0].sent.at)
        return [((x, low), (x, min(high, low - least))) for low, high in spans]

    def middle(self, piece: Piece) -> Point:
        """The middle of its bar."""
        return self.panel.point(piece.sent.at, (piece.low + piece.high) / 2)

    def signs(self) -> Iterator[Signs]:
        """What was sent again, lost, or acknowledged by a duplicate ACK."""
        panel = self.panel
        inside = [step for step in self.told.duplicates if panel.x.low <= step.at <= panel.x.high]
        yield Signs("ring", apart((panel.point(*step) for step in inside), 1.5), "acknowledgment", 4.0)
        yield Signs("diamond", apart((self.middle(piece) for piece in self.pieces if piece.again), 2), "trouble", 6.0)
        yield Signs("cross", apart(map(self.middle, self.lost), 2), "trouble", SIGN)

    # ------------------------------------------------ words

    def words(self, room: Room) -> Iterator[Label]:
        """SYN, FIN, and why something was sent, each where there is room for it."""
        for x, y in map(self.middle, [piece for piece in self.pieces if piece.again] + self.lost):
            room.block((x, y), SMALL)
        for piece, text, role in self.sayings():
            spot = room.find(near(self.middle(piece), text, NOTE, role, self.panel.corners))
            yield from [spot] if spot else []

    def sayings(self) -> list[tuple[Piece, str, str]]:
        """The words that would be good to have: those about the ends first, then the reasons, one for each moment."""
        fresh = [piece for piece in self.pieces if not piece.again]
        ends = [(piece, "SYN", "opening") for piece in fresh if piece.sent.segment.syn]
        ends += [(piece, "FIN", "closing") for piece in fresh if piece.sent.segment.fin]
        moments = {piece.sent.at: piece for piece in reversed(self.pieces) if reason(piece)}
        reasons = list(reversed(moments.values()))
        if len(reasons) > NAMED:
            reasons = list({reason(piece): piece for piece in moments.values()}.values())
        return ends + [(piece, reason(piece), "trouble") for piece in reasons]

    def fate_of_edge(self) -> str:
        """Where the window's edge is, if it is not on the picture."""
        steps = [step.value for step in during(self.told.edge, self.panel.x.low, self.panel.x.high)]
        if not steps or max(steps) <= self.panel.y.high:
            return ""
        if not self.shows_edge:
            return f"The edge of the offered window is above the picture, at {number(min(steps))} and more."
        return f"Where the edge of the offered window is not drawn it is above the picture, up to {number(max(steps))}."

    def thinning(self, bars: Iterable[Stroke]) -> str:
        """How much is drawn together."""
        drawn = sum(len(line) == 2 and line[0][0] == line[1][0] for stroke in bars for line in stroke.lines)
        if drawn == len(self.pieces):
            return ""
        count = f"{number(len(self.pieces))} segments in {number(drawn)} bars"
        return f"{count}: those that touch on paper are drawn as one."


def reason(piece: Piece) -> str:
    """Why it was sent, where that is worth a word."""
    why = piece.sent.segment.why
    return REASONS.get(why.name, "") if why else "again" * piece.again


def caps_of(span: tuple[Point, Point]) -> list[tuple[Point, Point]]:
    """Short lines across both ends of a bar, so that one segment can be told from the next."""
    (x, low), (_, high) = span
    return [((x - 2, y), (x + 2, y)) for y in (low, high)] if low - high >= CAPPED else []


def sample_bar(role: str) -> Sample:
    """A bar, for a legend."""

    def bar(x: float, y: float) -> list[Shape]:
        span = (x + 13, y + 6), (x + 13, y - 6)
        return [Stroke((span, *caps_of(span)), role)]

    return bar


def sample_sign(kind: Kind, role: str) -> Sample:
    """A sign, for a legend."""
    return lambda x, y: [Signs(kind, ((x + 13, y),), role, SIGN if kind == "cross" else 6.0)]
