"""The committed notebooks, each held against its source and against every guard."""

import nbformat
import pytest

from tools import guards
from tools.notebooks import GUARDS, NOTEBOOKS, SOURCES, build

CHAPTERS = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))


@pytest.fixture(params=CHAPTERS)
def chapter(request):
    return request.param


def committed(chapter):
    return nbformat.read(NOTEBOOKS / f"{chapter}.ipynb", as_version=4)


def test_every_source_has_its_notebook_and_every_notebook_its_source():
    assert [path.stem for path in sorted(SOURCES.glob("*.md"))] == CHAPTERS
    assert "00-start-here" in CHAPTERS


def test_a_notebook_is_what_its_source_describes(chapter):
    assert list(guards.equals(committed(chapter), build(SOURCES / f"{chapter}.md"))) == []


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.__name__)
def test_a_notebook_passes(guard, chapter):
    assert list(guard(committed(chapter))) == []
