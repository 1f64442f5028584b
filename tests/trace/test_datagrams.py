"""Datagrams and ICMP in files and texts: written, read back, and as Wireshark's own program reads them."""

import pytest

from course import Scenario, faults
from course.apps import datagrams, echo
from course.errors import MalformedCapture
from course.ip.icmp import Message
from course.ip.packet import Packet, ends
from course.ip.udp import Datagram
from course.trace import pcap, tcpdump
from course.trace.capture import Seen, trace_of
from course.trace.record import Sent
from course.trace.tally import tally
from course.trace.text import Numbering, describe
from course.trace.trace import Trace

STRICT = ("-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-d", "udp.port==7000-7001,data")
ECHO = Scenario(server=datagrams.echo_server, client=datagrams.echo_client)
REFUSED = Scenario(server=datagrams.nobody, client=datagrams.connected_caller)


def empty_and_odd(host):
    """An empty datagram, and one with an odd number of octets, to nobody."""
    with host.socket(host.AF_INET, host.SOCK_DGRAM) as made:
        for data in (b"", b"odd", b"\0" * 2000):
            made.sendto(data, ("server", 7000))


def both(host):
    """TCP and UDP between the same two ports."""
    with host.create_connection(("server", echo.PORT)) as connection:
        connection.sendall(b"hello")
        with host.socket(host.AF_INET, host.SOCK_DGRAM) as made:
            made.bind(connection.getsockname())
            made.sendto(b"beside", ("server", echo.PORT))
            return connection.recv(100)


RUNS = {
    "echo": ECHO,
    "refused": REFUSED,
    "lost": ECHO.with_faults(faults.drop("client", 1)),
    "empty and odd": Scenario(server=datagrams.nobody, client=empty_and_odd),
    "both": Scenario(server=echo.server, client=both),
}
every_run = pytest.mark.parametrize("trace", [run.run().trace for run in RUNS.values()], ids=[*RUNS])


def packets(trace):
    """What was sent, without what a file does not hold."""
    return [sent.packet._replace(payload=sent.payload._replace(why=None)) if sent in trace.segments else sent.packet
            for sent in trace.sent]  # fmt: skip


@every_run
def test_a_file_holds_every_packet_and_is_read_back(trace, tmp_path):
    pcap.write(trace, tmp_path / "run.pcap")
    read = pcap.read(tmp_path / "run.pcap", {"10.0.0.1": "server", "10.0.0.2": "client"}, verify=True)

    assert packets(read) == packets(trace)
    assert pcap.encode(read) == pcap.encode(trace)
    assert {sent.sender for sent in read.sent} <= {"server", "client"}


@every_run
def test_tshark_finds_nothing_wrong(trace, tshark):
    names = ("udp.checksum.status", "ip.checksum.status", "icmp.checksum.status", "_ws.malformed", "udp.length")
    wanted = [part for name in names for part in ("-e", name)]
    lines = tshark("-r", "-", *STRICT, "-T", "fields", *wanted, octets=pcap.encode(trace)).splitlines()

    for line, sent in zip(lines, trace.sent, strict=True):
        udp, ip, icmp, malformed, length = line.split("\t")
        assert set(ip.split(",")) == {"1"} or isinstance(sent.payload, Message)
        assert ip.split(",")[0] == "1"
        assert malformed == ""
        if isinstance(sent.payload, Datagram):
            assert (udp, length) == ("1", str(8 + len(sent.payload.data)))
        if isinstance(sent.payload, Message):
            assert icmp == "1"


def test_what_found_the_receive_buffer_full_was_seen_on_its_host():
    def server(host):
        with host.socket(host.AF_INET, host.SOCK_DGRAM) as made:
            made.setsockopt(host.SOL_SOCKET, host.SO_RCVBUF, 1)
            made.bind(("", 7000))
            host.sleep(1)

    trace = Scenario(server=server, client=datagrams.sender).run().trace

    assert len(pcap.decode(pcap.encode(trace, "server"), "").sent) == 2


@every_run
def test_tcpdump_would_print_it_and_datagrams_are_read_back(trace):
    read = tcpdump.parse(tcpdump.text(trace))
    lengths = [
        (sent.packet.source, len(sent.payload.data)) for sent in trace.sent if not isinstance(sent.payload, Message)
    ]

    assert [(sent.packet.source, len(sent.payload.data)) for sent in read.sent] == lengths


def test_its_lines_are_those_of_tcpdump():
    lines = tcpdump.text(REFUSED.run().trace).splitlines()

    assert lines == [
        "00:00:00.000000 IP 10.0.0.2.49152 > 10.0.0.1.7001: UDP, length 5",
        "00:00:00.050000 IP 10.0.0.1 > 10.0.0.2: ICMP 10.0.0.1 udp port 7001 unreachable, length 36",
    ]


def test_other_messages_are_named():
    packet = Packet("10.0.0.2", "10.0.0.1", Message(8, 0, b"\0\1\0\2", b"data"))
    trace = trace_of([Seen(0, packet)], "")

    assert tcpdump.text(trace).endswith("IP 10.0.0.2 > 10.0.0.1: ICMP echo, length 12")
    assert describe(trace.sent[0], Numbering()) == "ICMP echo"
    assert ends(packet) == (("10.0.0.2", 0), ("10.0.0.1", 0))


@pytest.mark.parametrize("length", ["65508", "99999999999"])
def test_a_datagram_that_cannot_be_is_refused(length):
    with pytest.raises(MalformedCapture, match="line 1"):
        tcpdump.parse(f"12:00:00.000000 IP 10.0.0.2.5000 > 10.0.0.1.7000: UDP, length {length}")


def test_a_datagram_of_ipv6_is_written_and_read():
    packet = Packet("fd00::2", "fd00::1", Datagram(5000, 7000, bytes(5)))
    trace = Trace((Sent(0.0, "fd00::2", 1, packet),), {"fd00::2": "fd00::2", "fd00::1": "fd00::1"})

    assert tcpdump.text(trace) == "00:00:00.000000 IP6 fd00::2.5000 > fd00::1.7000: UDP, length 5"
    assert tcpdump.parse(tcpdump.text(trace)).sent[0].packet == packet
    assert pcap.decode(pcap.encode(trace), "", verify=True).sent[0].packet == packet


def test_on_one_address_an_error_goes_back_to_the_one_who_sent():
    """A capture of 127.0.0.1 that talks to itself has two hosts."""
    datagram, error = (
        sent.packet._replace(source="127.0.0.1", destination="127.0.0.1") for sent in REFUSED.run().trace.sent
    )
    trace = trace_of([Seen(0, datagram), Seen(1000, error)], "")

    assert [sent.sender for sent in trace.sent] == ["127.0.0.1", "127.0.0.1:7001"]


def test_segments_are_those_that_carry_one():
    trace = RUNS["both"].run().trace

    assert len(trace.segments) == len(trace.sent) - 2
    with pytest.raises(TypeError, match="carries a datagram, and no segment"):
        _ = [sent.segment for sent in trace.sent]


def test_what_a_run_cost_counts_segments_alone_and_round_trips_of_all():
    assert tally(ECHO.run().trace).round_trips == 1
    assert tally(RUNS["both"].run().trace).segments == len(RUNS["both"].run().trace.segments)
