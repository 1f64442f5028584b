"""The diary: a file of the student's own, which nothing but the student's folder holds and nothing can break."""

import json

import pytest

from course.check import diary
from course.check.diary import Diary
from course.lab.notebooks import FOLDER_VARIABLE


@pytest.fixture
def file(tmp_path):
    return tmp_path / diary.FILE_NAME


def test_each_entry_is_a_line_of_json_with_its_moment(file):
    written = Diary(file)
    written.write("predicted", name="lunch", answer="d")

    (line,) = file.read_text().splitlines()
    entry = json.loads(line)
    assert (entry["what"], entry["name"], entry["answer"]) == ("predicted", "lunch", "d")
    assert entry["at"].endswith("+00:00")


def test_a_new_kernel_reads_what_the_last_one_wrote(file):
    Diary(file).write("checked", name="q", answer="a", right=False)

    assert Diary(file).last("checked", "q")["answer"] == "a"


def test_without_a_file_it_lasts_as_long_as_the_kernel(tmp_path):
    written = Diary()
    written.write("predicted", name="lunch", answer="d")

    assert written.last("predicted", "lunch")["answer"] == "d"
    assert list(tmp_path.iterdir()) == []


def test_lines_that_make_no_sense_are_passed_over(file):
    file.write_text('{"what": "saw", "name": "a"}\n{broken\n[1]\n\n{"what": 5}\n{"what": "saw", "name": "b"}\n')

    assert [entry["name"] for entry in Diary(file)] == ["a", "b"]


def test_a_file_that_cannot_be_written_stops_no_lesson(tmp_path):
    written = Diary(tmp_path / "no such folder" / "file")
    written.write("predicted", name="lunch", answer="d")

    assert written.last("predicted", "lunch")["answer"] == "d"


def test_it_stands_in_the_students_folder_and_nowhere_else(tmp_path, monkeypatch):
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    own = tmp_path / "my-notebooks"
    own.mkdir()

    monkeypatch.chdir(tmp_path)
    assert diary.own_file() is None
    monkeypatch.chdir(own)
    assert diary.own_file() == own / "my-progress.jsonl"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(FOLDER_VARIABLE, str(own))
    assert diary.own_file() == own / "my-progress.jsonl"
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "gone"))
    assert diary.own_file() is None
