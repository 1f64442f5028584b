"""Ports: which processes may share one, and what tells their connections apart (socket(7), ip(7), RFC 9293, 3.4).

ports.sharing()        a second process wants a port that is taken: when does it get it?
ports.inherited()      two processes, one listener
ports.many(50)         fifty callers at one port: fifty different fives
ports.reached()        several addresses, one listener
"""

import contextlib
import os
import socket
from collections.abc import Iterator
from typing import Any, NamedTuple

from course.real.calls import whether
from course.real.child import DEADLINE
from course.real.interrupts import sheltered
from course.real.ipc.actor import Here
from course.real.ipc.outcome import Talk
from course.real.ipc.talk import talk
from course.table import Table

OK = "OK"
HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"
ADDRESSES = HERE, ELSEWHERE, "127.9.9.9"


class Five(NamedTuple):
    """What one connection is told apart by, all of it: protocol, and two pairs of address and port (RFC 9293, 3.4)."""

    protocol: str
    local_address: str
    local_port: int
    remote_address: str
    remote_port: int


# ------------------------------------------------ a port that is taken


def sharing() -> Table:
    """Ask for a port that another process has: it is refused, but for some cases; each is tried with bind(2).

    "A port belongs to one process" is the rule for listeners at one address and protocol without SO_REUSEPORT, and no
    more. Two connections may share a local port if their peers differ, since then their fives do.
    """
    told = talk(holder, comer, before=messages).results["comer"]
    return Table("A port that another process has", ("the other one wants", "what comes of it"), tuple(told))


def messages() -> Any:
    """Two pipes: for the numbers of the ports, and to say that it is over."""
    return os.pipe(), os.pipe()


def fresh(kind: int = socket.SOCK_STREAM, *options: int) -> socket.socket:
    """A socket with these options switched on."""
    made = socket.socket(socket.AF_INET, kind)
    for option in options:
        made.setsockopt(socket.SOL_SOCKET, option, 1)
    return made


def listener(*options: int) -> socket.socket:
    """A listener at a port that was free."""
    made = fresh(socket.SOCK_STREAM, *options)
    made.bind((HERE, 0))
    made.listen()
    return made


def holder(here: Here) -> None:
    """Have a port, one with SO_REUSEPORT, and one of a connection that goes to the first; until the other is done."""
    (_, tell), (over, close) = here.made
    os.close(close)
    plain, shared = listener(), listener(socket.SO_REUSEPORT)
    client = fresh(socket.SOCK_STREAM, socket.SO_REUSEADDR)
    client.bind((HERE, 0))
    client.connect(plain.getsockname())
    os.write(tell, " ".join(str(each.getsockname()[1]) for each in (plain, shared, client)).encode())
    os.read(over, 1)


def comer(here: Here) -> list[tuple[str, str]]:
    """Want each of them, in each way."""
    plain, shared, client = [int(word) for word in os.read(here.made[0][0], 100).split()]
    return [
        ("the same", wants((HERE, plain))),
        ("the same, with SO_REUSEADDR", wants((HERE, plain), socket.SOCK_STREAM, socket.SO_REUSEADDR)),
        ("the same, with SO_REUSEPORT, which the first has not", wants((HERE, plain), 1, socket.SO_REUSEPORT)),
        ("the same, and both have SO_REUSEPORT", wants((HERE, shared), 1, socket.SO_REUSEPORT)),
        ("the same port at another address", wants((ELSEWHERE, plain))),
        ("the same port of another protocol, UDP", wants((HERE, plain), socket.SOCK_DGRAM)),
        ("the port of a client, to call another peer, both with SO_REUSEADDR", calls(client, shared)),
        ("the port of a client, to call the same peer, both with SO_REUSEADDR", calls(client, plain)),
    ]


def wants(address: tuple[str, int], kind: int = socket.SOCK_STREAM, *options: int) -> str:
    """What bind(), and listen() if it is a stream's, say to a socket with these options."""
    with fresh(kind, *options) as wanted:
        said = whether(wanted.bind, address)
        return whether(wanted.listen) if said == OK and kind == socket.SOCK_STREAM else said


def calls(port: int, to: int) -> str:
    """What bind() to a client's port says, and then connect()."""
    with fresh(socket.SOCK_STREAM, socket.SO_REUSEADDR) as caller:
        said = whether(caller.bind, (HERE, port))
        return whether(caller.connect, (HERE, to)) if said == OK else said


# ------------------------------------------------ one socket, two processes


def inherited() -> Talk:
    """Two processes accept at one listener, which both have inherited: the port names the socket, not a process."""
    return talk(accepts, accepts, before=listens)


def listens() -> Any:
    """A listener, and two who have called already."""
    made = socket.create_server(("127.0.0.1", 0))
    return made, [socket.create_connection(made.getsockname()) for _ in range(2)]


def accepts(here: Here) -> bool:
    """Accept one of them; is the connection's port the listener's?"""
    made, _ = here.made
    connection, _ = made.accept()
    return bool(connection.getsockname() == made.getsockname())


# ------------------------------------------------ one port, many callers


@sheltered
def many(count: int = 50) -> list[Five]:
    """Let so many callers connect to one port; the five of each accepted connection: all differ, the port is one."""
    with contextlib.ExitStack() as held:
        made = held.enter_context(socket.create_server((HERE, 0), backlog=count))
        made.settimeout(DEADLINE)
        return [five(each) for each in accepted(made, count, held)]


def accepted(made: socket.socket, count: int, held: contextlib.ExitStack) -> Iterator[socket.socket]:
    """Call so often, and accept each call; all connections stay."""
    for _ in range(count):
        held.enter_context(socket.create_connection(made.getsockname(), DEADLINE))
        yield held.enter_context(made.accept()[0])


def five(connection: socket.socket) -> Five:
    """What tells this TCP connection apart from all others."""
    return Five("TCP", *connection.getsockname(), *connection.getpeername())


# ------------------------------------------------ one listener, many addresses


@sheltered
def reached(addresses: tuple[str, ...] = ADDRESSES) -> Table:
    """Call a listener that is bound to "", any address, by several of this machine's loopback addresses.

    An address names an interface, which may have many. On Linux all of 127.0.0.0/8 is the loopback interface's; other
    systems have 127.0.0.1 alone, and say EADDRNOTAVAIL or nothing. The listener hears the loopback interface only.
    """
    with socket.socket() as made:
        try:
            only_loopback(made)
        except OSError as error:
            return Table(f"Not tried here: to listen at any address, but only inside ({error})", COLUMNS, ())
        made.bind(("", 0))
        made.listen()
        made.settimeout(DEADLINE)
        rows = tuple((address, *called(made, address)) for address in addresses)
    return Table('One listener, bound to "", called by several addresses', COLUMNS, rows)


COLUMNS = "address", "connect()", "the accepted socket's address"


def only_loopback(made: socket.socket) -> None:
    """Hear nobody but this machine itself (SO_BINDTODEVICE, socket(7)); OSError where that cannot be had."""
    option = getattr(socket, "SO_BINDTODEVICE", None)
    if option is None:
        raise OSError("this system has no SO_BINDTODEVICE")
    made.setsockopt(socket.SOL_SOCKET, option, b"lo\0")


def called(made: socket.socket, address: str) -> tuple[str, str]:
    """What connect() says, and what address the accepted connection has."""
    with socket.socket() as caller:
        caller.settimeout(DEADLINE)
        said = whether(caller.connect, (address, made.getsockname()[1]))
        if said != OK:
            return said, ""
        with made.accept()[0] as connection:
            return said, str(connection.getsockname()[0])
