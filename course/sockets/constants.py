"""The names of the socket module's constants, so that a record says SHUT_WR and not 1."""

import socket

from course.trace.record import Constant

SHUTDOWNS = {socket.SHUT_RD: "SHUT_RD", socket.SHUT_WR: "SHUT_WR", socket.SHUT_RDWR: "SHUT_RDWR"}
LEVELS = {socket.SOL_SOCKET: "SOL_SOCKET", socket.IPPROTO_TCP: "IPPROTO_TCP", socket.IPPROTO_IP: "IPPROTO_IP"}
OPTIONS = {
    socket.SOL_SOCKET: "SO_REUSEADDR SO_KEEPALIVE SO_LINGER SO_ERROR SO_TYPE SO_ACCEPTCONN SO_SNDBUF SO_RCVBUF "
    "SO_REUSEPORT SO_BROADCAST SO_PROTOCOL SO_DOMAIN",
    socket.IPPROTO_TCP: "TCP_NODELAY TCP_MAXSEG TCP_KEEPIDLE TCP_KEEPINTVL TCP_KEEPCNT TCP_USER_TIMEOUT TCP_LINGER2 "
    "TCP_DEFER_ACCEPT TCP_QUICKACK TCP_CORK TCP_INFO TCP_SYNCNT TCP_CONGESTION",
}


def shutdown_name(how: int) -> object:
    """SHUT_RD, SHUT_WR or SHUT_RDWR; the number itself if it is none of them."""
    return Constant(SHUTDOWNS[how]) if how in SHUTDOWNS else how


def option_names(level: int, option: int) -> tuple[object, object]:
    """A socket option's level and name, as in (SOL_SOCKET, SO_REUSEADDR); numbers where there is no name."""
    named = next((name for name in OPTIONS.get(level, "").split() if getattr(socket, name, None) == option), None)
    return Constant(LEVELS[level]) if level in LEVELS else level, Constant(named) if named else option
