"""Calls of the C library that Python leaves out, under their own names (mq_overview(7), sem_overview(7), svipc(7)).

    queue = libc.msgget(key, libc.IPC_CREAT | 0o600)     # a message queue of System V
    libc.msgsnd(queue, 1, b"hello")
    libc.msgrcv(queue)                                   # (1, b"hello")

What is refused raises OSError with the errno, as in the os module; where a call is missing, the errno is ENOSYS.
"""

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

IPC_PRIVATE, IPC_RMID, IPC_CREAT, IPC_EXCL, IPC_NOWAIT = 0, 0, 0o1000, 0o2000, 0o4000  # sys/ipc.h
MOST = 8192  # octets of the longest message that msgrcv() here takes; Linux allows as many (MSGMAX)
LONG = struct.Struct("l")
TEXT, INT, UINT, SIZE, POINTER = ctypes.c_char_p, ctypes.c_int, ctypes.c_uint, ctypes.c_size_t, ctypes.c_void_p


@dataclass(frozen=True, slots=True)
class Queue:
    """A message queue of System V: the number by which the kernel knows it."""

    number: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class Semaphore:
    """A semaphore of POSIX: its address in this process, and in those that are forked from it."""

    address: int = field(repr=False)


def call(name: str, types: tuple[Any, ...], *arguments: Any, result: Any = INT, failed: tuple[Any, ...] = (-1,)) -> Any:
    """One call: its fixed arguments have these types; further ones are variadic, and bring their own."""
    function = found(name)
    function.argtypes, function.restype = types, result
    said = function(*arguments)
    if said in failed:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)
    return said


def found(name: str) -> Any:
    """The call of that name; OSError ENOSYS where the library has none."""
    if sys.platform == "win32":
        raise OSError(errno.ENOSYS, "these calls are Unix's, and Windows has none of them", name)
    try:
        return ctypes.CDLL(None, use_errno=True)[name]
    except AttributeError:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), name) from None


# ------------------------------------------------ message queues of System V: msgget(2), msgop(2), msgctl(2)


def msgget(key: int, flags: int = 0) -> Queue:
    """The queue with this key; with IPC_CREAT it is made if there is none."""
    return Queue(call("msgget", (INT, INT), key, flags))


def msgsnd(queue: Queue, kind: int, octets: bytes, flags: int = 0) -> None:
    """Put a message of a kind, 1 or more, into the queue; waits while that is full, unless IPC_NOWAIT is set."""
    message = LONG.pack(kind) + octets
    call("msgsnd", (INT, TEXT, SIZE, INT), queue.number, message, len(octets), flags)


def msgrcv(queue: Queue, kind: int = 0, flags: int = 0) -> tuple[int, bytes]:
    """Take the oldest message, or the oldest of a kind, out of the queue: its kind and its octets. Waits for one."""
    room = ctypes.create_string_buffer(LONG.size + MOST)
    types = INT, POINTER, SIZE, ctypes.c_long, INT
    octets = call("msgrcv", types, queue.number, room, MOST, kind, flags, result=ctypes.c_ssize_t)
    return LONG.unpack_from(room.raw)[0], room.raw[LONG.size : LONG.size + octets]


def msgctl(queue: Queue, command: int = IPC_RMID) -> None:
    """IPC_RMID removes the queue at once, with what is in it; who waits there gets EIDRM."""
    call("msgctl", (INT, INT, POINTER), queue.number, command, None)


# ------------------------------------------------ POSIX message queues: mq_overview(7)


def mq_open(name: str, flags: int = os.O_RDWR, mode: int = 0o600, most: int = 8, size: int = 128) -> int:
    """A descriptor for the queue of that name, "/hello"; O_CREAT makes it, for so many messages of so many octets."""
    attributes = (ctypes.c_long * 8)(0, most, size)  # struct mq_attr: flags, most messages, most octets, ...
    return int(call("mq_open", (TEXT, INT), name.encode(), flags, UINT(mode), ctypes.byref(attributes)))


