"""A session: a scenario that is changed step by step, with the way back and forth."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from course.errors import ScenarioError
from course.scenario import Scenario
from course.sim import faults
from course.sim.fates import Fault

PLAIN: dict[str, Callable[[str, int], Fault]] = {
    "drop": faults.drop,
    "duplicate": faults.duplicate,
    "corrupt": faults.corrupt,
}
TIMED: dict[str, Callable[[str, int, float], Fault]] = {"delay": faults.delay, "hold": faults.hold}


@dataclass(frozen=True, slots=True)
class Session:
    """The scenarios that somebody went through; `at` says which one is shown."""

    steps: tuple[Scenario, ...]
    at: int = 0
    gesture: str | None = None  # the movement of the mouse that made the last step, if one did

    @property
    def scenario(self) -> Scenario:
        """The one that is shown."""
        return self.steps[self.at]

    @property
    def can_undo(self) -> bool:
        """Is there a step back?"""
        return self.at > 0

    @property
    def can_redo(self) -> bool:
        """Is there a step that was taken back?"""
        return self.at + 1 < len(self.steps)

    def then(self, scenario: Scenario, gesture: str | None = None) -> "Session":
        """Go on with another scenario; what had been taken back is forgotten.

        Steps of one gesture, as of a knob that is still being turned, are one step.
        """
        if scenario == self.scenario:
            return self
        goes_on = gesture is not None and gesture == self.gesture
        before = self.steps[: self.at + (not goes_on)]
        return Session((*before, scenario), len(before), gesture)

    def undo(self) -> "Session":
        """One step back, if there is one."""
        return replace(self, at=max(self.at - 1, 0), gesture=None)

    def redo(self) -> "Session":
        """One step forth again, if there is one."""
        return replace(self, at=min(self.at + 1, len(self.steps) - 1), gesture=None)

    def reset(self) -> "Session":
        """Back to the beginning, as one more step."""
        return self.then(self.steps[0])


def transmission(name: str) -> tuple[str, int]:
    """The sender of a transmission and its number, as in "client 3"."""
    host, _, n = name.rpartition(" ")
    if not n.isdecimal():
        raise ScenarioError(f'{name!r} names no transmission: write a host and a number, as in "client 3"')
    return host, int(n)


def with_fault(scenario: Scenario, kind: str, host: str, n: int, seconds: float | None = None) -> Scenario:
    """The scenario in which this happens to the `n`-th transmission of `host`, instead of what happened to it before.

    `kind` is the name of one of course.faults about one transmission, or "none"; delay and hold take `seconds`.
    Raises ScenarioError for what cannot be.
    """
    others = tuple(fault for fault in scenario.faults if not is_about(fault, host, n))
    if kind == "none":
        return scenario.with_knobs(faults=others)
    if kind in TIMED:
        return scenario.with_knobs(faults=(*others, TIMED[kind](host, n, 0.0 if seconds is None else seconds)))
    if kind not in PLAIN:
        raise ScenarioError(f"there is no fault {kind!r}; there are {', '.join((*PLAIN, *TIMED))}")
    return scenario.with_knobs(faults=(*others, PLAIN[kind](host, n)))


def with_knob(scenario: Scenario, name: str, value: float | None) -> Scenario:
    """The scenario with another knob; besides its own ones, "loss" loses each segment with this probability."""
    if name != "loss":
        return scenario.with_knobs(**{name: value})
    others = tuple(fault for fault in scenario.faults if not isinstance(fault, faults.randomly))
    return scenario.with_knobs(faults=others + ((faults.randomly(value or 0.0),) if value else ()))


def faults_about(scenario: Scenario, host: str, n: int) -> list[Fault]:
    """The scenario's faults about just this transmission."""
    return [fault for fault in scenario.faults if is_about(fault, host, n)]


def is_about(fault: Fault, host: str, n: int) -> bool:
    """Is the fault about just this transmission?"""
    return getattr(fault, "n", None) == n and getattr(fault, "host", None) == host
