"""Calls: how a call waits, and how it gets into the record."""

import errno
import os
from collections.abc import Callable
from typing import TypeVar

from course.sockets.hints import explain
from course.sockets.world import Backend, Readiness, World
from course.trace.record import Called, Returned, brief

T = TypeVar("T")


class Calls:
    """The calls of one host's programs, on one socket (or on none: sleep and the like).

    Once the socket is `closed` every call fails with EBADF.
    """

    __slots__ = ("backend", "closed", "host", "socket", "world")

    def __init__(self, world: World, host: str, socket: str | None = None, backend: Backend | None = None) -> None:
        self.world = world
        self.host = host
        self.socket = socket
        self.backend = backend
        self.closed = False

    def call(self, name: str, arguments: tuple[object, ...], attempt: Callable[[], T], readiness: Readiness = "read",
             timeout: float | None = None, told: Callable[[T], object] = brief) -> T:  # fmt: skip
        """Make a call and record it; while `attempt` raises BlockingIOError, wait and try again.

        `timeout` is in seconds: None waits for ever, 0 does not wait. `told` makes of the result what the record keeps.
        """
        called = self.begin(name, arguments)
        try:
            result = self.until_done(attempt, readiness, timeout)
        except Exception as error:
            self.fail(called, error)
            raise
        self.end(called, told(result))
        return result

    def recorded(self, name: str, arguments: tuple[object, ...], action: Callable[[], T],
                 told: Callable[[T], object] = brief) -> T:  # fmt: skip
        """Write down that a program calls, do it, and write down what came of it."""
        called = self.begin(name, arguments)
        try:
            self.check_open()
            result = action()
        except Exception as error:
            self.fail(called, error)
            raise
        self.end(called, told(result))
        return result

    def begin(self, name: str, arguments: tuple[object, ...]) -> Called:
        """Write down that a program calls."""
        world = self.world
        program, number = world.program(), world.next_call()
        kept = tuple([brief(argument) for argument in arguments])
        called = Called(world.now(), self.host, program, number, self.socket, name, kept)
        world.begin(called)
        return called

    def fail(self, called: Called, error: Exception) -> None:
        """Write down that the call failed, and put a hint on its error if there is one."""
        number = error.errno if isinstance(error, OSError) else None
        self.world.end(Returned(self.world.now(), called, None, type(error).__name__, number))
        if isinstance(error, OSError):
            explain(error, called.name)

    def end(self, called: Called, value: object = None) -> None:
        """Write down that the call came back."""
        self.world.end(Returned(self.world.now(), called, value))

    def until_done(self, attempt: Callable[[], T], readiness: Readiness, timeout: float | None) -> T:
        """Try, and wait for readiness as long as the call would block (or the timeout allows)."""
        self.check_open()
        try:
            return attempt()
        except BlockingIOError:
            if timeout == 0:
                raise
        deadline = None if timeout is None else self.world.now() + timeout
        self.world.wait(self.backend, readiness, deadline)
        return self.until(attempt, readiness, deadline)

    def until_all_sent(self, view: memoryview, send: Callable[[memoryview], int], timeout: float | None) -> None:
        """Send all of the octets, piece by piece; TimeoutError if that takes longer. No octets are sent once, too."""
        deadline = self.world.now() + timeout if timeout else None
        while True:
            view = view[self._sent(view, send, timeout, deadline) :]
            if not view:
                return
            if deadline is not None and self.world.now() > deadline:
                raise TimeoutError("timed out")

    def _sent(self, view: memoryview, send: Callable[[memoryview], int], timeout: float | None,
              deadline: float | None) -> int:  # fmt: skip
        """How many octets were taken; a call that does not wait raises BlockingIOError for none."""
        return send(view) if timeout == 0 else self.until(lambda: send(view), "write", deadline)

    def until(self, attempt: Callable[[], T], readiness: Readiness, deadline: float | None) -> T:
        """Try, and wait for readiness as long as the call would block; TimeoutError at the deadline."""
        while True:
            self.check_open()
            try:
                return attempt()
            except BlockingIOError:
                pass
            self.world.wait(self.backend, readiness, deadline)

    def check_open(self) -> None:
        """OSError EBADF for a closed socket, be it that its connection lives on by a duplicate (close(2))."""
        if self.closed:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
