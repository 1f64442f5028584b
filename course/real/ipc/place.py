"""A place for what two processes share: a directory, a name and a key of its own, and how all of it is removed.

What has a name outlives the processes that made it: a FIFO, a socket's path, a queue, memory, a semaphore. So all
names of one talk follow from that of its directory, which is there before any of them, and is locked by its processes
(flock(2)). A directory that nobody has locked is what a crash has left: whoever comes next removes it, with all that
goes by its name. A lock ends with the processes that hold it, whatever ended them; a process's number would be given
again, and means another process in another container.
"""

import contextlib
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course.real.interrupts import sheltered
from course.real.ipc import libc

try:
    import fcntl
except ImportError:  # Windows, where nobody gets here
    fcntl = None  # type: ignore[assignment]

PREFIX = "course-ipc-"
A_WHILE = 60.0  # seconds in which an empty directory may still be about to be locked


@dataclass(frozen=True, slots=True)
class Place:
    """A directory to work in, and what follows from its name; `lock` is the descriptor that holds the lock."""

    directory: Path
    lock: int = -1

    @property
    def inside(self) -> Path:
        """The directory in which both processes begin: what they make under a relative path is made there."""
        return self.directory / "inside"

    @property
    def name(self) -> str:
        """A name for a POSIX queue, semaphore and shared memory, "/course-ipc-..."."""
        return f"/{self.directory.name}"

    @property
    def key(self) -> int:
        """A key for a queue, semaphore and shared memory of System V; never 0, which is IPC_PRIVATE."""
        return zlib.crc32(os.fsencode(self.directory.name)) & 0x7FFFFFFF | 0x1000000

    def clear(self) -> None:
        """Remove whatever has been made here: paths, names and keys."""
        libc.remove(self.name, self.key)
        shutil.rmtree(self.inside, ignore_errors=True)

    def remove(self) -> None:
        """Remove all of it. What lists the names comes last, so that a crash in between leaves nothing unlisted."""
        self.clear()
        shutil.rmtree(self.directory, ignore_errors=True)


@contextlib.contextmanager
def fresh() -> Iterator[Place]:
    """A new place, and what a crash has left of earlier ones is removed; at the end of the block so is this one."""
    sweep()
    directory = Path(tempfile.mkdtemp(prefix=PREFIX))
    with contextlib.ExitStack() as held:
        held.callback(Place(directory).remove)
        lock = locked(directory, wait=True)
        held.callback(os.close, lock)
        place = Place(directory, lock)
        place.inside.mkdir()
        yield place


@sheltered
def sweep() -> list[str]:
    """Remove what crashed processes of this user have left; the names of their places."""
    return [place.directory.name for place in places() if abandoned(place)]


def places() -> list[Place]:
    """The places of this user, in use or left behind."""
    found = [Place(path) for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*")]
    return [place for place in found if owner(place.directory) == os.getuid()]


def owner(path: Path) -> int | None:
    """Whose directory it is; None if it is gone, or is none."""
    with contextlib.suppress(OSError):
        return path.stat(follow_symlinks=False).st_uid if path.is_dir() else None
    return None


def abandoned(place: Place) -> bool:
    """Remove the place if nobody has it any more; was that so?"""
    try:
        lock = locked(place.directory, wait=False)
    except OSError:
        return False
    try:
        if about_to_be_locked(place.directory):
            return False
        place.remove()
        return True
    finally:
        os.close(lock)


def about_to_be_locked(directory: Path) -> bool:
    """Is it empty and new, as one that is being made just now? Or gone, since somebody else has removed it?"""
    try:
        return not any(directory.iterdir()) and time.time() - directory.stat().st_mtime < A_WHILE
    except OSError:
        return True


def locked(directory: Path, *, wait: bool) -> int:
    """A descriptor that has the directory locked, alone; BlockingIOError if somebody else has, and we do not wait."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
