"""WebSocket: frames in both directions, after an HTTP request that asks for it (RFC 6455), by websockets, a library."""

from typing import Any

from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import OPEN, SEND_EOF
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from course.apps.messages import ALWAYS, BadMessage, Message, Messages

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
MASK = bytes.fromhex("37fa213d")
# Both are the RFC's own examples (sections 1.3 and 5.7). They should be drawn by chance: a browser must not be led to
# send octets that somebody else has chosen. But then no run could be repeated.


class Frames:
    """One end of a WebSocket: `say()` sends a text, `hear()` waits for texts, `close()` says goodbye."""

    def __init__(self, connection: Any, protocol: ClientProtocol | ServerProtocol) -> None:
        self._connection = connection
        self._protocol = protocol

    @property
    def is_open(self) -> bool:
        """May texts still be sent?"""
        return self._protocol.state is OPEN

    def say(self, text: str) -> None:
        """Send a text, in one frame."""
        self._protocol.send_text(text.encode())
        self.flush()

    def hear(self) -> list[str]:
        """Wait for octets, and give the texts in them; pings and a goodbye are answered. BadMessage for no frame."""
        octets = self._connection.recv(4096)
        self.take(octets)
        events = self._protocol.events_received()
        wrong = self._protocol.handshake_exc or self._protocol.parser_exc
        if wrong is not None or not octets:
            raise BadMessage(f"no WebSocket: {wrong or 'the connection ended'}")
        frames = [event for event in events if isinstance(event, Frame)]
        return [bytes(frame.data).decode() for frame in frames if frame.opcode is Opcode.TEXT]

    def take(self, octets: bytes) -> None:
        """Octets that have arrived; none is the end of the stream."""
        if octets:
            self._protocol.receive_data(octets)
        else:
            self._protocol.receive_eof()
        self.flush()

    def close(self) -> None:
        """Say goodbye, and wait until the other end has said so as well, and closed (RFC 6455, section 7.1.1)."""
        self._protocol.send_close(1000)
        self.flush()
        while self._connection.recv(4096):
            pass

    def flush(self) -> None:
        """Send what the library wants to be sent."""
        for octets in self._protocol.data_to_send():
            if octets is SEND_EOF:
                break  # whoever owns the connection closes it
            self._connection.sendall(remasked(octets))


def remasked(octets: bytes) -> bytes:
    """A frame that is masked by chance, masked by MASK; all else stays as it is."""
    if len(octets) < 2 or not octets[0] & octets[1] & 0x80:
        return octets
    at = 2 + {126: 2, 127: 8}.get(octets[1] & 0x7F, 0)
    mask, payload = octets[at : at + 4], octets[at + 4 :]
    return octets[:at] + MASK + bytes(octet ^ mask[n % 4] ^ MASK[n % 4] for n, octet in enumerate(payload))


def upgrade(messages: Messages, request: Message) -> Frames | None:
    """Answer a request for a WebSocket, with 101 if it is a good one; else None, and the answer says why."""
    protocol = ServerProtocol()
    method, target = request.start
    asked = Request(str(target), Headers(request.fields), str(method), f"HTTP/{request.version}")
    protocol.receive_data(asked.serialize() + messages.rest)  # h11 has read it already, and the library wants to
    answer = protocol.accept(asked)
    for name in ALWAYS:
        answer.headers.pop(name, None)
    answer.headers.update(ALWAYS)
    protocol.send_response(answer)
    messages.by_hand(b"".join(protocol.data_to_send()))
    return Frames(messages.connection, protocol) if protocol.state is OPEN else None


def ask(connection: Any, address: tuple[str, int], target: str) -> Frames:
    """Ask for a WebSocket on this connection; `hear()` tells if that is refused."""
    protocol = ClientProtocol(parse_uri(f"ws://{address[0]}:{address[1]}{target}"))
    protocol.key = KEY
    frames = Frames(connection, protocol)
    protocol.send_request(protocol.connect())
    frames.flush()
    return frames
