"""A run can be watched: TCP's own variables, moment by moment, by running the same scenario once more."""

import itertools

import pytest

from course import Limits, RunError, Scenario, ScenarioError, TcpParameters, faults
from course.apps import echo
from course.errors import LimitExceeded
from course.tcp.state import State
from course.trace.record import Delivered
from tests.talk import hear, say, talk

TALK = Scenario(server=echo.server, client=echo.client, delay=0.050)


def test_the_variables_are_those_of_the_run():
    samples = TALK.run().variables("client")

    assert [sample.status.state for sample in samples][:2] == [State.SYN_SENT, State.ESTABLISHED]
    assert samples[-1].status.state is State.CLOSED
    assert {sample.host for sample in samples} == {"client"}
    assert [sample.at for sample in samples] == sorted(sample.at for sample in samples)
    assert [sample.status.flight_size for sample in samples if sample.at == 0.1][-1] == 5
    assert next(sample.status.srtt for sample in samples if sample.status.srtt) == pytest.approx(0.1)


def test_a_sample_is_taken_only_when_something_has_changed():
    samples = talk(hear, say(bytes(50_000)), delay=0.02).variables()
    ends = {(sample.local, sample.remote) for sample in samples}

    for end in ends:
        own = [sample.status for sample in samples if (sample.local, sample.remote) == end]
        assert all(before != after for before, after in itertools.pairwise(own))


def test_watching_changes_nothing_and_a_run_that_is_not_watched_keeps_nothing():
    run = talk(hear, say(bytes(30_000)), faults=[faults.randomly(0.05)], seed=3)
    samples = run.variables()

    assert run.variables() == samples
    assert talk(hear, say(bytes(30_000)), faults=[faults.randomly(0.05)], seed=3).trace == run.trace


def test_the_host_and_the_connection_choose_whose_variables_they_are():
    def client(host):
        for _ in range(2):
            echo.client(host)

    def server(host):
        with host.create_server(("", echo.PORT)) as listener:
            for _ in range(2):
                connection, _ = listener.accept()
                with connection:
                    connection.sendall(connection.recv(100))

    run = Scenario(server=server, client=client).run()
    first, second = run.variables(connection=1), run.variables("client", 2)

    assert {sample.host for sample in first} == {"server", "client"}
    assert {sample.host for sample in second} == {"client"}
    assert first[0].at < second[0].at
    with pytest.raises(ValueError, match="there is no connection 3: this run had 2"):
        run.variables(connection=3)
    with pytest.raises(ScenarioError, match="there is no host 'bob'"):
        run.variables("bob")


def test_what_programs_print_is_printed_once(capsys):
    def loud(host):
        print("hello")
        echo.client(host)

    run = Scenario(server=echo.server, client=loud).run()
    run.variables()

    assert capsys.readouterr().out == "hello\n"


def test_a_look_at_a_moment_and_its_limits_are_taken_again():
    run = TALK.run(until=0.12)
    assert run.variables()[-1].at <= 0.12

    with pytest.raises(LimitExceeded) as ended:
        TALK.run(limits=Limits(segments=4))
    assert ended.value.run.variables()[-1].at == ended.value.run.trace.sent[-1].at


def test_nothing_is_watched_that_comes_after_the_record():
    """How programs are stopped, and their sockets closed, is no part of the run."""
    run = TALK.run(until=0.12)

    assert [sample.status.state for sample in run.variables("client")][-1] is State.ESTABLISHED
    assert run.variables()[-1].after <= len(run.trace)


def test_what_a_program_reads_is_seen_when_it_reads():
    """Even if no acknowledgment, and nothing else, comes of it."""

    def late(host, connection):
        for _ in range(3):
            host.sleep(1)
            connection.recv(2)

    samples = talk(late, say(b"hello!")).variables("server")
    queues = [(sample.at, sample.status.receive_queue) for sample in samples]
    falls = [(at, queue) for (_, before), (at, queue) in itertools.pairwise(queues) if queue < before]

    assert falls == [(pytest.approx(1.15), 4), (pytest.approx(2.15), 2), (pytest.approx(3.15), 0)]


def test_octets_are_in_the_receive_queue_until_the_call_that_waits_for_them_is_back():
    """A program that waits in recv() takes them at once, but they do arrive first."""
    run = TALK.run()
    queues = {sample.after: sample.status.receive_queue for sample in run.variables("client")}
    records = [run.trace.records[after - 1] for after, queue in queues.items() if queue]
    arrival = next(after for after, queue in queues.items() if queue)

    assert [type(record) for record in records] == [Delivered]
    assert queues[arrival + 1] == 0
    assert run.trace.records[arrival].called.name == "recv"


def test_a_run_that_ended_in_an_error_can_be_watched():
    def broken(host, connection):
        connection.sendall(b"x")
        raise ZeroDivisionError

    with pytest.raises(RunError) as ended:
        talk(hear, broken)

    assert ended.value.run.variables("client")


def test_a_scenario_that_is_not_repeatable_says_so():
    counter = itertools.count(1)

    with pytest.raises(ScenarioError, match="did not do the same when it was run again"):
        talk(hear, lambda host, connection: connection.send(b"x" * next(counter))).variables()


def test_the_kernel_does_not_tell():
    with pytest.raises(ScenarioError, match="the kernel does not tell its variables"):
        TALK.run(world="loopback").variables()


def test_parameters_by_host_are_the_same_the_second_time():
    run = talk(hear, say(bytes(3_000)), tcp={"client": TcpParameters(mss=100)})

    assert run.variables("client")[-1].status.mss == 100
