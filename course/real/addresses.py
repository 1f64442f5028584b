"""Addresses: every host of a run has one of its own, 127.a.b.1 and so on, new for each run, so that runs never meet.

Where a system has 127.0.0.1 alone (macOS), programs see such addresses all the same, and a map of ports translates.
"""

import errno
import ipaddress
import os
import socket
import threading
import time
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Protocol

from course.errors import ScenarioError
from course.real.kernel import Ends, Row
from course.sockets import addresses
from course.trace.record import Endpoint

LOOPBACK = ipaddress.IPv4Network("127.0.0.0/8")
ONLY = "127.0.0.1"
MOST_HOSTS = 250
NETWORKS = 254 * 256  # from 127.1.0 to 127.254.255
CLAIM = 254, 65_535  # the last part of the address, and the port, that a run's claim to its network is bound to


class Addresses(Protocol):
    """Which address each host has, in the eyes of programs and of the trace, and in the kernel's."""

    hosts: dict[str, str]
    """The address of each host, as its programs see it."""
    in_kernel: frozenset[str]
    """The addresses that the kernel sees."""
    conditions: str
    """What is worth saying about them; mostly nothing."""

    def bind(self, kernel: socket.socket, end: Endpoint) -> None:
        """Bind a kernel's socket to an end as programs see it; OSError as bind(2)."""

    def real(self, end: Endpoint) -> Endpoint:
        """An end as the kernel sees it."""

    def shown(self, end: Endpoint) -> Endpoint:
        """An end of the kernel's as programs see it."""

    def close(self) -> None:
        """Let go of what was reserved."""


def choose(names: Iterable[str], *, one_address: bool | None = None) -> Addresses:
    """Addresses for these hosts; `one_address` says that the system has 127.0.0.1 alone (None: find out)."""
    hosts = list(names)
    if len(hosts) > MOST_HOSTS:
        raise ScenarioError(f"{len(hosts)} hosts are too many for the loopback world: {MOST_HOSTS} fit in")
    if one_address is None:
        one_address = not has_several()
    return PortMap(hosts) if one_address else OwnAddresses(hosts)


def has_several() -> bool:
    """Does all of 127.0.0.0/8 lead back to this machine, as on Linux and Windows?"""
    with socket.socket() as probe:
        try:
            probe.bind(("127.1.2.3", 0))
        except OSError:
            return False
    return True


def own(rows: Iterable[Row], addresses: Addresses, known: Container[Ends] = ()) -> dict[Ends, Row]:
    """The rows that are about connections of the run, by their two ends as programs see them.

    Where all hosts share one address, another process may get a port that a program has given back. A connection with
    somebody unknown counts where a program listens; afterwards only if it was known before, as `known` says.
    """
    shown, hosts = addresses.shown, addresses.hosts.values()
    ends = {(shown(row.local), None if row.remote is None else shown(row.remote)): row for row in rows}
    doors = {local for local, remote in ends if remote is None}

    def belongs(local: Endpoint, remote: Endpoint | None) -> bool:
        is_unknown = remote is not None and remote[0] in addresses.in_kernel and remote[0] not in hosts
        return local[0] in hosts and (not is_unknown or local in doors or (local, remote) in known)

    return {pair: row for pair, row in ends.items() if belongs(*pair)}


# ------------------------------------------------ one address for each host


class OwnAddresses:
    """Each host has an address of its own, and the kernel knows it."""

    conditions = ""

    def __init__(self, names: Iterable[str], networks: Iterable[str] | None = None) -> None:
        self._claim, network = claim(candidates() if networks is None else networks)
        self.hosts = {name: f"{network}.{number}" for number, name in enumerate(names, 1)}
        self.in_kernel = frozenset(self.hosts.values())

    def bind(self, kernel: socket.socket, end: Endpoint) -> None:
        """Bind it there."""
        kernel.bind(end)

    def real(self, end: Endpoint) -> Endpoint:
        """The same."""
        return end

    def shown(self, end: Endpoint) -> Endpoint:
        """The same."""
        return end

    def close(self) -> None:
        """Another run may have the network now."""
        self._claim.close()


