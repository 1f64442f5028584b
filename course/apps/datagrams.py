"""Datagrams: the same sends over UDP and over TCP, an echo that may get no answer, and a port that nobody has."""

from collections.abc import Callable, Iterable

from course.sockets.host import Host

PORT, NOBODYS_PORT = 7000, 7001
TWO = (b"first", b"again")
TWENTY = tuple(b"%5d" % number for number in range(1, 21))
PATIENCE = 2.0  # seconds: UDP itself waits for nothing, so its program says how long


# ------------------------------------------------ the same sends


def receiver(host: Host) -> list[bytes]:
    """Take datagrams, each by one recv(), until nothing has come for two seconds."""
    heard = []
    with host.socket(host.AF_INET, host.SOCK_DGRAM) as socket:
        socket.bind(("", PORT))
        socket.settimeout(PATIENCE)
        try:
            while True:
                heard.append(socket.recv(1024))
        except TimeoutError:
            return heard


def sender(host: Host) -> None:
    """Send two datagrams of five octets each."""
    send_datagrams(host, TWO)


def sender_of_twenty(host: Host) -> None:
    """Send twenty datagrams of five octets each, numbered."""
    send_datagrams(host, TWENTY)


def send_datagrams(host: Host, pieces: Iterable[bytes]) -> None:
    """Send one datagram for each piece."""
    with host.socket(host.AF_INET, host.SOCK_DGRAM) as socket:
        for piece in pieces:
            socket.sendto(piece, ("server", PORT))


def stream_receiver(host: Host) -> list[bytes]:
    """Take octets from one connection of TCP, each time what is there, until the end of the stream."""
    with host.create_server(("", PORT)) as listener:
        connection, _ = listener.accept()
        with connection:
            return list(iter(lambda: connection.recv(1024), b""))


def stream_sender(host: Host) -> None:
    """Send the same ten octets over TCP, by the same two sends."""
    send_stream(host, TWO)


def stream_sender_of_twenty(host: Host) -> None:
    """Send the same hundred octets over TCP, by the same twenty sends."""
    send_stream(host, TWENTY)


def send_stream(host: Host, pieces: Iterable[bytes]) -> None:
    """Send the pieces over one connection, one after the other."""
    with host.create_connection(("server", PORT)) as connection:
        for piece in pieces:
            connection.sendall(piece)


# ------------------------------------------------ echo


def echo_server(host: Host) -> None:
    """Send each datagram back to where it came from, for ever (RFC 862)."""
    with host.socket(host.AF_INET, host.SOCK_DGRAM) as socket:
        socket.bind(("", PORT))
        while True:
            octets, sender = socket.recvfrom(1024)
            socket.sendto(octets, sender)


def echo_client(host: Host) -> bytes:
    """Say hello until it comes back, ten times at the most: UDP sends nothing again, so its program does."""
    with host.socket(host.AF_INET, host.SOCK_DGRAM) as socket:
        socket.connect(("server", PORT))
        socket.settimeout(PATIENCE / 10)
        for _ in range(10):
            socket.send(b"hello")
            try:
                return socket.recv(1024)
            except TimeoutError:
                continue
        raise TimeoutError("said hello ten times, and nothing came back")


# ------------------------------------------------ ports


def nobody(host: Host) -> None:
    """Have no socket, so that nobody has any port."""


def connected_caller(host: Host) -> list[str]:
    """Send to a port that nobody has, from a connected socket: an ICMP message comes back, and the next call fails."""
    with host.socket(host.AF_INET, host.SOCK_DGRAM) as socket:
        socket.settimeout(PATIENCE)
        socket.connect(("server", NOBODYS_PORT))
        return [came_of(lambda: socket.send(b"hello")), came_of(lambda: socket.recv(1024))]


def unconnected_caller(host: Host) -> list[str]:
    """The same from a socket that is not connected: nobody tells it."""
    with host.socket(host.AF_INET, host.SOCK_DGRAM) as socket:
        socket.settimeout(PATIENCE)
        sent = came_of(lambda: socket.sendto(b"hello", ("server", NOBODYS_PORT)))
        return [sent, came_of(lambda: socket.recv(1024))]


def came_of(call: Callable[[], object]) -> str:
    """What a call returns, or its error's name."""
    try:
        return f"{call()}"
    except OSError as error:
        return type(error).__name__


def both_ports(host: Host) -> list[int]:
    """One number, two ports: a socket of TCP and one of UDP have it at the same time."""
    with host.create_server(("", PORT)) as listener, host.socket(host.AF_INET, host.SOCK_DGRAM) as socket:
        socket.bind(("", PORT))
        return [listener.getsockname()[1], socket.getsockname()[1]]
