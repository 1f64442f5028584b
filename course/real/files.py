"""A socket as a file: what works on its descriptor as on any other, what does not, and where octets wait (socket(7)).

files.everything()      read, write, seek, open by path ... on a file, a pipe and a socket
files.buffered()        makefile() has a buffer of its own, in the program
files.queues()          two buffers a connection at each end, in the kernel
"""

import contextlib
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from course.real.calls import connected, fill, non_blocking, outcome, whether
from course.real.child import DEADLINE
from course.real.info import status
from course.real.interrupts import held, sheltered
from course.real.threads import READ, which_are_ready
from course.table import Table

NOTHING = "nothing to try"


@sheltered
def everything() -> Table:
    """The same calls on the descriptors of a file, a pipe, a fresh socket and a connected one: "everything is a file".

    The numbers work alike, what stands behind them does not: a socket has no place to seek to (ESPIPE), none to read
    from before it is connected (ENOTCONN), and nobody opens it by a path, be it its own (ENXIO, open(2), unix(7)).
    """
    with things() as opened:
        columns = [tried(*thing) for thing in opened.values()]
    rows = tuple(zip(("os.write", "os.read", "os.lseek", "open() by its path", "open(/proc/self/fd/N)"), *columns,
                     strict=True))  # fmt: skip
    return Table("One descriptor is as good as another?", ("call", *opened), rows)


@held
def things() -> Iterator[dict[str, tuple[int, int, str]]]:
    """Five things: a descriptor to write to, one to read from that does not wait, and a path if there is one."""
    with contextlib.ExitStack() as held:
        place = Path(held.enter_context(tempfile.TemporaryDirectory()))
        file = held.enter_context((place / "file").open("w+b", buffering=0))
        reading, writing = os.pipe()
        held.callback(os.close, reading)
        held.callback(os.close, writing)
        fresh = held.enter_context(socket.socket())
        ours, peer = held.enter_context(connected())
        door = held.enter_context(socket.socket(socket.AF_UNIX))
        door.bind(str(place / "door"))
        yield {
            "a file": (file.fileno(), file.fileno(), str(place / "file")),
            "a pipe": (writing, reading, ""),
            "a fresh socket": (fresh.fileno(), fresh.fileno(), ""),
            "a connected socket": (ours.fileno(), peer.fileno(), ""),
            "a socket with a path": (door.fileno(), door.fileno(), str(place / "door")),
        }


def tried(writing: int, reading: int, path: str) -> tuple[str, ...]:
    """What each of the calls says."""
    wrote = outcome(os.write, writing, b"hello")
    if wrote == "5":
        which_are_ready([(reading, READ)], DEADLINE)
    itself = f"/proc/self/fd/{reading}"
    return (
        wrote,
        outcome(os.read, reading, 100),
        outcome(os.lseek, reading, 0, os.SEEK_CUR),
        opens(path) if path else "it has none",
        opens(itself) if os.path.lexists(itself) else NOTHING,
    )


def opens(path: str) -> str:
    """Can it be opened by this path? "OK", or the errno."""
    return whether(lambda: os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK)))


# ------------------------------------------------ buffers


@sheltered
def buffered() -> Table:
    """A file made of a socket has a buffer of its own: octets that were written to it stay there until flush().

    So a FILE* of C does, which has a buffer and a descriptor. The peer's queue is asked after each step, in octets.
    """
    with connected() as (ours, peer), ours.makefile("wb") as file:
        rows = [(f"write({octets!r})", outcome(file.write, octets), waiting(peer)) for octets in (b"hello", b"world")]
        said = whether(file.flush)
        which_are_ready([(peer.fileno(), READ)], DEADLINE)
        rows.append(("flush()", said, waiting(peer)))
    return Table(
        "A socket's makefile(), and what has come to the peer", ("call", "returns", "octets there"), tuple(rows)
    )


def waiting(peer: socket.socket) -> str:
    """How many octets wait to be read."""
    with non_blocking(peer), contextlib.suppress(BlockingIOError):
        return str(len(peer.recv(1 << 16, socket.MSG_PEEK)))
    return "0"


@sheltered
def queues(octets: int = 1 << 24) -> Table:
    """Send so much, as far as it is taken, and then read: the queues of both ends, before, between and afterwards.

    Each end has two: what it has sent and the other's TCP has not acknowledged (SIOCOUTQ), and what has come and its
    program has not read (SIOCINQ, tcp(7)). Numbers are this machine's; where it does not tell, there is a dash.
    """
    with connected() as (ours, peer):
        rows = [("connected", *both(ours, peer))]
        fill(ours, octets)
        rows.append(("send()", *both(ours, peer)))
        while emptied(peer):
            pass
        rows.append(("recv(), until all is read", *both(ours, peer)))
    columns = "after", "ours: to send", "ours: to read", "the peer's: to send", "the peer's: to read"
    return Table("Octets in the four queues of one connection", columns, tuple(rows))


def both(*ends: socket.socket) -> tuple[str, ...]:
    """The two queues of each end, in octets."""
    told = [status(end) for end in ends]
    counts = [(each.send_queue, each.receive_queue) if each else (None, None) for each in told]
    return tuple("–" if count is None else str(count) for pair in counts for count in pair)


def emptied(peer: socket.socket, patience: float = 0.2) -> bool:
    """Read something, if anything comes within so many seconds."""
    return which_are_ready([(peer.fileno(), READ)], patience)[0] and bool(peer.recv(1 << 20))