def mq_send(queue: int, octets: bytes, priority: int = 0) -> None:
    """Put a message into the queue; waits while that is full."""
    call("mq_send", (INT, TEXT, SIZE, UINT), queue, octets, len(octets), priority)


def mq_receive(queue: int) -> tuple[bytes, int]:
    """Take the oldest message of the highest priority: its octets and that priority. Waits for one."""
    attributes, priority = (ctypes.c_long * 8)(), UINT()
    call("mq_getattr", (INT, POINTER), queue, ctypes.byref(attributes))
    room = ctypes.create_string_buffer(attributes[2])
    types = INT, POINTER, SIZE, POINTER
    taken = call("mq_receive", types, queue, room, len(room), ctypes.byref(priority), result=ctypes.c_ssize_t)
    return room.raw[:taken], priority.value


def mq_close(queue: int) -> None:
    """Give the descriptor back."""
    call("mq_close", (INT,), queue)


def mq_unlink(name: str) -> None:
    """Remove the name; the queue itself is gone with its last descriptor."""
    call("mq_unlink", (TEXT,), name.encode())


# ------------------------------------------------ POSIX semaphores: sem_overview(7)


def sem_open(name: str, flags: int = 0, mode: int = 0o600, value: int = 0) -> Semaphore:
    """The semaphore of that name, "/hello"; O_CREAT makes it, counting from `value`."""
    arguments = name.encode(), flags, UINT(mode), UINT(value)
    return Semaphore(call("sem_open", (TEXT, INT), *arguments, result=POINTER, failed=(None, POINTER(-1).value)))


def sem_post(semaphore: Semaphore) -> None:
    """Count one more; who waits goes on."""
    call("sem_post", (POINTER,), semaphore.address)


def sem_wait(semaphore: Semaphore) -> None:
    """Count one less; waits while that would be less than nothing."""
    call("sem_wait", (POINTER,), semaphore.address)


def sem_trywait(semaphore: Semaphore) -> None:
    """Count one less, or fail with EAGAIN instead of waiting."""
    call("sem_trywait", (POINTER,), semaphore.address)


def sem_unlink(name: str) -> None:
    """Remove the name; the semaphore itself is gone when nobody has it open."""
    call("sem_unlink", (TEXT,), name.encode())


# ------------------------------------------------ POSIX shared memory: shm_overview(7)


def shm_open(name: str, flags: int = os.O_RDWR, mode: int = 0o600) -> int:
    """A descriptor for the memory of that name, "/hello"; os.ftruncate() gives it a size, mmap.mmap() an address."""
    return int(call("shm_open", (TEXT, INT), name.encode(), flags, UINT(mode)))


def shm_unlink(name: str) -> None:
    """Remove the name; the memory itself is gone when nobody has it open or mapped."""
    call("shm_unlink", (TEXT,), name.encode())


# ------------------------------------------------ all that can have one name, or one key


def remove(name: str, key: int) -> None:
    """Remove the message queue, the semaphore and the memory of that name or key, of both kinds, if there are any."""
    for removes in (mq_unlink, sem_unlink, shm_unlink):
        without_complaint(removes, name)
    without_complaint(lambda: msgctl(msgget(key)))
    without_complaint(lambda: call("shmctl", (INT, INT, POINTER), at("shmget", key), IPC_RMID, None))
    without_complaint(lambda: call("semctl", (INT, INT, INT), at("semget", key), 0, IPC_RMID))


def at(name: str, key: int) -> int:
    """What shmget(2) or semget(2) of an existing key says."""
    types = (INT, SIZE, INT) if name == "shmget" else (INT, INT, INT)
    return int(call(name, types, key, 0, 0))


def without_complaint(removes: Callable[..., object], *arguments: object) -> None:
    """What is not there, or not ours, is left as it is."""
    try:
        removes(*arguments)
    except OSError:
        return
