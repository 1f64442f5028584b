"""Wireshark's opinion: tshark reads what we write without a complaint, and we read what its tools write."""

import pytest

from course.ip import wire
from course.trace import pcap
from tests.captures import runs

STRICT = ("-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE")
AS_THEY_ARE = ("-o", "tcp.relative_sequence_numbers:FALSE")
PLAIN_DATA = ("-d", "tcp.port==7000,data", "-d", "tcp.port==8000,data")
ADDRESSES = ("ip.src", "ip.dst", "ipv6.src", "ipv6.dst")
HEADER = (
    "tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw", "tcp.flags", "tcp.window_size_value",
    "tcp.urgent_pointer",
)  # fmt: skip
MSS, WINDOW_SCALE, SACK_PERMITTED, TSVAL, TSECR, LEFT, RIGHT = OPTIONS = (
    "tcp.options.mss_val", "tcp.options.wscale.shift", "tcp.options.sack_perm", "tcp.options.timestamp.tsval",
    "tcp.options.timestamp.tsecr", "tcp.options.sack_le", "tcp.options.sack_re",
)  # fmt: skip
DATA = ("tcp.len", "tcp.payload", "frame.time_epoch", "ip.id")
JUDGED = ("tcp.checksum.status", "ip.checksum.status", "_ws.expert.group", "_ws.malformed")
AGAIN = ("retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order")
PROBES = ("zero_window_probe", "keep_alive")
MISSING = ("lost_segment", "ack_lost_segment", "reused_ports")
ANALYSIS = {name: f"tcp.analysis.{name}" for name in (*AGAIN, *PROBES, *MISSING, "zero_window")}
SEQUENCE = str(0x02000000)  # the group of what tshark says of SYN, FIN, RST and of what is sent again
NAMES = [*runs()]


@pytest.fixture(scope="session")
def read(tshark):
    """A function that lets tshark read octets, and gives each packet as a dict of the fields that are there."""

    def fields(octets):
        names = [*ADDRESSES, *HEADER, *OPTIONS, *DATA, *JUDGED, *ANALYSIS.values()]
        wanted = [part for name in names for part in ("-e", name)]
        lines = tshark(
            "-r", "-", *STRICT, *AS_THEY_ARE, *PLAIN_DATA, "-T", "fields", *wanted, octets=octets
        ).splitlines()
        rows = [dict(zip(names, line.split("\t"), strict=True)) for line in lines]
        return [{name: value for name, value in row.items() if value} for row in rows]

    return fields


def expected(sent):
    """The fields of one transmission, as tshark writes them."""
    packet, segment, options = sent.packet, sent.segment, sent.segment.options
    flags = sum(
        1 << bit for bit, name in enumerate(("FIN", "SYN", "RST", "PSH", "ACK", "URG")) if name in segment.flags
    )
    version = "ipv6" if ":" in packet.source else "ip"
    fields = {
        f"{version}.src": packet.source, f"{version}.dst": packet.destination,
        "tcp.srcport": segment.source_port, "tcp.dstport": segment.destination_port,
        "tcp.seq_raw": segment.seq, "tcp.ack_raw": segment.ack or 0, "tcp.flags": f"0x{flags:04x}",
        "tcp.window_size_value": segment.window, "tcp.urgent_pointer": segment.urgent or 0,
        "tcp.len": len(segment.data), "tcp.payload": segment.data.hex() or None, "frame.time_epoch": f"{sent.at:.9f}",
        "ip.id": f"0x{sent.ordinal:04x}" if version == "ip" else None,
        MSS: options.mss, WINDOW_SCALE: options.window_scale, SACK_PERMITTED: "yes" if options.sack_permitted else None,
        LEFT: ",".join(str(left) for left, _ in options.sack) or None,
        RIGHT: ",".join(str(right) for _, right in options.sack) or None,
    }  # fmt: skip
    if options.timestamps:
        fields |= zip((TSVAL, TSECR), options.timestamps, strict=True)
    return {name: str(value) for name, value in fields.items() if value is not None}


@pytest.mark.parametrize("name", NAMES)
def test_tshark_reads_every_field_as_it_stands_in_the_trace(name, read):
    trace = runs()[name]
    rows = read(pcap.encode(trace))

    told = [{field: row[field] for field in row if field in (*ADDRESSES, *HEADER, *OPTIONS, *DATA)} for row in rows]
    for row in told:
        row.update({SACK_PERMITTED: "yes"} if SACK_PERMITTED in row else {})  # each version says it in its own way
    assert told == [expected(sent) for sent in trace.sent]


@pytest.mark.parametrize("name", NAMES)
def test_tshark_finds_no_checksum_no_length_and_no_option_wrong(name, read):
    rows = read(pcap.encode(runs()[name]))

    for row in rows:
        assert row["tcp.checksum.status"] == "1"
        assert row.get("ip.checksum.status", "1") == "1"
        assert "_ws.malformed" not in row
        assert set(row.get("_ws.expert.group", SEQUENCE).split(",")) == {SEQUENCE}


