"""Addresses as programs of the simulated network write them: a host's name, "" for one's own, or dotted (ip(7))."""

import contextlib
import errno
import ipaddress
import socket as standard
from collections.abc import Mapping

from course.sim.options import oserror
from course.trace.record import Endpoint

ANY, BROADCAST = "0.0.0.0", "255.255.255.255"  # noqa: S104 - addresses of the simulated network


def resolved(address: object, own: str, hosts: Mapping[str, str]) -> Endpoint:
    """The address and the port that are meant, `hosts` being addresses by name; socket.gaierror for a name of none."""
    name, port = checked_address(address)
    if name == "":
        return own, port
    if name in hosts:
        return hosts[name], port
    if is_dotted(name):
        return name, port
    known = ", ".join(hosts)
    raise standard.gaierror(standard.EAI_NONAME, f"no host is called {name!r} here; there are: {known}")


def checked_address(address: object) -> Endpoint:
    """An (address, port) pair, or the TypeError and OverflowError that the socket module raises."""
    if not isinstance(address, tuple) or len(address) != 2:
        raise TypeError(f'an address is a pair, as in ("server", 7000), not {address!r}')
    name, port = address
    if not isinstance(name, str) or not isinstance(port, int):
        raise TypeError(f'an address is a name and a port number, as in ("server", 7000), not {address!r}')
    if not 0 <= port <= 65535:
        raise OverflowError("bind(): port must be 0-65535.")
    return name, port


def is_dotted(name: str) -> bool:
    """Is it an IPv4 address in dotted form?"""
    with contextlib.suppress(ValueError):
        ipaddress.IPv4Address(name)
        return True
    return False


def check_own(address: Endpoint, own: str) -> None:
    """A socket can be bound to its host's own address only; OSError EADDRNOTAVAIL."""
    if address[0] not in (own, ANY):
        raise oserror(errno.EADDRNOTAVAIL)


def check_one_host(address: Endpoint) -> None:
    """What is sent must be for one host; OSError ENETUNREACH for an address of many (RFC 9293, MUST-46)."""
    if address[0] == BROADCAST or ipaddress.IPv4Address(address[0]).is_multicast:
        raise oserror(errno.ENETUNREACH)
