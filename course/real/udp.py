"""A real datagram socket behind the socket layer: it never waits, and its addresses are translated (udp(7))."""

import errno
import os
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from course.trace.record import Endpoint

if TYPE_CHECKING:
    from course.real.backend import Sockets


@dataclass(slots=True)
class Shared:
    """What is known of a datagram socket, however many descriptors it has."""

    has_port: bool = False
    listens: bool = False  # does it wait for callers, as a server may for ever: bound, and without a peer?
    is_deaf: bool = False


class KernelDatagrams:
    """A descriptor of a non-blocking socket of the kernel's UDP, which belongs to one host of a run."""

    def __init__(self, sockets: "Sockets", host: str, kernel: socket.socket, shared: Shared | None = None) -> None:
        kernel.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        self.family, self.type, self.proto = int(kernel.family), int(kernel.type), kernel.proto
        self.host = host
        self.kernel = kernel
        self._shared = shared or Shared()
        self._sockets = sockets
        self._addresses = sockets.addresses

    @property
    def listens(self) -> bool:
        """Does it wait for callers?"""
        return self._shared.listens

    # ------------------------------------------------ naming

    def bind(self, address: Endpoint) -> None:
        """Bind to the host's own address: a host has no other."""
        if address[0] != self._addresses.hosts[self.host]:
            raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
        self._addresses.bind(self.kernel, address)
        self._shared.has_port = self._shared.listens = True

    def _bind_if_unbound(self) -> None:
        """Or else it would send from 127.0.0.1."""
        if not self._shared.has_port:
            self._addresses.bind(self.kernel, (self._addresses.hosts[self.host], 0))
            self._shared.has_port = True

    def connect(self, address: Endpoint) -> None:
        """Fix the peer."""
        self._bind_if_unbound()
        self.kernel.connect(self._addresses.real(address))
        self._shared.listens = False

    def finish_connect(self) -> None:
        """There is nothing to wait for."""

    def listen(self, backlog: int) -> None:
        """Nobody calls who sends datagrams."""
        self.kernel.listen(backlog)

    def accept(self) -> NoReturn:
        """Nobody calls who sends datagrams."""
        self.kernel.accept()
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    # ------------------------------------------------ octets

    def send(self, octets: bytes | memoryview, flags: int = 0, address: Endpoint | None = None) -> int:
        """Give the kernel one datagram, for that address or for the peer."""
        self._bind_if_unbound()
        if address is None:
            return self.kernel.send(octets, flags)
        return self.kernel.sendto(octets, flags, self._addresses.real(address))

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Take one datagram from the kernel, as much of it as was asked for."""
        return self.recvfrom(size, flags)[0]

    def recvfrom(self, size: int, flags: int = 0) -> tuple[bytes, Endpoint | None, int]:
        """The same, with its sender, and MSG_TRUNC if something of it was lost, where the system tells that.

        After SHUT_RD there is an end, as a recv(2) that waits tells; to one that does not Linux says EAGAIN for ever.
        """
        try:
            return self._recvfrom(size, flags)
        except BlockingIOError:
            if self._shared.is_deaf:
                return b"", None, 0
            raise

    def _recvfrom(self, size: int, flags: int) -> tuple[bytes, Endpoint | None, int]:
        if hasattr(self.kernel, "recvmsg"):
            octets, _, told, sender = self.kernel.recvmsg(size, 0, flags)
        else:
            (octets, sender), told = self.kernel.recvfrom(size, flags), 0
        return octets, None if sender is None else self._addresses.shown(sender), told

    # ------------------------------------------------ closing

    def shutdown(self, how: int) -> None:
        """Close one direction, or both."""
        self.kernel.shutdown(how)
        self._shared.is_deaf = self._shared.is_deaf or how != socket.SHUT_WR

    def dup(self) -> "KernelDatagrams":
        """A second descriptor for it (dup(2))."""
        return self._sockets.adopt_datagrams(self.host, self.kernel.dup(), self._shared)

    def close(self) -> None:
        """Let go."""
        self.kernel.close()
        self._sockets.forget(self)

    def linger(self) -> float:
        """What was sent is gone: there is nothing to wait for."""
        return 0.0

    def finish_close(self) -> None:
        """There is nothing to wait for."""

    # ------------------------------------------------ asking

    def getsockname(self) -> Endpoint:
        """The local end."""
        return self._addresses.shown(self.kernel.getsockname())

    def getpeername(self) -> Endpoint:
        """The peer; ENOTCONN without one."""
        return self._addresses.shown(self.kernel.getpeername())

    def setsockopt(self, level: int, option: int, value: int | bytes) -> None:
        """Set an option, whichever the kernel has."""
        self.kernel.setsockopt(level, option, value)

    def getsockopt(self, level: int, option: int, size: int = 0) -> int | bytes:
        """Read an option, whichever the kernel has."""
        return self.kernel.getsockopt(level, option, size) if size else self.kernel.getsockopt(level, option)

    def fileno(self) -> int:
        """The descriptor; -1 when closed."""
        return self.kernel.fileno()
