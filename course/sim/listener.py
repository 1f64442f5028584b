"""A listener with its two queues: handshakes that are half-way, and connections that wait for accept() (RFC 4987)."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from course.tcp.connection import Connection
from course.tcp.cookies import PERIOD, VALID, bake, mss_in
from course.tcp.segment import Segment, Why
from course.tcp.seq import wrap
from course.tcp.state import State
from course.tcp.variables import DEFAULT_MSS
from course.trace.record import Endpoint

Wake = Callable[[], None]
ACCEPT_QUEUE_FULL, SYN_QUEUE_FULL = "accept queue full", "SYN queue full"


@dataclass(slots=True, eq=False)
class Hosted:
    """A connection with what its host keeps about it: who waits for it, its alarm, and its listener until accept()."""

    connection: Connection
    peer: str  # the remote address
    listener: "Listener | None" = None
    readers: list[Wake] = field(default_factory=list)
    writers: list[Wake] = field(default_factory=list)
    alarm: tuple[float, int] | None = None  # when the clock will call, and the number to cancel that by
    in_background: bool = False  # is that alarm for keep-alive only?
    reuse: bool = False  # SO_REUSEADDR, which outlives the socket
    predecessor: "tuple[Hosted, float] | None" = None  # in TIME-WAIT until then, if this one does not get established
    listening = False


@dataclass(slots=True, eq=False)
class Listener:
    """A listening connection with its children: half-open ones, and completed ones that wait for accept()."""

    connection: Connection
    backlog: int
    half_open: list[Hosted] = field(default_factory=list)
    queue: deque[Hosted] = field(default_factory=deque)
    readers: list[Wake] = field(default_factory=list)
    reuse: bool = False
    cookies_until: float = 0.0  # a cookie that was made lately may still come back

    @property
    def is_full(self) -> bool:
        """As on Linux, `backlog` + 1 connections may wait for accept()."""
        return len(self.queue) > self.backlog

    def shortage(self, segment: Segment, child: Hosted | None) -> str | None:
        """Is there no room for a caller, or for one whose handshake this would complete? Which queue is full?"""
        if segment.rst or (child is not None and child.connection.state is not State.SYN_RECEIVED):
            return None
        if self.is_full and (segment.syn or child is not None or self.cookies_until):
            return ACCEPT_QUEUE_FULL
        if segment.syn and child is None and len(self.half_open) >= self.connection.tcb.parameters.syn_queue:
            return SYN_QUEUE_FULL
        return None

    def answers_by_cookie(self, shortage: str) -> bool:
        """Is there an answer that costs no memory?"""
        return self.connection.tcb.parameters.syn_cookies and shortage == SYN_QUEUE_FULL

    def ignores(self, shortage: str) -> bool:
        """Is a caller for whom there is no room left without an answer?"""
        return not self.answers_by_cookie(shortage) and self.connection.tcb.parameters.when_full == "drop"

    def answer_by_cookie(self, syn: Segment, remote: Endpoint, secret: str, now: float) -> list[Segment]:
        """The SYN,ACK for a caller of whom nothing is remembered; a cookie has no room for scale and timestamps."""
        knobs = self.connection.tcb.parameters
        self.cookies_until = now + VALID * PERIOD
        cookie = bake(self.connection.tcb.local, remote, syn.seq, syn.options.mss or DEFAULT_MSS, secret, now)
        child = self.connection.child(remote, cookie)
        size = min(knobs.receive_buffer, 65_535)
        child.configure(replace(knobs, receive_buffer=size, window_scale=None, timestamps=False))
        child.segment_arrives(syn._replace(data=b"", fin=False), now)
        return [reply._replace(why=Why.SYN_COOKIE) for reply in child.segments_to_send(now)]

    def child_by_cookie(self, segment: Segment, remote: Endpoint, secret: str, now: float) -> Connection | None:
        """The connection that this ACK completes, if the number that it acknowledges is a cookie of ours."""
        if now >= self.cookies_until or segment.ack is None or segment.syn or segment.rst:
            return None
        cookie, irs = wrap(segment.ack - 1), wrap(segment.seq - 1)
        mss = mss_in(cookie, self.connection.tcb.local, remote, irs, secret, now)
        if mss is None:
            return None
        child = self.connection.child(remote, cookie)
        child.resume(irs, mss)
        return child


def wake_all(waiting: list[Wake]) -> None:
    """Wake every program that waits here; each looks again for itself."""
    for wake in waiting:
        wake()
    waiting.clear()
