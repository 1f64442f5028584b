"""tcpdump's text: read as a Trace, and printed letter for letter as tcpdump prints it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.errors import CourseError, MalformedCapture
from course.tcp.segment import Options
from course.trace import pcap
from course.trace.tcpdump import example, parse, text
from course.view.ladder import ladder
from tests.captures import by_hand, runs
from tests.segments import THOROUGH

NAMES = {"localhost:9502": "server", "localhost": "client"}
OLD = """\
14:05:11.804170 localhost.40318 > localhost.9502: S 1846093207:1846093207(0) win 32792 \
<mss 16396,sackOK,timestamp 84216377 0,nop,wscale 3> (DF)
14:05:11.804182 localhost.9502 > localhost.40318: S 2417386550:2417386550(0) ack 1846093208 win 32768 \
<mss 16396,sackOK,timestamp 84216377 84216377,nop,wscale 3> (DF)
14:05:11.804193 localhost.40318 > localhost.9502: . ack 1 win 4099 <nop,nop,timestamp 84216377 84216377> (DF)
14:05:15.127904 localhost.40318 > localhost.9502: P 1:8(7) ack 1 win 4099 <nop,nop,timestamp 84217208 84216377> (DF)
14:05:15.127931 localhost.9502 > localhost.40318: . ack 8 win 4096 <nop,nop,timestamp 84217208 84217208> (DF)
14:05:15.128246 localhost.9502 > localhost.40318: P 1:19(18) ack 8 win 4096 <nop,nop,timestamp 84217208 84217208> (DF)
14:05:15.128259 localhost.40318 > localhost.9502: . ack 19 win 4097 <nop,nop,timestamp 84217208 84217208> (DF)
"""
ISS, IRS = 1846093207, 2417386550


def zeroed(sent):
    """A transmission without what no text tells: its octets, and our note in the margin."""
    return sent._replace(
        packet=sent.packet._replace(payload=sent.segment._replace(why=None, data=bytes(len(sent.segment.data))))
    )


def test_the_example_is_a_conversation_of_seven_segments():
    trace = parse(example("telnet"), NAMES)
    calls, answers, third = (sent.segment for sent in trace.sent[:3])

    assert trace.hosts == {"server": "localhost:9502", "client": "localhost"}
    assert [sent.sender[0] for sent in trace.sent] == list("csccssc")
    assert (calls.seq, calls.ack, calls.window, calls.options.mss, calls.options.window_scale) == (
        ISS, None, 32792, 16396, 3,
    )  # fmt: skip
    assert (answers.seq, answers.ack) == (IRS, ISS + 1)
    assert third.window << calls.options.window_scale == calls.window
    assert [len(sent.segment.data) for sent in trace.sent] == [0, 0, 0, 7, 0, 18, 0]
    assert "zeros stand for the octets" in trace.conditions


def test_numbers_are_those_of_the_wire_again():
    """Those after the SYN,ACK are counted from there; a bare acknowledgment's number is not printed at all."""
    segments = [sent.segment for sent in parse(example("telnet")).sent]

    assert [segment.seq - (ISS if segment.source_port == 40318 else IRS) for segment in segments] == [
        0, 0, 1, 1, 1, 1, 8,
    ]  # fmt: skip
    assert [segment.ack for segment in segments] == [None, ISS + 1, IRS + 1, IRS + 1, ISS + 8, ISS + 8, IRS + 19]


def test_the_example_is_drawn():
    words = ladder(parse(example("telnet"), NAMES)).alternative

    assert "At 3.324 s client sends PSH ACK 1–7 (7)." in words
    assert "PSH ACK 1–18 (18)" in words


def test_the_style_of_before_2005_says_the_same():
    assert parse(OLD, NAMES) == parse(example("telnet"), NAMES)


def test_there_is_no_other_example():
    with pytest.raises(ValueError, match=r'no example \'http\': write example\("telnet"\)'):
        example("http")


def test_lines_that_are_no_segment_are_counted():
    lines = f"tcpdump: listening on lo\n\n{example('telnet')}7 packets captured\n"

    assert parse(lines, NAMES).sent == parse(example("telnet"), NAMES).sent
    assert parse(lines).conditions.endswith(" · 2 other lines passed over")
    assert parse("nothing").conditions.endswith(" · 1 other line passed over")


def test_a_line_that_makes_no_sense_is_named():
    lines = example("telnet").replace("seq 1:8", "seq 1:9")
    with pytest.raises(MalformedCapture, match=r"\(in line 4\)$"):
        parse(lines)


@pytest.mark.parametrize("relative", [True, False])
@pytest.mark.parametrize("name", runs())
def test_what_is_printed_is_read_again(name, relative):
    trace = runs()[name]
    read = parse(text(trace, relative=relative), {address: name for name, address in trace.hosts.items()})

    assert [sent.segment for sent in read.sent] == [zeroed(sent).segment for sent in trace.sent]
    assert [sent.name for sent in read.sent] == [sent.name for sent in trace.sent]
    assert [sent.at for sent in read.sent] == pytest.approx([sent.at for sent in trace.sent], abs=1e-6)


@pytest.mark.parametrize("switch", ["-n", "-nS"])
@pytest.mark.parametrize("name", runs())
def test_tcpdump_prints_the_same(name, switch, tcpdump):
    """Letter for letter."""
    trace = runs()[name]
    printed = tcpdump(switch, "-r", "-", octets=pcap.encode(trace))

    assert printed.splitlines() == text(trace, relative=switch == "-n").splitlines()


