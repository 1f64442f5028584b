"""A capture: packets that somebody saw go by become a Trace.

Whoever captures sees a packet once, at one place, so it is written down as sent and as delivered at that moment. How
long it was on its way, what was lost behind that place, why it was sent, and in which state anybody was, is not known.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from course.ip.packet import Packet, ends
from course.tcp.segment import Segment
from course.trace.frames import NANOSECONDS
from course.trace.hosts import written
from course.trace.record import Delivered, Endpoint, Record, Sent
from course.trace.trace import Trace


class Seen(NamedTuple):
    """A packet that went by at a moment, in nanoseconds since any moment that all of a capture share."""

    at: int
    packet: Packet


def trace_of(seen: Iterable[Seen], conditions: str, names: Mapping[str, str] | None = None) -> Trace:
    """The Trace of a capture; its clock starts at the first packet, and its `conditions` say where it is from.

    `names` gives addresses a name, as in {"10.0.0.1": "client"}, and "10.0.0.1:7000" one port of an address that
    talks to itself; a host without a name is called by its address. Raises ValueError for a name that cannot be given.
    """
    in_order = sorted(seen, key=lambda one: one.at)
    naming = Naming([one.packet for one in in_order], names or {})
    counts: Counter[str] = Counter()
    records: list[Record] = []
    for at, packet in in_order:
        sender = naming.name(ends(packet)[0])
        counts[sender] += 1
        sent = Sent((at - in_order[0].at) / NANOSECONDS, sender, counts[sender], packet)
        records += sent, Delivered(sent.at, sent)
    return Trace(tuple(records), naming.hosts, "capture", conditions)


def called(packet: Packet) -> Endpoint:
    """The end that was called, as far as one packet tells: whom a SYN is for, or else who has the lower port."""
    segment = packet.payload
    source, destination = ends(packet)
    if isinstance(segment, Segment) and segment.syn:
        return destination if segment.ack is None else source
    return min(destination, source, key=lambda end: end[1])


class Naming:
    """The hosts of a capture: one for each address, and one for each port that an address calls at itself."""

    def __init__(self, packets: Sequence[Packet], names: Mapping[str, str]) -> None:
        self._names = names
        self._apart: set[Endpoint] = set()
        peers: dict[str, set[str]] = {}
        for first in first_ones(packets):
            if first.source == first.destination:
                self._apart.add(called(first))
        for first in first_ones(packets):
            one, other = map(self.place, in_order(first))
            peers.setdefault(one, set()).add(other)
            peers.setdefault(other, set()).add(one)
        self.hosts = {names.get(place, place): place for place in hub_first(peers)}
        check_names(names, peers)

    def place(self, end: Endpoint) -> str:
        """The address that the host with this end is known by."""
        return written(end) if end in self._apart else end[0]

    def name(self, end: Endpoint) -> str:
        """The name of the host with this end."""
        return self._names.get(self.place(end), self.place(end))


def first_ones(packets: Iterable[Packet]) -> list[Packet]:
    """The first packet between each pair of ends."""
    firsts: dict[frozenset[Endpoint], Packet] = {}
    for packet in packets:
        firsts.setdefault(frozenset(ends(packet)), packet)
    return list(firsts.values())


def in_order(packet: Packet) -> tuple[Endpoint, Endpoint]:
    """The two ends of a packet, the one that was called first."""
    source, destination = ends(packet)
    return (source, destination) if called(packet) == source else (destination, source)


def hub_first(peers: Mapping[str, set[str]]) -> list[str]:
    """The addresses, first the one with most peers: it stands alone on its side of the link, as a server does."""
    hub = max(peers, key=lambda place: len(peers[place]), default=None)
    return sorted(peers, key=lambda place: place != hub)


def check_names(names: Mapping[str, str], places: Iterable[str]) -> None:
    """Names must be for addresses that are there, and two addresses cannot share one."""
    known = ", ".join(places)
    for place, name in names.items():
        if place not in places:
            raise ValueError(f"names={{{place!r}: {name!r}}}: no packet is from or to {place!r}; there are {known}")
    for name, count in Counter(names.get(place, place) for place in places).items():
        if count > 1:
            raise ValueError(f"two hosts cannot both be called {name!r}: give each of {known} a name of its own")
