"""The network: when a run ends, and what ends it early."""

import pytest

from course import Scenario, TcpParameters, faults
from course.apps import echo
from course.errors import Deadlock, LimitExceeded, RunError
from course.sim.network import Limits
from course.tcp.state import State
from tests.talk import PORT, answering, calling, error, hear, idle, say, talk

# ---------------------------------------------------------------- the end


def test_a_run_ends_when_every_program_has_returned_and_no_timer_runs():
    """2 MSL after the last ACK (RFC 9293, section 3.6.1): the last thing that happens is the end of TIME-WAIT."""
    run = talk(hear, idle, tcp=TcpParameters(msl=30))

    assert str(run.trace).splitlines()[-1].endswith("TIME-WAIT → CLOSED on 2 MSL timeout")
    assert run.trace.records[-1].at == pytest.approx(0.2 + 60)


def test_a_run_ends_when_the_programs_that_are_left_wait_in_accept():
    """A server may wait for callers for ever."""

    def server(host):
        with host.create_server(("", PORT)) as listener:
            while True:
                connection, _ = listener.accept()
                connection.close()

    run = Scenario(server=server, a=calling(hear), b=calling(hear)).run()

    assert run.results == {"a": b"", "b": b""}


def test_a_run_of_nothing_ends_at_once():
    run = Scenario(host=idle).run()

    assert len(run.trace) == 0
    assert run.results == {"host": None}


def test_a_connection_that_nobody_closes_does_not_keep_a_run_going():
    def keep(host, connection):
        return connection.getpeername()

    def server(host):
        return keep(host, host.create_server(("", PORT)).accept()[0])

    run = Scenario(server=server, client=lambda host: keep(host, host.create_connection(("server", PORT)))).run()

    assert [str(change.after) for change in run.trace.changes][-1] == str(State.ESTABLISHED)
    assert run.results["server"][0] == "10.0.0.2"


def test_until_shows_the_time_that_it_says():
    seen = []

    def program(host):
        try:
            host.sleep(10)
        finally:
            seen.append(host.now())

    Scenario(host=program).run(until=1.5)

    assert seen == [1.5]


def test_until_the_beginning_shows_what_happens_in_no_time():
    run = Scenario(server=echo.server, client=echo.client).run(until=0)

    assert {record.at for record in run.trace} == {0.0}
    assert [sent.name for sent in run.trace.sent] == ["client 1"]


@pytest.mark.parametrize("until", [0.05, 0.1, 0.125, 0.2, 1.0])
@pytest.mark.parametrize("fault", [faults.drop("client", 3), faults.reorder("client", 3), faults.cut(0.1, 0.3)])
def test_a_look_at_a_moment_is_the_beginning_of_the_whole_run(until, fault):
    """`until` stops there and gives the record so far."""
    scenario = Scenario(server=echo.server, client=echo.client, faults=[fault])

    part, whole = scenario.run(until=until).trace, scenario.run().trace

    assert part.records == whole.records[: len(part)]
    assert all(record.at > until for record in whole.records[len(part) :])


# ---------------------------------------------------------------- waiting for ever


def test_when_nothing_can_ever_happen_again_the_error_names_who_waits_for_what():
    def forget(host):
        host.create_connection(("server", PORT)).sendall(b"hello")

    with pytest.raises(Deadlock) as ended:
        Scenario(server=echo.server, client=forget).run()

    assert "nothing can ever happen again" in str(ended.value)
    assert "server in connection 1: recv(1024)" in str(ended.value)
    assert "client" not in str(ended.value)  # it waits for nothing
    assert ended.value.run.results == {"client": None}


