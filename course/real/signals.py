"""Signals that come during a call on a socket: EINTR, and EPIPE or death by SIGPIPE (signal(7), PEP 475).

signals.interrupted("return")               # a signal during recv()
signals.broken_pipe()                       # send() when nobody can receive; both on Unix, ENOTSUP on Windows
"""

import errno
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Literal

from course.real.calls import connected, outcome
from course.real.child import DEADLINE, child
from course.real.interrupts import held, sheltered
from course.real.sockaddr import not_on_windows
from course.table import Table

A_MOMENT = 0.020  # seconds


@sheltered
def interrupted(handler: Literal["return", "raise"]) -> list[str]:
    """Let a signal come during recv(): what happened, in order (PEP 475).

    The kernel ends the call with EINTR. Python runs the handler, and if that returns it calls recv() again: the program
    never sees EINTR. If the handler raises, that ends the call. ValueError for another handler. Signals are the main
    thread's: RuntimeError elsewhere.
    """
    not_on_windows()
    if handler not in ("return", "raise"):
        raise ValueError(f'{handler!r} is nothing that a handler does here: write "return" or "raise"')
    with connected() as (ours, peer):
        told = ["recv() begins"]

        def receive() -> bytes:
            return ours.recv(100)

        def handle(number: int, frame: FrameType | None) -> None:
            if frame is None or frame.f_code is not receive.__code__:
                signal.setitimer(signal.ITIMER_REAL, A_MOMENT)  # a busy machine: recv() has yet to begin
                return
            told.append("a signal: the handler runs")
            if handler == "raise":
                raise InterruptedError(errno.EINTR, "raised by the handler")
            peer.sendall(b"hello")

        with alarm(handle):
            told.append(f"recv() ends: {outcome(receive)}")
    return told


@held
def alarm(handle: Callable[[int, FrameType | None], None], seconds: float = A_MOMENT) -> Iterator[None]:
    """A SIGALRM in so many seconds; afterwards the handler and the timer are what they were."""
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("signal handlers run in the main thread: call this from there, as a notebook's cell does")
    handler_before = signal.signal(signal.SIGALRM, handle)
    timer_before = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer_before)
        signal.signal(signal.SIGALRM, handler_before or signal.SIG_DFL)


WRITES_TO_NOBODY = """
import errno, signal, socket, sys
signal.signal(signal.SIGPIPE, getattr(signal, sys.argv[1]))
ours, peer = socket.socketpair()
peer.close()
try:
    ours.send(b"hello")
except OSError as error:
    print(errno.errorcode[error.errno])
"""


@sheltered
def broken_pipe() -> Table:
    """Send to a peer that is gone: a signal that kills the process, unless it is ignored, and then EPIPE (send(2)).

    Python ignores SIGPIPE from its start on, so that we see an exception. Two child processes try both.
    """
    rows = tuple((setting, how_it_ended(setting)) for setting in ("SIG_DFL", "SIG_IGN"))
    return Table("send() when nobody can receive", ("SIGPIPE is", "what came of it"), rows)


def how_it_ended(setting: str) -> str:
    """What a child that sends to nobody prints, or the signal that killed it."""
    with child(WRITES_TO_NOBODY, setting) as process:
        printed, _ = process.communicate(timeout=DEADLINE)
        status = process.returncode
    return f"killed by {signal.Signals(-status).name}" if status < 0 else printed.decode().strip()
