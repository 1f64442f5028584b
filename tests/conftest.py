"""A test that fails tells its story: the trace of every run that it held, and of the run that an error carries."""

import contextlib

import pytest

from course import Run, RunError, Trace
from tests.browser import browser, page  # noqa: F401 fixtures for all tests

LAST = 100  # records shown


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" and report.failed:
        for name, trace in stories(call.excinfo).values():
            report.sections.append((f"the story so far: {name}", "\n".join(str(trace).splitlines()[-LAST:])))
    return report


def stories(excinfo):
    """(name, trace) of what the error and the functions on its way held; each trace once."""
    held = [("the error", excinfo.value)]
    for entry in excinfo.traceback:
        held += entry.frame.f_locals.items()
    return {id(trace): (name, trace) for name, value in reversed(held) if (trace := trace_of(value))}


def trace_of(value):
    """The trace that this value holds, or None."""
    if isinstance(value, pytest.ExceptionInfo):
        with contextlib.suppress(AssertionError):  # it may not have caught anything
            value = value.value
    if isinstance(value, RunError):
        value = getattr(value, "run", None)
    if isinstance(value, Run):
        value = value.trace
    return value if isinstance(value, Trace) else None
