"""Socket addresses octet by octet, built by hand and given to the C library (ip(7), ipv6(7), unix(7), bind(2)).

Python packs (address, port) for us. Here we do it ourselves, field by field, and ask the kernel what it understood:

    given = sockaddr.inet("127.0.0.1", 8080, order="host")     # the classic mistake
    sockaddr.bound(given)                                       # listens on another port
"""

import contextlib
import ctypes
import errno
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from course.real.addresses import ONLY, has_several
from course.real.interrupts import sheltered
from course.table import Table

Order = Literal["network", "host"]
QUIET = "127.36.89.5"
STORAGE = 128  # octets of a struct sockaddr_storage, the longest address that there is
HAS_LENGTH = sys.platform.startswith(("darwin", "freebsd", "netbsd", "openbsd", "ios"))
"""On the BSDs, macOS among them, an address begins with an octet that is its length, and the family has one as well."""


class Field(NamedTuple):
    """One field of an address: its name in C, its octets as they lie in memory, and what they say."""

    name: str
    octets: bytes
    says: str


@dataclass(frozen=True, slots=True)
class RawAddress:
    """An address as the kernel takes it; `family` is what the program meant, whatever the octets say."""

    name: str
    family: int
    fields: tuple[Field, ...]

    @property
    def octets(self) -> bytes:
        """All of it, as it lies in memory."""
        return b"".join(field.octets for field in self.fields)

    @property
    def table(self) -> Table:
        """Its fields, with the octet at which each begins."""
        starts = [sum(len(other.octets) for other in self.fields[:place]) for place in range(len(self.fields))]
        rows = [(str(at), one.name, one.octets.hex(" "), one.says) for at, one in zip(starts, self.fields, strict=True)]
        caption = f"struct {self.name}, {len(self.octets)} octets"
        return Table(caption, ("octet", "field", "octets", "says"), tuple(rows))

    def swapped(self, field: str) -> "RawAddress":
        """The same with the octets of one field the other way round: what does the kernel make of it?"""
        known = [each.name for each in self.fields]
        if field not in known:
            raise ValueError(f"there is no field {field!r}; the fields are {', '.join(known)}")
        turned = [
            each._replace(octets=each.octets[::-1], says=f"{each.says}, swapped") if each.name == field else each
            for each in self.fields
        ]
        return RawAddress(self.name, self.family, tuple(turned))

    def __repr__(self) -> str:
        return repr(self.table)

    def _repr_html_(self) -> str:
        return self.table._repr_html_()


# ------------------------------------------------ building


def number(name: str, value: int, size: int, order: Order = "network") -> Field:
    """A number of so many octets, the most significant first in network order, as this machine has it in host order.

    Raises OverflowError for a number that does not fit, ValueError for another order.
    """
    if order not in ("network", "host"):
        raise ValueError(f'{order!r} is no order of octets here: write "network" or "host"')
    if not 0 <= value < 256**size:
        raise OverflowError(f"{name} has {size} octets: its number must be 0-{256**size - 1}, not {value}")
    octets = value.to_bytes(size, "big" if order == "network" else sys.byteorder)
    return Field(name, octets, f"{value}, {order} order" if size > 1 else str(value))


def head(prefix: str, family: int, size: int) -> tuple[Field, ...]:
    """How every address begins: the family, in host order; on the BSDs a length, and the family in one octet."""
    named = getattr(family, "name", str(int(family)))
    if HAS_LENGTH:
        return number(f"{prefix}_len", size, 1), Field(f"{prefix}_family", bytes([family]), named)
    return (Field(f"{prefix}_family", int(family).to_bytes(2, sys.byteorder), f"{named}, host order"),)


def inet(address: str, port: int, order: Order = "network") -> RawAddress:
    """A struct sockaddr_in: family, port, four octets of address, eight of nothing (ip(7)).

    The port belongs in network order; `order="host"` leaves it as this machine has it, as one who forgets htons() does.
    """
    fields = number("sin_port", port, 2, order), Field("sin_addr", socket.inet_aton(address), address)
    zero = Field("sin_zero", bytes(8), "nothing")
    return RawAddress("sockaddr_in", socket.AF_INET, (*head("sin", socket.AF_INET, 16), *fields, zero))


