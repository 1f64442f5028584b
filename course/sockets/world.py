"""What the socket layer asks of a world, and of the non-blocking sockets that live in it.

Two worlds keep these promises: `course.sim` imagines a network, `course.real` uses this machine's kernel.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from course.trace.record import Called, Endpoint, Returned
from course.trace.trace import Trace

Readiness = Literal["read", "write"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a world gives back: the record, what each program returned, and what ended the run early, if anything.

    `samples` are what the kernel was seen to say meanwhile, if somebody watched; None if nobody did.
    """

    trace: Trace
    results: dict[str, Any] = field(default_factory=dict)
    error: BaseException | None = None
    samples: tuple[Any, ...] | None = None


class Backend(Protocol):
    """A socket that never waits: where it would have to, it raises BlockingIOError."""

    family: int
    type: int
    proto: int

    def bind(self, address: Endpoint) -> None:
        """Name the local end; OSError as bind(2)."""

    def listen(self, backlog: int) -> None:
        """Wait for callers; OSError as listen(2)."""

    def accept(self) -> tuple["Backend", Endpoint]:
        """The next connection of the queue, and its peer."""

    def connect(self, address: Endpoint) -> None:
        """Begin to call; it is done when finish_connect() no longer raises BlockingIOError."""

    def finish_connect(self) -> None:
        """Return once connected; raise what connect(2) would have raised if it failed."""

    def send(self, octets: bytes | memoryview, flags: int = 0, address: Endpoint | None = None) -> int:
        """Take some octets, at least one; or one datagram, for that address if one is given."""

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Give some octets, at least one, or b"" at the end of the stream; or the first octets of one datagram."""

    def recvfrom(self, size: int, flags: int = 0) -> tuple[bytes, Endpoint | None, int]:
        """The same, with who sent the datagram (None for a stream), and MSG_TRUNC if something of it was lost."""

    def shutdown(self, how: int) -> None:
        """Close one direction or both; OSError as shutdown(2)."""

    def dup(self) -> "Backend":
        """The same open socket once more: its last close() is the one that counts (dup(2)).

        A world without descriptors may hand out the same backend again, and count.
        """

    def close(self) -> None:
        """Let go; it is called once for each time that the socket was made or duplicated."""

    def linger(self) -> float:
        """How many seconds close() waits at most until finish_close() no longer raises BlockingIOError."""

    def finish_close(self) -> None:
        """Return once the peer has acknowledged everything, or never will."""

    def getsockname(self) -> Endpoint:
        """The local end."""

    def getpeername(self) -> Endpoint:
        """The remote end; ENOTCONN without one."""

    def setsockopt(self, level: int, option: int, value: int | bytes) -> None:
        """Set an option; ENOPROTOOPT for an unknown one."""

    def getsockopt(self, level: int, option: int, size: int = 0) -> int | bytes:
        """Read an option: a number, or `size` octets if a size is given."""

    def fileno(self) -> int:
        """The descriptor; io.UnsupportedOperation where there is none, -1 when closed."""


class World(Protocol):
    """What blocks, knows the time, and keeps the record."""

    over: bool
    """Has the run ended? Then nothing is recorded any more, and every call raises Stopped."""

    def now(self) -> float:
        """Seconds since the run began."""

    def socket(self, host: str, family: int, type: int, proto: int) -> Backend:  # noqa: A002
        """A fresh non-blocking socket of that host."""

    def wait(self, backend: Backend | None, readiness: Readiness, deadline: float | None) -> None:
        """Let the calling program wait until the socket may be ready; TimeoutError at the deadline.

        Without a socket it waits for the deadline alone. Raises Stopped when the run is over.
        """

    def select(self, waits: Sequence[tuple[Backend | int, Readiness]], deadline: float | None) -> list[bool]:
        """Let the calling program wait until one of them is ready, at once if one is; which are, in their order.

        None is at the deadline. A number is a descriptor, in the world that has them.
        """

    def program(self) -> str:
        """The name of the program that is running. Raises Stopped when the run is over."""

    def begin(self, called: Called) -> None:
        """Write down that a program calls."""

    def end(self, returned: Returned) -> None:
        """Write down that the call came back."""

    def number(self, host: str, kind: str) -> int:
        """The next number, from 1, of what is counted for each host ("socket", "connection")."""

    def polled(self) -> None:
        """A program asks for the time: see that it does not do so for ever."""

    def next_call(self) -> int:
        """The next call's number, from 1, in the whole run."""

    def resolve(self, host: str, address: Any) -> Endpoint:
        """(name or address, port) as a dotted address and a port, as seen from that host; OSError as getaddrinfo."""

    def spawn(self, host: str, program: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
        """Start another program on that host, once this one waits; its name, as in "server/1"."""
