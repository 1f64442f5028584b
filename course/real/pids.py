"""A process's number: it names the process on its own machine, and even there in its own namespace only (fork(2))."""

import json
import os

from course.real.child import DEADLINE, child
from course.real.interrupts import sheltered
from course.table import Table

HERE_AND_THERE = """
import ctypes, json, os, signal
system = ctypes.CDLL(None, use_errno=True)
if system.unshare(0x1000_0000 | 0x2000_0000): # CLONE_NEWUSER, and in it CLONE_NEWPID (linux/sched.h)
    raise SystemExit(json.dumps(os.strerror(ctypes.get_errno())))
pairs, waits = [], os.pipe()
for _ in range(3):
    told, tell = os.pipe()
    here = os.fork()
    if not here:
        os.close(waits[1])
        os.write(tell, str(os.getpid()).encode())
        os.read(waits[0], 1) # the first has to stay: with it, the namespace would end
        os._exit(0)
    pairs.append((here, int(os.read(told, 20))))
print(json.dumps(pairs))
os.close(waits[1])
for here, _ in reversed(pairs):
    os.waitpid(here, 0)
"""


@sheltered
def namespaces() -> Table:
    """The same processes by the numbers that they have here, and by those in a PID namespace of their own.

    In there they are 1, 2 and 3, as other processes are out here (pid_namespaces(7)): a number means nothing on its
    own. Where this machine permits no namespaces, the caption says why, and there are the numbers of two processes.
    """
    columns = "process", "its number here", "its number there"
    pairs, why = asked()
    rows = [(f"in a namespace, {index}", str(here), str(there)) for index, (here, there) in enumerate(pairs, 1)]
    if why:
        with child() as other:
            rows = [("a child", str(other.pid), "–")]
    caption = f"No namespace here: {why}" if why else "Processes, and their numbers in two PID namespaces"
    return Table(caption, columns, (("this one", str(os.getpid()), "–"), *rows))


def asked() -> tuple[list[tuple[int, int]], str]:
    """(number here, number there) of three processes in a namespace; or why there are none."""
    with child(HERE_AND_THERE) as process:
        printed, complained = process.communicate(timeout=DEADLINE)
    if printed:
        return json.loads(printed), ""
    return [], complained.decode(errors="replace").strip().splitlines()[-1].strip('"')
