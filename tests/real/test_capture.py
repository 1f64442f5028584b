"""Segments of the real kernel in a run's record, on machines that permit it, and what becomes of it on others."""

import errno
import os
import signal
import socket
import threading
from itertools import pairwise

import psutil
import pytest

from course import Scenario
from course.apps import datagrams, echo, scenes
from course.errors import CaptureNotPermitted
from course.real import capture as capturing
from course.real import namespace, ring
from course.real.capture import ADVICE, Capture, How, Permission, may_capture
from course.real.kernel import connections
from course.real.loopback import Loopback
from course.tcp.state import State
from course.trace.record import Called, Delivered, Returned, Sent
from tests.real.permitted import any_capture, both_ways, captured
from tests.real.permitted import capture as capture_there
from tests.real.worlds import PORT, accepting, busy_processes, calling, hear, run, soon

ECHO = {"server": echo.server, "client": echo.client}


def flags(trace, sender=None):
    return [" ".join(sorted(sent.segment.flags)) for sent in trace.sent if sender in (None, sent.sender)]


def stream(trace, sender):
    """The octets that a host sent, put in order."""
    sent = [each.segment for each in trace.sent if each.sender == sender]
    first = next(segment.seq for segment in sent if segment.syn) + 1
    octets = {segment.seq - first: segment.data for segment in sent if segment.data}
    return b"".join(octets[at] for at in sorted(octets))


# ------------------------------------------------ what is seen


@both_ways
def test_calls_states_and_segments_stand_in_one_record(how):
    trace = captured(ECHO, how).trace

    assert (trace.world, trace.captured) == ("loopback", True)
    assert trace.conditions.startswith(f"this machine's kernel; captured {how.value}")
    assert all(before.at <= after.at for before, after in pairwise(trace.records))
    assert {type(record) for record in trace} >= {Called, Returned, Sent, Delivered}
    assert {str(seen.state) for seen in trace.observations} >= {"LISTEN", "ESTABLISHED", "TIME-WAIT"}


@both_ways
def test_the_handshake_comes_first_and_each_side_sends_its_fin(how):
    trace = captured(ECHO, how).trace

    assert [(sent.sender, *sorted(sent.segment.flags)) for sent in trace.sent[:3]] == [
        ("client", "SYN"), ("server", "ACK", "SYN"), ("client", "ACK"),
    ]  # fmt: skip
    assert sorted(sent.sender for sent in trace.sent if sent.segment.fin) == ["client", "server"]
    assert (stream(trace, "client"), stream(trace, "server")) == (b"hello", b"hello")


@both_ways
def test_each_segment_is_seen_once_and_counted_by_its_sender(how):
    trace = captured(ECHO, how).trace

    assert [delivered.sent for delivered in trace.delivered] == trace.sent
    for host in trace.hosts:
        ordinals = [sent.ordinal for sent in trace.sent if sent.sender == host]
        assert ordinals == list(range(1, len(ordinals) + 1))
    assert len({(sent.sender, sent.segment) for sent in trace.sent}) == len(trace.sent)


@both_ways
def test_segments_come_after_the_calls_that_cause_them(how):
    for _ in range(5):
        trace = captured(ECHO, how).trace
        connect = next(back for back in trace.returns if back.called.name == "connect")
        sendall = next(call for call in trace.calls if (call.host, call.name) == ("client", "sendall"))
        syn = trace.sent[0]
        data = next(sent for sent in trace.sent if sent.segment.data)

        assert connect.called.at < syn.at < connect.at
        assert sendall.at < data.at


def test_ports_that_are_mapped_are_shown_as_the_programs_see_them():
    outcome = captured(ECHO, How.DIRECTLY, one_address=True)

    assert set(outcome.trace.hosts) == {"server", "client"}
    syn = outcome.trace.sent[0]
    assert (syn.packet.source, syn.packet.destination) == tuple(outcome.trace.hosts[n] for n in ("client", "server"))
    assert syn.segment.destination_port == echo.PORT
    assert stream(outcome.trace, "server") == b"hello"


def test_a_refusal_is_a_syn_and_a_rst():
    trace = captured({"server": scenes.nobody, "client": scenes.refused}).trace

    assert flags(trace) == ["SYN", "ACK RST"]


