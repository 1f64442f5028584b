"""Faults: each one's effect stands in the trace, and TCP repairs it: the octets arrive once and in order."""

import errno

import pytest

from course import Scenario, TcpParameters, faults
from course.ip.packet import Packet
from course.sim.fates import CARRIED
from course.tcp.segment import Segment, Why
from course.tcp.state import Event
from course.trace.record import Sent
from tests.talk import answering, calling, hear, idle, reset, say, talk

OCTETS = bytes(number % 251 for number in range(5000))  # four segments
FIRST_DATA = 3  # client 1 is the SYN, client 2 the ACK


def transfer(*some_faults, octets=OCTETS, **options):
    """The client sends the octets, and the server hears them: that much is sure, whatever the faults."""
    run = talk(hear, say(octets), faults=some_faults, **options)
    assert run.results["server"] == octets
    return run


def arrivals(run, name):
    """(copy, moment) for each time that the transmission was delivered."""
    return [(got.copy, got.at) for got in run.trace.delivered if got.sent.name == name]


def losses(run):
    return [(lost.sent.name, lost.reason) for lost in run.trace.dropped]


def sent_by(run, sender):
    return [sent for sent in run.trace.sent if sent.sender == sender]


def transmission(sender="client", ordinal=1, at=0.0, **segment):
    """A transmission, for faults that are asked by hand."""
    return Sent(at, sender, ordinal, Packet("10.0.0.2", "10.0.0.1", Segment(1, 2, 3, **segment)))


# ---------------------------------------------------------------- one transmission


def test_drop_loses_the_segment_that_it_names():
    run = transfer(faults.drop("client", FIRST_DATA))

    assert losses(run) == [("client 3", "lost")]
    assert arrivals(run, "client 3") == []


def test_drop_counts_the_segments_of_one_host_from_its_syn_on():
    assert transfer(faults.drop("client", 1)).trace.dropped[0].sent.segment.flags == ("SYN",)
    assert transfer(faults.drop("server", 1)).trace.dropped[0].sent.segment.flags == ("SYN", "ACK")


def test_a_dropped_syn_comes_again_after_the_initial_timeout():
    """RFC 6298, section 2.1: one second."""
    first, again = sent_by(transfer(faults.drop("client", 1)), "client")[:2]

    assert again.segment.syn
    assert (again.at - first.at, again.segment.why) == (1.0, Why.TIMEOUT)


def test_delay_lets_a_segment_arrive_late():
    run = transfer(faults.delay("client", FIRST_DATA, by=0.2))

    sent = sent_by(run, "client")[FIRST_DATA - 1]
    assert arrivals(run, "client 3") == [(1, pytest.approx(sent.at + 0.050 + 0.2))]
    assert losses(run) == []


def test_hold_keeps_a_segment_until_a_moment():
    run = transfer(faults.hold("client", FIRST_DATA, until=0.75))

    assert arrivals(run, "client 3") == [(1, 0.75)]


def test_an_old_duplicate_syn_can_be_made_of_a_duplicate_that_comes_late():
    """RFC 9293, section 3.5, figure 8, begins with one: here it meets a connection that stands already."""
    run = transfer(faults.duplicate("client", 1, after=0.5))

    assert arrivals(run, "client 1") == [(1, 0.050), (2, 0.550)]
    assert [sent.segment.why for sent in sent_by(run, "server") if sent.at == 0.550] != []


def test_duplicate_delivers_a_segment_twice_and_its_octets_once():
    run = transfer(faults.duplicate("client", FIRST_DATA))

    first, second = arrivals(run, "client 3")
    assert (first[0], second[0]) == (1, 2)
    assert first[1] == second[1]
    assert "[client 3, copy 2]" in str(run.trace)


def test_the_copy_comes_as_much_later_as_one_wishes():
    first, second = arrivals(transfer(faults.duplicate("client", FIRST_DATA, after=0.01)), "client 3")

    assert second[1] - first[1] == pytest.approx(0.01)


def test_reorder_lets_the_next_segment_overtake():
    run = transfer(faults.reorder("client", FIRST_DATA))

    names = [got.sent.name for got in run.trace.delivered if got.sent.sender == "client"]
    assert names[2:4] == ["client 4", "client 3"]
    assert losses(run) == []
    assert Why.ACK_GAP in {sent.segment.why for sent in sent_by(run, "server")}


