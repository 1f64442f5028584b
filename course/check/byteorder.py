"""The questions of chapter 03, byte order."""

import struct

from course.check.question import Choice, Choose, Count
from course.ip import wire
from course.real.sockaddr import Bound
from course.run import Run

NUMBER = 0x01020304
HELLO = b"hello"


def lowest_key(memory: bytes) -> str:
    """Which octet of 0x01020304 lies first in memory?"""
    return "a" if memory[0] == NUMBER >> 24 else "b"


def port_key(run: Run) -> str:
    """Which octet of the destination port comes first in the first segment that was sent?"""
    packet = run.trace.sent[0].packet
    octets = wire.encode(packet)[20:]  # behind the IP header (RFC 791, section 3.1)
    high, low = divmod(packet.segment.destination_port, 256)
    return {(high, low): "a", (low, high): "b"}[octets[2], octets[3]]


def hello_key(run: Run) -> str:
    """What came back of hello?"""
    return {HELLO: "a", HELLO[::-1]: "b"}.get(run.results["client"], "c")


def bound_port(bound: Bound) -> int:
    """The port that the kernel understood."""
    return int(bound.said[1])


def family_key(answer: object) -> str:
    """Was a family whose octets are turned round refused?"""
    if isinstance(answer, str):
        return "b"
    return "a" if isinstance(answer, Bound) and bound_port(answer) == 8080 else "c"


def names_key(names: dict[object, object]) -> str:
    """Which names did the kernel take: the absolute path, the relative one, the abstract name?"""
    taken = [said is not None for said in names.values()]
    return "c" if all(taken) else "b" if taken[1] else "a"


QUESTIONS = (
    Choose(
        "lowest address",
        {
            "a": Choice(
                "01, the most significant.", "That is how we write numbers, and how a big-endian machine does."
            ),
            "b": Choice("04, the least significant.", "That is a little-endian machine; this one is not."),
            "c": Choice(
                "It depends on the program that stores it.", "The processor stores it; programs do not choose."
            ),
        },
        lowest_key,
        "The processor decides in which order a number's octets lie in memory.",
    ),
    Choose(
        "port on the wire",
        {
            "a": Choice("1b."),
            "b": Choice("58.", "So it may lie in memory; on the wire the high octet comes first."),
            "c": Choice("Whichever the client's machine keeps first.", "Then nobody could read a stranger's header."),
        },
        port_key,
        "Headers are written in network order, the most significant octet first, whoever writes them.",
    ),
    Choose(
        "hello across",
        {
            "a": Choice("hello."),
            "b": Choice("olleh.", "Octets arrive in the order in which they were written (M64)."),
            "c": Choice(
                "Letters in groups of two or four that are turned round.", "TCP knows of no groups: only octets (M64)."
            ),
        },
        hello_key,
        "A text is a row of octets, and a row of octets has no byte order.",
    ),
    Count(
        "length five",
        lambda run: run.results["server"],
        "The octets 05 00 00 00 were read with the 05 as the most significant: 5 times 2**24.",
        wrong={
            5: "For that the sender would have to write them in network order, or the receiver to know better.",
            0x50000000: "An octet is turned round as a whole: 05 stays 05, and does not become 50.",
            0: "All four octets have arrived, 05 among them.",
        },
    ),
    Count(
        "forgotten",
        bound_port,
        "The octets 90 1f, read as network order, are 0x901f.",
        wrong={
            8080: "Only on a big-endian machine, where host order is network order.",
            0x0908: "The octets change places, not the digits.",
        },
    ),
    Count(
        "turned round",
        lambda address: int(address) >> 24,
        "127.0.0.1 turned round is 1.0.0.127.",
        wrong={
            127: "The octets change places: the last one becomes the first.",
            721: "Octets change places, not digits.",
        },
    ),
    Choose(
        "family",
        {
            "a": Choice("Nothing: it takes either order.", "It reads the two octets as a number of this machine's."),
            "b": Choice("It refuses: there is no such family."),
            "c": Choice("It binds, to another port.", "The port was left as it is; the family is what it cannot read."),
        },
        family_key,
        "The family stays on this machine, so it is in host order.",
    ),
    Choose(
        "unix names",
        {
            "a": Choice("An absolute path only.", "So says one article; the kernel takes a relative one as it stands."),
            "b": Choice("An absolute path and a relative one.", "And on Linux an abstract name besides."),
            "c": Choice("Both, and on Linux a name that is no path at all.", "This system has no abstract names."),
        },
        names_key,
        "The kernel takes whatever path would name a file; abstract names are Linux's own.",
    ),
    Count(
        "443 forgotten",
        lambda _: int.from_bytes((443).to_bytes(2, "little"), "big"),
        "0x01bb becomes 0xbb01.",
        wrong={443: "Only on a big-endian machine.", 0x10BB: "The octets change places, not the digits."},
        hints=("Write the two octets of 443 down, and then the other way round.", "Which number is 0xbb01?"),
    ),
    Count(
        "port in a header",
        lambda octets: struct.unpack("!HH", octets)[1],
        "The header begins with the source port, c001, and the destination port, 0050: that is 80.",
        wrong={0xC001: "That is the source port.", 0x5000: "The high octet comes first."},
        hints=("Two octets each: which port is first in the header?", "0050 in network order is 0x0050."),
        evidence=lambda: bytes.fromhex("c0010050"),
    ),
    Choose(
        "needs htonl",
        {
            "a": Choice("A picture in a PNG file.", "It is a row of octets, in an order that PNG has fixed."),
            "b": Choice('The text "1024".', "Four letters: four octets, in the order in which they are written (M64)."),
            "c": Choice("A counter, kept as a 32-bit integer."),
            "d": Choice("A single octet with the value 200.", "One octet cannot change places with itself."),
        },
        lambda _: "c",
        "Only numbers of several octets have a byte order.",
        hints=("Which of them are rows of octets already?", "Which of them is a number, kept in host order?"),
    ),
)
