"""What the kernel says of connections when it is asked: TCP_INFO and /proc/net/tcp, both Linux's, both for everyone.

Connections over IPv6 have a table of their own, /proc/net/tcp6; a machine without IPv6 has none.

Elsewhere there is nothing to ask, and the answers are None.
"""

import os
import re
import socket
import sys
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from course.tcp.state import State
from course.tcp.timers import Timer
from course.trace.record import Endpoint

Ends = tuple[Endpoint, Endpoint | None]
"""The two ends of a connection; a listener has one."""

PROC_NET_TCP = Path("/proc/net/tcp")
PROC_NET_TCP6 = Path("/proc/net/tcp6")
MAPPED = bytes(10) + b"\xff\xff"  # with these twelve octets begins an IPv4 address in an IPv6 socket's table
WORD = 8  # hexadecimal digits of four octets
TCP_INFO = getattr(socket, "TCP_INFO", None) if sys.platform == "linux" else None

STATES = (  # in the order in which Linux counts them, from 1 (include/net/tcp_states.h)
    State.ESTABLISHED,
    State.SYN_SENT,
    State.SYN_RECEIVED,
    State.FIN_WAIT_1,
    State.FIN_WAIT_2,
    State.TIME_WAIT,
    State.CLOSED,
    State.CLOSE_WAIT,
    State.LAST_ACK,
    State.LISTEN,
    State.CLOSING,
    State.SYN_RECEIVED,
)
TIMERS = {  # in column "tr" (Documentation/networking/proc_net_tcp.rst of Linux)
    1: Timer.RETRANSMISSION,
    2: Timer.KEEP_ALIVE,
    3: Timer.TIME_WAIT,
    4: Timer.PERSIST,
}
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100  # a second has so many, in column "tm->when"


class Running(NamedTuple):
    """The timer that runs for a connection, by its name in course.tcp.timers, and in how many seconds it runs out.

    The table tells one at most. A tail loss probe counts as retransmission, a limit to FIN-WAIT-2 as keep-alive; that
    of a delayed ACK is left out.
    """

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of /proc/net/tcp. The queues are in octets, where a SYN or a FIN counts as one (RFC 9293, section 3.4).

    A listener has no `remote`, and its `receive_queue` counts the connections that wait for accept(). The timer, which
    is another one at each look, is no part of what makes two rows equal.
    """

    local: Endpoint
    remote: Endpoint | None
    state: State
    send_queue: int
    receive_queue: int
    timer: Running | None = field(default=None, compare=False)


def state_of(kernel: socket.socket) -> State | None:
    """The state of a socket's connection by TCP_INFO, whose first octet it is; None where there is no saying.

    A connection in TIME-WAIT is no longer its socket's: the socket is CLOSED by then.
    """
    if TCP_INFO is None:
        return None
    try:
        number = kernel.getsockopt(socket.IPPROTO_TCP, TCP_INFO, 1)[0]
    except OSError:
        return None
    return state_numbered(number)


def state_numbered(number: int) -> State | None:
    """Linux's number for a state."""
    return STATES[number - 1] if 1 <= number <= len(STATES) else None


def connections(addresses: Collection[str], path: Path = PROC_NET_TCP) -> list[Row] | None:
    """All connections and listeners at these local addresses, with a descriptor or without; None if unreadable."""
    wanted = "|".join(hexadecimal(address) for address in addresses)
    table = text_of(path)
    if table is None:
        return None
    lines = re.findall(rf"^ *\d+: (?:{wanted}):.*$", table, re.MULTILINE)  # the table may be long
    rows = [row(line) for line in lines]
    return [each for each in rows if each is not None]


def text_of(path: Path) -> str | None:
    """What stands in a file of the kernel's; None if it cannot be read."""
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return None


def row(line: str) -> Row | None:
    """Read one line; None for a state that TCP does not have."""
    _, local, remote, number, queues, timer, *_ = line.split()
    state = state_numbered(int(number, 16))
    if state is None:
        return None
    send_queue, receive_queue = queues.split(":")
    far_end = None if state is State.LISTEN else endpoint(remote)
    return Row(endpoint(local), far_end, state, int(send_queue, 16), int(receive_queue, 16), running(timer))


def running(text: str) -> Running | None:
    """The timer as the kernel writes it, as in "03:0000062D" for TIME-WAIT's with 15.81 seconds to go; None if none."""
    number, ticks = (int(part, 16) for part in text.split(":"))
    return Running(str(TIMERS.get(number, f"number {number}")), ticks / TICKS) if number else None


def endpoint(text: str) -> Endpoint:
    """An end as the kernel writes it, as in "0100007F:1B58" (on most machines) for 127.0.0.1, port 7000.

    An IPv6 address is four such numbers in a row.
    """
    address, port = text.split(":")
    words = [int(address[at : at + WORD], 16) for at in range(0, len(address), WORD)]
    return dotted(b"".join(word.to_bytes(4, sys.byteorder) for word in words)), int(port, 16)


def dotted(octets: bytes) -> str:
    """An address of 4 or 16 octets in words; a mapped one is IPv4's, as what it stands for (RFC 4291, 2.5.5.2)."""
    if len(octets) == 4 or octets.startswith(MAPPED):
        return socket.inet_ntoa(octets[-4:])
    return socket.inet_ntop(socket.AF_INET6, octets)


def hexadecimal(address: str) -> str:
    """A dotted address as the kernel writes it: its four octets as one number of this machine's byte order."""
    return f"{int.from_bytes(socket.inet_aton(address), sys.byteorder):08X}"
