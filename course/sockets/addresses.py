"""Addresses as programs write them, (name or dotted address, port), and what they stand for (getaddrinfo(3))."""

import ipaddress
import socket
from collections.abc import Mapping

from course.trace.record import Endpoint

ANY = "0.0.0.0"  # noqa: S104 - never bound: it stands for the host's own address


def resolve(address: object, own: str, hosts: Mapping[str, str]) -> Endpoint:
    """(a host's name, "" for one's own, or a dotted address; port) as an address and a port.

    `own` is the address of the host that asks, `hosts` has each one's by name. Raises socket.gaierror for a name that
    no host has, TypeError and OverflowError for what is no address at all.
    """
    name, port = pair(address)
    if name in ("", ANY):
        return own, port
    if name in hosts:
        return hosts[name], port
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        known = ", ".join(hosts)
        raise socket.gaierror(socket.EAI_NONAME, f"no host is called {name!r} here; there are: {known}") from None
    return name, port


def pair(address: object) -> Endpoint:
    """An (address, port) pair, or the TypeError and OverflowError that the socket module raises."""
    match address:
        case (str(name), int(port)) if isinstance(address, tuple):
            if not 0 <= port <= 65535:
                raise OverflowError("bind(): port must be 0-65535.")
            return name, port
    raise TypeError(f'an address is a pair of a name and a port number, as in ("server", 7000), not {address!r}')
