"""Past the middleboxes: idle flows are forgotten, both ends learn of it or not, and a NAT is one address for all."""

import pytest

from course import Scenario, State, faults, middleboxes
from course.apps import echo, longlived
from course.tcp.segment import Why
from course.trace.record import Delivered, Sent
from tests.talk import answering, calling, hear, reset, say, talk

OCTETS = bytes(number % 251 for number in range(5000))
SILENT, TOLD, BOTH = (middleboxes.firewall(60, then) for then in ("drop", "reset", "reset both"))


def idle(seconds, *boxes, until=1000, **more):
    """The client says a word, is silent for so long, and says another one."""
    client = longlived.asks(b"hello", b"again", pause=seconds)
    return Scenario(server=longlived.answers(), client=client, middleboxes=boxes, **more).run(until=until)


def losses(run):
    return [(lost.sent.name, lost.by, lost.reason, round(lost.at, 4)) for lost in run.trace.dropped]


def by(run, sender):
    return [sent for sent in run.trace.sent if sent.sender == sender]


# ---------------------------------------------------------------- the table


def test_a_flow_that_is_not_idle_for_long_enough_passes_as_if_nothing_stood_there():
    records = idle(59, SILENT).trace.records

    assert records == idle(59).trace.records


def test_a_segment_of_a_forgotten_flow_is_lost_where_the_middlebox_stands():
    run = idle(61, SILENT)

    assert losses(run)[0] == ("client 5", "firewall", "flow forgotten", 61.225)
    assert run.results["client"] == ["HELLO", "ETIMEDOUT"]
    assert by(run, "firewall") == []
    assert {row.end: row.state for row in run.trace.states() if row.peer}["server 7000"] is State.ESTABLISHED


def test_the_sender_may_get_a_reset_and_the_other_end_learns_nothing():
    run = idle(61, TOLD)
    (reset,) = by(run, "firewall")

    assert run.results == {"client": ["HELLO", "ECONNRESET"]}, "the server waits"
    assert (reset.at, reset.segment.rst, reset.segment.why) == (61.225, True, Why.FORGOTTEN)
    assert [got.at for got in run.trace.delivered if got.sent is reset] == [pytest.approx(61.25)]


def test_both_ends_may_get_a_reset_at_the_moment_at_which_the_flow_is_forgotten():
    run = idle(500, BOTH)

    assert run.results == {"server": "ECONNRESET", "client": ["HELLO", "ECONNRESET"]}
    assert [(sent.at, sent.packet.destination) for sent in by(run, "firewall")] == [
        (60.425, "10.0.0.1"),
        (60.425, "10.0.0.2"),
    ]


def test_a_table_that_resets_both_ends_keeps_no_run_going():
    run = Scenario(server=echo.server, client=echo.client, middleboxes=[BOTH]).run()

    assert run.trace.records == Scenario(server=echo.server, client=echo.client).run().trace.records


def test_with_numbers_of_a_long_transfer_both_ends_believe_the_reset():
    def client(host, connection):
        connection.sendall(OCTETS)
        return host.sleep(100), connection.recv(1)

    def server(host, connection):
        return len(connection.recv(9000)), hear(host, connection)

    run = talk(server, client, middleboxes=[BOTH], until=200)

    assert isinstance(run.results["server"], ConnectionResetError)
    assert isinstance(run.results["client"], ConnectionResetError)


@pytest.mark.parametrize(("every", "arrives"), [(59, True), (61, False)])
def test_a_word_now_and_then_keeps_the_flow_if_it_comes_in_time(every, arrives):
    run = Scenario(
        server=longlived.answers(), client=longlived.beats(5, every, patience=30), middleboxes=[SILENT], delay=0
    ).run(until=2000)

    assert run.results["client"] == (["STILL HERE"] * 5 + ["OK"] if arrives else ["STILL HERE", "TimeoutError"])


