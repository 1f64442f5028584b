"""Saved: a scenario as JSON, to hand in or to keep, and back again."""

import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar

import course.apps
from course.checked import KNOBS, Program
from course.errors import ScenarioError
from course.scenario import Scenario, program_name
from course.sim import faults, middleboxes
from course.sim.fates import Fault
from course.tcp.parameters import TcpParameters

T = TypeVar("T")
FORMAT = 1
KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (faults.drop, faults.delay, faults.hold, faults.duplicate, faults.reorder, faults.corrupt,
                 faults.drop_flags, faults.cut, faults.randomly, faults.power_off, faults.kill)
}  # fmt: skip
BOXES: dict[str, Callable[..., middleboxes.Middlebox]] = {
    kind.__name__: kind for kind in (middleboxes.firewall, middleboxes.nat)
}
PLAIN = tuple(knob for knob in KNOBS if knob not in ("faults", "middleboxes", "tcp"))
KNOWN = ("course scenario", "programs", *PLAIN, "faults", "middleboxes", "tcp", "tcp by host")


def to_json(scenario: Scenario) -> str:
    """The scenario as JSON, over several lines; its programs are written down by name.

    Raises ScenarioError for a fault that is no plain value, as drop_if.
    """
    saved: dict[str, Any] = {
        "course scenario": FORMAT,
        "programs": {host: program_name(program) for host, program in scenario.programs.items()},
        **{knob: getattr(scenario, knob) for knob in PLAIN},
        "faults": [fault_saved(fault) for fault in scenario.faults],
        "middleboxes": [{"middlebox": type(box).__name__, **changed(box)} for box in scenario.middleboxes],
    }
    if isinstance(scenario.tcp, TcpParameters):
        saved["tcp"] = changed(scenario.tcp)
    else:
        saved["tcp by host"] = {host: changed(tcp) for host, tcp in scenario.tcp.items()}
    return json.dumps(saved, indent=1)


def fault_saved(fault: Fault) -> dict[str, Any]:
    """A fault by its name, and what it was given."""
    name = type(fault).__name__
    if KINDS.get(name) is not type(fault):
        raise ScenarioError(f"{fault!r} cannot be saved: a fault that is a function has no name to write down")
    return {"fault": name, **changed(fault)}


def changed(value: Any) -> dict[str, Any]:
    """The fields of a dataclass that are not what they are by themselves."""
    return {
        field.name: getattr(value, field.name)
        for field in fields(value)
        if field.default is MISSING or getattr(value, field.name) != field.default
    }


def from_json(text: str, programs: Mapping[str, Program]) -> Scenario:
    """The scenario that was saved. Programs of course.apps are found by name; `programs` holds all others, by host.

    Raises ScenarioError for what is no saved scenario, and for a program that is not there.
    """
    saved = read(text)
    values: dict[str, Any] = {knob: saved[knob] for knob in PLAIN if knob in saved}
    values |= named(saved["programs"], programs)
    try:
        tcp = {host: TcpParameters(**values) for host, values in saved.get("tcp by host", {}).items()}
        return Scenario(
            faults=[made(KINDS, "fault", dict(each)) for each in saved.get("faults", [])],
            middleboxes=[made(BOXES, "middlebox", dict(each)) for each in saved.get("middleboxes", [])],
            tcp=tcp or TcpParameters(**saved.get("tcp", {})),
            **values,
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise ScenarioError(f"this saved scenario cannot be: {error}") from error


def read(text: str) -> dict[str, Any]:
    """The JSON, if it is a saved scenario."""
    try:
        saved = json.loads(text)
    except ValueError as error:
        raise ScenarioError(f"this is no JSON: {error}; give what to_json() wrote, whole") from error
    if not isinstance(saved, dict) or not isinstance(saved.get("programs"), dict):
        raise ScenarioError('this JSON is no saved scenario: there are no "programs"; give what to_json() wrote')
    if saved.get("course scenario") != FORMAT:
        raise ScenarioError(f'"course scenario" is {saved.get("course scenario")!r}: this course reads {FORMAT}')
    unknown = [name for name in saved if name not in KNOWN]
    if unknown:
        raise ScenarioError(f"this saved scenario says {unknown[0]!r}, which is nothing that a scenario has")
    return saved


def named(names: Mapping[str, str], programs: Mapping[str, Program]) -> dict[str, Program]:
    """The programs by host: the given ones, and the rest from course.apps."""
    strange = [host for host in programs if host not in names]
    if strange:
        raise ScenarioError(f"there is no host {strange[0]!r} in it; the hosts are {', '.join(names)}")
    return {host: programs.get(host) or app(host, str(name)) for host, name in names.items()}


def app(host: str, name: str) -> Program:
    """A program of course.apps, as in "echo.server"; nothing else is imported, whatever the JSON says."""
    module, _, function = name.partition(".")
    if module in {each.name for each in pkgutil.iter_modules(course.apps.__path__)}:
        found = getattr(importlib.import_module(f"course.apps.{module}"), function, None)
        if inspect.isfunction(found) and found.__module__ == f"course.apps.{module}":
            return found
    raise ScenarioError(f"{host} ran {name!r}, which is no program of course.apps: give it, as in {host}={name}")


def made(kinds: Mapping[str, Callable[..., T]], what: str, saved: dict[str, Any]) -> T:
    """A fault or a middlebox by its name."""
    name = saved.pop(what, None)
    if name not in kinds:
        raise ScenarioError(f"there is no {what} {name!r}; there are {', '.join(kinds)}")
    return kinds[name](**saved)
