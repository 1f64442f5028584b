"""tcpdump's text: what it prints of a capture read as a Trace, and a Trace printed as tcpdump would."""

from collections.abc import Mapping
from pathlib import Path

from course.ip.packet import Packet
from course.tcp.segment import NO_OPTIONS, Options, Segment
from course.tcp.seq import wrap
from course.tcp.wire import unpadded_octets
from course.trace.capture import Seen, trace_of
from course.trace.counting import Bases, Numbers, Wire, printed_numbers
from course.trace.frames import NANOSECONDS
from course.trace.others import read_datagram, words_of
from course.trace.printed import read_line
from course.trace.record import Sent
from course.trace.stamps import moments
from course.trace.text import directions
from course.trace.trace import Trace

NO_OCTETS = "printed by tcpdump: zeros stand for the octets of data"
LETTERS = {"FIN": "F", "SYN": "S", "RST": "R", "PSH": "P", "ACK": ".", "URG": "U"}


def parse(text: str, names: Mapping[str, str] | None = None, *, spans: bool | None = None) -> Trace:
    """Read what tcpdump printed as a Trace that can be printed and drawn; its clock starts at the first packet.

    Understood are lines of today's tcpdump and of old ones, with names or -n, with -S, -t, -tt, -ttt, -tttt and -ttttt,
    -e and -i any, but not with -v. `names` names the hosts, as in {"10.0.0.1": "client"}. Octets are not in the text,
    so zeros stand for them; nor is the sequence number of a bare acknowledgment, which is worked out. `spans` says
    whether times are those of -ttt, each since the line before; None: they are if they begin with zero and go back.
    Lines that are neither segments of TCP nor datagrams of UDP are passed over, and `conditions` counts them.
    Raises MalformedCapture, with the line's number, for a line that is one and makes no sense.
    """
    texts = text.splitlines()
    wire = Wire()
    packets = [packet_of(line, number, wire) for number, line in enumerate(texts, 1)]
    seen = [Seen(at, packet) for at, packet in zip(moments(texts, spans=spans), packets, strict=True) if packet]
    others = sum(bool(line.strip()) for line in texts) - len(seen)
    words = [NO_OCTETS] + [f"{others} other line{'s' * (others != 1)} passed over"] * (others > 0)
    return trace_of(seen, " · ".join(words), names)


def packet_of(text: str, number: int, wire: Wire) -> Packet | None:
    """The packet that a line tells of; None if it tells of none that can be read."""
    line = read_line(text, number)
    return read_datagram(text, number) if line is None else wire.packet(line)


def example(name: str) -> str:
    """A text to read: "telnet" is a conversation over one machine's loopback, as Linux printed such about 2010."""
    text = Path(__file__).parent.parent / "data" / f"{name}.txt"
    if not text.is_file():
        raise ValueError(f'there is no example {name!r}: write example("telnet")')
    return text.read_text(encoding="utf-8")


def text(trace: Trace, *, relative: bool = True) -> str:
    """The packets of a run as `tcpdump -n` would print them, the clock beginning at midnight.

    Numbers are as tcpdump has them: as they are up to the SYN,ACK, and counted from there afterwards;
    `relative=False` leaves them all as they are, as -S does.
    """
    bases = Bases()
    return "\n".join(f"{clock(sent.at)} {told(sent, bases, relative=relative)}" for sent in trace.sent)


def told(sent: Sent, bases: Bases, *, relative: bool) -> str:
    """A transmission as tcpdump prints it behind the time."""
    if not isinstance(sent.payload, Segment):
        return words_of(sent.packet)
    return segment_told(sent, printed_numbers(sent, bases, relative=relative))


def segment_told(sent: Sent, numbers: Numbers) -> str:
    """A segment with its numbers."""
    packet, segment, (seq, ack, sack) = sent.packet, sent.segment, numbers
    flags = "".join(letter for flag, letter in LETTERS.items() if flag in segment.flags) or "none"
    parts = [f"Flags [{flags}]"]
    if segment.len or segment.rst:
        parts.append(f"seq {seq}:{wrap(seq + len(segment.data))}" if segment.data else f"seq {seq}")
    parts += [f"ack {ack}"] * (ack is not None) + [f"win {segment.window}"]
    parts += [f"urg {segment.urgent}"] * (segment.urgent is not None)
    if segment.options != NO_OPTIONS:
        parts.append(f"options [{options_of(segment.options._replace(sack=sack))}]")
    ends = (f"{address}.{port}" for address, port in directions(sent)[0])
    kind = "IP6" if ":" in packet.source else "IP"
    return f"{kind} {' > '.join(ends)}: {', '.join(parts)}, length {len(segment.data)}"


def clock(at: float) -> str:
    """The time of day at that moment, in microseconds."""
    seconds, rest = divmod(round(at * NANOSECONDS), NANOSECONDS)
    return f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest // 1000:06}"


def options_of(options: Options) -> str:
    """The options in tcpdump's words, in the order in which our wire has them."""
    words = [f"mss {options.mss}"] * (options.mss is not None) + ["sackOK"] * options.sack_permitted
    if options.timestamps is not None:
        words.append("TS val {} ecr {}".format(*options.timestamps))
    words += [f"wscale {options.window_scale}"] * (options.window_scale is not None)
    if options.sack:
        words.append(f"sack {len(options.sack)} " + "".join(f"{{{left}:{right}}}" for left, right in options.sack))
    words += [f"unknown-{kind}" + (f" 0x{octets.hex()}" if octets else "") for kind, octets in options.unknown]
    return ",".join(words + ["nop"] * (-unpadded_octets(options) % 4))
