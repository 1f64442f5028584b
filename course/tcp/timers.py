"""The timers of a connection: named moments at which something becomes due (RFC 9293, section 3.10.8)."""

from enum import Enum


class Timer(Enum):
    """The timers by name."""

    RETRANSMISSION = "retransmission"  # what is unacknowledged is sent again, RFC 6298
    PERSIST = "persist"  # the peer's window is zero: probe it, RFC 9293 3.8.6.1
    OVERRIDE = "override"  # the peer's window stays small: send what fits, RFC 9293 3.8.6.2.1
    DELAYED_ACK = "delayed ACK"  # the ACK owed may wait no longer, RFC 9293 3.8.6.3
    KEEP_ALIVE = "keep-alive"  # nothing was heard for long: ask whether the peer is there, RFC 9293 3.8.4
    TIME_WAIT = "time-wait"  # 2 MSL in TIME-WAIT are over, RFC 9293 3.6.1

    __hash__ = object.__hash__  # identity: Enum's own hash is slow, and these keys are looked up for every segment

    def __str__(self) -> str:
        return self.value


class Timers:
    """At most one deadline for each `Timer`; asks nothing of any clock."""

    __slots__ = ("_due",)

    def __init__(self) -> None:
        self._due: dict[Timer, float] = {}

    def set(self, timer: Timer, at: float) -> None:
        """Let the timer run out at that moment, instead of whenever it would have."""
        self._due[timer] = at

    def stop(self, timer: Timer | None) -> None:
        """Turn the timer off; it need not be running, and None is no timer."""
        self._due.pop(timer, None)  # type: ignore[arg-type]

    def stop_all(self) -> None:
        """Turn every timer off."""
        self._due.clear()

    def runs(self, timer: Timer) -> bool:
        """Is this timer running?"""
        return timer in self._due

    def due(self, timer: Timer) -> float | None:
        """When this timer runs out, or None while it is off."""
        return self._due.get(timer)

    def next(self) -> tuple[float, Timer] | None:
        """The timer that runs out first and when, or None."""
        first = None
        for timer, at in self._due.items():
            if first is None or at < first[0]:
                first = at, timer
        return first

    def running(self) -> dict[Timer, float]:
        """All running timers with their moments."""
        return dict(self._due)
