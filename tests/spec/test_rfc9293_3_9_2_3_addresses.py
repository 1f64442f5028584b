"""RFC 9293, section 3.9.2.3: addresses that cannot be one end of a connection."""

import pytest

from course import TcpParameters
from course.ip.packet import Packet
from course.sim.clock import Clock
from course.sim.host import SimulatedHost
from course.sim.link import Link, LinkParameters
from course.tcp.segment import Segment
from course.trace.record import Delivered, Dropped, Sent
from tests.talk import PORT

SERVER, CLIENT = "10.0.0.1", "10.0.0.2"


def sends_a_syn_to(destination):
    """What is recorded when a client sends a SYN to this address, on a link with a server."""
    clock, records = Clock(), []
    link = Link(clock, records.append, LinkParameters(), (), 0)
    SimulatedHost("server", SERVER, clock, link, records.append, TcpParameters(), 0)
    link.attach(CLIENT, lambda *sent: None)
    link.send("client", Packet(CLIENT, destination, Segment(1024, PORT, seq=1, syn=True)))
    clock.run(10)
    return [type(record) for record in records]


@pytest.mark.parametrize("destination", ["255.255.255.255", "10.255.255.255", "10.0.0.255", "224.0.0.1", "239.1.2.3"])
def test_a_syn_to_a_broadcast_or_multicast_address_is_discarded_without_a_word(destination):
    """RFC 9293 3.9.2.3, MUST-57."""
    assert sends_a_syn_to(destination) == [Sent, Dropped]


def test_a_syn_to_the_server_s_own_address_is_answered():
    """RFC 9293 3.10.7.1: nobody listens there, but the network of the test above is in order."""
    assert sends_a_syn_to(SERVER) == [Sent, Delivered, Sent]