@pytest.mark.parametrize("switches", ["-n -t", "-n -tt", "-n -ttt", "-n -tttt", "-n -ttttt", "-n -e", "-n -x", ""])
@pytest.mark.parametrize("name", ["zero window", "options over IPv6"])
def test_what_tcpdump_prints_is_read(name, switches, tcpdump):
    """An hour later, since -ttt and -ttttt take the moment 0 for none at all."""
    trace = runs()[name]
    later = trace.records[0].at + 3600
    octets = pcap.encode(replace(trace, records=[sent._replace(at=sent.at + later) for sent in trace.sent]))
    read = parse(tcpdump(*switches.split(), "-r", "-", octets=octets), spans=switches == "-n -ttt")

    assert [sent.segment for sent in read.sent] == [zeroed(sent).segment for sent in trace.sent]
    if switches != "-n -t":
        assert [sent.at for sent in read.sent] == pytest.approx([sent.at for sent in trace.sent], abs=1e-4)


@pytest.mark.parametrize("since", [1, 3, 5])
def test_a_capture_may_begin_in_the_middle(since):
    """Without a SYN tcpdump counts from the first segment that it sees, and prints that one as it is."""
    trace = runs()["loss and retransmission"]
    later = by_hand(trace.hosts.values(), [sent.segment for sent in trace.sent[since:]])

    assert [sent.segment for sent in parse(text(later)).sent] == [zeroed(sent).segment for sent in later.sent]


def test_a_number_that_nothing_tells_is_counted_from_zero():
    """Where a capture begins with a bare acknowledgment, its own number is never printed."""
    trace = runs()["handshake, echo and close"]
    later = by_hand(trace.hosts.values(), [sent.segment for sent in trace.sent[2:]])
    segments = [sent.segment for sent in parse(text(later)).sent]
    iss, irs = trace.sent[0].segment.seq, trace.sent[1].segment.seq

    assert segments[0].ack == irs + 1
    assert [(one.seq + iss + 1, one.ack) for one in segments if one.source_port != 7000] == [
        (one.segment.seq, one.segment.ack) for one in later.sent if one.sender == "client"
    ]


def test_a_part_of_a_text_may_be_read_with_its_numbers_as_they_are():
    lines = "\n".join(example("telnet").splitlines()[3:])

    assert [(sent.segment.seq, sent.segment.ack) for sent in parse(lines).sent] == [(1, 1), (1, 8), (1, 8), (8, 19)]


def test_blocks_of_a_sack_option_are_counted_like_acknowledgments(tcpdump):
    """RFC 2018 3: they are about the other direction's octets."""
    trace = runs()["options"]

    assert "sack 1 {16:21}" in text(trace)
    assert "sack 1 {13:18}" in text(trace, relative=False)


def test_ports_that_are_used_again_begin_anew(tcpdump):
    trace = runs()["handshake, echo and close"]
    again = [sent.segment._replace(seq=(sent.segment.seq + 10**9) % 2**32) for sent in trace.sent]
    again = [one if one.ack is None else one._replace(ack=(one.ack + 10**9) % 2**32) for one in again]
    twice = by_hand(trace.hosts.values(), [*(sent.segment for sent in trace.sent), *again])

    assert [sent.segment for sent in parse(text(twice)).sent] == [zeroed(sent).segment for sent in twice.sent]
    assert tcpdump("-n", "-r", "-", octets=pcap.encode(twice)).splitlines() == text(twice).splitlines()


@pytest.mark.parametrize(
    "options",
    [
        Options(unknown=((200, b""),)),
        Options(unknown=((200, b"\1"), (201, b"\1\1"))),
        Options(mss=257, sack=((1, 2), (3, 4))),
        Options(timestamps=(1, 1), sack=((1, 2), (3, 4), (5, 6))),
    ],
)
def test_options_are_padded_as_on_the_wire(options, tcpdump):
    trace = runs()["handshake, echo and close"]
    first, *rest = (sent.segment for sent in trace.sent)
    trace = by_hand(trace.hosts.values(), [first._replace(options=options), *rest])

    assert tcpdump("-n", "-r", "-", octets=pcap.encode(trace)).splitlines() == text(trace).splitlines()


WORDS = (
    "IP IP6 10.0.0.1.80 10.0.0.2.5000 ::1.80 > : , Flags [S] [S.] [P.] [none] seq ack win length urg options "
    "1 1:8 8:1(7) 4294967296 0 7 [mss <nop,wscale 3> sack {1:2} S . P 12:00:00.5 -1 00:00:00.000000 2024-13-01"
)
LINES = example("telnet").splitlines() + OLD.splitlines()


def parse_or_complain(lines):
    """Whatever the text is: a Trace that can be printed again, or MalformedCapture with a line of it."""
    try:
        trace = parse(lines)
    except CourseError as error:
        assert type(error) is MalformedCapture
        assert 1 <= error.line <= len(lines.splitlines())
    else:
        assert len(parse(text(trace)).sent) == len(trace.sent)


@THOROUGH
@given(
    st.lists(st.sampled_from(WORDS.split()) | st.text(max_size=3), max_size=20).map(" ".join),
    st.sampled_from(["", "10.0.0.1.5 > 1.6: "]),
)
def test_random_words_are_a_text_or_malformed_and_nothing_else(words, start):
    parse_or_complain(start + words)


@THOROUGH
@given(st.lists(st.sampled_from(LINES), max_size=4), st.data())
def test_damaged_lines_are_a_text_or_malformed_and_nothing_else(lines, data):
    letters = list("\n".join(lines))
    for place in data.draw(st.lists(st.integers(0, max(len(letters) - 1, 0)), max_size=4 if letters else 0)):
        letters[place] = data.draw(st.sampled_from("0123456789.:,[]<>{}()SFRP \n-x") | st.characters())
    parse_or_complain("".join(letters))
