"""Shown: what the browser is told of a run, as plain values: its marks, its moments, its segments, its variables."""

from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

from course.errors import RunError, ScenarioError
from course.octets import letters
from course.run import Run
from course.scenario import Scenario
from course.sim.faults import randomly
from course.sim.watch import Sample, Watch
from course.tcp import wire
from course.tcp.status import Status
from course.trace.hosts import Directory
from course.trace.record import Changed, Delivered, Endpoint, Expired, Record, Sent
from course.trace.text import Numbering, describe_segment, directions, rows
from course.view.boxes import numbers_of, transmission_named
from course.view.excerpt import Choice
from course.view.fields import FLAGS, Field, tcp_fields
from course.view.layout import Draft
from course.view.scene import scene
from course.view.story import tell
from course.view.widgets.answers import Message, told
from course.view.widgets.figure import DIAGRAM, travelled
from course.view.widgets.session import Session, faults_about
from course.view.words import NO_BREAK_SPACE, number, span

MOST = 500  # segments that are drawn
OCTETS = 96  # of a segment that are shown
NO_LIMIT = 2**30  # a congestion window as large as this never closes
End = tuple[str, Endpoint, Endpoint]


@dataclass(frozen=True)
class Showing:
    """A session, and the run of the scenario that it stands at: also one that ended before its time, and why it did."""

    session: Session
    title: str = ""

    @cached_property
    def watched(self) -> tuple[Run, list[Sample], str]:
        """The run, TCP's variables meanwhile, and what went wrong."""
        watch, scenario = Watch(), self.session.scenario
        ended = scenario.simulate(None, None, watch)
        if ended.error is not None and not isinstance(ended.error, RunError):
            raise ended.error
        run = Run(scenario, ended.trace, ended.results)
        return run, watch.samples, "" if ended.error is None else told(ended.error)

    @property
    def run(self) -> Run:
        """The run."""
        return self.watched[0]

    @cached_property
    def whole(self) -> Message:
        """Everything that the browser needs to show this step."""
        session, (run, samples, problem) = self.session, self.watched
        draft = Draft(tell(run.trace, Choice(most=MOST)), self.title, list(run.trace.hosts))
        ends = Ends(samples)
        return {
            "scene": scene(draft.layout()),
            "segments": segments(run),
            "moments": moments(run, draft, ends),
            "names": NAMES,
            "variables": [variables(sample, ends) for sample in samples],
            "diagram": DIAGRAM,
            "code": repr(session.scenario),
            "json": saved(session.scenario),
            "knobs": knobs(session.scenario),
            "can": {"undo": session.can_undo, "redo": session.can_redo},
            "status": summary(run),
            "error": problem,
        }

    def header(self, name: str) -> Message:
        """The octets of one transmission, and the field that each of them belongs to."""
        run = self.run
        return {"header": header(transmission_named(run.trace, name), run)}


def summary(run: Run) -> str:
    """The run in two sentences, for those who listen."""
    chosen = "; ".join(map(str, run.scenario.faults))
    segments = "1 segment" if len(run.trace.sent) == 1 else f"{len(run.trace.sent)} segments"
    end = span(run.trace.records[-1].at) if len(run.trace.records) else "no time"
    return f"{chosen or 'Nothing happens to any segment'}. {segments} in {end}.".replace(NO_BREAK_SPACE, " ")


def saved(scenario: Scenario) -> str:
    """The scenario as JSON; nothing where it cannot be saved."""
    try:
        return scenario.to_json()
    except ScenarioError:
        return ""


class Ends:
    """The ends of connections by name: the host's, and a number where it has several connections."""

    def __init__(self, samples: list[Sample]) -> None:
        by_host: dict[str, list[End]] = {}
        for host, local, remote in dict.fromkeys(map(end_of, samples)):
            by_host.setdefault(host, []).append((host, local, remote))
        self._names = {
            end: host if len(ends) == 1 else f"{host}, connection {count}"
            for host, ends in by_host.items()
            for count, end in enumerate(ends, 1)
        }

    def name(self, end: End | None) -> str | None:
        """What an end is called; None for what is none."""
        return None if end is None else self._names.get(end, end[0])


def end_of(sample: Sample) -> End:
    """The end whose sample it is."""
    return sample.host, sample.local, sample.remote


