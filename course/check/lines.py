"""The questions of chapter 11, reading captures."""

from course.check.question import Choice, Choose, Count
from course.tcp.segment import Segment
from course.trace import pcap, tcpdump
from course.trace.trace import Trace


def dot_key(trace: Trace) -> str:
    """Which flags has the segment whose line says [.]?"""
    flags = tuple(trace.sent[2].segment.flags)
    return {(): "a", ("ACK",): "b"}.get(flags, "c")


def telnet() -> Trace:
    """The old capture."""
    return tcpdump.parse(tcpdump.example("telnet"))


def offered(trace: Trace) -> int:
    """The window of the third segment, shifted as its sender's SYN has announced."""
    return trace.sent[2].segment.window << (trace.sent[0].segment.options.window_scale or 0)


QUESTIONS = (
    Choose(
        "a dot",
        {
            "a": Choice("No flag is set.", "A segment without any flag is none that TCP sends."),
            "b": Choice("ACK, and no other flag."),
            "c": Choice("The line is not complete.", "It is: the dot stands for ACK."),
        },
        dot_key,
        "A dot stands for ACK.",
    ),
    Count(
        "absolute",
        lambda trace: trace.sent[3].segment.seq,
        "The SYN has 1846093207, and takes that number; relative 1 is the next one.",
        wrong={
            1846093207: "That is the SYN's own number: relative 0.",
            1: "That is the relative one.",
            2417386551: "That is how the other end counts.",
        },
    ),
    Count(
        "win 4099",
        offered,
        "4099 times 2 to the power of 3.",
        unit="octets",
        wrong={4099: "The SYN has announced a shift of 3 bits.", 12297: "3 is the number of bits, not a factor."},
    ),
    Count(
        "length 0",
        lambda trace: len(pcap.frame(0, trace.sent[0]).octets),
        "20 octets of IP, 20 of TCP, and 20 of options.",
        unit="octets",
        wrong={
            0: "length counts the data only.",
            40: "There are options: MSS 4, SACK permitted 2, timestamps 10, one to fill up, window scale 3.",
            59: "Options are padded to a multiple of four.",
        },
    ),
    Count(
        "at the server",
        lambda capture: round((capture.sent[1].at - capture.sent[0].at) * 1000),
        "The server's TCP answers at once; the way there and back is not seen from here.",
        unit="ms",
        wrong={100: "So it is at the client: there and back again.", 50: "That is one way, and no capture sees it."},
    ),
    Count(
        "absolute ack",
        lambda trace: trace.sent[4].segment.ack,
        "The SYN took 1846093207, the seven octets the next seven numbers: 1846093215 is expected next.",
        wrong={8: "That is the relative one.", 1846093214: "That is the last octet that has come; ack names the next."},
        hints=("Which relative ack has it?", "Add that to the number of the SYN."),
        evidence=telnet,
    ),
    Count(
        "win 502",
        lambda shift: 502 << shift,
        "502 shifted by 7 bits: 502 times 128.",
        unit="octets",
        wrong={502: "The SYN has announced a shift.", 3514: "7 is the number of bits, not a factor."},
        hints=("What does a shift of one bit do to a number?", "Seven bits: times 128."),
        evidence=lambda: 7,
    ),
    Count(
        "numbers of a FIN",
        lambda segment: segment.len,
        "A FIN takes one number, although it carries no octet; length counts data only.",
        wrong={0: "length 0 is about data. Think of chapter 07.", 2: "ACK takes none."},
        hints=("Which flags take a number?", "SYN and FIN do."),
        evidence=lambda: Segment(1, 2, seq=1, ack=1, window=1, fin=True),
    ),
    Choose(
        "in the middle",
        {
            "a": Choice("How many octets of data each segment has.", "The line says it: length."),
            "b": Choice("How many octets a window field stands for."),
            "c": Choice("Who sent each segment.", "The line says it."),
            "d": Choice("Which segments have FIN.", "The flags are in every line."),
        },
        lambda _: "b",
        "The shift is announced in the SYN, and in the SYN only.",
        hints=("What is said once, at the beginning?", "Think of win 4099."),
    ),
)
