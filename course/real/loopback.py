"""Runs on the loopback world: programs begin, somebody looks after them, and in the end nothing is left of them."""

import contextlib
import dataclasses
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from course.errors import DeadlineExceeded, ProgramStuck
from course.real.addresses import choose, own
from course.real.capture import Capture
from course.real.interrupts import Interrupt, noted
from course.real.kernel import PROC_NET_TCP, Ends, Row, connections
from course.real.sampling import Listing, Sample, Sampler, rest_of, samples_of
from course.real.threads import Program, Wake
from course.real.world import LoopbackWorld
from course.sockets.world import Outcome
from course.trace.text import describe_call

GLANCE = 0.050  # seconds after which a run is looked after even if there is no news
LAST_LOOK = 0.250  # seconds that the kernel may take to finish what the programs have begun
A_MOMENT = 0.002
BLINDLY = 0.020  # seconds to wait for the kernel where it does not tell what it does


class Loopback:
    """Programs on this machine's own kernel.

    `one_address` says that the system has no loopback address but 127.0.0.1 (None: find out); `table` is where the
    kernel lists its connections; `grace` is how many seconds programs may take to stop when the run is over;
    `capture` sees their segments go by; `watch` is after how many seconds each the kernel is asked for all that it says
    of the sockets (None: it is not).
    """

    def __init__(self, programs: Mapping[str, Callable[..., Any]], *, one_address: bool | None = None,
                 table: Path = PROC_NET_TCP, grace: float = 1.0, capture: Capture | None = None,
                 watch: float | None = None) -> None:  # fmt: skip
        self._programs = programs
        self._one_address = one_address
        self._table = table
        self._grace = grace
        self._capture = capture
        self._watch = watch

    def run(self, until: float | None = None, deadline: float = 10.0) -> Outcome:
        """Run to the end, or to the moment `until`; what ends it before is in the outcome.

        DeadlineExceeded after `deadline` seconds, ProgramFailed, ProgramStuck, or KeyboardInterrupt. Raises
        CaptureNotPermitted, before anything runs, if there should be a capture and cannot be.
        """
        with noted() as interrupt, contextlib.ExitStack() as held:
            addresses = held.enter_context(contextlib.closing(choose(self._programs, one_address=self._one_address)))
            wake = held.enter_context(contextlib.closing(Wake()))
            table = self._table
            if self._capture is not None:
                held.enter_context(self._capture.opened(addresses.in_kernel))
                table = self._capture.table or table
            world = LoopbackWorld(addresses, wake, table, self._capture)
            onlooker = None if self._watch is None else Onlooker(world, table, self._watch, deadline)
            outcome = self._run(world, Lookout(world, interrupt), onlooker, until, deadline)
        came_late = interrupt.seen and outcome.error is None
        return dataclasses.replace(outcome, error=KeyboardInterrupt()) if came_late else outcome

    def _run(self, world: LoopbackWorld, lookout: "Lookout", onlooker: "Onlooker | None", until: float | None,
             deadline: float) -> Outcome:  # fmt: skip
        failure: BaseException | None = None
        try:
            for name, program in self._programs.items():
                world.plan(name, name, program)
            with onlooker or contextlib.nullcontext():
                world.programs.begin()
                lookout.watch(until, deadline)
        except BaseException as error:  # noqa: BLE001 - tear down first, run() raises it
            failure = error
        trace, results = world.seal()
        stuck = world.stop(self._grace)
        samples = None if onlooker is None else tuple(onlooker.samples)
        return Outcome(trace, results, with_stuck(failure or lookout.failure, stuck), samples)


