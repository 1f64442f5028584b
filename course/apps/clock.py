"""Clock: a server whose clock ticks, and a client that hears of it in four ways (RFC 9110; RFC 6455).

polling        ask again and again: /ticks answers at once, mostly with nothing
long_polling   ask, and be kept waiting: /next answers when there is something
events         ask once: /events answers without an end, an event for each tick (server-sent events)
websocket      ask once, and leave HTTP: /socket becomes a WebSocket, and either end may speak

Each asks for the ticks after the last one that it has heard of, so none is missed, whatever the network does.
"""

from collections.abc import Iterator
from typing import NamedTuple

import h11

from course.apps import websocket as ws
from course.apps.messages import CHUNKED, PATIENCE, BadMessage, Message, Messages
from course.apps.web import PORT, listen
from course.sockets.host import Host

SERVER = ("server", PORT)
PERIOD = 1.0  # seconds from tick to tick
EVERY = 0.25  # seconds between two questions of somebody who polls
TICKS = 4
STREAM = "text/event-stream"


class Tick(NamedTuple):
    """A tick that a client has heard of: which one, and how many seconds late."""

    number: int
    late: float


# ------------------------------------------------ the server


def server(host: Host, period: float = PERIOD) -> None:
    """Tick every `period` seconds, from the beginning of the run on, and tell whoever asks."""
    listen(host, lambda host, messages, request: respond(host, messages, request, period))


def respond(host: Host, messages: Messages, request: Message, period: float) -> None:
    """Answer a request in the way that its target asks for."""
    target, _, last = str(request.start[1]).partition("?after=")
    if not last.isdecimal() or len(last) > 9:
        raise BadMessage("write the number of the last tick that you know of behind it, as in /next?after=0", 404)
    after = int(last)
    match target:
        case "/ticks":
            messages.answer(200, lines(host, after, period), "text/plain")
        case "/next":
            sleep_until(host, (after + 1) * period)
            messages.answer(200, lines(host, after, period), "text/plain")
        case "/events":
            send_events(host, messages, after, period)
        case "/socket":
            send_frames(host, messages, request, after, period)
        case _:
            raise BadMessage("there are /ticks, /next, /events and /socket", 404)


def send_events(host: Host, messages: Messages, after: int, period: float) -> None:
    """Answer without an end, one chunk for each tick, until the client closes."""
    messages.begin(STREAM, CHUNKED | {"Cache-Control": "no-store"})
    tick = after + 1
    while not waits_for(host, messages, tick * period):
        messages.go_on(f"data: {tick}\n\n".encode())
        tick += 1


def send_frames(host: Host, messages: Messages, request: Message, after: int, period: float) -> None:
    """Say each tick in a frame of its own, until the client says goodbye or vanishes."""
    frames = ws.upgrade(messages, request)
    tick = after + 1
    while frames is not None and frames.is_open:
        if waits_for(host, messages, tick * period):
            frames.hear()
        else:
            frames.say(str(tick))
            tick += 1


def waits_for(host: Host, messages: Messages, moment: float) -> bool:
    """Wait for that moment; True if the client says something first, or closes."""
    ready, _, _ = host.select([messages.connection], timeout=max(0.0, moment - host.now()))
    return bool(ready)


def lines(host: Host, after: int, period: float) -> bytes:
    """The ticks that there have been after that one, each on a line."""
    last = int(host.now() / period + 1e-6)  # the moment of a tick may be rounded down
    return "".join(f"{tick}\n" for tick in range(after + 1, last + 1)).encode()


def sleep_until(host: Host, moment: float) -> None:
    """Do nothing until then."""
    host.sleep(max(0.0, moment - host.now()))


# ------------------------------------------------ four clients


def polling(host: Host, period: float = PERIOD, every: float = EVERY, ticks: int = TICKS) -> list[Tick]:
    """Ask whether the clock has ticked, and ask again after a while."""
    return asking(host, "/ticks", period, every, ticks)


def long_polling(host: Host, period: float = PERIOD, ticks: int = TICKS) -> list[Tick]:
    """Ask for the next tick; the answer comes when there is one, and then ask for the next."""
    return asking(host, "/next", period, 0, ticks)


def asking(host: Host, target: str, period: float, pause: float, ticks: int) -> list[Tick]:
    """Ask over one connection until so many ticks have been heard of."""
    heard: list[Tick] = []
    with host.create_connection(SERVER) as connection:
        messages = Messages(host, connection, h11.CLIENT, patience=PATIENCE + period)
        while len(heard) < ticks:
            messages.ask("GET", f"{target}?after={len(heard)}")
            heard += noted(host, body_of(messages).split(), period)
            messages.may_go_on()
            host.sleep(pause)
    return heard[:ticks]


def events(host: Host, period: float = PERIOD, ticks: int = TICKS) -> list[Tick]:
    """Ask once, and read the answer as it grows; close when enough has been heard."""
    heard: list[Tick] = []
    with host.create_connection(SERVER) as connection:
        messages = Messages(host, connection, h11.CLIENT, patience=PATIENCE + period)
        messages.ask("GET", "/events?after=0", {"Accept": STREAM})
        messages.head()
        for event in blocks(messages):
            heard += noted(host, [event.removeprefix("data: ")], period)
            if len(heard) == ticks:
                break
    return heard


def websocket(host: Host, period: float = PERIOD, ticks: int = TICKS) -> list[Tick]:
    """Ask for a WebSocket, take the ticks out of its frames, and say goodbye."""
    heard: list[Tick] = []
    with host.create_connection(SERVER) as connection:
        connection.settimeout(PATIENCE + period)
        frames = ws.ask(connection, SERVER, "/socket?after=0")
        while len(heard) < ticks:
            heard += noted(host, frames.hear(), period)
        frames.close()
    return heard[:ticks]


def noted(host: Host, texts: list[str], period: float) -> list[Tick]:
    """The ticks in these texts, and how late we hear of them."""
    return [Tick(int(text), round(host.now() - int(text) * period, 3)) for text in texts]


def body_of(messages: Messages) -> str:
    """The body of the answer."""
    answer = messages.hear()
    if answer is None or answer.start[0] != 200:
        raise BadMessage(f"no ticks: {answer.start if answer else 'the connection ended'}")
    return answer.body.decode()


def blocks(messages: Messages) -> Iterator[str]:
    """The events of a stream: each ends with an empty line, wherever the chunks are cut."""
    text = ""
    while some := messages.some():
        *whole, text = (text + some.decode()).split("\n\n")
        yield from whole
    raise BadMessage("the stream of events ended")
