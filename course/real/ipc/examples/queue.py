"""A message queue of System V: messages stay whole, and are found by a key (msgget(2), msgop(2))."""

from course.real.ipc import libc
from course.real.ipc.actor import Here


def before(here: Here) -> None:
    """Make it; it is there until somebody removes it."""
    libc.msgget(here.key, libc.IPC_CREAT | 0o600)


def writer(here: Here) -> None:
    """Put a message of kind 1 into it."""
    queue = libc.msgget(here.key)
    libc.msgsnd(queue, 1, b"hello")


def reader(here: Here) -> bytes:
    """Take the oldest message out of it, and remove it."""
    queue = libc.msgget(here.key)
    _, octets = libc.msgrcv(queue)
    libc.msgctl(queue, libc.IPC_RMID)
    return octets
