"""The simulated datagram socket: what is sent is one datagram, and what is received is one (udp(7))."""

import errno
import socket as standard

from course.ip.udp import LARGEST
from course.sim.addresses import check_one_host, check_own
from course.sim.host import SimulatedHost
from course.sim.listener import Wake, wake_all
from course.sim.options import PEEK, SocketOptions, as_asked, no_descriptor, oserror, what_it_is
from course.sim.udp import Inbox
from course.sockets.addresses import ANY
from course.sockets.world import Backend, Readiness
from course.trace.record import Endpoint

TRUNCATED = int(getattr(standard, "MSG_TRUNC", 0x20))


class DatagramSocket:
    """A non-blocking socket of UDP at a simulated host."""

    def __init__(self, host: SimulatedHost, family: int, type: int, proto: int) -> None:  # noqa: A002
        self.family, self.type, self.proto = family, type, proto
        self.host = host
        self.options = SocketOptions(host.parameters)
        self.inbox = Inbox(self.options.parameters.receive_buffer)
        self.holders = 1  # how many socket objects there are of it
        self.closed = False
        self.is_deaf = self.is_mute = False
        host.sockets[self] = None
        self._is_bound = False  # by bind(), so that others can know its port

    @property
    def listening(self) -> bool:
        """Does it wait for callers, as a server may for ever? It does if it was bound, and has no peer."""
        return self._is_bound and self.inbox.peer is None

    # ------------------------------------------------ naming

    def bind(self, address: Endpoint) -> None:
        """Take a local port of UDP (0: any free one)."""
        if self.inbox.port is not None:
            raise oserror(errno.EINVAL)
        check_own(address, self.host.address)
        self.host.udp.open(address[1], self.inbox)
        self._is_bound = True

    def connect(self, address: Endpoint) -> None:
        """Fix the peer; nothing is sent, and nobody is asked."""
        check_one_host(address)
        self._own_port()
        self.inbox.peer = address

    def finish_connect(self) -> None:
        """There is nothing to wait for."""

    def listen(self, backlog: int) -> None:
        """Nobody calls who sends datagrams: EOPNOTSUPP."""
        raise oserror(errno.EOPNOTSUPP)

    def accept(self) -> tuple[Backend, Endpoint]:
        """Nobody calls who sends datagrams: EOPNOTSUPP."""
        raise oserror(errno.EOPNOTSUPP)

    # ------------------------------------------------ octets

    def send(self, octets: bytes | memoryview, flags: int = 0, address: Endpoint | None = None) -> int:
        """Send one datagram there, or to the peer: EDESTADDRREQ without either, EMSGSIZE for one that is too long."""
        destination = address or self.inbox.peer
        if destination is None:
            raise oserror(errno.EDESTADDRREQ)
        if destination[1] == 0:
            raise oserror(errno.EINVAL)
        check_one_host(destination)
        if len(octets) > LARGEST:
            raise oserror(errno.EMSGSIZE)
        self._tell_error()
        if self.is_mute:
            raise oserror(errno.EPIPE)
        self.host.udp.send(self._own_port(), destination, bytes(octets))
        return len(octets)

    def recv(self, size: int, flags: int = 0) -> bytes:
        """The next datagram's first octets; the rest of it is lost."""
        return self.recvfrom(size, flags)[0]

    def recvfrom(self, size: int, flags: int = 0) -> tuple[bytes, Endpoint | None, int]:
        """The same, with its sender, and MSG_TRUNC if something of it was lost."""
        self._tell_error()
        waiting = self.inbox.waiting
        if not waiting and self.is_deaf:
            return b"", None, 0
        if not waiting:
            raise oserror(errno.EAGAIN)
        source, data = waiting[0] if flags & PEEK else waiting.popleft()
        return data[:size], source, TRUNCATED if len(data) > size else 0

    # ------------------------------------------------ closing

    def shutdown(self, how: int) -> None:
        """Say that nothing more will be sent, or received; the peer does not hear of it."""
        if how not in (standard.SHUT_RD, standard.SHUT_WR, standard.SHUT_RDWR):
            raise oserror(errno.EINVAL)
        if self.inbox.peer is None:
            raise oserror(errno.ENOTCONN)
        self.is_deaf = self.is_deaf or how != standard.SHUT_WR
        self.is_mute = self.is_mute or how != standard.SHUT_RD
        wake_all(self.inbox.readers)

    def dup(self) -> "DatagramSocket":
        """One more holds it."""
        self.holders += 1
        return self

    def close(self) -> None:
        """Let go; with the last one it is closed."""
        self.holders -= 1
        if not self.holders and not self.closed:
            self.end()

    def end(self) -> None:
        """Nobody holds it any more: its port is free, and nobody is told."""
        self.closed = True
        self.host.sockets.pop(self, None)
        self.host.udp.close(self.inbox)

    def linger(self) -> float:
        """What was sent is gone: there is nothing to wait for."""
        return 0.0

    def finish_close(self) -> None:
        """There is nothing to wait for."""

    # ------------------------------------------------ asking

    def getsockname(self) -> Endpoint:
        """The local end; 0.0.0.0, port 0 before it has one."""
        return (ANY, 0) if self.inbox.port is None else (self.host.address, self.inbox.port)

    def getpeername(self) -> Endpoint:
        """The peer that connect() has fixed; ENOTCONN without one."""
        if self.inbox.peer is None:
            raise oserror(errno.ENOTCONN)
        return self.inbox.peer

    def setsockopt(self, level: int, option: int, value: int | bytes) -> None:
        """Set an option of SOL_SOCKET; those of TCP are none of UDP's: ENOPROTOOPT."""
        check_level(level)
        self.options.set(level, option, value)
        self.inbox.reuse, self.inbox.room = self.options.reuse, self.options.parameters.receive_buffer

    def getsockopt(self, level: int, option: int, size: int = 0) -> int | bytes:
        """Read an option of SOL_SOCKET: a number, or `size` octets of it."""
        check_level(level)
        if (level, option) == (standard.SOL_SOCKET, standard.SO_ERROR):
            return as_asked(self.inbox.take_error() or 0, size)
        told = what_it_is(listening=False, kind=self.type)
        value = told[level, option] if (level, option) in told else self.options.get(level, option)
        return as_asked(value, size)

    def fileno(self) -> int:
        """A simulated socket has no descriptor."""
        return no_descriptor()

    # ------------------------------------------------ inside

    def waiters(self, readiness: Readiness) -> list[Wake]:
        """Where a program puts itself down that waits for this socket."""
        return self.inbox.readers if readiness == "read" else []

    def is_ready(self, readiness: Readiness) -> bool:
        """Would the call come back at once, be it with an error? Sending never waits."""
        return readiness == "write" or bool(self.inbox.waiting or self.inbox.error) or self.is_deaf

    def _own_port(self) -> int:
        """The local port; an ephemeral one if bind() named none."""
        if self.inbox.port is None:
            self.host.udp.open(0, self.inbox)
        assert self.inbox.port is not None
        return self.inbox.port

    def _tell_error(self) -> None:
        error = self.inbox.take_error()
        if error is not None:
            raise oserror(error)


def check_level(level: int) -> None:
    """TCP's options are none of UDP's."""
    if level == standard.IPPROTO_TCP:
        raise oserror(errno.ENOPROTOOPT)
