"""Where a running `course lab` says that it is."""

import re

import pytest

ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)\S*")


def address(process):
    """The address that `course lab` prints, and the lines above it."""
    lines = []
    for line in process.stdout:
        if found := ADDRESS.search(line):
            return found, lines
        lines.append(line)
    pytest.fail(f"no address: {''.join(lines)}{process.stderr.read()}")
