"""Cells on the real kernel, in a real JupyterLab: none can freeze the notebook, and none leaves anything behind."""

import time

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SETUP = """
import threading
from pathlib import Path

import psutil

from course import Scenario
from course.apps import echo
from course.real.kernel import connections

addresses = []

def waiting(host):
    with host.create_server(("", 7000)) as listener:
        addresses.append(listener.getsockname()[0])
        Path("waits").touch()
        listener.accept()

def left():
    rows = connections(addresses) or []
    process = psutil.Process()
    jupyters = [each for each in process.net_connections("tcp") if each.laddr[0] == "127.0.0.1"]  # which come and go
    return process.num_fds() - len(jupyters), threading.active_count(), [row for row in rows if row.remote is None]

Scenario(server=echo.server, client=echo.client).run(world="loopback")
before = left()
"""
WAIT = 'Scenario(server=waiting, other=lambda host: host.sleep(3600)).run(world="loopback", deadline=3600)'
LOOK = """
import time

end = time.monotonic() + 5  # Jupyter's own threads come and go
while left() != before and time.monotonic() < end:
    time.sleep(0.05)
print(left() == before or (left(), before))
"""
TALK = 'print(Scenario(server=echo.server, client=echo.client).run(world="loopback").results["client"])'
TOO_LONG = 'Scenario(server=waiting, other=lambda host: host.sleep(3600)).run(world="loopback", deadline=0.2)'


def appears(path):
    """Wait until a program has made this file."""
    end = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.02)


def errors(opened, cell):
    return [output["ename"] for output in opened.outputs()[cell] if output["output_type"] == "error"]


def test_a_cell_that_would_wait_for_an_hour_is_interrupted_and_frees_everything(notebook):
    opened = notebook(SETUP, WAIT, LOOK, TALK)
    opened.run(0)
    opened.start(1)
    appears(opened.path.parent / "waits")
    opened.interrupt()

    assert errors(opened, 1) == ["KeyboardInterrupt"]
    assert opened.run(2) == "True\n"
    assert opened.run(3) == "b'hello'\n"


def test_a_cell_with_a_deadline_ends_by_itself_and_can_be_run_again(notebook):
    opened = notebook(SETUP, TOO_LONG, LOOK, TALK)
    opened.run(0)
    for _ in range(2):
        opened.run(1)
        assert errors(opened, 1) == ["DeadlineExceeded"]
        assert opened.run(2) == "True\n"
        assert opened.run(3) == "b'hello'\n"
