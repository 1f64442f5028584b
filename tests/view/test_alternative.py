"""Whoever cannot see the picture is told the same story."""

import re

import pytest

from course import Scenario, Trace
from course.apps import echo
from course.view.layout import layout
from tests.view.traces import RUNS, trace


def told(name):
    return layout(trace(name)).alternative


def test_the_story_of_a_lost_segment_is_told():
    assert told("first data lost") == (
        "client and server: 9 segments, 1 lost"
        " (simulated network, delay 50 ms each way, client 3 lost, seed 0)."
        " At 0 ms client sends SYN seq 0."
        " At 50 ms server sends SYN ACK seq 0 ack 1."
        " At 100 ms client sends ACK ack 1 and PSH ACK 1–5 (5), which is lost."
        " Then 950 ms: nothing on the wire, RTO 1 s is running."
        " At 1.1 s client sends PSH ACK 1–5 (5) again."
        " At 1.15 s server sends PSH ACK 1–5 (5) ack 6."
        " At 1.2 s client sends FIN ACK seq 6 ack 6."
        " At 1.25 s server sends FIN ACK seq 6 ack 7."
        " At 1.3 s client sends ACK ack 7."
        " Then 240 s: nothing on the wire, TIME-WAIT for 2 MSL."
        " States of server (listening): LISTEN."
        " States of client: SYN-SENT, ESTABLISHED, FIN-WAIT-1, TIME-WAIT and CLOSED."
        " States of server: SYN-RECEIVED, ESTABLISHED, CLOSE-WAIT, LAST-ACK and CLOSED."
        " server calls socket(): socket 1, setsockopt(SOL_SOCKET, SO_REUSEADDR, 1), bind(('', 7000)), listen(128),"
        " accept(): connection 1, recv(1024): b'hello', sendall(b'hello'), recv(1024): b'' end of file,"
        " close(), close()."
        " client calls socket(): socket 1, connect(('server', 7000)): connected, sendall(b'hello'),"
        " recv(1024): b'hello', close()."
    )


def test_a_reason_is_told_and_so_are_copies_and_what_comes_late():
    assert "PSH ACK 1–5 (5), which is lost" in told("first data lost")
    assert "ACK ack 1 and 7 more segments, of which client 3, client 4, client 5 and client 6 lost" in told(
        "four lost in a row"
    )
    assert "ACK 1461–2920 (1460), which arrives at 900 ms, after client 5" in told("held")
    assert "which is still on its way" in told("a look at a moment")
    assert "recv(1024): still waiting" in told("a look at a moment")


def test_of_a_long_run_the_beginning_and_the_end_are_told():
    text = told("5 % lost")

    run = trace("5 % lost")
    lost = [dropped for dropped in run.dropped if dropped.sent in run.sent[:60]]
    assert text.startswith(f"client and server: 60 of {len(run.sent)} segments, {len(lost)} lost")
    assert "more such moments …" in text
    assert "segments 61 to" in text
    assert len(text) < 2000


def test_middleboxes_and_what_they_do_are_told():
    assert ". Between them: firewall. At 0 ms client sends" in told("firewall")
    assert "PSH ACK 6–10 (5) again, which is lost (firewall: flow forgotten)" in told("firewall")
    assert "firewall sends RST ACK seq 6 ack 6 and RST ACK seq 6 ack 6" in told("firewall resets both")
    assert told("two behind a nat").endswith(
        "Outside of the NAT ann 49152 is 203.0.113.1 40001 and bob 49152 is 203.0.113.1 40002."
    )


def test_outages_are_told():
    assert "nothing on the wire, until power cut at server" in told("power back")
    assert "recv(1024): power cut, socket(): socket 2" in told("power back")
    assert "recv(1024): process killed" in told("process killed")


@pytest.mark.parametrize("name", RUNS)
def test_every_run_has_a_story_that_ends(name):
    text = told(name)

    assert len(text) > 60
    assert text.endswith(".")
    assert not re.search("[\u2009\u00a0]|  ", text)


def test_on_the_real_kernel_it_tells_only_what_is_the_same_in_each_run():
    scenario = Scenario(server=echo.server, client=echo.client)
    first, second = (layout(scenario.run(world="loopback").trace).alternative for _ in range(2))

    assert first == second
    assert first.startswith("client and server on this machine's kernel; no capture, so no segments.")
    assert "connect(('server', 7000)): connected" in first
    assert not re.search(r"\d ?(ms|µs)\b|127\.", first)


def test_an_empty_run_has_one_too():
    assert layout(Trace((), {"server": "10.0.0.1"})).alternative == "server: 0 segments (simulated network)."
