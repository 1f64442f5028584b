"""Play: a ladder to touch. Press a segment and say what becomes of it; the run is computed again and drawn anew."""

import threading
from collections.abc import Callable
from operator import itemgetter
from pathlib import Path
from typing import Any

import anywidget

from course.errors import RunError
from course.run import Run
from course.scenario import Scenario
from course.sim.watch import Sample, Watch
from course.trace.hosts import Directory
from course.trace.record import Changed, Delivered, Expired, Record, Sent
from course.trace.text import Numbering, describe_segment, directions, rows
from course.trace.trace import Trace
from course.view.excerpt import Choice
from course.view.ladder import ladder
from course.view.layout import Draft
from course.view.places import PLACES, ROUTES
from course.view.scene import colours, scene
from course.view.story import tell
from course.view.widgets.answers import Message, told
from course.view.widgets.session import Session, is_about, with_fault, with_loss
from course.view.words import span

HERE = Path(__file__).parent
MOST = 500  # segments that are drawn


class Play(anywidget.AnyWidget):
    """A scenario's ladder in Jupyter, to click; `scenario` is the scenario as it stands, with the chosen faults.

    Nothing of the run is kept in the notebook but its picture and its words, for readers without a kernel.
    """

    _esm = HERE / "play.js"
    _css = (HERE / "play.css").read_text(encoding="utf-8") + colours()

    def __init__(self, scenario: Scenario, title: str = "") -> None:
        super().__init__()
        self._session = Session((scenario,))
        self._title = title
        self._lock = threading.Lock()  # a message may come on another thread while a cell runs
        self.on_msg(self._hear)

    @property
    def scenario(self) -> Scenario:
        """The scenario as it stands: print it, run it, hand it in."""
        return self._session.scenario

    def _hear(self, _: object, message: Message, __: object) -> None:
        """The browser asks for something: do it, and say what came of it."""
        with self._lock:
            try:
                answer = self._answer(message)
            except Exception as error:  # noqa: BLE001 - it would be lost: it is shown in the widget instead
                answer = {"error": told(error)}
        self.send({**answer, "serial": message.get("serial")})

    def _answer(self, message: Message) -> dict[str, Any]:
        session = DEEDS[message["do"]](self._session, message)
        answer = shown(session, self._title)
        self._session = session
        return answer

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and for readers without a kernel the picture and its words."""
        picture = ladder(outcome(self.scenario)[0].trace, title=self._title)
        view = {"version_major": 2, "version_minor": 1, "model_id": self.model_id}
        return {
            "application/vnd.jupyter.widget-view+json": view,
            "text/html": picture.html(),
            "text/plain": picture.alternative,
        }, {}


Deed = Callable[[Session, Message], Session]
DEEDS: dict[str, Deed] = {
    "show": lambda session, _: session,
    "undo": lambda session, _: session.undo(),
    "redo": lambda session, _: session.redo(),
    "reset": lambda session, _: session.reset(),
    "loss": lambda session, message: session.then(with_loss(session.scenario, message["value"])),
    "knob": lambda session, message: session.then(session.scenario.with_knobs(**{message["name"]: message["value"]})),
    "fault": lambda session, message: session.then(
        with_fault(session.scenario, message["kind"], message["host"], message["n"], message.get("seconds"))
    ),
}


def outcome(scenario: Scenario, watch: Watch | None = None) -> tuple[Run, str]:
    """The run, also one that ended before its time, and then why it did."""
    ended = scenario.simulate(None, None, watch)
    if ended.error is not None and not isinstance(ended.error, RunError):
        raise ended.error
    run = Run(scenario, ended.trace, ended.results)
    return run, "" if ended.error is None else told(ended.error)


def shown(session: Session, title: str) -> dict[str, Any]:
    """Everything that the browser needs to show this step."""
    scenario, watch = session.scenario, Watch()
    run, problem = outcome(scenario, watch)
    draft = Draft(tell(run.trace, Choice(most=MOST)), title, list(run.trace.hosts))
    return {
        "scene": scene(draft.layout()),
        "segments": segments(run),
        "moments": moments(run, draft),
        "variables": [variables(sample) for sample in watch.samples],
        "diagram": DIAGRAM,
        "code": repr(scenario),
        "knobs": {"delay": scenario.delay, "seed": scenario.seed, "loss": loss(scenario)},
        "can": {"undo": session.can_undo, "redo": session.can_redo},
        "error": problem,
    }


DIAGRAM: dict[str, Any] = {
    "states": {str(state): place for state, place in PLACES.items()},
    "edges": [
        {"from": str(before), "to": str(after), "start": route.start, "end": route.end, "bend": route.bend}
        for (before, after), route in ROUTES.items()
    ],
}


def moments(run: Run, draft: Draft) -> list[dict[str, Any]]:
    """Each record of the picture: its line in the table, its height, and how many records there were by then."""
    place = {id(record): number for number, record in enumerate(run.trace.records, 1)}
    lines = rows(run.trace, draft.story.rows, relative=True)
    heights = (draft.top + height for height in draft.heights.rows)
    return [
        {"y": round(y, 1), "line": line, "after": place[id(record)], "at": record.at, **moved(record, run.trace)}
        for record, line, y in zip(draft.story.rows, lines, heights, strict=True)
    ]


def moved(record: Record, trace: Trace) -> dict[str, Any]:
    """Whose TCP is at work, and from which state to which it goes, if it does."""
    says: dict[str, Any] = {"host": mover(record, trace)}
    if isinstance(record, Changed):
        says["change"] = str(record.before), str(record.after)
        says["listens"] = record.remote is None
    return says


def mover(record: Record, trace: Trace) -> str | None:
    """The host whose TCP is at work in this record; None for a call, and for what is lost on its way."""
    match record:
        case Changed() | Expired():
            return record.host
        case Sent():
            return record.sender
        case Delivered():
            return Directory(trace.hosts).at(directions(record.sent)[0][1])
        case _:
            return None


def variables(sample: Sample) -> dict[str, Any]:
    """What one end says of itself, in words; numbers count from the SYN."""
    status = sample.status
    heard = "–" if status.irs is None else f"{status.rcv_nxt - status.irs}"
    timers = ", ".join(f"{name} at {span(at)}" for name, at in sorted(status.timers.items(), key=itemgetter(1)))
    return {
        "after": sample.after,
        "at": sample.at,
        "host": sample.host,
        "values": {
            "state": str(status.state),
            "SND.UNA · SND.NXT": f"{status.snd_una - status.iss} · {status.snd_nxt - status.iss}",
            "SND.WND": f"{status.snd_wnd}",
            "RCV.NXT · RCV.WND": f"{heard} · {status.rcv_wnd}",
            "RTO": span(status.rto),
            "timers": timers or "off",
            "cwnd · in flight": f"{'no limit' if status.cwnd >= 2**30 else status.cwnd} · {status.flight_size}",
            "to send · to read": f"{status.send_queue} · {status.receive_queue}",
        },
    }


def segments(run: Run) -> dict[str, dict[str, Any]]:
    """What is to be said of each transmission, by its name."""
    numbering = Numbering()
    return {sent.name: said(sent, numbering, run.scenario) for sent in run.trace.sent}


def said(sent: Sent, numbering: Numbering, scenario: Scenario) -> dict[str, Any]:
    """Who sends it, what it is, why it was sent, and what the student wants to become of it."""
    numbering.notice(sent)
    why = sent.segment.why
    return {
        "host": sent.sender,
        "n": sent.ordinal,
        "what": describe_segment(sent, numbering),
        "why": why.sentence if why else "",
        "clause": why.clause if why else "",
        "faults": [str(fault) for fault in scenario.faults if is_about(fault, sent.sender, sent.ordinal)],
    }


def loss(scenario: Scenario) -> float:
    """The probability with which each segment is lost."""
    return sum(getattr(fault, "loss", 0.0) for fault in scenario.faults)
