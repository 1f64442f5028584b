"""A scenario: programs on hosts, and the network between them. Running one gives a Run.

The worlds and the pictures are imported only when they are asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course.checked import (
    KNOBS,
    Program,
    checked_faults,
    checked_middleboxes,
    checked_number,
    checked_programs,
    checked_tcp,
    checked_watch,
    checked_whole,
)
from course.errors import RunError, ScenarioError
from course.run import Run, announce
from course.tcp.parameters import TcpParameters

if TYPE_CHECKING:
    from course.sim.fates import Fault
    from course.sim.limits import Limits
    from course.sim.middleboxes import Middlebox
    from course.sim.watch import Watch
    from course.sockets.world import Outcome
    from course.twins.comparison import Comparison
    from course.view.widgets.play import Play

FAULTS_NAMED = 3  # more would not fit under a picture's title
DEFAULT_TCP = TcpParameters()
WORLDS = ("simulated", "loopback")


@dataclass(frozen=True, init=False)
class Scenario:
    """Programs on hosts, joined by a link: `Scenario(server=echo.server, client=echo.client, delay=0.050)`.

    Every keyword that is not one of the following names a host, and its value is the program that runs there; the
    first-named host stands on one side of the link, all others on the other.

    delay        seconds that a packet takes, each way
    rate         bits a second that the link carries, each way; None: no limit
    queue        packets that may wait at each end of the link; None: no limit
    seed         what chance and the initial sequence numbers are drawn from
    faults       what the link does to particular transmissions, and what befalls hosts, from `course.faults`
    middleboxes  what stands on the link, from the first-named host on, from `course.middleboxes`
    tcp          TCP's knobs: one `TcpParameters` for all hosts, or a dict of them by host

    Raises ScenarioError, at once, for what could not run.
    """

    delay: float
    rate: float | None
    queue: int | None
    seed: int
    faults: tuple["Fault", ...]
    middleboxes: tuple["Middlebox", ...]
    tcp: TcpParameters | Mapping[str, TcpParameters]
    programs: Mapping[str, Program]

    def __init__(
        self,
        *,
        delay: float = 0.050,
        rate: float | None = None,
        queue: int | None = None,
        seed: int = 0,
        faults: "tuple[Fault, ...] | list[Fault]" = (),
        middleboxes: "tuple[Middlebox, ...] | list[Middlebox]" = (),
        tcp: TcpParameters | Mapping[str, TcpParameters] | None = None,
        **programs: Program,
    ) -> None:
        boxes = checked_middleboxes(middleboxes, programs)
        values = {
            "delay": checked_number("delay", delay, 0, "0.050 is 50 ms each way"),
            "rate": rate if rate is None else checked_number("rate", rate, 1, "10e6 is 10 Mbit/s; None sets no limit"),
            "queue": queue if queue is None else checked_whole("queue", queue, "packets that may wait; None: no limit"),
            "seed": checked_whole("seed", seed, "any one will do"),
            "programs": checked_programs(programs),
            "tcp": checked_tcp(tcp or DEFAULT_TCP, programs),
            "faults": checked_faults(faults, programs, boxes),
            "middleboxes": boxes,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        programs = [f"{name}={program_name(program)}" for name, program in self.programs.items()]
        values = {name: list(value) if isinstance(value := getattr(self, name), tuple) else value for name in KNOBS}
        knobs = [f"{name}={value!r}" for name, value in values.items() if value not in (None, [], DEFAULT_TCP)]
        return f"Scenario({', '.join(programs + knobs)})"

    def with_faults(self, *faults: "Fault") -> "Scenario":
        """The same scenario with more faults, after those that it has."""
        return self.with_knobs(faults=(*self.faults, *faults))

    def with_knobs(self, **knobs: Any) -> "Scenario":
        """The same programs with other knobs: with_knobs(delay=0.2). Raises ScenarioError for one that is none."""
        unknown = [name for name in knobs if name not in KNOBS]
        if unknown:
            raise ScenarioError(f"there is no knob {unknown[0]!r}; the knobs are {', '.join(KNOBS)}")
        values: dict[str, Any] = {name: getattr(self, name) for name in KNOBS} | knobs | dict(self.programs)
        return Scenario(**values)

    def run(self, world: str = "simulated", until: float | None = None, deadline: float = 10.0,
            limits: "Limits | None" = None, *, capture: bool = False, watch: float | None = None) -> "Run":  # fmt: skip
        """Run all programs in the simulated network, or on this machine's kernel with world="loopback".

        until     stop at this moment (seconds, in that world's time) and give the record so far: a look at a moment
        deadline  on loopback: after so many seconds everything is torn down, and the error says who was in which call
        limits    in the simulated network: virtual seconds, segments, calls within one instant
        capture   on loopback: show segments, too (elsewhere they always are); CaptureNotPermitted if it cannot be
        watch     on loopback: ask the kernel for its variables once in so many seconds, as in 0.005, for
                  run.variables() and run.series(); a simulated run is watched afterwards, when these are called

        A program's OSError is its result. Raises a RunError, with the record so far in `.run`, if a program raises
        anything else, if nothing can ever happen again while a program waits, or when time or the limits run out.
        """
        if world not in WORLDS:
            raise ScenarioError(f'there is no world {world!r}: write world="simulated" or world="loopback"')
        if until is not None:
            checked_number("until", until, 0, "1.5 stops after one and a half seconds")
        checked_number("deadline", deadline, 0, "10 is ten seconds")
        if watch is not None:
            checked_watch(watch, world)
        if limits is not None and not hasattr(limits, "segments"):
            raise ScenarioError(f"limits={limits!r}: write limits=Limits(...)")
        outcome = (
            self.simulate(until, limits)
            if world == "simulated"
            else self._run_on_loopback(until, deadline, capture=capture, watch=watch)
        )
        run = Run(self, outcome.trace, outcome.results, until, limits, outcome.samples)
        announce(run.trace)
        if isinstance(outcome.error, RunError):
            outcome.error.run = run
        if outcome.error is not None:
            raise outcome.error
        return run

    def compare(self, until: float | None = None, deadline: float = 10.0, *, capture: bool = False) -> "Comparison":
        """The same programs in both worlds, side by side: what agrees, what differs, and why. It prints as a table.

        Link and knobs are the simulated network's, and the comparison says so; the arguments are those of run(), and
        `capture` compares the wire, too, which is not the same each time. Programs run twice: what they print is shown
        once, what they change outside of the run is changed twice.

        Raises ScenarioError if there are faults, since the kernel's loopback has none, and what run() raises in either
        world if a program fails, or does not stop.
        """
        from course.twins.running import both

        return both(self, until, deadline, capture=capture)

    def play(self, title: str = "", *, hide: bool | None = None) -> "Play":
        """The ladder to play with, in Jupyter: press a segment, and it is lost. Needs the lab's packages.

        `hide` begins at the first moment with what comes next hidden; None does so in a lecture (course.lab.lecture).
        """
        from course.view.widgets.play import Play

        return Play(self, title, hide=hide)

    def save_page(self, path: str | Path, title: str = "") -> None:
        """The ladder as one HTML file, to play with where there is no Python: press a segment, and it is lost.

        Each single loss is run beforehand. Raises ScenarioError if the file is not called .html, or if there are more
        than 100 segments. Needs the lab's packages.
        """
        from course.view.widgets.page import save

        save(self, path, title)

    def to_json(self) -> str:
        """The scenario as JSON, to keep or to hand in. Raises ScenarioError for a fault that is a function."""
        from course.saved import to_json

        return to_json(self)

    @classmethod
    def from_json(cls, text: str, **programs: Program) -> "Scenario":
        """The scenario that to_json() wrote. Programs that are not in course.apps are given here, by their host.

        Raises ScenarioError for what is no saved scenario, and for a program that is not there.
        """
        from course.saved import from_json

        return from_json(text, programs)

    def simulate(self, until: float | None, limits: "Limits | None", watch: "Watch | None" = None) -> "Outcome":
        """Run in the simulated network, perhaps with somebody who watches TCP's variables."""
        from course.sim.limits import Limits
        from course.sim.link import LinkParameters
        from course.sim.network import Network

        link = LinkParameters(self.delay, self.rate, self.queue, self.middleboxes)
        tcp = self.tcp_by_host()
        network = Network(self.programs, link, self.faults, tcp, self.seed, limits or Limits(), watch)
        return network.run(until, self.conditions())

    def conditions(self) -> str:
        """In words: what the simulated network is like, as the pictures say it."""
        words = ["simulated network", f"delay {self.delay * 1000:g} ms each way"]
        if self.rate is not None:
            words.append(f"{self.rate / 1e6:g} Mbit/s")
        if self.queue is not None:
            words.append(f"queue of {self.queue} packets")
        words += map(str, self.middleboxes)
        words += [str(fault) for fault in self.faults[:FAULTS_NAMED]]
        words += ["more faults"] * (len(self.faults) > FAULTS_NAMED)
        return " · ".join([*words, f"seed {self.seed}"])

    def _run_on_loopback(self, until: float | None, deadline: float, *, capture: bool,
                         watch: float | None) -> "Outcome":  # fmt: skip
        from course.real.capture import Capture
        from course.real.loopback import Loopback

        if self.faults:
            raise ScenarioError("faults need the simulated network: the kernel's loopback loses nothing")
        if self.middleboxes:
            raise ScenarioError("middleboxes need the simulated network: nothing stands on the kernel's loopback")
        world = Loopback(self.programs, capture=Capture() if capture else None, watch=watch)
        outcome: Outcome = world.run(until, deadline)
        return outcome

    def tcp_by_host(self) -> dict[str, TcpParameters]:
        """TCP's knobs for each host."""
        if isinstance(self.tcp, TcpParameters):
            return dict.fromkeys(self.programs, self.tcp)
        return {name: self.tcp.get(name, TcpParameters()) for name in self.programs}


def program_name(program: Program) -> str:
    """What the program is called where it was written, as in echo.server."""
    name = getattr(program, "__name__", type(program).__name__)
    module = str(getattr(program, "__module__", ""))
    return f"{module.rpartition('.')[2]}.{name}" if module.startswith("course.") else name
