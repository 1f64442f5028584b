"""Interrupts: Ctrl-C, and Jupyter's stop button, wait until a run can be torn down, and never strike in between."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(slots=True)
class Interrupt:
    """Has there been one?"""

    seen: bool = False

    def note(self, number: int, frame: object) -> None:
        """A signal handler: it runs between any two steps of the main thread, so it does no more than this."""
        self.seen = True


@contextlib.contextmanager
def noted() -> Iterator[Interrupt]:
    """Meanwhile an interrupt is only noted. Outside of the main thread there is none to note."""
    interrupt = Interrupt()
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield interrupt
        return
    signal.signal(signal.SIGINT, interrupt.note)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
