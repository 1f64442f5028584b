"""Two ends of one connection, for tests: each end is a function of its host and its connection."""

import errno
import struct

from course import Scenario

PORT = 7000


def talk(serve, call, *, until=None, limits=None, **options):
    """Run `serve(host, connection)` on the host "server" and `call(host, connection)` on "client"."""
    return Scenario(server=answering(serve), client=calling(call), **options).run(until=until, limits=limits)


def answering(serve, port=PORT):
    """A server program: it accepts one caller; the connection is closed when `serve` returns."""

    def server(host):
        with host.create_server(("", port)) as listener:
            connection, _ = listener.accept()
        with connection:
            return serve(host, connection)

    return server


def calling(call, port=PORT, name="server"):
    """A client program: it calls the server; the connection is closed when `call` returns."""

    def client(host):
        with host.create_connection((name, port)) as connection:
            return call(host, connection)

    return client


def alone(program, **options):
    """What a program returns that has the network for itself."""
    return Scenario(host=program, **options).run().results["host"]


def hear(host, connection):
    """Read until the peer closes its direction."""
    heard = b""
    while octets := connection.recv(4096):
        heard += octets
    return heard


def say(octets):
    """Send all of it."""
    return lambda host, connection: connection.sendall(octets)


def reset(host, connection):
    """Let close() send a reset (socket(7), SO_LINGER with a time of 0)."""
    connection.setsockopt(host.SOL_SOCKET, host.SO_LINGER, struct.pack("ii", 1, 0))


def stubborn(host):
    """Do not stop, whatever one is told."""
    while True:
        try:
            host.sleep(10)
        except BaseException:  # noqa: BLE001 - so stubborn is it
            continue


def idle(host, connection=None):
    """Do nothing, and leave."""


def error(call, *arguments):
    """The name of the errno with which a call fails, as in "ENOTCONN", or the error's own name; None if it succeeds."""
    try:
        call(*arguments)
    except OSError as failed:
        return errno.errorcode.get(failed.errno, type(failed).__name__)
    return None
