"""The worlds in which a program can run, the loopback world with one address included."""

import errno
import subprocess
import sys
import time
from contextlib import contextmanager

from course import Scenario
from course.real.loopback import Loopback

ONE_ADDRESS = "loopback with one address"
LOOPBACK = ("loopback", ONE_ADDRESS)
WORLDS = ("simulated", *LOOPBACK)
PORT = 7000


def run(world, until=None, deadline=10.0, **programs):
    """What comes of the programs in that world: something with a `trace` and `results`."""
    if world != ONE_ADDRESS:
        return Scenario(delay=0.005, **programs).run(world=world, until=until, deadline=deadline)
    outcome = Loopback(programs, one_address=True).run(until, deadline)
    if outcome.error is not None:
        raise outcome.error
    return outcome


def failure(call, *arguments):
    """The name of the errno with which a call fails, as in "ENOTCONN", or the error's own name; None if it succeeds."""
    try:
        call(*arguments)
    except OSError as error:
        return errno.errorcode.get(error.errno, type(error).__name__)
    return None


def accepting(serve):
    """A server that listens, accepts one caller, and returns what `serve(host, connection)` returns."""

    def server(host):
        with host.create_server(("", PORT)) as listener:
            connection, _ = listener.accept()
        with connection:
            return serve(host, connection)

    return server


def calling(talk):
    """A client that connects, and returns what `talk(host, connection)` returns."""

    def client(host):
        with host.create_connection(("server", PORT)) as connection:
            return talk(host, connection)

    return client


def hear(connection):
    """Everything up to the end of the stream."""
    heard = b""
    while octets := connection.recv(4096):
        heard += octets
    return heard


def wait_until(host, happened):
    """Let a program wait for something that another one does; not for ever."""
    for _ in range(1000):
        if happened():
            return
        host.sleep(0.01)


def soon(happened):
    """Does it happen within a few seconds? The kernel may be busy elsewhere."""
    for _ in range(500):
        if happened():
            return True
        time.sleep(0.01)
    return False


@contextmanager
def busy_processes(count=2, seconds=30):
    """So many processes that have nothing to do, and do it all the time; they end by themselves, whatever happens."""
    idling = f"import time\nwhile time.process_time() < {seconds}: pass"
    processes = [subprocess.Popen([sys.executable, "-c", idling]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()
