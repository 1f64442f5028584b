"""A run on the kernel: what it records, how it ends, and what it does with programs that do not want to end."""

import contextvars
import os
import threading
import time
from itertools import pairwise

import pytest

from course import Scenario
from course.apps import echo
from course.errors import DeadlineExceeded, ProgramFailed, ProgramStuck, ScenarioError, Stopped
from course.real.kernel import TCP_INFO
from course.real.loopback import Loopback
from course.sim import faults
from course.trace.record import Called, Observed
from tests.real.worlds import LOOPBACK, PORT, accepting, calling, hear, run

on_linux = pytest.mark.skipif(TCP_INFO is None, reason="the kernel tells its states on Linux only")
both_ways = pytest.mark.parametrize("world", LOOPBACK)


def nap(host, connection=None):
    host.sleep(3600)


def ended(programs, until=None, deadline=10.0, **options):
    return Loopback(programs, **options).run(until, deadline)


def states(trace):
    return [(row.end, row.peer, str(row.state), row.send_queue, row.receive_queue) for row in trace.states()]


# ------------------------------------------------ the record


@both_ways
def test_a_trace_says_where_it_comes_from(world):
    trace = run(world, server=echo.server, client=echo.client).trace

    assert (trace.world, trace.captured, trace.sent) == ("loopback", False, [])
    assert trace.conditions.startswith("this machine's kernel; no capture")
    assert ("ports are mapped" in trace.conditions) is (world != "loopback")
    assert list(trace.hosts) == ["server", "client"]


@both_ways
def test_each_program_calls_and_returns_in_order(world):
    trace = run(world, server=echo.server, client=echo.client).trace

    assert all(before.at <= after.at for before, after in pairwise(trace.records))
    for host in trace.hosts:
        own = [each for each in trace.records if getattr(each, "called", each).host == host]
        steps = [each for each in own if not isinstance(each, Observed)]
        assert all(
            isinstance(call, Called) and back.called is call for call, back in zip(steps[::2], steps[1::2], strict=True)
        )


@on_linux
@both_ways
def test_what_is_seen_differs_from_what_was_seen_before(world):
    trace = run(world, server=echo.server, client=echo.client).trace
    by_end = {}
    for seen in trace.observations:
        by_end.setdefault((seen.host, seen.local, seen.remote), []).append(seen)

    assert {end[0] for end in by_end} == {"server", "client"}
    assert {seen.local[0] for seen in trace.observations} == set(trace.hosts.values())
    for several in by_end.values():
        told = [(str(each.state), each.receive_queue, each.send_queue) for each in several]
        assert all(before != after for before, after in pairwise(told))


@on_linux
@both_ways
def test_who_closes_first_ends_in_time_wait(world):
    trace = run(world, server=echo.server, client=echo.client).trace

    assert states(trace) == [
        ("server 7000", None, "CLOSED", None, None),
        ("server 7000", "client", "CLOSED", None, None),
        ("client", "server 7000", "TIME-WAIT", 0, 0),
    ]


@on_linux
@both_ways
def test_a_connection_that_nobody_accepts_holds_the_octets(world):
    def server(host):
        host.create_server(("", PORT))
        host.sleep(3600)

    def client(host):
        host.create_connection(("server", PORT)).send(b"hello")
        host.sleep(3600)

    assert states(run(world, until=1.5, server=server, client=client).trace) == [
        ("server 7000", None, "LISTEN", 0, 1),
        ("server 7000", "client", "ESTABLISHED", 0, 5),
        ("client", "server 7000", "ESTABLISHED", 0, 0),
    ]


@on_linux
@both_ways
def test_after_one_close_the_ends_are_in_fin_wait_2_and_close_wait(world):
    client = calling(lambda host, connection: connection.shutdown(host.SHUT_WR) or host.sleep(3600))

    assert states(run(world, until=1.5, server=accepting(nap), client=client).trace) == [
        ("server 7000", None, "CLOSED", None, None),
        ("server 7000", "client", "CLOSE-WAIT", 0, 1),  # the FIN
        ("client", "server 7000", "FIN-WAIT-2", 0, 0),
    ]


@on_linux
@both_ways
def test_a_refused_connection_is_closed(world):
    def client(host):
        host.create_connection(("server", PORT))

    assert states(run(world, server=lambda host: None, client=client).trace) == [
        ("client", "server 7000", "CLOSED", None, None)
    ]


