"""Socket options of a simulated socket: most of them are TCP's knobs, turned for one connection (socket(7), tcp(7))."""

import errno
import io
import os
import socket as standard
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NoReturn

from course.tcp.parameters import TcpParameters
from course.tcp.variables import DEFAULT_MSS, Failure

Option = tuple[int, int]
PEEK = int(standard.MSG_PEEK)  # a plain number: an enum's & is slow, and recv() is called often
LINGER_OCTETS = struct.calcsize("ii")
NAME_OCTETS = 16  # TCP_CA_NAME_MAX of Linux
ERRNO = {
    Failure.REFUSED: errno.ECONNREFUSED,
    Failure.RESET: errno.ECONNRESET,
    Failure.TIMED_OUT: errno.ETIMEDOUT,
}


@dataclass(frozen=True, slots=True)
class Knob:
    """An option that is a knob of TcpParameters: its name, and what its number becomes there, and back."""

    name: str
    value: Callable[[int], object]
    number: Callable[[object], int] = int  # type: ignore[assignment]
    least: int = 0


def available(level: int, knobs: dict[str, Knob]) -> dict[Option, Knob]:
    """The options by (level, number), as far as this system's socket module knows them."""
    return {(level, getattr(standard, name)): knob for name, knob in knobs.items() if hasattr(standard, name)}


REUSEADDR = (standard.SOL_SOCKET, standard.SO_REUSEADDR)
LINGER = (standard.SOL_SOCKET, standard.SO_LINGER)
KNOBS = available(standard.IPPROTO_TCP, {
    "TCP_NODELAY": Knob("nagle", lambda value: not value, lambda nagle: int(not nagle)),
    "TCP_MAXSEG": Knob("mss", int, least=1),
    "TCP_KEEPIDLE": Knob("keep_idle", float, least=1),
    "TCP_KEEPALIVE": Knob("keep_idle", float, least=1),  # what macOS calls it
    "TCP_KEEPINTVL": Knob("keep_interval", float, least=1),
    "TCP_KEEPCNT": Knob("keep_count", int, least=1),
}) | available(standard.SOL_SOCKET, {
    "SO_KEEPALIVE": Knob("keep_alive", bool),
    "SO_SNDBUF": Knob("send_buffer", int),
    "SO_RCVBUF": Knob("receive_buffer", int),
})  # fmt: skip
USER_TIMEOUT = (standard.IPPROTO_TCP, getattr(standard, "TCP_USER_TIMEOUT", 18))


