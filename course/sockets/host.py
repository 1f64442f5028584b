"""The host: what a program is given. It speaks the socket module's own vocabulary, in either world."""

import socket as standard
from collections.abc import Callable, Sequence
from itertools import compress
from typing import Any

from course.sockets.calls import Calls
from course.sockets.constants import kind_names
from course.sockets.socket import Socket
from course.sockets.world import Backend, Readiness, World
from course.trace.record import Constant, Endpoint

Program = Callable[..., Any]
"""A program: a function that takes its host (and, when spawned, more)."""


class Host:
    """One computer, as its programs see it: sockets, a clock, and other programs to start.

    `name` is the host's name in the scenario, `address` its dotted address. As an address, "" means the host's own.
    """

    AF_INET = standard.AF_INET
    SOCK_STREAM = standard.SOCK_STREAM
    SOCK_DGRAM = standard.SOCK_DGRAM
    IPPROTO_IP = standard.IPPROTO_IP
    IPPROTO_TCP = standard.IPPROTO_TCP
    IPPROTO_UDP = standard.IPPROTO_UDP
    SOL_SOCKET = standard.SOL_SOCKET
    SOMAXCONN = standard.SOMAXCONN
    SO_REUSEADDR = standard.SO_REUSEADDR
    SO_KEEPALIVE = standard.SO_KEEPALIVE
    SO_LINGER = standard.SO_LINGER
    SO_ERROR = standard.SO_ERROR
    SO_ACCEPTCONN = getattr(standard, "SO_ACCEPTCONN", 30)
    SO_TYPE = standard.SO_TYPE
    SO_SNDBUF = standard.SO_SNDBUF
    SO_RCVBUF = standard.SO_RCVBUF
    TCP_NODELAY = standard.TCP_NODELAY
    TCP_MAXSEG = getattr(standard, "TCP_MAXSEG", 2)
    TCP_KEEPIDLE = getattr(standard, "TCP_KEEPIDLE", getattr(standard, "TCP_KEEPALIVE", 4))
    TCP_KEEPINTVL = getattr(standard, "TCP_KEEPINTVL", 5)
    TCP_KEEPCNT = getattr(standard, "TCP_KEEPCNT", 6)
    TCP_CONGESTION = getattr(standard, "TCP_CONGESTION", 13)
    TCP_USER_TIMEOUT = getattr(standard, "TCP_USER_TIMEOUT", 18)
    SHUT_RD = standard.SHUT_RD
    SHUT_WR = standard.SHUT_WR
    SHUT_RDWR = standard.SHUT_RDWR
    MSG_PEEK = standard.MSG_PEEK
    MSG_TRUNC = getattr(standard, "MSG_TRUNC", 0x20)
    MSG_DONTWAIT = getattr(standard, "MSG_DONTWAIT", 0x40)
    timeout = TimeoutError
    error = OSError

    def __init__(self, world: World, name: str, address: str) -> None:
        self.name = name
        self.address = address
        self._world = world
        self._calls = Calls(world, name)

    def __repr__(self) -> str:
        return f"<host {self.name}, {self.address}>"

    def socket(self, family: int = standard.AF_INET, type: int = standard.SOCK_STREAM, proto: int = 0) -> Socket:  # noqa: A002
        """A fresh socket that is neither connected nor listening: of TCP, or with SOCK_DGRAM of UDP."""
        kind = kind_names(family, type)
        return self._calls.call("socket", kind, lambda: self._socket(family, type, proto), told=lambda made: made.name)

    def _socket(self, family: int, type: int, proto: int) -> Socket:  # noqa: A002
        backend = self._world.socket(self.name, family, type, proto)
        return Socket(self._world, self.name, backend, f"socket {self._world.number(self.name, 'socket')}")

    def create_server(self, address: Any, *, backlog: int = 128, reuse_port: bool = False) -> Socket:
        """A listener on (address, port): socket(), bind() and listen() in one, with SO_REUSEADDR as the standard's."""
        if reuse_port:
            raise ValueError("reuse_port is not supported here: leave it out")
        listener = self.socket()
        try:
            listener.setsockopt(self.SOL_SOCKET, self.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(backlog)
        except BaseException:
            listener.close()
            raise
        return listener

    def create_connection(self, address: Any, timeout: float | None = None,
                          source_address: Endpoint | None = None) -> Socket:  # fmt: skip
        """A socket connected to (host or address, port): socket() and connect() in one.

        `timeout` (seconds, None for ever) holds for connecting and for all that follows.
        """
        if timeout is standard._GLOBAL_DEFAULT_TIMEOUT:  # type: ignore[attr-defined]  # noqa: SLF001
            timeout = None  # http.client and others pass this mark when they were given no timeout
        connection = self.socket()
        try:
            connection.settimeout(timeout)
            if source_address is not None:
                connection.bind(source_address)
            connection.connect(address)
        except BaseException:
            connection.close()
            raise
        return connection

    def sleep(self, seconds: float) -> None:
        """Do nothing for that long: virtual seconds in the simulated network, real ones on this machine."""
        if not seconds >= 0:
            raise ValueError(f"sleep length must be non-negative, and {seconds} is not")
        self._calls.recorded("sleep", (seconds,), lambda: self._sleep(seconds))

    def _sleep(self, seconds: float) -> None:
        try:
            self._world.wait(None, "read", self._world.now() + seconds)
        except TimeoutError:
            return

    def select(self, reading: Sequence[Socket | int], writing: Sequence[Socket | int] = (),
               exceptional: Sequence[Socket | int] = (),
               timeout: float | None = None) -> tuple[list[Any], list[Any], list[Any]]:  # fmt: skip
        """Wait until a socket is ready, as select(2): those to read from, those to write to, and an empty list.

        A socket is ready if the call would not wait: a listener whose accept() has a caller, a connection with octets,
        the end of the stream or an error for recv(), or with room for send(). `timeout` is in seconds: None waits for
        ever, 0 not at all. On this machine's kernel a descriptor's number will do. Nothing is ever exceptional: these
        sockets have no urgent octets.
        """
        if timeout is not None and not timeout >= 0:
            raise ValueError("timeout must be non-negative")
        return self._calls.recorded(
            "select", (names(reading), names(writing)), lambda: self._select(reading, writing, timeout),
            told=lambda ready: Constant(f"{names(ready[0])}, {names(ready[1])}"),
        )  # fmt: skip

    def _select(self, reading: Sequence[Socket | int], writing: Sequence[Socket | int],
                timeout: float | None) -> tuple[list[Any], list[Any], list[Any]]:  # fmt: skip
        waits: list[tuple[Backend | int, Readiness]] = [(behind(each), "read") for each in reading]
        waits += [(behind(each), "write") for each in writing]
        deadline = None if timeout is None else self._world.now() + timeout
        ready = self._world.select(waits, deadline)
        return list(compress(reading, ready)), list(compress(writing, ready[len(reading) :])), []

    def now(self) -> float:
        """Seconds since the run began."""
        self._world.polled()
        return self._world.now()

    def spawn(self, program: Program, *arguments: Any) -> str:
        """Start `program(host, *arguments)` beside this one, once this one next waits; its name, as in "server/1"."""
        if not callable(program):
            raise TypeError(f"spawn takes a program, a function that takes its host, and not {program!r}")
        spawn = self._world.spawn
        return self._calls.recorded("spawn", (program_name(program),), lambda: spawn(self.name, program, arguments))

    def gethostbyname(self, name: str) -> str:
        """The address of a host of this scenario, by its name."""
        return self._world.resolve(self.name, (name, 0))[0]


def program_name(program: Program) -> str:
    """What to call a program in a message."""
    return Constant(getattr(program, "__name__", repr(program)))


def behind(chosen: Socket | int) -> Backend | int:
    """What a world knows a socket by; a descriptor's number stands for itself. ValueError for a closed socket."""
    if (chosen < 0) if isinstance(chosen, int) else chosen.closed:
        raise ValueError("a closed socket is never ready: take it out of what select() waits for")
    return chosen if isinstance(chosen, int) else chosen.backend


def names(chosen: Sequence[Socket | int]) -> str:
    """Sockets as the record calls them, as in [socket 1, connection 2]."""
    return Constant("[" + ", ".join(str(each) if isinstance(each, int) else each.name for each in chosen) + "]")
