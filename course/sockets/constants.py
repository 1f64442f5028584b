"""The names of the socket module's constants, so that a record says SHUT_WR and not 1."""

import socket

from course.trace.record import Constant

SHUTDOWNS: dict[int, str] = {socket.SHUT_RD: "SHUT_RD", socket.SHUT_WR: "SHUT_WR", socket.SHUT_RDWR: "SHUT_RDWR"}
FAMILIES: dict[int, str] = {socket.AF_INET: "AF_INET", socket.AF_INET6: "AF_INET6"}
KINDS: dict[int, str] = {socket.SOCK_STREAM: "SOCK_STREAM", socket.SOCK_DGRAM: "SOCK_DGRAM"}
LEVELS: dict[int, str] = {
    socket.SOL_SOCKET: "SOL_SOCKET",
    socket.IPPROTO_TCP: "IPPROTO_TCP",
    socket.IPPROTO_IP: "IPPROTO_IP",
}
OPTIONS = {
    socket.SOL_SOCKET: "SO_REUSEADDR SO_KEEPALIVE SO_LINGER SO_ERROR SO_TYPE SO_ACCEPTCONN SO_SNDBUF SO_RCVBUF "
    "SO_REUSEPORT SO_BROADCAST SO_PROTOCOL SO_DOMAIN",
    socket.IPPROTO_TCP: "TCP_NODELAY TCP_MAXSEG TCP_KEEPIDLE TCP_KEEPINTVL TCP_KEEPCNT TCP_USER_TIMEOUT TCP_LINGER2 "
    "TCP_DEFER_ACCEPT TCP_QUICKACK TCP_CORK TCP_INFO TCP_SYNCNT TCP_CONGESTION",
}


def kind_names(family: int, kind: int) -> tuple[object, ...]:
    """What is not usual about a new socket, as in (type=SOCK_DGRAM,); nothing for TCP over IPv4."""
    said = {"family": named(FAMILIES, family), "type": named(KINDS, kind)}
    usual = {"family": "AF_INET", "type": "SOCK_STREAM"}
    return tuple(Constant(f"{name}={value}") for name, value in said.items() if value != usual[name])


def named(names: dict[int, str], number: int) -> object:
    """The constant's name; the number itself if it has none here."""
    return Constant(names[number]) if number in names else number


def shutdown_name(how: int) -> object:
    """SHUT_RD, SHUT_WR or SHUT_RDWR; the number itself if it is none of them."""
    return named(SHUTDOWNS, how)


def option_names(level: int, option: int) -> tuple[object, object]:
    """A socket option's level and name, as in (SOL_SOCKET, SO_REUSEADDR); numbers where there is no name."""
    found = next((name for name in OPTIONS.get(level, "").split() if getattr(socket, name, None) == option), None)
    return named(LEVELS, level), Constant(found) if found else option
