"""What a child process does for us inside a network namespace of its own: it makes sockets there and hands them out.

It is a program by itself, which needs the standard library alone, and ends when the other end of its socket is closed.
A namespace of one's own is for everyone, where the system permits it: user_namespaces(7), network_namespaces(7).
"""

import array
import ctypes
import os
import socket
import struct
import sys

NEW_NAMESPACES = 0x1000_0000 | 0x4000_0000  # CLONE_NEWUSER, and in it CLONE_NEWNET (linux/sched.h)
SET_FLAGS, UP_AND_RUNNING = 0x8914, 0x1 | 0x40  # SIOCSIFFLAGS (netdevice(7))
REQUEST, ANSWER = struct.Struct("iii"), struct.Struct("i")


def enter() -> None:
    """Go into namespaces of our own, and switch their loopback on. Raises OSError where that is not permitted."""
    system = ctypes.CDLL(None, use_errno=True)
    if system.unshare(NEW_NAMESPACES):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), "unshare")
    raise_loopback()


def raise_loopback() -> None:
    """Switch the loopback of this namespace on. Raises OSError where that is not permitted."""
    import fcntl  # noqa: PLC0415 - which is not everywhere; where it is not, nobody gets here

    with socket.socket() as anyone:
        fcntl.ioctl(anyone, SET_FLAGS, struct.pack("16sH14x", b"lo", UP_AND_RUNNING))


def serve(asked: socket.socket) -> None:
    """Make what is asked for (family, type, protocol), and answer 0 with the socket, or an errno, until the end."""
    while request := asked.recv(REQUEST.size):
        try:
            made = socket.socket(*REQUEST.unpack(request))
        except OSError as error:
            asked.send(ANSWER.pack(error.errno or 0))
            continue
        with made:
            descriptor = array.array("i", [made.fileno()])
            asked.sendmsg([ANSWER.pack(0)], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptor)])


def main(descriptor: int) -> None:
    """Say how it went, 0 or an errno, and serve."""
    with socket.socket(fileno=descriptor) as asked:
        try:
            enter()
        except OSError as error:
            asked.send(ANSWER.pack(error.errno or -1))
            return
        asked.send(ANSWER.pack(0))
        serve(asked)


if __name__ == "__main__":
    main(int(sys.argv[1]))
