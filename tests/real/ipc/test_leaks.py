"""However a talk ends, nothing is left of it: no process, no path, no queue, no memory, no semaphore, no descriptor."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pytest

from course.errors import TalkFailed
from course.real import ipc
from course.real.ipc import place
from tests.real.ipc.litter import all_left, left, litter
from tests.real.test_leaks import interruptible, left_over
from tests.real.worlds import busy_processes, soon

assert interruptible  # a fixture


def idle():
    return None


def sleeps():
    time.sleep(3600)


def dies():
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("name", ipc.EXAMPLES)
def test_examples_leave_nothing(name):
    before = left_over()
    ipc.example(name)

    assert left_over() == before
    assert all_left() == []


def test_a_busy_machine_changes_nothing():
    """A short form: two hundred talks were tried, and left nothing either."""
    before = left_over()
    with busy_processes(2):
        for name in ipc.EXAMPLES:
            ipc.example(name, deadline=60)

    assert left_over() == before
    assert all_left() == []


def test_what_both_leave_is_removed():
    talk = ipc.talk(idle, litter)

    assert left(*talk.results["litter"]) == []
    assert all_left() == []


@pytest.mark.parametrize("other", [sleeps, dies])
def test_what_is_left_when_one_hangs_or_dies_is_removed(other):
    try:
        talk = ipc.talk(other, litter, deadline=5 if other is sleeps else 60)
    except TalkFailed as failed:
        talk = failed.talk

    names = talk.results.get("litter")  # on a very busy machine it may not have come so far
    assert names is None or left(*names) == []
    assert all_left() == []


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_in_the_middle_leaves_nothing():
    before = left_over()
    timer = threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        ipc.talk(sleeps, litter, deadline=60)
    timer.join()

    assert all_left() == []
    assert left_over() == before


NOTEBOOK = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from course.real import ipc
from tests.real.ipc.litter import litter
from tests.real.ipc.test_leaks import sleeps
ipc.talk(sleeps, litter, deadline=60)
"""


def notebook():
    """A process that talks, as a notebook does; when everything has been made, and the process in between."""
    command = [sys.executable, "-c", NOTEBOOK, tempfile.gettempdir()]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    assert soon(lambda: [each for each in place.places() if (each.inside / "door").exists()])
    [stage] = psutil.Process(process.pid).children()
    assert soon(lambda: escaped(names()[0]))
    return process, stage


def names():
    [there] = place.places()
    return there.name, there.key


def test_a_notebook_that_is_killed_leaves_nothing():
    process, stage = notebook()
    known = names()
    everything = [stage, *stage.children(recursive=True)]
    process.kill()
    process.wait()

    assert soon(lambda: not [each for each in everything if runs(each)])
    assert left(*known) == []


def test_when_the_process_in_between_is_killed_the_talk_fails_and_leaves_nothing():
    process, stage = notebook()
    known = names()
    out_of_reach = {each.pid for each in escaped(known[0])}
    both = [each for each in stage.children(recursive=True) if each.pid not in out_of_reach]
    stage.kill()

    assert process.wait(20) == 1
    assert soon(lambda: not [each for each in both if runs(each)])
    assert soon(lambda: set(left(*known)) <= {"process"})
    for each in escaped(known[0]):
        each.kill()


def test_when_both_are_killed_the_next_talk_removes_what_is_left():
    process, stage = notebook()
    known = names()
    stage.suspend()
    everything = [*stage.children(), *escaped(known[0])]  # who loses his parent just now is in no list of children
    process.kill()
    process.wait()
    stage.kill()
    for each in everything:  # as their alarm would, later
        each.kill()

    assert soon(lambda: not [each for each in everything if runs(each)])
    assert set(left(*known)) >= {"mq_open", "sem_open", "shm_open", "msgget", "directory"}
    assert ipc.talk(idle, idle).results == {"idle": None, "idle 2": None}
    assert left(*known) == []


def runs(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def escaped(name):
    """The process in a session of its own, which nobody ends when all who look after it were killed."""
    return [each for each in psutil.process_iter(["cmdline"]) if name in (each.info["cmdline"] or ())]


def test_a_place_that_somebody_has_is_left_to_him():
    with place.fresh() as ours:
        assert place.sweep() == []
        assert ours.inside.is_dir()


def test_a_directory_that_is_being_made_is_left_alone():
    made = tempfile.mkdtemp(prefix=place.PREFIX)

    assert place.sweep() == []
    os.utime(made, (0, 0))
    assert place.sweep() == [os.path.basename(made)]  # noqa: PTH119
