"""RFC 9293, section 3.9.1.1: OPEN as the user's interface has it, through the sockets of simulated hosts."""

import pytest

from course import Scenario, TcpParameters, faults
from course.tcp.state import State
from tests.talk import PORT, alone, answering, calling, error, hear, idle, say


def reusing(host, port=PORT):
    """A fresh socket at this port, which it may share (socket(7), SO_REUSEADDR)."""
    made = host.socket()
    made.setsockopt(host.SOL_SOCKET, host.SO_REUSEADDR, 1)
    made.bind(("", port))
    return made


def calls_without_waiting(host, peer):
    """A socket at the port, whose SYN has just left."""
    made = reusing(host)
    made.setblocking(False)  # noqa: FBT003 - the socket module's own signature
    assert error(made.connect, peer) == "EINPROGRESS"
    return made


def late(program, begins=1):
    """The same program, but later."""
    return lambda host: host.sleep(begins) or program(host)


# ---------------------------------------------------------------- MUST-41


def test_a_second_passive_open_on_a_port_is_an_error_and_the_first_goes_on():
    """RFC 9293 3.9.1.1, MUST-41."""

    def server(host):
        with reusing(host) as listener, reusing(host) as second:
            listener.listen()
            refused = error(second.listen), error(host.create_server, ("", PORT))
            return refused, hear(host, listener.accept()[0])

    run = Scenario(server=server, client=late(calling(say(b"hello")))).run()

    assert run.results["server"] == (("EADDRINUSE", "EADDRINUSE"), b"hello")
    assert [change.after for change in run.trace.changes if change.after is State.LISTEN] == [State.LISTEN]


def test_a_passive_open_leaves_the_connections_alone_that_are_there():
    """RFC 9293 3.9.1.1, MUST-41."""

    def server(host):
        first = host.create_server(("", PORT))
        connection, _ = first.accept()
        first.close()
        second = host.create_server(("", PORT))
        said = hear(host, connection)
        connection.sendall(said)
        connection.close()
        return said, hear(host, second.accept()[0])

    def client(host, connection):
        host.sleep(1)
        connection.sendall(b"before")
        connection.shutdown(host.SHUT_WR)
        return hear(host, connection)

    run = Scenario(server=server, client=calling(client), other=late(calling(say(b"after")), 2)).run()

    assert run.results["server"] == (b"before", b"after")
    assert run.results["client"] == b"before"


# ---------------------------------------------------------------- MUST-42


def test_one_can_listen_on_a_port_that_calls():
    """RFC 9293 3.9.1.1, MUST-42: a connection with this local port is in SYN-SENT."""

    def server(host):
        calls_without_waiting(host, ("10.9.9.9", PORT))
        with reusing(host) as listener:
            listener.listen()
            return hear(host, listener.accept()[0])

    run = Scenario(server=server, client=late(calling(say(b"hello")))).run(until=10)

    assert run.results["server"] == b"hello"
    assert [change.after for change in run.trace.changes if change.host == "server"][:2] == [
        State.SYN_SENT,
        State.LISTEN,
    ]


def test_one_can_listen_on_a_port_whose_call_has_been_crossed():
    """RFC 9293 3.9.1.1, MUST-42: a connection with this local port is in SYN-RECEIVED."""

    def server(host):
        crossing = calls_without_waiting(host, ("client", PORT))
        host.sleep(0.07)  # the SYNs have crossed, their acknowledgments have not arrived
        with reusing(host) as listener:
            listener.listen()
            heard = hear(host, listener.accept()[0])
        return heard, crossing.getpeername()

    def client(host):
        crossing = calls_without_waiting(host, ("server", PORT))
        host.sleep(1)
        return crossing.getpeername()

    run = Scenario(server=server, client=client, other=late(calling(say(b"hello")))).run(until=10)

    assert run.results["server"] == (b"hello", ("10.0.0.2", PORT))
    assert run.results["client"] == ("10.0.0.1", PORT)
    assert [change.after for change in run.trace.changes if change.host == "server"][:4] == [
        State.SYN_SENT,
        State.SYN_RECEIVED,
        State.LISTEN,
        State.ESTABLISHED,
    ]


# ---------------------------------------------------------------- MUST-43 to MUST-45


