"""A segment: the one thing two TCP endpoints ever exchange (RFC 9293, section 3.1)."""

from enum import Enum
from typing import NamedTuple


class Why(Enum):
    """Why a segment was sent: a sentence for people, and the clause that asks for it."""

    OPEN = "the program called connect(): an active OPEN sends a SYN", "RFC 9293 3.10.1"
    ANSWER_SYN = "a SYN arrived, and it is answered by a SYN of our own", "RFC 9293 3.10.7"
    ANSWER_SYN_ACK = "the SYN,ACK arrived, and the peer waits for its acknowledgment", "RFC 9293 3.10.7.3"
    DATA = "the program sent octets, and the windows let them go", "RFC 9293 3.10.2"
    LIMITED_TRANSMIT = "a duplicate ACK came: a segment has left the network, so a new one may enter", "RFC 3042 2"
    CLOSE = "the program closed its direction, and all its octets have been sent", "RFC 9293 3.10.4"
    ACK_DELAYED = "octets arrived, and the delayed-ACK timer ran out before anything else left", "RFC 9293 3.8.6.3"
    ACK_SECOND = "two full segments' worth of octets arrived since the last acknowledgment", "RFC 9293 3.8.6.3"
    ACK_AT_ONCE = "octets arrived, and delayed acknowledgments are turned off", "RFC 9293 3.10.7.4"
    ACK_GAP = "a segment arrived beyond a gap, or filled one: the sender should know at once", "RFC 5681 4.2"
    ACK_FIN = "a FIN arrived, and it is acknowledged at once", "RFC 9293 3.10.7.4"
    ACK_UNACCEPTABLE = "a segment arrived that lies outside the receive window", "RFC 9293 3.10.7.4"
    ACK_UNSENT = "a segment acknowledged octets that were never sent, or far too old ones", "RFC 9293 3.10.7.4"
    ACK_OLD = "a segment arrived whose timestamp is older than one seen before: an old duplicate", "RFC 7323 5.3"
    CHALLENGE = "a SYN or RST arrived that may be forged: the true peer will know", "RFC 5961 3 and 4"
    WINDOW_UPDATE = "the program read, and the window that was small is open again", "RFC 9293 3.8.6.2.2"
    WINDOW_PROBE = "the peer's window is zero, and somebody must ask when it opens", "RFC 9293 3.8.6.1"
    KEEP_ALIVE = "nothing has been heard for long: is the peer still there?", "RFC 9293 3.8.4"
    OVERRIDE = "a small window stayed small for too long, so what fits is sent", "RFC 9293 3.8.6.2.1"
    TIMEOUT = "no acknowledgment came before the retransmission timeout", "RFC 6298 5.4"
    RECOVERY = "an acknowledgment showed that what the timeout repeats is still missing", "RFC 5681 3.1"
    FAST_RETRANSMIT = "three duplicate acknowledgments arrived: one segment is missing", "RFC 5681 3.2"
    PARTIAL_ACK = "an acknowledgment during fast recovery showed the next missing segment", "RFC 6582 3.2"
    SYN_COOKIE = "too many handshakes are half-way: our number says all that we would have to remember", "RFC 4987 3.6"
    NO_CONNECTION = "a segment arrived for a connection that does not exist", "RFC 9293 3.10.7.1"
    BAD_ACK = "a segment acknowledged something that this connection never sent", "RFC 9293 3.10.7.2"
    QUEUE_FULL = "a listener has no room for another connection", "RFC 4987 2.1"
    NO_ANSWER = "the peer answered none of our keep-alive questions: it is told, in case it hears", "RFC 9293 3.8.4"
    FORGOTTEN = "a middlebox on the way has forgotten the flow, and makes this reset itself", "RFC 5382 5"
    ABORT = "the program gave the connection up: an ABORT sends a reset", "RFC 9293 3.10.5"
    UNREAD_DATA = "the program closed without reading what had arrived", "RFC 9293 3.6.1"

    def __init__(self, sentence: str, clause: str) -> None:
        self.sentence = sentence
        self.clause = clause


class Options(NamedTuple):
    """The options of a header, None or empty where absent (RFC 9293, section 3.2; RFC 7323; RFC 2018).

    `mss` in octets; `window_scale` is a shift count, 0 to 14; `timestamps` is (TSval, TSecr);
    `sack` holds (left edge, right edge) pairs; `unknown` holds (kind, octets) pairs in their order.
    """

    mss: int | None = None
    window_scale: int | None = None
    sack_permitted: bool = False
    timestamps: tuple[int, int] | None = None
    sack: tuple[tuple[int, int], ...] = ()
    unknown: tuple[tuple[int, bytes], ...] = ()


NO_OPTIONS = Options()


class Segment(NamedTuple):
    """A TCP segment, header fields named as RFC 9293 names them.

    `seq` and `ack` are numbers modulo 2**32; `ack` is None when the ACK bit is off, `urgent` is None
    when the URG bit is off. `window` is the field as sent, in octets before any scaling. `why` says
    what made the sender send it; it is our note in the margin, never on the wire.
    """

    source_port: int
    destination_port: int
    seq: int
    ack: int | None = None
    window: int = 0
    data: bytes = b""
    syn: bool = False
    fin: bool = False
    psh: bool = False
    rst: bool = False
    options: Options = NO_OPTIONS
    urgent: int | None = None
    why: Why | None = None

    @property
    def len(self) -> int:
        """SEG.LEN: the octets of data, with SYN and FIN counting one each (RFC 9293, section 3.4)."""
        return len(self.data) + self.syn + self.fin

    @property
    def flags(self) -> tuple[str, ...]:
        """The names of the control bits that are set, as in ("SYN", "ACK")."""
        named = (
            ("SYN", self.syn),
            ("FIN", self.fin),
            ("RST", self.rst),
            ("PSH", self.psh),
            ("URG", self.urgent is not None),
            ("ACK", self.ack is not None),
        )
        return tuple(name for name, is_set in named if is_set)
