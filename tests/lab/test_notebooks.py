"""The student's copies: cleared, complete, and never overwritten."""

import json

import nbformat
import pytest

from course.lab import notebooks


@pytest.fixture
def originals(tmp_path, monkeypatch):
    folder = tmp_path / "published"
    folder.mkdir()
    for name in ("00-start-here", "05-handshake", "12-late"):
        write(folder / f"{name}.ipynb", f"# {name}")
    (folder / "source").mkdir()
    (folder / "source" / "05-handshake.md").touch()
    monkeypatch.setattr(notebooks, "originals", lambda: folder)
    return folder


@pytest.fixture
def own(tmp_path):
    return tmp_path / "deep" / "my-notebooks"


def write(path, text):
    output = {"output_type": "stream", "name": "stdout", "text": "the answer is ü"}
    code = {"cell_type": "code", "id": "c", "metadata": {"tags": ["t"]}, "source": "1 + 1"}
    prose = {"cell_type": "markdown", "id": "m", "metadata": {}, "source": text}
    cells = [prose, {**code, "execution_count": 7, "outputs": [output]}]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


def test_copies_have_no_outputs_and_no_counts_and_all_the_rest(originals, own):
    notebooks.copy_missing(own)
    copy = nbformat.read(own / "05-handshake.ipynb", as_version=4)

    assert copy.cells[0].source == "# 05-handshake"
    assert (copy.cells[1].outputs, copy.cells[1].execution_count) == ([], None)
    assert copy.cells[1].metadata == {"tags": ["t"]}
    assert "answer" not in (own / "05-handshake.ipynb").read_text()


def test_every_chapter_is_copied_and_nothing_else(originals, own):
    assert notebooks.copy_missing(own) == ["00-start-here", "05-handshake", "12-late"]
    assert sorted(path.name for path in own.iterdir()) == [
        "00-start-here.ipynb",
        "05-handshake.ipynb",
        "12-late.ipynb",
    ]


def test_a_second_start_keeps_the_work_and_adds_new_chapters(originals, own):
    notebooks.copy_missing(own)
    (own / "05-handshake.ipynb").write_text("my work")
    write(originals / "06-new.ipynb", "# New")

    assert notebooks.copy_missing(own) == ["06-new"]
    assert (own / "05-handshake.ipynb").read_text() == "my work"


def test_a_newer_edition_is_told_of_and_overwrites_nothing(originals, own):
    notebooks.copy_missing(own)
    assert notebooks.outdated(own) == []

    write(originals / "05-handshake.ipynb", "# A better text")
    assert notebooks.copy_missing(own) == []
    assert notebooks.outdated(own) == ["05-handshake"]

    notebooks.reset("05-handshake", own)
    assert notebooks.outdated(own) == []


@pytest.mark.parametrize("work", ["my work", "[]", '{"metadata": {}}', '{"metadata": {"course": 1}}'])
def test_a_copy_that_does_not_say_what_it_was_made_of_is_left_alone(originals, own, work):
    notebooks.copy_missing(own)
    (own / "05-handshake.ipynb").write_text(work)

    assert notebooks.outdated(own) == []


@pytest.mark.parametrize("name", ["5", "05", "05-handshake", "05-handshake.ipynb"])
def test_a_chapter_is_found_by_number_and_by_name(originals, name):
    assert notebooks.chapter_named(name) == "05-handshake"


@pytest.mark.parametrize("name", ["77", "handshake", "", "../05", "005"])
def test_a_chapter_that_is_not_there_is_refused_with_the_ones_that_are(originals, name):
    with pytest.raises(ValueError, match="00-start-here, 05-handshake, 12-late"):
        notebooks.chapter_named(name)


def test_reset_gives_a_clean_chapter_and_keeps_each_old_one(originals, own):
    notebooks.copy_missing(own)
    clean = (own / "05-handshake.ipynb").read_text()
    for work in ("first work", "second work"):
        (own / "05-handshake.ipynb").write_text(work)
        notebooks.reset("05-handshake", own)

    assert (own / "05-handshake.ipynb").read_text() == clean
    assert (own / "05-handshake-copy-1.ipynb").read_text() == "first work"
    assert (own / "05-handshake-copy-2.ipynb").read_text() == "second work"


def test_reset_of_a_chapter_that_the_student_has_not_just_copies_it(originals, own):
    assert notebooks.reset("05-handshake", own) is None
    assert [path.name for path in own.iterdir()] == ["05-handshake.ipynb"]


def test_in_a_checkout_the_folders_lie_beside_the_package(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_NOTEBOOKS", raising=False)
    monkeypatch.setattr(notebooks, "CHECKOUT", tmp_path)

    assert notebooks.originals() == tmp_path / "notebooks"
    assert notebooks.own_folder() == tmp_path / "my-notebooks"


def test_when_installed_the_student_has_a_folder_where_she_is(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_NOTEBOOKS", raising=False)
    monkeypatch.setattr(notebooks, "CHECKOUT", None)
    monkeypatch.chdir(tmp_path)
    assert notebooks.own_folder() == tmp_path / "my-notebooks"

    (tmp_path / "my-notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "my-notebooks")
    assert notebooks.own_folder() == tmp_path / "my-notebooks"
    assert notebooks.originals() == notebooks.PACKAGE / "notebooks"
