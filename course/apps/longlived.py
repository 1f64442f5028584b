"""Long-lived connections: what keeps one, what breaks it, and who notices (RFC 9293, sections 3.5.1 and 3.8.4).

answers, asks           a service and a caller; either may keep alive, or lose its patience
beats                   a caller that says "still here" again and again: a heartbeat, which answers() sends back
pushes, subscribes      a server that speaks whenever it has something to say, and a client that listens

A server returns how its connection ended, a client what it heard and how that ended: "OK" if somebody closed, else the
errno's name, as in "ETIMEDOUT"; "TimeoutError" says that the program itself had waited long enough.
"""

from typing import Any, NamedTuple

from course.apps.servers import hear
from course.apps.trials import outcome
from course.sockets.host import Host, Program

PORT = 7000
SERVER = ("server", PORT)
YEAR = 365 * 86_400  # seconds


class KeepAlive(NamedTuple):
    """Keep-alive's knobs (tcp(7)), as Linux has them: seconds of silence, seconds between questions, and how many."""

    idle: int = 7200
    interval: int = 75
    questions: int = 9


def keep_alive(host: Host, connection: Any, knobs: KeepAlive) -> None:
    """Let TCP ask a silent peer whether it is there. It is off unless a program asks for it (RFC 9293, MUST-24)."""
    connection.setsockopt(host.IPPROTO_TCP, host.TCP_KEEPIDLE, knobs.idle)
    connection.setsockopt(host.IPPROTO_TCP, host.TCP_KEEPINTVL, knobs.interval)
    connection.setsockopt(host.IPPROTO_TCP, host.TCP_KEEPCNT, knobs.questions)
    connection.setsockopt(host.SOL_SOCKET, host.SO_KEEPALIVE, 1)


def answers(keep: KeepAlive | None = None, patience: float | None = None, after: float = 0.0) -> Program:
    """A server that sends back in capitals what its one caller says, `after` so many seconds, until it hangs up.

    Without `keep` and `patience` (seconds without a word) it waits for ever for a caller that is dead.
    """

    def server(host: Host) -> str:
        with host.create_server(("", PORT)) as listener:
            connection, _ = listener.accept()
        with connection:
            if keep is not None:
                keep_alive(host, connection, keep)
            connection.settimeout(patience)
            return outcome(answer, host, connection, after)

    return server


def answer(host: Host, connection: Any, after: float) -> None:
    """Send back whatever comes, to the end."""
    while octets := connection.recv(1024):
        if after:
            host.sleep(after)
        connection.sendall(octets.upper())


def asks(*words: bytes, pause: float = 0.0, keep: KeepAlive | None = None, patience: float | None = None) -> Program:
    """A client that says a word and hears its answer, for each word; between two it is silent for `pause` seconds.

    It returns the answers, and how it ended. `patience` (seconds) is how long it waits for an answer.
    """

    def client(host: Host) -> list[str]:
        heard: list[str] = []
        with host.create_connection(SERVER) as connection:
            if keep is not None:
                keep_alive(host, connection, keep)
            connection.settimeout(patience)
            ended = outcome(ask_all, host, connection, words, pause, heard)
        return [*heard, ended]

    return client


def ask_all(host: Host, connection: Any, words: tuple[bytes, ...], pause: float, heard: list[str]) -> None:
    """Ask for each word, and put the answers down as they come."""
    for n, word in enumerate(words):
        if n:
            host.sleep(pause)
        connection.sendall(word)
        heard += [hear(connection, len(word)).decode("ascii")]


def beats(count: int, every: float, patience: float) -> Program:
    """A client that says "still here" so many times, and expects it back: no word within `patience` means offline."""
    return asks(*[b"still here"] * count, pause=every, patience=patience)


def pushes(*news: bytes, pause: float) -> Program:
    """A server that says something every `pause` seconds, though nobody asks: a connection has two directions."""

    def server(host: Host) -> str:
        with host.create_server(("", PORT)) as listener:
            connection, _ = listener.accept()
        with connection:
            return outcome(push, host, connection, news, pause)

    return server


def push(host: Host, connection: Any, news: tuple[bytes, ...], pause: float) -> None:
    """Say a line, and wait for more to happen."""
    for line in news:
        host.sleep(pause)
        connection.sendall(line + b"\n")


def subscribes(patience: float | None = None) -> Program:
    """A client that listens, and never says a word; the lines that it hears, and how it ended."""

    def client(host: Host) -> list[str]:
        heard: list[str] = []
        with host.create_connection(SERVER, timeout=patience) as connection, connection.makefile("rb") as lines:
            ended = outcome(listen, lines, heard)
        return [*heard, ended]

    return client


def listen(lines: Any, heard: list[str]) -> None:
    """Put the lines down as they come."""
    for line in lines:
        heard += [line.decode("ascii").rstrip()]