def test_the_conditions_tell_of_octets_that_were_not_kept():
    programs = {
        "server": accepting(lambda host, connection: len(hear(connection))),
        "client": calling(lambda host, connection: connection.sendall(b"x" * 100_000)),
    }
    outcome = captured(programs)
    longest = max(len(sent.segment.data) for sent in outcome.trace.sent)

    assert outcome.results["server"] == 100_000
    assert len(stream(outcome.trace, "client")) == 100_000
    assert longest < ring.SLOT or "cut short" in outcome.trace.conditions
    assert longest > 3000 or "cut short" not in outcome.trace.conditions


def test_the_conditions_tell_of_segments_that_nobody_had_cut_up():
    """RFC 9293, section 3.7.1, limits a segment to the MSS; with segmentation offload a capture sees longer ones."""

    def client(host):
        with host.socket() as connection:
            connection.setsockopt(host.IPPROTO_TCP, host.TCP_MAXSEG, 536)
            connection.connect(("server", PORT))
            return len(hear(connection))

    server = accepting(lambda host, connection: connection.sendall(bytes(20_000)))
    outcome = captured({"server": server, "client": client})
    longest = max(len(sent.segment.data) for sent in outcome.trace.sent)

    assert outcome.results["client"] == 20_000
    assert ("longer than the MSS" in outcome.trace.conditions) is (longest > outcome.trace.sent[0].segment.options.mss)


def test_what_is_beyond_the_limit_is_counted(monkeypatch):
    monkeypatch.setattr(capturing, "MOST", 3)
    trace = captured(ECHO).trace

    assert flags(trace) == ["SYN", "ACK SYN", "ACK"]
    assert "the capture missed" in trace.conditions


def test_a_clock_that_was_set_is_told_of(monkeypatch):
    capture = any_capture()
    offsets = iter([10**18, 10**18 + 2 * 10**9])
    monkeypatch.setattr(capturing, "clock_offset", lambda: next(offsets))
    outcome = Loopback(ECHO, capture=capture).run()

    assert "clock was set" in outcome.trace.conditions


def test_how_a_run_is_torn_down_is_not_part_of_it():
    """What is still open is aborted when the record is sealed; the resets of that are not shown."""
    stay = calling(lambda host, connection: host.sleep(3600))
    outcome = Loopback({"server": echo.server, "client": stay}, capture=any_capture()).run(until=0.5)

    assert outcome.error is None
    seen = flags(outcome.trace)
    assert seen == ["SYN", "ACK SYN", "ACK"][: len(seen)]


def test_what_others_send_is_not_seen():
    capture = any_capture()
    with capture.opened(["127.1.1.1"]):
        Loopback(ECHO).run()
        capture.end()

    assert capture.taken == []


@both_ways
def test_datagrams_and_what_icmp_says_of_them_are_seen(how):
    echoed = captured({"server": datagrams.echo_server, "client": datagrams.echo_client}, how)
    refused = captured({"server": datagrams.nobody, "client": datagrams.connected_caller}, how)
    datagram, error = (sent.payload for sent in refused.trace.sent)

    assert [(sent.sender, sent.payload.data) for sent in echoed.trace.sent] == [
        ("client", b"hello"),
        ("server", b"hello"),
    ]
    assert (datagram.destination_port, error.name) == (datagrams.NOBODYS_PORT, "port unreachable")
    assert error.cause.source[1] == datagram.source_port
    assert refused.results["client"] == ["5", "ConnectionRefusedError"]


def test_the_pictures_show_calls_states_and_arrows():
    outcome = Scenario(**ECHO)
    any_capture()
    made = outcome.run(world="loopback", capture=True)

    picture = made.ladder()
    assert "segments as captured. client sends SYN seq 0. server sends SYN ACK seq 0 ack 1. " in picture.alternative
    assert " ms" not in picture.alternative
    assert "Order is sure within one program, and among captured packets" in picture.svg()
    assert "SYN" in picture.svg()
    assert made.results["client"] == b"hello"


def test_in_the_simulated_network_segments_are_seen_anyway():
    talk = Scenario(**ECHO)

    assert talk.run(capture=True).trace == talk.run().trace


# ------------------------------------------------ what is permitted


