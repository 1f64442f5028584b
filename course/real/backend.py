"""A real socket behind the socket layer: it never waits, its addresses are translated, and the journal looks on."""

import contextlib
import errno
import os
import socket
import struct
import sys
from dataclasses import dataclass

from course.errors import Stopped
from course.real.addresses import Addresses
from course.real.journal import Journal
from course.real.sampling import Watched
from course.real.udp import KernelDatagrams, Shared
from course.trace.record import Endpoint

NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)  # close() then waits for nothing (socket(7))
NO_NEW_CALL = frozenset({errno.EISCONN, errno.EALREADY})
IN_PROGRESS = frozenset({errno.EINPROGRESS, errno.EALREADY})


@dataclass(slots=True, eq=False)
class Ends:
    """What is known of a socket's ends, however many descriptors it has."""

    local: Endpoint | None = None
    remote: Endpoint | None = None
    listens: bool = False

    @property
    def told(self) -> tuple[Endpoint, Endpoint | None] | None:
        """The two ends of a connection, or a listener's one; None while the kernel has nothing to tell of it."""
        is_listener_or_connection = self.listens or self.remote is not None
        return (self.local, self.remote) if self.local is not None and is_listener_or_connection else None


class KernelSocket:
    """A descriptor of a non-blocking socket of this machine's kernel, which belongs to one host of a run."""

    def __init__(self, sockets: "Sockets", host: str, kernel: socket.socket, ends: Ends | None = None) -> None:
        kernel.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        self.family, self.type, self.proto = int(kernel.family), int(kernel.type), kernel.proto
        self.host = host
        self.kernel = kernel
        self.ends = ends or Ends()
        self._sockets = sockets

    @property
    def listens(self) -> bool:
        """Does it wait for callers?"""
        return self.ends.listens

    # ------------------------------------------------ naming and opening

    def bind(self, address: Endpoint) -> None:
        """Bind to the host's own address: a host has no other."""
        addresses = self._sockets.addresses
        if address[0] != addresses.hosts[self.host]:
            raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
        addresses.bind(self.kernel, address)
        self.ends.local = self.getsockname()

    def _bind_if_unbound(self) -> None:
        """Or else a listener would listen on all interfaces, and a caller would call from 127.0.0.1."""
        if self.ends.local is None:
            self.bind((self._sockets.addresses.hosts[self.host], 0))

    def listen(self, backlog: int) -> None:
        """Listen."""
        self._bind_if_unbound()
        self.kernel.listen(backlog)
        self.ends.listens = True
        self._ask()

    def accept(self) -> tuple["KernelSocket", Endpoint]:
        """The next connection of the queue."""
        kernel, peer = self.kernel.accept()
        accepted = self._sockets.adopt(self.host, kernel)
        accepted.ends.local = self.ends.local
        accepted.ends.remote = remote = self._sockets.addresses.shown(peer)  # which getpeername() forgets after a RST
        accepted._changed()  # noqa: SLF001 - one of us
        return accepted, remote

    def connect(self, address: Endpoint) -> None:
        """Begin to call."""
        self._bind_if_unbound()
        try:
            self.kernel.connect(self._sockets.addresses.real(address))
        except OSError as error:
            if error.errno in NO_NEW_CALL:
                raise
            self.ends.remote = address
            self._changed()
            raise
        self.ends.remote = address
        self._changed()

    def finish_connect(self) -> None:
        """Is the handshake over? Raise what went wrong, if it did."""
        error = how_connect_goes(self.kernel)
        if error in IN_PROGRESS:
            raise BlockingIOError(errno.EINPROGRESS, os.strerror(errno.EINPROGRESS))
        self._changed()
        if error:
            raise OSError(error, os.strerror(error))

    # ------------------------------------------------ octets

    def send(self, octets: bytes | memoryview, flags: int = 0, address: Endpoint | None = None) -> int:
        """Give the kernel what it takes; what another address means to it is its own affair."""
        try:
            if address is not None:
                return self.kernel.sendto(octets, flags, self._sockets.addresses.real(address))
            return self.kernel.send(octets, flags)
        finally:
            self._ask()

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Take from the kernel what is there."""
        try:
            return self.kernel.recv(size, flags)
        finally:
            self._ask()

    def recvfrom(self, size: int, flags: int = 0) -> tuple[bytes, None, int]:
        """As recv(); nobody is named, since a connection has but one peer."""
        return self.recv(size, flags), None, 0

    # ------------------------------------------------ closing

    def shutdown(self, how: int) -> None:
        """Close one direction, or both."""
        self.kernel.shutdown(how)
        self._changed()

    def dup(self) -> "KernelSocket":
        """A second descriptor for it (dup(2))."""
        return self._sockets.adopt(self.host, self.kernel.dup(), self.ends)

    def close(self) -> None:
        """Let go. When the run is over it is an abort, so that nothing of the run stays in the kernel."""
        if self._sockets.journal.sealed:
            abort(self.kernel)
            return
        self._ask()
        self.kernel.close()
        self._sockets.forget(self)
        self._changed()

    def linger(self) -> float:
        """The kernel itself lingers in close(2), if it was told to."""
        return 0.0

    def finish_close(self) -> None:
        """There is nothing to wait for after close(2)."""

    # ------------------------------------------------ asking

    def getsockname(self) -> Endpoint:
        """The local end."""
        return self._sockets.addresses.shown(self.kernel.getsockname())

    def getpeername(self) -> Endpoint:
        """The remote end."""
        return self._sockets.addresses.shown(self.kernel.getpeername())

    def setsockopt(self, level: int, option: int, value: int | bytes) -> None:
        """Set an option, whichever the kernel has."""
        self.kernel.setsockopt(level, option, value)

    def getsockopt(self, level: int, option: int, size: int = 0) -> int | bytes:
        """Read an option, whichever the kernel has."""
        return self.kernel.getsockopt(level, option, size) if size else self.kernel.getsockopt(level, option)

    def fileno(self) -> int:
        """The descriptor; -1 when closed."""
        return self.kernel.fileno()

    # ------------------------------------------------ the journal

    def _ask(self) -> None:
        if (told := self.ends.told) is not None:
            self._sockets.journal.ask((self.host, *told), self.kernel)

    def _changed(self) -> None:
        self._ask()
        if (told := self.ends.told) is not None:
            self._sockets.journal.touch((self.host, *told))


class Sockets:
    """All sockets of a run, so that its end can close them: a socket belongs to its host, not to its program."""

    def __init__(self, addresses: Addresses, journal: Journal) -> None:
        self.addresses = addresses
        self.journal = journal
        self._open: set[KernelSocket | KernelDatagrams] = set()

    def adopt(self, host: str, kernel: socket.socket, ends: Ends | None = None) -> KernelSocket:
        """Make a descriptor of the kernel's TCP one of a host's; `ends` are known of a duplicate. Raises Stopped."""
        with self.journal.lock:
            self._refuse_if_over(kernel)
            made = KernelSocket(self, host, kernel, ends)
            self._open.add(made)
            return made

    def adopt_datagrams(self, host: str, kernel: socket.socket, shared: Shared | None = None) -> KernelDatagrams:
        """The same for UDP."""
        with self.journal.lock:
            self._refuse_if_over(kernel)
            made = KernelDatagrams(self, host, kernel, shared)
            self._open.add(made)
            return made

    def _refuse_if_over(self, kernel: socket.socket) -> None:
        if self.journal.sealed:
            abort(kernel)
            raise Stopped("the run is over")

    def watched(self) -> list[Watched]:
        """Those of which the kernel has something to tell, listeners first; one descriptor for each open socket."""
        with self.journal.lock:
            told = {each.ends: Watched(each.host, *ends, each.kernel) for each in self._open
                    if isinstance(each, KernelSocket) and (ends := each.ends.told) is not None}  # fmt: skip
        return sorted(told.values(), key=lambda each: (each.remote is not None, each.local))

    def forget(self, closed: KernelSocket | KernelDatagrams) -> None:
        """A program has closed it."""
        with self.journal.lock:
            self._open.discard(closed)

    def behind(self, number: int) -> KernelSocket | KernelDatagrams | None:
        """The socket that has this descriptor; None if it is no socket of the run."""
        with self.journal.lock:
            return next((each for each in self._open if each.fileno() == number), None)

    def close_all(self) -> None:
        """Close those that programs left open."""
        with self.journal.lock:
            for each in self._open:
                abort(each.kernel)
            self._open.clear()


def abort(kernel: socket.socket) -> None:
    """Close the socket at once, whatever is still in its queues."""
    with contextlib.suppress(OSError):
        kernel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    kernel.close()


# ------------------------------------------------ how far a non-blocking connect() has got


def asked_by_calling_again(kernel: socket.socket) -> int:
    """0, or the errno of connect(): Linux says it when one calls again, and the socket is only then as after a wait."""
    return kernel.connect_ex(kernel.getsockname())  # it does not look at the address this time


def asked_by_option(kernel: socket.socket) -> int:
    """The same where a second connect() would begin anew."""
    error = kernel.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if error:
        return error
    try:
        kernel.getpeername()
    except OSError:
        return errno.EINPROGRESS
    return 0


how_connect_goes = asked_by_calling_again if sys.platform == "linux" else asked_by_option
