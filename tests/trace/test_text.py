"""The trace read aloud: one line for each record."""

import html

import pytest

from course import Scenario, TcpParameters, faults, middleboxes
from course.apps import echo, longlived
from course.ip.packet import Packet
from course.tcp.segment import Options, Segment
from course.tcp.state import Event, State
from course.tcp.timers import Timer
from course.trace import text
from course.trace.record import (
    Called,
    Changed,
    Constant,
    Delivered,
    Dropped,
    Expired,
    Observed,
    Octets,
    Returned,
    Sent,
)
from course.trace.trace import Trace
from tests.talk import hear, say, talk

SERVER, CLIENT = ("10.0.0.1", 7000), ("10.0.0.2", 49152)
HOSTS = {"server": SERVER[0], "client": CLIENT[0]}
ISS = 1000


def sent(ordinal=1, at=0.0, sender="client", port=CLIENT[1], **segment):
    """A transmission between the client (at that port) and the server."""
    ends = [(CLIENT[0], port), SERVER]
    source, destination = ends if sender == "client" else reversed(ends)
    packet = Packet(
        source[0], destination[0], Segment(source[1], destination[1], **{"seq": ISS, "window": 500} | segment)
    )
    return Sent(at, sender, ordinal, packet)


def lines(*records, relative=True, **trace):
    """The lines of a trace of these records."""
    return text.table(Trace(records, HOSTS, **trace), relative=relative).splitlines()


def line(record):
    (only,) = lines(record)
    return only


SYN = sent(syn=True, options=Options(mss=1460))
CALLED = Called(0.0, "client", "client", 1, "socket 1", "send", (b"hi",))


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (SYN, "client  sends    [client 1] SYN  seq 0 win 500 <mss 1460>"),
        (
            sent(7, ack=55, data=b"hello", psh=True),
            "client  sends    [client 7] PSH ACK  seq 1000:1005 (5) ack 55 win 500",
        ),
        (sent(ack=55, fin=True), "client  sends    [client 1] FIN ACK  seq 1000 ack 55 win 500"),
        (sent(rst=True), "client  sends    [client 1] RST  seq 1000 win 500"),
        (sent(ack=5, urgent=3), "client  sends    [client 1] URG ACK  seq 1000 ack 5 win 500 urg 3"),
        (sent(), "client  sends    [client 1] (no flags)  seq 1000 win 500"),
        (Delivered(0.0, SYN), "server  gets     [client 1]"),
        (Delivered(0.0, SYN, 2), "server  gets     [client 1, copy 2]"),
        (Dropped(0.0, SYN, "queue full"), "client  LOST     [client 1] queue full"),
        (Dropped(0.0, SYN, "lost", 2), "client  LOST     [client 1, copy 2] lost"),
        (CALLED, "client  calls    socket 1: send(b'hi')"),
        (Called(0.0, "client", "client/1", 1, None, "sleep", (0.5,)), "client/1  calls    sleep(0.5)"),
        (Called(0.0, "a", "a", 1, None, "socket"), "a  calls    socket()"),
        (
            Called(0.0, "a", "a", 1, "socket 1", "setsockopt", (Constant("SOL_SOCKET"), 7, 1)),
            "a  calls    socket 1: setsockopt(SOL_SOCKET, 7, 1)",
        ),
        (
            Called(0.0, "a", "a", 1, "socket 1", "sendall", (Octets(99, b"ab"),)),
            "a  calls    socket 1: sendall(b'ab'… (99 octets))",
        ),
        (Returned(0.0, CALLED, 2), "client  returns  send() → 2"),
        (Returned(0.0, CALLED), "client  returns  send() → None"),
        (Returned(0.0, CALLED, Octets(99, b"ab")), "client  returns  send() → b'ab'… (99 octets)"),
        (Returned(0.0, CALLED, error="BrokenPipeError"), "client  returns  send() → BrokenPipeError"),
        (
            Changed(0.0, "server", SERVER, None, State.CLOSED, State.LISTEN, Event.PASSIVE_OPEN),
            "server  state    CLOSED → LISTEN on passive OPEN",
        ),
        (
            Changed(0.0, "server", SERVER, CLIENT, State.LISTEN, State.SYN_RECEIVED, Event.SYN),
            "server  state    LISTEN → SYN-RECEIVED on rcv SYN",
        ),
        (
            Expired(0.0, "client", CLIENT, SERVER, Timer.RETRANSMISSION),
            "client  timer    the retransmission timer runs out",
        ),
        (
            Observed(0.0, "client", CLIENT, SERVER, State.ESTABLISHED, 5, 0, "/proc/net/tcp"),
            "client  seen     ESTABLISHED (port 49152, server 7000; 5 to send, 0 to receive; /proc/net/tcp)",
        ),
        (
            Observed(0.0, "server", SERVER, None, State.LISTEN, None, None, "TCP_INFO"),
            "server  seen     LISTEN (port 7000; TCP_INFO)",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_every_kind_of_record_has_its_line(record, expected):
    assert line(record) == f"       0.000 ms  {expected}"


def test_times_are_in_milliseconds():
    assert line(sent(at=1.2345678)).startswith("    1234.568 ms")


def test_names_stand_below_each_other():
    both = lines(SYN, Called(0.0, "client", "a long name/1", 1, None, "sleep", (1,)))

    assert both[0].index("sends") == both[1].index("calls")


def test_an_empty_trace_is_an_empty_text():
    assert str(Trace(())) == ""


def test_a_host_without_a_name_is_called_by_its_address():
    assert text.table(Trace((Delivered(0.0, SYN),), {})) == "       0.000 ms  10.0.0.1  gets     [client 1]"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (Options(mss=536), "mss 536"),
        (Options(window_scale=0), "wscale 0"),
        (Options(sack_permitted=True), "sackOK"),
        (Options(timestamps=(5, 6)), "TS val 5 ecr 6"),
        (Options(sack=((1, 2), (3, 4))), "sack 1:2, sack 3:4"),
        (Options(unknown=((77, b"abc"),)), "kind 77 (3)"),
        (Options(mss=1, window_scale=2, sack_permitted=True), "mss 1, wscale 2, sackOK"),
        (Options(), ""),
    ],
    ids=str,
)
def test_options_are_named_as_in_the_rfcs(options, expected):
    """RFC 9293, section 3.2; RFC 7323; RFC 2018."""
    assert text.describe_options(options) == expected


