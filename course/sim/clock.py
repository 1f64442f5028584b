"""The clock: virtual time is a number, and the future is a heap."""

import heapq
from collections.abc import Callable
from typing import Any


class Clock:
    """Virtual time in seconds, and what is going to happen when.

    Time moves first, then the thing happens; what is due at one instant happens in the order in which it was asked for.
    """

    __slots__ = ("_agenda", "_background", "_cancelled", "_serial", "_stopped", "_worth_waiting", "now")

    def __init__(self, worth_waiting: Callable[[], bool] = lambda: False) -> None:
        self.now = 0.0
        self._agenda: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._serial = 0
        self._cancelled: set[int] = set()
        self._background: set[int] = set()
        self._worth_waiting = worth_waiting  # asked when nothing is left but what rests in the background
        self._stopped = False

    def call_at(self, at: float, function: Callable[..., None], *arguments: Any) -> int:
        """Let `function(*arguments)` happen at that moment, rounded to nanoseconds; a number to cancel it by."""
        self._serial += 1
        heapq.heappush(self._agenda, (round(at, 9), self._serial, function, arguments))
        return self._serial

    def cancel(self, serial: int) -> None:
        """Let it not happen; it must still lie in the future."""
        self._cancelled.add(serial)
        self._background.discard(serial)

    def let_rest(self, serial: int) -> None:
        """This one alone is no reason to go on: keep-alive would ask for ever."""
        self._background.add(serial)

    def run(self, latest: float) -> bool:
        """Let happen what is due up to `latest`, until stop() is called; is there anything left after that?"""
        agenda, cancelled, background = self._agenda, self._cancelled, self._background
        self._stopped = False
        while agenda and not self._stopped:
            if background and self._is_idle():
                return False
            at, serial, function, arguments = agenda[0]
            if at > latest and serial not in cancelled:
                return True
            heapq.heappop(agenda)
            if cancelled and serial in cancelled:
                cancelled.discard(serial)
            else:
                background.discard(serial)
                self.now = at
                function(*arguments)
        return False

    def _is_idle(self) -> bool:
        """Is only the background left, and nobody who waits for it?"""
        return len(self._agenda) - len(self._cancelled) == len(self._background) and not self._worth_waiting()

    def stop(self) -> None:
        """Let nothing more happen in this run()."""
        self._stopped = True
