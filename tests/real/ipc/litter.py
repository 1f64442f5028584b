"""Programs that make everything there is to make, and leave it; and whether anything is left."""

import errno
import os
import socket
import sys
import tempfile
from pathlib import Path

import psutil

from course.real.ipc import libc, place

SYSTEM_V = (("shmget", (8, libc.IPC_CREAT | 0o600)), ("semget", (1, libc.IPC_CREAT | 0o600)))


def litter(here):
    """One of everything by the name and the key, two paths, and a process in a session of its own."""
    libc.msgsnd(libc.msgget(here.key, libc.IPC_CREAT | 0o600), 1, b"left")
    for name, arguments in SYSTEM_V:
        libc.call(name, (), here.key, *arguments)
    libc.mq_open(here.name, os.O_CREAT | os.O_RDWR)
    libc.sem_open(here.name, os.O_CREAT)
    os.ftruncate(libc.shm_open(here.name, os.O_CREAT | os.O_RDWR), 8)
    os.mkfifo("fifo")
    socket.socket(socket.AF_UNIX).bind("door")
    closes_on_exec, other = os.pipe()
    if os.fork() == 0:
        os.setsid()
        sleep = "import time; time.sleep(3600)"
        os.execv(sys.executable, [sys.executable, "-I", "-S", "-c", sleep, here.name])  # noqa: S606
    os.close(other)
    os.read(closes_on_exec, 1)
    return here.name, int(here.key)


def exists(call, *arguments):
    try:
        call(*arguments)
    except OSError as error:
        assert error.errno == errno.ENOENT
        return False
    return True


def left(name, key):
    """What is left by that name and key: the names of the calls that find something, paths and processes."""
    found = [opens.__name__ for opens in (libc.mq_open, libc.sem_open, libc.shm_open) if exists(opens, name)]
    found += [
        get for get, number in (("msgget", key), ("shmget", key), ("semget", key)) if exists(libc.at, get, number)
    ]
    if (Path(tempfile.gettempdir()) / name[1:]).exists():
        found.append("directory")
    processes = psutil.process_iter(["cmdline"])
    return found + ["process" for each in processes if name in " ".join(each.info["cmdline"] or ())]


def all_left():
    """The directories of talks of this process's temporary directory, and so whatever belongs to them."""
    return [each.directory.name for each in place.places()]
