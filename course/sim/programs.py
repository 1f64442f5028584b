"""Programs: plain functions that take turns. Whoever waits lets the others go on (greenlets)."""

import contextvars
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import greenlet

from course.errors import Stopped
from course.sim.clock import Clock

if TYPE_CHECKING:
    from course.trace.record import Called

Wake = Callable[[], None]
PATIENCE = 100  # how often a program may ignore that its run is over
PARKED: list["Program"] = []  # kept for ever: a greenlet that is thrown away is resumed once more, to die


class Program:
    """One program: its name, what it is doing, and what came of it."""

    def __init__(self, name: str, host: str, function: Callable[[], Any]) -> None:
        self.name = name
        self.host = host
        self.result: Any = None
        self.error: BaseException | None = None
        self.call: Called | None = None  # the call it is in
        self.for_callers = False  # does the call that it is in wait for callers only?
        self.turn = 0  # counts its waits, so that a late wake-up for an earlier wait is known as such
        self.alarm: int | None = None  # what the clock will wake it by
        self.is_gone = False  # has its process ended under it?
        self.refusals = 0  # how often it went on after Stopped
        self.greenlet = greenlet.greenlet(self._run)
        self.greenlet.gr_context = contextvars.copy_context()  # or its prints land in another cell
        self._function = function

    @property
    def finished(self) -> bool:
        """Has it returned, or raised?"""
        return bool(self.greenlet.dead)

    @property
    def is_over(self) -> bool:
        """Will it never go on?"""
        return self.finished or self.is_gone

    def _run(self) -> None:
        try:
            self.result = self._function()
        except Stopped:
            return
        except BaseException as error:  # noqa: BLE001 - a program may raise anything; the run reports it
            self.error = error


class Programs:
    """All programs of a run, and the hub that lets one at a time have its turn."""

    def __init__(self, clock: Clock, on_end: Callable[[Program], None]) -> None:
        self._clock = clock
        self._on_end = on_end  # called when a program has returned or raised
        self._hub = greenlet.getcurrent()
        self.all: list[Program] = []
        self.current: Program | None = None

    def start(self, program: Program) -> None:
        """Let the program begin at this moment, after what is due already."""
        self.all.append(program)
        program.greenlet.parent = self._hub  # and not the program that spawned it
        self._clock.call_at(self._clock.now, self._give_turn, program, program.turn)

    def wake(self, program: Program, turn: int) -> None:
        """Let a waiting program go on at this moment, after what is due already."""
        self._clock.call_at(self._clock.now, self._give_turn, program, turn)

    def _give_turn(self, program: Program, turn: int) -> None:
        if program.turn != turn:
            return
        program.turn += 1
        self.current = program
        program.greenlet.switch()
        self.current = None
        if program.greenlet.dead:
            self._on_end(program)

    def wait(self, waiters: list[Wake], deadline: float | None) -> None:
        """The current program waits for somebody to wake all `waiters`. TimeoutError when the deadline passes."""
        program = self.current
        assert program is not None
        turn = program.turn
        waiters.append(lambda: self.wake(program, turn))
        alarm = None if deadline is None else self._clock.call_at(deadline, self._give_turn, program, turn)
        program.alarm = alarm
        self._hub.switch()
        program.alarm = None
        if alarm is None:
            return
        if self._clock.now >= round(deadline or 0.0, 9):
            raise TimeoutError("timed out")
        self._clock.cancel(alarm)

    def abandon(self, host: str) -> None:
        """No program of that host goes on: they end where they are, and cannot even tidy up."""
        for program in [program for program in self.all if program.host == host and not program.is_over]:
            program.is_gone = True
            program.turn += 1
            if program.alarm is not None:
                self._clock.cancel(program.alarm)

    def yield_for_ever(self) -> None:
        """The current program does not go on, until it is stopped."""
        self._hub.switch()

    def stop_all(self) -> list[Program]:
        """Raise Stopped in every program that still runs; those that refuse are parked for ever, and returned."""
        started = [program for program in self.all if program.greenlet]
        for program in started:
            if not program.finished:
                program.turn += 1
                self.current = program
                program.greenlet.throw(Stopped("the run is over"))
        self.current = None
        stuck = [program for program in started if not program.finished]
        PARKED.extend(stuck)
        return stuck

    def refuse(self) -> None:
        """A program makes a call although the run is over: tell it again."""
        self.lose_patience()
        raise Stopped("the run is over")

    def lose_patience(self) -> None:
        """A program goes on although the run is over: let it tidy up, and park it if it will not stop."""
        program = self.current
        if program is not None:
            program.refusals += 1
            while program.refusals > PATIENCE:
                self._hub.switch()
