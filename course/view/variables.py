"""The variables of a connection that are drawn over time: what each is worth at a moment, and how it looks.

In the simulated world they are course.tcp.status.Status, after each event; on the real kernel what TCP_INFO said when
it was asked, where None stands for what it does not tell.
"""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from course.tcp.state import State
from course.trace.record import Endpoint
from course.view.sheet import DASHED, DOTTED

TIMEOUT, FAST_RETRANSMIT, RESTART = "timeout", "fast retransmit", "restart after idle"
UNLIMITED = 2**30  # how our TCP writes "arbitrarily high" (RFC 5681, section 3.1)
NOT_OPEN = frozenset({State.CLOSED, State.LISTEN, State.SYN_SENT, State.SYN_RECEIVED})
PEERS_WINDOW = "SND.WND, the peer's window"
Look: TypeAlias = tuple[str, float, tuple[float, ...]]


class Variables(Protocol):
    """What one end of a connection says of itself: sizes in octets, times in seconds."""

    @property
    def state(self) -> State: ...  # noqa: D102 - all of them are explained in course.tcp.status
    @property
    def cwnd(self) -> int | None: ...  # noqa: D102
    @property
    def ssthresh(self) -> int | None: ...  # noqa: D102
    @property
    def flight_size(self) -> int | None: ...  # noqa: D102
    @property
    def snd_wnd(self) -> int | None: ...  # noqa: D102
    @property
    def rto(self) -> float | None: ...  # noqa: D102
    @property
    def srtt(self) -> float | None: ...  # noqa: D102
    @property
    def timeouts(self) -> int | None: ...  # noqa: D102
    @property
    def send_queue(self) -> int | None: ...  # noqa: D102
    @property
    def receive_queue(self) -> int | None: ...  # noqa: D102


class Reading(Protocol):
    """The variables of one end at a moment: a Sample of either world."""

    @property
    def at(self) -> float: ...  # noqa: D102 - seconds
    @property
    def host(self) -> str: ...  # noqa: D102
    @property
    def local(self) -> Endpoint: ...  # noqa: D102
    @property
    def remote(self) -> Endpoint | None: ...  # noqa: D102
    @property
    def status(self) -> Variables: ...  # noqa: D102


LOOKS: dict[str, Look] = {
    "cwnd": ("opening", 2.2, ()),
    "ssthresh": ("closing", 1.6, DASHED),
    "flight size": ("data", 1.2, ()),
    PEERS_WINDOW: ("ink", 1.4, DOTTED),
    "RTO": ("ink", 1.8, ()),
    "SRTT": ("acknowledgment", 1.6, DASHED),
    "send queue": ("data", 1.8, ()),
    "receive queue": ("acknowledgment", 1.6, DASHED),
}
EVENTS: dict[str, Look] = {
    TIMEOUT: ("trouble", 1.4, ()),
    FAST_RETRANSMIT: ("trouble", 1.4, DASHED),
    RESTART: ("muted", 1.4, DOTTED),
}


def is_open(status: Variables) -> bool:
    """Is our SYN acknowledged? Before that, and when all is over, windows mean nothing."""
    return status.state not in NOT_OPEN


def known(value: float | None) -> float:
    """What is not known is a negative number here, and not drawn."""
    return -1.0 if value is None else value


def while_open(value: Callable[[Variables], float | None]) -> Callable[[Variables], float]:
    """A variable that means nothing before our SYN is acknowledged."""
    return lambda status: known(value(status)) if is_open(status) else -1.0


def threshold(status: Variables) -> int | None:
    """Ssthresh; the kernel says None as long as it is arbitrarily high."""
    return UNLIMITED if status.ssthresh is None and status.cwnd is not None else status.ssthresh


SIZES: dict[str, Callable[[Variables], float]] = {
    "cwnd": while_open(lambda status: status.cwnd),
    "ssthresh": while_open(threshold),
    "flight size": lambda status: known(status.flight_size),
    PEERS_WINDOW: while_open(lambda status: status.snd_wnd),
}
TIMES: dict[str, Callable[[Variables], float]] = {
    "RTO": lambda status: known(status.rto),
    "SRTT": lambda status: known(status.srtt),
}
QUEUES: dict[str, Callable[[Variables], float]] = {
    "send queue": lambda status: known(status.send_queue),
    "receive queue": lambda status: known(status.receive_queue),
}


def drawn_values(status: Variables, *, queues: bool = False) -> tuple[object, ...]:
    """The variables that are drawn, to see whether one has changed."""
    own = status.cwnd, status.ssthresh, status.flight_size, status.snd_wnd, status.rto, status.srtt
    return (*own, status.send_queue, status.receive_queue) if queues else own
