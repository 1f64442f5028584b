"""What each chapter takes of a student's machine, run twice in one kernel: python -m tools.measure, or with 05 for one.

Seconds of the first and of the second run, and the most memory that the kernel and its children had at one time
(resident, in MB: 10**6 octets). It ends with status 1 if a chapter fails, or takes more than is promised.
"""

import asyncio
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from tools.notebooks import NOTEBOOKS

SECONDS, MEGABYTES, ALL_SECONDS = 30.0, 500.0, 240.0
CELL_SECONDS = 60
LOOK = 0.05  # seconds between two looks at the memory


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one chapter: seconds of both runs, megabytes, and what it failed with (empty: it did not)."""

    chapter: str
    first: float = 0.0
    second: float = 0.0
    megabytes: float = 0.0
    failed: str = ""

    @property
    def is_well(self) -> bool:
        """Is it within what is promised?"""
        return not self.failed and max(self.first, self.second) <= SECONDS and self.megabytes <= MEGABYTES

    def __str__(self) -> str:
        times = f"{self.first:6.1f} s {self.second:6.1f} s {self.megabytes:6.0f} MB"
        return f"{self.chapter:26}{times}  {self.failed or ('' if self.is_well else 'too much')}".rstrip()


class Memory:
    """The most that a process and its children had at one time, looked at again and again by a thread."""

    def __init__(self, process: psutil.Process) -> None:
        self.most = 0.0
        self._process = process
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="memory")

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look as long as the block lasts."""
        self._thread.start()
        try:
            yield
        finally:
            self._stop.set()
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(LOOK):
            self.most = max(self.most, sum(map(resident, [self._process, *children(self._process)])) / 1e6)


def children(process: psutil.Process) -> list[psutil.Process]:
    """All that a process has started and that still runs."""
    try:
        return list(process.children(recursive=True))
    except psutil.NoSuchProcess:
        return []


def resident(process: psutil.Process) -> int:
    """The octets that a process has in memory; none if it has ended."""
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def measured(chapter: str) -> Measured:
    """Run a chapter twice in one kernel."""
    notebook = nbformat.read(NOTEBOOKS / f"{chapter}.ipynb", as_version=4)
    client = NotebookClient(notebook, timeout=CELL_SECONDS, resources={"metadata": {"path": str(NOTEBOOKS)}})
    with client.setup_kernel():
        kernel: Any = client.km
        memory = Memory(psutil.Process(kernel.provisioner.pid))
        with memory.watched():
            try:
                first, second = seconds(client), seconds(client)
            except (CellExecutionError, DeadKernelError, TimeoutError) as error:
                return Measured(chapter, failed=str(error).strip().splitlines()[-1])
    return Measured(chapter, first, second, memory.most)


def seconds(client: NotebookClient) -> float:
    """Run all cells, and say how long that took. CellExecutionError if one fails."""
    begun = time.monotonic()
    for index, cell in enumerate(client.nb.cells):
        client.execute_cell(cell, index)
    return time.monotonic() - begun


def main(wanted: list[str]) -> int:
    """Measure the chapters whose names begin so, or all."""
    asyncio.set_event_loop(asyncio.new_event_loop())
    names = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
    all_of_them = []
    for name in names:
        if not wanted or name.startswith(tuple(wanted)):
            all_of_them.append(measured(name))
            print(all_of_them[-1], flush=True)
    total = sum(each.first for each in all_of_them)
    print(f"{'all, one after the other':26}{total:6.1f} s")
    return 0 if total <= ALL_SECONDS and all(each.is_well for each in all_of_them) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
