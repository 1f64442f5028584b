"""Outside: a command of this machine takes part in a run on the kernel, such as curl calling a server of ours."""

import contextlib
import os
import re
import signal
import subprocess
from typing import NamedTuple

from course.errors import ScenarioError
from course.sockets.host import Host, Program


class Said(NamedTuple):
    """What a command wrote and how it ended: its exit status (negative for a signal), and both of its outputs."""

    status: int
    out: bytes
    err: bytes


def outside(*command: str, seconds: float = 5.0) -> Program:
    """A program that runs this command and returns what it Said: outside("curl", "http://{server}:8080/").

    A host's name in braces stands for its address. For the loopback world only, and not within a namespace of one's
    own (course.real.namespace): a command calls from outside of it. It is killed after `seconds`, and the result is
    TimeoutError; or when the run is over. One that cannot be started is an OSError, too.
    """

    def commanding(host: Host) -> Said:
        if not host.address.startswith("127."):
            raise ScenarioError(f'{command[0]} is a program of this machine: write run(world="loopback")')
        words = [re.sub(r"\{(.+?)\}", lambda found: address_of(host, found[1]), word) for word in command]
        with subprocess.Popen(  # noqa: S603 - the reader's own command
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        ) as process:
            try:
                return said(host, process, seconds)
            finally:
                end(process)  # also where the run is over, and Stopped was raised in select()

    return commanding


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill it with all that it has started, as a shell starts the commands of a pipeline; what is over stays so."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def address_of(host: Host, name: str) -> str:
    """The address of the host of that name; braces round anything else are the command's own."""
    try:
        return host.gethostbyname(name)
    except OSError:
        return f"{{{name}}}"


def said(host: Host, process: subprocess.Popen[bytes], seconds: float) -> Said:
    """Read both outputs to their ends, at the same time, so that neither gets full."""
    assert process.stdout
    assert process.stderr
    heard = {process.stdout.fileno(): bytearray(), process.stderr.fileno(): bytearray()}
    out, err = heard.values()
    until = host.now() + seconds
    while heard:
        ready, _, _ = host.select(list(heard), timeout=max(0.0, until - host.now()))
        if not ready:
            raise TimeoutError(f"{process.args!r} took longer than {seconds:g} seconds")
        for descriptor in ready:
            take(descriptor, heard)
    return Said(process.wait(seconds), bytes(out), bytes(err))


def take(descriptor: int, heard: dict[int, bytearray]) -> None:
    """Octets from a pipe, or its end."""
    octets = os.read(descriptor, 65_536)
    heard[descriptor] += octets
    if not octets:
        del heard[descriptor]
