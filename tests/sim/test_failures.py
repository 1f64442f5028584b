"""Programs that fail, and runs that are interrupted: everything is cleaned up, and the error tells."""

import gc
import sys

import pytest

from course import Scenario, faults
from course.errors import LimitExceeded, ProgramFailed
from course.sim.network import Limits
from tests.talk import answering, calling, hear, idle, stubborn, talk

# ---------------------------------------------------------------- errors


def test_a_program_s_error_ends_the_run_with_its_own_traceback():
    def client(host, connection):
        host.sleep(1)
        return 1 / 0

    with pytest.raises(ProgramFailed, match="client raised ZeroDivisionError: division by zero") as failed:
        talk(hear, client)

    cause = failed.value.__cause__
    assert isinstance(cause, ZeroDivisionError)
    frames = []
    traceback = cause.__traceback__
    while traceback:
        frames.append(traceback.tb_frame.f_code)
        traceback = traceback.tb_next
    assert client.__code__ in frames
    assert failed.value.run.trace.records[-1].at == 1.1


def test_an_error_stops_the_other_programs_and_keeps_what_was_returned_before():
    left = []

    def waiting(host):
        try:
            host.sleep(10)
        finally:
            left.append(host.name)

    def failing(host):
        host.sleep(1)
        raise ValueError("no")

    with pytest.raises(ProgramFailed) as failed:
        Scenario(early=lambda host: "done", a=waiting, b=failing, c=waiting).run()

    assert left == ["a", "c"]
    assert failed.value.run.results["early"] == "done"
    assert "a" not in failed.value.run.results


def test_an_error_of_a_spawned_program_names_it():
    def child(host):
        raise ValueError("no")

    with pytest.raises(ProgramFailed, match="server/1 raised ValueError: no"):
        Scenario(server=lambda host: host.spawn(child)).run()


def test_nothing_happens_after_an_error():
    """Two programs would fail at the same instant: only the first one does."""

    def failing(host):
        host.sleep(1)
        raise ValueError(host.name)

    with pytest.raises(ProgramFailed, match="a raised"):
        Scenario(a=failing, b=failing).run()


def test_the_first_of_two_endings_within_one_turn_is_what_is_reported():
    """The program sends one segment too many, and goes on to poll and to fail before it waits."""

    def client(host, connection):
        connection.sendall(b"one too many")
        for _ in range(200):
            connection.getsockname()
        raise ValueError("too late")

    with pytest.raises(LimitExceeded, match="more than 3 segments"):
        talk(hear, client, limits=Limits(segments=3, calls=100))
    with pytest.raises(LimitExceeded, match="more than 3 segments"):
        talk(hear, client, limits=Limits(segments=3))


def interrupt(*arguments):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    "scenario",
    [
        {"client": interrupt},
        {"client": calling(interrupt)},
        {"faults": [faults.drop_if(lambda sent: sent.name == "client 3" and interrupt())]},  # in the client's send()
        {"faults": [faults.drop_if(lambda sent: sent.name == "server 1" and interrupt())]},  # while no program runs
    ],
    ids=["at once", "in a program", "in a call", "in the middle"],
)
def test_a_keyboard_interrupt_cleans_up_and_goes_on_to_the_caller(scenario):
    left = []

    def serve(host, connection):
        connection.sendall(hear(host, connection))

    def watch(host):
        try:
            host.sleep(10)
        finally:
            left.append("cleaned up")

    client = calling(lambda host, connection: connection.sendall(b"hello"))
    with pytest.raises(KeyboardInterrupt):
        Scenario(**{"watch": watch, "server": answering(serve), "client": client} | scenario).run()

    assert left == ["cleaned up"]
    assert gc.isenabled()


def test_a_run_after_an_interrupted_one_is_as_good_as_new():
    fresh = talk(hear, idle)
    with pytest.raises(KeyboardInterrupt):
        Scenario(host=interrupt).run()

    assert talk(hear, idle).trace == fresh.trace


# ---------------------------------------------------------------- the collector


@pytest.fixture
def collector_off():
    gc.disable()
    yield
    gc.enable()


def collecting(host):
    return gc.isenabled()


def test_the_garbage_collector_rests_during_a_run_and_works_afterwards():
    assert gc.isenabled()
    assert Scenario(host=collecting).run().results == {"host": False}
    assert gc.isenabled()


def test_a_garbage_collector_that_was_off_stays_off(collector_off):
    Scenario(host=collecting).run()

    assert not gc.isenabled()


@pytest.mark.parametrize(
    ("program", "options"),
    [
        (lambda host: 1 / 0, {}),
        (interrupt, {}),
        (lambda host: host.sleep(10), {"limits": Limits(seconds=1)}),
        (stubborn, {"until": 1}),
        (lambda host: sys.exit(3), {}),
    ],
    ids=["error", "interrupt", "limit", "stuck", "exit"],
)
def test_the_garbage_collector_works_again_whatever_happens(program, options):
    with pytest.raises(BaseException):  # noqa: B017, PT011 - which one is tested elsewhere
        Scenario(host=program).run(**options)

    assert gc.isenabled()


def test_a_scenario_can_be_run_inside_a_program():
    """A program is plain Python; why should it not?"""

    def outer(host):
        host.sleep(1)
        inner = talk(hear, lambda h, c: c.sendall(b"inner"))
        host.sleep(1)
        return inner.results["server"], host.now()

    assert Scenario(host=outer).run().results["host"] == (b"inner", 2.0)
    assert gc.isenabled()
