"""A FIFO: a pipe that has a path, for processes that have nothing else in common (mkfifo(3), fifo(7))."""

import os


def before() -> None:
    """The path; it is no file, and never holds an octet."""
    os.mkfifo("fifo")


def writer() -> None:
    """Open it, which waits for a reader, and write."""
    fifo = os.open("fifo", os.O_WRONLY)
    os.write(fifo, b"hello")


def reader() -> bytes:
    """Open it, which waits for a writer, and read."""
    fifo = os.open("fifo", os.O_RDONLY)
    return os.read(fifo, 100)
