"""The link by itself: transmitters, queues and wires, and what faults make of a packet on it."""

import pytest

from course.ip.packet import Packet
from course.sim import faults
from course.sim.clock import Clock
from course.sim.link import Link, LinkParameters
from course.tcp.segment import Segment
from course.trace.record import Delivered, Dropped, Sent

FIRST, SECOND, THIRD = "10.0.0.1", "10.0.0.2", "10.0.0.3"
NAMES = {FIRST: "server", SECOND: "client", THIRD: "other"}


class Wire:
    """A link between three addresses, with what came out of it."""

    def __init__(self, *some_faults, seed=0, **parameters):
        self.clock = Clock()
        self.records = []
        self.link = Link(self.clock, self.records.append, LinkParameters(**parameters), some_faults, seed)
        for address in NAMES:
            self.link.attach(address, self.receive)

    def receive(self, sent, copy, fate):
        self.records.append(Delivered(self.clock.now, sent, copy))

    def send(self, source, destination, octets=0):
        """A packet of 40 octets, and these."""
        self.link.send(NAMES[source], Packet(source, destination, Segment(1, 2, 3, 4, data=bytes(octets))))

    def send_at(self, at, *packet):
        self.clock.call_at(at, self.send, *packet)

    def arrivals(self):
        """(name, moment) of what arrived, once nothing more happens."""
        self.clock.run(1000)
        return [(got.sent.name, got.at) for got in self.records if isinstance(got, Delivered)]

    def losses(self):
        self.clock.run(1000)
        return [(lost.sent.name, lost.at, lost.reason) for lost in self.records if isinstance(lost, Dropped)]


def test_without_a_rate_a_packet_takes_the_delay_whatever_its_length():
    wire = Wire(delay=0.05)
    wire.send(SECOND, FIRST)
    wire.send(SECOND, FIRST, 1460)

    assert wire.arrivals() == [("client 1", 0.05), ("client 2", 0.05)]


def test_a_packet_takes_its_bits_at_the_rate_and_then_the_delay():
    """40 octets at 1 Mbit/s: 320 µs; 1500 octets: 12 ms."""
    wire = Wire(delay=0.05, rate=1e6)
    wire.send(SECOND, FIRST)
    wire.send_at(1.0, SECOND, FIRST, 1460)

    assert wire.arrivals() == [("client 1", 0.05032), ("client 2", 1.062)]


def test_serialisation_times_are_exact_to_the_nanosecond():
    """40 octets at 3 Mbit/s take 106 666.67 ns; the second one waits for the first."""
    wire = Wire(delay=0.05, rate=3e6)
    wire.send(SECOND, FIRST)
    wire.send(SECOND, FIRST)

    assert wire.arrivals() == [("client 1", 0.050106667), ("client 2", 0.050213333)]


def test_packets_that_queue_leave_one_after_the_other():
    wire = Wire(delay=0.1, rate=1e6)
    for _ in range(3):
        wire.send(SECOND, FIRST, 85)  # 125 octets: a millisecond each

    assert wire.arrivals() == [("client 1", 0.101), ("client 2", 0.102), ("client 3", 0.103)]


def test_a_transmitter_that_fell_idle_begins_at_once():
    wire = Wire(delay=0.1, rate=1e6)
    wire.send(SECOND, FIRST, 85)
    wire.send_at(0.5, SECOND, FIRST, 85)

    assert wire.arrivals() == [("client 1", 0.101), ("client 2", 0.601)]


@pytest.mark.parametrize("queue", [0, 1, 3])
def test_a_full_queue_drops_the_tail(queue):
    """One packet is being sent, `queue` packets wait, and whoever comes then is lost at once."""
    wire = Wire(delay=0.1, rate=1e6, queue=queue)
    for _ in range(queue + 3):
        wire.send(SECOND, FIRST, 85)

    assert [name for name, _ in wire.arrivals()] == [f"client {n}" for n in range(1, queue + 2)]
    assert wire.losses() == [(f"client {n}", 0.0, "queue full") for n in (queue + 2, queue + 3)]


def test_a_place_in_the_queue_is_free_as_soon_as_a_packet_has_left():
    wire = Wire(delay=0.1, rate=1e6, queue=0)
    wire.send(SECOND, FIRST, 85)
    wire.send_at(0.000999, SECOND, FIRST, 85)
    wire.send_at(0.001, SECOND, FIRST, 85)

    assert wire.arrivals() == [("client 1", 0.101), ("client 3", 0.102)]


def test_the_two_directions_do_not_disturb_each_other():
    wire = Wire(delay=0.1, rate=1e6, queue=0)
    wire.send(SECOND, FIRST, 85)
    wire.send(FIRST, SECOND, 85)

    assert wire.arrivals() == [("client 1", 0.101), ("server 1", 0.101)]


def test_all_hosts_on_one_side_share_the_queue():
    """The dumbbell: one link, one queue for each direction."""
    wire = Wire(delay=0.1, rate=1e6, queue=1)
    wire.send(SECOND, FIRST, 85)
    wire.send(THIRD, FIRST, 85)
    wire.send(THIRD, FIRST, 85)

    assert wire.arrivals() == [("client 1", 0.101), ("other 1", 0.102)]
    assert wire.losses() == [("other 2", 0.0, "queue full")]


def test_the_way_back_is_shared_by_all_who_listen_at_its_end():
    wire = Wire(delay=0.1, rate=1e6)
    wire.send(FIRST, SECOND, 85)
    wire.send(FIRST, THIRD, 85)

    assert wire.arrivals() == [("server 1", 0.101), ("server 2", 0.102)]


