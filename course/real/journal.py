"""The journal of a loopback run: what its programs call, and what the kernel says of their connections when asked.

The kernel is asked by TCP_INFO at each call on a socket, and by /proc/net/tcp, which also knows the connections that
nobody has accepted and those in TIME-WAIT. Only what differs from the last observation is written down.
"""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from socket import socket

from course.real.addresses import Addresses, own
from course.real.kernel import Row, connections, state_of
from course.tcp.state import State
from course.trace.record import Endpoint, Observed, Record

End = tuple[str, Endpoint, Endpoint | None]
"""One end of a connection (host, local, remote), or a listener (remote is None)."""

UNDER_WAY = frozenset({State.SYN_SENT, State.SYN_RECEIVED, State.FIN_WAIT_1, State.CLOSING, State.LAST_ACK})
OVER = frozenset({State.TIME_WAIT, State.CLOSED})


class Journal:
    """The records of a run, in the making. All threads write here; `lock` is the run's one lock."""

    def __init__(self, lock: threading.RLock, now: Callable[[], float], addresses: Addresses,
                 table: Path) -> None:  # fmt: skip
        self.lock = lock
        self.sealed = False
        self.wants_look = False  # has something happened of which /proc/net/tcp tells more?
        self._now = now
        self._addresses = addresses
        self._hosts = {address: name for name, address in addresses.hosts.items()}
        self._table = table
        self._records: list[Record] = []
        self._last: dict[End, Observed | None] = {}  # None: there is such a connection, and nothing was seen of it
        self._queues: dict[End, tuple[int, int]] = {}
        self._touched: dict[End, float] = {}  # when a program last changed something there

    def write(self, record: Record) -> None:
        """Write it down, unless the run is over."""
        with self.lock:
            if not self.sealed:
                self._records.append(record)

    def seal(self, captured: Sequence[Record] = ()) -> tuple[Record, ...]:
        """The records, with those of a capture, in the order of their times; none is written after them."""
        with self.lock:
            self.sealed = True
            return tuple(sorted([*captured, *self._records], key=lambda record: record.at))

    # ------------------------------------------------ TCP_INFO

    def ask(self, end: End, kernel: socket) -> None:
        """Ask a socket for the state of its connection."""
        with self.lock:
            state = state_of(kernel)
            if state is State.CLOSED and self._table.exists():
                self._is_closed(end)
            elif state is not None:
                self._observe(end, state, None, "TCP_INFO")

    def _is_closed(self, end: End) -> None:
        """The socket is, but its connection may be in TIME-WAIT, where it needs no socket: the table will tell."""
        last = self._last.setdefault(end, None)
        self.wants_look = self.wants_look or last is None or last.state not in OVER

    def touch(self, end: End) -> None:
        """A program has changed something about this connection: that wants a look at the table, and a fresh one."""
        with self.lock:
            self._touched[end] = self._now()
            self.wants_look = True

    # ------------------------------------------------ /proc/net/tcp

    def look(self) -> bool | None:
        """Look at all connections of the run; is the kernel still busy with one of them? None: it does not say."""
        self.wants_look = False
        if not self._last and not self._touched:
            return False
        begun = self._now()
        table = connections(self._addresses.in_kernel, self._table)
        if table is None:
            return None
        with self.lock:
            rows = self._by_end(table)
            for end in sorted(rows.keys() | self._last.keys(), key=self._place):
                self._compare(end, rows.get(end), begun)
        return any(row.state in UNDER_WAY for row in rows.values())

    def _by_end(self, table: list[Row]) -> dict[End, Row]:
        known = {(local, remote) for _, local, remote in self._last}
        rows = own(table, self._addresses, known)
        return {(self._hosts[local[0]], local, remote): row for (local, remote), row in rows.items()}

    def _place(self, end: End) -> tuple[int, bool, int]:
        """Hosts in the order of the scenario; their listeners first."""
        return list(self._addresses.hosts).index(end[0]), end[2] is not None, end[1][1]

    def _compare(self, end: End, row: Row | None, begun: float) -> None:
        """Write down what is new; but what was seen or done since the look began is newer, and wants another look."""
        last = self._last.get(end)
        if max(0.0 if last is None else last.at, self._touched.get(end, 0.0)) >= begun:
            self.wants_look = True
        elif row is None:
            self._observe(end, State.CLOSED, None, self._table.as_posix())
        else:
            self._observe(end, row.state, (row.send_queue, row.receive_queue), self._table.as_posix())

    def _observe(self, end: End, state: State, queues: tuple[int, int] | None, source: str) -> None:
        last = self._last.get(end)
        if last is not None and last.state is state and queues in (None, self._queues.get(end)):
            return
        if queues is not None:
            self._queues[end] = queues
        host, local, remote = end
        sent, received = queues or (None, None)
        self._last[end] = seen = Observed(self._now(), host, local, remote, state, sent, received, source)
        self.write(seen)
