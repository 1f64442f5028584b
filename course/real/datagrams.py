"""Datagrams on the real kernel: connect() of a UDP socket fixes its peer, and sends nothing (udp(7))."""

import socket
from collections.abc import Iterator

from course.real.calls import PATIENCE, outcome, whether
from course.real.interrupts import held, sheltered
from course.real.threads import READ, which_are_ready
from course.table import Table
from course.trace.record import Endpoint


@sheltered
def refused() -> Table:
    """Send twice to a port where nobody receives, by a connected socket and by one that is not.

    Both first datagrams leave, and an ICMP message comes back for each: port unreachable. The kernel knows to whom to
    tell it if the socket has a peer: its next call fails with ECONNREFUSED. The other one hears nothing.
    """
    with nobody() as there, udp() as connected, udp() as free:
        rows = [("connected", f"connect({there[0]!r}, ...)", whether(connected.connect, there))]
        for _ in range(2):
            rows.append(("connected", "send(b'hello')", outcome(connected.send, b"hello")))
            which_are_ready([(connected.fileno(), READ)], PATIENCE)  # an error to tell of makes it ready
        rows += [("not connected", "sendto(b'hello', ...)", outcome(free.sendto, b"hello", there)) for _ in range(2)]
    return Table("Datagrams to a port where nobody receives", ("socket", "call", "what came of it"), tuple(rows))


def udp() -> socket.socket:
    """A fresh UDP socket."""
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


@held
def nobody() -> Iterator[Endpoint]:
    """A port at which nobody receives from us. A socket has it, lest another program take it, but listens to itself."""
    with udp() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.connect(holder.getsockname())
        yield holder.getsockname()
