"""A simulated host: it owns connections, hands them segments and time, and carries out what they decide."""

from collections.abc import Callable

from course.ip.packet import Packet
from course.sim.addresses import check_one_host
from course.sim.clock import Clock
from course.sim.fates import Fate, damage
from course.sim.link import Link
from course.sim.listener import Hosted, Listener, wake_all
from course.sim.ports import Closable, Holder, Ports
from course.sim.udp import Udp
from course.sim.watch import Watch
from course.tcp.connection import Connection
from course.tcp.parameters import TcpParameters
from course.tcp.resets import make_reset
from course.tcp.segment import Segment, Why
from course.tcp.seq import initial_sequence_number, precedes, wrap
from course.tcp.state import State
from course.tcp.timers import Timer
from course.trace.record import Changed, Delivered, Dropped, Endpoint, Expired, Record, Sent


class SimulatedHost:
    """One computer of the simulated network: an address, its connections, its listeners, and its UDP."""

    def __init__(self, name: str, address: str, clock: Clock, link: Link, record: Callable[[Record], None],
                 parameters: TcpParameters, seed: int) -> None:  # fmt: skip
        self.name = name
        self.address = address
        self.parameters = parameters
        self.watch: Watch | None = None  # who is told after each event
        self.connections: dict[tuple[int, Endpoint], Hosted] = {}
        self.listeners: dict[int, Listener] = {}
        self.sockets: dict[Closable, None] = {}  # that are open, oldest first
        self._clock = clock
        self._link = link
        self._record = record
        self.has_power = True
        self._secret = f"{seed} {name}"
        self._ports = Ports()
        self.udp = Udp(address, record, lambda: clock.now, lambda packet: link.send(name, packet))
        link.attach(address, self.receive)

    # ------------------------------------------------ user calls, on behalf of the sockets

    def listen(self, port: int, backlog: int, parameters: TcpParameters, *, reuse: bool) -> Listener:
        """Passive OPEN on a port."""
        connection = Connection((self.address, port), parameters=parameters)
        connection.open_passive()
        listener = self.listeners[port] = Listener(connection, backlog, reuse=reuse)
        self._write_history(connection)
        return listener

    def connect(self, port: int, remote: Endpoint, parameters: TcpParameters, *, reuse: bool) -> Hosted:
        """Active OPEN from a port to a remote endpoint; ENETUNREACH for an address of many hosts (MUST-46)."""
        check_one_host(remote)
        hosted = Hosted(Connection((self.address, port), remote, parameters), remote[0], reuse=reuse)
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

    def forget_everything(self) -> None:
        """The power is gone, and with it all that was in memory; no segment says so (RFC 9293, section 3.5.1)."""
        self.has_power = False
        for hosted in self.connections.values():
            self._cancel_alarm(hosted)
            if hosted.predecessor is not None:
                self._cancel_alarm(hosted.predecessor[0])
        for socket in self.sockets:
            socket.closed = True
        for memory in (self.connections, self.listeners, self.sockets):
            memory.clear()
        self._ports = Ports()
        self.udp.forget_everything()
        if self.watch is not None:
            self.watch.lose(self._clock.now, self.name)

    def _iss(self, port: int, remote: Endpoint) -> int:
        if self.parameters.iss is not None:
            return self.parameters.iss
        return initial_sequence_number((self.address, port), remote, self._secret, self._clock.now)

    def _iss_after(self, predecessor: Hosted | None, port: int, remote: Endpoint) -> int:
        """An initial number beyond all that the predecessor has used: nothing of it can be taken for new (MAY-2)."""
        iss = self._iss(port, remote)
        if predecessor is None or precedes(predecessor.connection.tcb.snd.nxt, iss):
            return iss
        return wrap(predecessor.connection.tcb.snd.nxt + 2**16)

    # ------------------------------------------------ arriving packets

    def receive(self, sent: Sent, copy: int, fate: Fate) -> None:
        """A packet has come out of the link: check it, and find the connection of a segment by its ports."""
        if not self.has_power:
            self._record(Dropped(self._clock.now, sent, f"{self.name} has no power", copy))
            return
        segment = sent.packet.payload
        harm = damage(sent.packet) if fate.corrupted else None
        if harm is not None:
            self._record(Dropped(self._clock.now, sent, harm, copy))
            return
        if not isinstance(segment, Segment):
            self.udp.receive(sent, copy)
            return
        hosted = self.connections.get((segment.destination_port, (sent.packet.source, segment.source_port)))
        if hosted is None or hosted.listener is not None or (segment.syn and hosted.connection.yields_to(segment)):
            self._receive_caller(sent, copy, hosted)
        else:
            self._record(Delivered(self._clock.now, sent, copy))
            self._arrive(hosted, segment)

    def _receive_caller(self, sent: Sent, copy: int, hosted: Hosted | None) -> None:
        """The segment is for a listener, or for a child that nobody has accepted: is there room for it?

        If there is none, one in TIME-WAIT does not give way (MAY-2), and its caller hears nothing.
        """
        segment = sent.packet.segment
        listener = self.listeners.get(segment.destination_port)
        child = None if hosted is None or hosted.listener is None else hosted
        shortage = None if listener is None else listener.shortage(segment, child)
        if listener is not None and shortage is not None and (listener.ignores(shortage) or child is not hosted):
            self._record(Dropped(self._clock.now, sent, shortage, copy))
            return
        self._record(Delivered(self._clock.now, sent, copy))
        if listener is not None and shortage is not None:
            self._turn_away(listener, shortage, sent, child)
        else:
            self._arrive(self._hosted_for(sent, hosted, listener), segment)

    def _arrive(self, hosted: Hosted, segment: Segment) -> None:
        hosted.connection.segment_arrives(segment, self._clock.now)
        self.settle(hosted)

    def _turn_away(self, listener: Listener, shortage: str, sent: Sent, child: Hosted | None) -> None:
        """There is no room for a caller: answer by a cookie, or by a reset."""
        if child is not None:
            child.connection.abort(Why.QUEUE_FULL)
            self.settle(child)
            return
        segment, source = sent.packet.segment, sent.packet.source
        answers = [make_reset(segment, Why.QUEUE_FULL)]
        if listener.answers_by_cookie(shortage):
            answers = listener.answer_by_cookie(segment, (source, segment.source_port), self._secret, self._clock.now)
        for answer in answers:
            self._link.send(self.name, Packet(self.address, source, answer))

    def _hosted_for(self, sent: Sent, hosted: Hosted | None, listener: Listener | None) -> Hosted:
        """Who takes it: the connection, the listener's child for a new caller, or one in CLOSED, which resets."""
        segment = sent.packet.segment
        port, remote = segment.destination_port, (sent.packet.source, segment.source_port)
        remembered = None
        if listener is not None and (hosted is None or hosted.connection.state is State.SYN_RECEIVED):
            remembered = listener.child_by_cookie(segment, remote, self._secret, self._clock.now)
        if hosted is not None and remembered is None and (listener is None or hosted.listener is not None):
            return hosted
        if listener is None:
            return Hosted(Connection((self.address, port), remote, self.parameters), remote[0])
        connection = remembered or listener.connection.child(remote, self._iss_after(hosted, port, remote))
        child = Hosted(connection, remote[0], listener, reuse=listener.reuse)
        if hosted is not None:
            self._make_way(hosted, child, listener)
        self.connections[port, remote] = child
        listener.half_open.append(child)
        return child

    def _make_way(self, hosted: Hosted, child: Hosted, listener: Listener) -> None:
        """One in TIME-WAIT may come back; one that had answered the same caller without a cookie is forgotten."""
        if hosted.listener is None:
            child.predecessor = hosted, hosted.connection.give_way()
        else:
            self._cancel_alarm(hosted)
            listener.half_open.remove(hosted)

    # ------------------------------------------------ after each event

    def settle(self, hosted: Hosted) -> None:
        """Carry out what a connection has decided: record, send, set the alarm, wake who waits, forget what is over."""
        connection = hosted.connection
        changed = bool(connection.tcb.history) and self._write_history(connection)
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
        self.show(connection)

    def show(self, connection: Connection, *, returning: bool = False) -> None:
        """Something has happened to a connection, perhaps in a call that returns now: whoever watches may look."""
        if self.watch is not None:
            self.watch.look(self._clock.now, self.name, connection, returning=returning)

    def _write_history(self, connection: Connection) -> bool:
        """Write down the states and timers since last time."""
        local, remote, now = connection.tcb.local, connection.tcb.remote, self._clock.now
        for happened in connection.history():
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
            child.predecessor = None
            listener.queue.append(child)
            wake_all(listener.readers)

    def _set_alarm(self, hosted: Hosted) -> None:
        """See to it that the clock calls no later than the next timeout; an alarm that comes too early does no harm."""
        timeout = hosted.connection.next_timeout()
        if timeout is None:
            return
        background = timeout[1] is Timer.KEEP_ALIVE and hosted.connection.only_keeps_alive
        if hosted.alarm is None or timeout[0] < hosted.alarm[0] or (hosted.in_background and not background):
            self._cancel_alarm(hosted)
            at = max(timeout[0], self._clock.now)
            hosted.alarm = at, self._clock.call_at(at, self._alarm, hosted)
            hosted.in_background = background
            if background:
                self._clock.let_rest(hosted.alarm[1])

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
        """It is CLOSED: its TCB is deleted, its numbers are free, or go back to one in TIME-WAIT (MAY-2)."""
        self._cancel_alarm(hosted)
        local, remote = hosted.connection.tcb.local, hosted.connection.tcb.remote
        assert remote is not None
        if self.connections.get((local[1], remote)) is not hosted:
            return
        del self.connections[local[1], remote]
        if hosted.predecessor is not None:
            old, until = hosted.predecessor
            old.connection.come_back(until)
            self.connections[local[1], remote] = old
            self._set_alarm(old)
