"""Scenario and Run: what a student writes, and what is said when it was written wrongly."""

import math
from dataclasses import FrozenInstanceError

import pytest

from course import Run, RunError, Scenario, ScenarioError, TcpParameters, Trace, faults, middleboxes
from course.apps import echo
from course.tcp.segment import Why
from tests.talk import hear, idle, say, talk

TALK = Scenario(server=echo.server, client=echo.client, delay=0.050)


def test_the_first_example_of_the_course_runs():
    """Run it, look at what came of it, lose a segment, run it again."""
    run = TALK.run()
    again = TALK.with_faults(faults.drop("client", 3)).run()

    assert isinstance(run, Run)
    assert isinstance(run.trace, Trace)
    assert run.results == again.results == {"server": None, "client": b"hello"}
    assert run.trace.dropped == []
    assert [lost.sent.name for lost in again.trace.dropped] == ["client 3"]
    assert "client  calls    socket 1: connect(('server', 7000))" in str(run.trace)


def test_a_handshake_takes_one_and_a_half_round_trips():
    """RFC 9293, section 3.5, figure 6: SYN, SYN ACK, ACK, each 50 ms after the one before."""
    run = TALK.run()

    assert [(sent.name, sent.segment.flags, sent.at) for sent in run.trace.sent[:3]] == [
        ("client 1", ("SYN",), 0.0),
        ("server 1", ("SYN", "ACK"), 0.050),
        ("client 2", ("ACK",), 0.100),
    ]


def test_a_lost_segment_is_sent_again_after_the_retransmission_timeout():
    """RFC 6298, section 2: the RTO is one second after such a short round trip."""
    run = TALK.with_faults(faults.drop("client", 3)).run()

    third, fourth = [sent for sent in run.trace.sent if sent.sender == "client"][2:4]
    assert third.segment.data == fourth.segment.data == b"hello"
    assert fourth.segment.why is Why.TIMEOUT
    assert fourth.at == pytest.approx(third.at + 1)


def test_a_run_knows_its_scenario_and_says_what_it_is():
    run = TALK.run()

    assert run.scenario is TALK
    assert repr(run) == f"<run of server, client in the simulated world: {len(run.trace)} records>"


def test_a_scenario_is_a_value():
    assert Scenario(server=echo.server, client=echo.client, delay=0.050) == TALK
    assert Scenario(server=echo.server, client=echo.client, delay=0.051) != TALK
    with pytest.raises(FrozenInstanceError):
        TALK.delay = 1.0


def test_with_faults_appends_and_leaves_the_scenario_as_it_was():
    first, second = faults.drop("client", 1), faults.drop("client", 2)
    scenario = Scenario(
        server=echo.server, client=echo.client, delay=0.1, rate=1e6, queue=5, seed=7, tcp=TcpParameters(mss=500)
    )

    both = scenario.with_faults(first).with_faults(second)

    assert scenario.faults == ()
    assert both.faults == (first, second)
    assert both == Scenario(
        server=echo.server,
        client=echo.client,
        delay=0.1,
        rate=1e6,
        queue=5,
        seed=7,
        faults=[first, second],
        tcp=TcpParameters(mss=500),
    )


def test_every_other_keyword_is_a_host_and_the_first_one_gets_the_first_address():
    run = Scenario(north=idle, south=idle, east=idle).run()

    assert run.trace.hosts == {"north": "10.0.0.1", "south": "10.0.0.2", "east": "10.0.0.3"}
    assert list(run.results) == ["north", "south", "east"]


def test_the_result_of_a_program_is_what_it_returned_or_the_oserror_that_escaped_it():
    def refused(host):
        host.create_connection(("server", 1))

    run = Scenario(server=lambda host: 42, client=refused).run()

    assert run.results["server"] == 42
    assert isinstance(run.results["client"], ConnectionRefusedError)


def test_a_program_may_return_anything_even_what_is_false():
    run = Scenario(nothing=lambda host: None, zero=lambda host: 0, empty=lambda host: b"").run()

    assert run.results == {"nothing": None, "zero": 0, "empty": b""}


