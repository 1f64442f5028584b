"""Upload: a client that sends much, and a server that hears it to the end."""

from typing import Any

from course.sockets.host import Host, Program

PORT = 7000


def server(host: Host) -> bytes:
    """Take one caller, and hear it to the end; what it said."""
    with host.create_server(("", PORT)) as listener:
        connection, _ = listener.accept()
    return hear(host, connection)


def hear(host: Host, connection: Any) -> bytes:
    """Read a connection to its end; also as a program of its own: host.spawn(upload.hear, connection)."""
    with connection:
        return b"".join(iter(lambda: connection.recv(65536), b""))


def client(octets: int) -> Program:
    """A client that sends so many octets, all of them with one call, to the host called "server"."""

    def program(host: Host) -> None:
        with host.create_connection(("server", PORT)) as connection:
            connection.sendall(counting(octets))

    return program


def counting(octets: int) -> bytes:
    """So many octets of the numbers 0, 1, 2 ..., four octets for each: in them a gap or a swap would be seen."""
    return b"".join(number.to_bytes(4, "big") for number in range(-(-octets // 4)))[:octets]
