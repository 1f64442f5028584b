"""Programs that other programs spawn: their names, their turns, and what becomes of them."""

import pytest

from course import Scenario
from course.errors import ProgramFailed
from tests.talk import PORT


def names(calls):
    return [(called.program, called.name) for called in calls]


def test_a_spawned_program_has_its_own_name_in_trace_and_results():
    """`host.spawn(program, *args)` gets the name "server/1"."""

    def helper(host, word, number):
        host.sleep(1)
        return word * number

    def program(host):
        return [host.spawn(helper, "ab", 2), host.spawn(helper, "c", 3)]

    run = Scenario(server=program, other=lambda host: host.spawn(helper, "d", 1)).run()

    assert run.results == {
        "server": ["server/1", "server/2"],
        "other": "other/1",
        "server/1": "abab",
        "server/2": "ccc",
        "other/1": "d",
    }
    assert names(run.trace.calls) == [
        ("server", "spawn"),
        ("server", "spawn"),
        ("other", "spawn"),
        ("server/1", "sleep"),
        ("server/2", "sleep"),
        ("other/1", "sleep"),
    ]
    assert {called.host for called in run.trace.calls} == {"server", "other"}
    assert "spawn(helper)\n" in str(run.trace)


def test_a_spawned_program_starts_once_its_parent_waits():
    order = []

    def parent(host):
        host.spawn(lambda host: order.append("child"))
        order.append("parent goes on")
        host.sleep(1)
        order.append("parent again")

    Scenario(host=parent).run()

    assert order == ["parent goes on", "child", "parent again"]


def test_a_spawned_program_outlives_its_parent():
    def child(host):
        host.sleep(1)
        return "late"

    run = Scenario(host=lambda host: host.spawn(child)).run()

    assert run.results["host/1"] == "late"


def test_a_spawned_program_may_spawn():
    def grandchild(host):
        return "here"

    run = Scenario(host=lambda host: host.spawn(lambda host: host.spawn(grandchild))).run()

    assert run.results["host/2"] == "here"


def test_the_oserror_of_a_spawned_program_is_its_result():
    def child(host):
        host.create_connection(("host", 1))

    run = Scenario(host=lambda host: host.spawn(child)).run()

    assert isinstance(run.results["host/1"], ConnectionRefusedError)


# ---------------------------------------------------------------- one that ends while its parent waits


def short(host):
    return host.now()


def busy(host):
    """It does a little, and is over long before its parent goes on."""
    host.sleep(0.25)
    return host.now()


@pytest.mark.parametrize(("child", "ended"), [(short, 0), (busy, 0.25)])
def test_the_end_of_a_spawned_program_does_not_wake_its_parent(child, ended):
    """It is the network that goes on then, and not the program that spawned it."""

    def parent(host):
        name = host.spawn(child)
        host.sleep(1)
        return name, host.now()

    run = Scenario(host=parent, other=lambda host: host.sleep(0.5)).run()

    assert run.results == {"host": ("host/1", 1), "host/1": ended, "other": None}


def test_each_call_is_its_own_programs_also_after_another_one_has_ended():
    """So that ladders name the right one."""

    def parent(host):
        host.spawn(short)
        host.spawn(busy)
        host.sleep(0.1)
        host.socket().close()
        host.sleep(1)

    run = Scenario(host=parent).run()

    assert [(returned.called.program, returned.called.name, returned.at) for returned in run.trace.returns] == [
        ("host", "spawn", 0),
        ("host", "spawn", 0),
        ("host", "sleep", 0.1),
        ("host", "socket", 0.1),
        ("host", "close", 0.1),
        ("host/2", "sleep", 0.25),
        ("host", "sleep", 1.1),
    ]


def test_a_parent_in_a_call_that_blocks_goes_on_when_that_is_over_and_not_before():
    """It waits in accept() while its first child ends; its second child calls it."""

    def caller(host):
        host.sleep(2)
        host.create_connection(("", PORT)).close()

    def parent(host):
        with host.create_server(("", PORT)) as listener:
            host.spawn(short)
            host.spawn(caller)
            listener.accept()[0].close()
        return host.now()

    assert Scenario(host=parent).run().results == {"host": 2, "host/1": 0, "host/2": None}


def test_a_failure_of_a_spawned_program_is_its_own_while_its_parent_waits():
    """The error names who failed; the parent is stopped in its call."""
    left = []

    def failing(host):
        raise ValueError("no")

    def parent(host):
        host.spawn(failing)
        try:
            host.sleep(10)
        finally:
            left.append(host.now())

    with pytest.raises(ProgramFailed, match="host/1 raised ValueError: no"):
        Scenario(host=parent).run()

    assert left == [0]
