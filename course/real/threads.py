"""Programs as threads: who has begun, who waits for what, who has ended, and who does not want to."""

import contextlib
import contextvars
import os
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn

from course.errors import Stopped
from course.real.backend import KernelSocket
from course.real.udp import KernelDatagrams
from course.sockets.world import Readiness
from course.trace.record import Called

PATIENCE = 100  # how often a program may ignore that its run is over
Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)  # Windows has no poll()
READ: Readiness = "read"
EVENTS = {"read": selectors.EVENT_READ, "write": selectors.EVENT_WRITE}
Descriptor = tuple[int, Readiness]
"""A descriptor, and what one waits for."""


class Program:
    """One program: its name, its thread, what it is doing, and what came of it."""

    def __init__(self, name: str, function: Callable[[], Any], on_end: Callable[["Program"], None]) -> None:
        self.name = name
        self.result: Any = None
        self.error: BaseException | None = None
        self.finished = False
        self.call: Called | None = None  # the call it is in
        self.listeners: Sequence[KernelSocket | KernelDatagrams] = ()  # where it waits for a caller, as it may for ever
        self.refusals = 0  # how often it went on after Stopped
        context = contextvars.copy_context()  # or its prints land in another cell
        self.thread = threading.Thread(target=context.run, args=(self._run,), name=f"program {name}", daemon=True)
        self._function = function
        self._on_end = on_end

    def _run(self) -> None:
        keep_in_order()
        try:
            self.result = self._function()
        except Stopped:
            pass
        except BaseException as error:  # noqa: BLE001 - a program may raise anything; the run reports it
            self.error = error
        self._on_end(self)

    @property
    def is_idle(self) -> bool:
        """Has it returned, or does it wait for callers while nobody calls?"""
        listeners = self.listeners
        if self.finished or not listeners:
            return self.finished
        descriptors = [(each.fileno(), READ) for each in listeners]
        are_closed = all(number < 0 for number, _ in descriptors)  # by another program, which accept() does not notice
        return are_closed or not is_ready(descriptors, 0)


def keep_in_order() -> None:
    """Keep this thread to one processor, the same one for all threads of this process, where the system permits that.

    Of segments that two processors send, one may overtake another, even on loopback. A late ACK is answered from
    TIME-WAIT, and the RST that comes of the answer ends TIME-WAIT, long before its minute is over (RFC 1337).
    """
    if hasattr(os, "sched_setaffinity"):  # Linux
        processors = sorted(os.sched_getaffinity(0))
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, {processors[os.getpid() % len(processors)]})


class Programs:
    """All programs of a run. They begin one after the other: each when those before have returned or wait."""

    def __init__(self, lock: threading.RLock) -> None:
        self.all: list[Program] = []
        self.over = False
        self.moves = 0  # counts what the programs do, so that one can tell whether they did anything meanwhile
        self._news = threading.Condition(lock)
        self._told = 0  # news that nobody has waited for yet
        self._to_begin: deque[Program] = deque()
        self._busy: set[Program | None] = set()  # those that have to return or to wait before the next one begins
        self._by_thread: dict[threading.Thread, Program] = {}

    def plan(self, program: Program, after: Program | None = None) -> None:
        """Let it begin when its turn comes, and once `after` waits."""
        with self._news:
            self.all.append(program)
            self._by_thread[program.thread] = program
            self._to_begin.append(program)
            if after is not None:
                self._busy.add(after)

    def current(self) -> Program | None:
        """The program whose thread this is, if it is one's."""
        return self._by_thread.get(threading.current_thread())

    def begin(self) -> None:
        """Let the first one begin."""
        self._give_way(None)

    def end(self, program: Program) -> None:
        """It has returned, or raised something."""
        with self._news:
            program.finished = True
            self._give_way(program)
            self.tell()

    @contextlib.contextmanager
    def waiting(self, program: Program, listeners: Sequence[KernelSocket | KernelDatagrams]) -> Iterator[None]:
        """Meanwhile the program waits; for a caller, if listeners are given."""
        with self._news:
            program.listeners = listeners
            self._give_way(program)
            if listeners:
                self.tell()
        try:
            yield
        finally:
            with self._news:
                program.listeners = ()
                self.moves += 1

    def _give_way(self, program: Program | None) -> None:
        """It does not keep others from beginning any more."""
        with self._news:
            self.moves += 1
            self._busy.discard(program)
            if self._to_begin and not self._busy and not self.over:
                following = self._to_begin.popleft()
                self._busy.add(following)
                following.thread.start()

    # ------------------------------------------------ for the thread that looks after the run

    def tell(self) -> None:
        """There is news: wake whoever waits for it."""
        with self._news:
            self._told += 1
            self._news.notify_all()

    def wait_for_news(self, seconds: float) -> None:
        """Wait until there is news since the last time, so many seconds at most."""
        with self._news:
            self._news.wait_for(lambda: self._told, seconds)
            self._told = 0

    def are_idle(self) -> bool:
        """Is there none that begins, or does anything but wait for a caller?"""
        with self._news:
            return not self._to_begin and all(program.is_idle for program in self.all)

    def join(self, grace: float) -> list[Program]:
        """Wait for all to end, so many seconds in all; those that do not are returned."""
        latest = time.monotonic() + grace
        begun = [program for program in self.all if program.thread.ident is not None]
        for program in begun:
            program.thread.join(max(latest - time.monotonic(), 0))
        return [program for program in begun if program.thread.is_alive()]

    def refuse(self) -> NoReturn:
        """A program makes a call although the run is over: tell it, and if it will not hear, let it wait for ever."""
        program = self.current()
        if program is not None:
            program.refusals += 1
            if program.refusals > PATIENCE:
                threading.Event().wait()
        raise Stopped("the run is over")


class Wake:
    """What wakes all programs that wait, once and for all: the far end of a pipe in which something lies."""

    def __init__(self) -> None:
        self._near, self._far = socket.socketpair()

    def call(self) -> None:
        """Wake everybody."""
        self._near.send(b"!")

    def wait(self, descriptors: Sequence[Descriptor], timeout: float | None) -> list[bool]:
        """Wait for a descriptor or the call; which is ready, first the call. None when the time, in seconds, is up."""
        return which_are_ready([(self._far.fileno(), READ), *descriptors], timeout)

    def close(self) -> None:
        """Close both ends."""
        self._near.close()
        self._far.close()


def which_are_ready(descriptors: Sequence[Descriptor], timeout: float | None) -> list[bool]:
    """Which of them are ready, at once or before the time, in seconds, is up? One that is closed needs no waiting."""
    closed = [number < 0 for number, _ in descriptors]
    if any(closed):
        return closed
    wanted: dict[int, int] = {}
    for number, readiness in descriptors:
        wanted[number] = wanted.get(number, 0) | EVENTS[readiness]
    with Selector() as selector:
        for number, events in wanted.items():
            selector.register(number, events)
        ready = {key.fd: events for key, events in selector.select(timeout)}
    return [bool(ready.get(number, 0) & EVENTS[readiness]) for number, readiness in descriptors]


def is_ready(descriptors: Sequence[Descriptor], timeout: float | None) -> bool:
    """Is one of them ready, at once or before the time, in seconds, is up?"""
    return any(which_are_ready(descriptors, timeout))
