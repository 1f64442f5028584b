"""What a socket shares with its duplicates: the "open file description" behind their descriptors (open(2), dup(2))."""

from dataclasses import dataclass


@dataclass(slots=True)
class Description:
    """One open socket, behind one socket object or several; `name` is the first one's in the record.

    `waits` is False once one of them has been told not to wait for ever: O_NONBLOCK, which is one flag for all.
    """

    name: str
    waits: bool = True

    def settle(self, timeout: float | None) -> None:
        """One of the sockets has a new timeout: Python sets O_NONBLOCK for every timeout, as it waits by poll(2)."""
        self.waits = timeout is None

    def patience(self, timeout: float | None) -> float | None:
        """How many seconds a call may wait, on a socket with this timeout; None for ever.

        A number of seconds is each object's own affair. Without one the kernel decides, by the flag that all share.
        """
        return timeout or (None if self.waits else 0.0)
