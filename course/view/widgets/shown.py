"""Shown: one step of a session as the browser is told of it: its run, its picture, and what there is to say of it."""

from dataclasses import dataclass
from functools import cached_property
from math import inf

from course.errors import RunError, ScenarioError
from course.run import Run, announce
from course.scenario import Scenario
from course.sim.faults import randomly
from course.sim.watch import Sample, Watch
from course.view.boxes import transmission_named
from course.view.excerpt import Choice
from course.view.layout import Draft
from course.view.scene import scene
from course.view.story import tell
from course.view.widgets.answers import Message, told
from course.view.widgets.byte import Flow, flows, journey
from course.view.widgets.figure import DIAGRAM
from course.view.widgets.moment import NAMES, Ends, moments, variables
from course.view.widgets.segment import header, segments
from course.view.widgets.session import Session
from course.view.words import NO_BREAK_SPACE, span, word_for

MOST = 500  # segments that are drawn


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
        announce(run.trace)
        return run, watch.samples, "" if ended.error is None else told(ended.error)

    @property
    def run(self) -> Run:
        """The run."""
        return self.watched[0]

    @cached_property
    def ends(self) -> Ends:
        """The ends of its connections, by name."""
        return Ends(self.watched[1])

    @cached_property
    def flows(self) -> list[Flow]:
        """Who sends octets to whom."""
        return flows(self.watched[1], self.ends.ways)

    @cached_property
    def draft(self) -> Draft:
        """The picture in the making."""
        run = self.run
        return Draft(tell(run.trace, Choice(most=MOST)), self.title, list(run.trace.hosts))

    def picture(self, down_to: float = inf) -> Message:
        """What the browser needs at once to draw this step, down to this height of the picture."""
        session, scenario = self.session, self.session.scenario
        return {
            "scene": scene(self.draft.layout(down_to)),
            "isWhole": down_to >= self.draft.bottom,
            "code": repr(scenario),
            "json": saved(scenario),
            "knobs": knobs(scenario),
            "can": {"undo": session.can_undo, "redo": session.can_redo},
            "status": summary(self.run),
            "error": self.watched[2],
        }

    def details(self, *, whole: bool = True) -> Message:
        """What there is to say of each segment and of each moment; and the whole picture, if that is asked for."""
        return {
            **({"scene": scene(self.draft.layout())} if whole else {}),
            "segments": segments(self.run),
            "moments": moments(self.run, self.draft, self.ends),
            "names": NAMES,
            "variables": [variables(sample, self.ends) for sample in self.watched[1]],
            "diagram": DIAGRAM,
            "flows": [{"name": flow.name, "octets": flow.octets} for flow in self.flows],
        }

    def header(self, name: str) -> Message:
        """The octets of one transmission, and the field that each of them belongs to."""
        run = self.run
        return {"header": header(transmission_named(run.trace, name), run)}

    def journey(self, flow: int, octet: int) -> Message:
        """Where one octet is, of those that one end sends; flows are counted from 0."""
        return {"journey": journey(self.run.trace, self.watched[1], self.flows[flow], octet)}


def summary(run: Run) -> str:
    """The run in two sentences, for those who listen."""
    chosen = "; ".join(map(str, run.scenario.faults))
    word, count = word_for(run.trace.sent), len(run.trace.sent)
    end = span(run.trace.records[-1].at) if len(run.trace.records) else "no time"
    return f"{chosen or f'Nothing happens to any {word}'}. {count} {word}{'s' * (count != 1)} in {end}.".replace(
        NO_BREAK_SPACE, " "
    )


def saved(scenario: Scenario) -> str:
    """The scenario as JSON; nothing where it cannot be saved."""
    try:
        return scenario.to_json()
    except ScenarioError:
        return ""


def knobs(scenario: Scenario) -> Message:
    """What can be turned, and where it stands; the loss is the probability with which each segment is lost."""
    loss = sum(fault.loss for fault in scenario.faults if isinstance(fault, randomly))
    return {"delay": scenario.delay, "rate": scenario.rate, "loss": loss, "seed": scenario.seed}
