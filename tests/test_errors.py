"""The errors' family: what a program may catch without meaning to, and what it may not."""

import pytest

from course import Trace, errors

ENDINGS = [errors.ProgramFailed, errors.Deadlock, errors.LimitExceeded, errors.DeadlineExceeded, errors.ProgramStuck]


@pytest.mark.parametrize("ending", ENDINGS)
def test_whatever_ends_a_run_is_a_run_error_and_no_oserror(ending):
    """An OSError is a program's result; the end of a run must not be taken for one."""
    assert issubclass(ending, errors.RunError)
    assert issubclass(ending, errors.CourseError)
    assert not issubclass(ending, OSError)


def test_stopped_passes_through_a_program_that_catches_every_exception():
    """Stopping must not be caught by `except Exception`."""
    assert not issubclass(errors.Stopped, Exception)


def test_what_was_described_wrongly_is_a_value_error():
    assert issubclass(errors.ScenarioError, ValueError)
    assert issubclass(errors.MalformedSegment, ValueError)
    assert issubclass(errors.MalformedCapture, ValueError)


def test_a_malformed_segment_says_where():
    malformed = errors.MalformedSegment("the checksum is wrong", 16)

    assert (malformed.reason, malformed.offset) == ("the checksum is wrong", 16)
    assert str(malformed) == "the checksum is wrong (at octet 16)"


def test_a_malformed_capture_says_where_and_keeps_what_came_before():
    file = errors.MalformedCapture("it breaks off", offset=24)
    text = errors.MalformedCapture("no number", line=3, trace=Trace(()))

    assert (file.reason, file.offset, file.line, file.trace) == ("it breaks off", 24, None, None)
    assert (text.reason, text.offset, text.line, text.trace) == ("no number", None, 3, Trace(()))
    assert (str(file), str(text)) == ("it breaks off (at octet 24)", "no number (in line 3)")