@on_linux
@both_ways
def test_a_socket_in_time_wait_is_not_seen_as_closed(world):
    def client(host, connection):
        connection.shutdown(host.SHUT_WR)
        return hear(connection), connection.recv(1), host.sleep(0.1), connection.recv(1)

    trace = run(world, server=accepting(lambda host, connection: hear(connection)), client=calling(client)).trace

    assert [str(seen.state) for seen in trace.observations if seen.host == "client"][-1] == "TIME-WAIT"
    assert "CLOSED" not in [str(seen.state) for seen in trace.observations if seen.host == "client"]


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system does not say on which processor one is")
def test_all_programs_of_a_run_keep_to_one_processor_so_that_no_segment_overtakes_another():
    def client(host, connection):
        host.spawn(lambda host: seen.append(os.sched_getaffinity(0)))
        seen.append(os.sched_getaffinity(0))

    seen, before = [], os.sched_getaffinity(0)
    run("loopback", server=accepting(lambda host, connection: seen.append(os.sched_getaffinity(0))),
        client=calling(client))  # fmt: skip

    assert len(seen) == 3
    assert [len(each) for each in seen] == [1, 1, 1]
    assert seen[0] == seen[1] == seen[2]
    assert os.sched_getaffinity(0) == before


def test_where_the_kernel_tells_nothing_programs_run_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr("course.real.kernel.TCP_INFO", None)
    outcome = ended({"server": echo.server, "client": echo.client}, table=tmp_path / "nowhere")

    assert outcome.results == {"server": None, "client": b"hello"}
    assert outcome.trace.observations == []
    assert len(outcome.trace.states()) == 0


@on_linux
def test_where_the_table_is_hidden_sockets_still_tell_their_states(tmp_path):
    outcome = ended({"server": echo.server, "client": echo.client}, table=tmp_path / "nowhere")

    assert outcome.results["client"] == b"hello"
    assert {seen.source for seen in outcome.trace.observations} == {"TCP_INFO"}
    assert {str(seen.state) for seen in outcome.trace.observations} >= {"LISTEN", "ESTABLISHED", "CLOSE-WAIT"}


# ------------------------------------------------ watched runs


def sending_for_a_while(host, connection):
    for _ in range(20):
        connection.sendall(bytes(10_000))
        host.sleep(0.005)


@on_linux
@both_ways
def test_a_watched_run_has_samples_of_all_that_goes_on(world):
    programs = {"server": accepting(lambda host, connection: len(hear(connection))),
                "client": calling(sending_for_a_while)}  # fmt: skip
    outcome = ended(programs, watch=0.001, one_address=world != "loopback")

    assert outcome.results["server"] == 200_000
    assert {sample.host for sample in outcome.samples} == {"server", "client"}
    assert {sample.local[0] for sample in outcome.samples} == set(outcome.trace.hosts.values())
    assert [sample.at for sample in outcome.samples] == sorted(sample.at for sample in outcome.samples)
    most = max(sample.status.info.bytes_received for sample in outcome.samples
               if sample.host == "server" and sample.status.info)  # fmt: skip
    assert 0 < most <= 200_001  # and the FIN


@on_linux
@both_ways
def test_a_connection_with_two_descriptors_is_watched_once(world):
    def client(host, connection):
        with connection.dup():
            host.sleep(60)

    programs = {"server": accepting(lambda host, c: hear(c)), "client": calling(client)}
    samples = ended(programs, until=1.0, watch=0.001, one_address=world != "loopback").samples
    own = [sample.at for sample in samples if sample.host == "client" and sample.remote]

    assert own  # the last look comes when the run is over, and finds it open
    assert len(set(own)) == len(own)


@on_linux
def test_a_watched_run_sees_changes_of_state_that_no_call_shows():
    client = calling(lambda host, connection: connection.shutdown(host.SHUT_WR) or host.sleep(60))
    programs = {"server": accepting(lambda host, connection: host.sleep(60)), "client": client}
    outcome = ended(programs, until=1.0, watch=0.001)

    seen = [(str(one.state), one.source) for one in outcome.trace.observations if one.host == "server" and one.remote]
    assert "CLOSE-WAIT" in [state for state, _ in seen]
    assert outcome.error is None


def test_a_run_that_is_not_watched_has_no_samples():
    assert ended({"server": echo.server, "client": echo.client}).samples is None


def test_where_the_kernel_tells_nothing_a_watched_run_has_no_samples(tmp_path, monkeypatch):
    monkeypatch.setattr("course.real.kernel.TCP_INFO", None)
    outcome = ended({"server": echo.server, "client": echo.client}, table=tmp_path / "nowhere", watch=0.001)

    assert outcome.results["client"] == b"hello"
    assert outcome.samples == ()


