"""Keep-alive through sockets: how a dead peer is noticed, and that asking keeps no run going (RFC 9293, 3.8.4)."""

import errno
import math

import pytest

from course import Limits, Scenario, TcpParameters, faults
from course.errors import Deadlock, LimitExceeded
from course.tcp.segment import Why
from tests.talk import PORT, answering, calling, hear, talk

CUT = faults.cut(at=1)  # long after the handshake
ALWAYS = TcpParameters(keep_alive=True)


def keep_alive(host, connection, idle=None, interval=None, count=None):
    """Turn it on for this socket, and set what is given."""
    connection.setsockopt(host.SOL_SOCKET, host.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", idle), ("TCP_KEEPINTVL", interval), ("TCP_KEEPCNT", count)):
        if value is not None:
            connection.setsockopt(host.IPPROTO_TCP, getattr(host, name), value)


def waiting(**knobs):
    """Wait for octets with keep-alive on; the error's type and number, and when it came."""

    def wait(host, connection):
        keep_alive(host, connection, **knobs)
        try:
            connection.recv(1)
        except OSError as failed:
            return type(failed), failed.errno, host.now()

    return wait


def asleep(host, connection):
    host.sleep(100_000)


def questions(run, why=Why.KEEP_ALIVE):
    """When the client sent such segments."""
    return [sent.at for sent in run.trace.sent if sent.segment.why is why and sent.sender == "client"]


# ---------------------------------------------------------------- a dead peer


def test_whoever_waits_for_a_peer_that_was_cut_off_hears_after_two_hours_and_nine_questions():
    """RFC 9293, section 3.8.4, MUST-28, MUST-29; tcp(7): ETIMEDOUT."""
    run = talk(asleep, waiting(), faults=[CUT])

    last_heard = 0.1  # the SYN,ACK
    assert run.results["client"] == (TimeoutError, errno.ETIMEDOUT, pytest.approx(last_heard + 7200 + 9 * 75))
    assert questions(run) == [pytest.approx(last_heard + 7200 + n * 75) for n in range(9)]
    assert len(questions(run, Why.NO_ANSWER)) == 1


def test_silence_idle_time_and_number_of_questions_can_be_set_on_the_socket():
    """tcp(7): TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT; RFC 9293, section 3.8.4, MUST-24, MUST-27."""
    run = talk(asleep, waiting(idle=60, interval=5, count=3), faults=[CUT])

    assert run.results["client"][2] == pytest.approx(0.1 + 60 + 3 * 5)
    assert len(questions(run)) == 3


def test_a_silence_shorter_than_the_rto_is_kept():
    """RFC 9293, section 3.8.4: keep-alive has clocks of its own; RFC 6298's minimum is for what is sent again."""
    knobs = TcpParameters(keep_alive=True, keep_idle=0.3, keep_interval=0.2, keep_count=2)
    run = talk(asleep, waiting(), tcp={"client": knobs}, faults=[faults.cut(at=0.2)])

    assert run.results["client"][1:] == (errno.ETIMEDOUT, pytest.approx(0.1 + 0.3 + 2 * 0.2))


def test_without_keep_alive_the_end_of_a_cable_is_never_noticed():
    """RFC 9293, section 3.8.4, MUST-25: off, unless asked for."""
    with pytest.raises(Deadlock, match=r"client in socket 1: recv\(1\)"):
        talk(lambda host, connection: host.sleep(5), lambda host, connection: connection.recv(1), faults=[CUT])


def test_a_question_that_is_lost_does_no_harm():
    """RFC 9293, section 3.8.4, MUST-29."""

    def wait(host, connection):
        keep_alive(host, connection, idle=10, interval=1, count=3)
        return connection.recv(10)

    def late(host, connection):
        host.sleep(30)
        connection.sendall(b"at last")

    lost = faults.cut(at=9, until=11.5)  # the first two questions; the third is answered
    run = talk(late, wait, faults=[lost])

    assert run.results["client"] == b"at last"
    assert questions(run) == pytest.approx([10.1, 11.1, 12.1, 22.2])


# ---------------------------------------------------------------- accepted sockets


def test_an_accepted_socket_asks_if_its_listener_would():
    """tcp(7), socket(7): an accepted socket begins with the listener's options."""

    def server(host):
        with host.create_server(("", PORT)) as listener:
            keep_alive(host, listener, idle=20, interval=2, count=4)
            connection, _ = listener.accept()
        with connection:
            try:
                connection.recv(1)
            except TimeoutError:
                return host.now(), connection.getsockopt(host.IPPROTO_TCP, host.TCP_KEEPIDLE)

    run = Scenario(server=server, client=calling(asleep), faults=[CUT]).run()

    assert run.results["server"] == (pytest.approx(0.15 + 20 + 4 * 2), 20)


# ---------------------------------------------------------------- the end of a run


def test_a_run_ends_although_keep_alive_would_ask_for_ever():
    """The clock's background: when all programs have returned or wait in accept(), nobody waits for an answer."""

    def server(host):
        listener = host.create_server(("", PORT))
        while True:
            listener.accept()  # and never closed

    def client(host):
        host.create_connection(("server", PORT))
        return "done"

    run = Scenario(server=server, client=client, tcp=ALWAYS).run()

    assert run.results == {"client": "done"}
    assert questions(run) == []
    assert run.trace.records[-1].at < 1


def test_while_a_program_has_something_to_do_questions_are_asked():
    """It sleeps for five hours: two intervals pass."""

    def client(host):
        host.create_connection(("server", PORT))
        host.sleep(5 * 3600)

    run = Scenario(server=answering(lambda host, connection: host.sleep(5 * 3600)), client=client, tcp=ALWAYS).run()

    assert questions(run) == pytest.approx([7200.1, 14_400.2])
    assert run.trace.records[-1].at == pytest.approx(5 * 3600, abs=1)


def test_two_ends_that_wait_for_each_other_go_on_asking_until_the_limits():
    """Both are alive, and idle: that is no deadlock which the network could see."""
    with pytest.raises(LimitExceeded, match="virtual seconds") as failed:
        talk(hear, hear, tcp=ALWAYS, limits=Limits(seconds=100_000))

    asked = questions(failed.value.run)
    assert len(asked) == math.floor(100_000 / 7200.1)


def test_a_dead_connection_ends_with_its_error_and_not_with_a_deadlock():
    """Nothing but the keep-alive timer is left, and a program waits for what it will bring."""
    run = talk(asleep, waiting(idle=60, interval=1, count=1), faults=[CUT], tcp={"server": ALWAYS})

    assert run.results["client"][0] is TimeoutError


def test_looking_at_a_moment_does_not_wait_for_questions():
    """run(until=...): the clock stands at that moment, whatever rests in the background."""
    run = Scenario(server=answering(hear), client=calling(lambda host, connection: connection.recv(1)), tcp=ALWAYS)

    assert questions(run.run(until=7000)) == []
    assert len(questions(run.run(until=7300))) == 1