def test_hosts_on_the_same_side_reach_each_other_at_once_and_past_the_queue():
    wire = Wire(delay=0.1, rate=1e6, queue=0)
    wire.send(SECOND, FIRST, 85)
    wire.send(SECOND, THIRD, 85)
    wire.send(THIRD, THIRD, 85)
    wire.send(FIRST, FIRST, 85)

    assert wire.arrivals() == [("client 2", 0), ("other 1", 0), ("server 1", 0), ("client 1", 0.101)]


def test_a_packet_to_nobody_is_lost():
    wire = Wire()
    wire.send(SECOND, "10.9.9.9")

    assert wire.losses() == [("client 1", 0.0, "no such host")]


def test_a_lost_packet_has_taken_its_time_at_the_transmitter():
    wire = Wire(faults.drop("client", 1), delay=0.1, rate=1e6)
    wire.send(SECOND, FIRST, 85)
    wire.send(SECOND, FIRST, 85)

    assert wire.arrivals() == [("client 2", 0.102)]


def test_a_packet_is_lost_half_way():
    """So that the picture can draw the cross in the middle."""
    wire = Wire(faults.drop("client", 1), delay=0.1)
    wire.send_at(1.0, SECOND, FIRST)

    assert wire.losses() == [("client 1", 1.05, "lost")]


def test_transmissions_are_counted_for_each_sender_before_any_fault():
    wire = Wire(faults.drop("client", 1), faults.drop("other", 2))
    for _ in range(2):
        wire.send(SECOND, FIRST)
        wire.send(THIRD, FIRST)

    assert [sent.name for sent in wire.records if isinstance(sent, Sent)] == [
        "client 1",
        "other 1",
        "client 2",
        "other 2",
    ]
    assert [name for name, _, _ in wire.losses()] == ["client 1", "other 2"]


def test_more_transmissions_than_the_limit_are_reported_once():
    wire = Wire()
    reports = []
    wire.link.limit(2, lambda: reports.append(wire.link))
    for sent in range(4):
        assert len(reports) == max(0, min(sent - 2, 1))
        wire.send(SECOND, FIRST)

    assert len(reports) == 1


def test_what_is_overtaken_arrives_together_with_the_next_one_but_after_it():
    wire = Wire(faults.reorder("client", 1), delay=0.1)
    wire.send(SECOND, FIRST)
    wire.send_at(1.0, SECOND, FIRST)

    assert wire.arrivals() == [("client 2", 1.1), ("client 1", 1.1)]


def test_the_next_one_is_the_same_sender_s_next_one():
    wire = Wire(faults.reorder("client", 1), delay=0.1)
    wire.send(SECOND, FIRST)
    wire.send_at(1.0, THIRD, FIRST)
    wire.send_at(2.0, SECOND, FIRST)

    assert wire.arrivals() == [("other 1", 1.1), ("client 2", 2.1), ("client 1", 2.1)]


def test_if_the_next_one_is_lost_the_one_after_it_overtakes():
    wire = Wire(faults.reorder("client", 1), faults.drop("client", 2), delay=0.1)
    for at in (0.0, 1.0, 2.0):
        wire.send_at(at, SECOND, FIRST)

    assert wire.arrivals() == [("client 3", 2.1), ("client 1", 2.1)]


def test_two_in_a_row_are_overtaken_by_the_third():
    wire = Wire(faults.reorder("client", 1), faults.reorder("client", 2), delay=0.1)
    for at in (0.0, 1.0, 2.0):
        wire.send_at(at, SECOND, FIRST)

    assert wire.arrivals() == [("client 3", 2.1), ("client 1", 2.1), ("client 2", 2.1)]


def test_what_waits_for_a_next_one_that_never_comes_is_lost_when_the_run_is_over():
    wire = Wire(faults.reorder("client", 1))
    wire.send(SECOND, FIRST)
    assert wire.arrivals() == wire.losses() == []

    wire.link.drop_what_waits()
    wire.link.drop_what_waits()

    assert wire.losses() == [("client 1", 0.0, "held back for a next segment that never came")]


def test_a_packet_can_be_late_twice_and_held_as_well():
    wire = Wire(
        faults.delay("client", 1, by=0.2),
        faults.delay("client", 1, by=0.3),
        faults.hold("client", 2, until=3),
        faults.hold("client", 2, until=2),
        faults.delay("client", 2, by=0.1),
        delay=0.1,
    )
    wire.send(SECOND, FIRST)
    wire.send(SECOND, FIRST)

    assert wire.arrivals() == [("client 1", 0.6), ("client 2", 3.0)]


def test_a_packet_that_is_held_until_a_moment_gone_by_is_not_held():
    wire = Wire(faults.hold("client", 1, until=0.05), delay=0.1)
    wire.send(SECOND, FIRST)

    assert wire.arrivals() == [("client 1", 0.1)]


def test_a_packet_that_is_overtaken_and_doubled_arrives_late_and_twice():
    """Faults about one transmission add up: none of them is forgotten."""
    wire = Wire(faults.reorder("client", 1), faults.duplicate("client", 1), delay=0.1)
    wire.send(SECOND, FIRST)
    wire.send_at(1.0, SECOND, FIRST)

    assert [name for name, _ in wire.arrivals()] == ["client 2", "client 1", "client 1"]