def inet6(address: str, port: int, flow: int = 0, scope: int = 0, order: Order = "network") -> RawAddress:
    """A struct sockaddr_in6: family, port, flow label, 16 octets of address, and a scope in host order (ipv6(7))."""
    fields = (
        number("sin6_port", port, 2, order),
        number("sin6_flowinfo", flow, 4),
        Field("sin6_addr", socket.inet_pton(socket.AF_INET6, address), address),
        number("sin6_scope_id", scope, 4, "host"),
    )
    return RawAddress("sockaddr_in6", socket.AF_INET6, (*head("sin6", socket.AF_INET6, 28), *fields))


def unix(path: str | bytes) -> RawAddress:
    r"""A struct sockaddr_un: family, and a path without a final zero (unix(7)).

    There is room for 108 octets on Linux, and for 104 on the BSDs. On Linux b"\0name" is an abstract name. Raises
    OSError on Windows.
    """
    not_on_windows()
    octets = os.fsencode(path)
    family = head("sun", socket.AF_UNIX, min(2 + len(octets), 255))
    return RawAddress("sockaddr_un", socket.AF_UNIX, (*family, Field("sun_path", octets, repr(path))))


# ------------------------------------------------ asking the kernel


def loopback() -> str:
    """An address of this machine's own where hardly anything else is bound; 127.0.0.1 where there is no other."""
    return QUIET if has_several() else ONLY


@dataclass(frozen=True, slots=True)
class Bound:
    """What came of bind(): the address that was given, the octets that the kernel gives back, and what Python says."""

    given: RawAddress
    octets: bytes
    said: Any

    def __repr__(self) -> str:
        return f"given  {self.given.octets.hex(' ')}\nkernel {self.octets.hex(' ')}\nPython {self.said!r}"


@sheltered
def bound(given: RawAddress, length: int | None = None, family: int | None = None) -> Bound:
    """Bind a fresh stream socket to a raw address by the C library, and read back what it is bound to.

    `length` is what bind() is told of the address's size (None: the truth), `family` is the socket's (None: the same).
    Raises OSError as bind(2): EINVAL for a length that cannot be, EAFNOSUPPORT for another family. The socket is closed
    again, and a path that was made is removed.
    """
    with socket.socket(given.family if family is None else family) as fresh:
        bind(fresh, given.octets, length)
        try:
            return Bound(given, getsockname(fresh)[0], fresh.getsockname())
        finally:
            remove(fresh)


def bind(unbound: socket.socket, octets: bytes, length: int | None = None) -> None:
    """bind(2) of the C library: octets and a length, and the kernel makes of them what it will."""
    room = ctypes.create_string_buffer(octets, max(len(octets), 2 * STORAGE))  # a false length reads zeros
    told = len(octets) if length is None else length
    check(c_library("bind")(unbound.fileno(), room, ctypes.c_uint(told & 0xFFFFFFFF)))


def getsockname(known: socket.socket, room: int = STORAGE) -> tuple[bytes, int]:
    """getsockname(2) of the C library with so much room: the octets that it wrote, and the length that it said.

    The length is a value-result: it goes in as the room that there is, and comes out as what the address would take.
    """
    buffer = ctypes.create_string_buffer(max(room, STORAGE))
    length = ctypes.c_uint(room & 0xFFFFFFFF)
    check(c_library("getsockname")(known.fileno(), buffer, ctypes.byref(length)))
    return buffer.raw[: min(room, length.value)], length.value


def check(result: int) -> None:
    """Raise the OSError that the C library tells of."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def c_library(name: str) -> Callable[..., int]:
    """A function of the C library; OSError ENOTSUP where the socket calls are not in it, as on Windows."""
    not_on_windows()
    function: Callable[..., int] = getattr(ctypes.CDLL(None, use_errno=True), name)
    return function


def not_on_windows() -> None:
    """Raise OSError ENOTSUP on Windows, where sockets are no files, and whose calls are in another library."""
    if sys.platform == "win32":
        raise OSError(errno.ENOTSUP, "Windows has other calls for this (Winsock): try it on Unix, in WSL or on Binder")


def remove(socket_: socket.socket) -> None:
    """Remove the path that bind() made, if it made one."""
    said = socket_.getsockname()
    if socket_.family == socket.AF_UNIX and isinstance(said, str) and said:
        with contextlib.suppress(OSError):
            Path(said).unlink()
