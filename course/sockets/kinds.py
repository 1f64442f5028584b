"""Which kinds of sockets both worlds make: TCP and UDP over IPv4 (socket(2))."""

import errno
import os
import socket as standard

PROTOCOLS = {standard.SOCK_STREAM: standard.IPPROTO_TCP, standard.SOCK_DGRAM: standard.IPPROTO_UDP}


def protocol(family: int, kind: int, proto: int) -> int:
    """The protocol of such a socket, if 0 leaves it open; EAFNOSUPPORT and EPROTONOSUPPORT for what is not made."""
    if family != standard.AF_INET:
        raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
    chosen = {int(one): int(number) for one, number in PROTOCOLS.items()}.get(kind)
    if chosen is None or proto not in (0, chosen):
        raise OSError(errno.EPROTONOSUPPORT, os.strerror(errno.EPROTONOSUPPORT))
    return chosen
