"""A capture: what somebody saw go by becomes a Trace that says no more than he knows."""

import pytest

from course.ip.packet import Packet
from course.tcp.segment import Segment
from course.trace.capture import Seen, trace_of
from course.trace.record import Delivered, Sent
from course.view.ladder import ladder


def seen(at, source, destination, **more):
    """A packet between two ends, each written as "address port", at a moment in nanoseconds."""
    (one, from_port), (other, to_port) = source.split(), destination.split()
    return Seen(at, Packet(one, other, Segment(int(from_port), int(to_port), seq=1, **more)))


CALL = seen(5_000_000_000, "10.0.0.2 49152", "10.0.0.1 7000", syn=True)
ANSWER = seen(5_000_000_007, "10.0.0.1 7000", "10.0.0.2 49152", syn=True, ack=2)
THIRD = seen(5_250_000_000, "10.0.0.2 49152", "10.0.0.1 7000", ack=2)


def test_each_packet_is_sent_and_delivered_at_the_moment_when_it_was_seen():
    trace = trace_of([CALL, ANSWER, THIRD], "captured in a test")
    client, server = "10.0.0.2", "10.0.0.1"

    assert trace.sent == [
        Sent(0.0, client, 1, CALL.packet),
        Sent(7e-9, server, 1, ANSWER.packet),
        Sent(0.25, client, 2, THIRD.packet),
    ]
    assert trace.records[1::2] == tuple(Delivered(sent.at, sent) for sent in trace.sent)
    assert (trace.world, trace.conditions, trace.captured) == ("capture", "captured in a test", True)


def test_packets_stand_in_the_order_of_time_and_then_as_they_came():
    trace = trace_of([THIRD, CALL, ANSWER, CALL], "")

    assert [sent.packet for sent in trace.sent] == [CALL.packet, CALL.packet, ANSWER.packet, THIRD.packet]
    assert [sent.at for sent in trace.sent] == [0.0, 0.0, 7e-9, 0.25]


def test_a_capture_without_packets_is_an_empty_trace():
    assert (len(trace_of([], "")), dict(trace_of([], "").hosts)) == (0, {})


@pytest.mark.parametrize(
    ("packets", "hosts"),
    [
        ([CALL, ANSWER], ["10.0.0.1", "10.0.0.2"]),
        ([ANSWER, CALL], ["10.0.0.1", "10.0.0.2"]),
        ([THIRD], ["10.0.0.1", "10.0.0.2"]),
        ([seen(0, "a 80", "b 5000", ack=1)], ["a", "b"]),
        ([seen(0, "me 5000", "x 80"), seen(1, "me 5001", "y 80"), seen(2, "x 80", "me 5000")], ["me", "x", "y"]),
        ([seen(0, "x 5000", "us 80"), seen(1, "y 5001", "us 80")], ["us", "x", "y"]),
    ],
)
def test_the_host_that_is_called_or_has_most_peers_comes_first(packets, hosts):
    """It stands alone on its side of the link."""
    assert [*trace_of(packets, "").hosts] == hosts


def test_hosts_may_be_named():
    trace = trace_of([CALL, ANSWER], "", {"10.0.0.1": "server", "10.0.0.2": "client"})

    assert list(trace.hosts.items()) == [("server", "10.0.0.1"), ("client", "10.0.0.2")]
    assert [sent.name for sent in trace.sent] == ["client 1", "server 1"]


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        ({"10.0.0.3": "x"}, r"no packet is from or to '10.0.0.3'; there are 10.0.0.1, 10.0.0.2"),
        ({"10.0.0.1": "x", "10.0.0.2": "x"}, "two hosts cannot both be called 'x'"),
        ({"10.0.0.1": "10.0.0.2"}, "two hosts cannot both be called '10.0.0.2'"),
    ],
)
def test_a_name_that_cannot_be_given_is_refused(names, complaint):
    with pytest.raises(ValueError, match=complaint):
        trace_of([CALL, ANSWER], "", names)


MYSELF = [
    seen(0, "127.0.0.1 40000", "127.0.0.1 9502", syn=True),
    seen(1, "127.0.0.1 9502", "127.0.0.1 40000", syn=True, ack=1),
    seen(2, "127.0.0.1 40001", "127.0.0.1 80", ack=1),
]


def test_an_address_that_talks_to_itself_is_a_host_for_each_port_that_it_calls():
    trace = trace_of(MYSELF, "", {"127.0.0.1:9502": "server", "127.0.0.1": "client"})

    assert trace.hosts == {"client": "127.0.0.1", "server": "127.0.0.1:9502", "127.0.0.1:80": "127.0.0.1:80"}
    assert [sent.sender for sent in trace.sent] == ["client", "server", "client"]
    assert next(iter(trace.hosts)) == "client"  # it has most peers


def test_its_words_and_its_ladder_tell_the_two_ends_apart():
    trace = trace_of(MYSELF[:2], "", {"127.0.0.1:9502": "server", "127.0.0.1": "client"})
    lines = str(trace).splitlines()

    assert [line.split()[2] for line in lines] == ["client", "server", "server", "client"]
    assert ladder(trace).alternative.startswith("client and server: 2 segments (")
    assert ladder(trace, hosts=["client", "server"]).alternative == ladder(trace).alternative
    assert ladder(trace, hosts=["server"]).alternative.startswith("client and server: 0 segments")


def test_a_port_that_talks_to_itself_is_one_host():
    trace = trace_of([seen(0, "127.0.0.1 5000", "127.0.0.1 5000", syn=True)], "")

    assert [*trace.hosts] == ["127.0.0.1:5000"]
    assert "1 segment" in ladder(trace).alternative


def test_several_connections_are_told_apart_in_words():
    assert "(port 49152, 10.0.0.1 7000)" not in str(trace_of([CALL, ANSWER], ""))
    assert "(port 49152, 10.0.0.1 7000)" in str(trace_of([CALL, seen(9, "10.0.0.2 49153", "10.0.0.1 7000")], ""))
