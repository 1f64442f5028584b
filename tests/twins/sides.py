"""Sides to compare: simulated runs, and others that stand in for what some kernel might have done."""

from dataclasses import replace

from course import Scenario
from course.errors import RunError
from course.trace.record import Called, Returned
from course.twins.side import Side


def side(until=None, **scenario):
    """What comes of a simulated run."""
    try:
        run, ended = Scenario(**scenario).run(until=until), ""
    except RunError as error:
        run, ended = error.run, type(error).__name__
    return Side(run.trace, run.results, ended)


def as_kernel(shown, *, captured=False):
    """The same, as if the kernel had done it."""
    return replace(shown, trace=replace(shown.trace, world="loopback", captured=captured))


def altered(shown, name, *outcomes):
    """The same, but the last calls of that name have other outcomes: values, or OSErrors."""
    calls = [returned for returned in shown.trace.returns if returned.called.name == name][-len(outcomes) :]
    other = {returned: other_end(returned, outcome) for returned, outcome in zip(calls, outcomes, strict=True)}
    records = tuple(other.get(record, record) if isinstance(record, Returned) else record for record in shown.trace)
    return as_kernel(replace(shown, trace=replace(shown.trace, records=records)))


def other_end(returned, outcome):
    """The same call, come back with something else."""
    if isinstance(outcome, OSError):
        return returned._replace(value=None, error=type(outcome).__name__, errno=outcome.errno)
    return returned._replace(value=outcome, error=None, errno=None)


def without(shown, *names):
    """The same, but calls of these names were never made."""

    def is_left_out(record):
        called = record.called if isinstance(record, Returned) else record
        return isinstance(called, Called) and called.name in names

    records = tuple(record for record in shown.trace if not is_left_out(record))
    return as_kernel(replace(shown, trace=replace(shown.trace, records=records)))