def forbid(monkeypatch, *modules):
    def refuse(*arguments, **more):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    for name in modules:
        monkeypatch.setattr(capturing, name, refuse)


def test_whoever_may_neither_capture_nor_have_a_namespace_is_told_why_and_what_to_do(monkeypatch):
    forbid(monkeypatch, "Ring", "Namespace")
    permission = may_capture()

    assert not permission
    assert permission.how is None
    assert permission.advice == ADVICE
    if capturing.is_linux():
        assert permission.why == (
            "not on lo (Operation not permitted), not in a network namespace of our own (Operation not permitted)"
        )
    assert str(permission).startswith("no capture: ")


def test_a_system_that_is_not_linux_captures_nothing(monkeypatch):
    monkeypatch.setattr(capturing, "is_linux", lambda: False)

    assert may_capture().how is None
    assert "on Linux alone" in may_capture().why


def test_a_run_that_cannot_be_captured_does_not_begin(monkeypatch):
    forbid(monkeypatch, "Ring", "Namespace")
    begun = []

    with pytest.raises(CaptureNotPermitted, match="recorded"):
        Scenario(server=begun.append).run(world="loopback", capture=True)
    assert begun == []


def test_where_only_namespaces_are_permitted_one_is_taken(monkeypatch):
    capture_there(How.NAMESPACE)
    real = capturing.Ring

    def only_inside(addresses, make):
        if make is socket.socket:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
        return real(addresses, make)

    monkeypatch.setattr(capturing, "Ring", only_inside)
    outcome = captured(ECHO)

    assert "captured in a network namespace of our own" in outcome.trace.conditions
    assert flags(outcome.trace)[0] == "SYN"


def test_what_is_permitted_can_be_said_aloud():
    any_capture()
    permission = may_capture()

    assert permission == Permission(permission.how)
    assert str(permission) == f"capture: {permission.how.value}"


# ------------------------------------------------ nothing is left


def left_over():
    process = psutil.Process()
    threads = sorted(thread.name for thread in threading.enumerate())
    return process.num_fds(), threads, len(process.net_connections()), len(process.children())


@both_ways
def test_captured_runs_leave_nothing(how):
    captured(ECHO, how)
    before, addresses = left_over(), set()
    for _ in range(10):
        addresses |= set(captured(ECHO, how).trace.hosts.values())

    assert left_over() == before
    assert soon(lambda: {row.state for row in connections(addresses) or []} <= {State.TIME_WAIT})


@both_ways
def test_runs_that_end_early_leave_nothing(how):
    captured(ECHO, how)
    before = left_over()
    for _ in range(5):
        nap = calling(lambda host, connection: host.sleep(3600))
        outcome = Loopback({"server": echo.server, "client": nap}, capture=Capture(how)).run(deadline=0.05)
        assert outcome.error is not None

    assert left_over() == before


@pytest.fixture
def interruptible():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@both_ways
@pytest.mark.usefixtures("interruptible")
def test_interrupted_runs_leave_nothing(how):
    captured(ECHO, how)
    before = left_over()

    def interrupt(host, connection):
        os.kill(os.getpid(), signal.SIGINT)
        host.sleep(3600)

    for _ in range(5):
        outcome = Loopback({"server": echo.server, "client": calling(interrupt)}, capture=Capture(how)).run()
        assert isinstance(outcome.error, KeyboardInterrupt)
        assert flags(outcome.trace)[0] == "SYN"

    assert left_over() == before


def test_what_may_not_be_captured_leaves_nothing(monkeypatch):
    any_capture()
    before = left_over()
    monkeypatch.setattr(ring.mmap, "mmap", failing)
    monkeypatch.setattr(namespace, "start", failing)
    for _ in range(5):
        assert not may_capture()

    assert left_over() == before


def failing(*arguments, **more):
    raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))


@both_ways
def test_a_busy_machine_changes_nothing(how):
    with busy_processes(2):
        for _ in range(5):
            trace = captured(ECHO, how).trace
            assert flags(trace)[:3] == ["SYN", "ACK SYN", "ACK"]
            assert stream(trace, "server") == b"hello"


def test_without_a_capture_nothing_has_changed():
    trace = run("loopback", **ECHO).trace

    assert (trace.captured, trace.sent) == (False, [])
