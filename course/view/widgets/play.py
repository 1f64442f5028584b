"""Play: a ladder to touch. Press a segment and say what becomes of it; the run is computed again and drawn anew."""

import json
import threading
from collections.abc import Callable
from math import inf
from typing import Any

import anywidget

from course.lab.lecture import is_lecture
from course.scenario import Scenario
from course.view.ladder import ladder
from course.view.widgets.answers import Message, told
from course.view.widgets.session import Session, transmission, with_fault, with_knob
from course.view.widgets.shown import Showing
from course.view.widgets.widget import bundle, script, style

FILES = ("pen.js", "ladder.js", "menu.js", "states.js", "moment.js", "segment.js", "byte.js", "play.js")


class Play(anywidget.AnyWidget):
    """A scenario's ladder in Jupyter, to click; `scenario` is the scenario as it stands, with the chosen faults.

    With `hide` it begins at the first moment, with all that comes next hidden. Nothing of the run is kept in the
    notebook but its picture and its words, for readers without a kernel.
    """

    _esm = script(*FILES)
    _css = style("play.css", "course-play")

    def __init__(self, scenario: Scenario, title: str = "", *, hide: bool | None = None) -> None:
        super().__init__()
        self._hides = is_lecture() if hide is None else hide
        self._showing = Showing(Session((scenario,)), title)
        self._lock = threading.Lock()  # a message may come on another thread while a cell runs
        self.on_msg(lambda _, message, __: self.send({}, packed(self.answer(message))))

    @property
    def scenario(self) -> Scenario:
        """The scenario as it stands: print it, run it, hand it in."""
        return self._showing.session.scenario

    def answer(self, message: Message) -> Message:
        """Do what the browser asks for, and say what came of it: an "error" if nothing did."""
        with self._lock:
            try:
                answer = self._answer(message)
            except Exception as error:  # noqa: BLE001 - it would be lost: it is shown in the widget instead
                answer = {"error": told(error)}
        return {**answer, "serial": message.get("serial"), "hides": self._hides}

    def _answer(self, message: Message) -> Message:
        if message["do"] in QUESTIONS:
            return QUESTIONS[message["do"]](self._showing, message)
        showing = Showing(DEEDS[message["do"]](self._showing.session, message), self._showing.title)
        answer = showing.picture(message.get("sight", inf))
        self._showing = showing
        return answer

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and for readers without a kernel the picture and its words."""
        picture = ladder(self._showing.run.trace, title=self._showing.title)
        return bundle(self.model_id, picture.html(), picture.alternative)


def packed(answer: Message) -> list[bytes]:
    """A long answer as octets, since Jupyter would look through all of it in Python before it is sent."""
    return [json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()]


Question = Callable[[Showing, Message], Message]
QUESTIONS: dict[str, Question] = {
    "show": lambda showing, _: showing.picture(),
    "details": lambda showing, message: showing.details(whole=message["whole"]),
    "header": lambda showing, message: showing.header(message["name"]),
    "journey": lambda showing, message: showing.journey(message["flow"], message["octet"]),
}
Deed = Callable[[Session, Message], Session]
DEEDS: dict[str, Deed] = {
    "undo": lambda session, _: session.undo(),
    "redo": lambda session, _: session.redo(),
    "reset": lambda session, _: session.reset(),
    "knob": lambda session, message: session.then(
        with_knob(session.scenario, message["name"], message["value"]), message.get("gesture")
    ),
    "fault": lambda session, message: session.then(
        with_fault(session.scenario, message["kind"], *transmission(message["name"]), message.get("seconds"))
    ),
}