# ---------------------------------------------------------------- numbers

HANDSHAKE = (
    sent(1, syn=True, seq=2**32 - 3),
    sent(1, sender="server", syn=True, seq=70, ack=2**32 - 2),
    sent(2, seq=2**32 - 2, ack=71),
    sent(3, seq=2**32 - 2, ack=71, data=b"hello"),
    sent(2, sender="server", seq=71, ack=3),
)


def numbers(records, **how):
    return [row.split("]")[1].split("win")[0].split("  ")[1].strip() for row in lines(*records, **how)]


def test_relative_numbers_count_from_each_side_s_own_syn_across_the_wrap():
    """RFC 9293, section 3.4: numbers are modulo 2**32."""
    assert numbers(HANDSHAKE) == ["seq 0", "seq 0 ack 1", "seq 1 ack 1", "seq 1:6 (5) ack 1", "seq 1 ack 6"]


def test_absolute_numbers_are_those_on_the_wire():
    assert numbers(HANDSHAKE, relative=False) == [
        "seq 4294967293",
        "seq 70 ack 4294967294",
        "seq 4294967294 ack 71",
        "seq 4294967294:3 (5) ack 71",
        "seq 71 ack 3",
    ]


def test_sack_edges_count_from_the_peer_s_syn_as_acknowledgments_do():
    answer = sent(sender="server", seq=500, ack=ISS + 1, syn=True)
    blocks = sent(2, sender="server", seq=501, ack=ISS + 1, options=Options(sack=((ISS + 3, ISS + 8),)))

    assert lines(SYN, answer, blocks)[-1].endswith("ACK  seq 1 ack 1 win 500 <sack 3:8>")
    assert lines(SYN, answer, blocks, relative=False)[-1].endswith("<sack 1003:1008>")


def test_ports_that_are_used_again_count_from_their_new_syn():
    again = (sent(4, syn=True, seq=900), sent(3, sender="server", syn=True, seq=5, ack=901), sent(5, seq=901, ack=6))

    assert numbers((*HANDSHAKE, *again))[5:] == ["seq 0", "seq 0 ack 1", "seq 1 ack 1"]
    assert numbers((*HANDSHAKE, sent(4, syn=True, seq=900), sent(5, syn=True, seq=950)))[5:] == ["seq 0", "seq 50"]


def test_each_connection_counts_for_itself():
    other = (sent(4, port=5555, syn=True, seq=900), sent(5, port=5555, seq=905, ack=8))

    assert numbers((*HANDSHAKE, *other))[5:] == ["seq 0", "seq 5 ack 8"]


def test_a_syn_that_is_sent_again_counts_from_itself():
    assert numbers((HANDSHAKE[0], HANDSHAKE[0])) == ["seq 0", "seq 0"]


def test_a_second_attempt_counts_from_the_first_one():
    """So that two SYNs can be told apart where nothing else was sent in between (RFC 9293, section 3.5, figure 8)."""
    assert numbers((sent(1, syn=True, seq=100), sent(2, syn=True, seq=150))) == ["seq 0", "seq 50"]


