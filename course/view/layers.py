"""Layers: one packet taken apart, the same octets as a dump and as boxes within boxes (RFC 1122, section 1.1.3)."""

from itertools import groupby

from course.octets import letters
from course.trace.record import Sent
from course.trace.trace import Trace
from course.view.boxes import numbers_of, transmission_named
from course.view.marks import Label
from course.view.onion import Layer, Part, layers_of, told
from course.view.pen import draw_sheet
from course.view.picture import Picture
from course.view.sheet import MARGIN, Plate, Shape, Sheet, heading, notes
from course.view.style import CALL, NOTE, PROGRAM, cut, text_width
from course.view.words import NO_BREAK_SPACE, THIN_SPACE, number, span

COLOURS = ("band opening", "band established", "band closing")
PER_LINE, LINE = 8, 17.0
CELL = text_width("00 ", CALL)
DUMP = MARGIN + 34
TEXT = DUMP + PER_LINE * CELL + 10
BOXES = TEXT + PER_LINE * CELL / 3 + 24
INDENT, PAD = 14.0, 8.0
PLACE, HEX, NAME, WORDS = 68.0, 120.0, 176.0, 330.0  # how wide the columns of a box are
WIDTH = BOXES + 2 * INDENT + PLACE + HEX + NAME + WORDS + 2 * PAD + MARGIN
NO_FRAME = (
    "On its way the packet would be in a frame of the link layer, such as 14 octets of Ethernet before it; "
    "neither the simulated network nor the loopback has one."
)
REBUILT = "Identification and Time to Live were not kept: what is shown for them is 0 and 64."


def layers(trace: Trace, name: str | None = None, *, title: str = "", caption: str = "") -> Picture:
    """Draw one packet layer by layer: its octets as a dump, and as an IP packet round a segment round a message.

    It may as well carry a datagram of UDP, or a message of ICMP with the packet that it is about.

    `name` is the transmission's, as in "client 3"; None takes the first segment that carries data, or else the first
    packet. The picture's `alternative` is the same as text, and prints well. Raises ValueError if there is no such
    transmission, or for IPv6 addresses.
    """
    sent = first_with_data(trace) if name is None else transmission_named(trace, name)
    sheet = Draft(sent, trace, title).sheet()
    return Picture(lambda theme: draw_sheet(sheet, theme), sheet.alternative, caption)


def first_with_data(trace: Trace) -> Sent:
    """The first segment that carries data, or else the first packet of any kind; ValueError if none does."""
    found = next((sent for sent in (*trace.segments, *trace.sent) if sent.payload.data), None)
    if found is None:
        raise ValueError("no packet with data was seen: on loopback write run(world='loopback', capture=True)")
    return found


