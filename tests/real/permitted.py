"""What this machine permits: where it permits too little a test is skipped, but where CI=true it fails."""

import os

import pytest

from course.errors import CaptureNotPermitted
from course.real.capture import Capture, How
from course.real.loopback import Loopback


def capture(how):
    """A capture of that kind, which this machine permits."""
    made = Capture(how)
    try:
        with made.opened(["127.0.0.1"]):
            return made
    except CaptureNotPermitted as refused:
        if os.environ.get("CI") == "true":
            pytest.fail(str(refused))
        pytest.skip(str(refused))


def any_capture():
    """A capture, whichever way this machine permits."""
    return capture(None)


def captured(programs, how=None, **options):
    """What comes of a captured run."""
    outcome = Loopback(programs, capture=capture(how), **options).run()
    assert outcome.error is None
    return outcome


both_ways = pytest.mark.parametrize("how", list(How), ids=["directly", "in a namespace"])
