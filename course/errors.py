"""What can go wrong in the course, and who says so.

    CourseError
      ScenarioError      a scenario was described wrongly: nothing ran
      RunError           a run ended before its time; `.run` is the record so far
        ProgramFailed    a program raised something that is not an OSError
        Deadlock         nothing can ever happen again, and a program still waits
        LimitExceeded    too much virtual time, too many segments, or calls without end in one instant
        DeadlineExceeded the real clock ran out on a loopback run
        ProgramStuck     a program refused to stop, or blocked outside of its host
      TalkFailed         two processes did not come to the end of their talk; `.talk` is what they did
      StateNotReached    this machine's kernel did not go into a state; `.reached` is where it stood instead
      MalformedSegment   octets that are no TCP segment, or no IP packet round one
      MalformedCapture   a file or a text that holds no capture; `.trace` is what could be read
      CaptureNotPermitted  this machine lets nobody like us capture; `.why` not, and what one can do: `.advice`
    Stopped              not an error: how a program is told that its run is over

What a program sees on its sockets is none of these but what the socket module raises: OSError and its family.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course.real.ipc.outcome import Talk
    from course.run import Run
    from course.tcp.state import State
    from course.trace.trace import Trace


class CourseError(Exception):
    """Anything that the course itself refuses or reports."""


class ScenarioError(CourseError, ValueError):
    """A scenario, a fault or a program was described wrongly; the message says what to write instead."""


class RunError(CourseError):
    """A run ended before its time. `run` is the record so far, with a working ladder."""

    run: "Run"


class ProgramFailed(RunError):
    """A program raised something that is not an OSError; the original is this error's cause."""


class Deadlock(RunError):
    """Nothing can ever happen again, and a program waits for it."""


class LimitExceeded(RunError):
    """A simulated run used up its virtual time, its segments, or its calls within one instant."""


class DeadlineExceeded(RunError):
    """A run on the real kernel took longer than its deadline."""


class ProgramStuck(RunError):
    """A program did not stop when its run was over: it caught Stopped, or blocks outside of its host."""


def failure(error: BaseException, who: str) -> BaseException:
    """What run() raises when somebody raised this: a RunError, or what is no Exception (KeyboardInterrupt) as it is."""
    if not isinstance(error, Exception) or isinstance(error, RunError):
        return error
    failed = ProgramFailed(f"{who} raised {type(error).__name__}: {error}")
    failed.__cause__ = error
    return failed


class TalkFailed(CourseError):
    """Two processes did not come to the end of their talk: who failed, or was in which call. `talk`: what they did."""

    def __init__(self, message: str, talk: "Talk") -> None:
        super().__init__(message)
        self.talk = talk


class StateNotReached(CourseError):
    """This machine's kernel cannot be asked for a state, or did not go into it; the message says what may be why.

    `reached` is the state in which it stood instead, None where that is unknown.
    """

    def __init__(self, message: str, reached: "State | None" = None) -> None:
        super().__init__(message)
        self.reached = reached


class MalformedSegment(CourseError, ValueError):
    """These octets are no TCP segment, or no packet round one; `offset` counts the octets before what is wrong."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(f"{reason} (at octet {offset})")
        self.reason = reason
        self.offset = offset


class MalformedCapture(CourseError, ValueError):
    """This is no capture, or it breaks off: `offset` counts the octets of a file, `line` the lines of a text, from 1.

    `trace` holds the packets before that place; it is None where there cannot be any.
    """

    def __init__(
        self, reason: str, *, offset: int | None = None, line: int | None = None, trace: "Trace | None" = None
    ) -> None:
        super().__init__(f"{reason} ({f'at octet {offset}' if line is None else f'in line {line}'})")
        self.reason = reason
        self.offset = offset
        self.line = line
        self.trace = trace


class CaptureNotPermitted(CourseError):
    """This machine does not let us see segments go by: `why` it does not, and in `advice` what one can do about it."""

    def __init__(self, why: str, advice: str) -> None:
        super().__init__(f"segments cannot be captured here: {why}. What you can do: {advice}")
        self.why = why
        self.advice = advice


class Stopped(BaseException):
    """The run is over: raised in a program that still waits, so that its `with` blocks close what they hold."""
