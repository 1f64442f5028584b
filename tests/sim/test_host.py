"""The simulated host: callers that wait for accept(), and the queue that they wait in."""

import pytest

from course import Scenario, TcpParameters, faults
from course.tcp.segment import Why
from course.tcp.state import State
from tests.talk import PORT, answering, calling, error, hear, reset, say


def lunch(backlog, until=10.0):
    """A server that listens, and accepts nobody until some time."""

    def server(host):
        listener = host.create_server(("", PORT), backlog=backlog)
        host.sleep(until)
        heard = []
        while True:
            connection, _ = listener.accept()
            with connection:
                heard.append(hear(host, connection))
                host.heard = heard

    return server


def caller(begins, word=b"hello"):
    """Call at that moment, say a word, and tell when connect() had returned."""

    def client(host):
        host.sleep(begins)
        with host.create_connection(("server", PORT)) as connection:
            connected = host.now()
            connection.sendall(word)
            connection.shutdown(host.SHUT_WR)
            hear(host, connection)
        return connected

    return client


def test_a_connection_is_established_and_takes_octets_before_anybody_accepts_it():
    """Misconceptions M01, M02, M28; RFC 9293, sections 3.10.7.2 and 3.10.7.4, fifth."""
    run = Scenario(server=lunch(128), client=caller(0)).run(until=5)

    established = [change.host for change in run.trace.changes if change.after is State.ESTABLISHED]
    assert established == ["client", "server"]
    assert run.trace.dropped == []
    syn, last = run.trace.sent[0], run.trace.sent[-1]
    assert (last.sender, last.segment.ack) == ("server", syn.segment.seq + len(b"hello") + 2)  # SYN and FIN count


@pytest.mark.parametrize("backlog", [0, 1, 2, 5])
def test_backlog_n_admits_n_plus_1_callers_and_the_rest_wait(backlog):
    """Misconceptions M03, M04, M06; listen(2): "the request may be ignored so that a later reattempt succeeds"."""
    clients = {f"c{n}": caller(n) for n in range(backlog + 3)}
    run = Scenario(server=lunch(backlog), **clients).run()

    connected = [run.results[name] for name in clients]
    assert connected[:-2] == [pytest.approx(n + 0.1) for n in range(backlog + 1)]
    assert min(connected[-2:]) > 10
    refused = [lost for lost in run.trace.dropped if lost.sent.segment.syn]
    assert {lost.sent.sender for lost in refused} == set(list(clients)[-2:])
    assert {lost.reason for lost in refused} == {"accept queue full"}


def test_a_negative_backlog_is_none():
    """As on Linux; listen(2) names no error for it."""
    run = Scenario(server=lunch(-5), a=caller(0), b=caller(1)).run()

    assert run.results["a"] < 10 < run.results["b"]


def test_listening_again_changes_the_backlog():
    def server(host):
        listener = host.create_server(("", PORT), backlog=0)
        host.sleep(0.5)
        listener.listen(1)
        host.sleep(10)

    run = Scenario(server=server, a=caller(0), b=caller(1), c=caller(2)).run(until=5)

    assert len([change for change in run.trace.changes if change.after is State.SYN_RECEIVED]) == 2


def test_those_who_call_at_the_same_time_all_hear_an_answer_and_are_served_in_the_end():
    """On Linux, too, the queue is asked once when the SYN comes, and again when the handshake is completed."""
    clients = {f"c{n}": caller(0, b"%d" % n) for n in range(5)}
    run = Scenario(server=lunch(1, until=1), **clients).run()

    assert [run.results[name] for name in clients] == [0.1] * 5
    completed = [
        record for record in run.trace.changes if record.host == "server" and record.after is State.ESTABLISHED
    ]
    assert [change for change in completed if change.at < 1] == completed[:2]
    assert len(completed) == 5


def test_what_waits_in_a_full_queue_goes_on_receiving():
    """As on Linux, measured: its octets wait in a receive queue of its own, however full the accept queue is."""
    run = Scenario(server=lunch(0), client=caller(0)).run(until=5)

    assert run.trace.dropped == []
    assert [sent.segment.why for sent in run.trace.sent if sent.segment.why is Why.TIMEOUT] == []


