"""However often, and whatever came before: five hundred times something real, and nothing is left of it."""

import itertools
import sys
import tempfile

import pytest

from tests.real.things import THINGS, held
from tests.real.worlds import busy_processes

ROUNDS = 500


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is asked of /proc")
def test_500_mixed_rounds_leave_nothing_on_a_busy_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for thing in THINGS.values():
        thing()  # whatever is made once and kept is there from now on
    before = held()

    with busy_processes(1, seconds=300):
        for thing in itertools.islice(itertools.cycle(THINGS.values()), ROUNDS):
            thing()

    assert held() == before
