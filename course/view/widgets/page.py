"""A page without a kernel: a press on a segment loses it there, too, since every single loss was run beforehand."""

import json
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from course.errors import ScenarioError
from course.scenario import Scenario
from course.view.widgets.play import FILES
from course.view.widgets.session import Session, transmission, with_fault
from course.view.widgets.shown import Showing
from course.view.widgets.widget import EXPORT, read, script, style

MOST = 100  # segments: each is one more run in the file, which grows with their square
PLAIN = ""  # the answer about the scenario as it is


def save(scenario: Scenario, path: str | Path, title: str = "") -> None:
    """Write the ladder as one HTML file that needs no network and no Python: press a segment, and it is lost.

    One loss at a time: the scenario is run once for each segment that it sends, and once as it is. Raises
    ScenarioError if the file is not called .html, or if there are more than 100 segments.
    """
    if Path(path).suffix != ".html":
        raise ScenarioError(f"{str(path)!r}: write a name that ends in .html, as in ladder.html")
    told = answers(scenario)
    page = Template(read("page.html")).substitute(
        title=escape(title or " and ".join(scenario.programs)),
        style=style("play.css", "course-play"),
        alternative=escape(told[PLAIN]["picture"]["scene"]["alternative"]),
        answers=in_script(json.dumps(folded(told), ensure_ascii=False, separators=(",", ":"))),
        program=script(*FILES, "page.js").replace(EXPORT, ""),
    )
    Path(path).write_text(page, encoding="utf-8")


def answers(scenario: Scenario) -> dict[str, dict[str, Any]]:
    """What the page can be asked, and what it answers then: "drop client 3", and "" for the scenario as it is.

    For a segment about which the scenario itself has a fault there is "none client 3", too.
    """
    plain = answer(scenario)
    segments = plain["details"]["segments"]
    if len(segments) > MOST:
        raise ScenarioError(
            f"{len(segments)} segments are too many for a page, which holds a run for each loss: {MOST} are the most; "
            "let the programs send less"
        )
    changes = [("drop", name) for name in segments]
    changes += [("none", name) for name, said in segments.items() if said["faults"]]
    changed = {f"{kind} {name}": answer(with_fault(scenario, kind, *transmission(name))) for kind, name in changes}
    return {PLAIN: plain, **changed}


def answer(scenario: Scenario) -> dict[str, Any]:
    """What the widget would be told, without what the page knows best itself: where undo and redo lead."""
    showing = Showing(Session((scenario,)))
    told, details = showing.picture(), showing.details(whole=False)
    del told["can"]
    headers = {name: showing.header(name) for name in details["segments"]}
    return {"picture": told, "details": details, "headers": headers}


def folded(value: dict[str, Any]) -> list[Any]:
    """The value as a list of all dictionaries and lists in it, each of them once: runs have most of them in common.

    What stands in another one is given there as its place in the list, `[7]`. The last one is the whole.
    """
    places: dict[str, int] = {}

    def fold(each: Any) -> Any:
        if isinstance(each, dict):
            plain: Any = {name: fold(part) for name, part in each.items()}
        elif isinstance(each, list | tuple):
            plain = [fold(part) for part in each]
        else:
            return each
        return [places.setdefault(json.dumps(plain), len(places))]

    fold(value)
    return [json.loads(text) for text in places]


def in_script(text: str) -> str:
    """JSON that may stand in a script element: no text in it can end the element."""
    return text.replace("<", "\\u003c")
