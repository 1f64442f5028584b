"""A pipe: octets in one direction, between processes that have inherited its ends (pipe(2), pipe(7))."""

import os

from course.real.ipc.actor import Here


def before() -> tuple[int, int]:
    """An end to read from, and an end to write to; both processes will have both."""
    return os.pipe()


def writer(here: Here) -> None:
    """Write into it."""
    reading, writing = here.made
    os.close(reading)
    os.write(writing, b"hello")


def reader(here: Here) -> bytes:
    """Read from it."""
    reading, writing = here.made
    os.close(writing)
    return os.read(reading, 100)