class Draft:
    """A picture of layers in the making."""

    def __init__(self, sent: Sent, trace: Trace, title: str) -> None:
        self.octets, self.layers = layers_of(sent, numbers_of(sent, trace))
        at = span(sent.at) if sent.at else "0 ms"
        self.about = f"{sent.name} · sent at {at} · {number(len(self.octets))} octets"
        self.notes = [NO_FRAME, REBUILT] if trace.world != "simulated" else [NO_FRAME]
        self.headings = heading(title, self.about, WIDTH - 2 * MARGIN)
        self.shapes: list[Shape] = []
        self.texts: list[Label] = [*self.headings]

    def sheet(self) -> Sheet:
        """The dump, the boxes, and what there is to say."""
        top = self.headings[-1].y + 24
        bottom = self.boxes(top)
        self.dump(top + 4, bottom)
        below = notes(self.notes, bottom + 22, WIDTH - 2 * MARGIN)
        self.texts += below
        return Sheet(WIDTH, below[-1].y + 18, tuple(self.shapes), tuple(self.texts), self.alternative())

    def alternative(self) -> str:
        """The same as text."""
        text = "\n".join([self.about.replace(" · ", ", "), told(self.octets, self.layers), *self.notes])
        return text.replace(THIN_SPACE, " ").replace(NO_BREAK_SPACE, " ")

    # ------------------------------------------------ boxes within boxes

    def boxes(self, top: float) -> float:
        """Each layer's box in the one before; where the outermost ends."""
        heights = [(1 + len(layer.parts)) * LINE + 2 * PAD for layer in self.layers]
        bottom = top + sum(heights) + PAD * (len(self.layers) - 1)
        for depth, (layer, high) in enumerate(zip(self.layers, heights, strict=True)):
            x, inset = BOXES + depth * INDENT, depth * PAD
            wide = WIDTH - MARGIN - x - depth * PAD
            self.shapes.append(Plate(x, top, wide, bottom - inset - top, COLOURS[depth], radius=5))
            self.layer(layer, x + PAD, top + PAD, wide - 2 * PAD)
            top += high
        return bottom

    def layer(self, layer: Layer, x: float, top: float, wide: float) -> None:
        """The heading of a layer, and a line for each of its own parts."""
        self.texts.append(Label(cut(layer.heading, wide, PROGRAM), x, top + LINE / 2, PROGRAM))
        for n, part in enumerate(layer.parts, 1):
            self.part(part, top + (n + 0.5) * LINE, x + wide)

    def part(self, part: Part, y: float, right: float) -> None:
        """Which octets, their digits, their name, and what they say; letters need no digits."""
        at = BOXES + 2 * INDENT + PAD + PLACE  # the same in each box, so that the columns stand below each other
        self.texts.append(Label(part.place, at - 12, y, NOTE, "ink", "end"))
        if part.is_text:
            self.texts.append(Label(cut(shown(part.words), right - at - NAME + 40, CALL), at, y, CALL))
            self.texts.append(Label(part.name, right, y, NOTE, "ink", "end"))
            return
        digits = self.octets[part.start : part.stop].hex(" ") if part.name else ""
        self.texts.append(Label(cut(digits, HEX - 10, CALL), at, y, CALL))
        self.texts.append(Label(cut(part.name, NAME - 10, NOTE), at + HEX, y, NOTE))
        self.texts.append(Label(cut(part.words, right - at - HEX - NAME, NOTE), at + HEX + NAME, y, NOTE))

    # ------------------------------------------------ the dump

    def dump(self, top: float, bottom: float) -> None:
        """As many lines of octets as there is room for beside the boxes, each octet in its layer's colour."""
        rows = range(0, len(self.octets), PER_LINE)
        room = int((bottom - top) // LINE)
        fits = rows if len(rows) <= room else rows[: room - 1]
        for n, start in enumerate(fits):
            self.row(start, top + (n + 0.5) * LINE)
        left = len(self.octets) - len(fits) * PER_LINE
        if left > 0:
            y = top + (len(fits) + 0.5) * LINE
            self.texts.append(Label(f"… {number(left)} more octets", DUMP, y, NOTE, "muted"))

    def row(self, start: int, y: float) -> None:
        """One line of the dump: the offset, the digits, the letters."""
        octets = self.octets[start : start + PER_LINE]
        for depth, run in groupby(range(len(octets)), lambda n: self.depth(start + n)):
            places = list(run)
            for x, cell in ((DUMP, CELL), (TEXT, CELL / 3)):
                left = x + places[0] * cell - 3 * (places[0] == 0 or cell == CELL)
                right = x + (places[-1] + 1) * cell + 3 * (cell != CELL and places[-1] == len(octets) - 1)
                right -= 3 * (cell == CELL)
                self.shapes.append(Plate(left, y - LINE / 2, right - left, LINE, COLOURS[depth], None, 0))
        self.texts.append(Label(str(start), DUMP - 10, y, NOTE, "muted", "end"))
        self.texts.append(Label(shown(octets.hex(" ")), DUMP, y, CALL))
        self.texts.append(Label(shown(letters(octets)), TEXT, y, CALL))

    def depth(self, octet: int) -> int:
        """To which layer an octet belongs, as a part of its own."""
        return sum(octet >= layer.start for layer in self.layers[1:])


def shown(text: str) -> str:
    """Text with spaces that an SVG does not close up."""
    return text.replace(" ", NO_BREAK_SPACE)
