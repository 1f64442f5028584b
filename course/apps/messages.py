"""Messages: HTTP over one socket (RFC 9112). h11 parses and frames; here are octets, deadlines, and the close."""

import re
import textwrap
from contextlib import suppress
from http import HTTPStatus
from typing import Any, NamedTuple, TypeAlias

import h11

from course.sockets.host import Host

PATIENCE = 5.0  # seconds that a whole message may take, or a silence
A_MOMENT = 0.000_001  # seconds; 0 would mean not to wait at all
FAREWELL = 30.0  # seconds for which we hear who has been answered for the last time
LONGEST_HEAD = 16_384  # octets
LONGEST_BODY = 1 << 20
ALWAYS = {"Date": "Thu, 01 Jan 1970 00:00:00 GMT", "Server": "course"}  # so that a run can be repeated to the octet
RENAMED = {413: "Content Too Large"}  # before Python 3.13 the standard library has its old name
CHUNKED = {"Transfer-Encoding": "chunked"}

Fields: TypeAlias = dict[str, str]
"""Header fields by their names; those that were heard are in lower case."""


class BadMessage(OSError):
    """What came is no HTTP message, or not all of one; `status` is what a server answers to it.

    It is an OSError, as ConnectionResetError is, so that a run gives it as the program's result.
    """

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.status = status


class Message(NamedTuple):
    """A request or an answer, whole. `start` is (method, target) or (status, reason), `version` as in "1.1"."""

    start: tuple[str, str] | tuple[int, str]
    fields: Fields
    body: bytes
    version: str


