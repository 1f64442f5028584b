"""pcap: a run goes into a file, and comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import Scenario, faults, middleboxes
from course.apps import echo
from course.errors import CourseError, MalformedCapture
from course.ip import wire
from course.ip.packet import Packet
from course.tcp.segment import Segment
from course.trace import pcap
from course.trace.record import Delivered, Dropped, Sent
from course.trace.trace import Trace
from course.view.ladder import ladder
from tests.captures import runs
from tests.files import MICROSECONDS, interface, packet_block, pcap_file, section, simple_block
from tests.segments import THOROUGH, flipped

LOSSY = runs()["loss and retransmission"]


def bare(sent):
    """A transmission without our note in the margin."""
    return sent._replace(packet=sent.packet._replace(payload=sent.segment._replace(why=None)))


@pytest.mark.parametrize("name", runs())
def test_a_run_that_is_written_and_read_has_the_same_transmissions(name, tmp_path):
    trace = runs()[name]
    names = {address: name for name, address in trace.hosts.items()}
    pcap.write(trace, tmp_path / "run.pcap")
    read = pcap.read(str(tmp_path / "run.pcap"), names, verify=True)

    assert read.sent == [bare(sent) for sent in trace.sent]
    assert read.hosts == trace.hosts
    assert (read.world, read.conditions) == ("capture", "captured in run.pcap")


def test_each_transmission_is_written_once_at_the_moment_when_it_is_sent():
    assert [sent for _, sent in pcap.sightings(LOSSY, None)] == LOSSY.sent
    assert [at for at, _ in pcap.sightings(LOSSY, None)] == [sent.at for sent in LOSSY.sent]


def test_a_host_sees_what_it_sends_and_what_arrives():
    seen = list(pcap.sightings(LOSSY, "server"))
    expected = [
        (record.at, record if isinstance(record, Sent) else record.sent)
        for record in LOSSY
        if (isinstance(record, Sent) and record.sender == "server")
        or (isinstance(record, Delivered) and record.sent.sender == "client")
    ]

    assert seen == expected
    assert len(seen) == len(LOSSY.sent) - 1
    assert [at for at, _ in seen] == sorted(at for at, _ in seen)


def test_a_copy_that_arrives_is_seen_twice():
    trace = Scenario(server=echo.server, client=echo.client, faults=[faults.duplicate("client", 3)]).run().trace
    names = [sent.name for _, sent in pcap.sightings(trace, "server")]

    assert names.count("client 3") == 2
    assert [sent.name for _, sent in pcap.sightings(trace, "client")].count("client 3") == 1


def test_what_is_damaged_on_the_way_is_not_seen():
    trace = Scenario(server=echo.server, client=echo.client, faults=[faults.corrupt("client", 3)]).run().trace

    assert "client 3" not in [sent.name for _, sent in pcap.sightings(trace, "server")]


def test_a_syn_that_a_full_queue_turns_away_is_seen_all_the_same():
    """The host got it; its TCP ignored it."""

    def lunch(host):
        host.create_server(("", 7000), backlog=0)
        host.sleep(2)

    def caller(host):
        for _ in range(2):
            host.spawn(lambda host: host.create_connection(("server", 7000)))
        host.sleep(2)

    trace = Scenario(server=lunch, client=caller).run(until=0.4).trace
    ignored = [record.sent for record in trace if isinstance(record, Dropped)]

    assert ignored
    assert {sent.name for sent in ignored} <= {sent.name for _, sent in pcap.sightings(trace, "server")}


PACKET = Packet("10.0.0.2", "10.0.0.1", Segment(49152, 7000, seq=1))


@pytest.mark.parametrize(
    ("trace", "host", "complaint"),
    [
        (LOSSY, "sever", "there is no host 'sever'; the hosts are server, client"),
        (Trace((), captured=False), None, "could not be seen"),
        (Trace((Sent(0.0, "a", 1, PACKET._replace(source="localhost")),)), None, "'localhost' does not appear"),
    ],
)
def test_what_cannot_be_written_is_refused(trace, host, complaint, tmp_path):
    with pytest.raises(ValueError, match=complaint):
        pcap.write(trace, tmp_path / "run.pcap", host)
    assert not (tmp_path / "run.pcap").exists()


SCTP = bytes.fromhex("4500 001c 0000 4000 40 84 0000 0a000001 0a000002 0035 0035 0008 0000")
WHOLE = wire.encode(PACKET)


def test_what_nobody_knows_and_what_makes_no_sense_is_counted():
    octets = pcap_file([(0, 0, SCTP), (1, 0, WHOLE[:30]), (2, 0, b""), (5, 0, WHOLE), (6, 0, WHOLE)])
    trace = pcap.decode(octets, "from a test")

    assert [sent.at for sent in trace.sent] == [0.0, 1.0]
    assert trace.conditions == (
        "from a test · 1 packet passed over: not TCP, UDP or ICMP · 2 packets passed over: no sense (packet 2: "
        "the packet has 40 octets, and only 30 of them are here)"
    )


def test_a_wrong_checksum_is_taken_unless_one_asks():
    octets = pcap_file([(0, 0, WHOLE[:-1] + b"\1")])

    assert len(pcap.decode(octets, "").sent) == 1
    assert "packet 1: the checksum is wrong" in pcap.decode(octets, "", verify=True).conditions


def test_a_file_that_breaks_off_gives_what_came_before():
    octets = pcap_file([(0, 0, WHOLE), (1, 0, WHOLE)])[:-1]
    with pytest.raises(MalformedCapture, match=r"middle of a packet; 1 packet before it .*\(at octet 80\)$") as caught:
        pcap.decode(octets, "from a test", {"10.0.0.2": "client"})

    assert [sent.packet for sent in caught.value.trace.sent] == [PACKET]
    assert [sent.sender for sent in caught.value.trace.sent] == ["client"]


@pytest.mark.parametrize(
    ("octets", "hint"),
    [
        (b"", "it is empty"),
        (b"\x1f\x8b\x08\0", "it is compressed; unpack it first"),
        (b"12:00:00.000000 IP 10.0.0.1.80 > 10.0.0.2.5000: Flags [.]", "it is text; .* course.trace.tcpdump reads it"),
        (b"PK\3\4...", "it begins with 50 4b 03 04"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_a_hint(octets, hint, tmp_path):
    (tmp_path / "file").write_bytes(octets)
    with pytest.raises(MalformedCapture, match=rf"neither pcap nor pcapng: {hint}.*\(at octet 0\)$") as caught:
        pcap.read(tmp_path / "file")
    assert caught.value.trace is None


def test_a_capture_is_drawn_and_says_what_it_cannot_know():
    trace = pcap.decode(pcap.encode(LOSSY), "captured in a test", {v: k for k, v in LOSSY.hosts.items()})
    picture = ladder(trace)

    assert picture.alternative.startswith("client and server: 10 segments (captured in a test).")
    assert "still on its way" not in picture.alternative
    assert "How long it was on its way" in picture.svg()
    assert trace.states().rows == ()


FILES = [
    pcap_file([(0, 0, WHOLE), (1, 0, SCTP)], order=">"),
    pcap_file([(0, 0, b"\2\0\0\0" + WHOLE)], link=0, magic=MICROSECONDS),
    section() + interface() + packet_block(5, WHOLE) + simple_block(WHOLE),
    section(">") + interface(1, order=">") + packet_block(5, bytes(12) + b"\x08\0" + WHOLE, order=">"),
]


def decode_or_complain(octets):
    """Whatever the octets are: a Trace, or MalformedCapture at a place in them."""
    try:
        trace = pcap.decode(octets, "")
    except CourseError as error:
        assert type(error) is MalformedCapture
        assert 0 <= error.offset <= len(octets)
        trace = error.trace
    if trace is not None:
        assert len(pcap.decode(pcap.encode(trace), "").sent) == len(trace.sent)


@THOROUGH
@given(st.sampled_from([b"", *(file[:4] for file in FILES), *(file[:40] for file in FILES)]), st.binary(max_size=120))
def test_random_octets_are_a_capture_or_malformed_and_nothing_else(start, octets):
    decode_or_complain(start + octets)


@THOROUGH
@given(st.sampled_from(FILES), st.lists(st.integers(0, 1600), max_size=4), st.integers(0, 200))
def test_a_damaged_or_shortened_file_is_a_capture_or_malformed_and_nothing_else(octets, bits, kept):
    decode_or_complain(flipped(octets, bits)[:kept])


def test_with_a_nat_in_between_a_host_s_file_holds_what_that_host_saw():
    run = Scenario(server=echo.server, client=echo.client, middleboxes=[middleboxes.nat()]).run()
    seen = {host: pcap.decode(pcap.encode(run.trace, host), "here").hosts for host in ("server", "client")}

    assert set(seen["server"].values()) == {"10.0.0.1", "203.0.113.1"}
    assert set(seen["client"].values()) == {"10.0.0.1", "10.0.0.2"}
