"""TIME-WAIT in the simulated network: who has to wait for it, and when it gives way (RFC 9293, 3.6.1; RFC 6191)."""

import pytest

from course import Scenario, State, TcpParameters, faults
from course.tcp.seq import precedes
from course.tcp.timers import Timer
from course.trace.record import Expired
from tests.talk import PORT, error, hear

SOURCE = 5000


def call(host, word, patience=None):
    """Call from our own port, always the same one, and tell what was heard; the server closes first."""
    with host.socket() as caller:
        caller.setsockopt(host.SOL_SOCKET, host.SO_REUSEADDR, 1)
        caller.bind(("", SOURCE))
        caller.settimeout(patience)
        caller.connect(("server", PORT))
        caller.sendall(word)
        heard = hear(host, caller)
    host.sleep(0.5)
    return heard


def echo_once(host, listener):
    """Send one caller's word back, and close before the caller does."""
    connection, _ = listener.accept()
    with connection:
        connection.sendall(connection.recv(100))


def server(host):
    with host.create_server(("", PORT)) as listener:
        while True:
            echo_once(host, listener)


def twice(host):
    return call(host, b"one"), host.now(), call(host, b"two"), host.now()


def states(run, host="server"):
    """What became of that host's connections, with the moments."""
    return [(change.at, change.after) for change in run.trace.changes if change.host == host and change.remote]


@pytest.mark.parametrize("timestamps", [False, True])
def test_the_same_two_ends_can_be_connected_again_at_once(timestamps):
    """RFC 9293, section 3.6.1, MAY-2; RFC 6191: the new SYN is newer than all that was."""
    run = Scenario(server=server, client=twice, tcp=TcpParameters(timestamps=timestamps)).run()

    assert run.results["client"] == (b"one", pytest.approx(0.7), b"two", pytest.approx(1.4))
    assert [state for _, state in states(run)].count(State.ESTABLISHED) == 2
    ends = {(change.local, change.remote) for change in run.trace.changes if change.host == "server" and change.remote}
    assert len(ends) == 1


def test_our_new_numbers_begin_beyond_all_the_old_ones():
    """RFC 9293, section 3.6.1, MAY-2, condition (1): also where a knob fixes the initial number."""
    run = Scenario(server=server, client=twice, tcp={"server": TcpParameters(iss=77)}).run()

    first, second = [sent.segment.seq for sent in run.trace.sent if sent.sender == "server" and sent.segment.syn]
    used = [sent.segment for sent in run.trace.sent if sent.sender == "server" and sent.at < 0.7]
    assert run.results["client"][2] == b"two"
    assert first == 77
    assert all(precedes(segment.seq + segment.len - 1, second) for segment in used)


def test_the_new_connection_ends_the_waiting_of_the_old_one():
    """RFC 9293, section 3.6.1: there is one connection between two ends, and only its TIME-WAIT runs out."""
    run = Scenario(server=server, client=twice, tcp=TcpParameters(msl=30)).run()

    over = [record.at for record in run.trace if isinstance(record, Expired) and record.timer is Timer.TIME_WAIT]
    begun = [at for at, state in states(run) if state is State.TIME_WAIT]
    assert len(begun) == 2
    assert over == [pytest.approx(begun[1] + 60)]


def test_without_a_listener_time_wait_stays():
    """RFC 9293, section 3.6.1, MAY-2: only a listener takes a new connection; the SYN is challenged instead."""

    def once(host):
        with host.create_server(("", PORT)) as listener:
            echo_once(host, listener)

    def client(host):
        return call(host, b"one"), error(call, host, b"two", 0.5)

    run = Scenario(server=once, client=client).run(until=1.5)

    assert run.results["client"][0] == b"one"
    answers = [sent for sent in run.trace.sent if sent.sender == "server" and 0.7 < sent.at < 1.2]
    assert answers[0].segment.flags == ("ACK",)
    assert State.SYN_RECEIVED not in [state for at, state in states(run) if at > 0.7]


def test_a_full_queue_takes_nobody_in_through_time_wait():
    """As any other caller: the SYN is dropped, and the old connection stays where it is."""

    def busy(host):
        with host.create_server(("", PORT), backlog=0) as listener:
            echo_once(host, listener)
            host.sleep(5)

    def other(host):
        host.sleep(0.4)
        with host.create_connection(("server", PORT)) as waiting:
            waiting.recv(1)

    def client(host):
        return call(host, b"one"), error(call, host, b"two", 0.9)

    run = Scenario(server=busy, client=client, other=other).run(until=4)

    assert [dropped.reason for dropped in run.trace.dropped] == ["accept queue full"]
    assert run.results["client"] == (b"one", "TimeoutError")


@pytest.mark.parametrize("knobs", [{"syn_cookies": True}, {"when_full": "reset"}], ids=str)
def test_a_caller_through_time_wait_for_whom_there_is_no_room_hears_nothing(knobs):
    """The old connection goes on between these two ends: it would not know what to do with the ACK of a cookie."""

    def attacker(host):
        host.sleep(0.4)
        with host.socket() as half_open:
            half_open.settimeout(0)
            half_open.connect_ex(("server", PORT))
            host.sleep(5)

    def client(host):
        return call(host, b"one"), error(call, host, b"two", 0.9)

    full = {"server": TcpParameters(syn_queue=1, **knobs)}
    run = Scenario(
        server=server, client=client, attacker=attacker, faults=[faults.drop_flags("attacker", "ACK")], tcp=full
    ).run(until=4)

    reasons = [dropped.reason for dropped in run.trace.dropped if dropped.sent.sender == "client"]
    assert reasons == ["SYN queue full"]
    assert run.results["client"] == (b"one", "TimeoutError")


# ---------------------------------------------------------------- an old duplicate


def haunted(**more):
    """The SYN of the second call is held up in the network for so long that the client has given it up by then."""

    def client(host):
        first = call(host, b"one")
        return first, error(call, host, b"two", 0.2)

    late = [faults.hold("client", 5, until=20)]
    return Scenario(server=server, client=client, faults=late, tcp=TcpParameters(msl=30), **more)


def test_if_the_newer_syn_was_nobodys_the_old_connection_waits_on():
    """RFC 9293, section 3.6.1, MAY-2, condition (2): "returns to TIME-WAIT if the SYN was an old duplicate"."""
    run = haunted().run()

    syns = [sent for sent in run.trace.sent if sent.sender == "client" and sent.segment.syn]
    assert [sent.name for sent in syns] == ["client 1", "client 5"]
    assert run.results["client"] == (b"one", "TimeoutError")
    after = [(at, state) for at, state in states(run) if at > 1]
    begun = next(at for at, state in states(run) if state is State.TIME_WAIT)
    assert after == [
        (20, State.SYN_RECEIVED),
        (20.1, State.LISTEN),  # the client resets what it does not know
        (pytest.approx(begun + 60), State.CLOSED),
    ]


def test_it_waits_no_longer_than_it_would_have_and_no_shorter():
    """RFC 9293, section 3.6.1: its own 2 MSL go on meanwhile; here they are over before anybody answers."""
    run = haunted().with_faults(faults.drop_flags("client", "RST")).run()

    over = [record.at for record in run.trace if isinstance(record, Expired) and record.timer is Timer.TIME_WAIT]
    gone = [at for at, state in states(run) if state is State.CLOSED]
    assert gone[0] == pytest.approx(20 + 183)  # the listener gives up on its child (R2 of a SYN)
    assert over == [gone[1]] == [gone[0]]
