"""Header: a TCP header to write in, its fields on one side and its octets on the other (RFC 9293, section 3.1)."""

import threading
from collections.abc import Callable
from html import escape
from itertools import chain
from typing import Any

import anywidget

from course.octets import hex_dump
from course.tcp import wire
from course.tcp.segment import Options, Segment
from course.trace.record import Sent
from course.view.fields import FLAGS, OPTIONS, Field, data_told, pseudo_fields, told
from course.view.widgets.answers import Message, answered, sentence
from course.view.widgets.editable import FIELDS, SWITCHES, Editable, field_text, written
from course.view.widgets.widget import bundle, script, style

CLIENT, SERVER = "10.0.0.2", "10.0.0.1"
EXAMPLE = Segment(
    49152, 7000, seq=1000, window=65535, syn=True,
    options=Options(mss=1460, window_scale=7, sack_permitted=True, timestamps=(100, 0)),
)  # fmt: skip
SHOWN = 128  # octets that can be written in
ROWS = {  # what can be written in, and its name in course.view.fields; FLAGS stand between them
    "Source Port": "source_port",
    "Destination Port": "destination_port",
    "Sequence Number": "seq",
    "Acknowledgment Number": "ack",
    "Data Offset": None,
    "Reserved": None,
    **dict.fromkeys(FLAGS),
    "Window": "window",
    "Checksum": None,
    "Urgent Pointer": "urgent",
    OPTIONS[wire.MSS]: "mss",
    OPTIONS[wire.WINDOW_SCALE]: "window_scale",
    OPTIONS[wire.SACK_PERMITTED]: "sack_permitted",
    OPTIONS[wire.TIMESTAMPS]: "timestamps",
}
HINTS = {"timestamps": " (TSval, TSecr)", "data": r" (\x.. is any octet)", "window_scale": " (0 to 14)"}


