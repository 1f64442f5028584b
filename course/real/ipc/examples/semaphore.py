"""A semaphore: a count to wait for, and no octets (sem_overview(7))."""

import os

from course.real.ipc import libc
from course.real.ipc.actor import Here


def before(here: Here) -> None:
    """Make it, with nothing to take."""
    libc.sem_open(here.name, os.O_CREAT, 0o600, 0)


def writer(here: Here) -> None:
    """Count one more."""
    semaphore = libc.sem_open(here.name)
    libc.sem_post(semaphore)


def reader(here: Here) -> None:
    """Wait until there is one to take, and take it."""
    semaphore = libc.sem_open(here.name)
    libc.sem_wait(semaphore)
    libc.sem_unlink(here.name)