def test_a_full_queue_does_not_answer_for_connections_that_are_none():
    """RFC 9293, section 3.10.7.2: an ACK that comes to a listener from nowhere is answered by a reset."""

    def server(host):
        first = host.create_server(("", PORT), backlog=0)
        connection, _ = first.accept()
        reset(host, connection)
        host.sleep(2)
        connection.close()
        host.sleep(10)

    run = Scenario(
        server=server,
        a=calling(lambda host, connection: host.sleep(3) or error(connection.send, b"x") or host.sleep(1)),
        b=lambda host: host.sleep(1) or host.create_connection(("server", PORT)).recv(1),
        faults=[faults.drop_flags("server", "RST")],
    ).run(until=3.5)

    lost = [lost for lost in run.trace.dropped if lost.sent.sender == "a"]
    assert lost == []


def test_those_whom_nobody_accepted_are_reset_when_the_listener_closes():
    """Misconception M62."""

    def server(host):
        with host.create_server(("", PORT)) as listener:
            accepted, _ = listener.accept()
            host.sleep(1)
        accepted.sendall(b"still here")
        accepted.close()

    def second(host):
        host.sleep(0.5)
        connection = host.create_connection(("server", PORT))
        return error(connection.recv, 1), host.now()

    run = Scenario(server=server, first=calling(hear), second=second).run()

    assert run.results["first"] == b"still here"
    assert run.results["second"] == ("ECONNRESET", pytest.approx(1.2))


def test_a_handshake_that_is_under_way_when_the_listener_closes_is_reset():
    def server(host):
        with host.create_server(("", PORT)):
            host.sleep(0.12)  # the SYN ACK has left, its ACK is on its way

    run = Scenario(server=server, client=calling(lambda host, connection: error(connection.recv, 1))).run()

    assert run.results["client"] == "ECONNRESET"


def test_a_caller_who_resets_before_accept_is_accepted_all_the_same():
    """As on Linux: accept() gives a socket whose recv() says what happened."""

    def server(host):
        with host.create_server(("", PORT)) as listener:
            host.sleep(1)
            connection, peer = listener.accept()
            with connection:
                return error(connection.recv, 1), error(connection.getpeername), peer[0]

    run = Scenario(server=server, client=calling(reset)).run()

    assert run.results["server"] == ("ECONNRESET", "ENOTCONN", "10.0.0.2")


def test_a_caller_who_left_before_accept_is_heard_to_the_end():
    def server(host):
        with host.create_server(("", PORT)) as listener:
            host.sleep(1)
            return hear(host, listener.accept()[0])

    run = Scenario(server=server, client=calling(say(b"goodbye"))).run(until=5)

    assert run.results["server"] == b"goodbye"


def test_a_reset_during_the_handshake_lets_the_child_vanish():
    """RFC 9293, section 3.10.7.4, second: a passive connection returns to LISTEN; nobody is told."""

    def client(host):
        first = host.socket()
        first.settimeout(0.08)
        try:
            first.connect(("server", PORT))
        except TimeoutError:
            first.close()  # the SYN ACK comes to a port that is closed
        with host.create_connection(("server", PORT)) as second:
            second.sendall(b"second")

    run = Scenario(server=answering(hear), client=client).run()

    assert run.results["server"] == b"second"
    assert [str(change.event) for change in run.trace.changes if change.after is State.LISTEN] == [
        "passive OPEN",
        "rcv RST (note 1)",
    ]


def test_a_child_whose_syn_ack_is_never_acknowledged_times_out_and_the_listener_listens_on():
    def client(host):
        host.sleep(30)
        with host.create_connection(("server", PORT)) as connection:
            connection.sendall(b"hello")

    def ghost(host):
        made = host.socket()
        made.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        assert error(made.connect, ("server", PORT)) == "EINPROGRESS"

    run = Scenario(
        server=answering(hear),
        ghost=ghost,
        client=client,
        tcp=TcpParameters(r2_syn=5),
        faults=[faults.drop_if(lambda sent: sent.packet.destination == "10.0.0.2")],
    ).run()

    assert run.results["server"] == b"hello"
