"""Echo: a server that sends back what it gets (RFC 862), and a client that says hello."""

from course.sockets.host import Host

PORT = 7000


def server(host: Host) -> None:
    """Wait for one caller, and send back whatever it sends, until it closes."""
    with host.create_server(("", PORT)) as listener:
        connection, _ = listener.accept()
        with connection:
            while octets := connection.recv(1024):
                connection.sendall(octets)


def client(host: Host) -> bytes:
    """Send five octets to the host called "server", and return what comes back."""
    with host.create_connection(("server", PORT)) as connection:
        connection.sendall(b"hello")
        return connection.recv(1024)
