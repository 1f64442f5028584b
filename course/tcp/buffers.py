"""The two buffers: octets on their way out, and octets put back in order (RFC 9293, section 3.10.7.4)."""

import bisect


class SendBuffer:
    """What the program sent and the peer has not yet acknowledged: the numbers from `start` up to, but not, `end`."""

    __slots__ = ("_first", "_octets", "end", "start")

    def __init__(self, start: int) -> None:
        self.start = self.end = start
        self._octets = bytearray()
        self._first = start  # the number of the first octet that is kept: it may have been acknowledged already

    def __len__(self) -> int:
        return self.end - self.start

    def append(self, octets: bytes | memoryview) -> None:
        """Add what the program sends."""
        self._octets += octets
        self.end += len(octets)

    def read(self, seq: int, size: int) -> bytes:
        """Up to `size` octets from sequence number `seq` on; they stay in the buffer."""
        begin = seq - self._first
        return bytes(memoryview(self._octets)[begin : begin + size])

    def acknowledge(self, ack: int) -> None:
        """Forget all octets before `ack`; they are thrown away later, many at a time."""
        self.start = max(self.start, min(ack, self.end))
        if 2 * (self.start - self._first) > len(self._octets):
            del self._octets[: self.start - self._first]
            self._first = self.start


class ReceiveBuffer:
    """What arrived and the program has not yet read (`octets`), plus what waits beyond a gap."""

    __slots__ = ("_beyond", "octets")

    def __init__(self) -> None:
        self.octets = bytearray()
        self._beyond: list[tuple[int, bytes]] = []

    def __len__(self) -> int:
        return len(self.octets)

    @property
    def has_gap(self) -> bool:
        """Does anything wait for a missing octet?"""
        return bool(self._beyond)

    @property
    def beyond(self) -> tuple[tuple[int, int], ...]:
        """The ranges of numbers that wait beyond a gap, each from its first to before its end, as SACK blocks are."""
        ranges: list[tuple[int, int]] = []
        for seq, octets in self._beyond:
            first, end = ranges.pop() if ranges and seq <= ranges[-1][1] else (seq, seq)
            ranges.append((first, max(end, seq + len(octets))))
        return tuple(ranges)

    def accept(self, seq: int, octets: bytes, expected: int, window: int) -> int:
        """Take in a segment's octets, and say how many became readable in order.

        `seq` is the first octet's number, `expected` is RCV.NXT; what lies outside of the receive window is
        cut off (RFC 9293, section 3.10.7.4, first).
        """
        begin, end = max(seq, expected), min(seq + len(octets), expected + window)
        if begin >= end:
            return 0
        if begin == expected and not self._beyond:
            self.octets += octets if end - begin == len(octets) else octets[begin - seq : end - seq]
            return end - begin
        self._hold(begin, octets[begin - seq : end - seq])
        return self._join(expected)

    def _hold(self, seq: int, octets: bytes) -> None:
        """Keep octets beyond a gap, unless what is held just before covers them."""
        place = bisect.bisect(self._beyond, (seq, octets))
        first, held = self._beyond[place - 1] if place else (seq, b"")
        if first + len(held) < seq + len(octets):
            self._beyond.insert(place, (seq, octets))

    def _join(self, expected: int) -> int:
        """Move everything that now follows without a gap; say how many octets that was."""
        moved = 0
        while self._beyond and self._beyond[0][0] <= expected + moved:
            seq, octets = self._beyond.pop(0)
            fresh = octets[expected + moved - seq :]
            self.octets += fresh
            moved += len(fresh)
        return moved

    def read(self, size: int) -> bytes:
        """Take up to `size` octets out."""
        octets = bytes(memoryview(self.octets)[:size])
        del self.octets[:size]
        return octets

    def peek(self, size: int) -> bytes:
        """Look at up to `size` octets; they stay (MSG_PEEK)."""
        return bytes(memoryview(self.octets)[:size])
