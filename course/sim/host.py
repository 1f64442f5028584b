"""A simulated host: it owns connections, hands them segments and time, and carries out what they decide."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from course.errors import MalformedSegment
from course.ip.packet import Packet
from course.sim.clock import Clock
from course.sim.faults import Fate
from course.sim.link import Link
from course.sim.ports import Holder, Ports
from course.tcp.connection import Connection
from course.tcp.parameters import TcpParameters
from course.tcp.segment import Segment
from course.tcp.seq import initial_sequence_number
from course.tcp.state import State
from course.tcp.timers import Timer
from course.tcp.wire import decode, encode
from course.trace.record import Changed, Delivered, Dropped, Endpoint, Expired, Record, Sent

Wake = Callable[[], None]


@dataclass(slots=True, eq=False)
class Hosted:
    """A connection with what its host keeps about it: who waits for it, its alarm, and its listener until accept()."""

    connection: Connection
    listener: "Listener | None" = None
    readers: list[Wake] = field(default_factory=list)
    writers: list[Wake] = field(default_factory=list)
    alarm: tuple[float, int] | None = None  # when the clock will call, and the number to cancel that by
    reuse: bool = False  # SO_REUSEADDR, which outlives the socket
    listening = False

    @property
    def peer(self) -> str:
        """The remote address."""
        assert self.connection.tcb.remote is not None
        return self.connection.tcb.remote[0]


@dataclass(slots=True, eq=False)
class Listener:
    """A listening connection with its children: half-open ones, and completed ones that wait for accept()."""

    connection: Connection
    backlog: int
    half_open: list[Hosted] = field(default_factory=list)
    queue: deque[Hosted] = field(default_factory=deque)
    readers: list[Wake] = field(default_factory=list)
    reuse: bool = False

    @property
    def is_full(self) -> bool:
        """As on Linux, `backlog` + 1 connections may wait for accept()."""
        return len(self.queue) > self.backlog


class SimulatedHost:
    """One computer of the simulated network: an address, its connections, its listeners."""

    def __init__(self, name: str, address: str, clock: Clock, link: Link, record: Callable[[Record], None],
                 parameters: TcpParameters, seed: int) -> None:  # fmt: skip
        self.name = name
        self.address = address
        self.parameters = parameters
        self.connections: dict[tuple[int, Endpoint], Hosted] = {}
        self.listeners: dict[int, Listener] = {}
        self._clock = clock
        self._link = link
        self._record = record
        self._secret = f"{seed} {name}"
        self._ports = Ports()
        link.attach(address, self.receive)

    # ------------------------------------------------ user calls, on behalf of the sockets

    def listen(self, port: int, backlog: int, *, reuse: bool) -> Listener:
        """Passive OPEN on a port."""
        connection = Connection((self.address, port), parameters=self.parameters)
        connection.open_passive()
        listener = self.listeners[port] = Listener(connection, backlog, reuse=reuse)
        self._write_history(connection)
        return listener

    def connect(self, port: int, remote: Endpoint, *, reuse: bool) -> Hosted:
        """Active OPEN from a port to a remote endpoint."""
        hosted = Hosted(Connection((self.address, port), remote, self.parameters), reuse=reuse)
        self.connections[port, remote] = hosted
        hosted.connection.open_active(self._iss(port, remote))
        self.settle(hosted)
        return hosted

    def stop_listening(self, listener: Listener) -> None:
        """CLOSE of a listener: the children that nobody accepted are aborted."""
        del self.listeners[listener.connection.tcb.local[1]]
        for child in [*listener.half_open, *listener.queue]:
            child.listener = None
            child.connection.abort()
            self.settle(child)
        listener.connection.close()
        self._write_history(listener.connection)

    def claim(self, port: int, holder: Holder) -> int:
        """Let a socket have the port (0: any free one), and say which; OSError EADDRINUSE."""
        port = port or self._ports.ephemeral({used for used, _ in self.connections})
        users = [hosted for (used, _), hosted in self.connections.items() if used == port]
        self._ports.claim(port, holder, users)
        return port

    def release(self, port: int, holder: Holder) -> None:
        """A socket is closed: its port may be free again, unless connections still use it."""
        self._ports.release(port, holder)

    def _iss(self, port: int, remote: Endpoint) -> int:
        if self.parameters.iss is not None:
            return self.parameters.iss
        return initial_sequence_number((self.address, port), remote, self._secret, self._clock.now)

    # ------------------------------------------------ arriving segments

    def receive(self, sent: Sent, copy: int, fate: Fate) -> None:
        """A packet has come out of the link: check it, find its connection by its ports, and let it arrive there."""
        segment = sent.packet.segment
        reason = self._damage(sent) if fate.corrupted else None
        remote = (sent.packet.source, segment.source_port)
        hosted = self.connections.get((segment.destination_port, remote))
        if reason is None and (hosted is None or hosted.listener is not None) and self._is_ignored(segment, hosted):
            reason = "accept queue full"
        if reason is not None:
            self._record(Dropped(self._clock.now, sent, reason, copy))
            return
        self._record(Delivered(self._clock.now, sent, copy))
        hosted = hosted or self._hosted_for(segment, remote)
        hosted.connection.segment_arrives(segment, self._clock.now)
        self.settle(hosted)

    def _damage(self, sent: Sent) -> str | None:
        """Turn one bit round on the wire, and say what the receiver's check makes of it."""
        packet = sent.packet
        octets = bytearray(encode(packet.segment, packet.source, packet.destination))
        octets[len(octets) // 2] ^= 1
        try:
            decode(bytes(octets), packet.source, packet.destination)
        except MalformedSegment as malformed:
            return malformed.reason
        return None

    def _is_ignored(self, segment: Segment, child: Hosted | None) -> bool:
        """Linux ignores a SYN, and the ACK that would complete a handshake, while the accept queue is full."""
        listener = self.listeners.get(segment.destination_port)
        if listener is None or not listener.is_full or segment.rst:
            return False
        return segment.syn if child is None else child.connection.state is State.SYN_RECEIVED

    def _hosted_for(self, segment: Segment, remote: Endpoint) -> Hosted:
        """The listener's child for a new caller; without a listener a connection in CLOSED, that answers with a RST."""
        port = segment.destination_port
        listener = self.listeners.get(port)
        if listener is None:
            return Hosted(Connection((self.address, port), remote, self.parameters))
        child = Hosted(listener.connection.child(remote, self._iss(port, remote)), listener, reuse=listener.reuse)
        self.connections[port, remote] = child
        listener.half_open.append(child)
        return child

    # ------------------------------------------------ after each event

    def settle(self, hosted: Hosted) -> None:
        """Carry out what a connection has decided: record, send, set the alarm, wake who waits, forget what is over."""
        connection = hosted.connection
        changed = self._write_history(connection)
        for segment in connection.segments_to_send(self._clock.now):
            self._link.send(self.name, Packet(self.address, hosted.peer, segment))
        if hosted.listener is not None and (changed or connection.state is State.LISTEN):
            self._settle_child(hosted)
        if connection.state is State.CLOSED:
            self._forget(hosted)
        else:
            self._set_alarm(hosted)
        if hosted.readers and (connection.readable or connection.at_end or connection.failure):
            wake_all(hosted.readers)
        if hosted.writers and (changed or connection.has_room):
            wake_all(hosted.writers)

    def _write_history(self, connection: Connection) -> bool:
        """Write down the states and timers since last time; was there any?"""
        history = connection.history()
        if not history:
            return False
        local, remote, now = connection.tcb.local, connection.tcb.remote, self._clock.now
        for happened in history:
            if isinstance(happened, Timer):
                self._record(Expired(now, self.name, local, remote, happened))
            else:
                self._record(Changed(now, self.name, local, remote, *happened))
        return True

    def _settle_child(self, child: Hosted) -> None:
        """A child that is established waits for accept(); one that "returns to LISTEN" vanishes."""
        listener, state = child.listener, child.connection.state
        assert listener is not None
        if state is State.SYN_RECEIVED:
            return
        if child in listener.half_open:
            listener.half_open.remove(child)
        if state is State.LISTEN:
            self._forget(child)
        elif state is not State.CLOSED and child not in listener.queue:
            listener.queue.append(child)
            wake_all(listener.readers)

    def _set_alarm(self, hosted: Hosted) -> None:
        """See to it that the clock calls no later than the next timeout; an alarm that comes too early is set anew."""
        timeout = hosted.connection.next_timeout()
        if timeout is None:
            self._cancel_alarm(hosted)
        elif hosted.alarm is None or timeout[0] < hosted.alarm[0]:
            self._cancel_alarm(hosted)
            hosted.alarm = timeout[0], self._clock.call_at(timeout[0], self._alarm, hosted)

    def _cancel_alarm(self, hosted: Hosted) -> None:
        if hosted.alarm is not None:
            self._clock.cancel(hosted.alarm[1])
            hosted.alarm = None

    def _alarm(self, hosted: Hosted) -> None:
        assert hosted.alarm is not None
        due, hosted.alarm = hosted.alarm[0], None
        hosted.connection.timeout(max(due, self._clock.now))  # the clock rounds, the timer does not
        self.settle(hosted)

    def _forget(self, hosted: Hosted) -> None:
        """The connection is CLOSED: its TCB is deleted, its numbers are free."""
        self._cancel_alarm(hosted)
        local, remote = hosted.connection.tcb.local, hosted.connection.tcb.remote
        assert remote is not None
        if self.connections.get((local[1], remote)) is hosted:
            del self.connections[local[1], remote]


def wake_all(waiting: list[Wake]) -> None:
    """Wake every program that waits here; each looks again for itself."""
    for wake in waiting:
        wake()
    waiting.clear()
