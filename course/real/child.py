"""A child: a second process for a moment, which has some of our descriptors, and never outlives its `with` block."""

import subprocess
import sys
from collections.abc import Iterator

from course.real.interrupts import held
from course.real.sockaddr import not_on_windows

DEADLINE = 10.0  # seconds after which nothing in this room is waited for any longer
WAIT_FOR_END = "import sys\nsys.stdin.read()\n"


@held
def child(program: str = WAIT_FOR_END, *arguments: str,
          descriptors: tuple[int, ...] = ()) -> Iterator[subprocess.Popen[bytes]]:  # fmt: skip
    """Start Python on a few lines; the child has these descriptors, under the same numbers, besides 0, 1 and 2.

    They are inherited in fork(2), and stay open in execve(2): the numbers are copied, what stands behind them is not.
    At the end of the block the child is killed, if it has not ended by itself. OSError ENOTSUP on Windows.
    """
    not_on_windows()
    command = [sys.executable, "-I", "-S", "-c", program, *arguments]
    process = subprocess.Popen(  # noqa: S603 - our own lines
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=descriptors
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def end(process: subprocess.Popen[bytes]) -> int:
    """Close the child's standard input, and wait until it has ended; its status, negative for a signal's number."""
    process.communicate(timeout=DEADLINE)
    return process.returncode
