"""A socket of the family AF_UNIX: the calls of TCP, a path instead of an address, and no segment (unix(7))."""

import socket

from course.real.ipc.actor import Here


def before() -> socket.socket:
    """A listener, and its path."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("door")
    listener.listen()
    return listener


def writer() -> bytes:
    """Call it by its path, and hear the answer."""
    caller = socket.socket(socket.AF_UNIX)
    caller.connect("door")
    caller.sendall(b"hello")
    return bytes(caller.recv(100))


def reader(here: Here) -> bytes:
    """Accept the call, hear, and answer."""
    connection, _ = here.made.accept()
    heard = bytes(connection.recv(100))
    connection.sendall(b"hello yourself")
    return heard
