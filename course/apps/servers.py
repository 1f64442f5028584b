"""One service in four shapes: it sends back in capitals what it hears. Which caller has to wait for which?

one_at_a_time   a loop: serve one caller to the end, then accept the next
threads         a program of its own for each caller
selecting       one program that waits for all of them at once, by select(2)
coroutines      asyncio, which does that for you; on this machine's kernel only
"""

import asyncio
import selectors
from contextlib import closing, suppress
from typing import Any

from course.errors import Stopped
from course.sockets.host import Host, Program

PORT = 7000


def one_at_a_time(host: Host) -> None:
    """Serve one caller, to the end, and then the next, who has been waiting in the listener's queue."""
    with host.create_server(("", PORT)) as listener:
        while True:
            connection, _ = listener.accept()
            serve(host, connection)


def threads(host: Host) -> None:
    """Accept, and let a program of its own serve each caller; here spawn() stands for what starts a thread."""
    with host.create_server(("", PORT)) as listener:
        while True:
            connection, _ = listener.accept()
            host.spawn(serve, connection)


def serve(host: Host, connection: Any) -> None:
    """Answer one caller until it closes."""
    with connection:
        while octets := connection.recv(1024):
            connection.sendall(octets.upper())


def selecting(host: Host) -> None:
    """Serve all callers in one program: it waits in select() only, and for whichever is ready first.

    From a caller who has not yet taken the last answer it reads no more: so no answer can grow without a limit.
    """
    with host.create_server(("", PORT)) as listener:
        unsent: dict[Any, bytes] = {}  # the part of its answer that each caller's socket has not taken yet
        while True:
            waiting = [each for each, octets in unsent.items() if octets]
            silent = [each for each, octets in unsent.items() if not octets]
            reading, writing, _ = host.select([listener, *silent], waiting)
            for ready in reading:
                take(ready, listener, unsent)
            for ready in writing:
                taken = ready.send(unsent[ready])  # perhaps only a part
                unsent[ready] = unsent[ready][taken:]


def take(ready: Any, listener: Any, unsent: dict[Any, bytes]) -> None:
    """A new caller, or octets, or the end of the stream: it is ready, so none of these calls waits."""
    if ready is listener:
        connection, _ = listener.accept()
        connection.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        unsent[connection] = b""
    elif octets := ready.recv(1024):
        unsent[ready] = octets.upper()
    else:
        ready.close()
        del unsent[ready]


def coroutines(host: Host) -> None:
    """Serve all callers by asyncio: each `await` is where select() may let another one go on.

    On this machine's kernel only. asyncio waits for descriptors, and a simulated socket has none: there this program
    ends with io.UnsupportedOperation.
    """
    with host.create_server(("", PORT)) as listener:
        listener.fileno()  # asyncio will ask for it
        with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(Selector(host))) as runner:
            runner.run(serve_all(listener))


async def serve_all(listener: Any) -> None:
    """Accept for ever."""
    async with await asyncio.start_server(answer, sock=listener) as server:
        await server.serve_forever()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one caller until it closes."""
    with closing(writer), suppress(asyncio.CancelledError):  # the run is over: nothing to complain of
        while octets := await reader.read(1024):
            writer.write(octets.upper())
            await writer.drain()


class Selector(selectors.SelectSelector):
    """What asyncio waits by, made of host.select(): so its waits are in the record, and the run can end them.

    It inherits because asyncio asks for a selector of the standard library's.
    """

    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host = host
        self._over = False

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """The keys whose descriptors are ready, and for what. When the run is over it waits for nothing any more."""
        if self._over:
            return []
        keys = list(self.get_map().values())
        reading = [key.fd for key in keys if key.events & selectors.EVENT_READ]
        writing = [key.fd for key in keys if key.events & selectors.EVENT_WRITE]
        try:
            reading, writing, _ = self._host.select(reading, writing, [], timeout and max(timeout, 0))
        except Stopped:
            self._over = True
            raise
        return [(key, events) for key in keys if (events := what_is_ready(key.fd, reading, writing) & key.events)]


def what_is_ready(number: int, reading: list[int], writing: list[int]) -> int:
    """What a descriptor is ready for, as a selector says it."""
    return selectors.EVENT_READ * (number in reading) | selectors.EVENT_WRITE * (number in writing)


def caller(*words: bytes, pause: float = 0.0) -> Program:
    """A program that says these words to the host called "server", waits `pause` seconds after each, and hangs up.

    It returns the answers.
    """

    def call(host: Host) -> list[bytes]:
        with host.create_connection(("server", PORT)) as connection:
            return [ask(host, connection, word, pause) for word in words]

    return call


def ask(host: Host, connection: Any, word: bytes, pause: float) -> bytes:
    """Say a word, and hear as many octets as it has: TCP keeps no boundaries, so count."""
    connection.sendall(word)
    heard = hear(connection, len(word))
    host.sleep(pause)
    return heard


def hear(connection: Any, count: int) -> bytes:
    """So many octets, or fewer if the stream ends before."""
    heard = b""
    while len(heard) < count and (octets := connection.recv(1024)):
        heard += octets
    return heard
