"""Each of the means in four verbs, so that the same questions can be put to all of them: make, reach, put, take.

`make` makes it, and gives the writer's end and the reader's end; `reach` gets them by the name alone, or by what its
maker can tell of it; `put` puts octets in, and `take` takes out what is there, and does not wait.
"""

import mmap
import os
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from course.real.ipc import libc
from course.real.ipc.actor import Here

Ends = tuple[Any, Any]
WANTED = signal.SIGUSR1


@dataclass(frozen=True, slots=True)
class Means:
    """One of the means: its four verbs."""

    make: Callable[[Here], Ends]
    reach: Callable[[Here, str], Ends]
    put: Callable[[Any, bytes], object]
    take: Callable[[Any], object]


def both(thing: Any) -> Ends:
    """What is the same for writer and reader."""
    return thing, thing


# ------------------------------------------------ descriptors: pipe, FIFO


def make_pipe(here: Here) -> Ends:
    """Both ends, of which the reader's does not wait."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    return writing, reading


def reach_told(here: Here, told: str) -> Ends:
    """The descriptors of the same numbers in this process, if there are any."""
    writing, reading = [int(word) for word in told.split()]
    return os.dup(writing), os.dup(reading)


def make_fifo(here: Here) -> Ends:
    """The path, and both ends."""
    os.mkfifo("fifo")
    return reach_fifo(here, "")


def reach_fifo(here: Here, told: str) -> Ends:
    """Open both ends, by the path."""
    reading = os.open("fifo", os.O_RDONLY | os.O_NONBLOCK)
    return os.open("fifo", os.O_WRONLY), reading


def take_octets(descriptor: int) -> bytes:
    """What can be read at once."""
    return os.read(descriptor, 100)


# ------------------------------------------------ signals


def make_signal(here: Here) -> Ends:
    """Nothing is made: a signal that is blocked waits until it is taken. The end to write to is a process."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {WANTED})
    return both(here)


def reach_signal(here: Here, told: str) -> Ends:
    """The other process, by its number."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {WANTED})
    return both(here)


def put_signal(here: Here, octets: bytes) -> None:
    """The octets stay where they are."""
    os.kill(here.other, WANTED)


def take_signal(here: Here) -> str:
    """How often it can be taken."""
    return f"{WANTED.name} once" if WANTED in signal.sigpending() and signal.sigwait({WANTED}) else ""


# ------------------------------------------------ queues, semaphores, memory


def make_queue(here: Here) -> Ends:
    """A queue with the key."""
    return both(libc.msgget(here.key, libc.IPC_CREAT | 0o600))


def reach_queue(here: Here, told: str) -> Ends:
    """The same, which has to be there."""
    return both(libc.msgget(here.key))


def put_message(queue: libc.Queue, octets: bytes) -> None:
    """As a message of kind 1."""
    libc.msgsnd(queue, 1, octets, libc.IPC_NOWAIT)


def take_message(queue: libc.Queue) -> bytes:
    """The oldest message."""
    return libc.msgrcv(queue, 0, libc.IPC_NOWAIT)[1]


def make_mqueue(here: Here) -> Ends:
    """A queue with the name."""
    return both(libc.mq_open(here.name, os.O_CREAT | os.O_RDWR | os.O_NONBLOCK))


def reach_mqueue(here: Here, told: str) -> Ends:
    """The same, which has to be there."""
    return both(libc.mq_open(here.name, os.O_RDWR | os.O_NONBLOCK))


def take_mqueue(queue: int) -> bytes:
    """The oldest message."""
    return libc.mq_receive(queue)[0]


def make_semaphore(here: Here) -> Ends:
    """A semaphore with the name, and nothing to take."""
    return both(libc.sem_open(here.name, os.O_CREAT, 0o600, 0))


def reach_semaphore(here: Here, told: str) -> Ends:
    """The same, which has to be there."""
    return both(libc.sem_open(here.name))


def put_count(semaphore: libc.Semaphore, octets: bytes) -> None:
    """Count one more; the octets stay where they are."""
    libc.sem_post(semaphore)


def take_count(semaphore: libc.Semaphore) -> str:
    """As many as there are."""
    count = 0
    try:
        while True:
            libc.sem_trywait(semaphore)
            count += 1
    except BlockingIOError:
        return f"a count of {count}" if count else ""


def make_memory(here: Here) -> Ends:
    """A page of memory with the name."""
    memory = libc.shm_open(here.name, os.O_CREAT | os.O_RDWR)
    os.ftruncate(memory, mmap.PAGESIZE)
    return both(mmap.mmap(memory, mmap.PAGESIZE))


def reach_memory(here: Here, told: str) -> Ends:
    """The same, which has to be there."""
    return both(mmap.mmap(libc.shm_open(here.name), mmap.PAGESIZE))


def put_memory(memory: mmap.mmap, octets: bytes) -> None:
    """At the beginning, whatever was there."""
    memory[: len(octets)] = octets


def take_memory(memory: mmap.mmap) -> bytes:
    """From the beginning to the first zero."""
    return memory[: mmap.PAGESIZE].split(b"\0", 1)[0]


# ------------------------------------------------ sockets


def pair_of(kind: int) -> Means:
    """Two connected sockets of a type."""

    def make(here: Here) -> Ends:
        ends = socket.socketpair(socket.AF_UNIX, kind)
        ends[1].setblocking(False)  # noqa: FBT003 - the socket module's own signature
        return ends

    return Means(make, reach_told, put_socket, take_socket)


def put_socket(ours: socket.socket, octets: bytes) -> None:
    """Send them."""
    ours.sendall(octets)


def take_socket(ours: socket.socket) -> bytes:
    """What can be received at once."""
    ours.setblocking(False)  # noqa: FBT003 - the socket module's own signature
    return ours.recv(100)


def named(abstract: bool) -> Means:  # noqa: FBT001 - one of two kinds of names
    """A listener with a name, and a connection to it."""

    def name(here: Here) -> str:
        return f"\0{here.name}" if abstract else "door"

    def make(here: Here) -> Ends:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(name(here))
        listener.listen()
        KEPT.append(listener)
        caller, _ = reach(here, "")
        return caller, listener.accept()[0]

    def reach(here: Here, told: str) -> Ends:
        caller = socket.socket(socket.AF_UNIX)
        KEPT.append(caller)
        caller.connect(name(here))
        return caller, caller

    return Means(make, reach, put_socket, take_socket)


KEPT: list[socket.socket] = []
"""Sockets that live as long as their process."""

ALL = {
    "pipe": Means(make_pipe, reach_told, os.write, take_octets),
    "FIFO": Means(make_fifo, reach_fifo, os.write, take_octets),
    "signal": Means(make_signal, reach_signal, put_signal, take_signal),
    "message queue": Means(make_queue, reach_queue, put_message, take_message),
    "POSIX message queue": Means(make_mqueue, reach_mqueue, libc.mq_send, take_mqueue),
    "semaphore": Means(make_semaphore, reach_semaphore, put_count, take_count),
    "shared memory": Means(make_memory, reach_memory, put_memory, take_memory),
    "socketpair, STREAM": pair_of(socket.SOCK_STREAM),
    "socketpair, DGRAM": pair_of(socket.SOCK_DGRAM),
    "socketpair, SEQPACKET": pair_of(socket.SOCK_SEQPACKET),
    "AF_UNIX, path": named(abstract=False),
    "AF_UNIX, abstract": named(abstract=True),
}