class Header(anywidget.AnyWidget):
    """A TCP header in Jupyter, to write in: change a field and its octets follow, and the other way round.

    It begins with a Segment, with a transmission of a Trace and its addresses, or with a SYN. `octets` is what stands
    there, `segment` what it says, or last said when it made sense. Raises TypeError for anything else, and ValueError
    for a segment that does not fit on the wire.
    """

    _esm = script("octets.js", "header.js")
    _css = style("octets.css", "course-octets")

    def __init__(self, segment_or_sent: Segment | Sent | None = None) -> None:
        super().__init__()
        self._editable = beginning(segment_or_sent)
        self._lock = threading.Lock()  # a message may come on another thread while a cell runs
        self.on_msg(lambda _, message, __: self.send(self.answer(message)))

    @property
    def octets(self) -> bytes:
        """The octets as they stand, also when they make no sense."""
        return self._editable.octets

    @property
    def segment(self) -> Segment:
        """What the octets say, or last said when they made sense."""
        return self._editable.segment

    def answer(self, message: Message) -> Message:
        """Do what the browser asks for, and say what it shows then."""
        with self._lock:
            return answered(message, self._act, lambda: shown(self._editable))

    def _act(self, message: Message) -> None:
        self._editable = DEEDS[message["do"]](self._editable, message)

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and for readers without a kernel the fields as a table and as text."""
        plain = f"{summary(self._editable)}\n{told(self._editable.fields)}\n{hex_dump(self.octets)}"
        return bundle(self.model_id, table(self._editable), plain)


def beginning(segment_or_sent: Segment | Sent | None) -> Editable:
    """What stands there at first."""
    match segment_or_sent:
        case None:
            return written(EXAMPLE, CLIENT, SERVER)
        case Segment():
            return written(segment_or_sent, CLIENT, SERVER)
        case Sent(packet=packet):
            return written(packet.segment, packet.source, packet.destination)
    raise TypeError(f"a header begins with a Segment, or with one of trace.sent: not with {segment_or_sent!r}")


Deed = Callable[[Editable, Message], Editable]
DEEDS: dict[str, Deed] = {
    "show": lambda editable, _: editable,
    "octet": lambda editable, message: editable.with_octet(message["at"], message["text"]),
    "field": lambda editable, message: editable.with_field(message["name"], message["value"]),
    "address": lambda editable, message: editable.with_address(message["end"], message["text"]),
    "mend": lambda editable, _: editable.with_right_checksum(),
}


def shown(editable: Editable) -> Message:
    """Everything that the browser needs to show these octets."""
    problem = editable.problem
    return {
        "octets": [f"{octet:02x}" for octet in editable.octets[:SHOWN]],
        "more": max(len(editable.octets) - SHOWN, 0),
        "fields": rows(editable),
        "addresses": {"source": editable.source, "destination": editable.destination},
        "pseudo": [
            {"name": each.name, "hex": each.hex, "words": each.words} for each in pseudo_fields(editable.pseudo)
        ],
        "right": editable.is_right,
        "marked": marked(editable),
        "problem": "" if problem is None else sentence(str(problem)),
        "stale": not editable.makes_sense,
        "status": summary(editable),
    }


def marked(editable: Editable) -> list[int]:
    """The octets that are wrong: the one that the problem names, and both of a wrong checksum."""
    problem = editable.problem
    named = [] if problem is None else [problem.offset]
    return sorted({*named, *(() if editable.is_right else (wire.CHECKSUM_AT, wire.CHECKSUM_AT + 1))})


def rows(editable: Editable) -> list[Message]:
    """The fields in their order: what can be written in and what only is told, each with its octets."""
    found = {field.name: field for field in reversed(editable.fields)}  # of two, the first
    named = [row(name, key, found.get(name), editable.segment) for name, key in ROWS.items()]
    others = [field for field in editable.fields if field.name not in ROWS]
    rest = {"name": "Other options", "kind": "told", "at": list(chain.from_iterable(map(octets_of, others)))}
    rest["words"] = ", ".join(f"{field.name}: {field.words}" for field in others) or "none" * editable.makes_sense
    length = len(editable.octets) - len(editable.segment.data)
    places = list(range(length, len(editable.octets))) if editable.makes_sense else []
    return [*named, rest, {**written_row("Data", "data", editable.segment), "at": places, "words": many(len(places))}]


def row(name: str, key: str | None, field: Field | None, segment: Segment) -> Message:
    """One field; without a place if the segment has no such option."""
    place = {"at": [] if field is None else octets_of(field), "words": "absent" if field is None else field.words}
    if name in FLAGS:
        place["words"] = ""
    key = name if name in FIELDS else key
    if key is not None:
        there = written_row(name, key, segment)
        return {**there, **place, "words": "" if place["words"] == there["value"] else place["words"]}
    if name in FLAGS:  # CWR and ECE are about congestion: our segments do not have them
        return {"name": name, "kind": "bit", "value": bool(field and field.value), "off": True, **place}
    assert field is not None  # what cannot be written in is in every header
    return {
        "name": name,
        "kind": "told",
        **place,
        "words": f"{field.words} ({field.hex})" if field.words else field.hex,
    }


def written_row(name: str, key: str, segment: Segment) -> Message:
    """A field that can be written in, with what stands there."""
    value = field_text(segment, key)
    kind = "bit" if name in FLAGS else "box" if isinstance(value, bool) else "text"
    off = key in SWITCHES and getattr(segment, key) is None
    return {"name": name, "key": key, "hint": HINTS.get(key, ""), "kind": kind, "value": value, "off": off}


def octets_of(field: Field) -> list[int]:
    """The octets in which a field stands."""
    return list(range(field.start // 8, -(-(field.start + field.bits) // 8)))


def many(size: int) -> str:
    """So many octets."""
    return f"{size} octet{'s' * (size != 1)}"


def summary(editable: Editable) -> str:
    """All in a sentence, for those who listen."""
    if editable.problem is not None:
        return sentence(str(editable.problem))
    flags = ", ".join(editable.segment.flags) or "no control bit"
    data = data_told(editable.segment.data)
    return f"{many(len(editable.octets))}, and the checksum is right. Set: {flags}. {data}"


def table(editable: Editable) -> str:
    """The fields as HTML, for readers without a kernel."""
    lines = "".join(
        f'<tr><th scope="row">{escape(field.name)}</th><td><code>{field.hex}</code></td>'
        f"<td>{escape(field.words)}</td></tr>"
        for field in editable.fields
    )
    head = '<thead><tr><th scope="col">field</th><th scope="col">octets</th><th scope="col">meaning</th></tr></thead>'
    dump = f"<pre>{escape(hex_dump(editable.octets))}</pre>"
    return f"<p>{escape(summary(editable))}</p><table>{head}<tbody>{lines}</tbody></table>{dump}"
