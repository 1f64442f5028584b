"""Copies: close() lets go of one descriptor, and the connection ends with the last one (close(2), dup(2)).

keeps_a_copy                  dup(), and close() twice: no FIN before the second
resets_with_a_copy            SO_LINGER with no time: the last close() sends a RST (socket(7))
leaves_octets_to_a_copy       so it does if octets are unread (RFC 9293, section 3.6.1)
shuts_down_with_a_copy        shutdown() does not wait for the last descriptor: a FIN at once (shutdown(2))

last_close(keeps_a_copy, by="server") makes two programs, of which one closes that way, and the other hears it. A file
that was made of a socket counts as well: trials.keeps_a_file.
"""

import struct
from collections.abc import Callable
from typing import Any, Literal

from course.apps.trials import PORT, SERVER, heard_twice
from course.sockets.host import Host, Program

NO_TIME = struct.pack("ii", 1, 0)
Talk = Callable[[Host, Any], Any]
"""What one end does with its connection."""


def keeps_a_copy(host: Host, connection: Any) -> None:
    """Close one of two socket objects, wait for a word from the other end, and close the other."""
    with connection.dup() as copy:
        connection.close()
        copy.recv(100)


def resets_with_a_copy(host: Host, connection: Any) -> None:
    """The same, told to linger for no time at all: the first close() does nothing, and the last one resets."""
    connection.setsockopt(host.SOL_SOCKET, host.SO_LINGER, NO_TIME)
    keeps_a_copy(host, connection)


def leaves_octets_to_a_copy(host: Host, connection: Any) -> None:
    """Look at the other end's word without taking it: the last close() leaves octets unread, and resets."""
    with connection.dup() as copy:
        connection.close()
        copy.recv(100, host.MSG_PEEK)


def shuts_down_with_a_copy(host: Host, connection: Any) -> None:
    """Shut the sending direction, and close nothing yet: it is shut for the copy as well."""
    with connection, connection.dup() as copy:
        connection.shutdown(host.SHUT_WR)
        copy.recv(100)


# ------------------------------------------------ the two ends


def last_close(closes: Talk, by: Literal["client", "server"] = "client") -> dict[str, Program]:
    """A server and a client, for Scenario(**last_close(keeps_a_copy)): one closes that way, the other hears what comes.

    The result of the one that hears is what its recv() said twice: before it spoke, and afterwards.
    """
    if by not in ("client", "server"):
        raise ValueError(f'either the "client" or the "server" closes, and not {by!r}')
    ends = {"server": hears, "client": hears, by: closes}
    return {"server": answering(ends["server"]), "client": calling(ends["client"])}


def hears(host: Host, connection: Any) -> list[str]:
    """Say "go on" after a moment; what recv() said before and afterwards."""
    return heard_twice(connection)


def answering(talk: Talk) -> Program:
    """A server of one caller."""

    def server(host: Host) -> Any:
        with host.create_server(("", PORT)) as listener:
            connection, _ = listener.accept()
        with connection:
            return talk(host, connection)

    return server


def calling(talk: Talk) -> Program:
    """Its client."""

    def client(host: Host) -> Any:
        with host.create_connection(SERVER) as connection:
            return talk(host, connection)

    return client