def test_however_a_watched_run_ends_nobody_looks_any_more():
    assert isinstance(ended({"client": nap}, deadline=0.1, watch=0.001).error, DeadlineExceeded)
    assert isinstance(ended({"client": lambda host: 1 / 0}, watch=0.001).error, ProgramFailed)
    assert [thread for thread in threading.enumerate() if thread.name == "watch"] == []


@on_linux
def test_the_variables_of_a_watched_run_are_chosen_and_drawn():
    programs = {"server": accepting(lambda host, connection: len(hear(connection))),
                "client": calling(sending_for_a_while)}  # fmt: skip
    watched = Scenario(**programs).run(world="loopback", watch=0.001)

    assert {sample.host for sample in watched.variables()} == {"server", "client"}
    own = watched.variables("client", 1)
    assert {(sample.host, sample.remote) for sample in own} == {("client", own[0].remote)}
    assert "samples, mostly" in watched.series().alternative
    assert watched.series().alternative.startswith("Variables of client, sending to server")
    with pytest.raises(ValueError, match="there is no connection 2"):
        watched.variables("client", 2)
    with pytest.raises(ScenarioError, match="there is no host 'bob'"):
        watched.variables("bob")


def test_only_a_run_that_was_watched_tells_its_variables():
    echoes = Scenario(server=echo.server, client=echo.client)

    with pytest.raises(ScenarioError, match=r'write run\(world="loopback", watch=0.005\)'):
        echoes.run(world="loopback").variables()
    with pytest.raises(ScenarioError, match="a simulated run tells its variables without it"):
        echoes.run(watch=0.005)
    for watch in (0, 1e-6, -1, "often", True):
        with pytest.raises(ScenarioError, match=r"0\.005 asks the kernel every 5 ms"):
            echoes.run(world="loopback", watch=watch)


# ------------------------------------------------ threads


def test_a_program_runs_in_a_copy_of_its_callers_context():
    cell = contextvars.ContextVar("cell")
    cell.set("this one")

    def child(host):
        return cell.get()

    def parent(host):
        told = cell.get()
        cell.set("mine")
        host.spawn(child)
        return told

    assert run("loopback", parent=parent).results == {"parent": "this one", "parent/1": "mine"}
    assert cell.get() == "this one"


def test_a_thread_of_a_programs_own_is_no_program():
    def host(host):
        told = []

        def stranger():
            try:
                host.socket()
            except RuntimeError as error:
                told.append(str(error))

        thread = threading.Thread(target=stranger)
        thread.start()
        thread.join()
        return told

    assert run("loopback", host=host).results["host"] == [
        "this thread is no program of the run: start programs with host.spawn()"
    ]


