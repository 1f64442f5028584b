"""Everything of the course that takes something from the kernel: each done once, and what this process holds."""

import gc
import os
import tempfile
import threading
from pathlib import Path

from course.apps import echo
from course.lab import machine
from course.real import (
    calls,
    capture,
    child,
    datagrams,
    descriptors,
    files,
    grid,
    ipc,
    killed,
    pids,
    ports,
    signals,
    sockaddr,
    states,
)
from course.real.loopback import Loopback
from course.real.outside import outside
from course.real.watch import watch

ECHO = {"server": echo.server, "client": echo.client}


def in_a_block(manager):
    """Begin a `with` block and end it; what it gives is asked for a word, as a student would."""
    with manager as given:
        repr(given)


def watched():
    """Watch both ends of a connection that does nothing."""
    with calls.connected() as (ours, peer), watch(client=ours, server=peer) as seen:
        repr(seen)


def talked():
    """Let two processes talk."""
    ipc.example("pipe")


def ran(programs=ECHO, **settings):
    """A run; what ended it early is raised, as Scenario.run() does."""
    outcome = Loopback(programs, **settings).run()
    if outcome.error is not None:
        raise outcome.error


THINGS = {
    "run": ran,
    "run, watched": lambda: ran(watch=0.005),
    "run, one address": lambda: ran(one_address=True),
    "outside": lambda: ran({"server": outside("true")}),
    "states.closing": lambda: in_a_block(states.closing()),
    "states.time_wait": lambda: in_a_block(states.time_wait()),
    "connected": lambda: in_a_block(calls.connected()),
    "watch": watched,
    "child": lambda: in_a_block(child.child()),
    "descriptors.after": lambda: descriptors.after(gc.isenabled),
    "descriptors.table": descriptors.table,
    "on_a_pipe": calls.on_a_pipe,
    "last_close": calls.last_close,
    "passed_on": calls.passed_on,
    "interrupted": lambda: signals.interrupted("return"),
    "broken_pipe": signals.broken_pipe,
    "files.everything": files.everything,
    "files.buffered": files.buffered,
    "files.queues": files.queues,
    "grid": grid.grid,
    "killed": killed.killed,
    "many": lambda: ports.many(5),
    "reached": ports.reached,
    "bound": lambda: sockaddr.bound(sockaddr.unix(f"{tempfile.gettempdir()}/door")),
    "refused": datagrams.refused,
    "namespaces": pids.namespaces,
    "may_capture": capture.may_capture,
    "machine.connection": machine.connection,
    "talk": talked,
}


def held():
    """What this process holds: descriptors by what they stand for, threads, children, and its temporary files."""
    gc.collect()
    return {
        "descriptors": sorted(filter(None, map(link, Path("/proc/self/fd").iterdir()))),
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "children": Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split(),
        "files": sorted(map(str, Path(tempfile.gettempdir()).iterdir())),
    }


def link(descriptor):
    """What a descriptor stands for; nothing for the one by which they were listed, which is closed by now."""
    try:
        return str(descriptor.readlink())
    except OSError:
        return ""
