"""Programs: they take turns, begin in the order named, spawn others, and print where they should."""

import contextlib
import contextvars
import io
import time

import pytest

from course import Scenario
from course.errors import ProgramFailed
from tests.talk import PORT, answering, calling, hear, idle


def names(calls):
    return [(called.program, called.name) for called in calls]


# ---------------------------------------------------------------- turns


def test_programs_start_in_the_order_named_each_when_the_one_before_first_waits():
    order = []

    def program(word):
        def enter(host):
            order.append(f"{word} begins")
            host.gethostbyname("a")
            host.socket()
            order.append(f"{word} waits")
            host.sleep(0)
            order.append(f"{word} goes on")

        return enter

    Scenario(c=program("c"), a=program("a"), b=program("b")).run()

    begins = ["c begins", "c waits", "a begins", "a waits", "b begins", "b waits"]
    assert order == [*begins, "c goes on", "a goes on", "b goes on"]


def test_the_next_program_starts_when_the_one_before_returns():
    order = []

    Scenario(first=lambda host: order.append("first"), second=lambda host: order.append("second")).run()

    assert order == ["first", "second"]


def test_sleep_takes_its_virtual_time_and_no_other():
    moments = []

    def program(host):
        for seconds in (0.25, 1, 3600):
            host.sleep(seconds)
            moments.append(host.now())

    began = time.monotonic()
    run = Scenario(host=program).run()

    assert moments == [0.25, 1.25, 3601.25]
    assert time.monotonic() - began < 60
    assert [record.at for record in run.trace.returns] == moments


def test_sleepers_wake_in_the_order_of_their_moments():
    woken = []

    def sleeper(seconds):
        def program(host):
            host.sleep(seconds)
            woken.append(seconds)

        return program

    Scenario(a=sleeper(3), b=sleeper(1), c=sleeper(2)).run()

    assert woken == [1, 2, 3]


def test_sleeping_no_time_lets_the_others_have_their_turn():
    order = []

    def program(word):
        def enter(host):
            for _ in range(2):
                order.append(word)
                host.sleep(0)

        return enter

    Scenario(a=program("a"), b=program("b")).run()

    assert order == ["a", "b", "a", "b"]


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_nobody_sleeps_less_than_no_time(seconds):
    """As time.sleep(): ValueError."""
    with pytest.raises(ProgramFailed) as failed:
        Scenario(host=lambda host: host.sleep(seconds)).run()

    assert isinstance(failed.value.__cause__, ValueError)


# ---------------------------------------------------------------- several at once


def test_several_clients_are_served_at_once():
    """Each client gets its own connection, its own port, and its own answer."""

    def serve(host, connection):
        with connection:
            connection.sendall(connection.recv(100).upper())

    def server(host):
        with host.create_server(("", PORT)) as listener:
            while True:
                host.spawn(serve, listener.accept()[0])

    def client(word):
        def call(host, connection):
            connection.sendall(word)
            return connection.recv(100), connection.getsockname()

        return calling(call)

    run = Scenario(server=server, a=client(b"one"), b=client(b"two"), c=client(b"three")).run()

    assert [run.results[name][0] for name in "abc"] == [b"ONE", b"TWO", b"THREE"]
    assert len({run.results[name][1] for name in "abc"}) == 3
    assert {"server/1", "server/2", "server/3"} < set(run.results)
    assert "server" not in run.results  # it still waits in accept()


def test_one_host_listens_on_several_ports():
    def server(host):
        host.spawn(answering(lambda host, connection: connection.sendall(b"echo"), port=7001))
        host.spawn(answering(lambda host, connection: connection.sendall(b"time"), port=7002))

    def client(host):
        first, second = (host.create_connection(("server", port)) for port in (7001, 7002))
        with first, second:
            return hear(host, first), hear(host, second)

    run = Scenario(server=server, client=client).run()

    assert run.results["client"] == (b"echo", b"time")


def test_two_programs_of_one_host_talk_to_each_other():
    def both(host):
        host.spawn(answering(hear))
        with host.create_connection(("", PORT)) as connection:
            connection.sendall(b"to myself")

    run = Scenario(host=both).run()

    assert run.results["host/1"] == b"to myself"


def test_two_hosts_on_the_same_side_talk_without_delay():
    """The dumbbell: the first host on one side, all others on the other."""
    run = Scenario(far=idle, server=answering(hear), client=calling(lambda h, c: c.sendall(b"near"))).run()

    assert run.results["server"] == b"near"
    assert {got.at - got.sent.at for got in run.trace.delivered} == {0.0}


# ---------------------------------------------------------------- contexts

WHO = contextvars.ContextVar("WHO", default="nobody")


def test_a_program_runs_in_the_context_of_whoever_called_run():
    """A notebook routes prints by a context variable: a program's prints belong to the cell that runs it."""
    seen = []

    def program(host):
        seen.append(WHO.get())
        host.sleep(1)
        seen.append(WHO.get())
        host.spawn(lambda host: seen.append(WHO.get()))

    token = WHO.set("this cell")
    Scenario(host=program).run()
    WHO.reset(token)

    assert seen == ["this cell", "this cell", "this cell"]


def test_a_print_lands_where_the_context_says():
    class Cells(io.StringIO):
        def write(self, text):
            return super().write(f"[{WHO.get()}] {text}" if text.strip() else text)

    def program(host):
        print("before")
        host.sleep(1)
        print("after")

    token = WHO.set("cell 7")
    with contextlib.redirect_stdout(Cells()) as cells:
        Scenario(host=program).run()
    WHO.reset(token)

    assert cells.getvalue().split("\n") == ["[cell 7] before", "[cell 7] after", ""]


def test_what_a_program_sets_in_its_context_stays_there():
    def program(host):
        WHO.set("the program")
        host.sleep(1)
        return WHO.get()

    run = Scenario(a=program, b=lambda host: host.sleep(0.5) or WHO.get()).run()

    assert run.results == {"a": "the program", "b": "nobody"}
    assert WHO.get() == "nobody"
