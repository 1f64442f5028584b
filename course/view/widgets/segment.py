"""Segment: what there is to say of each transmission, and its octets field by field, for the browser."""

from course.ip.payload import WORDS
from course.octets import letters
from course.run import Run
from course.scenario import Scenario
from course.tcp.segment import Segment
from course.trace.record import Sent
from course.trace.text import Numbering, describe
from course.view.boxes import numbers_of
from course.view.fields import FLAGS, Field
from course.view.headers import parts
from course.view.widgets.answers import Message
from course.view.widgets.session import faults_about
from course.view.words import number

OCTETS = 96  # of a segment that are shown


def segments(run: Run) -> dict[str, Message]:
    """What is to be said of each transmission, by its name."""
    numbering = Numbering(run.trace.translated)
    return {sent.name: said(sent, numbering, run.scenario) for sent in run.trace.sent}


def said(sent: Sent, numbering: Numbering, scenario: Scenario) -> Message:
    """Who sends it, what it is, why it was sent, and what the student wants to become of it."""
    numbering.notice(sent)
    why = sent.payload.why if isinstance(sent.payload, Segment) else None
    return {
        "heading": f"{WORDS[type(sent.payload)].capitalize()} {sent.name}",
        "what": describe(sent, numbering),
        "why": why.sentence if why else "",
        "clause": why.clause if why else "",
        "faults": [str(fault) for fault in faults_about(scenario, sent.sender, sent.ordinal)],
    }


def header(sent: Sent, run: Run) -> Message:
    """The octets of what a packet carries, and its fields, each with the octets in which it stands."""
    taken = parts(sent, numbers_of(sent, run.trace))
    octets = taken.octets
    return {
        "name": sent.name,
        "octets": [f"{octet:02x}" for octet in octets[:OCTETS]],
        "more": max(len(octets) - OCTETS, 0),
        "fields": [*fields(taken.header), *data(taken.data, taken.length)],
    }


def fields(found: list[Field]) -> list[Message]:
    """The fields of a header; the control bits as one, since they share an octet."""
    flags = [field for field in found if field.name in FLAGS]
    if not flags:
        return [row(field.name, field.words, field.start, field.bits) for field in found]
    bits = "".join(field.hex for field in flags)
    told_flags = " ".join(field.name for field in flags if field.value) or "none"
    last = max(map(found.index, flags))
    return [
        *(row(field.name, field.words, field.start, field.bits) for field in found[:last] if field not in flags),
        row("Control bits", f"{told_flags} ({bits})", flags[0].start, len(flags)),
        *(row(field.name, field.words, field.start, field.bits) for field in found[last + 1 :]),
    ]


def row(name: str, words: str, start: int, bits: int) -> Message:
    """A field with the first and the last octet in which it stands, counted from 0."""
    return {"name": name, "words": words, "at": (start // 8, (start + bits - 1) // 8)}


def data(octets: bytes, start: int) -> list[Message]:
    """The data as one more field, if there is any."""
    if not octets:
        return []
    seen = letters(octets[:16]) + ("…" if len(octets) > 16 else "")
    return [row("Data", f"{number(len(octets))} octet{'s' * (len(octets) != 1)}: {seen}", start * 8, len(octets) * 8)]
