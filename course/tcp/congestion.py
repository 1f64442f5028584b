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
    beyond: int  # octets that may be in flight beyond cwnd, while it is not yet sure that anything was lost

    def begin_data(self, lost_syns: int) -> None:
        """The handshake is over; our SYN had to be repeated so many times."""

    def acknowledged(self, octets: int, ack: int) -> bool:
        """New octets were acknowledged, up to `ack`: does the next one have to be sent again at once?"""

    def duplicate(self, flight_size: int, nxt: int) -> bool:
        """A duplicate ACK came, and SND.NXT is `nxt`: does the first unacknowledged segment have to be sent again?"""

    def timed_out(self, flight_size: int, nxt: int) -> None:
        """The retransmission timer ran out."""

    def restart(self) -> None:
        """Nothing was sent for longer than an RTO: what was known of the network is out of date."""


class Reno:
    """Slow start, congestion avoidance, fast retransmit and fast recovery (NewReno).

    `recover` is the highest number that had been sent when fast recovery began, None outside of it.
    """

    __slots__ = (
        "_acked", "_duplicates", "_flight_size", "_highest", "_initial_window", "_repeated",
        "beyond", "cwnd", "recover", "smss", "ssthresh",
    )  # fmt: skip

    def __init__(self, smss: int, initial_window: int | None = None) -> None:
        self.smss = smss
        self._initial_window = initial_window or min(10 * smss, max(2 * smss, 14_600))  # RFC 6928, section 2
        self.cwnd = self._initial_window
        self.ssthresh = 2**30  # arbitrarily high (RFC 5681, section 3.1)
        self.recover: int | None = None
        self.beyond = 0
        self._duplicates = 0
        self._flight_size = 0  # when the first duplicate came
        self._acked = 0
        self._highest = -1  # what had been sent when the last loss was noticed (RFC 6582, section 3.2)
        self._repeated = -1  # what the last timeout repeated

    def begin_data(self, lost_syns: int) -> None:
        if lost_syns > 1:
            self.cwnd = self.smss  # RFC 5681, section 3.1; RFC 6928, section 2, forgives one

    def acknowledged(self, octets: int, ack: int) -> bool:
        self._duplicates = self.beyond = 0
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
        if nxt - flight_size <= self._highest:
            return False
        if self._duplicates == 1:
            self._flight_size = flight_size  # without what limited transmit adds (RFC 5681, section 3.2)
        if self._duplicates < DUPLICATES:
            self.beyond = self._duplicates * self.smss  # limited transmit (RFC 3042, section 2)
        return self._duplicates == DUPLICATES and self._begin_recovery(nxt)

    def _begin_recovery(self, nxt: int) -> bool:
        """The third duplicate: half the flight, plus what has left the network (RFC 5681, section 3.2)."""
        self.ssthresh = max(self._flight_size // 2, 2 * self.smss)  # RFC 5681 equation 4
        self.cwnd = self.ssthresh + DUPLICATES * self.smss
        self.recover = self._highest = nxt
        self.beyond = 0
        return True

    def timed_out(self, flight_size: int, nxt: int) -> None:
        una = nxt - flight_size
        if una != self._repeated:  # held constant while the same segment is repeated (RFC 5681, section 3.1)
            self.ssthresh = max(flight_size // 2, 2 * self.smss)
        self._repeated = una
        self.cwnd = self.smss  # the loss window, RFC 5681 section 3.1
        self.recover, self._highest = None, nxt
        self._duplicates = self._acked = self.beyond = 0

    def restart(self) -> None:
        self.cwnd = min(self.cwnd, self._initial_window)  # RFC 5681, section 4.1


class NoCongestionControl:
    """No limit but the peer's window; a loss is repaired, and nothing is learned from it."""

    __slots__ = ("_duplicates", "beyond", "cwnd", "recover", "ssthresh")

    def __init__(self) -> None:
        self.cwnd = self.ssthresh = 2**30
        self.recover: int | None = None
        self.beyond = 0
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

    def restart(self) -> None:
        return
