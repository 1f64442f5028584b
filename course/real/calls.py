"""Calls on the real kernel's sockets: five pairs to write and read, and descriptors that are shared.

with calls.connected() as (ours, peer):     # two ends of one TCP connection
    calls.five_pairs(ours, peer)
calls.last_close()                          # a child process has the descriptor, too: only the last close() counts
calls.passed_on()                           # a descriptor travels to another process
"""

import contextlib
import ctypes
import errno
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from course.real.child import DEADLINE, child, end
from course.real.interrupts import held, sheltered
from course.real.sockaddr import STORAGE, c_library, check, not_on_windows
from course.real.threads import READ, which_are_ready
from course.table import Table

Ends = tuple[socket.socket, socket.socket]
Call = Callable[[], object]
PAIR_COLUMNS = "to write", "returns", "to read", "returns"
PATIENCE = 0.1  # seconds in which nothing has to happen, to say that nothing happens


@held
def connected() -> Iterator[Ends]:
    """Both ends of a TCP connection over loopback: the caller's, and the accepted one. Calls wait 10 s at most."""
    with contextlib.ExitStack() as held:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(DEADLINE)
            ours = held.enter_context(socket.create_connection(listener.getsockname(), DEADLINE))
            peer = held.enter_context(listener.accept()[0])
        peer.settimeout(DEADLINE)
        yield ours, peer


def outcome(call: Callable[..., object], *arguments: object) -> str:
    """What a call returns, or the name of its errno: "5", "b'hello'", "EPIPE"; a timeout is "TimeoutError"."""
    try:
        return repr(call(*arguments))
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, type(error).__name__)


def whether(call: Callable[..., object], *arguments: object) -> str:
    """What a call that only does something comes to: "OK", or the name of its errno."""
    said = outcome(call, *arguments)
    return "OK" if said == "None" else said


# ------------------------------------------------ five pairs


@sheltered
def five_pairs(ours: socket.socket, peer: socket.socket) -> Table:
    """Write five octets by each of the five calls, and read them by its partner: what each takes and gives.

    For a pair of sockets as connected() or socket.socketpair() makes it. read() and write() work on every descriptor,
    writev() and readv() as well, with several buffers; send() and recv() take flags besides; sendto() and recvfrom()
    an address, which a stream does not need; sendmsg() and recvmsg() all of that, and descriptors.
    """
    not_on_windows()
    with non_blocking(peer):
        rows = tuple([tell(peer, *pair) for pair in pairs(ours, peer)])
    return Table("One message by each of the five pairs", PAIR_COLUMNS, rows)


def tell(peer: socket.socket, name: str, write: Call, partner: str, read: Call) -> tuple[str, ...]:
    """What a pair's calls return; nothing arrives if the first has failed, so nothing is waited for then."""
    wrote = outcome(write)
    if not wrote.startswith("E"):
        which_are_ready([(peer.fileno(), READ)], DEADLINE)
    return f"{name}()", wrote, f"{partner}()", outcome(read)


def pairs(ours: socket.socket, peer: socket.socket) -> list[tuple[str, Call, str, Call]]:
    """The five pairs: a call that writes, and the one that reads."""
    here, there = ours.fileno(), peer.fileno()
    return [
        ("write", lambda: os.write(here, b"hello"), "read", lambda: os.read(there, 100)),
        ("send", lambda: ours.send(b"hello"), "recv", lambda: peer.recv(100)),
        ("sendto", lambda: ours.sendto(b"hello", peer.getsockname()), "recvfrom", lambda: peer.recvfrom(100)),
        ("sendmsg", lambda: ours.sendmsg([b"he", b"llo"]), "recvmsg", lambda: peer.recvmsg(100)),
        ("writev", lambda: os.writev(here, [b"he", b"llo"]), "readv", lambda: scatter(there, 3, 2)),
    ]


def scatter(number: int, *sizes: int) -> list[bytes]:
    """readv(2): one read into several buffers, the first of which is filled first."""
    buffers = [bytearray(size) for size in sizes]
    os.readv(number, buffers)
    return [bytes(each) for each in buffers]


