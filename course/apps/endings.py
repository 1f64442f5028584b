"""Endings: how an answer ends, and how its connection does, written by hand (RFC 9112, sections 6.3 and 9.6).

by_length, in_chunks, until_close    one body, and three ways to tell where it ends
hasty, in_two_steps                  one answer, and two ways to close after it
"""

import h11

from course.apps.messages import Messages
from course.sockets.host import Host

PORT = 8080
SENTENCE = b"Octets have no end of their own.\r\n"
START = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n"
REFUSAL = b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def by_length(body: bytes = SENTENCE) -> bytes:
    """An answer that says beforehand how many octets its body has (RFC 9110, section 8.6)."""
    return START + b"Content-Length: %d\r\n\r\n" % len(body) + body


def in_chunks(body: bytes = SENTENCE, size: int = 12) -> bytes:
    """An answer in pieces, each with its length in hexadecimal digits; an empty one is the last (section 7.1)."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in [*pieces, b""])
    return START + b"Transfer-Encoding: chunked\r\n\r\n" + chunks


def until_close(body: bytes = SENTENCE) -> bytes:
    """An answer whose body ends where the connection does: nobody can tell whether it is whole."""
    return START + b"\r\n" + body


ENDINGS = {"/length": by_length, "/chunks": in_chunks, "/close": until_close}


def server(host: Host) -> None:
    """Answer three callers, one after the other, with the ending that each asks for, and hang up."""
    with host.create_server(("", PORT)) as listener:
        for _ in ENDINGS:
            connection, _ = listener.accept()
            with connection:
                target = head_of(connection).split()[1].decode()
                connection.sendall(ENDINGS[target]())


def head_of(connection: object) -> bytes:
    """The head of a request: all up to its empty line, however it arrives."""
    head = b""
    while not head.endswith(b"\r\n\r\n") and (octet := connection.recv(1)):  # type: ignore[attr-defined]
        head += octet
    return head


def hasty(host: Host) -> None:
    """Refuse a long request before all of it was read, and close at once: the RST may take the answer with it."""
    with host.create_server(("", PORT)) as listener, listener.accept()[0] as connection:
        connection.recv(1024)
        connection.sendall(REFUSAL)


def in_two_steps(host: Host) -> None:
    """Refuse it in the same words, and hear the caller out before closing."""
    with host.create_server(("", PORT)) as listener, listener.accept()[0] as connection:
        connection.recv(1024)
        connection.sendall(REFUSAL)
        Messages(host, connection, h11.SERVER).part()