def test_until_stops_at_that_moment_and_gives_the_record_so_far():
    whole, part = TALK.run(), TALK.run(until=0.1)

    assert part.trace.records == tuple(record for record in whole.trace if record.at <= 0.1)
    assert part.results == {}
    assert [record.at for record in whole.trace if record.at > 0.1]  # or there would be nothing to see


def test_until_is_no_error_where_nothing_could_ever_happen_again():
    run = talk(hear, lambda host, connection: host.sleep(5), until=2)

    assert run.results == {}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"delay": -1}, ["delay=-1", "from 0 on", "0.050 is 50 ms"]),
        ({"delay": "50 ms"}, ["delay='50 ms'", "number"]),
        ({"delay": math.nan}, ["delay=nan", "number"]),
        ({"delay": math.inf}, ["delay=inf", "number"]),
        ({"delay": None}, ["delay=None", "number"]),
        ({"delay": True}, ["delay=True", "number"]),
        ({"rate": 0}, ["rate=0", "10e6 is 10 Mbit/s", "None"]),
        ({"rate": -5}, ["rate=-5", "10e6 is 10 Mbit/s"]),
        ({"queue": -1}, ["queue=-1", "whole number", "packets", "None"]),
        ({"queue": 1.5}, ["queue=1.5", "whole number"]),
        ({"seed": "x"}, ["seed='x'", "whole number"]),
        ({"seed": None}, ["seed=None", "whole number"]),
        ({"seed": False}, ["seed=False", "whole number"]),
        ({"tcp": 5}, ["tcp=5", "TcpParameters(...)", "dict"]),
        ({"tcp": {"nobody": TcpParameters()}}, ["nobody", "server, client"]),
        ({"tcp": {"server": 5}}, ["server", "5", "TcpParameters(...)"]),
        ({"client": None}, ["client=None", "no program", "function"]),
        ({"client": "echo"}, ["client='echo'", "no program"]),
        ({"dealy": 0.05}, ["dealy=0.05", "no program"]),
        ({"faults": [5]}, ["5 is no fault", "faults.drop("]),
        ({"faults": [faults.drop("bob", 1)]}, ["no host 'bob'", "server, client"]),
        ({"faults": [faults.drop_flags("bob", "SYN")]}, ["no host 'bob'", "server, client"]),
        ({"faults": faults.drop("client", 1)}, ["faults=", "drop"]),
        ({"faults": 5}, ["faults=5"]),
        ({"faults": [faults.drop]}, ["no fault", "faults.drop("]),
        ({"faults": [faults.cut]}, ["no fault", "faults.drop("]),
        ({"faults": [faults.drop("firewall", 1)]}, ["no host 'firewall'", "server, client"]),
        ({"faults": [faults.power_off("bob", 1)]}, ["no host 'bob'", "server, client"]),
        ({"middleboxes": middleboxes.nat()}, ["middleboxes=middleboxes.nat()", "a list"]),
        ({"middleboxes": [middleboxes.nat]}, ["no middlebox", "middleboxes.nat()"]),
        ({"middleboxes": ["nat"]}, ["'nat' is no middlebox", "middleboxes.nat()"]),
        ({"middleboxes": [middleboxes.nat()], "nat": echo.client}, ["a host 'nat' and a middlebox of that name"]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_scenario_that_is_described_wrongly_says_what_to_write_instead(wrong, says):
    """At once, before anything runs; a ScenarioError is a ValueError, too."""
    with pytest.raises(ScenarioError) as refused:
        Scenario(**{"server": echo.server, "client": echo.client} | wrong)

    assert isinstance(refused.value, ValueError)
    assert [words for words in says if words not in str(refused.value)] == []


def test_a_scenario_without_a_host_says_how_to_name_one():
    with pytest.raises(ScenarioError, match=r"Scenario\(server=echo.server, client=echo.client\)"):
        Scenario(delay=0.1)


def test_a_scenario_may_have_no_delay_the_slowest_link_and_no_queue():
    run = Scenario(server=echo.server, client=echo.client, delay=0, queue=0, seed=0).run()

    assert run.results["client"] == b"hello"
    assert {record.at for record in run.trace if record.at < 1} == {0.0}
    assert Scenario(server=echo.server, rate=1, queue=0).rate == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"world": "mars"}, ["'mars'", 'world="simulated"', 'world="loopback"']),
        ({"world": None}, ["None", 'world="simulated"']),
        ({"until": -1}, ["until=-1", "number"]),
        ({"until": "x"}, ["until='x'", "number"]),
        ({"until": math.nan}, ["until=nan", "number"]),
        ({"deadline": "x"}, ["deadline='x'", "number"]),
        ({"deadline": -1}, ["deadline=-1", "number"]),
        ({"limits": 5}, ["limits=5", "Limits("]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_run_that_is_asked_for_wrongly_says_what_to_write_instead(wrong, says):
    with pytest.raises(ScenarioError) as refused:
        TALK.run(**wrong)

    assert [words for words in says if words not in str(refused.value)] == []


def test_faults_on_the_real_kernel_are_refused():
    """On loopback link parameters are ignored, faults are an error."""
    with pytest.raises(ScenarioError, match="faults need the simulated network"):
        TALK.with_faults(faults.drop("client", 3)).run(world="loopback")


def test_middleboxes_on_the_real_kernel_are_refused():
    with pytest.raises(ScenarioError, match="middleboxes need the simulated network: nothing stands on"):
        TALK.with_knobs(middleboxes=[middleboxes.nat()]).run(world="loopback")


def test_middleboxes_are_told_among_the_conditions_and_named_in_the_trace():
    run = TALK.with_knobs(middleboxes=[middleboxes.firewall(60), middleboxes.nat()]).run()

    assert "delay 50 ms each way · firewall forgets idle flows after 60 s · nat as 203.0.113.1" in run.trace.conditions
    assert run.trace.middleboxes == ("firewall", "nat")


def test_tcp_takes_one_set_of_knobs_for_all_hosts():
    run = talk(hear, say(b"x" * 250), tcp=TcpParameters(mss=100))

    assert [sent.segment.options.mss for sent in run.trace.sent if sent.segment.syn] == [100, 100]
    assert [len(sent.segment.data) for sent in run.trace.sent if sent.segment.data] == [100, 100, 50]


def test_tcp_takes_knobs_by_host_and_leaves_the_others_as_they_are():
    """RFC 9293, section 3.7.1: each end announces its own MSS, and the smaller one rules."""
    run = talk(hear, say(b"x" * 250), tcp={"server": TcpParameters(mss=200)})

    assert [sent.segment.options.mss for sent in run.trace.sent if sent.segment.syn] == [1460, 200]
    assert [len(sent.segment.data) for sent in run.trace.sent if sent.segment.data] == [200, 50]


def test_an_empty_dict_of_knobs_changes_nothing():
    assert Scenario(server=echo.server, client=echo.client, tcp={}).run().trace == TALK.run().trace


def test_the_delay_is_what_a_packet_takes_each_way():
    run = Scenario(server=echo.server, client=echo.client, delay=0.2).run()

    assert {round(got.at - got.sent.at, 9) for got in run.trace.delivered} == {0.2}


def test_every_error_of_a_run_carries_the_record_so_far():
    """Whatever ends a run early, a fault's own function too, is a RunError with `.run`, and its cause is kept."""

    def ask(sent):
        return sent.segment.data and 1 / 0

    def late(host, connection):
        host.sleep(1)
        connection.sendall(b"now")

    for scenario in (say(b"x"), late):
        with pytest.raises(RunError) as ended:
            talk(hear, scenario, faults=[faults.drop_if(ask)])
        assert len(ended.value.run.trace) > 10
        assert isinstance(ended.value.__cause__, ZeroDivisionError)


def test_a_fault_that_breaks_outside_of_any_program_is_a_run_error_too():
    """The server's SYN ACK leaves while no program has its turn."""

    def ask(sent):
        return sent.sender == "server" and 1 / 0

    with pytest.raises(RunError) as ended:
        TALK.with_faults(faults.drop_if(ask)).run()

    assert ended.value.run.trace.sent[-1].name == "server 1"
    assert isinstance(ended.value.__cause__, ZeroDivisionError)
