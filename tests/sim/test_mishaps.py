"""Outages come to pass: without power a host forgets all in silence; a killed process is closed by its kernel."""

import pytest

from course import Limits, Scenario, State, faults
from course.apps import echo, longlived
from course.errors import Deadlock, LimitExceeded
from course.tcp.segment import Why
from course.trace.record import Changed, Outage, Returned
from tests.talk import answering, calling, hear, reset, talk


def idle(*some_faults, pause=9.0, keep=None, **more):
    words = longlived.asks(b"hello", b"again", pause=pause)
    return Scenario(server=longlived.answers(keep=keep), client=words, faults=some_faults, **more)


def by(run, sender, since=0.0):
    return [sent for sent in run.trace.sent if sent.sender == sender and sent.at >= since]


def outages(run):
    return [(record.at, record.host, record.what) for record in run.trace.records if isinstance(record, Outage)]


# ---------------------------------------------------------------- power


def test_a_host_that_loses_power_says_nothing_and_changes_no_state():
    run = idle(faults.power_off("server", 5)).run(until=100)

    assert outages(run) == [(5, "server", "power cut")]
    assert by(run, "server", since=5) == []
    assert [record for record in run.trace.records if isinstance(record, Changed | Returned)
            and getattr(record, "host", None) == "server" and record.at >= 5] == []  # fmt: skip


def test_what_is_sent_to_it_vanishes_and_the_sender_gives_up_in_the_end():
    """RFC 9293 3.8.3: after R2."""
    run = idle(faults.power_off("server", 5)).run()

    assert {lost.reason for lost in run.trace.dropped} == {"server has no power"}
    assert {lost.sent.name for lost in run.trace.dropped} == {sent.name for sent in by(run, "client", since=5)}
    assert run.results == {"client": ["HELLO", "ETIMEDOUT"]}


def test_what_is_on_its_way_when_the_power_goes_arrives_at_nobody():
    """The client's first words, sent at 100 ms, would arrive at 150 ms."""
    run = idle(faults.power_off("server", 0.12)).run(until=1)

    assert [(lost.sent.name, lost.at) for lost in run.trace.dropped] == [("client 2", 0.15), ("client 3", 0.15)]
    assert by(run, "server", since=0.12) == []


def test_a_host_that_is_back_remembers_nothing_and_answers_an_old_segment_with_a_reset():
    """RFC 9293 3.5.1: half-open connections."""
    run = idle(faults.power_off("server", 5, back=8)).run()
    bare = idle(faults.power_off("server", 5, back=8, restart=False)).run()

    assert run.results == bare.results == {"client": ["HELLO", "ECONNRESET"]}
    assert [sent.segment.why for sent in by(run, "server", since=5)] == [Why.BAD_ACK], "a listener's answer"
    assert [sent.segment.why for sent in by(bare, "server", since=5)] == [Why.NO_CONNECTION]


def test_its_program_starts_again_and_serves_new_callers():
    def client(host):
        first = longlived.asks(b"hello", b"again", pause=9)(host)
        return first, longlived.asks(b"anew")(host)

    scenario = Scenario(server=longlived.answers(), client=client)
    back = faults.power_off("server", 5, back=8)

    run = scenario.with_faults(back).run()
    assert run.results == {"client": (["HELLO", "ECONNRESET"], ["ANEW", "OK"]), "server": "OK"}
    bare = scenario.with_faults(faults.power_off("server", 5, back=8, restart=False)).run()
    assert isinstance(bare.results["client"], ConnectionRefusedError)


def test_a_call_from_the_port_that_the_other_end_still_knows_succeeds_after_a_reset():
    """RFC 9293 3.5.1, figure 9: the answer to the SYN acknowledges what the caller never sent."""

    def server(host):
        with host.create_server(("", 7000)) as listener:
            for _ in range(2):
                connection, _ = listener.accept()
                host.spawn(longlived.answer, connection, 0)

    scenario = Scenario(server=server, client=longlived.asks(b"hello", b"again", pause=60))
    run = scenario.with_faults(faults.power_off("client", 5, back=8)).run(until=100)
    whys = [sent.segment.why for sent in run.trace.sent if sent.at >= 8]

    assert whys[:4] == [Why.OPEN, Why.ACK_UNACCEPTABLE, Why.BAD_ACK, Why.TIMEOUT]
    assert {sent.segment.source_port for sent in by(run, "client")} == {49152}
    assert run.results["client"] == ["HELLO", "AGAIN", "OK"]