def test_a_caller_may_name_its_local_address_but_only_one_that_it_has():
    """RFC 9293 3.9.1.1, MUST-43."""

    def client(host):
        other = error(host.create_connection, ("server", PORT), None, ("server", 5000))
        with host.create_connection(("server", PORT), source_address=("10.0.0.2", 5000)) as connection:
            return other, connection.getsockname()

    run = Scenario(server=answering(hear), client=client).run()
    first = run.trace.sent[0]

    assert run.results["client"] == ("EADDRNOTAVAIL", ("10.0.0.2", 5000))
    assert (first.packet.source, first.segment.source_port) == ("10.0.0.2", 5000)


def test_a_listener_may_name_its_local_address_but_only_one_that_it_has():
    """RFC 9293 3.9.1.1, MUST-43."""

    def server(host):
        other = error(host.create_server, ("client", PORT))
        with host.create_server(("10.0.0.1", PORT)) as listener:
            return other, listener.getsockname(), listener.accept()[0].getsockname()

    run = Scenario(server=server, client=calling(idle)).run()

    assert run.results["server"] == ("EADDRNOTAVAIL", ("10.0.0.1", PORT), ("10.0.0.1", PORT))


def test_a_caller_that_names_no_local_address_gets_its_host_s_before_the_syn_leaves():
    """RFC 9293 3.9.1.1, MUST-44."""

    def client(host):
        with host.socket() as made:
            before = made.getsockname()
            made.connect(("server", PORT))
            return before, made.getsockname()

    run = Scenario(server=answering(hear), client=client).run()
    syn, opened = run.trace.sent[0], next(change for change in run.trace.changes if change.host == "client")

    assert run.results["client"] == (("0.0.0.0", 0), ("10.0.0.2", 49_152))
    assert (opened.after, opened.local) == (State.SYN_SENT, ("10.0.0.2", 49_152))
    assert (syn.segment.flags, syn.packet.source, syn.segment.source_port) == (("SYN",), "10.0.0.2", 49_152)


def test_a_connection_keeps_its_local_addresses_whatever_it_sends():
    """RFC 9293 3.9.1.1, MUST-45: also what is sent again, and the answer to a call that named an address."""
    lost = [faults.drop("client", 1), faults.drop("server", 1), faults.drop("client", 4)]
    run = Scenario(server=answering(hear), client=calling(say(bytes(5000))), faults=lost).run()
    ends = {(sent.sender, sent.packet.source, sent.packet.destination) for sent in run.trace.sent}

    assert ends == {("client", "10.0.0.2", "10.0.0.1"), ("server", "10.0.0.1", "10.0.0.2")}
    assert len({sent.segment.source_port for sent in run.trace.sent if sent.sender == "client"}) == 1
    assert len([sent for sent in run.trace.sent if sent.segment.syn]) == 4


def test_a_reset_comes_from_the_address_that_was_called():
    """RFC 9293 3.9.1.1, MUST-45."""
    run = Scenario(server=idle, client=lambda host: error(host.create_connection, ("server", PORT))).run()
    syn, reset = run.trace.sent

    assert run.results["client"] == "ECONNREFUSED"
    assert (reset.packet.source, reset.segment.source_port) == (syn.packet.destination, syn.segment.destination_port)
    assert (reset.packet.destination, reset.segment.destination_port) == (syn.packet.source, syn.segment.source_port)


def test_a_call_to_nobody_keeps_its_address_and_its_port():
    """RFC 9293 3.9.1.1, MUST-45."""

    def client(host):
        return error(host.create_connection, ("10.9.9.9", PORT))

    run = Scenario(client=client, tcp=TcpParameters(r2_syn=10)).run()

    assert run.results["client"] == "ETIMEDOUT"
    assert len(run.trace.sent) > 3
    assert {(sent.packet.source, sent.segment.source_port) for sent in run.trace.sent} == {("10.0.0.1", 49_152)}


# ---------------------------------------------------------------- MUST-46


@pytest.mark.parametrize("address", ["224.0.0.1", "239.1.2.3", "255.255.255.255"])
def test_a_call_to_many_hosts_at_once_is_refused(address):
    """RFC 9293 3.9.1.1, MUST-46; connect(2), ENETUNREACH: measured on Linux."""

    def program(host):
        with host.socket() as made:
            return error(made.connect, (address, PORT))

    assert alone(program) == "ENETUNREACH"
