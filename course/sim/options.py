"""Socket options: the few that mean something to the simulated TCP (socket(7), tcp(7))."""

import errno
import os
import socket as standard
import struct

from course.tcp.parameters import TcpParameters

Option = tuple[int, int]
REUSEADDR = (standard.SOL_SOCKET, standard.SO_REUSEADDR)
LINGER = (standard.SOL_SOCKET, standard.SO_LINGER)
LINGER_OCTETS = struct.calcsize("ii")
NODELAY = (standard.IPPROTO_TCP, standard.TCP_NODELAY)
ACCEPTCONN = (standard.SOL_SOCKET, getattr(standard, "SO_ACCEPTCONN", 30))
MAXSEG = (standard.IPPROTO_TCP, getattr(standard, "TCP_MAXSEG", 2))


def what_a_socket_tells(parameters: TcpParameters, *, listening: bool, kind: int, mss: int) -> dict[Option, int]:
    """The options that can only be read: what the socket is, and how large its buffers are, in octets."""
    return {
        ACCEPTCONN: int(listening),
        MAXSEG: mss,
        (standard.SOL_SOCKET, standard.SO_TYPE): int(kind),
        (standard.SOL_SOCKET, standard.SO_KEEPALIVE): 0,
        (standard.SOL_SOCKET, standard.SO_SNDBUF): parameters.send_buffer,
        (standard.SOL_SOCKET, standard.SO_RCVBUF): parameters.receive_buffer,
    }


class SocketOptions:
    """The options that were set on one socket, by (level, option)."""

    __slots__ = ("_values",)

    def __init__(self, *, nodelay: bool = False) -> None:
        self._values: dict[tuple[int, int], int | bytes] = {
            REUSEADDR: 0,
            LINGER: bytes(LINGER_OCTETS),
            NODELAY: int(nodelay),
        }

    def copy(self) -> "SocketOptions":
        """The same options for another socket: an accepted one begins with its listener's."""
        twin = SocketOptions()
        twin._values = dict(self._values)
        return twin

    def set(self, level: int, option: int, value: int | bytes) -> None:
        """Set an option; OSError ENOPROTOOPT for one that means nothing here."""
        is_linger = isinstance(self.get(level, option), bytes)
        if is_linger and not (isinstance(value, bytes) and len(value) == LINGER_OCTETS):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))  # it takes struct.pack("ii", on, seconds)
        self._values[level, option] = value

    def get(self, level: int, option: int) -> int | bytes:
        """Read an option; OSError ENOPROTOOPT for one that means nothing here."""
        if (level, option) not in self._values:
            raise OSError(errno.ENOPROTOOPT, os.strerror(errno.ENOPROTOOPT))
        return self._values[level, option]

    @property
    def reuse(self) -> bool:
        """SO_REUSEADDR: may the port be shared with one who allows it, too?"""
        return bool(self._values[REUSEADDR])

    @property
    def nodelay(self) -> bool:
        """TCP_NODELAY: is the Nagle algorithm off?"""
        return bool(self._values[NODELAY])

    @property
    def aborts_on_close(self) -> bool:
        """SO_LINGER on, with a time of 0: close() sends a RST."""
        linger = self._values[LINGER]
        return isinstance(linger, bytes) and struct.unpack("ii", linger) == (1, 0)
