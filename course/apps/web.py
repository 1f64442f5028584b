"""Web: a small server of pages. It speaks HTTP/1.1, and to those who ask so HTTP/1.0 (RFC 9110, RFC 9112)."""

import struct
import zlib
from collections.abc import Callable
from typing import Any, TypeAlias

import h11

from course.apps.endings import SENTENCE, until_close
from course.apps.messages import PATIENCE, BadMessage, Message, Messages
from course.sockets.host import Host

PORT = 8080
SMILE = b"\x3c\x42\xa5\x81\xa5\x99\x42\x3c"  # 8 rows of 8 dots, a bit for each

Respond: TypeAlias = Callable[[Host, Messages, Message], None]
"""What answers a request: it is given the host, the connection's messages, and the request."""


def picture(rows: bytes = SMILE) -> bytes:
    """A PNG of 8 dots in each row, octet by octet: a body of HTTP may be anything (RFC 2083, section 3)."""
    header = struct.pack("!IIBBBBB", 8, len(rows), 1, 0, 0, 0, 0)  # width, height, one bit a dot, grey
    dots = b"".join(b"\0" + bytes([row ^ 0xFF]) for row in rows)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(dots, 0)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data)) for name, data in parts
    )


PAGES = {
    "/": ("text/html", b"<h1>Hello</h1>\r\n"),
    "/long": ("text/html", b"<p>The same line, many times over.</p>\r\n" * 125),
    "/slow": ("text/html", b"<p>This took a second.</p>\r\n"),
    "/picture.png": ("image/png", picture()),
    "/length": ("text/plain", SENTENCE),
    "/chunks": ("text/plain", SENTENCE),
    "/close": ("text/plain", SENTENCE),
}
"""What there is to get; the last three are one sentence with three endings (RFC 9112, section 6.3)."""


# ------------------------------------------------ the server


def server(host: Host) -> None:
    """Accept callers for ever, and answer their requests for PAGES; what is posted to /mirror comes back."""
    listen(host, pages)


def listen(host: Host, respond: Respond, patience: float = PATIENCE) -> None:
    """Accept callers for ever; a program of its own answers the requests of each, by `respond`."""
    with host.create_server(("", PORT)) as listener:
        while True:
            connection, _ = listener.accept()
            host.spawn(serve, connection, respond, patience)


def serve(host: Host, connection: Any, respond: Respond, patience: float = PATIENCE) -> None:
    """Answer one caller's requests in their order, until one of both says that it was the last.

    What is no request is answered with an error, and the connection closed. A caller that vanishes is nobody's fault.
    """
    messages = Messages(host, connection, h11.SERVER, patience=patience)
    with connection:
        connection.setsockopt(host.IPPROTO_TCP, host.TCP_NODELAY, 1)  # an answer is whole: let none wait for an ACK
        try:
            if converse(host, messages, respond):
                messages.part()
        except ConnectionError:
            return


def converse(host: Host, messages: Messages, respond: Respond) -> bool:
    """Request and answer by turns; False if it was the caller who ended it, so that no farewell is needed."""
    try:
        while request := messages.hear():
            respond(host, messages, request)
            if not messages.may_go_on():
                return True
    except BadMessage as bad:
        messages.refuse(bad)
        return True
    return False


def pages(host: Host, messages: Messages, request: Message) -> None:
    """Answer with the page that is asked for."""
    method, target = request.start
    if (method, target) == ("POST", "/mirror"):
        messages.answer(200, request.body, "application/octet-stream")
    elif method not in ("GET", "HEAD"):
        messages.answer(405, b"", fields={"Allow": "GET, HEAD"})
    elif target in PAGES:
        send_page(host, messages, str(target), head_only=method == "HEAD")
    else:
        messages.answer(404, b"<h1>Not Found</h1>\r\n", head_only=method == "HEAD")


def send_page(host: Host, messages: Messages, target: str, *, head_only: bool) -> None:
    """Send a page, with the ending that belongs to it."""
    kind, body = PAGES[target]
    if target == "/slow":
        host.sleep(1)
    if target == "/close" and not head_only:
        messages.by_hand(until_close(body))
    elif target == "/chunks" and not head_only:
        messages.begin(kind)
        for word in body.split(b" "):
            messages.go_on(word + b" " * (not word.endswith(b"\n")))
        messages.end()
    else:
        messages.answer(200, body, kind, head_only=head_only)