def test_a_run_reads_the_same_whatever_its_initial_sequence_numbers_are():
    low = talk(hear, say(b"hello"), tcp=TcpParameters(iss=0))
    high = talk(hear, say(b"hello"), tcp=TcpParameters(iss=2**32 - 2))

    assert str(low.trace) == str(high.trace)
    assert text.table(low.trace, relative=False) != text.table(high.trace, relative=False)


# ---------------------------------------------------------------- several connections


def opened(port):
    return Changed(0.0, "client", (CLIENT[0], port), SERVER, State.CLOSED, State.SYN_SENT, Event.ACTIVE_OPEN)


def test_connections_are_told_apart_where_there_are_several():
    timer = Expired(0.0, "client", (CLIENT[0], 5555), SERVER, Timer.DELAYED_ACK)
    both = lines(opened(49152), opened(5555), sent(port=5555, seq=1), timer)

    assert both[0].endswith("on active OPEN  (port 49152, server 7000)")
    assert both[1].endswith("on active OPEN  (port 5555, server 7000)")
    assert both[2].endswith("win 500  (port 5555, server 7000)")
    assert both[3].endswith("runs out  (port 5555, server 7000)")


def test_both_ends_of_one_connection_are_one_connection():
    listening = Changed(0.0, "server", SERVER, None, State.CLOSED, State.LISTEN, Event.PASSIVE_OPEN)
    other_end = Changed(0.0, "server", SERVER, CLIENT, State.LISTEN, State.SYN_RECEIVED, Event.SYN)

    assert [line for line in lines(listening, opened(49152), other_end) if "(port" in line] == []


def test_a_listener_is_never_told_apart():
    listening = Changed(0.0, "server", SERVER, None, State.CLOSED, State.LISTEN, Event.PASSIVE_OPEN)

    assert lines(opened(1), opened(2), listening)[2].endswith("on passive OPEN")


# ---------------------------------------------------------------- HTML


def test_in_jupyter_a_trace_is_a_table_with_a_caption_and_headings():
    shown = Trace((SYN,), HOSTS)._repr_html_()

    assert shown.startswith("<table><caption>1 records</caption><thead>")
    assert shown.count('<th scope="col"') == 4
    assert shown.endswith("</tbody></table>")


def test_what_a_program_sends_cannot_become_html():
    hostile = Called(0.0, "client", "<b>", 1, None, "send", (b"<script>alert(1)</script>&",))

    shown = text.html_table(Trace((hostile,), HOSTS))

    assert "<script" not in shown
    assert "<b>" not in shown
    assert html.escape("send(b'<script>alert(1)</script>&')") in shown


@pytest.mark.parametrize(("records", "rows"), [(0, 0), (199, 199), (200, 200), (201, 200), (1000, 200)])
def test_the_table_shows_200_records_at_most_and_says_where_the_others_are(records, rows):
    shown = text.html_table(Trace((SYN,) * records, HOSTS))

    assert shown.count("<tr>") == rows + 1
    assert f"<caption>{records} records" in shown
    assert ("the first 200 are shown" in shown) is (records > 200)
    assert ("print(trace)" in shown) is (records > 200)


def test_the_table_says_what_the_text_says():
    trace = Scenario(server=echo.server, client=echo.client).run().trace
    shown = trace._repr_html_()

    for row in text.rows(trace, trace.records, relative=True):
        assert html.escape(row[3]) in shown
    assert "seq 0 ack 1" in shown
    assert "seq 0 ack 1" not in text.html_table(trace, relative=False)


def idle(**more):
    client = longlived.asks(b"hello", b"again", pause=61)
    return Scenario(server=longlived.answers(), client=client, **more).run(until=62)


def test_a_loss_at_a_middlebox_says_where_and_why():
    assert "[client 5] firewall: flow forgotten" in str(idle(middleboxes=[middleboxes.firewall(60)]).trace)


def test_on_both_sides_of_a_nat_numbers_count_from_the_same_syn():
    lines = str(idle(middleboxes=[middleboxes.nat(60, "reset")]).trace).splitlines()

    assert [line for line in lines if "[server 1] SYN ACK  seq 0 ack 1 " in line]
    assert [line for line in lines if "[nat 1] RST  seq 6 " in line]


def test_an_outage_is_told():
    lines = str(idle(faults=[faults.power_off("server", 5, back=6), faults.kill("client", 7)]).trace).splitlines()

    assert [line.split("  OUTAGE   ")[1] for line in lines if "OUTAGE" in line] == [
        "power cut", "power back", "process killed"
    ]  # fmt: skip
