"""The two queues of a listener, what happens when they are full, and SYN cookies (RFC 4987; RFC 9293, 3.10.7.2)."""

import errno

import pytest

from course import Scenario, State, TcpParameters, faults
from course.apps import flood
from course.sim.listener import Listener
from course.tcp.connection import Connection
from course.tcp.cookies import PERIOD, VALID
from course.tcp.segment import Segment, Why
from tests.talk import PORT, error

SERVER = ("server", PORT)


def lunch(until, backlog=128):
    """A server that listens, and accepts nobody before that moment; then it greets everybody."""

    def server(host):
        with host.create_server(("", PORT), backlog=backlog) as listener:
            host.sleep(until)
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.sendall(b"welcome")

    return server


def client(begins=0.5):
    """An honest caller: what it heard, or the errno, and when."""

    def call(host):
        host.sleep(begins)
        try:
            with host.create_connection(SERVER) as connection:
                return connection.recv(100), host.now()
        except OSError as failed:
            return errno.errorcode[failed.errno], host.now()

    return call


def besieged(handshakes=10, begins=0.5, more=(), tcp=None, until=None, patience=1000.0, server=None, **knobs):
    """A flood of handshakes that are never completed, and an honest caller half a second later."""
    return Scenario(
        server=server or lunch(0), attacker=flood.attacker(handshakes, patience), client=client(begins),
        faults=[faults.drop_flags("attacker", "ACK"), *more],
        tcp={"server": TcpParameters(syn_queue=4, **knobs), **(tcp or {})},
    ).run(until=until)  # fmt: skip


def sent(run, why, sender="server"):
    return [each for each in run.trace.sent if each.segment.why is why and each.sender == sender]


def reached(run, state):
    """Which callers' connections at the server came into this state."""
    names = {address: name for name, address in run.trace.hosts.items()}
    changes = [each for each in run.trace.changes if each.host == "server" and each.remote and each.after is state]
    return [(each.at, names[each.remote[0]]) for each in changes]


# ---------------------------------------------------------------- the queue of handshakes


def test_a_full_queue_of_handshakes_drops_further_syns_and_the_honest_caller_waits():
    """RFC 4987, section 2.2."""
    run = besieged(until=100)

    lost = [dropped for dropped in run.trace.dropped if dropped.reason == "SYN queue full"]
    assert len(reached(run, State.SYN_RECEIVED)) == 4
    assert {dropped.sent.segment.flags for dropped in lost} == {("SYN",)}
    assert [each.at for each in lost if each.sent.sender == "client"] == pytest.approx(
        [0.55, 1.55, 3.55, 7.55, 15.55, 31.55, 63.55]
    )
    assert "client" not in run.results


def test_a_full_queue_of_handshakes_may_answer_by_resets():
    """RFC 4987, section 2.1: a knob; a caller that is refused knows at once."""
    run = besieged(until=100, when_full="reset")

    assert run.results["client"] == ("ECONNREFUSED", pytest.approx(0.6))
    refusal = sent(run, Why.QUEUE_FULL)[-1].segment
    assert (refusal.rst, refusal.flags) == (True, ("RST", "ACK"))


def test_no_queue_of_handshakes_lets_nobody_in():
    """RFC 4987, section 2: even the first of them needs a place."""
    run = Scenario(server=lunch(0), client=client(), tcp={"server": TcpParameters(syn_queue=0)}).run(until=10)

    assert reached(run, State.SYN_RECEIVED) == []
    assert {dropped.reason for dropped in run.trace.dropped} == {"SYN queue full"}


def test_a_place_in_the_queue_is_free_again_once_the_handshake_is_completed():
    """RFC 4987, section 2: it holds who is half-way, and nobody else."""
    callers = {f"c{n}": client(n * 0.11) for n in range(5)}
    run = Scenario(server=lunch(0), **callers, tcp={"server": TcpParameters(syn_queue=1)}).run()

    assert {heard for heard, _ in run.results.values()} == {b"welcome"}
    assert run.trace.dropped == []


