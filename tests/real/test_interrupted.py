"""Whenever an interrupt comes, nothing is left of what it interrupts: not a descriptor, thread, child, or file."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.real.things import THINGS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is asked of /proc"),
]
ROOT = Path(__file__).parents[2]
TIMES = "20"


@pytest.mark.parametrize("name", THINGS)
def test_an_interrupt_at_any_step_leaves_nothing(name):
    """In a process of its own: it traces itself, and what measures coverage does not bear that."""
    command = [sys.executable, "-m", "tests.real.interrupting", name, TIMES]
    ended = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=150)

    assert (ended.stdout, ended.stderr) == ("{}\n", "")
