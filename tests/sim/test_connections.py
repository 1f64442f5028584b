"""The simulated host: closed ports, ports that serve again, timers, and connections that are forgotten."""

import pytest

from course import Scenario, TcpParameters, faults
from course.sim.network import Limits
from course.tcp.segment import Why
from course.trace.record import Delivered
from tests.talk import PORT, alone, error, hear, idle, reset, say, talk


def test_a_closed_port_answers_with_a_reset():
    """RFC 9293, section 3.10.7.1; misconception M19: not by silence."""

    def client(host):
        return error(host.create_connection, ("server", PORT)), host.now()

    run = Scenario(server=idle, client=client).run()

    assert run.results["client"] == ("ECONNREFUSED", 0.1)
    assert run.trace.sent[-1].segment.why is Why.NO_CONNECTION


def test_a_host_s_own_closed_port_answers_at_once():
    assert alone(lambda host: (error(host.create_connection, ("", PORT)), host.now())) == ("ECONNREFUSED", 0.0)


def test_what_comes_after_the_end_of_a_connection_is_answered_by_a_reset():
    """RFC 9293, section 3.5.2, group 1; misconception M60."""

    def call(host, connection):
        host.sleep(1)
        first = error(connection.send, b"into the void")
        host.sleep(1)
        return first, error(connection.send, b"again")

    run = talk(idle, call)

    assert run.results["client"] == (None, "EPIPE")


def test_the_same_ports_serve_again_after_time_wait():
    """RFC 9293, section 3.6.1: two MSL later nothing of the old connection is left in the network."""

    def client(host):
        words = []
        for _ in range(2):
            with host.create_connection(("server", PORT), source_address=("", 5000)) as connection:
                connection.shutdown(host.SHUT_WR)
                words.append(hear(host, connection))
            host.sleep(61)
        return words

    def server(host):
        with host.create_server(("", PORT)) as listener:
            for word in (b"one", b"two"):
                with listener.accept()[0] as connection:
                    connection.sendall(word)
                    connection.recv(1)

    run = Scenario(server=server, client=client, tcp=TcpParameters(msl=30)).run()

    assert run.results["client"] == [b"one", b"two"]


def test_a_packet_is_delivered_once_the_receiver_has_it():
    run = talk(hear, say(b"x"))

    assert [got.sent for got in run.trace if isinstance(got, Delivered)] == run.trace.sent


def test_timers_ring_when_they_are_due_and_not_when_they_were_first_set():
    """A timer that is put off does not ring early: the delayed ACK of the second octet waits its own 200 ms."""

    def call(host, connection):
        connection.setsockopt(host.IPPROTO_TCP, host.TCP_NODELAY, 1)
        connection.sendall(b"a")
        host.sleep(1)
        connection.sendall(b"b")
        host.sleep(1)

    run = talk(hear, call)

    acks = [sent.at for sent in run.trace.sent if sent.segment.why is Why.ACK_DELAYED]
    assert acks == [pytest.approx(0.15 + 0.2), pytest.approx(1.15 + 0.2)]


def test_a_timer_that_is_due_earlier_rings_earlier():
    """The client's octets are lost, so its retransmission timer runs; the ACK that it owes does not wait for that."""

    def both(host, connection):
        connection.sendall(host.name.encode())
        connection.shutdown(host.SHUT_WR)
        return hear(host, connection)

    def late(host, connection):
        host.sleep(0.05)
        connection.sendall(b"x")
        return hear(host, connection)

    run = talk(late, both, faults=[faults.drop("client", 3), faults.drop("client", 4)])

    acks = [sent.at for sent in run.trace.sent if sent.segment.why is Why.ACK_DELAYED and sent.sender == "client"]
    assert run.results["server"] == b"client"
    assert acks == [pytest.approx(0.25 + 0.2)]


def test_a_connection_that_is_over_leaves_no_alarm_behind():
    """It gave up with octets on their way; nothing is left to be sent again, so the run is over before the RTO."""

    def give_up(host, connection):
        connection.sendall(b"x")
        reset(host, connection)

    run = talk(lambda host, connection: error(connection.recv, 1), give_up, limits=Limits(seconds=0.5))

    assert run.results["client"] is None
