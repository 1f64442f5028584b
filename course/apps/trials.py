"""Trials: small programs that find out what single calls do. Each is a server or a client, and returns what it saw.

lunch, guests                 listen(backlog): how many callers find room while nobody accepts?
rebinds, closes_after         bind() again, with connections in TIME-WAIT: SO_REUSEADDR (socket(7))
hangs_up, insists             send() to a peer that has closed: at first nothing, then EPIPE
reads_late, overfills         send() that does not wait takes only a part of much
hears_all, keeps_a_file       close() while a makefile() lives: no FIN
"""

import errno
from typing import Any

from course.sockets.host import Host, Program

PORT = 7000
SERVER = ("server", PORT)
OK = "OK"
MEGABYTES_64 = 1 << 26


def outcome(call: Any, *arguments: Any) -> str:
    """How a call ends: "OK", or the errno's name, as in "EPIPE"; a timeout has no errno, and is "TimeoutError"."""
    try:
        call(*arguments)
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, type(error).__name__)
    return OK


# ------------------------------------------------ the backlog


def lunch(backlog: int, seconds: float = 3.0) -> Program:
    """A server that listens, and goes for lunch: it accepts nobody (listen(2))."""

    def server(host: Host) -> None:
        with host.create_server(("", PORT), backlog=backlog):
            host.sleep(seconds)

    return server


def guests(count: int, patience: float = 0.5) -> Program:
    """A client that calls so often, and waits `patience` seconds for each; how each call ended.

    A queue has room for `backlog` + 1 on Linux, and in the simulated network; other systems count otherwise. Who finds
    none hears nothing, and would try again for minutes.
    """

    def client(host: Host) -> list[str]:
        made = [host.socket() for _ in range(count)]
        for each in made:
            each.settimeout(patience)
        return [outcome(each.connect, SERVER) for each in made]

    return client


# ------------------------------------------------ SO_REUSEADDR


def rebinds(*, reuse: bool) -> Program:
    """A server that closes its connection first, and then wants its port again; how bind() ended.

    The connection is in TIME-WAIT, at the server's end. `reuse` says whether both listeners set SO_REUSEADDR: the first
    has to, too, and before its bind().
    """

    def server(host: Host) -> str:
        with listener(host, reuse=reuse) as first:
            first.bind(("", PORT))
            first.listen()
            connection, _ = first.accept()
            connection.shutdown(host.SHUT_WR)
            connection.recv(1)  # the end of the stream: the peer has closed as well
            connection.close()
        with listener(host, reuse=reuse) as second:
            return outcome(second.bind, ("", PORT))

    return server


def listener(host: Host, *, reuse: bool) -> Any:
    """A fresh socket, with SO_REUSEADDR or without."""
    made = host.socket()
    made.setsockopt(host.SOL_SOCKET, host.SO_REUSEADDR, int(reuse))
    return made


def closes_after(host: Host) -> bytes:
    """A client that closes when the server has closed."""
    with host.create_connection(SERVER) as connection:
        return connection.recv(1)


# ------------------------------------------------ EPIPE


def hangs_up(host: Host) -> None:
    """A server that closes at once, having nothing left to read."""
    with host.create_server(("", PORT)) as listener:
        connection, _ = listener.accept()
        connection.close()


def insists(sends: int = 3, pause: float = 0.2) -> Program:
    """A client that hears the end of the stream and sends all the same; how each send() ended.

    A FIN says only that the server sends no more, so the first one succeeds. It provokes a RST, and a later one fails.
    """

    def client(host: Host) -> list[str]:
        with host.create_connection(SERVER) as connection:
            connection.recv(1)
            return [told_after(host, pause, outcome(connection.send, b"hello")) for _ in range(sends)]

    return client


def told_after(host: Host, pause: float, told: str) -> str:
    """The same, after a pause in which an answer may arrive."""
    host.sleep(pause)
    return told


# ------------------------------------------------ a part of much


def reads_late(host: Host) -> int:
    """A server that reads nothing from its first caller until a second one calls; how many octets there were."""
    with host.create_server(("", PORT)) as listener:
        connection, _ = listener.accept()
        second, _ = listener.accept()
    with connection, second:
        return sum(len(octets) for octets in iter(lambda: connection.recv(65536), b""))


def overfills(host: Host) -> tuple[int, str]:
    """A client that sends much without waiting, and then calls again; how many octets were taken, and what was said."""
    with host.create_connection(SERVER) as connection:
        connection.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        taken, said = send_at_once(connection, bytes(MEGABYTES_64))
        with host.create_connection(SERVER):
            return taken, said


def send_at_once(connection: Any, octets: bytes) -> tuple[int, str]:
    """Send until there is no more, or no more room."""
    view, taken = memoryview(octets), 0
    try:
        while taken < len(view):
            taken += connection.send(view[taken:])
    except BlockingIOError as error:
        return taken, errno.errorcode[error.errno or 0]
    return taken, OK


# ------------------------------------------------ makefile


def hears_all(patience: float = 0.2) -> Program:
    """A server that listens for so many seconds, says "go on", and listens again; what it heard, both times."""

    def server(host: Host) -> list[str]:
        with host.create_server(("", PORT)) as listener:
            connection, _ = listener.accept()
        with connection:
            return heard_twice(connection, patience)

    return server


def heard_twice(connection: Any, patience: float = 0.2) -> list[str]:
    """Listen for so many seconds, say "go on", and listen again; what recv() said, both times."""
    connection.settimeout(patience)
    early = said(connection)
    connection.settimeout(None)
    connection.sendall(b"go on\n")
    return [early, said(connection)]


def said(connection: Any) -> str:
    """What recv() says: "b''" after a FIN, "ECONNRESET" after a RST, "TimeoutError" after neither."""
    try:
        return repr(connection.recv(100))
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, type(error).__name__)


def keeps_a_file(host: Host) -> str:
    """A client that closes its socket and keeps the file made of it: only with the file the connection ends."""
    connection = host.create_connection(SERVER)
    file = connection.makefile("r", encoding="ascii")
    connection.close()
    with file:
        line: str = file.readline()
    return line