class Onlooker:
    """Asks the kernel about all sockets of a run, every `period` seconds; the states that it sees are written down."""

    def __init__(self, world: LoopbackWorld, table: Path, period: float, deadline: float) -> None:
        self.samples: list[Sample] = []
        self._world, self._addresses = world, world.sockets.addresses
        self._hosts = {address: name for name, address in self._addresses.hosts.items()}
        self._table = Listing(lambda: connections(self._addresses.in_kernel, table), self._own)
        self._sampler = Sampler(self._look, period, seconds=deadline)

    def __enter__(self) -> Self:
        self._sampler.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._sampler.stop()
        self._look(now=True)

    def _own(self, rows: list[Row]) -> dict[Ends, Row]:
        """Those of the run; an end that is watched was known before."""
        return own(rows, self._addresses, {(local, remote) for _, local, remote, _ in self._world.sockets.watched()})

    def _look(self, *, now: bool = False) -> None:
        watched, at = self._world.sockets.watched(), self._world.seconds()
        for host, local, remote, kernel in watched:
            self._world.journal.ask((host, local, remote), kernel)
        samples, rows = samples_of(watched, at, self._table, now=now)
        self.samples += [*samples, *rest_of(rows, at, lambda local: self._hosts.get(local[0]))]


class Lookout:
    """Looks after a run from the thread that called run(): when is it over, and what does the kernel say meanwhile?"""

    def __init__(self, world: LoopbackWorld, interrupt: Interrupt) -> None:
        self._world = world
        self._programs = world.programs
        self._journal = world.journal
        self._interrupt = interrupt
        self._next_look = A_MOMENT  # most runs are over by then, and looked at all the same

    @property
    def failure(self) -> BaseException | None:
        """What ends the run early: a program that failed, or an interrupt."""
        return self._world.failure or (KeyboardInterrupt() if self._interrupt.seen else None)

    def watch(self, until: float | None, deadline: float) -> None:
        """Return when the run is over or `until` has come; DeadlineExceeded if that takes `deadline` seconds."""
        stop = deadline if until is None else min(until, deadline)
        while self._world.seconds() < stop and self.failure is None:
            if self._is_over():
                return
            self._look_if_wanted()
            self._world.look()
            pause = A_MOMENT if self._journal.wants_look else GLANCE
            self._programs.wait_for_news(min(pause, max(stop - self._world.seconds(), 0)))
        self._journal.look()
        if self._journal.wants_look:
            self._journal.look()
        if self.failure is None and (until is None or until > deadline):
            raise DeadlineExceeded(f"{deadline:g} s are over, but {self._who()}")

    def _is_over(self) -> bool:
        """Is every program idle, and has the kernel finished what they have begun?"""
        latest = self._world.seconds() + LAST_LOOK
        while self._programs.are_idle():
            moves = self._programs.moves
            busy = self._journal.look()
            if busy is None:
                time.sleep(BLINDLY)
            if (not busy and not self._journal.wants_look) or self._world.seconds() > latest:
                return moves == self._programs.moves and self._programs.are_idle()
            time.sleep(A_MOMENT)
        return False

    def _look_if_wanted(self) -> None:
        """Look at the kernel's table after a change; but for half of the time at most, as it may be long."""
        begun = self._world.seconds()
        if self._journal.wants_look and begun >= self._next_look:
            self._journal.look()
            ended = self._world.seconds()
            self._next_look = ended + (ended - begun)

    def _who(self) -> str:
        """Who has kept the run from ending, and in which call."""
        keepers = [program for program in self._programs.all if not program.is_idle]
        return " and ".join(doing(program) for program in keepers) or "its programs were still at it"


def doing(program: Program) -> str:
    """What a program is doing, in words."""
    if program.thread.ident is None:
        return f"{program.name} has not begun"
    if program.call is None:
        return f"{program.name} is in no call of its host"
    return f"{program.name} is still in {describe_call(program.call)}"


def with_stuck(failure: BaseException | None, stuck: list[Program]) -> BaseException | None:
    """What run() raises, if some programs did not stop; a deadline is then their fault, anything else is not."""
    if not stuck:
        return failure
    names = " and ".join(program.name for program in stuck)
    message = f"{names} did not stop when the run was over"
    if failure is not None and not isinstance(failure, DeadlineExceeded):
        failure.add_note(f"besides, {message}")
        return failure
    error = ProgramStuck(f"{message}: let Stopped pass (`except Exception` does), and wait only in calls of the host")
    error.__cause__ = failure
    return error
