"""Relative numbers as tcpdump counts them, and back to those on the wire."""

from course.ip.packet import Packet
from course.tcp.segment import Segment
from course.tcp.seq import precedes, wrap
from course.trace.printed import Line
from course.trace.record import Sent
from course.trace.text import Direction, directions

Numbers = tuple[int, int | None, tuple[tuple[int, int], ...]]
"""SEG.SEQ, SEG.ACK, and the blocks of a SACK option."""


class Bases:
    """The numbers that tcpdump counts from: those of the first segment with ACK that it sees, or of the SYN,ACK."""

    def __init__(self) -> None:
        self._bases: dict[Direction, int] = {}

    def begin(self, direction: Direction, *, syn: bool) -> bool:
        """Is a segment with ACK printed with its numbers as they are, so that the next ones count from there?"""
        return syn or direction not in self._bases

    def keep(self, direction: Direction, seq: int, ack: int) -> None:
        """Count from here, both ways."""
        self._bases[direction], self._bases[direction[::-1]] = seq, ack - 1

    def of(self, direction: Direction) -> int:
        """The number that counts as 0."""
        return self._bases[direction]


class Wire:
    """Finds out the numbers that were on the wire; all lines must be shown to it in their order."""

    def __init__(self) -> None:
        self._bases = Bases()
        self._counted: dict[frozenset[object], bool | None] = {}
        self._next: dict[Direction, int] = {}

    def packet(self, line: Line) -> Packet:
        """The packet that a line is about."""
        direction = line.source, line.destination
        seq, ack, sack = self.numbers(line, direction)
        segment = Segment(
            line.source[1], line.destination[1], seq, ack, line.window, bytes(line.length),
            syn="S" in line.flags, fin="F" in line.flags, psh="P" in line.flags, rst="R" in line.flags,
            options=line.options._replace(sack=sack) if sack else line.options, urgent=line.urgent,
        )  # fmt: skip
        self.remember(direction, segment)
        return Packet(line.source[0], line.destination[0], segment)

    def numbers(self, line: Line, direction: Direction) -> Numbers:
        """The numbers as they were on the wire."""
        expected = self._next.get(direction, 0)
        seq, sack = line.seq, line.options.sack
        if line.ack is None:
            return expected if seq is None else seq, None, sack
        if self._bases.begin(direction, syn="S" in line.flags):
            seq = expected if seq is None else seq
            self._bases.keep(direction, seq, line.ack)
            self._counted.pop(frozenset(direction), None)
            return seq, line.ack, sack
        ours, theirs = self._bases.of(direction), self._bases.of(direction[::-1])
        if not self.are_counted(line, direction):
            ours = theirs = 0
        blocks = tuple((wrap(left + theirs), wrap(right + theirs)) for left, right in sack)
        return expected if seq is None else wrap(seq + ours), wrap(line.ack + theirs), blocks

    def are_counted(self, line: Line, direction: Direction) -> bool:
        """Are this connection's numbers counted from its bases? The first line that can tell decides."""
        pair = frozenset(direction)
        if self._counted.get(pair) is None:
            assert line.ack is not None
            self._counted[pair] = is_counted(line.ack, self._bases.of(direction[::-1]))
        if self._counted[pair] is None and line.seq is not None:
            self._counted[pair] = is_counted(line.seq, self._bases.of(direction))
        return bool(self._counted[pair])

    def remember(self, direction: Direction, segment: Segment) -> None:
        """Keep what each side will send next, if it sends a bare acknowledgment."""
        end = wrap(segment.seq + segment.len)
        if segment.syn or precedes(self._next.get(direction, end - 1), end):
            self._next[direction] = end
        if segment.ack is not None:
            self._next.setdefault(direction[::-1], segment.ack)


def is_counted(number: int, base: int) -> bool | None:
    """Is the number counted from the base? None if both ways it means the same."""
    return None if base == 0 else not 0 < wrap(number - base) < number


def printed_numbers(sent: Sent, bases: Bases, *, relative: bool) -> Numbers:
    """The numbers of a segment as tcpdump prints them."""
    segment, direction = sent.segment, directions(sent)[0]
    seq, ack, sack = segment.seq, segment.ack, segment.options.sack
    if not relative or ack is None:
        return seq, ack, sack
    if begins := bases.begin(direction, syn=segment.syn):
        bases.keep(direction, seq, ack)
    ours, theirs = bases.of(direction), bases.of(direction[::-1])
    blocks = tuple((wrap(left - theirs), wrap(right - theirs)) for left, right in sack)
    return (seq, ack, blocks) if begins else (wrap(seq - ours), wrap(ack - theirs), blocks)
