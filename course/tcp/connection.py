"""A connection: the headings of RFC 9293, section 3.10, and the three questions its owner asks.

It has no clock and no wire. Its owner tells it the time (`now`, in seconds) with every event, then asks for
`segments_to_send`, for the `next_timeout`, and for its `history`.
"""

from course.tcp import arrival, keepalive, output
from course.tcp.buffers import SendBuffer
from course.tcp.options import agree_on_size, without_options
from course.tcp.parameters import TcpParameters
from course.tcp.receiving import RECEIVING
from course.tcp.resets import make_abort
from course.tcp.segment import Segment, Why
from course.tcp.seq import precedes, wrap
from course.tcp.state import Event, State
from course.tcp.status import Status, status
from course.tcp.timeouts import TIMEOUTS
from course.tcp.timers import Timer
from course.tcp.variables import Failure, Tcb

OPEN = frozenset({State.SYN_SENT, State.SYN_RECEIVED, State.ESTABLISHED, State.CLOSE_WAIT})
AT_END_OF_STREAM = frozenset({State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK, State.TIME_WAIT, State.CLOSED})


class Connection:
    """One end of a connection. `local` and `remote` are (address, port); a listener has no `remote`."""

    __slots__ = ("tcb",)

    def __init__(self, local: tuple[str, int], remote: tuple[str, int] | None = None,
                 parameters: TcpParameters | None = None) -> None:  # fmt: skip
        self.tcb = Tcb(parameters or TcpParameters(), local, remote)

    # ------------------------------------------------ what can be seen

    @property
    def state(self) -> State:
        """The state that the connection is in."""
        return self.tcb.state

    @property
    def failure(self) -> Failure | None:
        """Why the connection ended without being closed, or None."""
        return self.tcb.failure

    @property
    def readable(self) -> int:
        """How many octets receive() could give now."""
        return len(self.tcb.incoming.octets)

    @property
    def at_end(self) -> bool:
        """Has the peer's FIN been reached, so that nothing more will ever be readable?"""
        return self.tcb.state in AT_END_OF_STREAM and not self.tcb.incoming.octets

    @property
    def heard_fin(self) -> bool:
        """Has everything up to the peer's FIN arrived?"""
        rcv = self.tcb.rcv
        return rcv.fin is not None and rcv.nxt > rcv.fin

    @property
    def urgent(self) -> int:
        """How many of the octets that are still to be read are urgent ones, arrived or not (MUST-32, MUST-33)."""
        tcb = self.tcb
        return max(0, tcb.rcv.up - (tcb.rcv.nxt - len(tcb.incoming)))

    @property
    def is_all_acknowledged(self) -> bool:
        """Has the peer acknowledged all octets, and the FIN if there is one?"""
        tcb = self.tcb
        return tcb.state is State.CLOSED or tcb.snd.una >= tcb.outgoing.end + tcb.closing

    @property
    def only_keeps_alive(self) -> bool:
        """Does no timer run but that of keep-alive?"""
        return self.tcb.timers.runs(Timer.KEEP_ALIVE) and len(self.tcb.timers.running()) == 1

    def yields_to(self, segment: Segment) -> bool:
        """May this SYN begin a new connection between the same ends, although we are in TIME-WAIT?

        Yes if its number, or its timestamp, is newer than anything of the old one (MAY-2; RFC 6191, section 2).
        """
        tcb = self.tcb
        if tcb.state is not State.TIME_WAIT or not segment.syn or segment.ack is not None or segment.rst:
            return False
        if tcb.timestamps is not None and segment.options.timestamps is not None:
            newer = segment.options.timestamps[0] - tcb.timestamps.recent
            return 0 < wrap(newer) < 2**31 or (newer == 0 and precedes(tcb.rcv.nxt, segment.seq))
        return precedes(tcb.rcv.nxt, segment.seq)

    def give_way(self) -> float:
        """Be silent from now on, for a newer connection; when TIME-WAIT would have ended (section 3.6.1, MAY-2)."""
        until = self.tcb.timers.due(Timer.TIME_WAIT)
        self.tcb.timers.stop_all()
        assert until is not None
        return until

    def come_back(self, until: float) -> None:
        """The newer connection was none: go on in TIME-WAIT until that moment."""
        self.tcb.timers.set(Timer.TIME_WAIT, until)

    @property
    def room(self) -> int:
        """How many octets send() would take now."""
        return max(0, self.tcb.parameters.send_buffer - len(self.tcb.outgoing))

    @property
    def has_room(self) -> bool:
        """Is it worth waking a program that waits to send? From a third of the buffer on, so that it wakes seldom."""
        tcb = self.tcb
        return 3 * len(tcb.outgoing) <= 2 * tcb.parameters.send_buffer

    def status(self) -> Status:
        """STATUS: a snapshot of all variables (section 3.10.6)."""
        return status(self.tcb)

    # ------------------------------------------------ user calls

    def open_passive(self) -> None:
        """Passive OPEN: wait for whoever calls (section 3.10.1)."""
        self.tcb.passive = True
        self.tcb.enter(Event.PASSIVE_OPEN)

    def open_active(self, iss: int) -> None:
        """Active OPEN: call the remote end; `iss` is the initial send sequence number (section 3.10.1)."""
        self.begin_at(iss)
        self.tcb.passive = False
        self.tcb.enter(Event.ACTIVE_OPEN)

    def begin_at(self, iss: int) -> None:
        """Number what will be sent from `iss` on: the SYN takes `iss` itself, the first octet `iss` + 1."""
        snd = self.tcb.snd
        snd.iss = snd.una = snd.nxt = snd.rxt = iss
        self.tcb.outgoing = SendBuffer(iss + 1)

    def child(self, remote: tuple[str, int], iss: int) -> "Connection":
        """A copy of this listener for one caller, in LISTEN (section 3.10.7.2 fills in the rest)."""
        child = Connection(self.tcb.local, remote, self.tcb.parameters)
        child.tcb.passive, child.tcb.state = True, State.LISTEN
        child.begin_at(iss)
        return child

    def resume(self, irs: int, mss: int) -> None:
        """Let this child be in SYN-RECEIVED by what a SYN cookie remembers of the caller's SYN (RFC 4987, 3.6)."""
        tcb = self.tcb
        tcb.rcv.irs, tcb.rcv.nxt = irs, irs + 1
        tcb.snd.nxt = tcb.snd.rxt = tcb.snd.iss + 1
        agree_on_size(tcb, mss)
        tcb.rcv.wnd = output.free_window(tcb)
        tcb.enter(Event.SYN)

    def configure(self, parameters: TcpParameters) -> None:
        """Change this connection's knobs: what is agreed with the peer stays, the rest holds from now on."""
        tcb = self.tcb
        tcb.parameters = parameters
        tcb.snd.mss = min(tcb.snd.mss, without_options(tcb, parameters.mss))
        keepalive.watch(tcb)

    def send(self, octets: bytes | memoryview, *, urgent: bool = False) -> int:
        """SEND: take as many octets as there is room for, and say how many (section 3.10.2).

        `urgent` tells the peer to hurry up to the last of them (section 3.8.5; new programs should not, SHLD-13).
        Raises ValueError in a state in which nothing can be sent; the socket knows which error that is.
        """
        if self.tcb.state not in OPEN or self.tcb.closing:
            raise ValueError(f"nothing can be sent in {self.tcb.state}")
        taken = octets[: self.room]
        self.tcb.outgoing.append(taken)
        if urgent and taken:
            self.tcb.snd.up = self.tcb.outgoing.end  # MUST-62
        return len(taken)

    def receive(self, size: int) -> bytes:
        """RECEIVE: up to `size` octets, b"" if there are none (section 3.10.3); `at_end` tells silence from the end."""
        octets = self.tcb.incoming.read(size)
        if octets and self.tcb.state in RECEIVING:
            self._tell_of_open_window()
        return octets

    def _tell_of_open_window(self) -> None:
        """Owe an ACK if the window was too small to use and can now be opened (section 3.8.6.2.2)."""
        tcb = self.tcb
        buffer, was = tcb.parameters.receive_buffer, output.as_said(tcb, tcb.rcv.wnd)
        gain = output.as_said(tcb, output.free_window(tcb)) - was
        if gain >= buffer // 2 or (was < tcb.snd.mss and gain >= min(buffer // 2, tcb.snd.mss)):
            tcb.ack_now = Why.WINDOW_UPDATE

    def close(self) -> None:
        """CLOSE: no more octets from us; a FIN follows the last one (section 3.10.4). Closing twice changes nothing."""
        tcb = self.tcb
        if tcb.closing or tcb.state in (State.CLOSED, State.TIME_WAIT):
            return
        if tcb.state in (State.LISTEN, State.SYN_SENT):
            tcb.enter(Event.CLOSE)
            return
        tcb.closing = True
        if tcb.state is not State.SYN_RECEIVED or not tcb.outgoing:
            tcb.enter(Event.CLOSE)

    def refuse_octets(self) -> None:
        """The program will not RECEIVE what still arrives: it is answered by a RST (section 3.6.1)."""
        self.tcb.reading = False

    def stop_reading(self) -> None:
        """The program will not RECEIVE any more: what is unread, or still arrives, is answered by a RST (3.6.1)."""
        self.refuse_octets()
        if self.tcb.incoming and self.tcb.state in OPEN | RECEIVING:
            self.abort(Why.UNREAD_DATA)

    def abort(self, why: Why = Why.ABORT) -> None:
        """ABORT: end it here and now; the peer is told by a RST where it has to be (section 3.10.5)."""
        tcb = self.tcb
        if tcb.state is State.CLOSED:
            return
        if tcb.state in RECEIVING or tcb.state in (State.SYN_RECEIVED, State.CLOSE_WAIT):
            tcb.resets.append(make_abort(tcb, why))
        tcb.enter(Event.ABORT)

    # ------------------------------------------------ arriving segments and timeouts

    def segment_arrives(self, segment: Segment, now: float) -> None:
        """SEGMENT ARRIVES (section 3.10.7)."""
        arrival.segment_arrives(self.tcb, segment, now)

    def timeout(self, now: float) -> None:
        """Let every timer that is due run out (section 3.10.8)."""
        while (first := self.tcb.timers.next()) and first[0] <= now:
            timer = first[1]
            if timer is Timer.KEEP_ALIVE and keepalive.due(self.tcb) > now:
                keepalive.watch(self.tcb)  # something was heard since the timer was set
                continue
            self.tcb.timers.stop(timer)
            self.tcb.history.append(timer)
            TIMEOUTS[timer](self.tcb, now)

    # ------------------------------------------------ what the owner asks after each event

    def segments_to_send(self, now: float) -> list[Segment]:
        """The segments that leave now, each with its reason."""
        return output.segments_to_send(self.tcb, now)

    def next_timeout(self) -> tuple[float, Timer] | None:
        """When to call timeout() next, and for which timer; None if no timer runs."""
        return self.tcb.timers.next()

    def history(self) -> list[tuple[State, State, Event] | Timer]:
        """What happened since this was last asked: (before, after, event), or a timer that ran out."""
        happened = self.tcb.history
        if happened:
            self.tcb.history = []
        return happened