def test_a_place_in_the_queue_is_free_again_once_the_caller_has_reset_it():
    """RFC 9293, figure 5, note 1: back to LISTEN, that is: nowhere."""

    def fickle(host):
        with host.socket() as caller:
            caller.settimeout(0)
            caller.connect_ex(SERVER)

    run = Scenario(
        server=lunch(0), fickle=fickle, client=client(0.5), tcp={"server": TcpParameters(syn_queue=1)}
    ).run()  # fmt: skip

    assert [state for _, state in reached(run, State.LISTEN)] == ["fickle"]
    assert run.results["client"] == (b"welcome", pytest.approx(0.7))


def test_the_listener_gives_up_on_who_never_completes_and_has_room_again():
    """RFC 9293, section 3.8.3, MUST-22, MUST-23: its SYN,ACK is repeated for three minutes, then the child vanishes."""
    run = besieged(handshakes=4, begins=200.0)

    repeated = [each.at for each in sent(run, Why.TIMEOUT) if each.at < 200]
    assert sorted(set(repeated)) == pytest.approx([0.05 + seconds for seconds in (1, 3, 7, 15, 31, 63, 123)])
    assert [(at, name) for at, name in reached(run, State.CLOSED)][:4] == 4 * [(pytest.approx(183.05), "attacker")]
    assert run.results["client"] == (b"welcome", pytest.approx(200.2))


# ---------------------------------------------------------------- the queue of connections


@pytest.mark.parametrize("backlog", [0, 3])
def test_one_more_than_the_backlog_may_wait_and_further_callers_are_dropped(backlog):
    """listen(2); as on Linux."""
    callers = {f"c{n}": client(n * 0.2) for n in range(backlog + 2)}
    run = Scenario(server=lunch(50, backlog), **callers).run()

    lost = [dropped for dropped in run.trace.dropped if dropped.reason == "accept queue full"]
    assert {dropped.sent.sender for dropped in lost} == {f"c{backlog + 1}"}
    assert len([at for at, _ in reached(run, State.ESTABLISHED) if at < 50]) == backlog + 1
    assert {heard for heard, _ in run.results.values()} == {b"welcome"}


def test_a_full_queue_of_connections_may_answer_a_syn_by_a_reset():
    """RFC 4987, section 2.1: a knob; as on Linux with tcp_abort_on_overflow."""
    knobs = {"server": TcpParameters(when_full="reset")}
    run = Scenario(server=lunch(50, backlog=0), a=client(0), b=client(0.5), tcp=knobs).run(until=20)

    assert run.results == {"b": ("ECONNREFUSED", pytest.approx(0.6))}
    assert [each.segment.flags for each in sent(run, Why.QUEUE_FULL)] == [("RST", "ACK")]


def test_a_full_queue_of_connections_may_answer_the_last_ack_of_a_handshake_by_a_reset():
    """RFC 4987, section 2.1: the queue was not full yet when the SYN came."""
    knobs = {"server": TcpParameters(when_full="reset")}
    run = Scenario(server=lunch(50, backlog=0), a=client(0), b=client(0), tcp=knobs).run(until=20)

    assert run.results == {"b": ("ECONNRESET", pytest.approx(0.2))}
    assert [each.at for each in sent(run, Why.QUEUE_FULL)] == pytest.approx([0.15])
    assert [name for _, name in reached(run, State.CLOSED)] == ["b"]


# ---------------------------------------------------------------- cookies


def test_with_cookies_the_honest_caller_is_served_at_once():
    """RFC 4987, section 3.6: nothing is remembered of who is answered by a cookie."""
    run = besieged(until=100, syn_cookies=True)

    assert run.results["client"] == (b"welcome", pytest.approx(0.7))
    assert len(reached(run, State.SYN_RECEIVED)) == 4 + 1  # the honest one, when its ACK comes
    assert {dropped.sent.sender for dropped in run.trace.dropped} == {"attacker"}
    assert len(sent(run, Why.SYN_COOKIE)) >= 6 + 1


def test_cookies_are_made_only_when_the_queue_is_full():
    """RFC 4987, section 3.6: a connection that is remembered is a better one."""
    run = besieged(handshakes=3, until=100, syn_cookies=True)

    assert run.results["client"][0] == b"welcome"
    assert sent(run, Why.SYN_COOKIE) == []