def test_a_segment_that_nobody_overtakes_never_arrives():
    """The client's RST is the last thing that it ever sends."""

    def wait(host):
        host.create_server(("", 7000)).accept()

    run = Scenario(server=wait, client=calling(reset), faults=[faults.reorder("client", 3)]).run()

    assert run.trace.sent[-1].segment.rst
    assert losses(run) == [("client 3", "held back for a next segment that never came")]


def test_corrupt_is_found_out_by_the_checksum_on_arrival():
    """RFC 9293, section 3.1, MUST-3: the receiver checks it; a damaged segment is not delivered."""
    run = transfer(faults.corrupt("client", FIRST_DATA))

    (lost,) = run.trace.dropped
    assert "checksum" in lost.reason
    assert lost.at == pytest.approx(lost.sent.at + 0.050)
    assert arrivals(run, "client 3") == []


@pytest.mark.parametrize("octets", [b"", b"x", b"xy", OCTETS], ids=len)
@pytest.mark.parametrize("n", [1, 2, 3])
def test_corruption_is_always_found_out(octets, n):
    """One bit turned round changes the one's-complement sum, wherever it stands (RFC 1071)."""
    run = transfer(faults.corrupt("client", n), octets=octets)

    assert [lost.sent.name for lost in run.trace.dropped] == [f"client {n}"]


def test_both_copies_of_a_corrupted_segment_are_found_out():
    run = transfer(faults.corrupt("client", FIRST_DATA), faults.duplicate("client", FIRST_DATA, after=0.01))

    assert [(lost.sent.name, lost.copy) for lost in run.trace.dropped] == [("client 3", 1), ("client 3", 2)]


# ---------------------------------------------------------------- many transmissions


def test_drop_flags_loses_every_segment_with_all_of_the_flags():
    """connect(2), ETIMEDOUT: nobody ever answers, and R2 for a SYN is over (RFC 9293, section 3.8.3)."""
    scenario = Scenario(
        server=answering(hear),
        client=calling(idle),
        faults=[faults.drop_flags("server", "SYN ACK")],
        tcp=TcpParameters(r2_syn=10),
    )

    run = scenario.run()

    assert run.results["client"].errno == errno.ETIMEDOUT
    assert {reason for _, reason in losses(run)} == {"lost"}
    assert [lost.sent for lost in run.trace.dropped] == [sent for sent in sent_by(run, "server") if sent.segment.syn]
    assert len(run.trace.dropped) > 2


def test_drop_flags_spares_what_has_only_some_of_the_flags_and_what_others_send():
    fault = faults.drop_flags("client", "SYN ACK")

    assert fault.apply(transmission(syn=True, ack=4), CARRIED, 0).lost == "lost"
    assert fault.apply(transmission(syn=True, ack=4, psh=True), CARRIED, 0).lost == "lost"
    for spared in (transmission(syn=True), transmission(ack=4), transmission("server", syn=True, ack=4)):
        assert fault.apply(spared, CARRIED, 0) is CARRIED


def test_a_cut_cable_loses_what_is_sent_meanwhile_both_ways():
    run = transfer(faults.cut(0.100, 1.3))

    between = [sent for sent in run.trace.sent if 0.100 <= sent.at < 1.3]
    assert [lost.sent for lost in run.trace.dropped] == between
    assert {sent.sender for sent in between} == {"client", "server"}
    assert {reason for _, reason in losses(run)} == {"cable cut"}


def test_a_cut_begins_at_its_first_moment_and_ends_before_its_last():
    fault = faults.cut(1.0, 2.0)
    lost = [at for at in (0.999999999, 1.0, 1.999999999, 2.0) if fault.apply(transmission(at=at), CARRIED, 0).lost]

    assert lost == [1.0, 1.999999999]


