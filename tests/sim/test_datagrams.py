"""UDP in the simulated network: datagrams are lost, late, twice, out of order, damaged, and nobody repairs it."""

import pytest

from course import Limits, Scenario, TcpParameters, faults, middleboxes
from course.apps import datagrams, echo
from course.errors import Deadlock, LimitExceeded
from course.ip.icmp import Message
from course.ip.udp import Datagram
from course.octets import internet_checksum
from course.trace import text
from tests.talk import PORT, alone, error

TWO = Scenario(server=datagrams.receiver, client=datagrams.sender, delay=0.050)
TWENTY = Scenario(server=datagrams.receiver, client=datagrams.sender_of_twenty)


def udp(host):
    return host.socket(host.AF_INET, host.SOCK_DGRAM)


def heard(*chosen):
    return TWO.with_faults(*chosen).run().results["server"]


def reasons(run):
    return [lost.reason for lost in run.trace.dropped]


# ------------------------------------------------ faults


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (faults.drop("client", 1), [b"again"]),
        (faults.delay("client", 1, by=0.3), [b"again", b"first"]),
        (faults.hold("client", 1, until=0.4), [b"again", b"first"]),
        (faults.duplicate("client", 1), [b"first", b"first", b"again"]),
        (faults.reorder("client", 1), [b"again", b"first"]),
        (faults.corrupt("client", 1), [b"again"]),
        (faults.cut(0), []),
        (faults.randomly(1), []),
        (faults.drop_if(lambda sent: sent.payload.data == b"again"), [b"first"]),
        (faults.drop_flags("client", "SYN"), [b"first", b"again"]),
    ],
    ids=repr,
)
def test_what_the_network_does_to_a_datagram_stays_done(fault, expected):
    assert heard(fault) == expected
    assert len(TWO.with_faults(fault).run().trace.sent) == 2


@pytest.mark.parametrize("data", [b"", b"x", b"hello", bytes(1000)])
def test_a_damaged_datagram_is_dropped_silently(data):
    def client(host):
        with udp(host) as made:
            made.sendto(data, ("server", PORT))

    run = Scenario(server=datagrams.receiver, client=client).with_faults(faults.corrupt("client", 1)).run()

    assert run.results["server"] == []
    assert len(run.trace.sent) == len(run.trace.dropped) == 1


def test_a_damaged_message_of_icmp_tells_nobody():
    run = (
        Scenario(server=datagrams.nobody, client=datagrams.connected_caller)
        .with_faults(faults.corrupt("server", 1))
        .run()
    )

    assert run.results["client"] == ["5", "TimeoutError"]
    assert reasons(run) == ["the checksum is wrong"]


def test_a_fifth_of_the_packets_is_lost_and_tcp_delivers_all_and_udp_does_not():
    """A13 of the curriculum."""
    loss = faults.randomly(0.2)
    stream = (
        Scenario(server=datagrams.stream_receiver, client=datagrams.stream_sender_of_twenty).with_faults(loss).run()
    )
    run = TWENTY.with_faults(loss).run()

    assert b"".join(stream.results["server"]) == b"".join(datagrams.TWENTY)
    assert 10 <= len(run.results["server"]) < 20
    assert run.results["server"] == [each for each in datagrams.TWENTY if each in run.results["server"]]
    assert len(run.trace.sent) == 20


def test_the_order_is_kept_where_nothing_happens_and_the_run_is_repeatable():
    assert TWENTY.run().results["server"] == list(datagrams.TWENTY)
    assert TWENTY.run().trace == TWENTY.run().trace


def test_a_full_queue_of_the_link_drops_datagrams():
    slow = Scenario(server=datagrams.receiver, client=datagrams.sender_of_twenty, rate=10_000, queue=4)
    run = slow.run()

    assert set(reasons(run)) == {"queue full"}
    assert run.trace.delivered[0].at == pytest.approx(0.050 + (20 + 8 + 5) * 8 / 10_000)


