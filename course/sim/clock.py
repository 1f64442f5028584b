"""The clock: virtual time is a number, and the future is a heap."""

import heapq
from collections.abc import Callable
from typing import Any


class Clock:
    """Virtual time in seconds, and what is going to happen when.

    Time moves first, then the thing happens; what is due at one instant happens in the order in which it was asked for.
    """

    __slots__ = ("_agenda", "_cancelled", "_serial", "_stopped", "now")

    def __init__(self) -> None:
        self.now = 0.0
        self._agenda: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._serial = 0
        self._cancelled: set[int] = set()
        self._stopped = False

    def call_at(self, at: float, function: Callable[..., None], *arguments: Any) -> int:
        """Let `function(*arguments)` happen at that moment, rounded to nanoseconds; a number to cancel it by."""
        self._serial += 1
        heapq.heappush(self._agenda, (round(at, 9), self._serial, function, arguments))
        return self._serial

    def cancel(self, serial: int) -> None:
        """Let it not happen; it must still lie in the future."""
        self._cancelled.add(serial)

    def run(self, latest: float) -> bool:
        """Let happen what is due up to `latest`, until stop() is called; is there anything left after that?"""
        agenda, cancelled = self._agenda, self._cancelled
        self._stopped = False
        while agenda and not self._stopped:
            at, serial, function, arguments = agenda[0]
            if at > latest and serial not in cancelled:
                return True
            heapq.heappop(agenda)
            if cancelled and serial in cancelled:
                cancelled.discard(serial)
            else:
                self.now = at
                function(*arguments)
        return False

    def stop(self) -> None:
        """Let nothing more happen in this run()."""
        self._stopped = True
