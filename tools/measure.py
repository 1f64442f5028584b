"""What each chapter takes of a student's machine, run twice in one kernel: python -m tools.measure, or with 05 for one.

Seconds of the first and of the second run, and the most memory that the kernel and its children had at one time
(resident, in MB: 10**6 octets). It ends with status 1 if a chapter fails, or takes more than is promised.
"""

import asyncio
import contextlib
import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from course.real.sampling import Sampler
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


@contextmanager
def memory(process: psutil.Process) -> Iterator[list[float]]:
    """What a process and its children have in memory, in MB, looked at again and again as long as the block lasts."""
    seen = [0.0]
    sampler = Sampler(lambda: seen.append(resident(process) / 1e6), LOOK, seconds=math.inf, most=sys.maxsize)
    sampler.start()
    try:
        yield seen
    finally:
        sampler.stop()


def resident(process: psutil.Process) -> int:
    """The octets that a process and its children have in memory; one that ends meanwhile has none."""
    octets = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        octets = process.memory_info().rss
        octets += sum(map(resident, process.children()))
    return octets


def measured(chapter: str) -> Measured:
    """Run a chapter twice in one kernel."""
    notebook = nbformat.read(NOTEBOOKS / f"{chapter}.ipynb", as_version=4)
    client = NotebookClient(notebook, timeout=CELL_SECONDS, resources={"metadata": {"path": str(NOTEBOOKS)}})
    with client.setup_kernel():
        kernel: Any = client.km
        with memory(psutil.Process(kernel.provisioner.pid)) as seen:
            try:
                first, second = seconds(client), seconds(client)
            except (CellExecutionError, DeadKernelError, TimeoutError) as error:
                return Measured(chapter, failed=str(error).strip().splitlines()[-1])
    return Measured(chapter, first, second, max(seen))


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