# ------------------------------------------------ the receive buffer


def test_what_finds_the_receive_buffer_full_is_lost_and_the_trace_says_why():
    def server(host):
        with udp(host) as made:
            made.setsockopt(host.SOL_SOCKET, host.SO_RCVBUF, 40)
            made.bind(("", PORT))
            host.sleep(1)
            made.settimeout(0)
            return [made.recv(100) for _ in range(4)], error(made.recv, 1)

    run = Scenario(server=server, client=datagrams.sender_of_twenty).run()

    assert run.results["server"] == (list(datagrams.TWENTY[:4]), "EAGAIN")
    assert reasons(run) == ["receive buffer full"] * 16


def test_empty_datagrams_fill_it_too():
    def server(host):
        with udp(host) as made:
            made.bind(("", PORT))
            for _ in range(100):
                made.sendto(b"", ("host", PORT))
            host.sleep(1)

    run = Scenario(host=server, tcp=TcpParameters(receive_buffer=80)).run()

    assert len(run.trace.delivered) == 10


# ------------------------------------------------ ICMP


def test_port_unreachable_quotes_what_was_sent():
    run = Scenario(server=datagrams.nobody, client=datagrams.connected_caller).run()
    datagram, message = (sent.payload for sent in run.trace.sent)

    assert datagram == Datagram(49152, 7001, b"hello")
    assert isinstance(message, Message)
    assert message.cause == (17, ("10.0.0.2", 49152), ("10.0.0.1", 7001))
    assert len(message.data) == 28


def test_nobody_answers_a_message_of_icmp():
    """RFC 1122, section 3.2.2: an error must not be answered by an error."""
    caller = datagrams.unconnected_caller

    def closing(host):
        with udp(host) as made:
            made.sendto(b"x", ("server", 7001))

    assert len(Scenario(server=datagrams.nobody, client=caller).run().trace.sent) == 2
    assert len(Scenario(server=datagrams.nobody, client=closing).run().trace.sent) == 2


def test_it_is_for_the_socket_that_sent_and_not_for_others():
    def client(host):
        with udp(host) as one, udp(host) as other:
            one.connect(("server", 7001))
            other.connect(("server", 7002))
            one.send(b"x")
            host.sleep(1)
            return [made.getsockopt(host.SOL_SOCKET, host.SO_ERROR) != 0 for made in (other, one)]

    assert Scenario(server=datagrams.nobody, client=client).run().results["client"] == [False, True]


def test_the_error_names_its_cause():
    def client(host):
        with udp(host) as made:
            made.connect(("server", 7001))
            made.send(b"x")
            made.recv(1)

    refused = Scenario(server=datagrams.nobody, client=client).run().results["client"]
    assert "an ICMP message has said so" in " ".join(refused.__notes__)


# ------------------------------------------------ sockets


def test_the_socket_with_that_peer_is_preferred_and_else_the_last_that_was_bound():
    def client(host):
        with udp(host) as one, udp(host) as other, udp(host) as sender:
            for each in (one, other):
                each.setsockopt(host.SOL_SOCKET, host.SO_REUSEADDR, 1)
                each.settimeout(0)
                each.bind(("", PORT))
            sender.sendto(b"to the last", ("host", PORT))
            host.sleep(0.1)
            one.connect(sender.getsockname())
            sender.sendto(b"to the peer", ("host", PORT))
            host.sleep(0.1)
            return other.recv(100), one.recv(100)

    assert alone(client) == (b"to the last", b"to the peer")


@pytest.mark.parametrize("address", [("255.255.255.255", PORT), ("224.0.0.1", PORT)])
def test_a_datagram_is_for_one_host(address):
    def program(host):
        return error(udp(host).sendto, b"x", address), error(udp(host).connect, address)

    assert alone(program) == ("ENETUNREACH", "ENETUNREACH")


