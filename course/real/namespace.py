"""A network namespace of our own: a kernel's TCP that nobody else uses, in which we may capture without privileges.

The programs stay where they are. A socket belongs for ever to the namespace in which it was made, so a child process
goes in (course.real.inside), makes sockets there, and hands them over to us through a socket of AF_UNIX (unix(7),
SCM_RIGHTS). To go in ourselves is impossible with threads (EINVAL), to fork this process with its threads is unsafe.
"""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

from course.real import inside

PATIENCE = 5.0  # seconds for anything that the child has to do


class Namespace:
    """A namespace, from now to `close()`. Raises OSError where the system does not permit it, or takes too long."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._lock = threading.Lock()
        self._patience = patience
        self._near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._near.settimeout(patience)
        try:
            with far:
                self.child = start(far)
        except BaseException:
            self._near.close()
            raise
        self.table = Path(f"/proc/{self.child.pid}/net/tcp")
        """Where the kernel lists the connections of this namespace."""
        try:
            check(self._answer()[0])
        except BaseException:
            self.close()
            raise

    def socket(self, family: int, type: int, proto: int) -> socket.socket:  # noqa: A002 - as in socket.socket
        """A fresh socket in the namespace; OSError as socket(2)."""
        with self._lock:
            self._near.send(inside.REQUEST.pack(family, type, proto))
            number, descriptors = self._answer()
        check(number)
        return socket.socket(family, type, proto, fileno=descriptors[0])

    def close(self) -> None:
        """Let the child end, and wait for it; the namespace ends with its last socket."""
        self._near.close()
        try:
            self.child.wait(self._patience)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def _answer(self) -> tuple[int, list[int]]:
        octets, descriptors, _, _ = socket.recv_fds(self._near, inside.ANSWER.size, 1)
        if not octets:
            raise ConnectionAbortedError("the process in the network namespace has ended")
        return inside.ANSWER.unpack(octets)[0], descriptors


def start(far: socket.socket) -> "subprocess.Popen[bytes]":
    """The child, with its end of the socket; in a session of its own, so that Ctrl-C is not meant for it."""
    number = far.fileno()
    command = [sys.executable, "-I", "-S", inside.__file__, str(number)]
    return subprocess.Popen(  # noqa: S603 - a program of ours
        command, pass_fds=[number], start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip


def check(number: int) -> None:
    """Raise the OSError of this errno, if it is one."""
    if number:
        raise OSError(number, os.strerror(number) if number > 0 else "unknown reason")
