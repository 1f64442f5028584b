"""A running `course lab`."""

import os
import subprocess
import sys

import pytest


@pytest.fixture
def lab(tmp_path):
    """A running `course lab` with a home of its own, on a folder of its own."""
    command = [sys.executable, "-m", "course", "lab", "--no-browser", "--directory", str(tmp_path / "my-notebooks")]
    home = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    process = subprocess.Popen(
        command,
        env={**home, "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()
