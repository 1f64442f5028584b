"""Broken: HTTP as it must not be, and programs that say it all the same (RFC 9112, sections 2.2, 5, 6.3, 7.1).

REQUESTS    what a server has to refuse, each with the status that it deserves
ANSWERS     what a client has to refuse
"""

from course.apps.messages import LONGEST_BODY
from course.sockets.host import Host, Program

PORT = 8080
SERVER = ("server", PORT)
GET = b"GET / HTTP/1.1\r\nHost: server\r\n"
POST = b"POST /mirror HTTP/1.1\r\nHost: server\r\n"
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"

REQUESTS: dict[str, tuple[bytes, int]] = {
    "garbage": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    "not a request": (b"hello, server\r\n\r\n", 400),
    "no version": (b"GET /\r\nHost: server\r\n\r\n", 400),
    "another version": (b"GET / HTTP/2.0\r\nHost: server\r\n\r\n", 505),
    "no Host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two Hosts": (GET + b"Host: other\r\n\r\n", 400),
    "a space before the colon": (GET + b"Length : 1\r\n\r\n", 400),
    "no colon": (GET + b"what is this\r\n\r\n", 400),
    "a NUL in a header": (GET + b"X: a\0b\r\n\r\n", 400),
    "a bare CR in a header": (GET + b"X: a\rb\r\n\r\n", 400),
    "a line of a megabyte": (GET + b"X: " + b"x" * 1_000_000 + b"\r\n\r\n", 431),
    "a head without end": (GET + b"X: 1\r\n" * 10_000, 431),
    "a length that is no number": (POST + b"Content-Length: five\r\n\r\nhello", 400),
    "a negative length": (POST + b"Content-Length: -5\r\n\r\nhello", 400),
    "a length with a sign": (POST + b"Content-Length: +5\r\n\r\nhello", 400),
    "two lengths": (POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", 400),
    "two lengths in one": (POST + b"Content-Length: 5, 6\r\n\r\nhello!", 400),
    "a length and chunks": (POST + b"Content-Length: 5\r\n" + CHUNKED + b"\r\n0\r\n\r\n", 400),
    "a body that is too long": (POST + b"Content-Length: %d\r\n\r\n" % (LONGEST_BODY + 1), 413),
    "a length of 30 digits": (POST + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n", 400),
    "an unknown coding": (POST + b"Transfer-Encoding: gzip\r\n\r\n", 501),
    "chunks in HTTP/1.0": (b"POST /mirror HTTP/1.0\r\n" + CHUNKED + b"\r\n0\r\n\r\n", 400),
    "a chunk size that is no number": (POST + CHUNKED + b"\r\nfive\r\nhello\r\n0\r\n\r\n", 400),
    "a negative chunk size": (POST + CHUNKED + b"\r\n-5\r\nhello\r\n0\r\n\r\n", 400),
    "a chunk size in Python's way": (POST + CHUNKED + b"\r\n0x5\r\nhello\r\n0\r\n\r\n", 400),
    "a chunk size of 30 digits": (POST + CHUNKED + b"\r\n" + b"f" * 30 + b"\r\nhello", 400),
    "a chunk longer than its size": (POST + CHUNKED + b"\r\n4\r\nhello\r\n0\r\n\r\n", 400),
    "chunks beyond the limit": (
        POST + CHUNKED + b"\r\n" + b"%x\r\n" % (LONGEST_BODY + 1) + b"x" * LONGEST_BODY + b"x",
        413,
    ),
}

ANSWERS: dict[str, bytes] = {
    "garbage": b"\x15\x03\x01\x00\x02\x02\x46",
    "nothing": b"",
    "not an answer": b"220 smtp.example ready\r\n\r\n",
    "half a head": OK + b"Content-Le",
    "a head without end": OK + b"X: 1\r\n" * 10_000,
    "a line of a megabyte": OK + b"X: " + b"x" * 1_000_000 + b"\r\n\r\n",
    "a body that is too short": OK + b"Content-Length: 10\r\n\r\nhello",
    "two lengths": OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "a negative length": OK + b"Content-Length: -5\r\n\r\nhello",
    "a length and chunks": OK + b"Content-Length: 5\r\n" + CHUNKED + b"\r\n0\r\n\r\n",
    "a chunk size that is no number": OK + CHUNKED + b"\r\nfive\r\nhello\r\n0\r\n\r\n",
    "a chunk longer than its size": OK + CHUNKED + b"\r\n4\r\nhello\r\n0\r\n\r\n",
    "a last chunk that never comes": OK + CHUNKED + b"\r\n5\r\nhello\r\n",
    "a status of two digits": b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
    "another version": b"HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n",
    "a body that is too long": OK + b"Content-Length: %d\r\n\r\n" % (LONGEST_BODY + 1),
}


def says(octets: bytes, size: int | None = None, *, hangs_up: bool = False) -> Program:
    """A client that says these octets, in pieces of that size (None: in one), and returns all that it hears.

    `hangs_up` closes its direction afterwards; otherwise it waits until the server closes.
    """

    def saying(host: Host) -> bytes:
        with host.create_connection(SERVER) as connection:
            for at in range(0, len(octets), size or len(octets)):
                connection.sendall(octets[at : at + (size or len(octets))])
            if hangs_up:
                connection.shutdown(host.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(1024), b""))

    return saying


def answers(octets: bytes, size: int | None = None, *, hangs_up: bool = True) -> Program:
    """A server that says these octets to whoever asks it something, in pieces of that size, and closes.

    If it does not hang up, it waits for the client to do so.
    """

    def answering(host: Host) -> None:
        with host.create_server(("", PORT)) as listener, listener.accept()[0] as connection:
            connection.recv(4096)
            for at in range(0, len(octets), size or len(octets) or 1):
                connection.sendall(octets[at : at + (size or len(octets))])
            if not hangs_up:
                connection.recv(4096)

    return answering
