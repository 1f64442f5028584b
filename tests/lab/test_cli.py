"""The command line: what it prints, what it returns, and how it says no."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from course import cli
from course.lab import notebooks, start


@pytest.fixture
def own(tmp_path):
    return tmp_path / "my-notebooks"


def test_copy_names_what_is_new_once(own, capsys):
    assert cli.main(["copy", "--directory", str(own)]) == 0
    assert "00-start-here" in capsys.readouterr().out

    assert cli.main(["copy", "--directory", str(own)]) == 0
    assert capsys.readouterr().out == ""


def test_reset_says_where_the_old_chapter_is(own, capsys):
    cli.main(["copy", "--directory", str(own)])
    assert cli.main(["reset", "00", "--directory", str(own)]) == 0

    assert "00-start-here-copy-1.ipynb" in capsys.readouterr().out


def test_doctor_prints_its_table(capsys):
    assert cli.main(["doctor"]) == 0
    assert capsys.readouterr().out.startswith("What this machine can do\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "required: lab | copy | reset | slides | doctor"),
        (["lav"], "invalid choice: 'lav'"),
        (["lab", "--port", "x"], "a port is a number from 1024 to 65535, not 'x'"),
        (["lab", "--port", "80"], "a port is a number from 1024 to 65535, not '80'"),
        (["lab", "--port", "65536"], "a port is a number from 1024 to 65535, not '65536'"),
        (["reset"], "required: chapter"),
        (["reset", "77"], "there is no chapter '77'; the chapters are 00-start-here"),
    ],
)
def test_a_wrong_argument_is_named_and_the_code_is_2(arguments, sentence, capsys):
    try:
        code = cli.main(arguments)
    except SystemExit as left:
        code = left.code

    assert code == 2
    assert sentence in capsys.readouterr().err


def test_a_port_that_is_taken_is_an_error_that_says_what_to_do(own, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert cli.main(["lab", "--no-browser", "--port", str(port), "--directory", str(own)]) == 1

    assert capsys.readouterr().err.startswith(f"course: port {port} cannot be used")


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path, capsys):
    (tmp_path / "file").touch()

    assert cli.main(["copy", "--directory", str(tmp_path / "file" / "below")]) == 1
    assert "file" in capsys.readouterr().err


def test_a_missing_jupyterlab_is_an_error_that_says_how_to_get_it(own, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "jupyterlab.labapp", None)

    assert cli.main(["lab", "--directory", str(own)]) == 1
    assert 'pip install ".[lab]"' in capsys.readouterr().err


def test_the_module_is_the_command():
    run = subprocess.run([sys.executable, "-m", "course", "doctor"], capture_output=True, text=True, check=True)

    assert run.stdout.startswith("What this machine can do\n")


def test_jupyterlab_is_told_to_listen_on_loopback_only_and_to_ask_nobody(tmp_path):
    told = start.arguments(tmp_path, None, "secret", open_browser=False)

    assert "--ServerApp.ip=127.0.0.1" in told
    assert "--LabApp.news_url=None" in told
    assert "--LabApp.default_url=/lab" in told
    assert "--ServerApp.open_browser=False" in told


def test_jupyterlab_opens_the_start_page_where_there_is_one(tmp_path):
    notebooks.copy_missing(tmp_path)

    assert "--LabApp.default_url=/lab/tree/00-start-here.ipynb" in start.arguments(
        tmp_path, 8000, "", open_browser=True
    )


def test_a_terminal_inside_jupyterlab_finds_the_command_and_the_folder(own, monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.setenv("COURSE_NOTEBOOKS", "")
    start.prepare_terminals(own)

    assert os.environ["PATH"].split(os.pathsep) == [str(Path(sys.executable).parent), "/usr/bin"]
    assert notebooks.own_folder() == own