class Messages:
    """One end of an HTTP connection: `hear()` takes the next message, `answer()` and `ask()` send one.

    Each message is handed to the socket in one call. What breaks HTTP's rules, or takes too long, raises BadMessage.
    """

    def __init__(self, host: Host, connection: Any, role: type[h11.CLIENT] | type[h11.SERVER], *,
                 patience: float = PATIENCE) -> None:  # fmt: skip
        self.host, self.connection = host, connection
        self._patience = patience
        self._deadline = 0.0
        self._http = h11.Connection(role, max_incomplete_event_size=LONGEST_HEAD)

    # ------------------------------------------------ hearing

    def hear(self) -> Message | None:
        """Wait for a whole message; None if the other end has closed, or was silent too long, before it began."""
        head = self.head()
        return head and head._replace(body=self._body())

    def head(self) -> Message | None:
        """Wait for the head of a message alone; `some()` has its body, piece by piece."""
        self._deadline = self.host.now() + self._patience
        head = self._head()
        if head is None:
            return None
        check(head)
        if self._http.they_are_waiting_for_100_continue:
            self._send(h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue"))
        fields = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}
        start = (head.method.decode(), head.target.decode()) if isinstance(head, h11.Request) else status_of(head)
        return Message(start, fields, b"", head.http_version.decode())

    def some(self) -> bytes:
        """Wait for some more of the body; b"" at its end."""
        self._deadline = self.host.now() + self._patience
        return self._some()

    def _head(self) -> h11.Request | h11.Response | None:
        """The head of the next message. What a server says beforehand, as 100 Continue, is passed over."""
        try:
            head = self._event()
            while isinstance(head, h11.InformationalResponse):
                head = self._event()
        except BadMessage as bad:
            silent = self._http.their_state is h11.IDLE and not self.rest
            if silent and bad.status == HTTPStatus.REQUEST_TIMEOUT:
                return None
            raise
        return head if isinstance(head, h11.Request | h11.Response) else None

    def _body(self) -> bytes:
        body = bytearray()
        while some := self._some():
            body += some
            if len(body) > LONGEST_BODY:
                raise too_long()
        return bytes(body)

    def _some(self) -> bytes:
        event = self._event()
        return bytes(event.data) if isinstance(event, h11.Data) else b""

    def _event(self) -> Any:
        """The next thing that h11 has found in the octets."""
        try:
            while (event := self._http.next_event()) is h11.NEED_DATA:
                self._http.receive_data(self._octets())
        except h11.RemoteProtocolError as error:
            raise BadMessage(plain(error, closed=self._http.trailing_data[1]), error.error_status_hint) from error
        return event

    def _octets(self) -> bytes:
        """What has arrived; b"" at the end of the stream."""
        self.connection.settimeout(max(self._deadline - self.host.now(), A_MOMENT))
        try:
            octets: bytes = self.connection.recv(LONGEST_HEAD)
        except TimeoutError:
            raise BadMessage(f"no whole message within {self._patience:g} seconds", 408) from None
        self.connection.settimeout(None)
        return octets

    @property
    def rest(self) -> bytes:
        """The octets that have arrived and belong to no message yet."""
        return self._http.trailing_data[0]

    def take(self, octets: bytes) -> None:
        """Octets that arrived before, behind an earlier message."""
        if octets:  # none would mean the end of the stream
            self._http.receive_data(octets)

    # ------------------------------------------------ saying

    def ask(self, method: str, target: str, fields: Fields | None = None, body: bytes = b"", *,
            version: str = "1.1") -> None:  # fmt: skip
        """Send a request. Version 1.0 asks for one answer, and the end of the connection (RFC 9112, section 9.3)."""
        self.connection.sendall(self.request(method, target, fields, body, version=version))

    def request(self, method: str, target: str, fields: Fields | None = None, body: bytes = b"", *,
                version: str = "1.1") -> bytes:  # fmt: skip
        """The octets of a request; h11 writes 1.1 only."""
        fields = {"Host": "server"} | (fields or {})
        fields |= {"Content-Length": str(len(body))} if body else {}
        fields |= {"Connection": "close"} if version == "1.0" else {}
        request = h11.Request(method=method, target=target, headers=list(fields.items()))
        octets = self._octets_of(request, *[h11.Data(body)] * bool(body), h11.EndOfMessage())
        return octets.replace(b" HTTP/1.1\r\n", f" HTTP/{version}\r\n".encode(), 1)

    def answer(self, status: int, body: bytes, kind: str = "text/html", fields: Fields | None = None, *,
               head_only: bool = False) -> None:  # fmt: skip
        """Send a whole answer, its length told in the head: in octets (RFC 9110, section 8.6)."""
        fields = {"Content-Type": kind, "Content-Length": str(len(body))} | (fields or {})
        data = [] if head_only or not body else [h11.Data(body)]
        self._send(response(status, fields), *data, h11.EndOfMessage())

    def begin(self, kind: str, fields: Fields = CHUNKED) -> None:
        """Begin an answer that ends with its last chunk (RFC 9112, section 7.1), or with the connection in HTTP/1.0."""
        self._send(response(200, {"Content-Type": kind} | fields))

    def go_on(self, body: bytes) -> None:
        """Send some more of its body, as one chunk."""
        self._send(h11.Data(body))

    def end(self) -> None:
        """End it."""
        self._send(h11.EndOfMessage())

    def by_hand(self, octets: bytes) -> None:
        """Send octets that h11 has nothing to do with; the connection has to be closed after them."""
        self._http.send_failed()
        self.connection.sendall(octets)

    def _send(self, *events: Any) -> None:
        self.connection.sendall(self._octets_of(*events))

    def _octets_of(self, *events: Any) -> bytes:
        return b"".join(self._http.send(event) or b"" for event in events)

    # ------------------------------------------------ going on, or not

    def may_go_on(self) -> bool:
        """Is the connection good for another request? If so, be ready for it (RFC 9112, section 9.3)."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    def refuse(self, bad: BadMessage) -> None:
        """Answer a request that is none, if no answer has begun yet, and say that this is the end."""
        if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self.answer(bad.status, f"{bad}\r\n".encode(), "text/plain", {"Connection": "close"})

    def part(self) -> None:
        """Close in two steps: say that no more will come, hear the rest, then close (RFC 9112, section 9.6).

        To close at once, with octets unread, would be a RST, and that may take away the answer before it is read. A
        caller that goes on for too long, or says nothing for too long, is left all the same.
        """
        until = self.host.now() + FAREWELL
        with suppress(OSError):
            self.connection.shutdown(self.host.SHUT_WR)
            self.connection.settimeout(PATIENCE)
            while self.connection.recv(65_536) and self.host.now() < until:
                pass
        self.connection.close()


def response(status: int, fields: Fields) -> h11.Response:
    """The head of an answer."""
    reason = RENAMED.get(status) or HTTPStatus(status).phrase
    return h11.Response(status_code=status, headers=[*ALWAYS.items(), *fields.items()], reason=reason)


def status_of(head: h11.Response) -> tuple[int, str]:
    """The status and the reason of an answer."""
    return head.status_code, head.reason.decode("latin-1")


def check(head: h11.Request | h11.Response) -> None:
    """Refuse what h11 lets through although nobody can tell where such a message ends, or what it means.

    Two lengths at once smuggle requests (RFC 9112, section 6.3, clause 3); HTTP/1.0 knows no chunks (section 6.1).
    """
    fields = dict(head.headers)
    if head.http_version not in (b"1.0", b"1.1"):
        raise BadMessage(f"HTTP/{head.http_version.decode()} is not spoken here", 505)
    if b"content-length" in fields and b"transfer-encoding" in fields:
        raise BadMessage("both Content-Length and Transfer-Encoding say where the body ends")
    if head.http_version == b"1.0" and b"transfer-encoding" in fields:
        raise BadMessage("HTTP/1.0 has no Transfer-Encoding")
    if int(fields.get(b"content-length", 0)) > LONGEST_BODY:
        raise too_long()


def too_long() -> BadMessage:
    """A body beyond the limit."""
    return BadMessage(f"the body is longer than {LONGEST_BODY} octets", 413)


def plain(error: h11.RemoteProtocolError, *, closed: bool) -> str:
    """What went wrong, in words without h11's own names."""
    if error.error_status_hint == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE:
        return f"a line or a head is longer than {LONGEST_HEAD} octets"
    if not closed:
        return textwrap.shorten(re.sub(r"bytearray\(b(.*?)\)", r"\1", str(error)), 100, placeholder=" …")
    _, bracket, counted = str(error).partition("(")
    return f"the connection ended before the message did {bracket}{counted}".rstrip()
