"""Capturing on loopback: the segments of a run on the kernel, for its Trace, where this machine permits that.

Two ways are tried. Whoever has CAP_NET_RAW (capabilities(7)), as root has, may capture on `lo` itself. Anybody else
may in a network namespace of his own (course.real.namespace), where the system permits that.
"""

import contextlib
import socket
import sys
import time
from collections.abc import Collection, Iterator
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from course.errors import CaptureNotPermitted
from course.real.interrupts import sheltered
from course.real.namespace import Namespace
from course.real.ring import Maker, Ring, Taken
from course.trace.frames import NANOSECONDS

MOST = 20_000  # packets that are kept of a run
CLOCK_READINGS = 5
CLOCK_WAS_SET = 1_000_000  # nanoseconds by which the system's clock and ours come apart only if one of them is set
ADVICE = (
    'take a capture that was recorded elsewhere, as in course.captures.recorded("echo"); or run Python as root, or '
    "in a container with --cap-add=NET_RAW; or let users have namespaces (on Ubuntu, as root: "
    "sysctl kernel.apparmor_restrict_unprivileged_userns=0)"
)


class How(Enum):
    """How this machine lets us capture."""

    DIRECTLY = "on lo"
    NAMESPACE = "in a network namespace of our own"


class Permission(NamedTuple):
    """May we capture, and `how`? None: not at all, and `why` says why not, `advice` what to do about it."""

    how: How | None
    why: str = ""
    advice: str = ""

    def __bool__(self) -> bool:
        return self.how is not None

    def __str__(self) -> str:
        return f"capture: {self.how.value}" if self.how else f"no capture: {self.why}; {self.advice}"


def is_linux() -> bool:
    """Is this Linux, the one system whose loopback can be captured by a program like this?"""
    return sys.platform == "linux"


class Capture:
    """The packets of one run, in the making: `opened()` for as long as the run lasts, `look()` now and then.

    `how` chooses the way (None: the first one that is permitted); once opened it says which one was taken. The run
    makes its sockets by `socket`, and finds the kernel's list of its connections at `table` (None: at the usual place).
    """

    def __init__(self, how: How | None = None) -> None:
        self.how = how
        self.socket: Maker = socket.socket
        self.table: Path | None = None
        self.taken: list[Taken] = []
        self.missed = 0
        self.clock_was_set = False
        self._offset = 0

    @contextlib.contextmanager
    def opened(self, addresses: Collection[str]) -> Iterator["Capture"]:
        """Capture what these addresses send, meanwhile. Raises CaptureNotPermitted where that is not possible."""
        self.taken, self.missed = [], 0
        with contextlib.ExitStack() as held:
            self._ring = self._open(addresses, held)
            self._offset = clock_offset()
            yield self

    def look(self) -> None:
        """Take what has come; beyond 20 000 packets it is only counted."""
        for taken in self._ring.take():
            if len(self.taken) < MOST:
                self.taken.append(taken)
            else:
                self.missed += 1

    def end(self) -> None:
        """Take the last ones, and count those that were missed."""
        self.look()
        self.missed += self._ring.missed()
        self.clock_was_set = abs(clock_offset() - self._offset) > CLOCK_WAS_SET

    def moment(self, taken: Taken) -> float:
        """When it arrived, by the clock of time.perf_counter(), in seconds."""
        return (taken.at - self._offset) / NANOSECONDS

    def _open(self, addresses: Collection[str], held: contextlib.ExitStack) -> Ring:
        if not is_linux():
            raise CaptureNotPermitted(f"this is {sys.platform}, and loopback can be captured on Linux alone", ADVICE)
        reasons = []
        for how in How if self.how is None else [self.how]:
            try:
                return self._try(how, addresses, held)
            except OSError as error:
                reasons.append(f"not {how.value} ({error.strerror or error})")
        raise CaptureNotPermitted(", ".join(reasons), ADVICE)

    def _try(self, how: How, addresses: Collection[str], held: contextlib.ExitStack) -> Ring:
        """Go one way, and let `held` give back what that takes; if it fails, it gives it back itself."""
        with contextlib.ExitStack() as attempt:
            make: Maker = socket.socket
            table: Path | None = None
            if how is How.NAMESPACE:
                namespace = attempt.enter_context(contextlib.closing(Namespace()))
                make, table = namespace.socket, namespace.table
            ring = attempt.enter_context(contextlib.closing(Ring(addresses, make)))
            held.push(attempt.pop_all())
        self.how, self.socket, self.table = how, make, table
        return ring


def clock_offset() -> int:
    """By how many nanoseconds the system's clock is ahead of time.perf_counter(), as closely as can be told."""
    readings = []
    for _ in range(CLOCK_READINGS):
        before = time.perf_counter_ns()
        there = time.time_ns()
        after = time.perf_counter_ns()
        readings.append((after - before, there - (before + after) // 2))
    return min(readings)[1]


@sheltered
def may_capture() -> Permission:
    """Does this machine let us capture on loopback, and how? It is tried, and takes a tenth of a second at the most."""
    capture = Capture()
    try:
        with capture.opened(["127.0.0.1"]):
            return Permission(capture.how)
    except CaptureNotPermitted as refused:
        return Permission(None, refused.why, refused.advice)
