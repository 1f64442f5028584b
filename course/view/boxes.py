"""Boxes: what a packet carries as it is on the wire, 32 bits wide, each field in a box (RFC 9293, figure 1)."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from course.ip import wire as ip_wire
from course.ip.icmp import Message
from course.octets import hex_dump
from course.tcp.segment import Segment
from course.tcp.wire import HEADER
from course.trace.record import Sent
from course.trace.text import Numbering
from course.trace.trace import Trace
from course.view.alternative import listed
from course.view.fields import FLAGS, Field, data_told, ip_fields, told
from course.view.headers import parts
from course.view.marks import Label
from course.view.pen import draw_sheet
from course.view.picture import Picture
from course.view.sheet import DASHED, MARGIN, Plate, Shape, Sheet, heading
from course.view.style import CALL, NOTE, PROGRAM, Font, cut, text_width
from course.view.words import NO_BREAK_SPACE, THIN_SPACE, number, span

BIT, ROW, PAD = 30.0, 56.0, 8.0
LEFT = MARGIN + 34
WIDTH = LEFT + 32 * BIT + MARGIN
GAP = 1.5
SHOWN = 128  # octets of data
DUMP_LINE = 16.0
SMALL, FLAG = Font(10), Font(10, bold=True)


class Piece(NamedTuple):
    """A part of a field: in which row, from which bit of the row to which, and how many of its bits come before."""

    row: int
    first: int
    stop: int
    offset: int


def boxes(sent: Sent, trace: Trace | None = None, *, ip: bool = False, title: str = "", caption: str = "") -> Picture:
    """Draw one transmission as octets: each field of its header in a box, with its value in words and in hexadecimal.

    With its `trace` sequence numbers are also told as counted from the SYN; `ip` adds the IPv4 header before it.
    `title` stands in the picture, `caption` under it. The picture's `alternative` tells all fields as text. Raises
    ValueError for an IPv4 header of IPv6 addresses.
    """
    sheet = Draft(sent, numbers_of(sent, trace), ip=ip, title=title).sheet()
    return Picture(lambda theme: draw_sheet(sheet, theme), sheet.alternative, caption)


def transmission_named(trace: Trace, name: str) -> Sent:
    """The transmission with that name, as in "client 3"; ValueError if there is none."""
    found = next((sent for sent in trace.sent if sent.name == name), None)
    if found is not None:
        return found
    counts = {host: sum(sent.sender == host for sent in trace.sent) for host in trace.hosts}
    known = listed(f"{host} sent {count}" for host, count in counts.items()) if counts else "nobody sent any"
    raise ValueError(f'there is no transmission {name!r}: write a host and a number, as in "client 3"; {known}')


def numbers_of(sent: Sent, trace: Trace | None) -> tuple[int | None, int | None]:
    """The sequence and the acknowledgment number, counted from the SYNs; None where that is not known, or none is."""
    if trace is None or not isinstance(sent.payload, Segment):
        return None, None
    numbering = Numbering(trace.translated)
    for record in trace.sent:
        numbering.notice(record)
        if record == sent:
            break
    return numbering.seq(sent), numbering.ack(sent)


class Draft:
    """A picture of octets in the making."""

    def __init__(self, sent: Sent, counted: tuple[int | None, int | None], *, ip: bool, title: str) -> None:
        self.sent, self.packet = sent, sent.packet
        source = self.packet.source
        if ip and ":" in source:
            raise ValueError(f"{source} is an IPv6 address: only an IPv4 header can be drawn, so leave ip=True out")
        self.parts = parts(sent, counted)
        self.envelope = ip_fields(ip_wire.encode(self.packet)[:20]) if ip else []
        self.headings = heading(title, self.about(), WIDTH - 2 * MARGIN)
        self.shapes: list[Shape] = []
        self.texts: list[Label] = [*self.headings]

    def about(self) -> str:
        """Which transmission it is, and why it was sent."""
        payload, packet = self.packet.payload, self.packet
        reason = payload.why if isinstance(payload, Segment) else None
        why = f"{reason.sentence} ({reason.clause})" if reason else ""
        ends = f"{packet.source} to {packet.destination}"
        if not isinstance(payload, Message):
            ends = f"{packet.source} port {payload.source_port} to {packet.destination} port {payload.destination_port}"
        at = span(self.sent.at) if self.sent.at else "0 ms"
        return " · ".join(filter(None, (self.sent.name, f"sent at {at}", ends, why)))

    def sheet(self) -> Sheet:
        """All the boxes, made once."""
        y = self.ruler(self.headings[-1].y + 34)
        if self.envelope:
            y = self.section(f"IPv4 header, {number(20)} octets", self.envelope, y, "box")
        y = self.section(
            f"{self.parts.protocol} header, {number(self.parts.length)} octets", self.parts.header, y, "box"
        )
        y = self.data(y)
        if self.parts.pseudo:
            y = self.section("Pseudo-header: never sent, but under the checksum, too", self.parts.pseudo, y, None)
        return Sheet(WIDTH, y, tuple(self.shapes), tuple(self.texts), self.alternative())

    def ruler(self, top: float) -> float:
        """The numbers of the bits."""
        self.texts.append(Label("bit", LEFT - 8, top, SMALL, "muted", "end"))
        self.texts += (Label(str(bit), LEFT + (bit + 0.5) * BIT, top, SMALL, "muted", "middle") for bit in range(32))
        return top + 12

    def section(self, name: str, fields: Iterable[Field], top: float, face: str | None) -> float:
        """The boxes of some fields under their name; where the next section begins."""
        top += self.name(name, top)
        last = 0
        for field in fields:
            for piece in pieces(field):
                self.box(field, piece, top + piece.row * ROW, face)
                last = max(last, piece.row)
        self.texts += (
            Label(str(row * 4), LEFT - 8, top + (row + 0.5) * ROW, CALL, "muted", "end") for row in range(last + 1)
        )
        return top + (last + 1) * ROW + 8

    def name(self, name: str, top: float) -> float:
        """The name of a section, and how high it is."""
        self.texts.append(Label("octet", LEFT - 8, top + 12, SMALL, "muted", "end"))
        self.texts.append(Label(name, LEFT + GAP, top + 12, PROGRAM, "muted"))
        return 24.0

    def box(self, field: Field, piece: Piece, top: float, face: str | None) -> None:
        """The box of a field, or the part of it that stands in one row."""
        is_flag = field.name in FLAGS
        x, wide = LEFT + piece.first * BIT + GAP, (piece.stop - piece.first) * BIT - 2 * GAP
        is_option = face == "box" and field.start >= HEADER.size * 8
        colour = "band opening" if is_option else "band established" if is_flag and field.value else face
        plate = Plate(x, top + GAP, wide, ROW - 2 * GAP, colour if not is_flag or field.value else None, radius=3,
                      dashes=() if face else DASHED)  # fmt: skip
        self.shapes.append(plate)
        if is_flag:
            middle = x + wide / 2
            role = "ink" if field.value else "muted"
            self.texts.append(Label(field.name, middle, top + 17, FLAG, role, "middle"))
            self.texts.append(Label(str(field.value), middle, top + 40, CALL, role, "middle"))
        else:
            self.texts += lines(field, piece, x + PAD, top, wide - 1.5 * PAD)

    def data(self, top: float) -> float:
        """The data, in hexadecimal and as letters."""
        data = self.parts.data
        if not data:
            return top
        top += self.name(f"{self.parts.about}, {number(len(data))} octet{'s' * (len(data) != 1)}", top)
        rows = hex_dump(data[:SHOWN]).split("\n")
        more = len(data) > SHOWN
        high = (len(rows) + more) * DUMP_LINE + 2 * PAD
        self.shapes.append(Plate(LEFT + GAP, top, 32 * BIT - 2 * GAP, high, "band established", radius=3))
        lines = [top + PAD + (n + 0.5) * DUMP_LINE for n in range(len(rows) + more)]
        for y, row in zip(lines, rows, strict=False):
            self.texts += dumped(row, y)
        if more:
            self.texts.append(Label(f"… {number(len(data) - SHOWN)} more octets", LEFT + PAD, lines[-1], NOTE))
        return top + high + 10

    def alternative(self) -> str:
        """All fields as text."""
        taken = self.parts
        flags = [field.name for field in taken.header if field.name in FLAGS and field.value]
        bits = f"Control bits: {listed(flags)}." if flags else "No control bit is set."
        envelope = f"IPv4 header: {told(self.envelope)}" if self.envelope else ""
        header = f"{taken.protocol} header, {taken.length} octets: {told(taken.header)}"
        pseudo = f"Also under the checksum, but never sent, the pseudo-header: {told(taken.pseudo)}"
        sentences = [f"{self.about().replace(' · ', ', ')}.", envelope, header, bits * (taken.protocol == "TCP"),
                     data_told(taken.data), pseudo * bool(taken.pseudo)]  # fmt: skip
        return " ".join(filter(None, sentences)).replace(THIN_SPACE, " ").replace(NO_BREAK_SPACE, " ")


def dumped(row: str, y: float) -> Iterator[Label]:
    """A line of a dump: offset, digits, letters, each at its own place, since an SVG closes up several spaces."""
    for begin, end in ((0, 4), (6, 53), (55, len(row))):
        text = row[begin:end].rstrip() if begin < 55 else row[begin:]
        x = LEFT + PAD + text_width("0" * begin, CALL)
        yield Label(text.replace(" ", NO_BREAK_SPACE), x, y, CALL)


def pieces(field: Field) -> Iterator[Piece]:
    """The parts of a field that stand in one row each."""
    at, end = field.start, field.start + field.bits
    while at < end:
        stop = min(end, (at // 32 + 1) * 32)
        yield Piece(at // 32, at % 32, stop - at // 32 * 32, at - field.start)
        at = stop


def lines(field: Field, piece: Piece, x: float, top: float, wide: float) -> Iterator[Label]:
    """The texts in a box: name, words, digits; in the later rows of a field only its digits."""
    if piece.offset:
        yield Label(cut(f"{field.name}, continued", wide, NOTE), x, top + 14, NOTE)
    else:
        yield Label(cut(field.name, wide, PROGRAM), x, top + 14, PROGRAM)
        yield Label(cut(field.words, wide, NOTE), x, top + 29, NOTE)
    yield Label(cut(digits(field, piece), wide, CALL), x, top + 44, CALL)


def digits(field: Field, piece: Piece) -> str:
    """The digits of a field that belong to one row."""
    if piece.stop - piece.first == field.bits:
        return field.hex
    octets = field.value.to_bytes(field.bits // 8, "big")
    return octets[piece.offset // 8 : (piece.offset + piece.stop - piece.first) // 8].hex(" ")
