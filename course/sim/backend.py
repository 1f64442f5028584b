"""The simulated socket: it turns the socket API's calls into RFC 9293's, and failures into errno."""

import errno
import socket as standard

from course.sim.addresses import check_own
from course.sim.host import SimulatedHost
from course.sim.listener import Hosted, Listener, Wake, wake_all
from course.sim.options import ERRNO, PEEK, SocketOptions, as_asked, no_descriptor, oserror, what_it_is
from course.sockets.addresses import ANY
from course.sockets.world import Readiness
from course.tcp.connection import Connection
from course.tcp.state import State
from course.tcp.variables import Failure
from course.trace.record import Endpoint


class SimulatedSocket:
    """A non-blocking socket of a simulated host: fresh, listening, or connected (with `hosted` set).

    It stands for what the kernel calls an open file description: behind it are one socket object, or several.
    """

    def __init__(self, host: SimulatedHost, family: int, type: int, proto: int, hosted: Hosted | None = None) -> None:  # noqa: A002
        self.family, self.type, self.proto = family, type, proto
        self.host = host
        self.port: int | None = None if hosted is None else hosted.connection.tcb.local[1]
        self.hosted = hosted
        self.listener: Listener | None = None
        self.options = SocketOptions(host.parameters)
        self.holders = 1  # how many socket objects there are of it
        self.closed = self.is_deaf = self._reported = False
        host.sockets[self] = None
        self._calling = False  # has connect() begun, and nobody been told how it went?

    @property
    def reuse(self) -> bool:
        """Is SO_REUSEADDR set?"""
        return self.options.reuse

    @property
    def listening(self) -> bool:
        """Does it wait for callers?"""
        return self.listener is not None

    # ------------------------------------------------ naming and opening

    def bind(self, address: Endpoint) -> None:
        """Take a local port (0: any free one)."""
        if self.port is not None:
            raise oserror(errno.EINVAL)
        check_own(address, self.host.address)
        self.port = self.host.claim(address[1], self)

    def listen(self, backlog: int) -> None:
        """Passive OPEN."""
        if self.hosted is not None:
            raise oserror(errno.EINVAL)
        if self.listener is not None:
            self.listener.backlog = max(backlog, 0)
            return
        port = self._own_port()
        if port in self.host.listeners:
            raise oserror(errno.EADDRINUSE)
        self.listener = self.host.listen(port, max(backlog, 0), self.options.parameters, reuse=self.reuse)

    def accept(self) -> tuple["SimulatedSocket", Endpoint]:
        """Take the oldest completed connection out of the listener's queue."""
        if self.listener is None:
            raise oserror(errno.EINVAL)
        if not self.listener.queue:
            raise oserror(errno.EAGAIN)
        child = self.listener.queue.popleft()
        child.listener = None
        remote = child.connection.tcb.remote
        assert remote is not None
        accepted = SimulatedSocket(self.host, self.family, self.type, self.proto, child)
        accepted.options = self.options.copy()  # an accepted socket begins with its listener's
        accepted._apply_options()
        return accepted, remote

    def connect(self, address: Endpoint) -> None:
        """Active OPEN; always begins, never finishes."""
        if self._calling:
            return self._call_again()
        if self.listener is not None or self.hosted is not None:
            raise oserror(errno.EISCONN)
        port = self._own_port()
        if (port, address) in self.host.connections:
            raise oserror(errno.EADDRNOTAVAIL)
        self.hosted = self.host.connect(port, address, self.options.parameters, reuse=self.reuse)
        self._calling = True
        raise oserror(errno.EINPROGRESS)

    def finish_connect(self) -> None:
        """Is the handshake over? Raise what went wrong, if it did."""
        if self._established().state in (State.SYN_SENT, State.SYN_RECEIVED):
            raise oserror(errno.EINPROGRESS)
        self._calling = False
        if self._established().state is State.CLOSED:
            error = self._take_error() or errno.ECONNABORTED  # somebody has been told already
            self.hosted, self._reported = None, False  # from now on the socket may call again
            raise oserror(error)

    def _call_again(self) -> None:
        """connect() while it is under way: EALREADY, or how it went, which is told once, as on Linux."""
        try:
            self.finish_connect()
        except BlockingIOError:
            raise oserror(errno.EALREADY) from None

    # ------------------------------------------------ octets

    def send(self, octets: bytes | memoryview, flags: int = 0, address: Endpoint | None = None) -> int:
        """SEND what there is room for; a connection has its peer, and takes no notice of another address."""
        if self.hosted is None:
            raise oserror(errno.EPIPE)  # as Linux; POSIX would say ENOTCONN
        connection = self.hosted.connection
        error = self._take_error()
        if error or connection.tcb.closing or connection.state is State.CLOSED:
            raise oserror(error or errno.EPIPE)
        if not len(octets):
            return 0
        if connection.room <= 0 or connection.state in (State.SYN_SENT, State.SYN_RECEIVED):
            raise oserror(errno.EAGAIN)
        taken = connection.send(octets)
        self._settle()
        return taken

    def recv(self, size: int, flags: int = 0) -> bytes:
        """RECEIVE what is there; b"" at the end of the stream."""
        connection = self._established()
        if not size:
            return b""
        if connection.readable:  # be it after SHUT_RD, as on Linux
            return connection.tcb.incoming.peek(size) if flags & PEEK else self._receive(connection, size)
        error = None if connection.heard_fin and not connection.tcb.flushed else self._take_error()
        if error:
            raise oserror(error)
        if connection.at_end or self.is_deaf:
            return b""
        raise oserror(errno.EAGAIN)

    def _receive(self, connection: Connection, size: int) -> bytes:
        octets = connection.receive(size)
        if connection.tcb.ack_now is not None:
            self._settle()
        self.host.show(connection, returning=True)
        return octets

    def recvfrom(self, size: int, flags: int = 0) -> tuple[bytes, None, int]:
        """As recv(); nobody is named, since a connection has but one peer."""
        return self.recv(size, flags), None, 0

    # ------------------------------------------------ closing

    def shutdown(self, how: int) -> None:
        """Close one direction, or both; a listener is told SHUT_RD to listen no longer, as on Linux."""
        if how not in (standard.SHUT_RD, standard.SHUT_WR, standard.SHUT_RDWR):
            raise oserror(errno.EINVAL)
        if self.listener is None:
            self._shut(self._connected(), how)
        elif how != standard.SHUT_WR:
            listener, self.listener = self.listener, None
            self.host.stop_listening(listener)
            wake_all(listener.readers)  # accept() is told EINVAL

    def _shut(self, connection: Connection, how: int) -> None:
        self.is_deaf = self.is_deaf or how != standard.SHUT_WR
        if how != standard.SHUT_RD:
            connection.close()
        if self.is_deaf and connection.tcb.closing:
            connection.refuse_octets()
        self._settle()
        if self.is_deaf and self.hosted is not None:
            wake_all(self.hosted.readers)

    def dup(self) -> "SimulatedSocket":
        """One more holds it."""
        self.holders += 1
        return self

    def close(self) -> None:
        """Let go; with the last one it is closed."""
        self.holders -= 1
        if not self.holders and not self.closed:
            self.end()

    def end(self) -> None:
        """Nobody holds it any more: a FIN, or a RST if something was left unread or SO_LINGER says so."""
        self.closed = True
        self.host.sockets.pop(self, None)
        if self.listener is not None:
            self.host.stop_listening(self.listener)
        if self.hosted is not None:
            self._close_connection(self.hosted.connection)
            self._settle()
        if self.port is not None:
            self.host.release(self.port, self)

    def _close_connection(self, connection: Connection) -> None:
        if self.options.linger == 0:
            connection.abort()
            return
        connection.stop_reading()
        connection.close()

    def linger(self) -> float:
        """SO_LINGER: how many seconds close() waits for the peer to acknowledge everything."""
        return float(self.options.linger or 0) if self.closed else 0.0

    def finish_close(self) -> None:
        """Has the peer acknowledged all octets and the FIN, or will it never?"""
        if self.hosted is not None and not self.hosted.connection.is_all_acknowledged:
            raise oserror(errno.EAGAIN)

    # ------------------------------------------------ asking

    def getsockname(self) -> Endpoint:
        """The local end; before bind() and connect() it is 0.0.0.0, port 0."""
        return (ANY, 0) if self.port is None else (self.host.address, self.port)

    def getpeername(self) -> Endpoint:
        """The remote end."""
        remote = self._connected().tcb.remote
        assert remote is not None
        return remote

    def setsockopt(self, level: int, option: int, value: int | bytes) -> None:
        """Set one of the options that mean something to the simulated TCP."""
        self.options.set(level, option, value)
        self._apply_options()

    def getsockopt(self, level: int, option: int, size: int = 0) -> int | bytes:
        """Read an option: a number, or `size` octets of it."""
        mss = self.hosted.connection.tcb.snd.mss if self.hosted else self.options.mss_before_connecting
        control = self.options.parameters.congestion_control
        told = what_it_is(listening=self.listening, kind=self.type, tcp=(mss, control))
        if (level, option) == (standard.SOL_SOCKET, standard.SO_ERROR):
            told[level, option] = self._take_error() or 0
        value = told[level, option] if (level, option) in told else self.options.get(level, option)
        return as_asked(value, size)

    def fileno(self) -> int:
        """A simulated socket has no descriptor."""
        return no_descriptor()

    # ------------------------------------------------ inside

    def waiters(self, readiness: Readiness) -> list[Wake]:
        """Where a program puts itself down that waits for this socket."""
        if self.listener is not None:
            return self.listener.readers
        if self.hosted is None:
            return []
        return self.hosted.readers if readiness == "read" else self.hosted.writers

    def _own_port(self) -> int:
        """The local port; an ephemeral one if bind() named none."""
        if self.port is None:
            self.port = self.host.claim(0, self)
        return self.port

    def _established(self) -> Connection:
        """The connection; ENOTCONN without one."""
        if self.hosted is None:
            raise oserror(errno.ENOTCONN)
        return self.hosted.connection

    def _connected(self) -> Connection:
        """The connection, while it can be talked to; ENOTCONN before and afterwards."""
        connection = self._established()
        if connection.state in NOT_CONNECTED:
            raise oserror(errno.ENOTCONN)
        return connection

    def _take_error(self) -> int | None:
        """What went wrong, told once, as SO_ERROR does (socket(7))."""
        connection = None if self.hosted is None else self.hosted.connection
        if self._reported or connection is None or connection.failure is None:
            return None
        self._reported = True
        is_all_read = connection.heard_fin and not connection.tcb.flushed
        return errno.EPIPE if connection.failure is Failure.RESET and is_all_read else ERRNO[connection.failure]

    def _apply_options(self) -> None:
        if self.listener is not None:
            self.listener.connection.configure(self.options.parameters)
        if self.hosted is not None:
            self.hosted.connection.configure(self.options.parameters)
            self._settle()

    def _settle(self) -> None:
        if self.hosted is not None:
            self.host.settle(self.hosted)


NOT_CONNECTED = frozenset({State.CLOSED, State.SYN_SENT, State.SYN_RECEIVED, State.TIME_WAIT})  # as on Linux
