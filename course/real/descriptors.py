"""Descriptors: the small numbers by which this process knows its files, pipes and sockets (open(2), socket(2)).

descriptors.table()                     all that this process has
descriptors.after(socket.socket)        what a call added to the table, or took away
with descriptors.watching() as seen: ...
"""

import contextlib
import os
import socket
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course.real.interrupts import held, sheltered
from course.table import Table

LISTINGS = ("/proc/self/fd", "/dev/fd")  # Linux; the BSDs, macOS among them
MOST = 1024  # where no directory lists them, the numbers below this are asked one by one
NAMELESS = "anon_inode:"  # how Linux names what is no file: what epoll_create(2) and eventfd(2) make
KINDS = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFIFO: "pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFBLK: "device",
    stat.S_IFLNK: "link",
}


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A number, the kind of thing that it stands for, and what is known of that.

    `thing` is the kernel's number for what stands behind: two descriptors with the same one are one socket, or the two
    ends of one pipe, or one file (perhaps opened twice).
    """

    number: int
    kind: str
    what: str
    thing: tuple[int, int] = field(repr=False)

    def __str__(self) -> str:
        return f"{self.number} {self.kind} {self.what}".rstrip()


@dataclass(slots=True)
class Change:
    """What a call, or a `with` block, has done to the table of descriptors, and what came of the call.

    A program's other threads use the same table: what they open and close meanwhile counts as well.
    """

    added: tuple[Descriptor, ...] = ()
    gone: tuple[Descriptor, ...] = ()
    result: Any = None

    @property
    def kinds(self) -> list[str]:
        """What was added and taken away without the numbers, which differ from run to run: "+ socket AF_INET ..."."""
        added = [f"+ {each.kind} {each.what}".rstrip() for each in self.added]
        return added + [f"- {each.kind} {each.what}".rstrip() for each in self.gone]

    def __repr__(self) -> str:
        lines = [f"+ {each}" for each in self.added] + [f"- {each}" for each in self.gone]
        return "\n".join(lines) or "no descriptor more, and none less"


# ------------------------------------------------ the table


def table(most: int | None = None) -> Table:
    """This process's table of descriptors: 0, 1 and 2 are standard input, output and error; each number's kind.

    `most` is how many rows to show, None for all; a note counts the others by kind.
    """
    known = [*descriptors().values()]
    shown = known[:most]
    others = Counter(each.kind for each in known[len(shown) :])
    rows = tuple((str(each.number), each.kind, each.what) for each in shown)
    counted = ", ".join(f"{kind} ({count})" for kind, count in others.most_common())
    note = f"And {others.total()} more: {counted}" if others else ""
    return Table("The descriptors of this process", ("number", "kind", "what it is"), rows, note)


@sheltered
def descriptors() -> dict[int, Descriptor]:
    """All descriptors that are open now, by number."""
    found = [described(number) for number in sorted(numbers())]
    return {each.number: each for each in found if each is not None}


def numbers() -> list[int]:
    """The numbers to look at, as the system lists them; some may be closed by now, as the list's own is."""
    for listing in LISTINGS:
        with contextlib.suppress(OSError):
            return [int(name) for name in os.listdir(listing) if name.isdecimal()]  # noqa: PTH208 - Path adds nothing
    return list(range(MOST))


def described(number: int) -> Descriptor | None:
    """One descriptor, described; None if it is not open."""
    try:
        status = os.fstat(number)
    except OSError:
        return None
    link, kind = link_of(number), KINDS.get(stat.S_IFMT(status.st_mode))
    if link.startswith(NAMELESS):
        kind, link = link.removeprefix(NAMELESS).strip("[]"), ""
    kind = kind or ("terminal" if os.isatty(number) else "device")
    what = about_socket(number) if kind == "socket" else link if link.startswith("/") else ""
    return Descriptor(number, kind, what, (status.st_dev, status.st_ino))


def about_socket(number: int) -> str:
    """A socket's family and type, and whether it listens: "AF_INET SOCK_STREAM, listens"."""
    try:
        with socket.socket(fileno=os.dup(number)) as known:
            listens = known.type == socket.SOCK_STREAM and known.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
            words = f"{name_of(known.family)} {name_of(known.type)}"
    except (OSError, AttributeError):
        return ""
    return f"{words}, listens" if listens else words


def name_of(constant: int) -> str:
    """AF_INET and the like by name, as the socket module has it; the number if it has none."""
    return str(getattr(constant, "name", constant))


def link_of(number: int) -> str:
    """What was opened, on systems that tell it (proc(5)): a path, or as in "pipe:[7]" and "anon_inode:[eventpoll]"."""
    with contextlib.suppress(OSError):
        return str(Path(f"{LISTINGS[0]}/{number}").readlink())
    return ""


# ------------------------------------------------ before and after


@held
def watching() -> Iterator[Change]:
    """What changes in the table of descriptors inside of the `with` block; it can be read after it."""
    let_history_be_written()
    change, before = Change(), descriptors()
    try:
        yield change
    finally:
        now = descriptors()
        change.added = tuple(each for number, each in now.items() if is_new(each, before.get(number)))
        change.gone = tuple(each for number, each in before.items() if is_new(each, now.get(number)))


def let_history_be_written() -> None:
    """A notebook's kernel keeps a history of cells in a file: a thread writes it when a cell begins, so wait for it."""
    interactive = sys.modules.get("IPython")
    shell = None if interactive is None else interactive.get_ipython()
    if shell is not None:
        shell.history_manager.writeout_cache()


def is_new(one: Descriptor, other: Descriptor | None) -> bool:
    """Does the number stand for another thing there, or for none?"""
    return other is None or other.thing != one.thing


def after(call: Callable[..., Any], *arguments: Any) -> Change:
    """Make a call, and say what it did to the table; `.result` is what it returned. What it raises is raised."""
    with watching() as change:
        change.result = call(*arguments)
    return change
