"""Programs: they take turns, begin in order, spawn others, and stop when their run is over."""

import contextlib
import contextvars
import gc
import io
import subprocess
import sys
import time

import pytest

from course import Scenario, faults
from course.errors import LimitExceeded, ProgramFailed, ProgramStuck, Stopped
from course.sim.network import Limits
from tests.talk import PORT, answering, calling, hear, idle, talk


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


# ---------------------------------------------------------------- spawn


def test_a_spawned_program_has_its_own_name_in_trace_and_results():
    """The design: `host.spawn(program, *args)` gets the name "server/1"."""

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


# ---------------------------------------------------------------- the end


def test_a_waiting_program_is_stopped_and_its_blocks_are_left():
    left = []

    def program(host):
        try:
            host.sleep(10)
        except Exception:  # noqa: BLE001 - as programs in a hurry do
            left.append("taken for an error")
        finally:
            left.append("finally")

    Scenario(host=program).run(until=1)

    assert left == ["finally"]


def test_a_call_after_the_end_stops_the_program_again_unless_it_only_closes():
    after = []

    def program(host):
        listener = host.create_server(("", PORT))
        try:
            listener.accept()
        finally:
            for call in (lambda: host.sleep(1), host.socket, lambda: host.spawn(idle), listener.getsockname):
                try:
                    call()
                except Stopped:
                    after.append("stopped")
            after.append(listener.close())

    Scenario(host=program).run()

    assert after == ["stopped"] * 4 + [None]


def test_what_programs_do_when_they_are_stopped_is_not_in_the_record():
    """The design: seal the trace first, then stop the programs."""

    def call(host, connection):
        try:
            connection.recv(1)
        finally:
            connection.close()

    part, whole = talk(hear, call, until=5), talk(hear, call, until=6)

    assert part.trace == whole.trace
    assert not [record for record in part.trace.calls if record.name == "close" and record.program == "client"]
    assert not [sent for sent in part.trace.sent if sent.segment.fin or sent.segment.rst]


def test_a_program_that_swallows_stopped_and_leaves_is_forgiven():
    def program(host):
        try:
            host.sleep(10)
        except BaseException:  # noqa: BLE001 - this is what is tested
            return "swallowed"

    run = Scenario(host=program).run(until=1)

    assert run.results == {}


def stubborn(host):
    """It will not be stopped."""
    while True:
        try:
            host.sleep(10)
        except BaseException:  # noqa: BLE001 - this is what is tested
            continue


def test_a_program_that_swallows_stopped_and_goes_on_is_named():
    """The design: it is parked, can write nothing more, and the error names it."""
    with pytest.raises(ProgramStuck, match="mule caught Stopped") as stuck:
        Scenario(mule=stubborn, horse=lambda host: host.sleep(10)).run(until=1)

    assert "horse" not in str(stuck.value)
    assert [called.program for called in stuck.value.run.trace.calls] == ["mule", "horse"]
    assert gc.isenabled()


def test_all_programs_that_refuse_to_stop_are_named():
    with pytest.raises(ProgramStuck, match="a and b caught Stopped"):
        Scenario(a=stubborn, b=stubborn).run(until=1)


def test_a_program_that_is_parked_is_never_resumed():
    """Not even to die, when Python throws away what nobody needs any more."""
    refused = []

    def program(host):
        while True:
            try:
                host.sleep(10)
            except BaseException as error:  # noqa: BLE001 - this is what is tested
                refused.append(type(error))

    with pytest.raises(ProgramStuck):
        Scenario(mule=program).run(until=1)
    before = list(refused)
    gc.collect()

    assert refused == before
    assert set(before) == {Stopped}


def test_what_ended_the_run_first_is_what_is_reported():
    def fails(host):
        raise ZeroDivisionError

    with pytest.raises(ProgramFailed):
        Scenario(mule=stubborn, other=fails).run()


def test_programs_that_were_stopped_or_parked_leave_no_noise_when_python_ends():
    program = """
from course import Scenario, errors
from tests.sim.test_programs import stubborn
from tests.talk import hear, talk
talk(hear, lambda host, connection: connection.makefile("w").write("unsent") and host.sleep(9), until=2)
try:
    Scenario(mule=stubborn).run(until=1)
except errors.ProgramStuck:
    print("stuck")
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)

    assert (ended.stdout, ended.stderr) == ("stuck\n", "")


# ---------------------------------------------------------------- failures


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
    assert WHO.get() == "nobody"


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
