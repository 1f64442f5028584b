"""What Binder does with binder/, replayed: a fresh environment, an unprivileged user, and a chapter run there."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest

from tools import guards

ROOT = Path(__file__).resolve().parent.parent.parent
LEFT_OUT = (".git", ".venv", "my-notebooks", "build", "dist", "__pycache__", ".*_cache", ".hypothesis", ".coverage*")
CHAPTER = "05-handshake"
BINDER_USER = 1000
SETTINGS = {
    "overrides.json": "share/jupyter/lab/settings/overrides.json",
    "server.json": "etc/jupyter/jupyter_server_config.d/course.json",
}


def pins(path):
    return {line for line in (ROOT / path).read_text().splitlines() if "==" in line}


def test_binder_installs_the_versions_that_are_tested():
    assert pins("binder/requirements.txt") < pins("constraints.txt")


def test_binder_installs_third_parties_first_and_by_exact_version():
    lines = (ROOT / "binder/requirements.txt").read_text().splitlines()

    assert pins("binder/requirements.txt") == {line for line in lines if not line.startswith("#")}


@pytest.fixture
def home():
    """A home directory that holds the project, as on Binder, and belongs to the user who will work there."""
    with tempfile.TemporaryDirectory(prefix="binder-") as parent:
        folder = Path(parent) / "home"
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
        if os.geteuid() == 0:
            for path in (Path(parent), folder, *folder.rglob("*")):
                os.chown(path, BINDER_USER, BINDER_USER, follow_symlinks=False)
        yield folder


def run(home, *command, check=True):
    """Run a command there, as the user of that home, with pip set up as it is for us."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PYTHON", "COV"))
    }
    environment |= pip_configuration() | {
        "HOME": str(home),
        "NB_PYTHON_PREFIX": str(home / "venv"),
        "PATH": f"{home}/venv/bin:/usr/local/bin:/usr/bin:/bin",
        "PIP_NO_COMPILE": "1",  # saves ten seconds, changes nothing
    }
    user = {"user": BINDER_USER, "group": BINDER_USER, "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False, **user)
    assert done.returncode == 0 or not check, done.stdout[-2000:] + done.stderr[-4000:]
    return done


def pip_configuration():
    """Our pip's settings as environment variables, so that they hold for a user who cannot read our files."""
    lines = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    settings = dict(line.split("=", 1) for line in lines if line.startswith(("global.", "install.", ":env:.")))
    return {
        "PIP_" + name.split(".")[-1].upper().replace("-", "_"): value.strip("'") for name, value in settings.items()
    }


def a_python_for(home):
    """A Python that the user of that home may run: ours may lie in a folder that is closed to others."""
    candidates = (os.path.realpath(sys.executable), "/usr/local/bin/python3", "/usr/bin/python3", "/usr/bin/python3.11")
    for candidate in candidates:
        probe = "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"
        if Path(candidate).exists() and run(home, "/usr/bin/env", candidate, "-c", probe, check=False).returncode == 0:
            return candidate
    return pytest.fail("no Python 3.11 or newer that an unprivileged user may run")


@pytest.mark.slow
def test_a_student_on_binder_meets_cleared_copies_and_can_run_a_chapter(home):
    run(home, a_python_for(home), "-m", "venv", "venv")
    run(home, "pip", "install", "--quiet", "-r", "binder/requirements.txt")
    run(home, "binder/postBuild")

    installed = run(home, "pip", "freeze", "--exclude", "course").stdout.splitlines()
    assert set(installed) == pins("binder/requirements.txt")
    run(home, "pip", "check")
    for ours, there in SETTINGS.items():
        settings = home / "venv" / there
        assert json.loads(settings.read_text()) == json.loads((ROOT / "course/lab/settings" / ours).read_text())

    chapter = home / "my-notebooks" / f"{CHAPTER}.ipynb"
    cells = guards.code_cells(nbformat.read(chapter, as_version=4))
    assert cells
    assert all(cell.execution_count is None and not cell.outputs for cell in cells)
    run(home, "jupyter", "execute", "--inplace", str(chapter))
    executed = nbformat.read(chapter, as_version=4)
    ran_well = (guards.was_executed, guards.has_no_error, guards.has_no_stderr)
    assert [sentence for guard in ran_well for sentence in guard(executed)] == []
