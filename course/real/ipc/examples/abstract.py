"""The same with an abstract name: a zero, and octets of which no directory knows; only Linux has them (unix(7))."""

import socket

from course.real.ipc.actor import Here


def before(here: Here) -> socket.socket:
    """A listener, and its name, which is gone with it."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("\0" + here.name)
    listener.listen()
    return listener


def writer(here: Here) -> bytes:
    """Call it by its name, and hear the answer."""
    caller = socket.socket(socket.AF_UNIX)
    caller.connect("\0" + here.name)
    caller.sendall(b"hello")
    return bytes(caller.recv(100))


def reader(here: Here) -> bytes:
    """Accept the call, hear, and answer."""
    connection, _ = here.made.accept()
    heard = bytes(connection.recv(100))
    connection.sendall(b"hello yourself")
    return heard
