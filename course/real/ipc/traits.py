"""What each of the means can carry and cannot, found out: five questions, each put to all of them by two processes.

Two talks for each: in the first both have inherited what was made, in the second each has only its name, or what the
other can tell of it in words.
"""

import errno
import os
import select
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from course.errors import TalkFailed
from course.real.interrupts import sheltered
from course.real.ipc import means
from course.real.ipc.actor import Here
from course.real.ipc.talk import talk
from course.table import Table

COLUMNS = "means", "two writes, one read", "direction", "reached by", "when its maker has ended", "where its name is"
CAPTION = "What two processes of one machine found out: none of these names leads to another machine"
WORKERS = 2
NOWHERE, BY_NAME = "nowhere", "its name or number"
Programs = tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]


@sheltered
def traits(*names: str) -> Table:
    """Ask all of the means, or those of these names: a row for each. It takes some seconds."""
    chosen = names or tuple(means.ALL)
    with ThreadPoolExecutor(WORKERS) as several:
        return Table(CAPTION, COLUMNS, tuple(several.map(row, chosen)))


def row(name: str) -> tuple[str, ...]:
    """One of the means: what came of both talks, or why it is not to be had here."""
    try:
        first = talk(*inherited(name)[1:], before=inherited(name)[0]).results
        second = talk(*by_name(name)[1:], before=by_name(name)[0]).results
    except TalkFailed as failed:
        return name, f"not here: {str(failed).splitlines()[0]}", "", "", "", ""
    writer, reader = first["writer"], first["reader"]
    maker, other = second["maker"], second["other"]
    return name, reader, writer, other[0], other[1], maker


# ------------------------------------------------ the two talks


def inherited(name: str) -> Programs:
    """Writes twice, is read once, and is written to by the reader as well."""

    def before(here: Here) -> Any:
        return means.ALL[name].make(here), os.pipe(), os.pipe()

    def writer(here: Here) -> str:
        (end, _), (_, go), (back, _) = here.made
        means.ALL[name].put(end, b"hello")
        means.ALL[name].put(end, b"world")
        os.write(go, b"!")
        return {b"y": "both ways", b"n": "one way"}[os.read(back, 1)]

    def reader(here: Here) -> str:
        (_, end), (go, _), (_, back) = here.made
        os.read(go, 1)
        taken = means.ALL[name].take(end)
        try:
            means.ALL[name].put(end, b"back")
        except OSError:
            os.write(back, b"n")
        else:
            os.write(back, b"y")
        return taken.decode() if isinstance(taken, bytes) else str(taken)

    return before, writer, reader


def by_name(name: str) -> Programs:
    """One makes it, puts something in, and ends; the other has to find it, while its maker is there and afterwards."""

    def before() -> Any:
        return os.pipe(), os.pipe()

    def maker(here: Here) -> str:
        (_, tell), (seen, _) = here.made
        ends = means.ALL[name].make(here)
        os.write(tell, " ".join(str(number(end)) for end in ends).encode())
        os.read(seen, 1)
        means.ALL[name].put(ends[0], b"left")
        return lives(here)

    def other(here: Here) -> tuple[str, str]:
        (told, tell), (_, seen) = here.made
        os.close(tell)
        words = os.read(told, 100).decode()
        reached = attempt(lambda: means.ALL[name].reach(here, words))
        os.write(seen, b"!")
        select.select([told], [], [])  # the end of the maker, who alone could have written there
        return reached, left(name, here, words)

    return before, maker, other


# ------------------------------------------------ what they ask


def number(end: Any) -> int:
    """The descriptor of an end, which is all that can be told of it; 0 if it has none."""
    return end.fileno() if hasattr(end, "fileno") else end if isinstance(end, int) else 0


def attempt(reach: Callable[[], means.Ends]) -> str:
    """Is it reached by its name, or by inheritance alone? What is reached is let go of again."""
    try:
        ends = reach()
    except OSError as error:
        return f"inheritance alone ({errno.errorcode[error.errno or 0]})"
    for end in set(ends):
        if isinstance(end, int):
            os.close(end)
    return BY_NAME


def left(name: str, here: Here, words: str) -> str:
    """What is left of it: what was in it, its name, or nothing."""
    taken: object = b""
    try:
        taken = means.ALL[name].take(means.ALL[name].reach(here, words)[1])
    except OSError:
        taken = b""
    return "stays, with what is in it" if taken else "is gone" if lives(here) == NOWHERE else "its name stays"


def lives(here: Here) -> str:
    """Where the name can be found: a directory, a list of the kernel's, or the kernel alone."""
    for path in Path().iterdir():
        return f"a path: {'FIFO' if path.is_fifo() else 'socket'}"
    for kind in ("", "sem."):
        if Path(f"/dev/shm/{kind}{here.name[1:]}").exists():  # noqa: S108 - where Linux has them
            return f"/dev/shm/{kind}NAME"  # noqa: S108
    for listed, word in (("/proc/sysvipc/msg", str(int(here.key))), ("/proc/net/unix", f"@{here.name}")):
        if Path(listed).exists() and word in Path(listed).read_text(encoding="utf-8").split():
            return listed
    for reach in (means.reach_mqueue, means.reach_semaphore, means.reach_memory):
        if attempt(lambda reach=reach: reach(here, "")) == BY_NAME:  # type: ignore[misc]
            return "the kernel"
    return NOWHERE