def repeated(trace):
    """The places of the transmissions whose octets have all been sent before: numbers are laid out on a line."""
    seen, places = {}, set()
    for place, sent in enumerate(trace.sent):
        segment, way = sent.segment, (sent.packet.source, sent.segment.source_port)
        first = seen.setdefault(way, (segment.seq, 0))
        end = (segment.seq - first[0]) % 2**32 + segment.len
        if segment.len and end <= first[1]:
            places.add(place)
        seen[way] = first[0], max(first[1], end)
    return places


@pytest.mark.parametrize("name", NAMES)
def test_tshark_misses_no_segment_and_sees_again_what_was_sent_again(name, read):
    trace = runs()[name]
    rows = read(pcap.encode(trace))

    def flagged(*names):
        return {place for place, row in enumerate(rows) for name in names if ANALYSIS[name] in row}

    assert flagged(*MISSING) == set()
    assert flagged(*AGAIN) | flagged(*PROBES) >= repeated(trace)
    assert flagged(*AGAIN) <= repeated(trace)
    assert flagged("zero_window") == {
        place for place, sent in enumerate(trace.sent) if sent.segment.window == 0 and not sent.segment.rst
    }


def test_the_runs_hold_what_they_should():
    """Else the tests above could be content with too little."""
    assert [name for name in NAMES if repeated(runs()[name])] == [
        "loss and retransmission", "fast retransmission", "simultaneous open", "zero window",
        "options", "options over IPv6",
    ]  # fmt: skip
    assert any(sent.segment.window == 0 for sent in runs()["zero window"].sent)
    assert any(sent.segment.rst for sent in runs()["reset"].sent)


@pytest.mark.parametrize("host", ["server", "client"])
def test_tshark_misses_nothing_that_reached_the_host_that_captures(host, read):
    """On the receiver's side a lost segment leaves a gap; nothing that is there may be wrong."""
    trace = runs()["loss and retransmission"]
    rows = read(pcap.encode(trace, host))
    seen = list(pcap.sightings(trace, host))

    assert [row["frame.time_epoch"] for row in rows] == [f"{at:.9f}" for at, _ in seen]
    assert {row["tcp.checksum.status"] for row in rows} == {"1"}
    assert len(rows) == len(trace.sent) - 1


FRAMES = {
    0: b"\2\0\0\0",
    1: bytes(12) + b"\x08\0",
    12: b"",
    14: b"",
    101: b"",
    108: b"\0\0\0\2",
    113: bytes(14) + b"\x08\0",
    228: b"",
    276: b"\x08\0" + bytes(18),
}


def packets(trace):
    return [sent.packet._replace(payload=sent.segment._replace(why=None)) for sent in trace.sent]


@pytest.mark.parametrize("kind", ["pcap", "nsecpcap", "pcapng"])
@pytest.mark.parametrize("link", FRAMES)
def test_what_text2pcap_writes_is_read(link, kind, text2pcap, tmp_path):
    """Each type of link that the course reads, in the three formats."""
    trace = runs()["handshake, echo and close"]
    dump = "".join(f"0000 {(FRAMES[link] + wire.encode(sent.packet)).hex(' ')}\n" for sent in trace.sent)
    text2pcap("-q", "-F", kind, "-l", link, "-", tmp_path / "made", octets=dump.encode())

    assert packets(pcap.read(tmp_path / "made")) == packets(trace)


@pytest.mark.parametrize("kind", ["pcap", "nsecpcap", "pcapng"])
@pytest.mark.parametrize("name", NAMES)
def test_what_editcap_converts_is_read_with_its_times(name, kind, editcap, tmp_path):
    trace = runs()[name]
    pcap.write(trace, tmp_path / "ours.pcap")
    editcap("-F", kind, tmp_path / "ours.pcap", tmp_path / "theirs")
    read = pcap.read(tmp_path / "theirs")

    assert packets(read) == packets(trace)
    assert [sent.at for sent in read.sent] == pytest.approx(
        [sent.at - trace.sent[0].at for sent in trace.sent], abs=2e-6
    )


def test_what_editcap_cuts_short_is_filled_with_zeros(editcap, tmp_path):
    trace = runs()["handshake, echo and close"]
    pcap.write(trace, tmp_path / "ours.pcap")
    editcap("-s", 42, tmp_path / "ours.pcap", tmp_path / "theirs")
    read = pcap.read(tmp_path / "theirs")

    cut = [sent.packet._replace(payload=sent.segment._replace(
               why=None, data=sent.segment.data[:2].ljust(len(sent.segment.data), b"\0")))
           for sent in trace.sent if not sent.segment.options.mss]  # fmt: skip
    assert packets(read) == cut
    assert "2 packets cut short by the capture, and filled up with zeros" in read.conditions
    assert "2 packets passed over: no sense" in read.conditions


def test_what_tshark_saves_is_read(tshark, tmp_path):
    trace = runs()["options over IPv6"]
    pcap.write(trace, tmp_path / "ours.pcap")
    tshark("-r", tmp_path / "ours.pcap", "-w", tmp_path / "theirs.pcapng")

    assert packets(pcap.read(tmp_path / "theirs.pcapng")) == packets(trace)
