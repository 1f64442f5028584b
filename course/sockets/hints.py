"""Hints: what to do about an error of a socket call, as a note under its traceback (see the call's man page)."""

import errno

NOT_CONNECTED = "this socket is not connected: call connect() first, or use the one that accept() returned"
TAKEN = "another socket has this address and port: close it, take another port, or set SO_REUSEADDR before bind()"
NO_DATAGRAMS = "a datagram socket has no connections, so nobody calls: leave listen() and accept() out"
UNREACHABLE = "nobody has the port to which a datagram was sent before: an ICMP message has said so"
HINTS = {
    ("accept", errno.EINVAL): "this socket does not listen: call listen() before accept()",
    ("bind", errno.EADDRINUSE): TAKEN,
    ("listen", errno.EADDRINUSE): TAKEN,
    ("bind", errno.EADDRNOTAVAIL): 'this host does not have that address: "" stands for its own',
    ("bind", errno.EINVAL): "this socket has an address already: bind() once, and before connect()",
    ("connect", errno.ECONNREFUSED): "nobody listens there: is the port right, and has the server called listen()?",
    (
        "connect",
        errno.EISCONN,
    ): "this socket is connected or listens already: a new connection needs a new socket",
    ("connect", errno.ETIMEDOUT): "nobody answered: is the address right, and does anything on the way lose segments?",
    ("listen", errno.EOPNOTSUPP): NO_DATAGRAMS,
    ("accept", errno.EOPNOTSUPP): NO_DATAGRAMS,
    ("recv", errno.ENOTCONN): NOT_CONNECTED,
    ("recv", errno.ECONNREFUSED): UNREACHABLE,
    ("send", errno.ECONNREFUSED): UNREACHABLE,
    ("send", errno.EDESTADDRREQ): "say to whom: sendto(octets, address), or connect() first",
    ("send", errno.EMSGSIZE): "a datagram holds 65,507 octets at the most: send several",
    ("recv", errno.ECONNRESET): "the other end gave the connection up: a RST arrived",
    ("send", errno.ECONNRESET): "the other end gave the connection up: a RST arrived",
    ("send", errno.EPIPE): f"nobody can receive this any more; or {NOT_CONNECTED}",
    ("getpeername", errno.ENOTCONN): NOT_CONNECTED,
    ("shutdown", errno.ENOTCONN): NOT_CONNECTED,
}
SAME_AS = {"sendall": "send", "sendmsg": "send", "sendto": "send",
           **dict.fromkeys(("recv_into", "recvfrom", "recvmsg"), "recv")}  # fmt: skip


def explain(error: OSError, call: str) -> None:
    """Add the hint for this error of this call, if there is one."""
    if error.errno == errno.EBADF:
        error.add_note("this socket is closed: make a new one")
        return
    hint = HINTS.get((SAME_AS.get(call, call), error.errno or 0))
    if hint is not None:
        error.add_note(hint)
