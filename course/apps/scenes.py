"""Scenes: small pairs of programs, each for one thing that TCP does on the wire.

A server listens on port 7000 of the host "server"; a client calls it. Some of them wait for TCP's timers, for seconds.
"""

from course.sockets.host import Host

PORT = 7000
SERVER = ("server", PORT)
A_WINDOW = 4096  # octets of receive buffer that are soon full


def nobody(host: Host) -> None:
    """Run no service at all."""


def refused(host: Host) -> str:
    """Call where nobody listens: the answer to the SYN is a RST (RFC 9293, section 3.5.2)."""
    try:
        host.create_connection(SERVER).close()
    except ConnectionRefusedError:
        return "refused"
    return "connected"


def answering(host: Host) -> bytes:
    """Listen to the very end, and only then answer."""
    with host.create_server(("", PORT)) as listener:
        connection, _ = listener.accept()
        with connection:
            heard = b"".join(iter(lambda: connection.recv(1024), b""))
            connection.sendall(heard.upper())
    return heard


def half_closing(host: Host) -> bytes:
    """Say all there is to say, close this direction, and go on listening (RFC 9293, section 3.6)."""
    with host.create_connection(SERVER) as connection:
        connection.sendall(b"that is all")
        connection.shutdown(host.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(1024), b""))


def telling(host: Host) -> str:
    """Say something that nobody reads, and hear what comes of it."""
    with host.create_server(("", PORT)) as listener:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"important")
            try:
                connection.recv(1024)
            except ConnectionResetError:
                return "reset"
    return "closed"


def not_reading(host: Host) -> None:
    """Close while octets have arrived that were never read: the close becomes a RST (RFC 9293, section 3.10.4)."""
    with host.create_connection(SERVER) as connection:
        connection.recv(1024, host.MSG_PEEK)


def full(host: Host) -> None:
    """Listen, and never accept: one connection may wait, and that is all."""
    with host.create_server(("", PORT), backlog=0):
        host.sleep(4)


def ignored(host: Host) -> str:
    """Call twice; the second SYN is not answered, and sent again and again (RFC 9293, section 3.8.1)."""
    with host.create_connection(SERVER), host.socket() as second:
        second.settimeout(3.5)
        try:
            second.connect(SERVER)
        except TimeoutError:
            return "timed out"
    return "connected"


def itself(host: Host) -> bytes:
    """Call oneself: SYN meets SYN, a simultaneous open with one end (RFC 9293, figure 7)."""
    with host.socket() as both:
        both.bind(("", PORT))
        both.connect((host.name, PORT))
        both.sendall(b"hello, me")
        return both.recv(1024)


def twice(host: Host) -> None:
    """Take two callers, one after the other, and hear each of them to the end."""
    with host.create_server(("", PORT)) as listener:
        for _ in range(2):
            connection, _ = listener.accept()
            with connection:
                connection.recv(1024)


def again(host: Host) -> str:
    """Close first, wait a little, and call again from the same port, which is in TIME-WAIT (RFC 6191)."""
    for _ in range(2):
        with host.socket() as connection:
            connection.setsockopt(host.SOL_SOCKET, host.SO_REUSEADDR, 1)
            connection.bind(("", 7001))
            connection.connect(SERVER)
        host.sleep(1.5)
    return "connected again"


def silent(host: Host) -> None:
    """Take a caller, and say nothing for a while."""
    with host.create_server(("", PORT)) as listener:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1024)


def keeping_alive(host: Host) -> None:
    """Say nothing for three seconds, and let TCP ask whether the peer is still there (RFC 9293, section 3.8.4)."""
    with host.create_connection(SERVER) as connection:
        connection.setsockopt(host.SOL_SOCKET, host.SO_KEEPALIVE, 1)
        connection.setsockopt(host.IPPROTO_TCP, host.TCP_KEEPIDLE, 1)
        connection.setsockopt(host.IPPROTO_TCP, host.TCP_KEEPINTVL, 1)
        host.sleep(3.2)


def slow(host: Host) -> int:
    """Have little room, and read nothing for a while; then everything. How many octets were there?"""
    with host.socket() as listener:
        listener.setsockopt(host.SOL_SOCKET, host.SO_RCVBUF, A_WINDOW)
        listener.bind(("", PORT))
        listener.listen()
        connection, _ = listener.accept()
        with connection:
            host.sleep(1.5)
            return sum(map(len, iter(lambda: connection.recv(1024), b"")))


def pushing(host: Host) -> None:
    """Send more than fits in: the window closes, and is asked for (RFC 9293, section 3.8.6.1)."""
    with host.create_connection(SERVER) as connection:
        connection.sendall(b"octet " * (2 * A_WINDOW // 6))