def test_without_power_nothing_waits_any_more_and_no_alarm_rings():
    """Its sleep of a year ends no run at the limit, and its retransmissions are gone with it."""
    lost = [faults.drop_flags("client", "PSH"), faults.power_off("client", 0.15)]
    run = Scenario(server=lambda host: host.create_server(("", 7000)), client=year_long, faults=lost).run()

    assert run.trace.records[-1].at == 0.15


def year_long(host):
    host.create_connection(("server", 7000)).send(b"hello")
    host.sleep(longlived.YEAR)


def test_the_other_end_of_a_host_without_power_waits_for_ever_and_that_is_an_error_that_says_so():
    with pytest.raises(Deadlock, match=r"server in connection 1: recv\(1024\) still waits"):
        idle(faults.power_off("client", 5)).run()


def test_power_may_go_and_come_twice():
    scenario = Scenario(server=echo.server, client=longlived.asks(b"hello", pause=9))
    run = scenario.with_faults(faults.power_off("server", 1, back=2), faults.power_off("server", 3, back=4)).run()

    assert outages(run) == [
        (1, "server", "power cut"), (2, "server", "power back"), (3, "server", "power cut"), (4, "server", "power back")
    ]  # fmt: skip


def test_power_that_is_gone_cannot_be_cut_and_nobody_is_left_to_kill():
    both = faults.power_off("server", 1), faults.power_off("server", 2, back=3), faults.kill("server", 2.5)

    assert outages(idle(*both).run()) == [(1, "server", "power cut")]


def test_a_host_may_lose_its_power_before_its_program_begins():
    run = Scenario(server=echo.server, client=echo.client, faults=[faults.power_off("client", 0)]).run()

    assert by(run, "client") == []
    assert run.results == {}


def test_in_the_middle_of_a_handshake_nothing_is_left_of_it():
    half = faults.power_off("server", 0.06, back=0.2)
    run = Scenario(server=longlived.answers(), client=longlived.asks(b"hello"), faults=[half]).run()

    assert run.results["client"] == ["ECONNRESET"]


def test_programs_that_it_had_started_are_gone_as_well():
    def server(host):
        with host.create_server(("", 7000)) as listener:
            while True:
                host.spawn(longlived.answer, listener.accept()[0], 0)

    words = longlived.asks(b"hello", b"again", pause=9)
    run = Scenario(server=server, client=words, faults=[faults.power_off("server", 5)]).run()

    assert run.results == {"client": ["HELLO", "ETIMEDOUT"]}


def test_a_port_is_free_again_after_the_power_was_gone():
    """No socket is left, and no connection in TIME-WAIT."""

    def server(host):
        with host.socket() as listener:
            listener.bind(("", 7000))
            listener.listen()
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"bye")
        return "closed first"

    scenario = Scenario(server=server, client=calling(hear), faults=[faults.power_off("server", 5, back=6)])
    assert scenario.run().results["server"] == "closed first"


def test_a_program_that_spins_on_after_stopped_is_still_found_out():
    def swallows(host):
        while True:
            host.sleep(1)

    with pytest.raises(LimitExceeded):
        Scenario(a=swallows, b=swallows, faults=[faults.power_off("a", 5)]).run(limits=Limits(seconds=20))


def test_tcp_s_variables_say_closed_from_then_on():
    samples = idle(faults.power_off("server", 5)).run(until=6).variables("server")

    assert (samples[-1].at, samples[-1].status.state, samples[-1].status.timers) == (5, State.CLOSED, {})


# ---------------------------------------------------------------- kill


def test_the_kernel_of_a_killed_process_says_fin():
    """M61: exit(2) closes all descriptors."""
    run = idle(faults.kill("client", 5), pause=60).run()

    assert outages(run) == [(5, "client", "process killed")]
    assert [sent.segment.fin for sent in by(run, "client", since=5)] == [True, False]
    assert run.results == {"server": "OK"}


