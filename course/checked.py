"""What a scenario is given, checked before anything runs, with errors that say what to write instead."""

import difflib
import inspect
import math
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from course.errors import ScenarioError
from course.sim.middleboxes import Middlebox, names
from course.sim.outages import OUTAGES
from course.tcp.parameters import TcpParameters

if TYPE_CHECKING:
    from course.sim.fates import Fault

KNOBS = ("delay", "rate", "queue", "seed", "faults", "middleboxes", "tcp")
SHORTEST = 0.0005  # seconds: more often a thread does nothing but look
Program = Callable[..., Any]


def checked_number(name: str, value: object, least: float, example: str) -> float:
    """A finite number that is not below `least`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value < math.inf:
        raise ScenarioError(f"{name}={value!r} cannot be: give a number from {least:g} on ({example})")
    return value


def checked_watch(watch: float, world: str) -> None:
    """A time between two looks that a thread can keep, and something to look at."""
    if world != "loopback":
        raise ScenarioError("watch= is for the loopback world: a simulated run tells its variables without it")
    checked_number("watch", watch, SHORTEST, "0.005 asks the kernel every 5 ms")


def checked_whole(name: str, value: object, meaning: str) -> int:
    """A whole number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ScenarioError(f"{name}={value!r} cannot be: give a whole number from 0 on ({meaning})")
    return value


def checked_programs(programs: dict[str, Any]) -> dict[str, Program]:
    """At least one host, and a callable for each."""
    if not programs:
        raise ScenarioError("a scenario needs a host: Scenario(server=echo.server, client=echo.client)")
    for name, program in programs.items():
        if not callable(program):
            meant = difflib.get_close_matches(name, KNOBS, n=1)
            hint = f"; did you mean {meant[0]}?" if meant else ""
            raise ScenarioError(f"{name}={program!r} is no program: give a function that takes its host{hint}")
        if inspect.iscoroutinefunction(program):
            raise ScenarioError(f"{name} is an async function: write it with def; its calls may block")
    return programs


def checked_tcp(tcp: TcpParameters | Mapping[str, TcpParameters], programs: dict[str, Program]) -> Any:
    """Knobs for all hosts, or for hosts that exist."""
    by_host = {} if isinstance(tcp, TcpParameters) else tcp
    if not isinstance(by_host, Mapping):
        raise ScenarioError(f"tcp={tcp!r}: write tcp=TcpParameters(...), or a dict of them by host")
    for name, parameters in by_host.items():
        check_host_exists(f"tcp={{{name!r}: ...}}", name, programs)
        if not isinstance(parameters, TcpParameters):
            raise ScenarioError(f"tcp={{{name!r}: {parameters!r}}}: write TcpParameters(...) there")
    return tcp


def checked_middleboxes(boxes: object, programs: dict[str, Program]) -> "tuple[Middlebox, ...]":
    """Middleboxes, none of them called like a host."""
    if not isinstance(boxes, tuple | list):
        raise ScenarioError(f"middleboxes={boxes!r}: write a list, as middleboxes=[middleboxes.firewall(idle=60)]")
    for box in boxes:
        if not isinstance(box, Middlebox):
            raise ScenarioError(f"{box!r} is no middlebox: write one of course.middleboxes, as middleboxes.nat()")
    both = [name for name in names(boxes) if name in programs]
    if both:
        raise ScenarioError(f"there is a host {both[0]!r} and a middlebox of that name: call the host otherwise")
    return tuple(boxes)


def checked_faults(faults: object, programs: dict[str, Program], boxes: "tuple[Middlebox, ...]") -> "tuple[Fault, ...]":
    """Faults, and only about hosts that exist; a middlebox sends, too, but has no program and no power to lose."""
    if not isinstance(faults, tuple | list):
        raise ScenarioError(f"faults={faults!r}: write a list, as faults=[faults.drop('client', 3)]")
    for fault in faults:
        if isinstance(fault, type) or not callable(getattr(fault, "apply", None)):
            raise ScenarioError(f'{fault!r} is no fault: write one of course.faults, as faults.drop("client", 3)')
        senders = programs if isinstance(fault, OUTAGES) else (*programs, *names(boxes))
        check_host_exists(repr(fault), getattr(fault, "host", None), senders)
    return tuple(faults)


def check_host_exists(where: str, host: str | None, hosts: Collection[str]) -> None:
    """A name that is used must be the name of a host."""
    if host is not None and host not in hosts:
        raise ScenarioError(f"{where}: there is no host {host!r}; the hosts are {', '.join(hosts)}")