class SocketOptions:
    """The options of one socket, and TCP's knobs as they stand for it."""

    __slots__ = ("_default", "_linger", "_user_timeout", "parameters", "reuse")

    def __init__(self, parameters: TcpParameters) -> None:
        self.parameters = parameters
        self.reuse = False
        self._default = parameters
        self._linger = bytes(LINGER_OCTETS)
        self._user_timeout = 0

    def copy(self) -> "SocketOptions":
        """The same options for another socket: an accepted one begins with its listener's."""
        twin = SocketOptions(self._default)
        twin.parameters, twin.reuse = self.parameters, self.reuse
        twin._linger, twin._user_timeout = self._linger, self._user_timeout
        return twin

    def set(self, level: int, option: int, value: int | bytes) -> None:
        """Set an option. OSError ENOPROTOOPT for one that means nothing here, EINVAL for a value that cannot be."""
        if (level, option) == LINGER:
            self._linger = checked_linger(value)
            return
        number = checked_number(value)
        if (level, option) == REUSEADDR:
            self.reuse = bool(number)
        elif (level, option) == USER_TIMEOUT:
            self._limit_patience(number)
        else:
            self._turn(KNOBS.get((level, option)), number)

    def _turn(self, knob: Knob | None, number: int) -> None:
        if knob is None:
            raise oserror(errno.ENOPROTOOPT)
        if knob.name in ("send_buffer", "receive_buffer"):
            scale = self.parameters.window_scale or 0
            least, most = (1, 2**30) if knob.name == "send_buffer" else (1 << scale, 65_535 << scale)
            number = min(max(number, least), most)  # as Linux does, instead of an error
        try:
            if number < knob.least:
                raise ValueError  # noqa: TRY301 - as those that TcpParameters refuses
            self.parameters = replace(self.parameters, **{knob.name: knob.value(number)})  # type: ignore[arg-type]
        except ValueError:
            raise oserror(errno.EINVAL) from None

    def _limit_patience(self, milliseconds: int) -> None:
        """TCP_USER_TIMEOUT: R2 for this connection; 0 goes back to the host's (RFC 9293, section 3.8.3, MUST-21)."""
        if not 0 <= milliseconds < 2**32:
            raise oserror(errno.EINVAL)
        self._user_timeout = milliseconds
        r2, r2_syn = (milliseconds / 1000,) * 2 if milliseconds else (self._default.r2, self._default.r2_syn)
        self.parameters = replace(self.parameters, r2=r2, r2_syn=r2_syn)

    def get(self, level: int, option: int) -> int | bytes:
        """Read an option; OSError ENOPROTOOPT for one that means nothing here."""
        known: dict[Option, int | bytes] = {
            REUSEADDR: int(self.reuse), LINGER: self._linger, USER_TIMEOUT: self._user_timeout,
        }  # fmt: skip
        if (level, option) in known:
            return known[level, option]
        if (level, option) not in KNOBS:
            raise oserror(errno.ENOPROTOOPT)
        knob = KNOBS[level, option]
        return knob.number(getattr(self.parameters, knob.name))

    @property
    def mss_before_connecting(self) -> int:
        """TCP_MAXSEG of a socket that is not connected: what was set, or else what anybody can take, as on Linux."""
        return DEFAULT_MSS if self.parameters.mss == self._default.mss else self.parameters.mss

    @property
    def linger(self) -> int | None:
        """SO_LINGER: the seconds that close() waits for the peer's ACK; 0 resets instead; None: off.

        As on Linux, the seconds have no sign: -1 is nearly for ever.
        """
        on, seconds = struct.unpack("iI", self._linger)
        return seconds if on else None


def what_it_is(*, listening: bool, kind: int, tcp: tuple[int, str] | None = None) -> dict[Option, int | bytes]:
    """The options that tell what a socket is; `tcp` is the MSS and the congestion control of one that has them."""
    told: dict[Option, int | bytes] = {
        (standard.SOL_SOCKET, getattr(standard, "SO_ACCEPTCONN", 30)): int(listening),
        (standard.SOL_SOCKET, standard.SO_TYPE): int(kind),
    }
    if tcp is not None:
        mss, name = tcp
        told[standard.IPPROTO_TCP, getattr(standard, "TCP_MAXSEG", 2)] = mss
        told[standard.IPPROTO_TCP, getattr(standard, "TCP_CONGESTION", 13)] = name.encode().ljust(NAME_OCTETS, b"\0")
    return told


def checked_linger(value: int | bytes) -> bytes:
    """SO_LINGER takes struct.pack("ii", on, seconds), and nothing else."""
    if not isinstance(value, bytes) or len(value) != LINGER_OCTETS:
        raise oserror(errno.EINVAL)
    return value


def checked_number(value: int | bytes) -> int:
    """The number that was given, as it is or packed as a C int."""
    if isinstance(value, bytes):
        if len(value) < struct.calcsize("i"):
            raise oserror(errno.EINVAL)
        return int(struct.unpack_from("i", value)[0])
    return int(value)


def oserror(number: int) -> OSError:
    """The OSError for an errno: Python picks the subclass, as in ConnectionRefusedError."""
    return OSError(number, os.strerror(number))


def as_asked(value: int | bytes, size: int) -> int | bytes:
    """An option as getsockopt() gives it: as a number, which is the first int of it, or as up to `size` octets."""
    if isinstance(value, bytes):
        return value[:size] if size else int(struct.unpack_from("i", value)[0])
    return value.to_bytes(4, sys.byteorder)[:size] if size else value


def no_descriptor() -> NoReturn:
    """A simulated socket has none: io.UnsupportedOperation."""
    raise io.UnsupportedOperation("a simulated socket has no file descriptor: it lives in no kernel")
