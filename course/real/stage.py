"""A stage for two ends, "ours" and the "peer": real sockets with a deadline, whose calls are written down.

However the play ends, all that is on the stage is reset (SO_LINGER of zero seconds, socket(7)) and closed.
"""

import contextlib
import socket
import struct
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from course.errors import StateNotReached
from course.real.addresses import choose
from course.real.scene import Ends, Pair, word_on
from course.real.threads import is_ready
from course.tcp.timers import Timer

Result = TypeVar("Result")

AFTERWARDS = 10.0  # seconds that a call may take when the state is reached, and a student plays
LOOK_AGAIN = 0.000_5  # seconds between two looks
SETTLING = 0.25  # seconds in which what was sent comes to rest, or the show goes on
HOLDS, TAKES = 200_000, 50_000  # octets: our buffer for sending holds more than the peer's for receiving ever takes
AT_ONCE = struct.pack("ii", 1, 0)  # struct linger: on, for zero seconds


class Actor:
    """A socket under a name. What it is told to do is written down, and has to be done by the stage's deadline."""

    def __init__(self, stage: "Stage", name: str, kernel: socket.socket, ends: Ends = (None, None)) -> None:
        self.name = name
        self.kernel = kernel
        self.ends = ends
        self._stage = stage

    def do(
        self, call: str, function: Callable[..., Result], *arguments: object, waits: bool = True, gives: str = ""
    ) -> Result:
        """Write down a call, and what it gives, and make it; OSError as the call's, TimeoutError at the deadline."""
        self._stage.calls.append(f"{gives}{gives and ' = '}{self.name}.{call}")
        self.kernel.settimeout(self._stage.left() if waits else 0)
        return function(*arguments)

    def bind(self, host: str) -> None:
        """Give it our address or the peer's, and any port that is free."""
        self.do(f"bind(({host}, 0))", self._stage.bind, self.kernel, host)
        self.ends = self.kernel.getsockname(), None

    def listen(self, backlog: int = 1) -> None:
        """Wait for callers; `backlog` + 1 of them may wait for accept()."""
        self.do(f"listen({backlog})", self.kernel.listen, backlog)

    def connect(self, listener: "Actor", *, waits: bool = True) -> None:
        """Call the listener, and wait for the answer or not: then connect() says EINPROGRESS (connect(2))."""
        self.bind("our address")
        with contextlib.suppress(*([] if waits else [BlockingIOError])):
            call = f"connect({listener.name}){'' if waits else ', without waiting'}"
            self.do(call, self.kernel.connect, listener.ends[0], waits=waits)
        self.ends = self.ends[0], listener.ends[0]

    def wait_for_a_caller(self) -> None:
        """Wait until one stands in the queue for accept(), and leave it there; no call, so not written down."""
        if not is_ready([(self.kernel.fileno(), "read")], self._stage.left()):
            raise TimeoutError("nobody calls")

    def accept(self) -> "Actor":
        """The peer's end: the first caller's connection."""
        kernel, caller = self.do("accept()", self.kernel.accept, gives="peer")
        return self._stage.enter("peer", kernel, (self.ends[0], caller))

    def set(self, name: str, value: int) -> None:
        """Set a socket option by its name, as in set("SO_KEEPALIVE", 1); StateNotReached where there is none."""
        option = getattr(socket, name, None)
        if option is None:
            raise StateNotReached(f"this system has no {name}")
        level = socket.SOL_SOCKET if name.startswith("SO_") else socket.IPPROTO_TCP
        self.do(f"setsockopt({name}, {value})", self.kernel.setsockopt, level, option, value)

    def fill(self, peer: "Actor") -> None:
        """Send until it would block: the peer's buffer is full, and so is ours. Then let it come to rest."""
        peer.set("SO_RCVBUF", TAKES)
        self.set("SO_SNDBUF", HOLDS)
        self.do("send() until it would block", self._send_what_fits, waits=False)
        self._stage.wait_for(lambda: word_on(self.kernel, self.ends).runs(Timer.PERSIST), SETTLING)

    def _send_what_fits(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                self.kernel.send(bytes(HOLDS))

    def shutdown(self) -> None:
        """Say that no more will come: a FIN, behind all that is still queued."""
        self.do("shutdown(SHUT_WR)", self.kernel.shutdown, socket.SHUT_WR)

    def hear_the_end(self) -> None:
        """Wait for the other end's FIN, which recv() tells by giving nothing."""
        self.do('recv(1) == b""', self.kernel.recv, 1)

    def close(self) -> None:
        """Close it: the connection may live on, without a descriptor."""
        self.do("close()", self.kernel.close)


class Stage:
    """Where a recipe is played: two addresses that nobody else has, the actors, their calls, and a deadline."""

    def __init__(self, deadline: float) -> None:
        self.calls: list[str] = []
        self.actors: dict[str, Actor] = {}
        self._began = time.monotonic()
        self._deadline = deadline
        self._exits = contextlib.ExitStack()
        self._addresses = choose(["our address", "peer's address"])
        self._exits.callback(self._addresses.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._exits.close()

    def fresh(self, name: str) -> Actor:
        """A fresh socket under that name."""
        self.calls.append(f"{name} = socket()")
        return self.enter(name, socket.socket())

    def enter(self, name: str, kernel: socket.socket, ends: Ends = (None, None)) -> Actor:
        """Take a socket into the stage's care."""
        self._exits.callback(leave, kernel)
        self.actors[name] = actor = Actor(self, name, kernel, ends)
        return actor

    def bind(self, kernel: socket.socket, host: str) -> None:
        """Bind a socket to one of the two addresses."""
        self._addresses.bind(kernel, (self._addresses.hosts[host], 0))

    def listening(self, name: str = "listener", backlog: int = 1) -> Actor:
        """A listener at the peer's address."""
        listener = self.fresh(name)
        listener.bind("peer's address")
        listener.listen(backlog)
        return listener

    def connected(self) -> tuple[Actor, Actor]:
        """Both ends, connected."""
        listener, ours = self.listening(), self.fresh("ours")
        ours.connect(listener)
        return ours, listener.accept()

    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._began

    def left(self) -> float:
        """How many seconds are left; never none, which would tell a socket not to wait at all."""
        return max(self._deadline - self.seconds(), 0.001)

    def wait_for(self, happened: Callable[[], bool], seconds: float | None = None) -> bool:
        """Look again and again whether it has happened, for so many seconds, or until the deadline."""
        latest = self._deadline if seconds is None else min(self.seconds() + seconds, self._deadline)
        while not (has_happened := happened()) and self.seconds() < latest:
            time.sleep(LOOK_AGAIN)
        return has_happened

    def pair(self) -> Pair:
        """Both ends, as a student may play with them: calls wait ten seconds at most."""
        live = {name: actor.kernel for name, actor in self.actors.items() if actor.kernel.fileno() >= 0}
        for kernel in live.values():
            kernel.settimeout(AFTERWARDS)
        local, remote = self.actors["ours"].ends
        peer_ends = self.actors["peer"].ends if "peer" in self.actors else None if remote is None else (remote, local)
        return Pair(live.get("ours"), live.get("peer"), (local, remote), peer_ends)


def leave(kernel: socket.socket) -> None:
    """Reset and close a socket, unless that has been done: nothing of its connection is left."""
    with contextlib.suppress(OSError):
        kernel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    kernel.close()
