"""The grid: which families, types and protocols of sockets this machine's kernel makes, and how it refuses (socket(2)).

`grid()` asks for each. What comes of it is this machine's: SOCK_RAW and AF_PACKET want a privilege (CAP_NET_RAW), SCTP
and TIPC want a module of the kernel's, AF_ROUTE is BSD's (on Linux a second name of AF_NETLINK). Everywhere a stream of
UDP is refused: a type and a protocol have to fit.
"""

import errno
import socket
from dataclasses import dataclass

from course.real.interrupts import sheltered
from course.table import Table

FAMILIES = ("AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_ROUTE", "AF_PACKET", "AF_TIPC")
TYPES = ("SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_SEQPACKET")
PROTOCOLS = {"0": 0, "IPPROTO_TCP": 6, "IPPROTO_UDP": 17, "IPPROTO_SCTP": 132}  # as IANA numbers them
OK, UNKNOWN = "OK", "no such name here"


@dataclass(frozen=True, slots=True)
class Grid:
    """What the kernel answered: `grid()["AF_INET", "SOCK_STREAM", "IPPROTO_UDP"]` is "OK", or the errno's name."""

    answers: dict[tuple[str, str, str], str]

    def __getitem__(self, asked: tuple[str, str, str]) -> str:
        return self.answers[asked]

    @property
    def table(self) -> Table:
        """A row for each family and type, a column for each protocol."""
        rows = tuple(dict.fromkeys((family, kind) for family, kind, _ in self.answers))
        protocols = tuple(dict.fromkeys(protocol for _, _, protocol in self.answers))
        cells = tuple((*row, *[self.answers[*row, protocol] for protocol in protocols]) for row in rows)
        return Table("What socket(family, type, protocol) says here", ("family", "type", *protocols), cells)

    def __repr__(self) -> str:
        return repr(self.table)

    def _repr_html_(self) -> str:
        return self.table._repr_html_()


@sheltered
def grid(families: tuple[str, ...] = FAMILIES, types: tuple[str, ...] = TYPES) -> Grid:
    """Ask this machine's kernel for a socket of each family, type and protocol; each is closed at once."""
    wanted = [(family, kind, protocol) for family in families for kind in types for protocol in PROTOCOLS]
    return Grid({each: answer(*each) for each in wanted})


def answer(family: str, kind: str, protocol: str) -> str:
    """What the kernel says to one; the socket module may not have the name, on another system."""
    family_number, type_number = getattr(socket, family, None), getattr(socket, kind, None)
    if family_number is None or type_number is None:
        return UNKNOWN
    try:
        socket.socket(family_number, type_number, PROTOCOLS[protocol]).close()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    return OK
