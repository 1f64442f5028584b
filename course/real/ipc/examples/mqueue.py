"""A message queue of POSIX: messages stay whole, and are found by a name (mq_overview(7))."""

import os

from course.real.ipc import libc
from course.real.ipc.actor import Here


def before(here: Here) -> None:
    """Make it; it is there until somebody removes its name."""
    libc.mq_open(here.name, os.O_CREAT | os.O_RDWR)


def writer(here: Here) -> None:
    """Put a message into it."""
    queue = libc.mq_open(here.name)
    libc.mq_send(queue, b"hello")


def reader(here: Here) -> bytes:
    """Open it, remove its name, which nobody needs any more, and take the message out."""
    queue = libc.mq_open(here.name)
    octets, _ = libc.mq_receive(queue)
    libc.mq_unlink(here.name)
    return octets
