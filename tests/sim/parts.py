"""Programs as values: what two hosts say, hear and do, written so that their repr is code that makes them again."""

import errno
import hashlib
import struct
from dataclasses import dataclass, replace
from typing import Protocol

from course.sim.fates import Fate, Fault
from course.sockets.host import Host
from course.sockets.socket import Socket
from course.trace.record import Endpoint, Sent

PORT = 7000
PATIENT = 600.0  # seconds that a patient program waits in one call; TCP gives up long before


def stream(sender: Endpoint, receiver: Endpoint, size: int) -> bytes:
    """The first `size` octets that one end says to another: no two directions say the same."""
    return hashlib.shake_128(f"{sender} {receiver}".encode()).digest(size)


@dataclass(slots=True)
class Account:
    """What one program can say of its end of a connection; `error` is what ended it early, as in "ECONNRESET"."""

    local: Endpoint
    remote: Endpoint
    said: int = 0  # octets that its TCP took
    heard: bytes = b""
    ended: bool = False  # was the end of the stream seen?
    error: str | None = None


class Step(Protocol):
    """One thing that a program does with its connection."""

    def __call__(self, host: Host, connection: Socket, account: Account) -> None:
        """Do it, and write down in the account what came of it."""


@dataclass(frozen=True, slots=True)
class Say:
    """Send so many octets, in pieces, with a pause after each."""

    octets: int
    piece: int = 65_536
    pause: float = 0.0

    def __call__(self, host: Host, connection: Socket, account: Account) -> None:
        """Say it."""
        octets = stream(account.local, account.remote, self.octets)
        while account.said < self.octets:
            account.said += connection.send(octets[account.said : account.said + self.piece])
            rest(host, self.pause)


@dataclass(frozen=True, slots=True)
class Hear:
    """Receive in pieces, with a pause after each, to the end of the stream or until `most` octets are there."""

    piece: int = 65_536
    pause: float = 0.0
    most: int = 2**30

    def __call__(self, host: Host, connection: Socket, account: Account) -> None:
        """Hear it."""
        while len(account.heard) < self.most and not account.ended:
            octets = connection.recv(min(self.piece, self.most - len(account.heard)))
            account.heard += octets
            account.ended = not octets
            rest(host, self.pause)


@dataclass(frozen=True, slots=True)
class Rest:
    """Do nothing for some seconds."""

    seconds: float

    def __call__(self, host: Host, connection: Socket, account: Account) -> None:
        """Sleep."""
        rest(host, self.seconds)


@dataclass(frozen=True, slots=True)
class Shut:
    """Close our direction."""

    def __call__(self, host: Host, connection: Socket, account: Account) -> None:
        """Say nothing more."""
        connection.shutdown(host.SHUT_WR)


@dataclass(frozen=True, slots=True)
class Linger:
    """Let close() wait for the peer's acknowledgment for so many seconds; 0 sends a reset instead."""

    seconds: int = 0

    def __call__(self, host: Host, connection: Socket, account: Account) -> None:
        """SO_LINGER (socket(7))."""
        connection.setsockopt(host.SOL_SOCKET, host.SO_LINGER, struct.pack("ii", 1, self.seconds))


@dataclass(frozen=True, slots=True)
class NoDelay:
    """Turn the Nagle algorithm off."""

    def __call__(self, host: Host, connection: Socket, account: Account) -> None:
        """TCP_NODELAY (tcp(7))."""
        connection.setsockopt(host.IPPROTO_TCP, host.TCP_NODELAY, 1)


@dataclass(frozen=True, slots=True)
class End:
    """What is done at one end of a connection: steps, and other steps beside them; whoever is last closes it."""

    steps: tuple[Step, ...] = ()
    beside: tuple[Step, ...] = ()

    def __call__(self, host: Host, connection: Socket, account: Account) -> Account:
        """Take the steps."""
        together = Together(connection, 1 + bool(self.beside))
        if self.beside:
            host.spawn(take, self.beside, replace(account), together)
        return take(host, self.steps, account, together)


@dataclass(slots=True)
class Together:
    """A connection and how many programs still use it."""

    connection: Socket
    users: int

    def leave(self) -> None:
        """One program less; nobody left closes the connection."""
        self.users -= 1
        if not self.users:
            self.connection.close()


def take(host: Host, steps: tuple[Step, ...], account: Account, together: Together) -> Account:
    """Take some steps, up to the first error."""
    try:
        for step in steps:
            step(host, together.connection, account)
    except OSError as error:
        account.error = name_of(error)
    together.leave()
    return account


@dataclass(frozen=True, slots=True)
class Server:
    """Listen, and accept as many callers as there are ends; close the listener then, whoever still waits."""

    ends: tuple[End, ...] = (End(),)
    backlog: int = 128
    pause: float = 0.0  # before each accept()
    patience: float = PATIENT

    def __call__(self, host: Host) -> None:
        """Serve."""
        with host.create_server(("", PORT), backlog=self.backlog) as listener:
            listener.settimeout(self.patience)
            for end in self.ends:
                rest(host, self.pause)
                try:
                    connection, peer = listener.accept()
                except TimeoutError:
                    return
                connection.settimeout(self.patience)
                host.spawn(end, connection, Account((host.address, PORT), peer))


@dataclass(frozen=True, slots=True)
class Client:
    """Call once for each end, one call after the other or all at once; two clients that call each other open at once.

    `port` is the local port, 0 for any; `to` is the remote one; `linger` is SO_LINGER's time, from the beginning on.
    """

    ends: tuple[End, ...] = (End(),)
    at_once: bool = False
    after: float = 0.0
    port: int = 0
    peer: str = "server"
    to: int = PORT
    patience: float = PATIENT
    linger: int | None = None

    def __call__(self, host: Host) -> list[Account]:
        """Call."""
        rest(host, self.after)
        if self.at_once:
            for end in self.ends:
                host.spawn(self.call, end)
            return []
        return [self.call(host, end) for end in self.ends]

    def call(self, host: Host, end: End) -> Account:
        """One call."""
        connection = host.socket()
        account = Account(("", 0), (host.gethostbyname(self.peer), self.to))
        try:
            connection.settimeout(self.patience)
            connection.setsockopt(host.SOL_SOCKET, host.SO_REUSEADDR, 1)
            if self.linger is not None:
                Linger(self.linger)(host, connection, account)
            connection.bind(("", self.port))
            account.local = connection.getsockname()
            connection.connect((self.peer, self.to))
        except OSError as error:
            account.error = name_of(error)
            connection.close()
            return account
        return end(host, connection, account)


def rest(host: Host, seconds: float) -> None:
    """Sleep, if it is for any time at all."""
    if seconds:
        host.sleep(seconds)


def name_of(error: OSError) -> str:
    """The errno's name, as in "ECONNRESET"; "timed out" if it was the program's own patience that ended."""
    return "timed out" if error.errno is None else errno.errorcode.get(error.errno, str(error.errno))


@dataclass(frozen=True, slots=True)
class Before:
    """A fault that is over at some moment (seconds)."""

    until: float
    fault: Fault

    def apply(self, sent: Sent, fate: Fate, seed: int) -> Fate:
        """Ask the fault, as long as it lasts."""
        return self.fault.apply(sent, fate, seed) if sent.at < self.until else fate
