"""Congestion control: how much may be in flight, from what the ACKs tell (RFC 5681, RFC 6582).

A plug: `Reno` is the standard's, `NoCongestionControl` shows what happens without. All sizes are octets.
"""

from typing import Protocol

DUPLICATES = 3  # this many duplicate ACKs mean that a segment is missing (RFC 5681, section 3.2)


class CongestionControl(Protocol):
    """What TCP asks of a congestion control."""

    cwnd: int
    ssthresh: int
    recover: int | None

    def begin_data(self, lost_syns: int) -> None:
        """The handshake is over; our SYN had to be repeated so many times."""

    def acknowledged(self, octets: int, ack: int) -> bool:
        """New octets were acknowledged, up to `ack`: does the next one have to be sent again at once?"""

    def duplicate(self, flight_size: int, nxt: int) -> bool:
        """A duplicate ACK came, and SND.NXT is `nxt`: does the first unacknowledged segment have to be sent again?"""

    def timed_out(self, flight_size: int, nxt: int) -> None:
        """The retransmission timer ran out."""


class Reno:
    """Slow start, congestion avoidance, fast retransmit and fast recovery (NewReno).

    `recover` is the highest number that had been sent when fast recovery began, None outside of it.
    """

    __slots__ = ("_acked", "_duplicates", "_highest", "_repeated", "cwnd", "recover", "smss", "ssthresh")

    def __init__(self, smss: int, initial_window: int | None = None) -> None:
        self.smss = smss
        self.cwnd = initial_window or min(10 * smss, max(2 * smss, 14_600))  # RFC 6928, section 2
        self.ssthresh = 2**30  # arbitrarily high (RFC 5681, section 3.1)
        self.recover: int | None = None
        self._duplicates = 0
        self._acked = 0
        self._highest = -1  # what had been sent when the last loss was noticed (RFC 6582, section 3.2)
        self._repeated = -1  # what the last timeout repeated

    def begin_data(self, lost_syns: int) -> None:
        if lost_syns > 1:
            self.cwnd = self.smss  # RFC 5681, section 3.1; RFC 6928, section 2, forgives one

    def acknowledged(self, octets: int, ack: int) -> bool:
        self._duplicates = 0
        if self.recover is not None:
            return self._acknowledged_in_recovery(octets, ack)
        if self.cwnd < self.ssthresh:
            self.cwnd += min(octets, self.smss)  # slow start, RFC 5681 equation 2
        else:
            self._avoid_congestion(octets)
        return False

    def _avoid_congestion(self, octets: int) -> None:
        """One SMSS more for each window's worth of acknowledged octets (RFC 5681, section 3.1)."""
        self._acked += octets
        if self._acked >= self.cwnd:
            self._acked -= self.cwnd
            self.cwnd += self.smss

    def _acknowledged_in_recovery(self, octets: int, ack: int) -> bool:
        """A full acknowledgment ends fast recovery, a partial one asks for the next segment (RFC 6582, section 3.2)."""
        assert self.recover is not None
        if ack >= self.recover:
            self.cwnd, self.recover = self.ssthresh, None
            return False
        self.cwnd = max(self.cwnd - octets, 0) + (self.smss if octets >= self.smss else 0)
        return True

    def duplicate(self, flight_size: int, nxt: int) -> bool:
        self._duplicates += 1
        if self.recover is not None:
            self.cwnd += self.smss  # each duplicate means that a segment has left the network
            return False
        if self._duplicates != DUPLICATES or nxt - flight_size <= self._highest:
            return False
        self.ssthresh = max(flight_size // 2, 2 * self.smss)  # RFC 5681 equation 4
        self.cwnd = self.ssthresh + DUPLICATES * self.smss
        self.recover = self._highest = nxt
        return True

    def timed_out(self, flight_size: int, nxt: int) -> None:
        una = nxt - flight_size
        if una != self._repeated:  # held constant while the same segment is repeated (RFC 5681, section 3.1)
            self.ssthresh = max(flight_size // 2, 2 * self.smss)
        self._repeated = una
        self.cwnd = self.smss  # the loss window, RFC 5681 section 3.1
        self.recover, self._highest = None, nxt
        self._duplicates = self._acked = 0


class NoCongestionControl:
    """No limit but the peer's window; a loss is repaired, and nothing is learned from it."""

    __slots__ = ("_duplicates", "cwnd", "recover", "ssthresh")

    def __init__(self) -> None:
        self.cwnd = self.ssthresh = 2**30
        self.recover: int | None = None
        self._duplicates = 0

    def begin_data(self, lost_syns: int) -> None:
        return

    def acknowledged(self, octets: int, ack: int) -> bool:
        self._duplicates = 0
        if self.recover is not None and ack >= self.recover:
            self.recover = None
        return self.recover is not None

    def duplicate(self, flight_size: int, nxt: int) -> bool:
        self._duplicates += 1
        if self._duplicates != DUPLICATES or self.recover is not None:
            return False
        self.recover = nxt
        return True

    def timed_out(self, flight_size: int, nxt: int) -> None:
        self.recover, self._duplicates = None, 0
