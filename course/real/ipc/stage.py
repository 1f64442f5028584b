"""A program by itself between a notebook and two processes: it starts both, waits for their end, and clears up.

It has no threads, so that to fork is safe here, which it is not in a notebook. It waits for two things at once: for the
end of both processes (SIGCHLD), and for the end of its own standard input, which says that the notebook wants no more
of it, or is no more.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import struct
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from course.real.ipc.actor import BROKEN, FIRST, Here, Space, act, defined, journal, labelled, moved, names, perform
from course.real.ipc.place import Place

GRACE = 1.0  # seconds for what is about to end by itself
A_MOMENT = 0.002
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER (linux/prctl.h): orphans become our children, so we can wait for them
PIDS = struct.Struct("ii")


def main(directory: str, lock: str, alive: str) -> NoReturn:
    """Play what the file "request" in this directory says; then all that is left of it ends, this process as well.

    `lock` is a descriptor that has the directory locked; this process and both others keep it. By `alive` the notebook
    hears that this one begins, and that it is no more.
    """
    place, notebook = Place(Path(directory), moved(int(lock))), os.getppid()
    request = json.loads((place.directory / "request").read_text(encoding="utf-8"))
    signal.alarm(request["limit"])
    try:
        adopt_orphans()
        os.chdir(place.inside)
        began = moved(int(alive))
        os.write(began, b"!")
        play(place, request, began)
    except Exception:  # noqa: BLE001 - in the end nothing is left to tell of it
        traceback.print_exc()
    finally:
        end_orphans()
        place.clear()
        if os.getppid() != notebook:
            place.remove()
        os.killpg(0, signal.SIGKILL)
    raise AssertionError


def play(place: Place, request: dict[str, Any], alive: int) -> None:
    """Make what is made before, start both processes, wait, and write down how each ended: its status, or null."""
    space, here = defined(request["text"]), names(place)
    if request["before"]:
        here = replace(here, made=perform(journal(place, "before"), space, request["before"], here))
    bell, rings = map(moved, os.pipe())
    with rung_by_children(rings):
        pids = forked(place, request, (alive, bell, rings), (space, here))
        ends = waited(pids, bell)
    (place.directory / "ends").write_text(json.dumps([ends.get(pid) for pid in pids]), encoding="utf-8")


def forked(place: Place, request: dict[str, Any], ours: tuple[int, ...], given: tuple[Space, Here]) -> list[int]:
    """Fork both, who do not get these descriptors of ours; when both are there, tell them their numbers."""
    told, tell = map(moved, os.pipe())
    pids: list[int] = []
    for index in range(len(request["programs"])):
        pids.append(os.fork())
        if pids[-1] == 0:
            be(place, request, index, (*ours, tell), (*given, told))
    os.closerange(3, FIRST)  # what was made before is theirs alone: else a pipe would never come to its end
    os.write(tell, PIDS.pack(*pids) * 2)
    return pids


def be(place: Place, request: dict[str, Any], index: int, foreign: tuple[int, ...],
       given: tuple[Space, Here, int]) -> NoReturn:  # fmt: skip
    """Be one of the two, once both numbers are known; without the descriptors that are the stage's."""
    status = BROKEN
    try:
        for descriptor in foreign:
            os.close(descriptor)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.alarm(request["limit"])
        os.dup2(moved(os.open(os.devnull, os.O_RDONLY)), 0)  # standard input is the stage's
        who, (space, here, told) = request["who"], given
        pids = PIDS.unpack(os.read(told, PIDS.size))
        here = replace(here, other=labelled(who[1 - index], pids[1 - index]))
        status = act(journal(place, who[index]), space, request["programs"][index], here)
    finally:
        os._exit(status)


# ------------------------------------------------ their end


@contextlib.contextmanager
def rung_by_children(rings: int) -> Iterator[None]:
    """Meanwhile the end of a child writes an octet into a pipe, so that one can wait for other things as well."""
    os.set_blocking(rings, False)
    signal.set_wakeup_fd(rings, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    yield
    signal.set_wakeup_fd(-1)


def waited(pids: list[int], bell: int) -> dict[int, int]:
    """How these children ended, by their numbers: until all have, or one by a mistake, or the notebook wants no more.

    Who has not ended by then is killed, and has no status. It is negative for a signal's number.
    """
    ends: dict[int, int] = {}
    while len(ends) < len(pids) and BROKEN not in ends.values():
        ready, _, _ = select.select([sys.stdin, bell], [], [])
        if sys.stdin in ready:
            break
        os.read(bell, 100)
        for pid in pids:
            ended, how = os.waitpid(pid, os.WNOHANG) if pid not in ends else (0, 0)
            ends |= {pid: os.waitstatus_to_exitcode(how)} if ended else {}
    for pid in set(pids) - ends.keys():
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return ends


# ------------------------------------------------ what the two have started


def adopt_orphans() -> None:
    """What the two processes start, and leave behind, becomes a child of this one, where the system can do that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)


def end_orphans() -> None:
    """Wait a little for what was left behind, as a process that removes shared memory, and end what goes on."""
    latest = time.monotonic() + GRACE
    with contextlib.suppress(OSError):  # ChildProcessError: there are no more
        while time.monotonic() < latest:
            reap_or_wait()
        kill_children()


def reap_or_wait() -> None:
    """Take note of a child's end, or wait a moment; ChildProcessError if there are no children."""
    if os.waitpid(-1, os.WNOHANG) == (0, 0):
        time.sleep(A_MOMENT)


def kill_children() -> None:
    """Kill the children of this process, as the system lists them (proc(5)); each may leave some of its own."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    while pids := listed.read_text(encoding="ascii").split():
        for pid in pids:
            os.kill(int(pid), signal.SIGKILL)
            os.waitpid(int(pid), 0)
