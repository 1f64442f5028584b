"""Watching: any sockets and ports of this machine, while something goes on.

    with watch(client=caller, server=accepted) as seen:
        caller.sendall(bytes(1_000_000))
    seen.samples[-1].status.srtt

Samples are samples: what was between two of them, nobody knows. And whoever looks takes time from those that work.
"""

import contextlib
import errno
import socket
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from course.real import kernel
from course.real.interrupts import Held
from course.real.kernel import PROC_NET_TCP, PROC_NET_TCP6, Ends
from course.real.sampling import MOST, Listing, Sample, Sampler, Watched, at_ports, rest_of, samples_of
from course.trace.hosts import written
from course.trace.record import Endpoint, Observed
from course.trace.trace import Trace

PERIOD = 0.005


def watch(*things: socket.socket | int, period: float = PERIOD, most: int = MOST, seconds: float = 10.0,
          **named: socket.socket | int) -> "Held[Watch]":  # fmt: skip
    """Look at TCP sockets, or at local ports, every few milliseconds, for as long as the `with` block lasts.

    A keyword names what is looked at, as in watch(client=caller, server=accepted); without one it is called by its
    address and port. Of a port only /proc/net/tcp and tcp6 tell, and less: but also of connections that nobody has
    accepted, and of TIME-WAIT. `period` is in seconds; after `most` looks, or `seconds`, nobody looks until the end of
    the block. A socket that is closed meanwhile has no more samples. Raises TypeError for what is neither, ValueError
    for a period that is none, OSError (EOPNOTSUPP) where the kernel does not tell: everywhere but on Linux.
    """
    if kernel.TCP_INFO is None:
        raise OSError(errno.EOPNOTSUPP, "only Linux tells about its connections: there is nothing to watch here")
    check_numbers(period, most, seconds)
    if not things and not named:
        raise TypeError("there is nothing to watch: give TCP sockets or local ports, as in watch(client=caller)")
    for thing in (*things, *named.values()):
        if not is_tcp(thing):
            raise TypeError(f"{thing!r} cannot be watched: give a TCP socket of this machine's, or a local port")
    return Held(Watch([*((None, thing) for thing in things), *named.items()], period, most, seconds))


def check_numbers(period: float, most: int, seconds: float) -> None:
    """ValueError for a number that is none, or none that makes sense here."""
    for name, value in (("period", period), ("most", most), ("seconds", seconds)):
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            raise ValueError(f"{name}={value!r} cannot be: give a number greater than 0")
    if period > seconds:
        raise ValueError(f"period={period!r}: give seconds, as in 0.005, and no more than seconds={seconds!r}")


def is_tcp(thing: object) -> bool:
    """Is it a TCP socket, or the number of a port?"""
    if isinstance(thing, socket.socket):
        return thing.type == socket.SOCK_STREAM and thing.family in (socket.AF_INET, socket.AF_INET6)
    return isinstance(thing, int) and not isinstance(thing, bool) and 0 < thing <= 65_535


class Watch:
    """Somebody who looks at sockets and ports; a context manager. `samples` are in the order of their times."""

    def __init__(self, things: list[tuple[str | None, socket.socket | int]], period: float, most: int,
                 seconds: float) -> None:  # fmt: skip
        self.samples: list[Sample] = []
        self._period = period
        self._began = time.perf_counter()
        self._sockets = [(name, thing) for name, thing in things if not isinstance(thing, int)]
        self._ports = {thing: name or f"port {thing}" for name, thing in things if isinstance(thing, int)}
        self._ends: dict[socket.socket, Ends] = {}
        self._table = Listing(lambda: at_ports({*self._ports, *(local[1] for local, _ in self._ends.values())}))
        self._sampler = Sampler(self._look, period, most, seconds)

    def __enter__(self) -> Self:
        self._began = time.perf_counter()
        self._look(now=True)
        self._sampler.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:  # fmt: skip
        self._sampler.stop()
        self._look(now=True)

    def __repr__(self) -> str:
        hosts = ", ".join(dict.fromkeys(sample.host for sample in self.samples)) or "nothing yet"
        return f"<watch of {hosts}: {len(self.samples)} samples>"

    @property
    def trace(self) -> Trace:
        """What was seen of states and queues, as Observed records of a Trace; draw it with course.view.series."""
        hosts = {sample.host: written(sample.local) for sample in self.samples}
        conditions = f"this machine's kernel; asked every {self._period * 1000:g} ms; no capture"
        return Trace(observations(self.samples), hosts, "loopback", conditions, captured=False)

    def _look(self, *, now: bool = False) -> None:
        watched = [each for each in map(self._watched, self._sockets) if each is not None]
        at = time.perf_counter() - self._began
        samples, rows = samples_of(watched, at, self._table, now=now)
        self.samples += [*samples, *rest_of(rows, at, lambda local: self._ports.get(local[1]))]

    def _watched(self, thing: tuple[str | None, socket.socket]) -> Watched | None:
        """A socket with its ends, which it may forget after a reset; None as long as it has no local one."""
        name, connection = thing
        before = self._ends.get(connection, (None, None))
        local, remote = end(connection.getsockname) or before[0], end(connection.getpeername) or before[1]
        if local is None:
            return None
        self._ends[connection] = local, remote
        return Watched(name or written(local), local, remote, connection)


def end(ask: Callable[[], tuple[str, int]]) -> Endpoint | None:
    """One end of a socket, its address as the kernel's tables have it; None as long as it has none."""
    with contextlib.suppress(OSError):
        address, port = ask()[:2]
        plain = address.partition("%")[0]  # without the interface of a link-local address
        octets = socket.inet_pton(socket.AF_INET6 if ":" in plain else socket.AF_INET, plain)
        return (kernel.dotted(octets), port) if port else None
    return None


def observations(samples: Iterable[Sample]) -> tuple[Observed, ...]:
    """Those samples that differ in state or queues from the one before, of the same end."""
    last: dict[tuple[str, Endpoint, Endpoint | None], tuple[object, ...]] = {}
    seen = []
    for at, host, local, remote, said in samples:
        new = said.state, said.send_queue, said.receive_queue
        if last.get((host, local, remote)) != new:
            last[host, local, remote] = new
            table = PROC_NET_TCP6 if ":" in local[0] else PROC_NET_TCP
            seen.append(Observed(at, host, local, remote, *new, "TCP_INFO" if said.info else table.as_posix()))
    return tuple(seen)
