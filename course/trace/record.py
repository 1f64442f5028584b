"""The records: what can happen in a run, one small frozen value for each kind of happening.

Both worlds write these and nothing else; every picture, table and check reads nothing else.
All times (`at`) are seconds since the run began.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from course.ip.packet import Packet
from course.ip.payload import Payload
from course.tcp.segment import Segment
from course.tcp.state import Event, State
from course.tcp.timers import Timer

Endpoint: TypeAlias = tuple[str, int]
"""One end of a connection: a dotted address and a port. RFC 9293 calls it a socket."""


class Sent(NamedTuple):
    """A host handed a packet to the link. It is the host's `ordinal`-th one, counted from 1."""

    at: float
    sender: str
    ordinal: int
    packet: Packet

    @property
    def payload(self) -> Payload:
        """What the packet carries: a segment of TCP, a datagram of UDP or a message of ICMP."""
        return self.packet.payload

    @property
    def segment(self) -> Segment:
        """The segment inside the packet; TypeError if it carries something else."""
        return self.packet.segment

    @property
    def name(self) -> str:
        """The transmission's name, as in "client 3": it stays the same whatever faults are added."""
        return f"{self.sender} {self.ordinal}"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A transmission (or its `copy`-th copy) was lost, for the `reason` given, at that moment.

    `by` is the middlebox that did not let it pass, if one did not.
    """

    at: float
    sent: Sent
    reason: str
    copy: int = 1
    by: str | None = None

    @property
    def sentence(self) -> str:
        """The reason, and whose it is, as in "firewall: flow forgotten"."""
        return f"{self.by}: {self.reason}" if self.by else self.reason


class Delivered(NamedTuple):
    """A transmission (or its `copy`-th copy) reached the other host."""

    at: float
    sent: Sent
    copy: int = 1


class Called(NamedTuple):
    """A program called something on its host or on a socket; `number` counts the calls of the run.

    `host` is the host's name, `program` the program's ("server", or "server/1" when spawned).
    `socket` names the socket, as in "socket 1", "connection 2", or "connection 2 (copy 2)" for a duplicate of that one;
    it is None for a call on the host.
    Long `bytes` among the arguments are kept as `Octets`.
    """

    at: float
    host: str
    program: str
    number: int
    socket: str | None
    name: str
    arguments: tuple[object, ...] = ()


class Returned(NamedTuple):
    """A call came back, with a value or with an error's name (as in "ConnectionRefusedError") and its errno, if any."""

    at: float
    called: Called
    value: object = None
    error: str | None = None
    errno: int | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A connection (a listener, where `remote` is None) went from one state to another."""

    at: float
    host: str
    local: Endpoint
    remote: Endpoint | None
    before: State
    after: State
    event: Event


@dataclass(frozen=True, slots=True)
class Expired:
    """One of a connection's timers ran out (RFC 9293, section 3.10.8)."""

    at: float
    host: str
    local: Endpoint
    remote: Endpoint | None
    timer: Timer


@dataclass(frozen=True, slots=True)
class Observed:
    """What the real kernel said of a connection when it was asked: an observation, not a change.

    The queues are in octets: sent but not acknowledged, and received but not yet read. For a
    listener `receive_queue` counts the connections that wait for accept(). `source` says who
    told us: "TCP_INFO" or "/proc/net/tcp". Queues that the source does not tell are None.
    """

    at: float
    host: str
    local: Endpoint
    remote: Endpoint | None
    state: State
    send_queue: int | None
    receive_queue: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Outage:
    """Something befell a host: its power was cut, its power is back, or its process was killed; `what` says which."""

    at: float
    host: str
    what: Literal["power cut", "power back", "process killed"]


Record: TypeAlias = Sent | Dropped | Delivered | Called | Returned | Changed | Expired | Observed | Outage


def copy_name(socket: str, number: int) -> str:
    """What a socket's duplicate is called, as in "connection 2 (copy 2)"; the socket itself counts as the first."""
    return f"{socket} (copy {number})"


def which_copy(socket: str | None) -> tuple[str, str]:
    """A socket's name in two: ("connection 2", "copy 2"), or ("connection 2", "") if it is no duplicate."""
    name, _, copy = (socket or "").removesuffix(")").partition(" (")
    return name, copy


@dataclass(frozen=True, slots=True)
class Octets:
    """A long string of octets, kept as its length and its first few, so that a record stays small."""

    length: int
    head: bytes

    def __str__(self) -> str:
        return f"{self.head!r}… ({self.length} octets)"


class Constant(str):
    """The name of a constant, as in SHUT_WR: shown without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


KEPT_WHOLE = 48
OCTETS = (bytes, bytearray, memoryview)


def brief(value: object) -> object:
    """The value as a record keeps it: octets beyond 48 are cut down to an `Octets`."""
    if isinstance(value, OCTETS):
        octets = bytes(value[: KEPT_WHOLE + 1])
        return octets if len(octets) <= KEPT_WHOLE else Octets(memoryview(value).nbytes, octets[:16])
    return value
