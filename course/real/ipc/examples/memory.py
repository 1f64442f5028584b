"""Shared memory: octets that both see. Nothing says when they are there, so a semaphore does (shm_overview(7)).

multiprocessing.shared_memory does the same, and starts one more process to clear up.
"""

import mmap
import os

from course.real.ipc import libc
from course.real.ipc.actor import Here


def before(here: Here) -> mmap.mmap:
    """A page of it, which both will see, and a semaphore; the name is of use until it is mapped, and removed then."""
    libc.sem_open(here.name, os.O_CREAT, 0o600, 0)
    memory = libc.shm_open(here.name, os.O_CREAT | os.O_RDWR)
    os.ftruncate(memory, mmap.PAGESIZE)
    return mmap.mmap(memory, mmap.PAGESIZE)


def writer(here: Here) -> None:
    """Write some octets there, and then say so."""
    here.made.write(b"hello")
    libc.sem_post(libc.sem_open(here.name))


def reader(here: Here) -> bytes:
    """Wait until somebody says so, and then look."""
    libc.sem_wait(libc.sem_open(here.name))
    return bytes(here.made.read(5))
