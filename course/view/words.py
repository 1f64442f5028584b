"""The words in our pictures: how a segment, a call, a result and a span of time are written."""

from collections.abc import Iterable
from functools import lru_cache

from course.ip.icmp import Message
from course.ip.payload import WORDS, Payload
from course.ip.udp import Datagram
from course.tcp.segment import Segment, Why
from course.tcp.timers import Timer
from course.trace.record import Called, Dropped, Octets, Returned, Sent, which_copy

THIN_SPACE = "\u2009"
NO_BREAK_SPACE = "\u00a0"
LAST_LATIN_LETTER = "\u024f"
NAMED = ("accept", "dup", "socket", "spawn")
LONG_UNITS = ((86_400.0, "days"), (3600.0, "h"))
RECEIVING = ("recv", "recv_into", "recvmsg", "read", "readline")
PLAIN_LOSS = ("lost", "loss", "drop", "dropped", "fault", "random loss")


def number(value: float, digits: int = 3) -> str:
    """A number with thin spaces between thousands and at most `digits` decimals, as in "1 250" and "0.5"."""
    whole, _, rest = f"{value:,.{digits}f}".replace(",", THIN_SPACE).partition(".")
    rest = rest.rstrip("0")
    return f"{whole}.{rest}" if rest else whole


@lru_cache(maxsize=4096)
def span(seconds: float) -> str:
    """A span of time as one says it: "20 µs", "950 ms", "1.5 s"."""
    if seconds >= 0.9999995:
        return f"{number(seconds, 3 if seconds < 10 else 1)}{NO_BREAK_SPACE}s"
    if seconds >= 0.0009999995:
        return f"{number(seconds * 1e3, 3 if seconds < 0.01 else 1)}{NO_BREAK_SPACE}ms"
    return f"{number(seconds * 1e6, 1)}{NO_BREAK_SPACE}µs"


def long_span(seconds: float) -> str:
    """A span of time, with the hours, days or years that a long one comes to: "7 199.6 s (≈ 2 h)"."""
    unit, name = next(((unit, name) for unit, name in LONG_UNITS if seconds >= 1.5 * unit), (0, ""))
    rough = f" (≈{NO_BREAK_SPACE}{number(seconds / unit, 0)}{NO_BREAK_SPACE}{name})" if unit else ""
    return span(seconds) + rough


def segment_label(segment: Segment, seq: int, ack: int | None, *, tell_ack: bool, again: bool) -> str:
    """What stands at an arrow, as in "SYN ACK seq 0 ack 1" or "PSH ACK 1–5 (5) again".

    `seq` and `ack` are the numbers to write. An acknowledgment that rides on data is told only if `tell_ack`.
    """
    parts = [*segment.flags, octets_label(segment, seq)]
    if ack is not None and (tell_ack or not segment.data):
        parts.append(f"ack {ack}")
    if segment.why is Why.WINDOW_UPDATE or (segment.window == 0 and not segment.rst):
        parts.append(f"win {segment.window}")
    if again:
        parts.append("again")
    return " ".join(filter(None, parts))


def payload_label(payload: Datagram | Message) -> str:
    """What stands at the arrow of what is no segment, as in "datagram, 5 octets" or "ICMP port unreachable"."""
    if isinstance(payload, Message):
        return f"ICMP {payload.name}"
    count = len(payload.data)
    return f"datagram, {number(count)} octet{'s' * (count != 1)}" if count else "datagram, empty"


def payload_kind(payload: Payload) -> str:
    """The role, and so the colour, of what a packet carries."""
    match payload:
        case Segment():
            return segment_kind(payload)
        case Datagram():
            return "data"
    return "trouble" if payload.cause else "acknowledgment"


def word_for(all_sent: Iterable[Sent]) -> str:
    """What they carry, in one word: "segment", "datagram" or "message"; "packet" where they carry several kinds."""
    kinds = {WORDS[type(sent.payload)] for sent in all_sent}
    return "packet" if len(kinds) > 1 else kinds.pop() if kinds else "segment"


def octets_label(segment: Segment, seq: int) -> str:
    """The octets that a segment carries, "1–5 (5)"; without any its number, unless it is a bare acknowledgment."""
    count = len(segment.data)
    if count:
        first = seq + segment.syn
        return f"{first} (1)" if count == 1 else f"{first}–{first + count - 1} ({count})"
    bare = segment.ack is not None and not segment.len and not segment.rst
    return "" if bare else f"seq {seq}"


def segment_kind(segment: Segment) -> str:
    """The role, and so the colour, of a segment: what it does for the connection."""
    if segment.rst:
        return "trouble"
    if segment.syn:
        return "opening"
    if segment.fin:
        return "closing"
    return "data" if segment.data else "acknowledgment"


def loss_label(dropped: Dropped) -> str:
    """The loss by the transmission's name, with the reason where it is not plain loss."""
    name = transmission(dropped.sent, dropped.copy)
    plain = dropped.reason in PLAIN_LOSS or dropped.reason.startswith(("drop(", "randomly("))
    return f"lost: {name}" if plain or not dropped.reason else f"lost: {name}, {dropped.reason}"


def transmission(sent: Sent, copy: int) -> str:
    """A transmission's name, as in "client 3", or "client 3, copy 2"."""
    return sent.name if copy == 1 else f"{sent.name}, copy {copy}"


def call_label(called: Called) -> str:
    """A call as its program wrote it, as in "recv(1024)"; on a duplicated socket "copy 2: recv(1024)".

    Many octets are only counted.
    """
    _, copy = which_copy(called.socket)
    call = f"{called.name}({', '.join(value_label(argument) for argument in called.arguments)})"
    return f"{copy}: {call}" if copy else call


def result_label(called: Called, returned: Returned | None) -> str:
    """What came of a call, as in "→ 5", "→ connected"; empty where there is nothing to tell."""
    if returned is None:
        return "… still waiting"
    if returned.error is not None:
        return f"→ {returned.error}"
    if called.name in ("connect", "create_connection") and returned.value is None:
        return "→ connected"
    if called.name in RECEIVING and returned.value == b"":
        return "→ b'' end of file"
    if called.name in NAMED:
        return f"→ {returned.value}"
    return "" if returned.value is None else f"→ {value_label(returned.value)}"


def value_label(value: object) -> str:
    """A value in a program's notation, with letters that few fonts have written as escapes."""
    if isinstance(value, Octets):
        return f"{number(value.length)} octets"
    text = repr(value)
    return text if all(letter <= LAST_LATIN_LETTER for letter in text) else ascii(value)


def wait_label(timer: Timer, lasted: float | None) -> str:
    """What a timer that is running means, as in "RTO 1 s is running"."""
    if timer is Timer.RETRANSMISSION:
        return "RTO is running" if lasted is None else f"RTO {span(lasted)} is running"
    if timer is Timer.TIME_WAIT:
        return "TIME-WAIT for 2 MSL"
    return f"{timer} timer is running"
