"""Two functions in two processes: what is told of them, and what becomes of mistakes."""

import io
import os
import signal
import time

import pytest

from course.errors import ScenarioError, TalkFailed
from course.real import ipc

GREETING = b"hello"
LISTENER = io.TextIOWrapper(io.BytesIO())  # something that no other process can have by its name


def writer(here):
    os.write(here.made[1], greeting())


def greeting():
    return GREETING


def reader(here):
    return os.read(here.made[0], 100)


def to_the_end(here):
    reading, writing = here.made
    os.close(writing)
    with open(reading, "rb") as file:  # noqa: PTH123
        return file.read()


def sleeps():
    time.sleep(3600)


def dies():
    signal.raise_signal(signal.SIGKILL)


def exits():
    raise SystemExit(3)


def closed():
    os.read(99, 1)


def mistaken():
    return 1 / 0


def idle():
    return None


def stays(here):
    reading, writing = here.made
    os.close(writing)
    os.read(reading, 1)


def test_the_calls_of_both_are_told_with_what_came_of_them():
    talk = ipc.talk(writer, reader, before=os.pipe)

    assert repr(talk).splitlines() == [
        "Two processes, writer and reader",
        "who     what                   what came of it",
        "before  os.pipe()              (3, 4)",
        "writer  os.write(4, b'hello')  5",
        "reader  os.read(3, 100)        b'hello'",
    ]
    assert talk.results == {"writer": None, "reader": b"hello"}


def test_they_are_two_processes_and_neither_is_this_one():
    def ours(here):
        return os.getpid(), int(here.other)

    def theirs(here):
        return os.getpid(), int(here.other)

    talk = ipc.talk(ours, theirs)

    assert talk.results["ours"] == talk.results["theirs"][::-1] == tuple(talk.pids.values())
    assert len({*talk.results["ours"], os.getpid()}) == 3


def test_a_pipe_comes_to_its_end_when_both_have_closed_it():
    assert ipc.talk(writer, to_the_end, before=os.pipe).results["to_the_end"] == b"hello"


def test_one_function_can_be_both():
    def alone(here):
        return "here"

    assert ipc.talk(alone, alone).results == {"alone": "here", "alone 2": "here"}


def test_an_oserror_is_a_result():
    talk = ipc.talk(closed, idle)

    assert isinstance(talk.results["closed"], OSError)
    assert talk.did == (("closed", "os.read(99, 1)", "EBADF"),)


@pytest.mark.parametrize(("program", "how"), [(dies, "killed by SIGKILL"), (exits, "exited with status 3")])
def test_how_a_process_died_is_a_result(program, how):
    talk = ipc.talk(program, idle)

    assert str(talk.results[program.__name__]) == how
    assert talk.did[-1].came == how


def test_a_mistake_is_told_with_its_line_and_ends_both_at_once():
    with pytest.raises(TalkFailed, match="mistaken raised ZeroDivisionError") as raised:
        ipc.talk(sleeps, mistaken, deadline=300)

    assert "return 1 / 0" in str(raised.value)
    assert {did.what for did in raised.value.talk.did} <= {"time.sleep(3600)"}  # it may not have come so far


def test_the_deadline_tells_who_was_in_which_call():
    with pytest.raises(TalkFailed, match=r"time is up: sleeps was in time\.sleep\(3600\)$"):
        ipc.talk(sleeps, idle, deadline=3)


def test_what_is_made_before_has_the_same_deadline():
    with pytest.raises(TalkFailed, match=r"before was in time\.sleep\(3600\)"):
        ipc.talk(idle, idle, before=sleeps, deadline=3)


@pytest.mark.parametrize("before", [closed, mistaken, exits])
def test_without_what_is_made_before_nothing_begins(before):
    with pytest.raises(TalkFailed) as raised:
        ipc.talk(idle, idle, before=before)

    assert raised.value.talk.results == {}


def test_prints_are_told():
    def loud():
        print("one", 2, sep="-")

    assert ipc.talk(loud, idle).did == (("loud", "print", "one-2"),)


def test_what_another_process_cannot_have_is_refused_with_a_hint():
    def wants():
        return LISTENER.fileno()

    with pytest.raises(ScenarioError, match=r"LISTENER is a TextIOWrapper of this process.*before="):
        ipc.talk(wants, idle)


def test_a_lambda_is_refused_with_a_hint():
    with pytest.raises(ScenarioError, match="def"):
        ipc.talk(lambda: None, idle)


def test_names_and_numbers_of_a_run_do_not_show():
    def speaks(here):
        os.kill(here.other, 0)
        os.stat(here.name)  # noqa: PTH116

    talk = ipc.talk(speaks, stays, before=os.pipe)
    calls = [what for who, what, _ in talk.did if who == "speaks"]

    assert calls == ["os.kill(stays, 0)", "os.stat(NAME)"]


def test_standard_input_is_empty():
    def asks():
        return os.read(0, 1)

    assert ipc.talk(asks, idle).results["asks"] == b""


def test_two_things_of_one_name_are_refused():
    def other():
        return os.getpid()

    namesake = type(other)(other.__code__, {"os": signal}, "namesake")
    namesake.__module__ = "elsewhere"
    with pytest.raises(ScenarioError, match="different things by os"):
        ipc.talk(other, namesake)


def test_a_program_may_fork_as_in_a_textbook():
    def parent():
        reading, writing = os.pipe()
        if os.fork() == 0:
            os.write(writing, b"hello")
            return "the child's"
        os.wait()
        return os.read(reading, 100)

    talk = ipc.talk(parent, idle)

    assert talk.results["parent"] == b"hello"
    assert ("parent's child", "os.write(4, b'hello')", "5") in talk.did
    assert ("parent's child", "os.fork()", "0") in talk.did


def test_each_has_an_alarm_should_nobody_be_left_to_end_it():
    def asks():
        return signal.alarm(0)

    talk = ipc.talk(asks, asks, deadline=10)

    assert all(0 < seconds <= 15 for seconds in talk.results.values())
