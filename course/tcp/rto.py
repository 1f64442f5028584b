"""The retransmission timeout: how long to wait for an acknowledgment (RFC 6298; Karn's rule: RFC 9293, 3.8.1)."""

from course.tcp.parameters import TcpParameters

GRANULARITY = 0.001


class RetransmissionTimeout:
    """SRTT, RTTVAR and the RTO that follows from them, in seconds; None before the first measurement."""

    __slots__ = ("_initial", "_least", "_most", "_timed_at", "_timed_end", "lost_syns", "rto", "rttvar", "srtt")

    def __init__(self, parameters: TcpParameters) -> None:
        self.rto = parameters.initial_rto  # (2.1)
        self.srtt: float | None = None
        self.rttvar: float | None = None
        self.lost_syns = 0  # how often our SYN had to be repeated
        self._initial = parameters.initial_rto
        self._least, self._most = parameters.min_rto, parameters.max_rto
        self._timed_end: int | None = None
        self._timed_at = 0.0

    def start_timing(self, end: int, now: float) -> None:
        """Time the segment whose last number is `end` - 1, unless another one is being timed (section 3)."""
        if self._timed_end is None:
            self._timed_end, self._timed_at = end, now

    def stop_timing(self) -> None:
        """Something was sent again: no answer to it can be told from an answer to the first copy (Karn's rule)."""
        self._timed_end = None

    def acknowledged(self, ack: int, now: float) -> None:
        """An acknowledgment came: if it covers the timed segment, that was one round trip."""
        if self._timed_end is not None and ack >= self._timed_end:
            self._timed_end = None
            self.measured(now - self._timed_at)

    def measured(self, r: float, a_window: int = 1) -> None:
        """One round trip took `r` seconds; so many are measured in each window's time (RFC 7323, appendix G)."""
        if self.srtt is None or self.rttvar is None:
            self.srtt, self.rttvar = r, r / 2  # (2.2)
        else:
            alpha, beta = 1 / 8 / a_window, 1 / 4 / a_window
            self.rttvar += beta * (abs(self.srtt - r) - self.rttvar)  # (2.3)
            self.srtt += alpha * (r - self.srtt)
        self.rto = self.bounded(self.srtt + max(GRANULARITY, 4 * self.rttvar))

    def back_off(self) -> None:
        """The timer ran out: wait twice as long the next time (5.5)."""
        self.rto = self.bounded(self.rto * 2)

    def begin_data(self) -> None:
        """Our SYN is acknowledged: if it had to be repeated, data begins with an RTO of 3 seconds (5.7)."""
        if self.lost_syns:
            self.rto = self.bounded(max(self._initial, 3.0))

    def bounded(self, rto: float) -> float:
        """No less than the minimum (2.4), no more than the maximum (2.5)."""
        return min(max(rto, self._least), self._most)