def test_everybody_who_waits_is_named_but_not_who_waits_for_callers():
    def server(host):
        host.spawn(answering(hear, port=PORT + 1))
        host.create_server(("", PORT)).accept()[0].recv(1)

    def client(host):
        connection = host.create_connection(("server", PORT))
        connection.recv(7)

    with pytest.raises(Deadlock) as ended:
        Scenario(server=server, client=client).run()

    assert "server in connection 1: recv(1)" in str(ended.value)
    assert "client in socket 1: recv(7)" in str(ended.value)
    assert "server/1" not in str(ended.value)
    assert "accept" not in str(ended.value)


def test_a_deadlock_carries_the_record_so_far():
    with pytest.raises(Deadlock) as ended:
        Scenario(
            server=lambda host: host.create_server(("", PORT)).accept()[0].recv(1), client=calling_and_leaving
        ).run()

    assert ended.value.run.trace.changes[-1].after is State.ESTABLISHED
    assert ended.value.run.results == {"client": None}


def calling_and_leaving(host):
    """Call, and neither speak nor close."""
    host.create_connection(("server", PORT))


# ---------------------------------------------------------------- limits


def test_too_much_virtual_time_is_an_error_with_the_record_so_far():
    def program(host):
        while True:
            host.sleep(1)

    with pytest.raises(LimitExceeded, match="more than 10 virtual seconds") as ended:
        Scenario(host=program).run(limits=Limits(seconds=10))

    assert "run(limits=Limits(...))" in str(ended.value)
    assert ended.value.run.trace.records[-1].at == 10


def test_the_last_second_of_the_limit_may_be_used():
    run = Scenario(host=lambda host: host.sleep(10)).run(limits=Limits(seconds=10))

    assert run.trace.returns[-1].at == 10


def test_too_many_segments_are_an_error_with_the_record_so_far():
    whole = talk(hear, say(bytes(10_000)))
    sent = len(whole.trace.sent)

    assert talk(hear, say(bytes(10_000)), limits=Limits(segments=sent)).trace == whole.trace
    with pytest.raises(LimitExceeded, match=f"more than {sent - 1} segments") as ended:
        talk(hear, say(bytes(10_000)), limits=Limits(segments=sent - 1))
    assert "run(limits=Limits(...))" in str(ended.value)
    assert ended.value.run.trace.records == whole.trace.records[: len(ended.value.run.trace)]


def test_a_program_that_polls_without_sleeping_is_told_so():
    def polling(host, connection):
        connection.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        while True:
            error(connection.recv, 1)

    with pytest.raises(LimitExceeded) as ended:
        talk(polling, lambda host, connection: host.sleep(1), limits=Limits(calls=100))

    assert "101 calls were made at one instant" in str(ended.value)
    assert "server: connection 1: recv(1)" in str(ended.value)
    assert "has to sleep" in str(ended.value)
    assert len(ended.value.run.trace) < 250


def test_as_many_calls_as_the_limit_may_be_made_at_every_instant():
    def program(host):
        for _ in range(3):
            for _ in range(9):
                host.sleep(0)
            host.sleep(1)

    Scenario(host=program).run(limits=Limits(calls=10))
    with pytest.raises(LimitExceeded):
        Scenario(host=program).run(limits=Limits(calls=9))


def test_a_program_that_polls_the_clock_without_sleeping_is_told_so():
    """`while host.now() < 1` would never end: virtual time moves only while everybody waits."""

    def polling(host):
        for _ in range(20_000):
            if host.now() >= 1:
                return

    with pytest.raises(LimitExceeded, match="has to sleep"):
        Scenario(host=polling).run()


def test_a_limit_stops_the_other_programs():
    left = []

    def program(host):
        try:
            host.sleep(10)
        finally:
            left.append(host.name)

    with pytest.raises(LimitExceeded):
        Scenario(a=program, b=program).run(limits=Limits(seconds=1))

    assert left == ["a", "b"]


def test_every_ending_has_results_of_those_who_were_done():
    with pytest.raises(RunError) as ended:
        Scenario(done=lambda host: 1, waits=lambda host: host.sleep(10)).run(limits=Limits(seconds=1))

    assert ended.value.run.results == {"done": 1}