def test_port_zero_is_nobodys():
    assert alone(lambda host: error(udp(host).sendto, b"x", ("host", 0))) == "EINVAL"


def test_a_datagram_to_an_address_of_nobody_is_lost():
    run = Scenario(host=lambda host: udp(host).sendto(b"x", ("10.0.0.9", PORT))).run()

    assert reasons(run) == ["no such host"]


def test_what_waits_goes_with_the_socket():
    def program(host):
        with udp(host) as one, udp(host) as sender:
            one.bind(("", PORT))
            sender.sendto(b"old", ("host", PORT))
            host.sleep(0.1)
            one.close()
            with udp(host) as other:
                other.bind(("", PORT))
                other.settimeout(0)
                return error(other.recv, 10)

    assert alone(program) == "EAGAIN"


def test_a_socket_has_no_descriptor_and_says_what_it_is():
    def program(host):
        made = udp(host)
        with pytest.raises(OSError, match="no file descriptor"):
            made.fileno()
        return made.proto, error(made.shutdown, 7), made.getsockname()

    assert alone(program) == (17, "EINVAL", ("0.0.0.0", 0))


# ------------------------------------------------ the end of a run


def test_who_waits_for_an_answer_that_cannot_come_is_named():
    """A socket that nobody can know of, since it was not bound, waits for one that will never send."""

    def client(host):
        with udp(host) as made:
            made.sendto(b"hello", ("server", PORT))
            return made.recvfrom(100)

    lossy = Scenario(server=datagrams.echo_server, client=client).with_faults(faults.drop("server", 1))
    with pytest.raises(Deadlock, match=r"client in socket 1: recvfrom\(100\) still waits"):
        lossy.run()


def test_two_that_echo_each_other_for_ever_are_stopped():
    def starting(host):
        with udp(host) as made:
            made.bind(("", PORT))
            made.sendto(b"x", ("server", PORT))
            while True:
                octets, sender = made.recvfrom(100)
                made.sendto(octets, sender)

    with pytest.raises(LimitExceeded):
        Scenario(server=datagrams.echo_server, client=starting).run(limits=Limits(segments=100))


# ------------------------------------------------ middleboxes, and hosts without power


WALLS = [middleboxes.firewall(idle=60, then=then) for then in ("drop", "reset", "reset both")]
BOXES = [*WALLS, middleboxes.nat(idle=60)]


def asking_after(seconds):
    """A program that says hello to the echo server, waits so long, and sees whether it still hears the server."""

    def client(host):
        with udp(host) as made:
            made.settimeout(5)
            made.connect(("server", PORT))
            made.send(b"first")
            first = made.recv(100)
            host.sleep(seconds)
            return first, error(made.recv, 100)

    return client


def telling_after(seconds):
    """A server that answers at once, and once more after so long."""

    def server(host):
        with udp(host) as made:
            made.bind(("", PORT))
            octets, sender = made.recvfrom(100)
            made.sendto(octets, sender)
            host.sleep(seconds)
            made.sendto(b"late", sender)

    return server


@pytest.mark.parametrize("box", BOXES, ids=str)
def test_datagrams_pass_a_middlebox_and_begin_a_flow_there(box):
    talk = Scenario(server=datagrams.echo_server, client=datagrams.echo_client, middleboxes=[box])
    refused = Scenario(server=datagrams.nobody, client=datagrams.connected_caller, middleboxes=[box])

    assert talk.run().results["client"] == b"hello"
    assert refused.run().results["client"] == ["5", "ConnectionRefusedError"]
    assert len(refused.run().trace.delivered) == 2


@pytest.mark.parametrize("box", BOXES, ids=str)
def test_a_flow_of_datagrams_is_forgotten_and_nobody_is_told(box):
    soon = Scenario(server=telling_after(50), client=asking_after(51), middleboxes=[box]).run()
    late = Scenario(server=telling_after(70), client=asking_after(71), middleboxes=[box]).run()

    assert soon.results["client"] == (b"first", None)
    assert late.results["client"] == (b"first", "TimeoutError")
    assert reasons(late) == ["flow forgotten"]
    assert len(late.trace.sent) == 3


