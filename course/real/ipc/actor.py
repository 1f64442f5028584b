"""One of two processes: it does what its function says, writes down what came of it, and ends (fork(2), _exit(2))."""

import fcntl
import linecache
import os
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from course.real.ipc.place import Place
from course.real.ipc.recording import RECORD, Journal, recorded

FIRST = 100  # our descriptors are above, so that those of a program are 3, 4 and so on, as in a textbook
FILE = "the programs"
BROKEN = 70  # EX_SOFTWARE (sysexits.h)
Space = dict[str, Any]
"""The names of a program's text, and what they stand for."""


@dataclass(frozen=True, slots=True)
class Here:
    """What a program is told when it begins: `made`, what before= returned, and `other`, the other process's number.

    `name`, as in "/course-ipc-...", and `key`, a number, are for what needs one. Nobody else has them, and queues,
    memory and semaphores that go by them are removed in the end.
    """

    name: str
    key: int
    made: Any = None
    other: int = 0


def labelled(label: str, number: int) -> Any:
    """The same number with a label, by which it is shown, since it is another one in each run."""
    kind: Any = IntEnum
    return kind("Label", {label: number})[label]


def names(place: Place) -> Here:
    """What is known before anything has been made."""
    return Here(place.name, labelled("KEY", place.key))


def journal(place: Place, who: str) -> Journal:
    """The journal of one process, a file in the place's directory."""
    file = os.open(place.directory / f"{who}.journal", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    return Journal(moved(file))


def moved(descriptor: int) -> int:
    """The same under a number that is out of the way."""
    number = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, FIRST)
    os.close(descriptor)
    return number


def defined(text: str) -> Space:
    """Read the text of the programs; its functions by their names."""
    linecache.cache[FILE] = len(text), None, text.splitlines(keepends=True), FILE  # for the lines of a traceback
    space: Space = {"__name__": "__main__"}
    exec(compile(recorded(text), FILE, "exec"), space)  # noqa: S102 - which is what this process is for
    return space


def perform(written: Journal, space: Space, name: str, here: Here) -> Any:
    """Do what the function of that name says, and write down its calls, its result, or why it has none.

    It is given `here`, unless it takes nothing. What it raises is raised again.
    """
    space[RECORD], space["print"] = written.call, written.print
    written.write("starts", os.getpid())
    try:
        result = called(space, name, here, written)
    except OSError as error:
        written.write("raises", type(error).__name__, error.errno, error.strerror or str(error))
        raise
    except Exception as error:
        written.write("breaks", f"{type(error).__name__}: {error}", traceback.format_exc())
        raise
    written.write("ends", repr(int(result) if isinstance(result, IntEnum) else result))
    return result


def called(space: Space, name: str, here: Here, written: Journal) -> Any:
    """Call the function; one that another module has, as os.pipe, is a call to write down by itself."""
    function: Callable[..., Any] = space[name]
    code = getattr(function, "__code__", None)
    if code is None or code.co_filename != FILE:
        home = {os.name: "os"}.get(function.__module__, function.__module__)  # os.pipe says that it is posix.pipe
        return written.call(f"{home}.{function.__qualname__}", (), function)
    return function(here) if code.co_argcount else function()


def act(written: Journal, space: Space, name: str, here: Here) -> int:
    """Be one of the two: perform. The status with which to end; BROKEN for a mistake, which ends the talk."""
    try:
        perform(written, space, name, here)
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 1
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.raise_signal(signal.SIGINT)
    except OSError:
        return 0
    except Exception:  # noqa: BLE001 - it has been written down
        return BROKEN
    return 0
