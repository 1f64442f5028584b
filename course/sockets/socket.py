"""A socket: the socket module's methods, blocking and timeouts included, over a backend that never waits."""

import contextlib
import errno
import os
import socket as standard
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from course.sockets.calls import Calls
from course.sockets.constants import option_names, shutdown_name
from course.sockets.description import Description
from course.sockets.stream import SocketStream, make_file
from course.sockets.world import Backend, World
from course.trace.record import Constant, Endpoint, brief, copy_name

PEER_FIXED = Constant("peer fixed")  # what the record says of connect(), so that nobody takes it for a handshake
DONTWAIT = int(getattr(standard, "MSG_DONTWAIT", 0))


class Socket:
    """One end of a connection, a listener, or an end of UDP: the methods and errors of the standard library's socket.

    It belongs to its host as a descriptor belongs to a process: only close(), a `with` block, or the end of the run
    closes it. `name` is how the record calls it.
    """

    def __init__(self, world: World, host: str, backend: Backend, name: str, timeout: float | None = None,
                 description: Description | None = None) -> None:  # fmt: skip
        self.name = name
        self.timeout = timeout
        self._description = description or Description(name)
        self._world = world
        self._host = host
        self._backend = backend
        self._calls = Calls(world, host, name, backend)
        self._streams = 0
        self._closed = False

    def __repr__(self) -> str:
        return f"<{self.name} of {self._host}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, traceback: TracebackType | None) -> None:
        self.close()

    # ------------------------------------------------ what it is

    @property
    def family(self) -> int:
        """The address family, as in AF_INET."""
        return self._backend.family

    @property
    def type(self) -> int:
        """The socket type, as in SOCK_STREAM."""
        return self._backend.type

    @property
    def proto(self) -> int:
        """The protocol's number."""
        return self._backend.proto

    def fileno(self) -> int:
        """The descriptor. A simulated socket has none: io.UnsupportedOperation."""
        return self._backend.fileno()

    @property
    def closed(self) -> bool:
        """Does every call fail with EBADF?"""
        return self._calls.closed

    @property
    def backend(self) -> Backend:
        """What the world knows it by."""
        return self._backend

    def getsockname(self) -> Endpoint:
        """The local (address, port)."""
        return self._calls.call("getsockname", (), self._backend.getsockname)

    def getpeername(self) -> Endpoint:
        """The remote (address, port); OSError ENOTCONN without one."""
        return self._calls.call("getpeername", (), self._backend.getpeername)

    # ------------------------------------------------ opening

    def bind(self, address: Any) -> None:
        """Name the local end: ("", port) takes the host's own address, port 0 any free port."""
        self._calls.call("bind", (address,), lambda: self._backend.bind(self._resolve(address)))

    def listen(self, backlog: int = 128) -> None:
        """Become a listener; `backlog` bounds the connections that wait for accept()."""
        self._calls.call("listen", (backlog,), lambda: self._backend.listen(backlog))

    def accept(self) -> tuple["Socket", Endpoint]:
        """Wait for a caller; a new socket for the connection, and the peer's (address, port)."""
        return self._calls.call("accept", (), self._accept, "read", self._patience(), told=lambda made: made[0].name)

    def _accept(self) -> tuple["Socket", Endpoint]:
        backend, peer = self._backend.accept()
        name = f"connection {self._world.number(self._host, 'connection')}"
        return Socket(self._world, self._host, backend, name), peer

    def connect(self, address: Any) -> None:
        """Call the other end, and wait until it answers; OSError as connect(2). UDP calls nobody: it fixes the peer."""
        told = PEER_FIXED if self.type == standard.SOCK_DGRAM else None
        self._calls.recorded("connect", (address,), lambda: self._connect(address), told=lambda _: told)

    def _connect(self, address: Any) -> None:
        try:
            self._backend.connect(self._resolve(address))
        except BlockingIOError:
            if self._patience() == 0:
                raise
            self._calls.until_done(self._backend.finish_connect, "write", self._patience())

    def connect_ex(self, address: Any) -> int:
        """As connect(), but return the error's number, 0 for success."""
        try:
            self.connect(address)
        except standard.gaierror:
            raise  # a name that does not resolve has no errno
        except OSError as error:
            return errno.EAGAIN if error.errno is None else error.errno
        return 0

    # ------------------------------------------------ octets

    def send(self, octets: bytes | bytearray | memoryview, flags: int = 0) -> int:
        """Send some of the octets, and say how many were taken."""
        view = memoryview(octets).cast("B")
        attempt = self._backend.send
        return self._calls.call("send", (view,), lambda: attempt(view, flags), "write", self._patience(flags))

    def sendall(self, octets: bytes | bytearray | memoryview, flags: int = 0) -> None:
        """Send all of the octets, however long that takes (or until the timeout)."""
        view, calls, send = memoryview(octets).cast("B"), self._calls, self._backend.send
        patience = self._patience(flags)
        calls.recorded("sendall", (view,), lambda: calls.until_all_sent(view, lambda rest: send(rest, flags), patience))

    def sendto(self, octets: bytes | bytearray | memoryview, *flags_and_address: Any) -> int:
        """Send a datagram to (host or address, port): sendto(octets, address), or sendto(octets, flags, address)."""
        *given, address = flags_and_address
        flags, view, send = (given or [0])[0], memoryview(octets).cast("B"), self._backend.send
        return self._calls.call("sendto", (view, address), lambda: send(view, flags, self._resolve(address)), "write",
                                self._patience(flags))  # fmt: skip

    def _patience(self, flags: int = 0) -> float | None:
        """How long a call with these flags may wait, in seconds; None for ever."""
        return 0.0 if flags & DONTWAIT else self._description.patience(self.timeout)

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Wait for octets, and take up to `size` of them; b"" when the peer has closed its direction.

        Of UDP it is one datagram, and what is longer than `size` is lost; b"" is an empty one, and no end.
        """
        if size < 0:
            raise ValueError("negative buffersize in recv")
        attempt = self._backend.recv
        return self._calls.call("recv", (size,), lambda: attempt(size, flags), "read", self._patience(flags))

    def recvfrom(self, size: int, flags: int = 0) -> tuple[bytes, Endpoint | None]:
        """As recv(), and who has sent the datagram: None of a stream, which has but one peer."""
        if size < 0:
            raise ValueError("negative buffersize in recvfrom")
        return self._recvfrom("recvfrom", size, flags)[:2]

    def _recvfrom(self, name: str, size: int, flags: int) -> tuple[bytes, Endpoint | None, int]:
        attempt = self._backend.recvfrom
        return self._calls.call(name, (size,), lambda: attempt(size, flags), "read", self._patience(flags),
                                told=lambda result: (brief(result[0]), result[1]))  # fmt: skip

    def recv_into(self, buffer: Any, size: int = 0, flags: int = 0) -> int:
        """As recv(), into a buffer; how many octets came."""
        view = memoryview(buffer).cast("B")
        if size < 0:
            raise ValueError("negative buffersize in recv_into")
        if size > len(view):
            raise ValueError("buffer too small for requested bytes")
        size, attempt = size or len(view), self._backend.recv
        octets = self._calls.call("recv_into", (size,), lambda: attempt(size, flags), "read", self._patience(flags))
        view[: len(octets)] = octets
        return len(octets)

    def sendmsg(self, buffers: Iterable[bytes | bytearray | memoryview], ancillary: Iterable[object] = (),
                flags: int = 0) -> int:  # fmt: skip
        """As send(), gathering the octets from several buffers. What travels beside them (cmsg(3)) is refused."""
        if list(ancillary):
            raise OSError(errno.EINVAL, f"{os.strerror(errno.EINVAL)}: nothing travels beside the octets here")
        view = memoryview(b"".join(buffers))
        attempt = self._backend.send
        return self._calls.call("sendmsg", (view,), lambda: attempt(view, flags), "write", self._patience(flags))

    def recvmsg(self, size: int, ancillary_size: int = 0,
                flags: int = 0) -> tuple[bytes, list[Any], int, Endpoint | None]:  # fmt: skip
        """As recv(): the octets, no ancillary data, MSG_TRUNC if some of a datagram are lost, and who has sent it."""
        if size < 0:
            raise ValueError("negative buffer size in recvmsg()")
        octets, sender, how = self._recvfrom("recvmsg", size, flags)
        return octets, [], how, sender

    def makefile(self, mode: str = "r", buffering: int | None = None, *, encoding: str | None = None,
                 errors: str | None = None, newline: str | None = None) -> Any:  # fmt: skip
        """The socket as a file. The socket closes only when this file is closed, too."""
        if not set(mode) <= {"r", "w", "b"}:
            raise ValueError(f"invalid mode {mode!r} (only r, w, b allowed)")
        if "r" not in mode and "w" not in mode:
            mode += "r"
        self._streams += 1
        raw = SocketStream(self, mode, self._stream_closed)
        return make_file(raw, mode, buffering, encoding, errors, newline)

    def _stream_closed(self) -> None:
        self._streams -= 1
        self._release()

    # ------------------------------------------------ closing

    def dup(self) -> "Socket":
        """A second socket object for the same open socket: TCP hears of a close() only with the last one (dup(2)).

        They share the connection (or the queue of callers), the options, and whether calls wait at all. A timeout is
        each object's own; the copy begins with this one's. shutdown() does not count objects: it acts at once, for all.
        """
        return self._calls.call("dup", (), self._dup, told=lambda copy: copy.name)

    def _dup(self) -> "Socket":
        first = self._description.name
        name = copy_name(first, self._world.number(self._host, f"copy of {first}") + 1)
        copy = Socket(self._world, self._host, self._backend.dup(), name, description=self._description)
        copy.settimeout(self.timeout)
        return copy

    def shutdown(self, how: int) -> None:
        """Close one direction (SHUT_RD, SHUT_WR) or both (SHUT_RDWR) of the connection."""
        self._calls.call("shutdown", (shutdown_name(how),), lambda: self._backend.shutdown(how))

    def close(self) -> None:
        """Let go of the socket; TCP goes on with what the program has left to it. The last of several ends it."""
        if self._world.over:
            self._close()
        elif not self._closed:
            self._calls.recorded("close", (), self._close)

    def _close(self) -> None:
        self._closed = True
        self._release()

    def _release(self) -> None:
        if self._closed and not self._streams and not self._calls.closed:
            self._calls.closed = True
            self._backend.close()
            self._linger(self._backend.linger())

    def _linger(self, seconds: float) -> None:
        """SO_LINGER: wait for the peer's last ACK, but no longer than that; TCP goes on by itself afterwards."""
        if seconds and not self._world.over:
            lingering = Calls(self._world, self._host, self.name, self._backend)  # no call on a closed socket: it waits
            with contextlib.suppress(TimeoutError):
                lingering.until_done(self._backend.finish_close, "write", seconds)

    # ------------------------------------------------ settings

    def settimeout(self, timeout: float | None) -> None:
        """Let calls wait this many seconds at most: None for ever, 0 not at all."""
        if timeout is not None and not timeout >= 0:
            raise ValueError(f"a timeout is None or a number of seconds from 0 on, not {timeout}")
        self.timeout = timeout
        self._description.settle(timeout)

    def gettimeout(self) -> float | None:
        """How long calls may wait, in seconds; None for ever."""
        return self.timeout

    def setblocking(self, blocking: bool) -> None:  # noqa: FBT001 - the socket module's own signature
        """True waits for ever, False not at all."""
        self.settimeout(None if blocking else 0.0)

    def getblocking(self) -> bool:
        """Do calls wait?"""
        return self.timeout != 0

    def setsockopt(self, level: int, option: int, value: int | bytes) -> None:
        """Set an option, as SO_REUSEADDR of SOL_SOCKET."""
        names = option_names(level, option)
        self._calls.call("setsockopt", (*names, value), lambda: self._backend.setsockopt(level, option, value))

    def getsockopt(self, level: int, option: int, size: int = 0) -> int | bytes:
        """Read an option: its number, or `size` octets."""
        names = option_names(level, option)
        return self._calls.call("getsockopt", names, lambda: self._backend.getsockopt(level, option, size))

    def _resolve(self, address: Any) -> Endpoint:
        return self._world.resolve(self._host, address)