@sheltered
def on_a_pipe() -> Table:
    """The same five on a pipe, which is no socket: what only sockets have is refused (ENOTSOCK).

    Python makes no socket of a pipe, so the C library is asked.
    """
    not_on_windows()
    reading, writing = os.pipe()
    try:
        rows = [("write()", outcome(os.write, writing, b"hello"), "read()", outcome(os.read, reading, 100))]
        for name, partner in (("send", "recv"), ("sendto", "recvfrom"), ("sendmsg", "recvmsg")):
            rows.append((f"{name}()", in_c(name, writing), f"{partner}()", in_c(partner, reading)))
        rows.append(("writev()", outcome(os.writev, writing, [b"hello"]), "readv()", outcome(scatter, reading, 3, 2)))
    finally:
        os.close(reading)
        os.close(writing)
    return Table("The five pairs on a pipe", PAIR_COLUMNS, tuple(rows))


def in_c(name: str, number: int) -> str:
    """What the C library's call says to a descriptor; the message is empty, as zeros are in all of them."""
    nothing = ctypes.create_string_buffer(STORAGE)
    return outcome(lambda: check(c_library(name)(number, nothing, 0, 0, None, None)))


@held
def non_blocking(known: socket.socket) -> Iterator[None]:
    """Meanwhile its calls do not wait, read(2) and readv(2) included, which know nothing of Python's timeouts."""
    before = known.gettimeout()
    known.settimeout(0)
    try:
        yield
    finally:
        known.settimeout(before)


def fill(ours: socket.socket, size: int = 1 << 26) -> tuple[int, str]:
    """Send as much as the kernel takes without waiting: how many octets, and how the last call ended (EAGAIN)."""
    octets, taken = memoryview(bytes(size)), 0
    with non_blocking(ours):
        while taken < size and (more := send_some(ours, octets[taken:])):
            taken += more
    return taken, "OK" if taken == size else "EAGAIN"


def send_some(ours: socket.socket, octets: memoryview) -> int:
    """How many octets a send() that does not wait takes; none if the buffer is full."""
    try:
        return ours.send(octets)
    except BlockingIOError:
        return 0


# ------------------------------------------------ shared descriptors


@sheltered
def last_close() -> Table:
    """Close a connection that a child process has as well, as after fork(2), and end the child; what the peer hears.

    Only when the last descriptor is closed does TCP send its FIN: close() gives a number back, not a connection. Within
    one process dup(2) does the same, in both worlds: course.apps.copies.
    """
    with connected() as (ours, peer), child(descriptors=(ours.fileno(),)) as process:
        rows = [("nothing yet", heard(peer, PATIENCE))]
        ours.close()
        rows.append(("close()", heard(peer, PATIENCE)))
        end(process)  # and the kernel closes what it had
        rows.append(("the child ends", heard(peer, DEADLINE)))
    return Table("One connection, two descriptors: the second is a child's", ("what happened", "recv() of the peer"),
                 tuple(rows))  # fmt: skip


def heard(peer: socket.socket, patience: float) -> str:
    """What recv() says within so many seconds."""
    peer.settimeout(patience)
    return outcome(peer.recv, 100)


RECEIVER = """
import os, socket, sys
us = socket.socket(fileno=int(sys.argv[1]))
us.settimeout(10)
_, [number], _, _ = socket.recv_fds(us, 100, 1)
os.write(number, b"hello from the other process")
us.sendall(str(number).encode())
"""


@dataclass(frozen=True, slots=True)
class Passed:
    """A descriptor that went to another process: its number here, its number there, and what came through it."""

    here: int
    there: int
    heard: bytes


@sheltered
def passed_on() -> Passed:
    """Pass one end of a TCP connection to another process (sendmsg(2), SCM_RIGHTS in unix(7)), and hear from there.

    What travels is not the number but what it stands for: the other process gets a number of its own.
    """
    not_on_windows()
    near, far = socket.socketpair(socket.AF_UNIX)
    with near, far, connected() as (given, peer):
        near.settimeout(DEADLINE)
        with child(RECEIVER, str(far.fileno()), descriptors=(far.fileno(),)):
            here = given.fileno()
            socket.send_fds(near, [b"take this"], [here])
            given.close()
            there = int(near.recv(100))
            return Passed(here, there, peer.recv(100))
