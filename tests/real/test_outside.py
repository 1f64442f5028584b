"""A command of this machine in a run: what it says, how it ends, and that nothing is left of it."""

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from course import RunError, Scenario, ScenarioError
from course.apps import echo
from course.real.outside import Said, outside
from tests.real.worlds import soon

TELLS = "import sys; sys.stdout.write(sys.argv[1]); sys.stderr.write('x' * 200_000); sys.exit(3)"
SLEEPS = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(1000)"
CALLS = "import socket; s = socket.create_connection(('{server}', 7000)); s.sendall(b'hello'); print(s.recv(9))"


def results(*command, **more):
    return Scenario(client=outside(*command, **more)).run(world="loopback").results["client"]


def test_it_says_what_the_command_said_however_much_that_is():
    assert results(sys.executable, "-c", TELLS, "hello") == Said(3, b"hello", b"x" * 200_000)


def test_names_in_braces_stand_for_addresses():
    done = Scenario(server=echo.server, client=outside(sys.executable, "-c", CALLS)).run(world="loopback")

    assert done.results["client"].out == b"b'hello'\n"


def test_other_braces_are_the_commands_own():
    assert results(sys.executable, "-c", "import sys; print(sys.argv[1])", "%{nobody}{}").out == b"%{nobody}{}\n"


def test_a_command_that_is_not_there_is_a_result():
    assert isinstance(results("no-such-command-anywhere"), FileNotFoundError)


def children():
    return [child for child in psutil.Process().children() if "time.sleep(1000)" in " ".join(child.cmdline())]


def test_one_that_takes_too_long_is_killed():
    assert isinstance(results(sys.executable, "-c", "import time; time.sleep(1000)", seconds=0.3), TimeoutError)
    assert children() == []


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="this system has no groups of processes")
def test_what_it_has_started_is_killed_as_well(tmp_path):
    marks = [tmp_path / "left", tmp_path / "right"]
    left, right = (f"{sys.executable} -c '{SLEEPS}' {mark}" for mark in marks)
    heard = results("sh", "-c", f"{left} | {right}", seconds=3.0)

    assert isinstance(heard, TimeoutError)
    assert any(mark.exists() for mark in marks)
    assert soon(lambda: not running(tmp_path))


def running(words):
    """All processes in whose command line this is, whoever their parent is by now."""
    return [each for each in psutil.process_iter(["cmdline"]) if str(words) in " ".join(each.info["cmdline"] or ())]


def test_one_that_runs_when_the_run_is_over_is_killed(tmp_path):
    started = tmp_path / "started"

    def waits(host):
        until = time.monotonic() + 8
        while not started.exists() and time.monotonic() < until:
            host.sleep(0.01)
        raise ValueError("enough")

    with pytest.raises(RunError, match="enough"):
        Scenario(a=outside(sys.executable, "-c", SLEEPS, str(started)), b=waits).run(world="loopback")
    assert Path(started).exists()
    assert children() == []


def test_the_simulated_network_has_no_commands():
    with pytest.raises(RunError) as caught:
        Scenario(client=outside("true")).run()
    assert isinstance(caught.value.__cause__, ScenarioError)
    assert 'world="loopback"' in str(caught.value.__cause__)
