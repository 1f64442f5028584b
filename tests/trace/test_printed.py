"""One line that tcpdump prints: what it says, in the style of today and in that of before 2005."""

import pytest

from course.errors import MalformedCapture
from course.tcp.segment import Options
from course.trace.printed import Line, read_line

ENDS = ("10.0.0.2", 49152), ("10.0.0.1", 7000)
SAID = Line(*ENDS, "", None, None, 500, None, Options(), 0)
FROM_TO = "12:00:00.000000 IP 10.0.0.2.49152 > 10.0.0.1.7000: "


@pytest.mark.parametrize(
    ("rest", "line"),
    [
        ("Flags [S], seq 7, win 500, length 0", SAID._replace(flags="S", seq=7)),
        ("Flags [S.], seq 7, ack 5, win 500, length 0", SAID._replace(flags="S.", seq=7, ack=5)),
        ("Flags [.], ack 5, win 500, length 0", SAID._replace(flags=".", ack=5)),
        ("Flags [P.], seq 1:8, ack 5, win 500, length 7", SAID._replace(flags="P.", seq=1, ack=5, length=7)),
        ("Flags [F.], seq 8, ack 5, win 500, length 0", SAID._replace(flags="F.", seq=8, ack=5)),
        ("Flags [FP.], seq 1:8, ack 5, win 500, length 7", SAID._replace(flags="FP.", seq=1, ack=5, length=7)),
        ("Flags [R], seq 8, win 500, length 0", SAID._replace(flags="R", seq=8)),
        ("Flags [R.], seq 0, ack 5, win 500, length 0", SAID._replace(flags="R.", seq=0, ack=5)),
        ("Flags [none], win 500, length 0", SAID),
        ("Flags [SEW], seq 7, win 500, length 0", SAID._replace(flags="SEW", seq=7)),
        ("Flags [.U], ack 5, win 500, urg 3, length 0", SAID._replace(flags=".U", ack=5, urgent=3)),
        ("Flags [P.], seq 4294967295:1, ack 5, win 500, length 2: HTTP: GET / HTTP/1.1",
         SAID._replace(flags="P.", seq=2**32 - 1, ack=5, length=2)),
        ("S 7:7(0) win 500", SAID._replace(flags="S", seq=7)),
        ("S 7:7(0) ack 5 win 500 <mss 16396,nop,wscale 3> (DF)",
         SAID._replace(flags="S", seq=7, ack=5, options=Options(mss=16396, window_scale=3))),
        (". ack 5 win 500", SAID._replace(flags=".", ack=5)),
        ("P 1:8(7) ack 5 win 500 urg 3 (DF) [tos 0x10]",
         SAID._replace(flags="P", seq=1, ack=5, length=7, urgent=3)),
        ("FP 1:8(7) ack 5 win 500", SAID._replace(flags="FP", seq=1, ack=5, length=7)),
        ("R 8:8(0) win 500", SAID._replace(flags="R", seq=8)),
    ],
)  # fmt: skip
def test_a_line_says_what_stands_in_the_header(rest, line):
    assert read_line(FROM_TO + rest, 1) == line


@pytest.mark.parametrize(
    "start",
    [
        "12:00:00.000000 IP ", "12:00:00.000000 ", "IP ", "", " 00:00:00.000005 IP ", "1700000000.000001 IP ",
        "2024-05-01 12:00:00.000000 IP ", "12:00:00.000000 lo    In  IP ", "12:00:00.000000 wlan0 Out IP ",
        "12:00:00.000000 02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype IPv4 (0x0800), length 74: ",
        "12:00:00.000000 02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype 802.1Q (0x8100), length 78: vlan 7, p 0, ethertype IPv4 (0x0800), ",  # noqa: E501
        "12:00:00.000000 ip: ", "12:00:00.000000 AF IPv4 (2), length 48: ",
        "12:00:00.000000 lo    In  ifindex 1 00:00:00:00:00:00 ethertype IPv4 (0x0800), length 80: ",
    ],
)  # fmt: skip
def test_a_line_may_begin_in_many_ways(start):
    assert read_line(f"{start}10.0.0.2.49152 > 10.0.0.1.7000: Flags [S], seq 7, win 500, length 0", 1) == SAID._replace(
        flags="S", seq=7
    )


