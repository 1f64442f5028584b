"""A lecture: chapters to show to a room."""

import json

import nbformat
import pytest

from course.lab import lecture, start
from course.lab.notebooks import chapters
from tests.lab.jupyter import jupyterlab

SHOWN = ".jp-NotebookPanel:not(.lm-mod-hidden)"
CODE = "panel.content.widgets.filter((cell) => cell.model.type === 'code')"


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


def test_what_the_instructor_has_set_in_a_lecture_stays(tmp_path):
    themes = lecture.settings(tmp_path) / lecture.THEMES
    themes.write_text('{"theme": "JupyterLab Dark"}')
    lecture.settings(tmp_path)

    assert themes.read_text() == '{"theme": "JupyterLab Dark"}'


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("own", [{}, {"overrides": {"code-font-size": "11px"}}], ids=["default", "small"])
def test_letters_are_larger_and_code_is_folded_whatever_the_instructor_has_set_at_home(tmp_path, own):
    at_home = tmp_path / ".jupyter" / "lab" / "user-settings" / lecture.THEMES
    at_home.parent.mkdir(parents=True)
    at_home.write_text(json.dumps(own))
    with jupyterlab(tmp_path, "--lecture") as desk:
        desk.open("07-teardown")

        assert desk.ask(f"return {CODE}.length") > 0
        assert desk.ask(f"return {CODE}.filter((cell) => !cell.inputHidden).length") == 0
        desk.ask(f"for (const cell of {CODE}) cell.inputHidden = false;")
        assert size(desk.page, ".jp-CodeCell .cm-content") == lecture.LARGER["code-font-size"]
        assert size(desk.page, ".jp-RenderedMarkdown p") == lecture.LARGER["content-font-size1"]


def size(page, selector):
    """The size in which letters are drawn, as in "18px"."""
    shown = page.wait_for_selector(f"{SHOWN} {selector}")
    return shown.evaluate("element => getComputedStyle(element).fontSize")


def test_the_kernels_know_that_it_is_a_lecture(tmp_path, monkeypatch):
    monkeypatch.setenv(lecture.VARIABLE, "0")
    assert not lecture.is_lecture()
    settings = start.prepare_lecture(tmp_path)

    assert lecture.is_lecture()
    assert (settings / lecture.THEMES).is_file()
    assert f"--LabApp.user_settings_dir={settings}" in start.arguments(tmp_path, None, "", settings, open_browser=False)