def test_a_lost_cookie_is_asked_for_again_by_the_caller():
    """RFC 4987, section 3.6: the server cannot repeat what it does not remember."""
    first = [each for each in besieged(syn_cookies=True, until=0.6).trace.sent if each.sender == "server"][-1]
    run = besieged(until=100, syn_cookies=True, more=[faults.drop("server", first.ordinal)])

    assert first.segment.why is Why.SYN_COOKIE
    assert run.results["client"] == (b"welcome", pytest.approx(1.7))


def test_the_mss_survives_a_cookie_and_scale_and_timestamps_do_not():
    """RFC 4987, section 3.6: 24 bits of proof leave three for the size of segments."""
    knobs = {"mss": 1300, "window_scale": 2, "receive_buffer": 200_000, "timestamps": True}

    def greet(host):
        with host.create_server(("", PORT)) as listener, listener.accept()[0] as connection:
            connection.sendall(bytes(20_000))

    run = besieged(until=5, syn_cookies=True, tcp={"client": TcpParameters(**knobs)}, window_scale=2, timestamps=True,
                   server=greet)  # fmt: skip

    cookie = [each.segment for each in sent(run, Why.SYN_COOKIE) if each.packet.destination == "10.0.0.3"]
    assert [answer.options.window_scale for answer in cookie] == [None]
    assert [answer.options.timestamps for answer in cookie] == [None]
    to_client = [each.segment for each in run.trace.sent if each.packet.destination == "10.0.0.3"]
    assert max(len(segment.data) for segment in to_client) == 1300
    assert {segment.options.timestamps for segment in to_client} == {None}
    assert run.results["client"][0] != b""


@pytest.mark.parametrize(("age", "welcome"), [(PERIOD - 1, True), (VALID * PERIOD + 1, False)])
def test_a_cookie_is_good_for_a_minute_at_least_and_not_for_ever(age, welcome):
    """RFC 4987, section 3.6: who answers too late is answered by a reset, as any stranger."""
    late = [faults.hold("client", 2, until=0.6 + age), faults.cut(1, 0.6 + age)]

    def patient(host):
        host.sleep(0.5)
        with host.create_connection(SERVER) as connection:
            return error(connection.recv, 100)

    run = Scenario(
        server=lunch(0), attacker=flood.attacker(4, 1000.0), client=patient,
        faults=[faults.drop_flags("attacker", "ACK"), *late],
        tcp={"server": TcpParameters(syn_queue=4, syn_cookies=True)},
    ).run(until=300)  # fmt: skip

    assert run.results["client"] == (None if welcome else "ECONNRESET")
    assert len(sent(run, Why.BAD_ACK)) == (0 if welcome else 1)


def forged(**changes):
    """What a listener makes of an ACK that answers its cookie, but for these changes; and what of the true one."""
    connection = Connection(("10.0.0.1", PORT), parameters=TcpParameters(syn_cookies=True))
    connection.open_passive()
    listener, remote = Listener(connection, 5), ("10.0.0.2", 4000)
    syn = Segment(4000, PORT, seq=100, window=1000, syn=True)
    (answer,) = listener.answer_by_cookie(syn, remote, "secret", 0.0)
    true = Segment(4000, PORT, seq=101, ack=(answer.seq + 1) % 2**32, window=1000)
    assert listener.child_by_cookie(true, remote, "secret", 0.2) is not None
    remote, secret = changes.pop("remote", remote), changes.pop("secret", "secret")
    return listener.child_by_cookie(true._replace(**changes), remote, secret, 0.2)


@pytest.mark.parametrize(
    "changes",
    [{"seq": 102}, {"ack": 77}, {"ack": None}, {"syn": True}, {"rst": True}, {"remote": ("10.0.0.9", 4000)},
     {"remote": ("10.0.0.2", 4001)}, {"secret": "guess"}],
    ids=str,
)  # fmt: skip
def test_only_who_got_the_cookie_can_use_it(changes):
    """RFC 4987, section 3.6; the rest is answered by a reset, as any ACK in LISTEN (RFC 9293, 3.10.7.2, second)."""
    assert forged(**changes) is None
