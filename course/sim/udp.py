"""UDP at a simulated host: for which socket a datagram is, and what is answered if for none (RFC 1122, section 4.1)."""

import errno
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from course.ip import udp, wire
from course.ip.icmp import PORT, UNREACHABLE, Message, port_unreachable
from course.ip.packet import Packet
from course.ip.udp import Datagram
from course.sim.listener import Wake, wake_all
from course.sim.ports import Ports
from course.trace.record import Delivered, Dropped, Endpoint, Record, Sent

FULL = "receive buffer full"


@dataclass(slots=True, eq=False)
class Inbox:
    """A port with the datagrams that wait there for recv(); with a `peer` it takes those of no one else."""

    room: int  # octets; once they are taken, what comes is lost
    port: int | None = None
    peer: Endpoint | None = None
    waiting: deque[tuple[Endpoint, bytes]] = field(default_factory=deque)
    error: int | None = None  # what ICMP has told, until somebody is told
    readers: list[Wake] = field(default_factory=list)
    reuse: bool = False  # SO_REUSEADDR
    listening = False

    @property
    def is_full(self) -> bool:
        """Is there no room for one more? Headers count, or empty datagrams would take none."""
        return sum(udp.HEADER.size + len(data) for _, data in self.waiting) >= self.room

    def put(self, source: Endpoint, data: bytes) -> None:
        """A datagram has come."""
        self.waiting.append((source, data))
        wake_all(self.readers)

    def fail(self, error: int) -> None:
        """Something went wrong with what was sent from here: the next call will say so."""
        self.error = error
        wake_all(self.readers)

    def take_error(self) -> int | None:
        """What went wrong, told once, as SO_ERROR does (socket(7))."""
        error, self.error = self.error, None
        return error


class Udp:
    """The UDP of one host: its ports, apart from TCP's, and who holds them."""

    def __init__(self, address: str, record: Callable[[Record], None], now: Callable[[], float],
                 send: Callable[[Packet], None]) -> None:  # fmt: skip
        self._address = address
        self._record = record
        self._now = now
        self._send = send
        self._ports = Ports()
        self._inboxes: dict[int, list[Inbox]] = {}

    def open(self, port: int, inbox: Inbox) -> None:
        """Give an inbox the port (0: any free one); OSError EADDRINUSE."""
        port = port or self._ports.ephemeral(set())
        self._ports.claim(port, inbox, ())
        inbox.port = port
        self._inboxes.setdefault(port, []).append(inbox)

    def close(self, inbox: Inbox) -> None:
        """Let go of the port, and of what waits there."""
        if inbox.port is not None:
            self._ports.release(inbox.port, inbox)
            self._inboxes[inbox.port].remove(inbox)

    def forget_everything(self) -> None:
        """The power is gone: nobody has a port any more."""
        self._ports = Ports()
        self._inboxes.clear()

    def send(self, port: int, destination: Endpoint, data: bytes) -> None:
        """Send one datagram, once."""
        self._send(Packet(self._address, destination[0], Datagram(port, destination[1], data)))

    def receive(self, sent: Sent, copy: int) -> None:
        """A datagram or a message has come out of the link."""
        payload, source = sent.packet.payload, sent.packet.source
        if isinstance(payload, Message):
            self._record(Delivered(self._now(), sent, copy))
            self._hear(payload)
        elif isinstance(payload, Datagram):
            self._take(sent, copy, payload, self._inbox(payload.destination_port, (source, payload.source_port)))

    def _take(self, sent: Sent, copy: int, datagram: Datagram, inbox: Inbox | None) -> None:
        """Keep it for the program; say so if there is none, and nothing if there is no room."""
        packet = sent.packet
        if inbox is not None and inbox.is_full:
            self._record(Dropped(self._now(), sent, FULL, copy))
            return
        self._record(Delivered(self._now(), sent, copy))
        if inbox is not None:
            inbox.put((packet.source, datagram.source_port), datagram.data)
        else:
            cause = wire.encode(packet, identification=sent.ordinal)
            self._send(Packet(self._address, packet.source, port_unreachable(cause)))

    def _hear(self, message: Message) -> None:
        """Nobody has the port that a datagram was for: only a connected socket is told, as on Linux (udp(7))."""
        cause = message.cause
        if cause is None or (message.type, message.code, cause.protocol) != (UNREACHABLE, PORT, udp.PROTOCOL):
            return
        inbox = self._inbox(cause.source[1], cause.destination)
        if inbox is not None and inbox.peer is not None:
            inbox.fail(errno.ECONNREFUSED)

    def _inbox(self, port: int, remote: Endpoint) -> Inbox | None:
        """Who takes what comes from there: one with that peer, or else one without any; of several the last."""
        takers = [inbox for inbox in self._inboxes.get(port, ()) if inbox.peer in (None, remote)]
        return max(takers[::-1], key=lambda inbox: inbox.peer is not None, default=None)
