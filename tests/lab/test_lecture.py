"""A lecture: chapters to show to a room."""

import json

import nbformat

from course.lab import lecture, start
from course.lab.notebooks import chapters


def test_every_chapter_is_there_with_its_code_folded_and_no_answers(tmp_path):
    folder = lecture.prepare(tmp_path)

    assert folder == tmp_path / "lecture"
    assert sorted(path.stem for path in folder.iterdir()) == chapters()
    for path in folder.iterdir():
        cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        assert all(cell.metadata.jupyter.source_hidden for cell in cells)
        assert not any(cell.outputs for cell in cells)


def test_what_the_instructor_has_changed_stays(tmp_path):
    chapter = lecture.prepare(tmp_path) / "05-handshake.ipynb"
    chapter.write_text("my lecture")
    lecture.prepare(tmp_path)

    assert chapter.read_text() == "my lecture"


def test_letters_are_larger_and_the_usual_settings_stay(tmp_path):
    folder = lecture.settings(start.SETTINGS, tmp_path / "settings")
    larger = json.loads((folder / "overrides.json").read_text())
    usual = json.loads((start.SETTINGS / "overrides.json").read_text())

    assert usual.items() <= larger.items()
    assert larger["@jupyterlab/apputils-extension:themes"]["overrides"]["code-font-size"] == "18px"


def test_the_kernels_know_that_it_is_a_lecture(tmp_path, monkeypatch):
    monkeypatch.setenv(lecture.VARIABLE, "0")
    assert not lecture.is_lecture()
    settings = start.prepare_lecture(tmp_path)

    assert lecture.is_lecture()
    assert (settings / "overrides.json").is_file()
    assert f"--LabApp.app_settings_dir={settings}" in start.arguments(tmp_path, None, "", settings, open_browser=False)