def test_however_many_copies_of_a_socket_it_had_the_kernel_closes_all():
    """exit(2), dup(2)."""

    def client(host, connection):
        with connection.dup():
            host.sleep(60)

    run = talk(lambda host, connection: (hear(host, connection), host.now()), client, faults=[faults.kill("client", 5)])

    assert run.results["server"] == (b"", pytest.approx(5.05))
    assert len(by(run, "client", since=5)) == 2  # a FIN, and the ACK of the other one


def test_it_says_rst_where_octets_were_left_unread():
    """RFC 9293 3.6.1, RFC 1122 4.2.2.13."""

    def never_reads(host, connection):
        host.sleep(60)

    run = Scenario(
        server=answering(lambda host, connection: (connection.sendall(b"news"), hear(host, connection))),
        client=calling(never_reads),
        faults=[faults.kill("client", 5)],
    ).run()
    (last,) = by(run, "client", since=5)

    assert (last.segment.rst, last.segment.why) == (True, Why.UNREAD_DATA)
    assert isinstance(run.results["server"], ConnectionResetError)


def test_so_linger_says_how_the_kernel_closes():
    def client(host, connection):
        reset(host, connection)
        host.sleep(60)

    run = talk(hear, client, faults=[faults.kill("client", 5)])

    assert by(run, "client", since=5)[0].segment.rst
    assert isinstance(run.results["server"], ConnectionResetError)


def test_what_the_process_had_sent_still_arrives():
    """The kernel lives, and its TCP goes on."""
    octets = bytes(200_000)
    run = talk(hear, lambda host, connection: (connection.sendall(octets), host.sleep(60)),
               rate=1e6, faults=[faults.kill("client", 1.0)])  # fmt: skip

    assert run.results["server"] == octets


def test_a_listener_of_a_killed_process_is_closed_and_callers_are_refused():
    def late(host):
        host.sleep(9)
        return echo.client(host)

    run = Scenario(server=echo.server, client=late, faults=[faults.kill("server", 5)]).run()

    assert isinstance(run.results["client"], ConnectionRefusedError)


def test_callers_that_were_never_accepted_are_reset():
    def lunch(host):
        with host.create_server(("", 7000)):
            host.sleep(60)

    run = Scenario(server=lunch, client=calling(hear), faults=[faults.kill("server", 5)]).run()

    assert isinstance(run.results["client"], ConnectionResetError)


def test_a_killed_program_makes_no_call_and_its_finally_is_not_run_before_the_end():
    ran = []

    def client(host, connection):
        try:
            host.sleep(60)
        finally:
            ran.append(host.name)

    run = talk(hear, client, faults=[faults.kill("client", 5)])

    assert [call.name for call in run.trace.calls if call.host == "client"][-1] == "sleep"
    assert ran == ["client"], "when the run is torn down, as after any run"


# ---------------------------------------------------------------- both


@pytest.mark.parametrize("outage", [faults.power_off("server", 5, back=8), faults.kill("client", 5)], ids=str)
def test_the_same_scenario_gives_the_same_trace(outage):
    def run():
        return idle(outage, faults.randomly(0.2), seed=4).run(until=60).trace

    assert run() == run()


@pytest.mark.parametrize("outage", [faults.power_off("server", 5, back=8), faults.kill("server", 5)], ids=str)
def test_the_run_up_to_the_outage_is_identical_without_it(outage):
    plain, struck = (idle(*some, pause=9).run(until=60).trace.records for some in ((), (outage,)))

    before = [record for record in struck if record.at < 5]
    assert before == [record for record in plain if record.at < 5]


@pytest.mark.parametrize("moment", [n / 40 for n in range(30)])
def test_at_any_moment_an_outage_leaves_a_run_that_ends(moment):
    """Octets that the client was told of are those of the server, whatever falls out in the middle."""
    for outage in (faults.power_off("server", moment, back=moment + 0.1), faults.kill("server", moment)):
        run = Scenario(
            server=longlived.answers(), client=longlived.asks(b"hello", b"again", pause=0.1), faults=[outage]
        ).run(until=400)
        client = run.results["client"]
        assert isinstance(client, ConnectionRefusedError | ConnectionResetError) or set(client[:-1]) <= {
            "HELLO", "AGAIN", "",
        }  # fmt: skip
