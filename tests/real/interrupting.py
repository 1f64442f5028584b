"""A process by itself that interrupts a thing again and again, at one step after the other, and tells what is left.

    python -m tests.real.interrupting NAME TIMES

Each line of the course's and of the standard library's Python is a step. An interrupt comes before it, as Ctrl-C might;
the error is kept with all that it refers to, as a notebook keeps it.
"""

import json
import signal
import socket
import sys
import tempfile
from pathlib import Path

import course
from tests.real import things

PLACES = (str(Path(course.__file__).parent), str(Path(socket.__file__).parent), things.__file__)


class Steps:
    """Counts the steps of a call, and interrupts it before one of them."""

    def __init__(self, interrupted=None):
        self.count = 0
        self._interrupted = interrupted

    def trace(self, frame, event, argument):
        if not frame.f_code.co_filename.startswith(PLACES):
            return None
        if event == "line":
            self.count += 1
            if self.count == self._interrupted:
                sys.settrace(None)
                signal.raise_signal(signal.SIGINT)
        return self.trace


def traced(thing, interrupted=None):
    """Do the thing; how many steps it took, and what it raised."""
    steps = Steps(interrupted)
    sys.settrace(steps.trace)
    try:
        thing()
    except BaseException as error:  # noqa: BLE001 - which error is what is asked
        return steps.count, error
    finally:
        sys.settrace(None)
    return steps.count, None


def tried(thing, times):
    """What goes wrong when a thing is interrupted before so many of its steps, by the number of the step."""
    for _ in range(2):
        thing()  # whatever is made once and kept is there from now on
    count, error = traced(thing)
    assert error is None
    wrong = {}
    for step in sorted({1 + count * place // times for place in range(times)}):
        before = things.held()
        reached, error = traced(thing, step)
        if reached < step:
            continue  # it took fewer steps this time
        if not isinstance(error, KeyboardInterrupt):
            wrong[step] = f"raised {error!r}"
        elif (after := things.held()) != before:
            wrong[step] = f"{before} became {after}"
        elif signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            wrong[step] = "the handler is another one"
    return wrong


def main(name, times):
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as directory:
        tempfile.tempdir = directory
        print(json.dumps(tried(things.THINGS[name], int(times))))


if __name__ == "__main__":
    main(*sys.argv[1:])
