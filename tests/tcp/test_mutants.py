"""The list of faults for `python -m tools.mutants` fits the code: each has its place, exactly once."""

import shutil
from pathlib import Path

import pytest

from tools.mutants import ROOT, mutants

ALL = mutants()


def test_there_are_enough_of_them_and_no_two_are_the_same():
    changes = {(mutant.file, mutant.before, mutant.after) for mutant in ALL}

    assert len(changes) == len(ALL) >= 40


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.breaks)
def test_a_mutant_finds_its_place_and_is_python(mutant, tmp_path):
    copy = tmp_path / mutant.file
    copy.parent.mkdir(parents=True)
    shutil.copy2(ROOT / mutant.file, copy)
    mutant.apply(tmp_path)

    compile(Path(copy).read_text(encoding="utf-8"), mutant.file, "exec")
