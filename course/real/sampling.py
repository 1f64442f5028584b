"""Samples: what the kernel says of sockets when it is asked again and again, by a thread, while something goes on.

TCP_INFO and the queues cost some 20 microseconds a socket. The timers, TIME-WAIT, and what nobody has accepted are in
/proc/net/tcp alone, which may take milliseconds to read.
"""

import dataclasses
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from course.real import kernel
from course.real.info import KernelStatus, from_row, status, timers
from course.real.kernel import PROC_NET_TCP, PROC_NET_TCP6, Ends, Row
from course.tcp.state import State
from course.trace.record import Endpoint

MOST = 10_000
FIRST, REST = 0.020, 4.0  # seconds until the kernel's table is read; after that, so many times as long as it took
PATIENCE = 5.0

Rows = Mapping[Ends, Row]


class Sample(NamedTuple):
    """What the kernel said of one end of a connection (of a listener, where `remote` is None) at that moment."""

    at: float
    host: str
    local: Endpoint
    remote: Endpoint | None
    status: KernelStatus


class Watched(NamedTuple):
    """A socket to look at: whose it is, and its ends."""

    host: str
    local: Endpoint
    remote: Endpoint | None
    connection: socket.socket


class Sampler:
    """A thread that looks once in a period (seconds), until it is stopped, has looked so often, or for so long."""

    def __init__(self, look: Callable[[], None], period: float, most: int = MOST, seconds: float = 10.0) -> None:
        self._look, self._period, self._most, self._seconds = look, period, most, seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Stop looking; when this returns, there is no thread any more."""
        self._stop.set()
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        due = time.monotonic()
        end = due + self._seconds
        for _ in range(self._most):
            now = time.monotonic()
            due = max(due + self._period, now + self._period / 2)  # a look that is late is not made up for
            if now > end or self._stop.wait(due - now):
                return
            self._look()


def by_ends(rows: Iterable[Row]) -> Rows:
    """All rows, by their two ends."""
    return {(row.local, row.remote): row for row in rows}


class Listing:
    """The kernel's list of connections, which may be long: it is read for a fifth of the time at most.

    `own` says which of its rows count, and by which ends they are called.
    """

    def __init__(self, read: Callable[[], list[Row] | None], own: Callable[[list[Row]], Rows] = by_ends) -> None:
        self._read, self._own = read, own
        self._next = time.monotonic() + FIRST
        self.is_there = True

    def rows(self, *, now: bool = False) -> Rows | None:
        """The rows by their two ends; None if there is no table, or it was read a moment ago (and `now` is not set)."""
        begun = time.monotonic()
        if begun < self._next and not now:
            return None
        found = self._read()
        ended = time.monotonic()
        self._next = ended + REST * (ended - begun)
        self.is_there = found is not None
        return None if found is None else self._own(found)


def at_ports(ports: Iterable[int], tables: Iterable[Path] = (PROC_NET_TCP, PROC_NET_TCP6)) -> list[Row] | None:
    """All that is at these local ports, with a descriptor or without; None if there is no telling.

    A table that is missing counts for nothing as long as there is another: a machine may have no IPv6.
    """
    wanted = "|".join(f"{port:04X}" for port in ports)
    found = [text for text in map(kernel.text_of, tables) if text is not None]
    pattern = re.compile(rf"^ *\d+: [0-9A-F]+:(?:{wanted}) .*$", re.MULTILINE)
    lines = [line for text in found for line in pattern.findall(text)] if wanted else []
    return [row for row in map(kernel.row, lines) if row is not None] if found else None


def samples_of(
    watched: Iterable[Watched], at: float, table: Listing, *, now: bool = False
) -> tuple[list[Sample], Rows]:
    """A sample of each socket that is open, and the rows of the table that are about none of them."""
    rows = table.rows(now=now)
    known = list(watched)
    seen = [sample_of(each, at, rows, waits=table.is_there) for each in known]
    ends = {(each.local, each.remote) for each in known}
    return [*filter(None, seen)], {pair: row for pair, row in (rows or {}).items() if pair not in ends}


def sample_of(watched: Watched, at: float, rows: Rows | None, *, waits: bool) -> Sample | None:
    """One sample of a socket; None if it is closed, or if nobody can tell at the moment.

    A socket that is CLOSED may be so because its connection is in TIME-WAIT, which only the table knows. Where that was
    not read (`rows` is None) there is nothing to say, unless there is none to wait for.
    """
    said = status(watched.connection)
    row = None if rows is None else rows.get((watched.local, watched.remote))
    if said is None or (said.state is State.CLOSED and rows is None and waits):
        return None
    if said.state is State.CLOSED and row is not None:
        said = from_row(row, at)
    elif rows is not None:
        said = dataclasses.replace(said, timers=timers(row, at))
    return Sample(at, watched.host, watched.local, watched.remote, said)


def rest_of(rows: Rows, at: float, host: Callable[[Endpoint], str | None]) -> list[Sample]:
    """Samples of what has no socket, from the rows of the table; `host` says whose an end is, None for a stranger's."""
    named = ((host(local), local, remote, row) for (local, remote), row in rows.items())
    return [Sample(at, name, local, remote, from_row(row, at)) for name, local, remote, row in named if name]
