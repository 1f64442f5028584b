"""What the kernel says of connections when it is asked: TCP_INFO and /proc/net/tcp, both Linux's, both for everyone.

Elsewhere there is nothing to ask, and the answers are None.
"""

import re
import socket
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from course.tcp.state import State
from course.trace.record import Endpoint

PROC_NET_TCP = Path("/proc/net/tcp")
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


@dataclass(frozen=True, slots=True)
class Row:
    """One line of /proc/net/tcp. The queues are in octets, where a SYN or a FIN counts as one (RFC 9293, section 3.4).

    A listener has no `remote`, and its `receive_queue` counts the connections that wait for accept().
    """

    local: Endpoint
    remote: Endpoint | None
    state: State
    send_queue: int
    receive_queue: int


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
    try:
        table = path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return None
    lines = re.findall(rf"^ *\d+: (?:{wanted}):.*$", table, re.MULTILINE)  # the table may be long
    rows = [row(line) for line in lines]
    return [each for each in rows if each is not None]


def row(line: str) -> Row | None:
    """Read one line; None for a state that TCP does not have."""
    _, local, remote, number, queues, *_ = line.split()
    state = state_numbered(int(number, 16))
    if state is None:
        return None
    send_queue, receive_queue = queues.split(":")
    far_end = None if state is State.LISTEN else endpoint(remote)
    return Row(endpoint(local), far_end, state, int(send_queue, 16), int(receive_queue, 16))


def endpoint(text: str) -> Endpoint:
    """An end as the kernel writes it, as in "0100007F:1B58" (on most machines) for 127.0.0.1, port 7000."""
    address, port = text.split(":")
    return socket.inet_ntoa(int(address, 16).to_bytes(4, sys.byteorder)), int(port, 16)


def hexadecimal(address: str) -> str:
    """A dotted address as the kernel writes it: its four octets as one number of this machine's byte order."""
    return f"{int.from_bytes(socket.inet_aton(address), sys.byteorder):08X}"