class Turns:
    """Whose turn is it? Every millisecond it is another network's, by the clock that all processes share.

    Its turn comes again after 65 seconds, when TIME-WAIT is over for what an earlier run has left there.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def take(self) -> int:
        """This millisecond's turn, or the next one if this process has had it."""
        with self._lock:
            self._last = max(time.monotonic_ns() // 1_000_000, self._last + 1)
            return self._last


TURNS = Turns()


def candidates() -> Iterator[str]:
    """Networks to try, beginning with the one whose turn it is."""
    first = TURNS.take()
    for turn in range(first, first + 1000):
        yield f"127.{1 + turn % NETWORKS // 256}.{turn % 256}"


def claim(networks: Iterable[str]) -> tuple[socket.socket, str]:
    """The first network that no other run has, and the socket whose being bound tells the others so."""
    for network in networks:
        claimed = try_to_claim(network)
        if claimed is not None:
            return claimed, network
    why = f"no network is free in {LOOPBACK}: are there too many runs, or does something listen on port {CLAIM[1]}?"
    raise OSError(errno.EADDRNOTAVAIL, why)


def try_to_claim(network: str) -> socket.socket | None:
    """Bind the socket that stands for the network; the kernel lets one process do so, and forgets it when that ends."""
    claimed = socket.socket()
    last, port = CLAIM
    try:
        claimed.bind((f"{network}.{last}", port))
    except OSError:
        claimed.close()
        return None
    return claimed


# ------------------------------------------------ one address for all


class PortMap:
    """All hosts share 127.0.0.1: each (address, port) that programs use stands for a port that was free."""

    conditions = "one loopback address, so ports are mapped"

    def __init__(self, names: Iterable[str]) -> None:
        self.hosts = {name: f"127.1.1.{number}" for number, name in enumerate(names, 1)}
        self.in_kernel = frozenset({ONLY})
        self._lock = threading.Lock()
        self._real: dict[Endpoint, int] = {}
        self._shown: dict[int, Endpoint] = {}
        self._reserved: dict[Endpoint, socket.socket] = {}

    def bind(self, kernel: socket.socket, end: Endpoint) -> None:
        """Bind it to the port that stands for this end; for port 0 to a free one, which stands for itself."""
        address, port = end
        with self._lock:
            real = self._port(end) if port else 0
            if end in self._reserved:
                self._reserved.pop(end).close()
            kernel.bind((ONLY, real))
            if not port:
                chosen = kernel.getsockname()[1]
                self._learn((address, chosen), chosen)

    def real(self, end: Endpoint) -> Endpoint:
        """127.0.0.1, and the port that stands for this end; nobody listens there, unless a program is bound to it."""
        with self._lock:
            return ONLY, self._port(end)

    def shown(self, end: Endpoint) -> Endpoint:
        """The end that a port stands for; one that stands for nothing is no end of this run, and stays as it is."""
        return self._shown.get(end[1], end) if end[0] == ONLY else end

    def close(self) -> None:
        """Let go of the ports that no program was bound to."""
        for reserved in self._reserved.values():
            reserved.close()
        self._reserved.clear()

    def _port(self, end: Endpoint) -> int:
        if end not in self._real:
            reserved = self._reserved[end] = socket.socket()
            reserved.bind((ONLY, 0))
            self._learn(end, reserved.getsockname()[1])
        return self._real[end]

    def _learn(self, end: Endpoint, real: int) -> None:
        self._real[end] = real
        self._shown[real] = end


# ------------------------------------------------ names


def resolve(address: object, own: str, hosts: Mapping[str, str]) -> Endpoint:
    """An address as programs write it, as an address and a port; OSError ENETUNREACH outside of 127.0.0.0/8."""
    dotted, port = addresses.resolve(address, own, hosts)
    if ipaddress.IPv4Address(dotted) not in LOOPBACK:
        reason = f"the loopback world ends at {LOOPBACK}, and {dotted} lies outside of it"
        raise OSError(errno.ENETUNREACH, f"{os.strerror(errno.ENETUNREACH)}: {reason}")
    return dotted, port