def test_runs_at_the_same_time_do_not_meet():
    def several(name):
        for _ in range(10):
            assert run("loopback", server=echo.server, client=echo.client).results["client"] == b"hello"
        done.append(name)

    done = []
    threads = [threading.Thread(target=several, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == ["a", "b", "c"]


def test_a_run_may_hold_another_run():
    def outer(host):
        return run("loopback", server=echo.server, client=echo.client).results["client"]

    assert run("loopback", outer=outer).results["outer"] == b"hello"


# ------------------------------------------------ how a run ends


def test_until_stops_whatever_is_going_on():
    before = time.monotonic()
    looked = run("loopback", until=1.0, server=accepting(hear_all), client=calling(nap), other=lambda host: 1)

    assert looked.results == {"other": 1}
    assert time.monotonic() - before >= 1.0


def test_the_deadline_tells_who_was_in_which_call():
    with pytest.raises(DeadlineExceeded) as exceeded:
        run("loopback", deadline=1.0, server=accepting(hear_all), client=calling(nap), other=lambda host: 1)

    assert str(exceeded.value) == (
        "1 s are over, but server is still in connection 1: recv(4096) and client is still in sleep(3600)"
    )
    assert exceeded.value.run.results == {"other": 1}
    assert [called.name for called in exceeded.value.run.trace.calls if called.host == "client"][-1] == "sleep"


def hear_all(host, connection):
    hear(connection)


def test_an_accept_with_a_timeout_is_waited_for():
    def server(host):
        with host.create_server(("", PORT)) as listener:
            listener.settimeout(0.1)
            listener.accept()

    assert isinstance(run("loopback", server=server).results["server"], TimeoutError)


def test_a_program_that_fails_ends_the_run_and_no_other_begins():
    begun = []

    def server(host):
        host.create_server(("", PORT))
        raise ZeroDivisionError("division by zero")

    with pytest.raises(ProgramFailed, match="server raised ZeroDivisionError: division by zero") as failed:
        run("loopback", server=server, client=begun.append)

    assert isinstance(failed.value.__cause__, ZeroDivisionError)
    assert [called.name for called in failed.value.run.trace.calls] == ["socket", "setsockopt", "bind", "listen"]
    assert begun == []


def test_a_program_that_fails_stops_the_others():
    stopped = []

    def server(host):
        try:
            host.create_server(("", PORT)).accept()
        except Stopped:
            stopped.append("server")
            raise

    def client(host):
        raise ValueError("no")

    with pytest.raises(ProgramFailed, match="client raised ValueError: no"):
        run("loopback", server=server, client=client)
    assert stopped == ["server"]


def test_what_programs_do_after_the_end_is_not_recorded():
    def server(host):
        try:
            host.sleep(3600)
        finally:
            host.create_server(("", PORT))

    trace = run("loopback", until=1.0, server=server).trace
    assert [called.name for called in trace.calls] == ["sleep"]
    assert trace.returns == []


def test_faults_need_the_simulated_network():
    scenario = Scenario(server=echo.server, client=echo.client).with_faults(faults.drop("client", 1))
    with pytest.raises(ScenarioError, match="the kernel's loopback loses nothing"):
        scenario.run(world="loopback")


def test_programs_that_share_a_listener():
    def closer(host, listener):
        host.sleep(0.05)
        listener.close()

    def server(host):
        listener = host.create_server(("", PORT))
        host.spawn(closer, listener)
        listener.accept()

    assert run("loopback", server=server).results == {"server/1": None}


# ------------------------------------------------ programs that do not want to end


class Gate:
    """A way to block outside of the host, until the test opens it."""

    def __init__(self):
        self.reading, self.writing = os.pipe()

    def wait(self, host=None):
        os.read(self.reading, 1)

    def open(self):
        """Let everybody go on, and wait until they have ended."""
        os.write(self.writing, bytes(10))
        for thread in threading.enumerate():
            if thread.name.startswith("program "):
                thread.join(5)


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.open()
    os.close(gate.reading)
    os.close(gate.writing)


def test_a_program_that_blocks_outside_of_its_host_is_named(gate):
    outcome = ended({"server": nap, "client": gate.wait}, deadline=1.0, grace=2.0)

    assert isinstance(outcome.error, ProgramStuck)
    assert str(outcome.error).startswith("client did not stop when the run was over: let Stopped pass")
    assert isinstance(outcome.error.__cause__, DeadlineExceeded)
    assert "client is in no call of its host" in str(outcome.error.__cause__)


def test_a_program_that_blocks_before_it_waits_keeps_the_next_from_beginning(gate):
    outcome = ended({"server": gate.wait, "client": nap}, deadline=1.0, grace=2.0)

    assert str(outcome.error.__cause__).endswith("server is in no call of its host and client has not begun")


def test_a_stuck_program_is_named_even_if_another_failed(gate):
    def failing(host):
        host.sleep(0.3)
        raise ValueError("no")

    outcome = ended({"failing": failing, "client": gate.wait}, grace=2.0)

    assert isinstance(outcome.error, ProgramFailed)
    assert outcome.error.__notes__ == ["besides, client did not stop when the run was over"]


def test_a_program_that_comes_late_can_do_nothing_any_more(gate):
    late = []

    def client(host):
        listener = host.create_server(("", PORT))
        gate.wait()
        for call in (host.socket, listener.accept, host.now, lambda: host.spawn(nap)):
            try:
                call()
            except Stopped:
                late.append("stopped")
        listener.close()
        late.append(listener.fileno())

    outcome = ended({"client": client}, until=1.5, grace=0.2)  # the program's thread begins long before that
    records = len(outcome.trace)
    assert isinstance(outcome.error, ProgramStuck)
    assert late == []
    gate.open()
    assert late == ["stopped"] * 4 + [-1]
    assert len(outcome.trace) == records


def test_a_program_that_goes_on_after_stopped_is_told_again_and_then_waits_for_ever():
    told = []

    def deaf(host):
        while True:
            try:
                host.sleep(3600)
            except BaseException as error:  # noqa: BLE001 - that is its mistake
                told.append(type(error))

    outcome = ended({"deaf": deaf}, until=0.1, grace=1.5)
    count = len(told)
    time.sleep(0.1)

    assert isinstance(outcome.error, ProgramStuck)
    assert set(told) == {Stopped}
    assert 100 <= count == len(told) <= 102


def test_a_program_that_only_asks_for_the_time_stops_as_well():
    def polling(host):
        while True:
            host.now()

    assert ended({"polling": polling, "napping": nap}, until=0.1).error is None
