"""The network: hosts, a link and programs, run until nothing can happen any more."""

from collections.abc import Callable, Mapping, Sequence
from socket import SOCK_STREAM
from typing import Any, NoReturn

from course.errors import Deadlock, LimitExceeded, ProgramStuck, RunError, failure
from course.sim.backend import SimulatedSocket
from course.sim.clock import Clock
from course.sim.collector import collector_paused
from course.sim.datagrams import DatagramSocket
from course.sim.fates import Fault
from course.sim.host import SimulatedHost
from course.sim.limits import Limits
from course.sim.link import Link, LinkParameters
from course.sim.mishaps import Mishaps
from course.sim.programs import Program, Programs
from course.sim.readiness import are_for_callers, simulated, until_ready, which_are_ready
from course.sim.watch import Watch
from course.sockets.addresses import resolve
from course.sockets.host import Host
from course.sockets.kinds import protocol
from course.sockets.world import Backend, Outcome, Readiness
from course.tcp.parameters import TcpParameters
from course.trace.record import Called, Endpoint, Record, Returned
from course.trace.text import describe_call
from course.trace.trace import Trace


class Network:
    """The simulated world: it keeps the promises of course.sockets.world.World."""

    def __init__(self, programs: Mapping[str, Callable[..., Any]], link: LinkParameters, faults: tuple[Fault, ...],
                 tcp: Mapping[str, TcpParameters], seed: int, limits: Limits,
                 watch: Watch | None = None) -> None:  # fmt: skip
        self.over = False
        self._clock = Clock(lambda: bool(self._waiting()))
        self._records: list[Record] = []
        self._write = self._records.append
        self._limits = limits
        self._link = Link(self._clock, self._write, link, faults, seed)
        self._link.limit(limits.segments, self._too_many_segments)
        self._programs = Programs(self._clock, self._program_ended)
        self._numbers: dict[tuple[str, str], int] = {}
        self._calls = self._calls_now = 0
        self._calls_at = -1.0
        self._failure: BaseException | None = None
        self._hosts = {
            name: SimulatedHost(name, f"10.0.0.{number}", self._clock, self._link, self._write, tcp[name], seed)
            for number, name in enumerate(programs, 1)
        }
        for each in self._hosts.values():
            each.watch = watch
        if watch is not None:
            watch.records = self._records
        self._begin(programs, faults)

    def _begin(self, programs: Mapping[str, Callable[..., Any]], faults: tuple[Fault, ...]) -> None:
        """Start all programs, and expect what is going to befall their hosts."""

        def start(name: str) -> None:
            self._start(name, name, programs[name], ())

        Mishaps(self._clock, self._write, self._hosts, self._programs, start).expect(faults)
        for name in programs:
            start(name)

    def _start(self, name: str, host: str, program: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        face = Host(self, host, self._hosts[host].address)
        self._programs.start(Program(name, host, lambda: program(face, *arguments)))

    # ------------------------------------------------ running

    def run(self, until: float | None = None, conditions: str = "") -> Outcome:
        """Let happen what happens, to the end or to the moment `until`; an error ends it early and is in the outcome.

        `conditions` says in words what the network is like, for the trace.
        """
        with collector_paused():
            try:
                self._run(until)
            except BaseException as error:  # noqa: BLE001 - KeyboardInterrupt too: clean up first, run() raises it
                self._failure = failure(error, "a fault's function")
            self.over = True
            for host in self._hosts.values():
                host.watch = None  # what is done to stop the programs is no part of the run
            trace, results = self._trace(conditions, until), self._results()
            stuck = self._programs.stop_all()
        if stuck:
            self._name(stuck)
        return Outcome(trace, results, self._failure)

    def _name(self, stuck: list[Program]) -> None:
        """Programs that will not stop are an error, or a note on the one that there is."""
        names = " and ".join(program.name for program in stuck)
        sentence = f"{names} caught Stopped and went on: let it pass (`except Exception` does)"
        if self._failure is None:
            self._failure = ProgramStuck(sentence)
        else:
            self._failure.add_note(sentence)

    def _run(self, until: float | None) -> None:
        more = self._clock.run(self._limits.seconds if until is None else until)
        if self._failure is not None:
            return
        if until is not None:
            self._clock.now = until
        elif more:
            raise LimitExceeded(f"more than {self._limits.seconds:g} virtual seconds passed; {LARGER}")
        else:
            self._link.drop_what_waits()
            self._nobody_may_wait()

    def _nobody_may_wait(self) -> None:
        """Nothing will ever happen again: whoever waits for anything but callers waits in vain."""
        waiting = self._waiting()
        if waiting:
            who = " and ".join(f"{program.name} in {describe(program.call)}" for program in waiting)
            raise Deadlock(f"nothing can ever happen again, but {who} still waits")

    def _waiting(self) -> list[Program]:
        """The programs that wait for something other than a caller."""
        return [program for program in self._programs.all if not program.is_over and not is_at_service(program)]

    def _program_ended(self, program: Program) -> None:
        error = program.error
        if error is None or isinstance(error, OSError) or self._failure is not None:
            return
        self._end_with(failure(error, program.name))

    def _end_with(self, failure: BaseException) -> None:
        self._failure = self._failure or failure
        self._clock.stop()

    def _too_many_segments(self) -> None:
        self._end_with(LimitExceeded(f"more than {self._limits.segments} segments were sent; {LARGER}"))

    def _trace(self, conditions: str, until: float | None) -> Trace:
        addresses = {name: host.address for name, host in self._hosts.items()}
        path = self._link.path
        return Trace(tuple(self._records), addresses, conditions=conditions, middleboxes=path.names,
                     translated=path.translated, until=until)  # fmt: skip

    def _results(self) -> dict[str, Any]:
        ended = [program for program in self._programs.all if program.finished and program.call is None]
        return {program.name: program.error or program.result for program in ended}

    # ------------------------------------------------ what the socket layer asks (course.sockets.world.World)

    def now(self) -> float:
        """Virtual seconds since the run began."""
        return self._clock.now

    def socket(self, host: str, family: int, type: int, proto: int) -> Backend:  # noqa: A002
        """A fresh simulated socket; EAFNOSUPPORT and EPROTONOSUPPORT for anything but TCP and UDP over IPv4."""
        chosen = protocol(family, type, proto)
        made = SimulatedSocket if type == SOCK_STREAM else DatagramSocket
        return made(self._hosts[host], family, type, chosen)

    def wait(self, backend: Backend | None, readiness: Readiness, deadline: float | None) -> None:
        """Let the current program wait; TimeoutError at the deadline."""
        if self.over:
            self._programs.refuse()
        current = self._programs.current
        assert current is not None
        ours = backend if isinstance(backend, (SimulatedSocket, DatagramSocket)) else None
        current.for_callers = ours is not None and ours.listening
        self._programs.wait([] if ours is None else ours.waiters(readiness), deadline)

    def select(self, waits: Sequence[tuple[Backend | int, Readiness]], deadline: float | None) -> list[bool]:
        """Let the current program wait until one is ready; which are."""
        if self.over:
            self._programs.refuse()
        chosen, current = simulated(waits), self._programs.current
        assert current is not None
        current.for_callers = are_for_callers(chosen)
        if deadline is not None and deadline <= self._clock.now:
            return which_are_ready(chosen)
        return until_ready(chosen, lambda wakes: self._programs.wait(wakes, deadline))

    def program(self) -> str:
        """The name of the program that has its turn."""
        if self.over:
            self._programs.refuse()
        assert self._programs.current is not None
        return self._programs.current.name

    def begin(self, called: Called) -> None:
        """Write down a call, and see that a program that polls does not go on for ever."""
        self._write(called)
        assert self._programs.current is not None
        self._programs.current.call = called
        self._count(called)

    def polled(self) -> None:
        """A program asked for the time: count it, since virtual time does not move meanwhile."""
        if self.over:
            self._programs.lose_patience()
        else:
            self._count(None)

    def _count(self, called: Called | None) -> None:
        if self._calls_at != self._clock.now:
            self._calls_at, self._calls_now = self._clock.now, 0
        self._calls_now += 1
        if self._calls_now > self._limits.calls:
            assert self._programs.current is not None
            call = "now()" if called is None else describe(called)
            self._fail(LimitExceeded(
                f"{self._calls_now} calls were made at one instant, the last by {self._programs.current.name}: {call}; "
                f"a program that polls has to sleep in between, or virtual time never moves; {LARGER}"
            ))  # fmt: skip

    def end(self, returned: Returned) -> None:
        """Write down that a call came back."""
        if not self.over:
            self._write(returned)
            assert self._programs.current is not None
            self._programs.current.call = None

    def next_call(self) -> int:
        """The next call's number."""
        self._calls += 1
        return self._calls

    def number(self, host: str, kind: str) -> int:
        """The next number of what is counted."""
        self._numbers[host, kind] = number = self._numbers.get((host, kind), 0) + 1
        return number

    def resolve(self, host: str, address: Any) -> Endpoint:
        """A host's name, "" for one's own, or a dotted address; socket.gaierror for a name that no host has."""
        return resolve(address, self._hosts[host].address, {name: each.address for name, each in self._hosts.items()})

    def spawn(self, host: str, program: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
        """Start another program on a host."""
        name = f"{host}/{self.number(host, 'program')}"
        self._start(name, host, program, arguments)
        return name

    def _fail(self, failure: RunError) -> NoReturn:
        """End the run from inside a program, which goes no further."""
        self._end_with(failure)
        self._programs.yield_for_ever()
        raise AssertionError  # a program that is stopped here gets Stopped instead


LARGER = "if that is meant, give run() larger limits: run(limits=Limits(...))"


def describe(called: Called | None) -> str:
    """A call in words, for an error's message."""
    return "no call" if called is None else describe_call(called)


def is_at_service(program: Program) -> bool:
    """Does the program wait for a caller, or for a datagram from anybody, as a server may for ever?"""
    return program.call is not None and program.for_callers
