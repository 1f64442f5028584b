"""Ports: which local port a simulated socket may have, as Linux decides it (socket(7), SO_REUSEADDR)."""

import errno
import os
from collections.abc import Iterable
from typing import Protocol

FIRST_EPHEMERAL_PORT, LAST_PORT = 49_152, 65_535  # RFC 6335, section 6


class Holder(Protocol):
    """Whoever holds a port: a socket, or a connection that its socket has left behind."""

    @property
    def reuse(self) -> bool:
        """Was SO_REUSEADDR set?"""

    @property
    def listening(self) -> bool:
        """Does it wait for callers?"""


class Closable(Protocol):
    """What a host knows of its sockets."""

    closed: bool

    def end(self) -> None:
        """Close it for all who hold it, as the kernel does when their process ends."""


class Ports:
    """The local ports of one host, and the sockets that hold them."""

    def __init__(self) -> None:
        self._holders: dict[int, list[Holder]] = {}
        self._next = FIRST_EPHEMERAL_PORT

    def claim(self, port: int, claimant: Holder, connections: Iterable[Holder]) -> None:
        """Give the port to a socket, or raise EADDRINUSE; `connections` are those that use the port already.

        Two may share a port if both set SO_REUSEADDR and the one that is there does not listen.
        """
        for holder in [*self._holders.get(port, ()), *connections]:
            if not (claimant.reuse and holder.reuse) or holder.listening:
                raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        self._holders.setdefault(port, []).append(claimant)

    def release(self, port: int, holder: Holder) -> None:
        """The socket lets go of the port; it need not hold it."""
        holders = self._holders.get(port, [])
        if holder in holders:
            holders.remove(holder)

    def ephemeral(self, in_use: set[int]) -> int:
        """The next port from 49152 on that nobody holds or uses; OSError EADDRINUSE if there is none (bind(2))."""
        for _ in range(FIRST_EPHEMERAL_PORT, LAST_PORT + 1):
            port = self._next
            self._next = port + 1 if port < LAST_PORT else FIRST_EPHEMERAL_PORT
            if port not in in_use and not self._holders.get(port):
                return port
        raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
