"""The loopback world, as the socket layer sees it: it keeps the promises of course.sockets.world.World."""

import socket as standard
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from course.errors import failure
from course.real.addresses import Addresses, resolve
from course.real.backend import KernelSocket, Sockets
from course.real.capture import Capture
from course.real.journal import Journal
from course.real.sightings import Sightings
from course.real.threads import Descriptor, Program, Programs, Wake
from course.real.udp import KernelDatagrams
from course.sockets.host import Host
from course.sockets.kinds import protocol
from course.sockets.world import Backend, Readiness
from course.trace.record import Called, Endpoint, Returned
from course.trace.trace import Trace

HOUR = 3600.0


class LoopbackWorld:
    """One run's world: its programs, its sockets, its journal, and one lock for all of them."""

    def __init__(self, addresses: Addresses, wake: Wake, table: Path, capture: Capture | None = None) -> None:
        self.over = False
        self.failure: BaseException | None = None
        self._began = time.perf_counter()
        self._lock = threading.RLock()
        self._addresses = addresses
        self._wake = wake
        self._capture = capture
        self._numbers: dict[tuple[str, str], int] = {}
        self.journal = Journal(self._lock, self.seconds, addresses, table)
        self.sockets = Sockets(addresses, self.journal)
        self.programs = Programs(self._lock)

    def plan(self, name: str, host: str, program: Callable[..., Any], arguments: tuple[Any, ...] = ()) -> None:
        """Let a program begin on a host when its turn comes; a program that plans another has to wait first."""
        face = Host(self, host, self._addresses.hosts[host])
        planned = Program(name, lambda: program(face, *arguments), self._ended)
        self.programs.plan(planned, after=self.programs.current())

    def _ended(self, program: Program) -> None:
        """A program has ended: an error that is no OSError ends the run."""
        with self._lock:
            error = program.error
            if error is not None and not isinstance(error, OSError) and not self.over:
                self.failure = self.failure or failure(error, program.name)
                self.programs.over = True
            self.programs.end(program)

    def seconds(self) -> float:
        """Seconds since the run began, also when it is over."""
        return time.perf_counter() - self._began

    def seal(self) -> tuple[Trace, dict[str, Any]]:
        """End the run: the record, and each program's result. From now on nothing is recorded, calls are refused."""
        with self._lock:
            self.over = self.programs.over = True
            sightings = self._sightings()
            how, *more = sightings.conditions if sightings else ["no capture"]
            conditions = "; ".join(filter(None, ["this machine's kernel", how, self._addresses.conditions]))
            records = self.journal.seal(sightings.records if sightings else ())
            trace = Trace(
                records, self._addresses.hosts, "loopback", " · ".join([conditions, *more]), captured=bool(sightings)
            )
            ended = [program for program in self.programs.all if program.finished]
            return trace, {program.name: program.error or program.result for program in ended}

    def _sightings(self) -> Sightings | None:
        """What was captured up to now."""
        if self._capture is None:
            return None
        self._capture.end()
        return Sightings(self._capture, self._addresses, self._began)

    def look(self) -> None:
        """Take what was captured since the last time, so that there is room for more."""
        if self._capture is not None:
            self._capture.look()

    def stop(self, grace: float) -> list[Program]:
        """Raise Stopped in all programs, and close all sockets; the programs that do not end within `grace` seconds."""
        self._wake.call()
        stuck = self.programs.join(grace)
        self.sockets.close_all()
        return stuck

    # ------------------------------------------------ what the socket layer asks

    def now(self) -> float:
        """Seconds since the run began; Stopped when it is over, for the sake of programs that do nothing but ask."""
        if self.over:
            self.programs.refuse()
        return self.seconds()

    def polled(self) -> None:
        """A program asked for the time; here it passes by itself."""

    def socket(self, host: str, family: int, type: int, proto: int) -> Backend:  # noqa: A002
        """A fresh socket of the kernel's; EAFNOSUPPORT and EPROTONOSUPPORT for anything but TCP and UDP over IPv4."""
        chosen = protocol(family, type, proto)
        make = standard.socket if self._capture is None else self._capture.socket
        adopt = self.sockets.adopt if type == standard.SOCK_STREAM else self.sockets.adopt_datagrams
        return adopt(host, make(family, type, chosen))

    def wait(self, backend: Backend | None, readiness: Readiness, deadline: float | None) -> None:
        """Let the calling thread wait; TimeoutError at the deadline, Stopped when the run is over."""
        self._current()
        chosen = [backend] if isinstance(backend, KernelSocket | KernelDatagrams) else []
        for_callers = deadline is None and all(each.listens for each in chosen)
        ready = self._wait([(each.fileno(), readiness) for each in chosen], deadline, chosen if for_callers else ())
        if not any(ready):
            raise TimeoutError("timed out")

    def select(self, waits: Sequence[tuple[Backend | int, Readiness]], deadline: float | None) -> list[bool]:
        """Let the calling thread wait until one of them is ready; which are. Stopped when the run is over."""
        chosen = [self.sockets.behind(each) if isinstance(each, int) else each for each, _ in waits]
        kernels = [each for each in chosen if isinstance(each, KernelSocket | KernelDatagrams)]
        descriptors = [(each if isinstance(each, int) else each.fileno(), readiness) for each, readiness in waits]
        if deadline is not None and deadline <= self.now():
            return self._wake.wait(descriptors, 0)[1:]
        for_callers = deadline is None and all(each.listens for each in kernels)
        return self._wait(descriptors, deadline, kernels if for_callers else ())[1:]

    def _wait(self, descriptors: Sequence[Descriptor], deadline: float | None,
              listeners: Sequence[KernelSocket | KernelDatagrams]) -> list[bool]:  # fmt: skip
        """Wait until one is ready; the first that is told of is whether the run is over."""
        if self.journal.wants_look:
            self.programs.tell()
        with self.programs.waiting(self._current(), listeners):
            ready = self._until_ready(descriptors, deadline)
        if self.over:
            self.programs.refuse()
        return ready

    def _until_ready(self, descriptors: Sequence[Descriptor], deadline: float | None) -> list[bool]:
        while True:
            left = HOUR if deadline is None else max(deadline - self.seconds(), 0)
            ready = self._wake.wait(descriptors, min(left, HOUR))
            if any(ready) or left == 0:
                return ready

    def program(self) -> str:
        """The name of the program whose thread this is."""
        return self._current().name

    def _current(self) -> Program:
        if self.over:
            self.programs.refuse()
        program = self.programs.current()
        if program is None:
            raise RuntimeError("this thread is no program of the run: start programs with host.spawn()")
        return program

    def begin(self, called: Called) -> None:
        """Write down a call."""
        self._current().call = called
        self.journal.write(called)

    def end(self, returned: Returned) -> None:
        """Write down that a call came back."""
        if not self.over:
            self._current().call = None
            self.journal.write(returned)

    def number(self, host: str, kind: str) -> int:
        """The next number of what is counted."""
        with self._lock:
            self._numbers[host, kind] = number = self._numbers.get((host, kind), 0) + 1
            return number

    def next_call(self) -> int:
        """The next call's number."""
        return self.number("", "call")

    def resolve(self, host: str, address: Any) -> Endpoint:
        """A host's name, "" for one's own, or a dotted address in 127.0.0.0/8."""
        return resolve(address, self._addresses.hosts[host], self._addresses.hosts)

    def spawn(self, host: str, program: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
        """Start another program on a host."""
        name = f"{host}/{self.number(host, 'program')}"
        self.plan(name, host, program, arguments)
        return name
