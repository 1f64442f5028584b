"""A signal: a small number, and that it came; no octets (signal(7), kill(2), sigwait(3))."""

import os
import signal

from course.real.ipc.actor import Here


def before() -> None:
    """Block it, so that it waits until somebody waits for it, instead of ending the process."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})


def writer(here: Here) -> None:
    """Send it to the other process, by that one's number."""
    os.kill(here.other, signal.SIGUSR1)


def reader() -> int:
    """Wait for it."""
    return signal.sigwait({signal.SIGUSR1})