def test_tcp_s_keep_alive_keeps_the_flow_as_well():
    keep = longlived.KeepAlive(idle=50, interval=50)
    client = longlived.asks(b"hello", b"again", pause=1000, keep=keep)

    run = Scenario(server=longlived.answers(), client=client, middleboxes=[SILENT]).run()
    assert run.results == {"server": "OK", "client": ["HELLO", "AGAIN", "OK"]}


def gives_up(seconds):
    """After so long the client resets."""

    def client(host, connection):
        reset(host, connection)
        host.sleep(seconds)

    return client


def test_a_reset_of_a_forgotten_flow_is_lost_and_never_answered():
    run = talk(hear, gives_up(61), middleboxes=[TOLD], until=100)

    assert losses(run) == [("client 3", "firewall", "flow forgotten", 61.125)]
    assert by(run, "firewall") == []


def test_a_reset_that_passes_ends_the_flow():
    """What the server says at the same time, and what it is told, belong to no flow any more."""

    def server(host, connection):
        host.sleep(0.12)
        connection.send(b"too late")
        host.sleep(1)

    run = talk(server, gives_up(0.15), middleboxes=[TOLD])

    assert losses(run) == [("server 2", "firewall", "no such flow", 0.295)]
    assert [sent.packet.destination for sent in by(run, "firewall")] == ["10.0.0.1"]


def test_a_syn_begins_the_flow_anew():
    def client(host):
        for _ in range(2):
            with host.create_connection(("server", 7000), source_address=("", 5000)) as connection:
                connection.sendall(b"hello")
                heard = connection.recv(10)
            host.sleep(400)
        return heard

    def server(host):
        with host.create_server(("", 7000)) as listener:
            for _ in range(2):
                connection, _ = listener.accept()
                with connection:
                    connection.sendall(connection.recv(10))
                    connection.recv(10)

    assert Scenario(server=server, client=client, middleboxes=[SILENT]).run().results["client"] == b"hello"


def test_hosts_on_the_same_side_do_not_pass_it():
    run = Scenario(
        far=lambda host: host.sleep(1), server=answering(hear), client=calling(say(OCTETS)), middleboxes=[TOLD]
    ).run()

    assert run.results["server"] == OCTETS
    assert run.trace.delivered[0].at == 0


# ---------------------------------------------------------------- several of them, and faults


def test_several_stand_at_equal_distances_the_first_nearest_to_the_first_named_host():
    wall, nat = middleboxes.firewall(60), middleboxes.nat(40, "reset")
    run = idle(50, nat, wall, delay=0.3)
    (lost,) = run.trace.dropped

    assert run.trace.middleboxes == ("nat", "firewall")
    assert lost.by == "nat"
    assert lost.at - lost.sent.at == pytest.approx(0.2)
    assert run.results["client"] == ["HELLO", "ECONNRESET"]


def test_a_fault_may_be_about_what_a_middlebox_sends():
    run = idle(61, TOLD, faults=[faults.drop("firewall", 1)])

    assert losses(run)[:2] == [
        ("client 5", "firewall", "flow forgotten", 61.225),
        ("firewall 1", None, "lost", 61.2375),
    ]
    assert run.results["client"] == ["HELLO", "ECONNRESET"], "the segment is sent again, and so is the reset"


@pytest.mark.parametrize("box", [SILENT, middleboxes.nat(), middleboxes.nat(60, "reset both")], ids=str)
@pytest.mark.parametrize(
    "some_faults",
    [
        [faults.randomly(0.1)],
        [faults.delay("client", 4, by=0.3), faults.duplicate("server", 2, after=0.1), faults.reorder("client", 5)],
        [faults.corrupt("client", 3), faults.hold("server", 3, until=2)],
    ],
    ids=["loss", "delayed, twice, overtaken", "damaged, held"],
)
def test_octets_arrive_once_and_in_order_whatever_the_faults(box, some_faults):
    run = talk(hear, say(OCTETS), faults=some_faults, middleboxes=[box], seed=2, until=1000)

    assert run.results["server"] == OCTETS


