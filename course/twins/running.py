"""A scenario, run in both worlds: the simulated one first, since it takes no time."""

from typing import TYPE_CHECKING

from course.errors import DeadlineExceeded, Deadlock, LimitExceeded, RunError, ScenarioError
from course.run import silenced
from course.twins.comparison import Comparison, compare
from course.twins.side import Side

if TYPE_CHECKING:
    from course.scenario import Scenario

NO_FAULTS = (
    "faults need the simulated network, and the kernel's loopback has none: "
    "compare the scenario without them, as in scenario.with_knobs(faults=()).compare()"
)
NO_MIDDLEBOXES = (
    "middleboxes need the simulated network, and nothing stands on the kernel's loopback: "
    "compare the scenario without them, as in scenario.with_knobs(middleboxes=()).compare()"
)
TOO_LONG = (
    Deadlock,
    LimitExceeded,
    DeadlineExceeded,
)  # the programs are at it in both worlds, and that can be compared
CUT = "at the moment that was asked for"


def both(scenario: "Scenario", until: float | None, deadline: float, *, capture: bool) -> Comparison:
    """Run it in both worlds, and put what came of it side by side; what its programs print is shown once."""
    if scenario.faults:
        raise ScenarioError(NO_FAULTS)
    if scenario.middleboxes:
        raise ScenarioError(NO_MIDDLEBOXES)
    simulated = side(scenario, "simulated", until, deadline)
    with silenced():
        real = side(scenario, "loopback", until, deadline, capture=capture)
    conditions = f"{scenario.conditions()} · on loopback none of that"
    return compare(simulated, real, conditions)


def side(scenario: "Scenario", world: str, until: float | None, deadline: float, *, capture: bool = False) -> Side:
    """One of the two runs; one that takes too long is a result like others."""
    try:
        run, error = scenario.run(world, until, deadline, capture=capture), None
    except TOO_LONG as too_long:
        run, error = too_long.run, too_long
    ended = type(error).__name__ if isinstance(error, RunError) else "" if until is None else CUT
    return Side(run.trace, run.results, ended)
