"""A scene: two ends of a real connection in a certain state, what the kernel says of both, and their live sockets."""

import socket
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from course.real.kernel import PROC_NET_TCP, Running, connections, state_of
from course.table import wrapped
from course.tcp.state import State
from course.tcp.timers import Timer
from course.trace.record import Endpoint

Ends: TypeAlias = tuple[Endpoint | None, Endpoint | None]
"""An end by its own address and the other's; None for what it does not have."""
Side: TypeAlias = Literal["ours", "peer"]


@dataclass(frozen=True, slots=True)
class Word:
    """What the kernel said of one end, asked in two ways; each is None where it has no answer.

    TCP_INFO needs a descriptor. /proc/net/tcp knows all that are not CLOSED, and has the queues, in octets, where a SYN
    or a FIN counts as one (for a listener: connections that wait for accept()), and the timer.
    """

    by_tcp_info: State | None
    by_table: State | None
    send_queue: int | None = None
    receive_queue: int | None = None
    timer: Running | None = None

    @property
    def state(self) -> State | None:
        """The state; in TIME-WAIT the socket is CLOSED already, and the table knows better."""
        return self.by_tcp_info if self.by_table in (None, State.CLOSED) and self.by_tcp_info else self.by_table

    @property
    def told(self) -> str:
        """Who told the state: "TCP_INFO", "/proc/net/tcp" or both; what is CLOSED is not in the table."""
        table = f"{'not in ' if self.by_table is State.CLOSED else ''}{PROC_NET_TCP.as_posix()}"
        voices = {"TCP_INFO": self.by_tcp_info, table: self.by_table}
        return ", ".join(name for name, state in voices.items() if state is self.state is not None)

    def says(self, state: State | None) -> bool:
        """Is that the state, by whoever has an answer? None: any state will do."""
        return state is None or {self.by_tcp_info, self.by_table} - {None} == {state}

    def runs(self, timer: Timer | None) -> bool:
        """Is that the timer that runs? None: any will do, or none."""
        return timer is None or (self.timer is not None and self.timer.name == str(timer))

    @property
    def cells(self) -> tuple[str, ...]:
        """Who told, both queues, and the timer."""
        queues = ["" if queue is None else str(queue) for queue in (self.send_queue, self.receive_queue)]
        timer = "" if self.timer is None else f"{self.timer.name} {self.timer.seconds:.2f} s"
        return self.told, *queues, timer

    def __str__(self) -> str:
        told, sent, received, timer = self.cells
        queues = f"; octets: {sent} to send, {received} to read" if sent else ""
        if self.state is State.LISTEN and received:
            queues = f"; {received} waiting for accept()"
        return f"{self.state or 'unknown'} ({told or 'nobody tells'}{queues}{timer and '; timer: '}{timer})"


class Words(NamedTuple):
    """What the kernel said of both ends; of the peer's, None where there is none."""

    ours: Word
    peer: Word | None

    def of(self, side: Side) -> Word | None:
        """The word on that side."""
        return self.ours if side == "ours" else self.peer

    def across(self, side: Side) -> Word | None:
        """The word on the other side."""
        return self.of("peer" if side == "ours" else "ours")

    def __str__(self) -> str:
        return "\n".join(f"{side:4}  {word}" for side, word in self._asdict().items() if word is not None)


def word_on(kernel: socket.socket | None, ends: Ends) -> Word:
    """Ask for the state of an end, by its socket if there is one, and by its addresses."""
    local, remote = ends
    by_tcp_info = None if kernel is None else state_of(kernel)
    rows = connections([] if local is None else [local[0]])
    if rows is None:
        return Word(by_tcp_info, None)
    for row in rows:
        if (row.local, row.remote) == (local, remote):
            return Word(by_tcp_info, row.state, row.send_queue, row.receive_queue, row.timer)
    return Word(by_tcp_info, State.CLOSED)


@dataclass(frozen=True, slots=True)
class Pair:
    """Both ends: their live sockets, None where no descriptor exists, and their addresses, for when there is none."""

    ours: socket.socket | None
    peer: socket.socket | None
    our_ends: Ends
    peer_ends: Ends | None

    def ask(self) -> Words:
        """What the kernel says of both now."""
        peer = None if self.peer_ends is None else word_on(self.peer, self.peer_ends)
        return Words(word_on(self.ours, self.our_ends), peer)


@dataclass(frozen=True, slots=True, repr=False)
class Scene:
    """A state that was reached: which (`aimed`), by which end (`side`), how, and what the kernel said then."""

    aimed: State
    side: Side
    recipe: str
    """How, in a sentence."""
    calls: tuple[str, ...]
    """How, call by call."""
    words: Words
    """What the kernel said of both ends when the state was reached; `look()` asks again."""
    seconds: float
    """How long it took."""
    pair: Pair

    @property
    def ours(self) -> socket.socket | None:
        """Our live socket, to play with; its calls wait for ten seconds at most. None: it has no descriptor."""
        return self.pair.ours

    @property
    def peer(self) -> socket.socket | None:
        """The peer's, in the same way."""
        return self.pair.peer

    @property
    def word(self) -> Word:
        """What the kernel said of the end that was to reach the state."""
        word = self.words.of(self.side)
        assert word is not None
        return word

    def look(self) -> Words:
        """What the kernel says of both ends now."""
        return self.pair.ask()

    def __repr__(self) -> str:
        calls = [f"    {call}" for call in self.calls]
        return "\n".join([*wrapped(f"{self.aimed} ({self.side}): {self.recipe}"), *calls, str(self.words)])