@pytest.mark.parametrize(
    ("written", "end"),
    [
        ("localhost.40318", ("localhost", 40318)),
        ("www.example.com.http", ("www.example.com", 80)),
        ("10.0.0.1.ftp-data", ("10.0.0.1", 20)),
        ("::1.7000", ("::1", 7000)),
        ("fe80::1%eth0.443", ("fe80::1%eth0", 443)),
    ],
)
def test_an_end_is_a_host_and_a_port(written, end):
    line = read_line(f"IP6 {written} > {written}: Flags [.], ack 1, win 1, length 0", 1)

    assert (line.source, line.destination) == (end, end)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("mss 1460", Options(mss=1460)),
        ("mss 16396,sackOK,TS val 84 ecr 0,nop,wscale 3",
         Options(mss=16396, sack_permitted=True, timestamps=(84, 0), window_scale=3)),
        ("nop,nop,timestamp 84 12", Options(timestamps=(84, 12))),
        ("nop,nop,sack 1 {5:9}", Options(sack=((5, 9),))),
        ("nop,nop,sack sack 2 {5:9}{11:12} ", Options(sack=((5, 9), (11, 12)))),
        ("unknown-253 0xbeef,eol", Options(unknown=((253, b"\xbe\xef"),))),
        ("opt-200:0102,unknown-76", Options(unknown=((200, b"\1\2"), (76, b"")))),
        ("mptcp 12 capable v1,exp-tfo cookiereq,mss 9,tfo  cookie 12", Options(mss=9)),
    ],
)  # fmt: skip
def test_options_are_read_as_far_as_the_course_knows_them(text, options):
    assert read_line(f"{FROM_TO}Flags [.], ack 1, win 1, options [{text}], length 0", 1).options == options


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tcpdump: listening on lo, link-type EN10MB (Ethernet), snapshot length 262144 bytes",
        "12 packets captured",
        "12:00:00.000000 ARP, Request who-has 10.0.0.1 tell 10.0.0.2, length 28",
        "12:00:00.000000 IP 10.0.0.2.53 > 10.0.0.1.5000: UDP, length 5",
        "12:00:00.000000 IP 10.0.0.2 > 10.0.0.1: ICMP echo request, id 1, seq 1, length 64",
        "12:00:00.000000 IP 10.0.0.2.5000 > 10.0.0.1.53: 123+ A? example.com. (29)",
        "\t0x0000:  4500 003c 1c46 4000 4006 b1e6 ac10 0a63",
    ],
)
def test_a_line_that_is_no_segment_says_nothing(text):
    assert read_line(text, 1) is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (FROM_TO + "Flags [S], seq 1", "this is not how tcpdump prints a segment: 'Flags .S., seq 1'"),
        (FROM_TO + "Flags [X], seq 1, win 1, length 0", "not how tcpdump prints"),
        (FROM_TO + "Flags [S], win 500, length 0", "the sequence number is missing"),
        (FROM_TO + "Flags [.], ack 1, win 500, length 5", "the sequence number is missing"),
        (FROM_TO + "Flags [P.], seq 1:8, ack 1, win 500, length 8", "1:8 are not 8 octets"),
        (FROM_TO + "P 1:8(6) ack 1 win 500", "1:8 are not 6 octets"),
        (FROM_TO + "Flags [.], win 500, length 0", "a dot, and its number must both be there"),
        (FROM_TO + "Flags [S], seq 1, ack 1, win 500, length 0", "a dot, and its number must both be there"),
        (FROM_TO + "Flags [S], seq 4294967296, win 500, length 0", "seq 4294967296 is too large"),
        (FROM_TO + "Flags [S], seq 1, win 65536, length 0", "window 65536 is too large"),
        (FROM_TO + "Flags [P.], seq 0:65536, ack 1, win 5, length 65536", "length 65536 is too large"),
        (FROM_TO + "Flags [S], seq 1, win 5, options [mss 70000], length 0", "mss 70000 is too large"),
        (FROM_TO + "Flags [S], seq 1, win 5, options [mss many], length 0", "'mss many' is no option"),
        (FROM_TO + f"Flags [S], seq 1, win 5, options [{'unknown-200 0xbeef,' * 11}eol], length 0", "more options"),
        ("IP 10.0.0.2.65536 > 10.0.0.1.7000: Flags [S], seq 1, win 5, length 0", "port 65536 is too large"),
        ("IP 10.0.0.2.nobody > 10.0.0.1.7000: Flags [S], seq 1, win 5, length 0", "known here as 'nobody'"),
        ("IP 10.0.0.2.\0 > 10.0.0.1.7000: Flags [S], seq 1, win 5, length 0", "known here as"),
        ("IP localhost > 10.0.0.1.7000: Flags [S], seq 1, win 5, length 0", "'localhost' should be a host, a dot"),
        ("12:00:00.0 IP (tos 0x0, ttl 64, id 0, offset 0, flags [DF], proto TCP (6), length 60)", "tcpdump -v"),
        ("IP6 (flowlabel 0x1, hlim 64, next-header TCP (6) payload length: 40) ::1.5 > ::1.6: Flags [S]", "tcpdump -v"),
    ],
)
def test_a_segment_that_makes_no_sense_is_named_with_its_line(text, complaint):
    with pytest.raises(MalformedCapture, match=rf"{complaint}.*\(in line 17\)$") as caught:
        read_line(text, 17)
    assert caught.value.line == 17
