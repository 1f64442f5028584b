"""The questions of chapter 01, from one machine to a network."""

import socket
from collections.abc import Sequence
from typing import Any

from course.apps.datagrams import TWO
from course.check.question import Choice, Choose, Count
from course.real.ports import Five
from course.run import Run
from course.table import Table

WHOLE = b"helloworld"


def pipe_key(talk: Any) -> str:
    """What came through the pipe, all in all?"""
    return "b" if talk.results["patient"] == WHOLE else "a"


def shared_key(talk: Any) -> str:
    """Did both processes accept a caller at the one port?"""
    return "b" if all(talk.results.values()) else "a"


def udp_key(table: Table) -> str:
    """What became of the wish for the same port of UDP?"""
    (outcome,) = [told for wish, told in table.rows if "UDP" in wish]
    return "b" if outcome == "OK" else "a"


def local_ports(fives: Sequence[Five]) -> int:
    """How many local ports are there among these connections?"""
    return len({five.local_port for five in fives})


def addresses(run: Run) -> int:
    """How many addresses has the server seen?"""
    return len({address for address, _ in run.results["server"]})


def datagram_key(run: Run) -> str:
    """What did one recv() give?"""
    return "a" if len(run.results["server"]) == len(TWO) else "b"


QUESTIONS = (
    Choose(
        "a pipe",
        {
            "a": Choice(
                "hello: one read, one write.", "So it may be for a reader who is early; nothing keeps them apart."
            ),
            "b": Choice("helloworld."),
            "c": Choice("Nothing: 100 octets have to be there first.", "100 is the most that it gives, not the least."),
        },
        pipe_key,
        "A pipe carries octets, and no marks between what was written.",
    ),
    Choose(
        "one port, two processes",
        {
            "a": Choice("No: a port belongs to one process.", "It belongs to a socket, and both processes hold it."),
            "b": Choice("Yes: the port names the socket, and both have it."),
        },
        shared_key,
        "The second process has inherited the listener, and accepts from the same queue.",
    ),
    Choose(
        "TCP and UDP",
        {
            "a": Choice("EADDRINUSE.", "That is for the same port of the same protocol."),
            "b": Choice("It gets it."),
        },
        udp_key,
        "The ports of TCP and those of UDP have nothing to do with each other.",
    ),
    Count(
        "fifty clients",
        local_ports,
        "All fifty have the listener's port; the clients' ports tell them apart.",
        wrong={50: "That is how many ports the clients have.", 51: "accept() takes no new port (M08)."},
    ),
    Count(
        "behind a NAT",
        addresses,
        "The NAT puts its own address into every packet, and a port of its own for each connection.",
        wrong={2: "That is how many there are; the server sees the NAT's.", 3: "It sees what stands in the packets."},
    ),
    Choose(
        "two datagrams",
        {
            "a": Choice("Five octets: one datagram."),
            "b": Choice("Ten octets, as with TCP.", "UDP keeps its datagrams apart."),
            "c": Choice("1024 octets.", "1024 is the most that it gives."),
        },
        datagram_key,
        "One datagram, one recv(): UDP keeps boundaries.",
    ),
    Count(
        "a fifth lost",
        lambda run: sum(map(len, run.results["server"])),
        "TCP sends again what was lost, until all of it is there, in order.",
        unit="octets",
        wrong={80: "So it would be without TCP."},
    ),
    Count(
        "protocol number",
        lambda _: int(socket.IPPROTO_TCP),
        "6 for TCP, 17 for UDP.",
        wrong={17: "That is UDP.", 4: "That is the version of IP.", 1: "That is ICMP."},
        hints=("Look at the picture of the layers: the IP header has a field Protocol.", "It is a number below ten."),
    ),
    Count(
        "a thousand clients",
        lambda _: 1,
        "All of them the one that it listens on.",
        wrong={1000: "Those are the clients' ports.", 1001: "accept() takes no new port (M08)."},
        hints=("Which ports differed among the fifty?", "Only the clients' ports differ."),
    ),
    Choose(
        "two process 1",
        {
            "a": Choice("One of them is wrong.", "Both are right, each in its own name space."),
            "b": Choice("A PID names a process within one name space only."),
            "c": Choice("They are the same process.", "They have the same number; so have two houses in two streets."),
        },
        lambda _: "b",
        "A number means something only to who counts.",
        hints=("Who gives the numbers?", "Look at the table of name spaces again."),
    ),
    Choose(
        "boundaries",
        {
            "a": Choice("A pipe.", "It gave helloworld for two writes."),
            "b": Choice("A TCP connection.", "It is a stream."),
            "c": Choice("A stream socket of AF_UNIX.", "A stream, as its type says."),
            "d": Choice("A datagram socket of AF_UNIX."),
        },
        lambda _: "d",
        "Datagrams have boundaries, in every family; streams have none.",
        hints=("Look at the column about two writes and one read.", "The word stream says it."),
    ),
)
