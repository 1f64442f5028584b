"""The Trace read aloud: one line for each record, as plain text and as a table (RFC 9293's flag names throughout)."""

import html
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from course.ip.icmp import Message
from course.ip.packet import ends
from course.ip.payload import NAMES
from course.ip.udp import Datagram
from course.tcp.segment import NO_OPTIONS, Options, Segment
from course.trace.hosts import Directory
from course.trace.record import (
    Called,
    Changed,
    Delivered,
    Dropped,
    Endpoint,
    Expired,
    Observed,
    Octets,
    Outage,
    Record,
    Returned,
    Sent,
)

if TYPE_CHECKING:
    from course.trace.trace import Trace

Direction = tuple[Endpoint, Endpoint]


class Numbering:
    """Relative sequence numbers: each direction counts from its own SYN; `relative=False` leaves numbers as they are.

    Records must be shown to it in their order, since a pair of ports can be used again with another ISN. A SYN that
    comes before anything else was sent that way (a second attempt) is still counted from the first. `translated` is the
    trace's: on both sides of a NAT numbers count from the same SYN.
    """

    def __init__(self, translated: Mapping[Endpoint, Endpoint] | None = None, *, relative: bool = True) -> None:
        self.relative = relative
        self._translated = translated or {}
        self._isn: dict[Direction, int] = {}
        self._in_use: set[Direction] = set()

    def notice(self, sent: Sent) -> None:
        """Remember the ISN if this is the SYN of a new connection; only segments have numbers."""
        if not isinstance(sent.payload, Segment):
            return
        direction = self._inside(directions(sent)[0])
        if not sent.segment.syn:
            self._in_use.add(direction)
        elif direction in self._in_use or direction not in self._isn:
            self._isn[direction] = sent.segment.seq
            self._in_use.discard(direction)

    def seq(self, sent: Sent) -> int:
        """The segment's sequence number, relative to its sender's ISN."""
        return self._relative(sent.segment.seq, directions(sent)[0])

    def ack(self, sent: Sent) -> int | None:
        """The segment's acknowledgment number, relative to the peer's ISN; None when the ACK bit is off."""
        ack = sent.segment.ack
        return None if ack is None else self._relative(ack, directions(sent)[1])

    def sack(self, sent: Sent) -> tuple[tuple[int, int], ...]:
        """The edges of the segment's SACK blocks, which count as acknowledgment numbers do."""
        back = directions(sent)[1]
        blocks = sent.segment.options.sack
        return tuple((self._relative(left, back), self._relative(right, back)) for left, right in blocks)

    def _relative(self, number: int, direction: Direction) -> int:
        return (number - self._isn.get(self._inside(direction), 0)) % 2**32 if self.relative else number

    def _inside(self, direction: Direction) -> Direction:
        """The same direction, as it is called behind the NAT, if there is one."""
        if not self._translated:
            return direction
        source, destination = direction
        return self._translated.get(source, source), self._translated.get(destination, destination)


def directions(sent: Sent) -> tuple[Direction, Direction]:
    """(from, to) as endpoints, and the way back."""
    source, destination = ends(sent.packet)
    return (source, destination), (destination, source)


def describe(sent: Sent, numbering: Numbering) -> str:
    """What a packet carries, in one line: a segment, or as in "datagram from port 49152 to 7000 (5)"."""
    match sent.payload:
        case Segment():
            return describe_segment(sent, numbering)
        case Datagram(source, destination, data):
            return f"datagram from port {source} to {destination} ({len(data)})"
        case Message() as message:
            return f"ICMP {message.name}{about(message)}"


def about(message: Message) -> str:
    """The end that an error tells of, as in ": UDP port 7000 of 10.0.0.1"; nothing for another message."""
    cause = message.cause
    if cause is None:
        return ""
    address, port = cause.destination
    return f": {NAMES.get(cause.protocol, f'protocol {cause.protocol}')} port {port} of {address}"


def describe_segment(sent: Sent, numbering: Numbering) -> str:
    """A segment in one line: "SYN ACK  seq 0 ack 1 win 65535 <mss 1460>"."""
    segment, seq, ack = sent.segment, numbering.seq(sent), numbering.ack(sent)
    parts = [" ".join(segment.flags) or "(no flags)", f" seq {span(seq, segment)}"]
    if ack is not None:
        parts.append(f"ack {ack}")
    parts.append(f"win {segment.window}")
    if segment.urgent is not None:
        parts.append(f"urg {segment.urgent}")
    if segment.options != NO_OPTIONS:
        parts.append(f"<{describe_options(segment.options._replace(sack=numbering.sack(sent)))}>")
    return " ".join(parts)


def span(seq: int, segment: Segment) -> str:
    """The octets that a segment carries, as in "1:6 (5)", as packetdrill and tcpdump write it; else its number."""
    end = (seq + len(segment.data)) % 2**32
    return f"{seq}:{end} ({len(segment.data)})" if segment.data else str(seq)


def describe_options(options: Options) -> str:
    """The options that are there, in a few words."""
    words = []
    if options.mss is not None:
        words.append(f"mss {options.mss}")
    if options.window_scale is not None:
        words.append(f"wscale {options.window_scale}")
    if options.sack_permitted:
        words.append("sackOK")
    if options.timestamps is not None:
        words.append(f"TS val {options.timestamps[0]} ecr {options.timestamps[1]}")
    words += [f"sack {left}:{right}" for left, right in options.sack]
    words += [f"kind {kind} ({len(value)})" for kind, value in options.unknown]
    return ", ".join(words)