def moments(run: Run, draft: Draft, ends: Ends) -> list[Message]:
    """Each record of the picture: its line in the table, its height, and how many records there were by then."""
    place = {id(record): count for count, record in enumerate(run.trace.records, 1)}
    lines = rows(run.trace, draft.story.rows, relative=True)
    heights = (draft.top + height for height in draft.heights.rows)
    directory = Directory(run.trace.hosts)
    return [
        {
            "y": round(y, 1),
            "time": span(record.at).replace(NO_BREAK_SPACE, " ") if record.at else "0 ms",
            "line": line,
            "after": place[id(record)],
            "at": record.at,
            **about(record, directory, ends),
        }
        for record, line, y in zip(draft.story.rows, lines, heights, strict=True)
    ]


def about(record: Record, directory: Directory, ends: Ends) -> Message:
    """Which segment it is about, whose TCP is at work, and from which state to which it goes."""
    end = end_at_work(record, directory)
    says: Message = {"end": ends.name(end)}
    sent = record if isinstance(record, Sent) else getattr(record, "sent", None)
    if sent is not None:
        says["name"] = sent.name
    if isinstance(record, Changed):
        says |= {"host": record.host, "change": travelled(record)}
        says["listens"] = record.remote is None
    return says


def end_at_work(record: Record, directory: Directory) -> End | None:
    """The end whose TCP is at work in this record; None for a call, a listener, and what is lost on its way."""
    match record:
        case Changed(_, host, local, remote) | Expired(_, host, local, remote):
            return None if remote is None else (host, local, remote)
        case Sent():
            return record.sender, *directions(record)[0]
        case Delivered():
            local, remote = directions(record.sent)[1]
            return directory.at(local) or local[0], local, remote
        case _:
            return None


def variables(sample: Sample, ends: Ends) -> Message:
    """What one end says of itself, in words; numbers count from the SYN."""
    return {
        "after": sample.after,
        "at": sample.at,
        "end": ends.name(end_of(sample)),
        "values": values(sample.status),
    }


NAMES = (
    "state",
    "SND.UNA · SND.NXT",
    "SND.WND",
    "RCV.NXT · RCV.WND",
    "RTO",
    "timers",
    "cwnd · in flight",
    "to send · to read",
)


def values(status: Status) -> tuple[str, ...]:
    """The variables that one looks at most often, in the order of NAMES; those that belong together, together."""
    heard = "–" if status.irs is None else f"{status.rcv_nxt - status.irs}"
    timers = ", ".join(f"{name} at {span(at)}" for name, at in sorted(status.timers.items(), key=itemgetter(1)))
    return (
        str(status.state),
        f"{status.snd_una - status.iss} · {status.snd_nxt - status.iss}",
        f"{status.snd_wnd}",
        f"{heard} · {status.rcv_wnd}",
        span(status.rto),
        timers or "off",
        f"{'no limit' if status.cwnd >= NO_LIMIT else status.cwnd} · {status.flight_size}",
        f"{status.send_queue} · {status.receive_queue}",
    )


def segments(run: Run) -> dict[str, Message]:
    """What is to be said of each transmission, by its name."""
    numbering = Numbering()
    return {sent.name: said(sent, numbering, run.scenario) for sent in run.trace.sent}


def said(sent: Sent, numbering: Numbering, scenario: Scenario) -> Message:
    """Who sends it, what it is, why it was sent, and what the student wants to become of it."""
    numbering.notice(sent)
    why = sent.segment.why
    return {
        "host": sent.sender,
        "n": sent.ordinal,
        "what": describe_segment(sent, numbering),
        "why": why.sentence if why else "",
        "clause": why.clause if why else "",
        "faults": [str(fault) for fault in faults_about(scenario, sent.sender, sent.ordinal)],
    }


def knobs(scenario: Scenario) -> Message:
    """What can be turned, and where it stands; the loss is the probability with which each segment is lost."""
    loss = sum(fault.loss for fault in scenario.faults if isinstance(fault, randomly))
    return {"delay": scenario.delay, "rate": scenario.rate, "loss": loss, "seed": scenario.seed}


def header(sent: Sent, run: Run) -> Message:
    """A segment's octets as they leave, and its fields, each with the octets in which it stands."""
    source, destination, segment = sent.packet.source, sent.packet.destination, sent.segment
    octets = wire.encode(segment, source, destination)
    pseudo = wire.pseudo_header(source, destination, len(octets))
    length = len(octets) - len(segment.data)
    return {
        "name": sent.name,
        "octets": [f"{octet:02x}" for octet in octets[:OCTETS]],
        "more": max(len(octets) - OCTETS, 0),
        "fields": [*fields(tcp_fields(octets, pseudo, *numbers_of(sent, run.trace))), *data(segment.data, length)],
    }


def fields(found: list[Field]) -> list[Message]:
    """The fields of a header; the control bits as one, since they share an octet."""
    flags = [field for field in found if field.name in FLAGS]
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
