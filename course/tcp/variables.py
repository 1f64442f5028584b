"""The transmission control block: everything that a connection remembers (RFC 9293, section 3.3.1)."""

from dataclasses import dataclass, field
from enum import Enum

from course.tcp.buffers import ReceiveBuffer, SendBuffer
from course.tcp.congestion import CongestionControl, NoCongestionControl
from course.tcp.parameters import TcpParameters
from course.tcp.rto import RetransmissionTimeout
from course.tcp.segment import Segment, Why
from course.tcp.state import TRANSITIONS, Event, State
from course.tcp.timers import Timer, Timers

DEFAULT_MSS = 536  # what a peer that announces no MSS can take (RFC 9293, section 3.7.1)


class Failure(Enum):
    """Why a connection ended without being closed, in the words of RFC 9293, section 3.10."""

    REFUSED = "connection refused"
    RESET = "connection reset"
    TIMED_OUT = "connection aborted due to user timeout"


@dataclass(slots=True)
class SendVariables:
    """The send sequence variables (section 3.3.1). Numbers are unwrapped, sizes are octets."""

    iss: int = 0
    una: int = 0
    nxt: int = 0
    wnd: int = 0
    wl1: int = 0
    wl2: int = 0
    rxt: int = 0  # what leaves next: nxt, or less while something is being sent again
    max_wnd: int = 0  # the largest window the peer ever offered (section 3.8.6.2.1)
    scale: int = 0  # Snd.Wind.Shift: the peer's windows are so many bits larger than they say (RFC 7323, section 2.3)
    up: int = 0  # SND.UP: the number after the last urgent octet; 0 if none ever was (section 3.8.5)
    mss: int = DEFAULT_MSS  # Eff.snd.MSS (section 3.7.1)


@dataclass(slots=True)
class ReceiveVariables:
    """The receive sequence variables (section 3.3.1). `irs` is None until the peer's SYN has come."""

    irs: int | None = None
    nxt: int = 0
    wnd: int = 0
    fin: int | None = None  # the number of the peer's FIN, once it is known
    scale: int = 0  # Rcv.Wind.Shift: so many bits of our windows are not said (RFC 7323, section 2.3)
    up: int = 0  # RCV.UP: the number after the peer's last urgent octet; 0 if none ever was (section 3.8.5)


@dataclass(slots=True)
class Timestamps:
    """What is remembered of the peer's timestamps, once both SYNs have offered the option (RFC 7323, section 4.3)."""

    recent: int  # TS.Recent: what we echo, and what nothing new may be older than
    seen_at: float  # when it came, in seconds
    last_ack_sent: int  # Last.ACK.sent


@dataclass(slots=True)
class Silence:
    """What keep-alive remembers: when we last heard of the peer, and the questions that it has not answered (3.8.4)."""

    heard_at: float = 0.0
    asked_at: float = 0.0
    questions: int = 0


@dataclass(slots=True)
class Tcb:
    """A transmission control block. The functions of `arrival` and `output` work on it; it does nothing itself."""

    parameters: TcpParameters
    local: tuple[str, int]
    remote: tuple[str, int] | None = None
    state: State = State.CLOSED
    snd: SendVariables = field(default_factory=SendVariables)
    rcv: ReceiveVariables = field(default_factory=ReceiveVariables)
    outgoing: SendBuffer = field(default_factory=lambda: SendBuffer(0))
    incoming: ReceiveBuffer = field(default_factory=ReceiveBuffer)
    timers: Timers = field(default_factory=Timers)
    passive: bool = False  # did it begin in LISTEN? (section 3.10.7.4, second)
    closing: bool = False  # has the program called CLOSE? Then a FIN follows the last octet
    reading: bool = True  # will the program still RECEIVE? (section 3.6.1)
    scaling: bool = False  # have both SYNs offered window scale? (RFC 7323, section 2.2)
    timestamps: Timestamps | None = None  # have both offered timestamps? (RFC 7323, section 3.2)
    failure: Failure | None = None
    flushed: bool = False  # did octets that had arrived go unread when it failed?
    ack_now: Why | None = None  # an ACK is owed at once, for this reason
    unacked: int = 0  # octets that arrived since our last ACK
    waits_for: Timer | None = None  # the timer of RETRANSMISSION, PERSIST and OVERRIDE that runs
    probes: int = 0  # window probes sent since the window was last open
    silent_since: float | None = None  # when we sent what is still unanswered
    timeouts: int = 0  # how often in a row the retransmission timer ran out (section 3.8.3)
    sent_at: float = 0.0  # when we last sent something of the stream (RFC 5681, section 4.1)
    silence: Silence = field(default_factory=Silence)
    held: Segment | None = None  # a SYN's octets and FIN wait for the handshake (section 3.10.7.2, third)
    send_anyway: bool = False  # may a small segment leave? (section 3.8.6.2.1, rule 4)
    missing: Why | None = None  # the first unacknowledged segment has to be sent again, for this reason
    resend_why: Why = Why.TIMEOUT  # why what lies between SND.RXT and SND.NXT is sent again
    resets: list[Segment] = field(default_factory=list)
    history: list[tuple[State, State, Event] | Timer] = field(default_factory=list)
    rto: RetransmissionTimeout = field(init=False)
    congestion: CongestionControl = field(init=False)

    def __post_init__(self) -> None:
        """Fill in what follows from the parameters."""
        self.rcv.wnd = self.parameters.receive_buffer
        self.rto = RetransmissionTimeout(self.parameters)
        self.snd.mss = min(DEFAULT_MSS, self.parameters.mss)
        self.congestion = NoCongestionControl()

    def enter(self, event: Event) -> None:
        """Go where the diagram says that this event leads from here, and remember it; KeyError if nowhere."""
        before, self.state = self.state, TRANSITIONS[self.state, event]
        self.history.append((before, self.state, event))
        if self.state in (State.CLOSED, State.LISTEN):
            self.timers.stop_all()

    def fail(self, failure: Failure, event: Event) -> None:
        """The connection ends here: the program will get this failure, and what was queued is flushed."""
        self.failure = failure
        self.flushed = len(self.incoming) > 0
        self.outgoing, self.incoming = SendBuffer(self.snd.nxt), ReceiveBuffer()
        self.enter(event)
