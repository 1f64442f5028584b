"""Two processes that talk: what each did, call by call, and what came of it (pipe(7), fifo(7), unix(7), signal(7)).

def writer(here):
    os.write(here.made[1], b"hello")

def reader(here):
    return os.read(here.made[0], 100)

ipc.talk(writer, reader, before=os.pipe)

The functions run in two processes of their own, which begin in an empty directory, at once. What `before` makes exists
by then, and both have inherited it. They see nothing else of the notebook: their text is what they are given.
"""

import contextlib
import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from course.errors import ScenarioError, TalkFailed
from course.real.child import DEADLINE
from course.real.interrupts import Interrupt, noted
from course.real.ipc.outcome import Talk, read
from course.real.ipc.place import Place, fresh
from course.real.ipc.source import text
from course.real.threads import READ, which_are_ready

Program = Callable[..., Any]
TO_START = 60.0  # seconds in which the stage has to begin, however busy the machine is
AFTER = 5  # seconds after the deadline when whoever has been forgotten ends by an alarm
LOOK = 0.05  # seconds between two looks whether there was an interrupt
AT_LAST = 3.0  # seconds to clear up, before all are killed
PLAY = "import sys; sys.path[:] = sys.argv[4:]; from course.real.ipc.stage import main; main(*sys.argv[1:4])"


def talk(first: Program, second: Program, *, before: Program | None = None, deadline: float = DEADLINE) -> Talk:
    """Let two functions run in two processes; what they did is a table, and what they returned is in `results`.

    Each is called with a `Here`: `here.made` is what `before` returned, `here.other` the other process's number,
    `here.name` and `here.key` are for what needs a name. An OSError, or a signal that kills, is a result as any other.
    Raises TalkFailed, with `.talk`, if a function raises something else, or if not all is over in `deadline` seconds.
    """
    if sys.platform == "win32":
        raise ScenarioError("two processes talk by the means of Unix here, and Windows has others: use WSL, or Binder")
    programs = [first, second]
    who = [first.__name__, second.__name__ if second is not first else f"{second.__name__} 2"]
    request = {
        "text": text(*programs, *filter(None, [before])),
        "programs": [each.__name__ for each in programs],
        "who": who,
        "before": before.__name__ if before else None,
        "limit": math.ceil(deadline) + AFTER,
    }
    with noted() as interrupt, fresh() as place:
        (place.directory / "request").write_text(json.dumps(request), encoding="utf-8")
        in_time = played(place, deadline, interrupt)
        told, failure = read(place, who, in_time=in_time)
    if interrupt.seen:
        raise KeyboardInterrupt
    if failure:
        raise TalkFailed(failure, told)
    return told


def played(place: Place, deadline: float, interrupt: Interrupt) -> bool:
    """Start the stage, and wait until it is no more: by itself? Or was time up? It is counted from when it begins."""
    with stage(place) as alive:
        if waits(alive, TO_START, interrupt):
            os.read(alive, 1)
        return waits(alive, deadline, interrupt)


@contextlib.contextmanager
def stage(place: Place) -> Iterator[int]:
    """The stage's process: a descriptor that can be read when it is no more. Afterwards that is so."""
    alive, theirs = os.pipe()
    kept = place.lock, theirs
    command = [sys.executable, "-I", "-S", "-c", PLAY, str(place.directory), *map(str, kept), *sys.path]
    with contextlib.ExitStack() as held:
        held.callback(os.close, alive)
        try:
            said = held.enter_context((place.directory / "said").open("wb"))
            process = subprocess.Popen(  # noqa: S603 - our own lines
                command, stdin=subprocess.PIPE, stdout=said, stderr=said, pass_fds=kept, start_new_session=True
            )
        finally:
            os.close(theirs)
        held.callback(end, process, alive)
        yield alive


def end(process: subprocess.Popen[bytes], alive: int) -> None:
    """Tell the stage that it is over; and if it does not hear, or has been ended by somebody else, end what is left."""
    assert process.stdin is not None
    process.stdin.close()
    latest = time.monotonic() + AT_LAST
    while is_told(alive, max(latest - time.monotonic(), 0)) and os.read(alive, 1):
        pass
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def waits(alive: int, seconds: float, interrupt: Interrupt) -> bool:
    """Wait until the stage tells that it has begun, or is no more; not longer than so, and not after an interrupt."""
    latest = time.monotonic() + seconds
    while not (told := is_told(alive, LOOK)) and not interrupt.seen and time.monotonic() < latest:
        pass
    return told


def is_told(alive: int, seconds: float) -> bool:
    """Is there anything to hear from the stage, be it its end, or will there be within so many seconds?"""
    return which_are_ready([(alive, READ)], seconds)[0]
