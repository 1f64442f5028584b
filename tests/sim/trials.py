"""Trials: a schedule is run and judged; if anything is wrong, one line says it all and makes it again.

A schedule is a Scenario of values: programs from tests/sim/parts.py, faults, TCP's knobs.
"""

from collections.abc import Iterator
from typing import Any

from course import Limits, Run, RunError, Scenario, TcpParameters, faults
from course.tcp.options import STAMP_OCTETS
from tests.sim import parts
from tests.sim.judge import problems
from tests.sim.parts import Say, Step


def judged(scenario: Scenario, *, twice: bool = False) -> Run:
    """Run a schedule; AssertionError, with the line that replays it and its ladder, if anything is wrong."""
    try:
        run = scenario.run(limits=limits(scenario))
    except RunError as error:
        raise AssertionError(told(scenario, [f"{type(error).__name__}: {error}"], error.run)) from error
    wrong = problems(run)
    if twice and scenario.run(limits=limits(scenario)).trace != run.trace:
        wrong.append("the same seed gave another trace")
    if wrong:
        raise AssertionError(told(scenario, wrong, run))
    return run


def told(scenario: Scenario, wrong: list[str], run: Run) -> str:
    """What is wrong, the line to replay it by, and the ladder."""
    return "\n".join([*wrong, "", f"python -m tools.schedules --replay {shell(line(scenario))}", "", str(run.trace)])


def shell(text: str) -> str:
    """The text in the quotation marks of a shell; it has none of the double ones in it."""
    return f'"{text}"'


def limits(scenario: Scenario) -> Limits:
    """What no run needs that comes to an end.

    Without congestion control every loss repeats all that follows it, several times if the RTO is below the round trip.
    """
    knobs, count = scenario.tcp_by_host().values(), pieces(scenario)
    careless = any(one.congestion_control == "none" for one in knobs)
    questions = 5000 if any(one.keep_alive for one in knobs) else 500
    return Limits(seconds=100_000.0, segments=questions + count * (max(4 * count, 20) if careless else 20))


def pieces(scenario: Scenario) -> int:
    """Into how many pieces all that is said has to be cut, by segments, windows, buffers, writes and reads."""
    knobs = scenario.tcp_by_host().values()
    unit = smallest_unit(*knobs)
    return sum(-(-say.octets // min(unit, say.piece)) for say in steps(scenario) if isinstance(say, Say))


def smallest_unit(*knobs: TcpParameters) -> int:
    """The octets that one segment can carry at the worst; a SYN cookie may forget that it may be more than one."""
    if any(each.syn_cookies for each in knobs):
        return 1
    stamps = STAMP_OCTETS if all(each.timestamps for each in knobs) else 0
    windows = [each.initial_window or each.mss for each in knobs]
    sizes = [size for each in knobs for size in (each.mss - stamps, each.send_buffer, each.receive_buffer)]
    return max(1, min(sizes + windows))


def steps(scenario: Scenario) -> Iterator[Step]:
    """All steps of all programs."""
    for program in scenario.programs.values():
        for end in program.ends:  # type: ignore[attr-defined]
            yield from end.steps
            yield from end.beside


def line(scenario: Scenario) -> str:
    """The schedule as one line of code."""
    words = [f"{name}={program!r}" for name, program in scenario.programs.items()]
    words += [f"{name}={getattr(scenario, name)!r}" for name in ("delay", "rate", "queue", "seed")]
    words += [f"faults={list(scenario.faults)!r}"] if scenario.faults else []
    knobs = ", ".join(f"{host!r}: {knobs!r}" for host, knobs in scenario.tcp_by_host().items())
    return f"Scenario({', '.join(words)}, tcp={{{knobs}}})"


NAMES: dict[str, Any] = {
    **{name: getattr(parts, name) for name in dir(parts)},
    "faults": faults, "Scenario": Scenario, "TcpParameters": TcpParameters, "inf": float("inf"),
}  # fmt: skip


def scenario_of(code: str) -> Scenario:
    """The schedule that a line says."""
    scenario = eval(code, dict(NAMES))  # noqa: S307 - our own line
    assert isinstance(scenario, Scenario)
    return scenario
