"""A real process is killed while it has a connection: its kernel closes all descriptors, and TCP tells the peer."""

import errno
import select
import socket
import subprocess

from course.real.child import DEADLINE, child
from course.real.interrupts import sheltered

CALLS = """
import socket, sys
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
if sys.argv[3] == "unread":
    connection.recv(1, socket.MSG_PEEK)
print(flush=True)
sys.stdin.read()
"""
END_OF_STREAM = "end of the stream"


@sheltered
def killed(*, unread: bool = False) -> str:
    """What the peer of a process hears that is killed by SIGKILL (signal(7)): "end of the stream", or "ECONNRESET".

    The process cannot tidy up; its kernel does that, and sends a FIN, or a RST if octets were left `unread`
    (RFC 9293, section 3.6.1). A host without power would send nothing: `faults.power_off` in the simulated network.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(DEADLINE)
        with child(CALLS, *map(str, listener.getsockname()), "unread" if unread else "read") as process:
            connection, _ = listener.accept()
            connection.settimeout(DEADLINE)
            connection.sendall(b"news" * unread)
            wait_for_a_line(process)
        with connection:
            return heard(connection)


def wait_for_a_line(process: subprocess.Popen[bytes]) -> None:
    """The child is ready; TimeoutError if it never is."""
    assert process.stdout is not None
    if not select.select([process.stdout], [], [], DEADLINE)[0]:
        raise TimeoutError("the child did not get its octets")
    process.stdout.readline()


def heard(connection: socket.socket) -> str:
    """How one hears that the peer is gone; it had said nothing."""
    try:
        connection.recv(1)
    except ConnectionError as error:
        return errno.errorcode[error.errno or 0]
    return END_OF_STREAM