@pytest.mark.parametrize("box", [SILENT, BOTH, middleboxes.nat(60, "reset"), middleboxes.nat()], ids=str)
def test_the_same_scenario_gives_the_same_trace(box):
    traces = [idle(61, box, faults=[faults.randomly(0.1)], seed=7).trace for _ in range(2)]

    assert traces[0] == traces[1]
    assert str(traces[0]) == str(traces[1])


def test_the_run_up_to_the_forgetting_is_the_one_without_a_middlebox():
    plain, forgotten = (idle(61, *boxes).trace.records for boxes in ((), (SILENT,)))

    before = [record for record in forgotten if record.at < 61]
    assert before == [record for record in plain if record.at < 61]


def test_rate_and_queue_are_those_of_the_link():
    run = talk(hear, say(OCTETS), rate=1e6, queue=2, middleboxes=[middleboxes.nat()], until=100)
    plain = talk(hear, say(OCTETS), rate=1e6, queue=2, until=100)

    assert [(got.sent.name, got.at) for got in run.trace.delivered] == [
        (got.sent.name, got.at) for got in plain.trace.delivered
    ]


# ---------------------------------------------------------------- NAT


def two_behind(*, until=None, **more):
    """Two hosts that call the same server; whom it saw."""

    def server(host):
        seen = []
        with host.create_server(("", 7000)) as listener:
            for _ in range(2):
                connection, peer = listener.accept()
                with connection:
                    assert connection.getpeername() == peer
                    connection.sendall(connection.recv(10).upper())
                seen.append(peer)
        return seen

    def client(host):
        with host.create_connection(("server", 7000)) as connection:
            connection.sendall(host.name.encode())
            return connection.recv(10), connection.getsockname()

    return Scenario(server=server, ann=client, bob=client, middleboxes=[middleboxes.nat()], **more).run(until=until)


def test_two_hosts_behind_a_nat_are_one_address_to_the_server_and_know_nothing_of_it():
    """RFC 3022: an address does not identify a host."""
    results = two_behind().results

    assert results["server"] == [("203.0.113.1", 40_001), ("203.0.113.1", 40_002)]
    assert results["ann"] == (b"ANN", ("10.0.0.2", 49152))
    assert results["bob"] == (b"BOB", ("10.0.0.3", 49152))


def test_the_trace_tells_who_stands_behind_which_port():
    trace = two_behind().trace

    assert trace.translated == {
        ("203.0.113.1", 40_001): ("10.0.0.2", 49152),
        ("203.0.113.1", 40_002): ("10.0.0.3", 49152),
    }


def test_what_is_delivered_is_what_the_receiver_sees():
    trace = two_behind().trace
    sent = {sent.name: sent for sent in trace.records if isinstance(sent, Sent)}
    got = {got.sent.name: got.sent for got in trace.records if isinstance(got, Delivered)}

    assert sent["ann 1"].packet.source == "10.0.0.2"
    assert got["ann 1"].packet.source == "203.0.113.1"
    assert got["ann 1"].segment.source_port == 40_001
    assert sent["server 1"].packet.destination == "203.0.113.1"
    assert got["server 1"].packet.destination == "10.0.0.2"


def call_from_outside(address):
    def far(host):
        host.sleep(1)
        try:
            host.create_connection(address, 5)
        except OSError as error:
            return type(error).__name__

    client = answering(hear)
    scenario = Scenario(far=far, client=client, middleboxes=[middleboxes.nat(then="reset")])
    return scenario.run(until=60)


@pytest.mark.parametrize("address", [("client", 7000), ("203.0.113.1", 7000)])
def test_nobody_outside_calls_somebody_behind_a_nat(address):
    run = call_from_outside(address)

    assert run.results["far"] == "ConnectionRefusedError"
    assert losses(run)[0][1:3] == ("nat", "nobody behind this port")


def test_the_address_of_a_nat_is_nobody_s_inside():
    def client(host):
        host.create_connection(("203.0.113.1", 40_001), 5)

    run = Scenario(far=lambda host: host.sleep(1), client=client, middleboxes=[middleboxes.nat()]).run()

    assert losses(run)[0][2] == "no way to this address from inside"
