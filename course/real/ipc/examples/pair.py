"""Two sockets that are connected from the beginning: octets both ways, no address, no port (socketpair(2))."""

import socket

from course.real.ipc.actor import Here


def before() -> tuple[socket.socket, socket.socket]:
    """One for each."""
    return socket.socketpair()


def writer(here: Here) -> bytes:
    """Send, and hear the answer on the same socket."""
    ours, _ = here.made
    ours.sendall(b"hello")
    return bytes(ours.recv(100))


def reader(here: Here) -> bytes:
    """Hear, and answer."""
    _, ours = here.made
    heard = bytes(ours.recv(100))
    ours.sendall(b"hello yourself")
    return heard
