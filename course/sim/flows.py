"""Flows: what a middlebox remembers of those that pass it, and for how long (RFC 5382, section 5)."""

from dataclasses import dataclass, field

from course.ip.icmp import Message, requoted
from course.ip.packet import Packet, ends
from course.ip.payload import NAMES, PROTOCOLS, Payload
from course.ip.udp import Datagram
from course.sim.middleboxes import Middlebox
from course.tcp.segment import Segment, Why
from course.tcp.seq import precedes, wrap
from course.trace.record import Endpoint

FIRST_PORT = 40_001  # outside, so that both address and port are seen to change
Key = tuple[int, frozenset[Endpoint]]
"""The protocol of a flow, and its two ends: TCP and UDP may be between the same two."""


def key_of(packet: Packet) -> Key:
    """The flow that a packet belongs to: an error of ICMP to that of the packet that it is about (RFC 5508)."""
    payload = packet.payload
    cause = payload.cause if isinstance(payload, Message) else None
    return PROTOCOLS[type(payload)] if cause is None else cause.protocol, frozenset(ends(packet))


def begins(packet: Packet, *, outward: bool) -> bool:
    """May this packet be the first of a flow? A SYN may, and a datagram from inside (RFC 4787, section 5)."""
    payload = packet.payload
    if isinstance(payload, Segment):
        return payload.syn and payload.ack is None
    return outward and isinstance(payload, Datagram)


def readdressed(packet: Packet, source: Endpoint, destination: Endpoint) -> Packet:
    """The same payload between other ends."""
    payload: Payload = packet.payload
    if isinstance(payload, Message):
        return Packet(source[0], destination[0], requoted(payload, destination, source))
    payload = payload._replace(source_port=source[1], destination_port=destination[1])
    return Packet(source[0], destination[0], payload)


@dataclass(slots=True)
class Flow:
    """Two ends that talk, as seen from the middle: when something passed last, and up to which number, by its way."""

    outward: tuple[Endpoint, Endpoint]  # from the side of many hosts to the side of one
    protocol: int
    last: float
    next: dict[bool, int] = field(default_factory=dict)
    closed: set[bool] = field(default_factory=set)  # the ways that a FIN has gone

    @property
    def key(self) -> Key:
        """What it is known by."""
        return self.protocol, frozenset(self.outward)

    @property
    def is_over(self) -> bool:
        """Have both ends closed, or are there none to close? Then nobody needs to be told that it is forgotten."""
        return len(self.closed) == 2 or NAMES[self.protocol] != "TCP"

    def passed(self, segment: Payload, now: float, *, outward: bool) -> None:
        """A packet has passed that way: of a segment remember how far its numbers go."""
        self.last = now
        if not isinstance(segment, Segment):
            return
        if segment.syn:
            self.closed.clear()
        if segment.fin:
            self.closed.add(outward)
        end = wrap(segment.seq + segment.len)
        if segment.syn or outward not in self.next or precedes(self.next[outward], end):
            self.next[outward] = end

    def reset(self, *, outward: bool) -> Packet:
        """The RST that the end on that side believes: its number is what that end expects next (RFC 5961, 3.2)."""
        source, destination = self.outward if outward else self.outward[::-1]
        segment = Segment(source[1], destination[1], self.next.get(outward, 0), self.next.get(not outward), rst=True,
                          why=Why.FORGOTTEN)  # fmt: skip
        return Packet(source[0], destination[0], segment)


class Flows:
    """The table of one middlebox."""

    def __init__(self, box: Middlebox) -> None:
        self._idle = box.idle
        self._flows: dict[Key, Flow] = {}
        self._forgotten: set[Key] = set()

    def known(self, packet: Packet, now: float) -> Flow | None:
        """The flow that a packet belongs to, if it is remembered."""
        flow = self._flows.get(key_of(packet))
        if flow is not None and self.is_idle(flow, now):
            self.forget(flow)
            return None
        return flow

    def begin(self, packet: Packet, now: float, *, outward: bool) -> Flow:
        """Remember a new flow."""
        source, destination = ends(packet)
        protocol = PROTOCOLS[type(packet.payload)]
        flow = Flow((source, destination) if outward else (destination, source), protocol, now)
        self._flows[flow.key] = flow
        self._forgotten.discard(flow.key)
        return flow

    def due(self, flow: Flow) -> float:
        """When it will be forgotten, if nothing passes."""
        return flow.last + self._idle

    def is_idle(self, flow: Flow, now: float) -> bool:
        """Has nothing passed for so long? To the nanosecond, as the clock counts."""
        return round(now - self.due(flow), 9) >= 0

    def remembers(self, flow: Flow) -> bool:
        """Is this flow still in the table?"""
        return self._flows.get(flow.key) is flow

    def forget(self, flow: Flow) -> None:
        """It has been idle for too long."""
        self.end(flow)
        self._forgotten.add(flow.key)

    def end(self, flow: Flow) -> None:
        """A RST has passed: there is nothing left to remember."""
        del self._flows[flow.key]

    def has_forgotten(self, packet: Packet) -> bool:
        """Was there such a flow before?"""
        return key_of(packet) in self._forgotten


class Translation:
    """Which end inside stands behind which port outside: one port for each, whomever it talks to (RFC 4787, 4.1)."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.inside: dict[Endpoint, Endpoint] = {}  # by the end outside
        self._outside: dict[Endpoint, Endpoint] = {}

    def outward(self, packet: Packet) -> Packet:
        """The packet as the outside sees it."""
        inner, remote = ends(packet)
        if inner not in self._outside:
            outer = self.address, FIRST_PORT + len(self._outside)
            self._outside[inner], self.inside[outer] = outer, inner
        return readdressed(packet, self._outside[inner], remote)

    def inward(self, packet: Packet) -> Packet | None:
        """The packet as the inside sees it; None if nobody stands behind that port."""
        remote, outer = ends(packet)
        inner = self.inside.get(outer)
        return None if inner is None else readdressed(packet, remote, inner)
