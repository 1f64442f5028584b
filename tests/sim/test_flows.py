"""The table of a middlebox by itself, and the ports of a NAT."""

from course.ip.packet import Packet
from course.sim.flows import FIRST_PORT, Flows, Translation, begins, ends
from course.sim.middleboxes import firewall
from course.tcp.segment import Segment

CLIENT, SERVER = ("10.0.0.2", 49152), ("10.0.0.1", 7000)


def packet(source=CLIENT, destination=SERVER, **fields):
    return Packet(source[0], destination[0], Segment(source[1], destination[1], **({"seq": 0} | fields)))


def test_a_flow_is_remembered_both_ways_until_it_is_idle_for_so_long():
    flows = Flows(firewall(60))
    flow = flows.begin(packet(syn=True), 1.0, outward=True)

    assert flows.known(packet(SERVER, CLIENT), 60.9) is flow
    assert flows.known(packet(), 61.0) is None
    assert flows.has_forgotten(packet(SERVER, CLIENT))


def test_what_passes_keeps_it():
    flows = Flows(firewall(60))
    flow = flows.begin(packet(syn=True), 0.0, outward=True)
    flow.passed(packet().segment, 59.0, outward=True)

    assert flows.known(packet(), 118.9) is flow
    assert flows.known(packet(), 119.0) is None


def test_a_flow_that_was_never_there_was_not_forgotten():
    flows = Flows(firewall(60))

    assert flows.known(packet(), 0.0) is None
    assert not flows.has_forgotten(packet())


def test_a_flow_that_begins_anew_is_not_forgotten_any_more():
    flows = Flows(firewall(60))
    flows.forget(flows.begin(packet(syn=True), 0.0, outward=True))
    flows.begin(packet(syn=True), 100.0, outward=True)

    assert not flows.has_forgotten(packet())


def test_only_a_syn_without_ack_begins_a_flow():
    assert begins(packet(syn=True), outward=False)
    assert not begins(packet(syn=True, ack=1), outward=True)
    assert not begins(packet(ack=1), outward=True)


def test_a_reset_has_the_number_that_its_receiver_expects_also_after_a_repetition():
    """RFC 5961 3.2: a RST must hit RCV.NXT exactly."""
    flow = Flows(firewall(60)).begin(packet(syn=True), 0.0, outward=True)
    for outward, fields in [
        (True, {"seq": 2**32 - 1, "syn": True}),
        (False, {"seq": 300, "syn": True, "ack": 0}),
        (True, {"seq": 0, "data": b"hello", "ack": 301}),
        (True, {"seq": 0, "data": b"he", "ack": 301}),
    ]:
        flow.passed(packet(**fields).segment, 1.0, outward=outward)
    to_server, to_client = flow.reset(outward=True), flow.reset(outward=False)

    assert (to_server.segment.seq, to_server.segment.ack) == (5, 301)
    assert (to_client.segment.seq, to_client.segment.ack) == (301, 5)
    assert (ends(to_server), ends(to_client)) == ((CLIENT, SERVER), (SERVER, CLIENT))


def test_a_nat_has_one_port_for_each_end_inside_whomever_it_talks_to():
    """RFC 4787 4.1, RFC 5382 REQ-1: endpoint-independent mapping."""
    nat = Translation("203.0.113.1")
    first = nat.outward(packet())
    same = nat.outward(packet(destination=("10.0.0.1", 80)))
    other = nat.outward(packet(("10.0.0.3", 49152)))

    assert ends(first) == (("203.0.113.1", FIRST_PORT), SERVER)
    assert ends(same)[0] == ("203.0.113.1", FIRST_PORT)
    assert ends(other)[0] == ("203.0.113.1", FIRST_PORT + 1)


def test_the_way_back_leads_to_who_stands_behind_the_port():
    nat = Translation("203.0.113.1")
    outer = ends(nat.outward(packet()))[0]
    back = nat.inward(packet(SERVER, outer, ack=1))

    assert back == packet(SERVER, CLIENT, ack=1)
    assert nat.inward(packet(SERVER, ("203.0.113.1", 50_000))) is None
    assert nat.inward(packet(SERVER, CLIENT)) is None, "an address inside cannot be reached from outside"


def test_a_new_syn_counts_anew():
    flow = Flows(firewall(60)).begin(packet(syn=True), 0.0, outward=True)
    for outward in (True, False):
        flow.passed(packet(seq=5000, fin=True).segment, 1.0, outward=outward)
    assert flow.is_over
    flow.passed(packet(seq=100, syn=True).segment, 2.0, outward=True)

    assert not flow.is_over
    assert flow.reset(outward=True).segment.seq == 101
