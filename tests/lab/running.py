"""A running `course lab`: how it is started, and where it says that it is."""

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

import course

ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)\S*")
OURS = Path(course.__file__).parent.parent  # kernels import the course that is tested, not one that is installed


@contextmanager
def running_lab(home, *options):
    """A running `course lab` with a home of its own, on the folder my-notebooks in there."""
    lab = [sys.executable, "-m", "course", "lab", "--no-browser", "--directory", str(home / "my-notebooks")]
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    process = subprocess.Popen(
        [*lab, *options],
        env={**quiet, "HOME": str(home), "PYTHONPATH": str(OURS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def address(process):
    """The address that `course lab` prints, and the lines above it."""
    lines = []
    for line in process.stdout:
        if found := ADDRESS.search(line):
            return found, lines
        lines.append(line)
    pytest.fail(f"no address: {''.join(lines)}{process.stderr.read()}")