def test_a_cable_that_is_cut_for_ever_times_the_connection_out():
    """RFC 9293, section 3.8.3: R2. tcp(7), ETIMEDOUT."""

    def call(host, connection):
        host.sleep(1)
        connection.sendall(b"hello?")
        connection.recv(1)

    run = talk(lambda host, connection: host.sleep(1), call, faults=[faults.cut(0.5)], tcp=TcpParameters(r2=20))

    assert run.results["client"].errno == errno.ETIMEDOUT
    assert next(change.at for change in run.trace.changes if change.event is Event.USER_TIMEOUT) > 1.1 + 20


@pytest.mark.parametrize("loss", [0.05, 0.1, 0.3])
@pytest.mark.parametrize("seed", range(3))
def test_random_loss_is_repaired(loss, seed):
    run = transfer(faults.randomly(loss, seed=seed), octets=OCTETS * 4)

    assert {reason for _, reason in losses(run)} <= {"lost"}


def test_random_loss_loses_about_as_many_as_it_says():
    fault = faults.randomly(0.3, seed=1)
    lost = [n for n in range(10_000) if fault.apply(transmission(ordinal=n), CARRIED, 0).lost]

    assert 2800 < len(lost) < 3200


def test_random_loss_of_nothing_and_of_everything():
    never, always = faults.randomly(0), faults.randomly(1)
    some = [transmission(ordinal=n) for n in range(200)]

    assert not [sent for sent in some if never.apply(sent, CARRIED, 0).lost]
    assert [sent for sent in some if always.apply(sent, CARRIED, 0).lost] == some


def verdicts(fault, seed=0, sender="client"):
    return [fault.apply(transmission(sender, n), CARRIED, seed).lost for n in range(1, 101)]


def test_random_loss_is_drawn_for_each_seed_and_sender_and_nothing_else():
    """Per (seed, sender, ordinal)."""
    fault = faults.randomly(0.5)

    assert verdicts(fault, seed=1) == verdicts(fault, seed=1) == verdicts(faults.randomly(0.5, seed=1), seed=2)
    assert verdicts(fault, seed=1) != verdicts(fault, seed=2)
    assert verdicts(fault, sender="client") != verdicts(fault, sender="server")


def test_the_scenario_s_seed_decides_where_the_fault_names_none():
    def lost(seed, fault):
        return losses(transfer(fault, octets=OCTETS * 4, seed=seed))

    assert lost(1, faults.randomly(0.2)) != lost(2, faults.randomly(0.2))
    assert lost(1, faults.randomly(0.2, seed=5)) == lost(2, faults.randomly(0.2, seed=5))
    assert lost(5, faults.randomly(0.2)) == lost(2, faults.randomly(0.2, seed=5))


def test_one_more_fault_does_not_shuffle_what_chance_decides():
    """What is lost by chance has the same names in both runs; only the new fault's own loss is added."""
    chance = faults.randomly(0.2, seed=3)
    before = transfer(chance, octets=OCTETS * 4)
    lost_before = {name for name, _ in losses(before)}
    spared = next(sent.name for sent in before.trace.sent if sent.segment.data and sent.name not in lost_before)
    after = transfer(chance, faults.drop("client", int(spared.split()[1])), octets=OCTETS * 4)
    lost_after = {name for name, _ in losses(after)}

    in_both = {sent.name for sent in before.trace.sent} & {sent.name for sent in after.trace.sent}
    assert len(lost_before) > 3
    assert lost_after & in_both == lost_before & in_both | {spared}


def test_drop_if_asks_a_function():
    run = transfer(faults.drop_if(lambda sent: sent.segment.psh and sent.at < 1))

    assert [lost.sent.segment.psh for lost in run.trace.dropped] != []
    assert all(lost.sent.segment.psh for lost in run.trace.dropped)
    assert {reason for _, reason in losses(run)} == {"lost"}


def test_many_faults_at_once_are_repaired_at_once():
    run = transfer(
        faults.drop("client", 1),
        faults.duplicate("server", 1, after=0.3),
        faults.corrupt("client", 4),
        faults.delay("client", 5, by=0.4),
        faults.reorder("client", 6),
        faults.randomly(0.1, seed=2),
        octets=OCTETS * 4,
    )

    assert len(run.trace.dropped) > 2


def test_a_fault_that_names_a_segment_that_is_never_sent_changes_nothing():
    assert transfer(faults.drop("client", 1000)).trace.records == transfer().trace.records
