"""A socket as a file: what makefile() returns is one of Python's own buffers over this raw stream."""

import io
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Buffer

    from course.sockets.socket import Socket


class SocketStream(io.RawIOBase):
    """The raw stream under makefile(): every read is one recv_into(), every write one send().

    It inherits from RawIOBase because io.BufferedReader and its kin ask for that.
    """

    def __init__(self, socket: "Socket", mode: str, on_close: "Callable[[], None]") -> None:
        super().__init__()
        self.socket = socket
        self.mode = mode
        self._on_close = on_close

    def readable(self) -> bool:
        """Was it opened for reading?"""
        return "r" in self.mode

    def writable(self) -> bool:
        """Was it opened for writing?"""
        return "w" in self.mode

    def readinto(self, buffer: memoryview) -> int | None:  # type: ignore[override]
        """Fill the buffer from the socket; None if a non-blocking socket has nothing."""
        try:
            return self.socket.recv_into(buffer)
        except BlockingIOError:
            return None

    def write(self, octets: "Buffer") -> int | None:
        """Send what the socket takes; None if a non-blocking socket takes nothing."""
        try:
            return self.socket.send(memoryview(octets))
        except BlockingIOError:
            return None

    def close(self) -> None:
        """Let go of the socket, which closes once nobody holds it."""
        if not self.closed:
            super().close()
            self._on_close()


def make_file(raw: SocketStream, mode: str, buffering: int | None, encoding: str | None, errors: str | None,
              newline: str | None) -> io.IOBase:  # fmt: skip
    """Put Python's own buffering, and text decoding unless the mode says "b", on a raw stream."""
    size = io.DEFAULT_BUFFER_SIZE if buffering is None or buffering < 0 else buffering
    binary = "b" in mode
    if size == 0:
        if not binary:
            raise ValueError('unbuffered streams must be binary: add "b" to the mode')
        return raw
    buffered = buffer_for(raw, size)
    return buffered if binary else io.TextIOWrapper(cast("BinaryIO", buffered), encoding, errors, newline)


def buffer_for(raw: SocketStream, size: int) -> io.BufferedReader | io.BufferedWriter | io.BufferedRWPair:
    """The buffer that fits what the stream was opened for."""
    if raw.readable() and raw.writable():
        return io.BufferedRWPair(raw, raw, size)
    return io.BufferedReader(raw, size) if raw.readable() else io.BufferedWriter(raw, size)