def describe_call(called: Called) -> str:
    """A call as its program wrote it, as in "connection 1: send(b'hello')"."""
    arguments = ", ".join(show(argument) for argument in called.arguments)
    return f"{called.socket + ': ' if called.socket else ''}{called.name}({arguments})"


def describe_return(returned: Returned) -> str:
    """What a call came back with."""
    return f"{returned.called.name}() → {returned.error or show(returned.value)}"


def show(value: object) -> str:
    """A value of a record as text."""
    return str(value) if isinstance(value, Octets) else repr(value)


class Reader:
    """Reads a trace aloud; it knows the hosts' names, and tells connections apart where there are several."""

    def __init__(self, trace: "Trace", *, relative: bool = True) -> None:
        self.numbering = Numbering(trace.translated, relative=relative)
        self._directory = Directory(trace.hosts)
        opened = {(record.local, record.remote) for record in trace.changes if record.remote is not None}
        if trace.world == "capture":  # where no states are known
            opened = {directions(sent)[0] for sent in trace.sent if isinstance(sent.payload, Segment)}
        self._several = len({frozenset(ends) for ends in opened}) > 1

    def describe(self, record: Record) -> tuple[str, str, str]:
        """Who, what, and the rest of a record's line."""
        match record:
            case Sent() | Delivered() | Dropped():
                return self._on_the_wire(record)
            case Called():
                return record.program, "calls", describe_call(record)
            case Returned():
                return record.called.program, "returns", describe_return(record)
            case Outage():
                return record.host, "OUTAGE", record.what
            case _:
                return record.host, *self._in_a_host(record)

    def _on_the_wire(self, record: Sent | Delivered | Dropped) -> tuple[str, str, str]:
        match record:
            case Sent():
                self.numbering.notice(record)
                line = f"[{record.name}] {describe(record, self.numbering)}"
                which = self.which(*directions(record)[0]) if isinstance(record.payload, Segment) else ""
                return record.sender, "sends", line + which
            case Delivered():
                return self.name(directions(record.sent)[0][1]), "gets", f"[{named(record)}]"
            case Dropped():
                return record.sent.sender, "LOST", f"[{named(record)}] {record.sentence}"

    def _in_a_host(self, record: Changed | Expired | Observed) -> tuple[str, str]:
        match record:
            case Changed():
                change = f"{record.before} → {record.after} on {record.event}"
                return "state", change + self.which(record.local, record.remote)
            case Expired():
                return "timer", f"the {record.timer} timer runs out" + self.which(record.local, record.remote)
            case Observed():
                return "seen", self.describe_observation(record)

    def describe_observation(self, seen: Observed) -> str:
        """What the kernel said of a connection."""
        ends = f"port {seen.local[1]}" + (f", {self.name(seen.remote)} {seen.remote[1]}" if seen.remote else "")
        queues = "" if seen.send_queue is None else f"; {seen.send_queue} to send, {seen.receive_queue} to receive"
        return f"{seen.state} ({ends}{queues}; {seen.source})"

    def name(self, end: Endpoint) -> str:
        """The host that this end is on."""
        return self._directory.at(end) or end[0]

    def which(self, local: Endpoint, remote: Endpoint | None) -> str:
        """Which connection it is, as in "  (port 49152, server 7000)"; nothing if there is only one."""
        return f"  (port {local[1]}, {self.name(remote)} {remote[1]})" if self._several and remote else ""


def named(record: Delivered | Dropped) -> str:
    """The transmission's name, with its copy if it is not the first."""
    return record.sent.name if record.copy == 1 else f"{record.sent.name}, copy {record.copy}"


def rows(trace: "Trace", records: Iterable[Record], *, relative: bool) -> list[tuple[str, str, str, str]]:
    """(time in ms, who, what, the rest) for each record."""
    reader = Reader(trace, relative=relative)
    return [(f"{record.at * 1000:.3f}", *reader.describe(record)) for record in records]


def table(trace: "Trace", *, relative: bool = True) -> str:
    """The whole trace as text, times in milliseconds."""
    lines = rows(trace, trace.records, relative=relative)
    width = max((len(who) for _, who, _, _ in lines), default=0)
    return "\n".join(f"{at:>12} ms  {who:<{width}}  {what:<8} {rest}".rstrip() for at, who, what, rest in lines)


SHOWN = 200


def html_table(trace: "Trace", *, relative: bool = True) -> str:
    """The trace as an HTML table for Jupyter: its first 200 records, with a word about the rest."""
    body = "".join(html_row(row) for row in rows(trace, trace.records[:SHOWN], relative=relative))
    more = len(trace) - SHOWN
    caption = f"{len(trace)} records" + (f"; the first {SHOWN} are shown, print(trace) shows all" if more > 0 else "")
    head = "".join(f'<th scope="col" style="text-align:left">{title}</th>' for title in ("ms", "who", "", "what"))
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def html_row(row: tuple[str, str, str, str]) -> str:
    """One record as a row."""
    at, *words = row
    cells = "".join(f'<td style="text-align:left">{html.escape(word)}</td>' for word in words)
    return f'<tr><td style="text-align:right">{at}</td>{cells}</tr>'
