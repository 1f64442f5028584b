"""The committed notebooks, each held against its source and against every guard."""

import re

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


def test_the_table_of_the_first_chapter_says_how_long_each_takes(chapter):
    minutes = committed(chapter).metadata["course"].get("minutes")
    [row] = re.findall(rf"^\| {chapter[:2]} \|.*$", (SOURCES / "00-start-here.md").read_text(), flags=re.MULTILINE)

    assert row.split("|")[-2].strip() == ("" if minutes is None else str(minutes["reading"] + minutes["exercises"]))