def test_a_nat_makes_an_error_about_what_was_sent_from_inside():
    run = Scenario(server=datagrams.nobody, client=datagrams.connected_caller, middleboxes=[middleboxes.nat()]).run()
    outside, inside = run.trace.sent[1].payload, run.trace.delivered[1].sent.packet

    assert outside.cause.source == ("203.0.113.1", 40_001)
    assert inside.destination == "10.0.0.2"
    assert inside.payload.cause == (17, ("10.0.0.2", 49152), ("10.0.0.1", 7001))
    assert internet_checksum(inside.payload.data[:20]) == 0


def test_nobody_outside_of_a_nat_begins_a_flow():
    def server(host):
        with udp(host) as made:
            made.sendto(b"x", ("203.0.113.1", 40_001))

    run = Scenario(server=server, client=lambda host: None, middleboxes=[middleboxes.nat()]).run()

    assert reasons(run) == ["nobody behind this port"]


def test_tcp_and_udp_between_the_same_ends_are_two_flows():
    """The connection goes on, and the datagrams' flow is forgotten meanwhile."""

    def client(host):
        with host.create_connection(("server", PORT)) as connection, udp(host) as made:
            made.bind(connection.getsockname())
            made.sendto(b"x", ("server", PORT))
            for _ in range(3):
                host.sleep(50)
                connection.sendall(b"hello")
                connection.recv(100)
            host.sleep(1)

    def server(host):
        with udp(host) as made:
            made.bind(("", PORT))
            host.spawn(echo.server)
            _, sender = made.recvfrom(100)
            host.sleep(100)
            made.sendto(b"late", sender)

    run = Scenario(server=server, client=client, middleboxes=[middleboxes.firewall(idle=60)]).run()

    assert reasons(run) == ["flow forgotten"]
    assert isinstance(run.trace.dropped[0].sent.payload, Datagram)


def test_a_host_that_was_without_power_has_no_ports_any_more():
    def client(host):
        with udp(host) as made:
            made.connect(("server", PORT))
            made.settimeout(0.5)
            heard = []
            for _ in range(3):
                made.send(b"hello")
                heard.append(error(made.recv, 100))
                host.sleep(1)
            return heard

    outage = faults.power_off("server", at=0.5, back=1.9, restart=False)
    run = Scenario(server=datagrams.echo_server, client=client).with_faults(outage).run()

    assert run.results["client"] == [None, "TimeoutError", "ECONNREFUSED"]
    assert reasons(run) == ["server has no power"]


def test_a_killed_process_leaves_its_port():
    killed = faults.kill("server", at=0)
    run = Scenario(server=datagrams.echo_server, client=datagrams.connected_caller).with_faults(killed).run()

    assert run.results["client"] == ["5", "ConnectionRefusedError"]


# ------------------------------------------------ the record


def test_the_trace_reads_as_one_says_it():
    lines = text.table(Scenario(server=datagrams.nobody, client=datagrams.connected_caller).run().trace)

    assert "socket(type=SOCK_DGRAM)" in lines
    assert "connect() → peer fixed" in lines
    assert "[client 1] datagram from port 49152 to 7001 (5)" in lines
    assert "[server 1] ICMP port unreachable: UDP port 7001 of 10.0.0.1" in lines


def test_a_long_datagram_is_kept_short_in_the_record():
    def client(host):
        with udp(host) as made:
            made.bind(("", PORT))
            made.sendto(bytes(1000), ("host", PORT))
            return len(made.recvfrom(2000)[0])

    run = Scenario(host=client).run()

    assert run.results["host"] == 1000
    assert "(1000 octets)" in str(run.trace)
