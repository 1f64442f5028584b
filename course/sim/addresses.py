"""Addresses of the simulated network: which of them a socket may be bound to, and which are for one host (ip(7))."""

import errno
import ipaddress

from course.sim.options import oserror
from course.trace.record import Endpoint

BROADCAST = "255.255.255.255"


def check_own(address: Endpoint, own: str) -> None:
    """A socket can be bound to its host's own address only; OSError EADDRNOTAVAIL."""
    if address[0] != own:
        raise oserror(errno.EADDRNOTAVAIL)


def check_one_host(address: Endpoint) -> None:
    """What is sent must be for one host; OSError ENETUNREACH for an address of many (RFC 9293, MUST-46)."""
    if address[0] == BROADCAST or ipaddress.IPv4Address(address[0]).is_multicast:
        raise oserror(errno.ENETUNREACH)
