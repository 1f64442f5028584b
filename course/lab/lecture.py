"""A lecture: chapters to show to a room, with code folded away, larger letters, and what comes next hidden."""

import json
import os
from pathlib import Path

from course.lab import notebooks

VARIABLE = "COURSE_LECTURE"
FOLDER = "lecture"
THEMES = Path("@jupyterlab", "apputils-extension", "themes.jupyterlab-settings")
LARGER = {"code-font-size": "18px", "content-font-size1": "21px", "ui-font-size1": "15px"}


def is_lecture() -> bool:
    """Is this kernel one of a lecture?"""
    return os.environ.get(VARIABLE) == "1"


def prepare(folder: Path) -> Path:
    """The folder for lectures inside of an instructor's own, with every chapter that it lacks; code is folded there.

    What the instructor has changed in a chapter stays, as in any student's folder.
    """
    lectures = folder / FOLDER
    for chapter in notebooks.copy_missing(lectures):
        path = lectures / f"{chapter}.ipynb"
        path.write_text(folded(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    return lectures


def folded(text: str) -> str:
    """A notebook whose code cells are folded; one click on the bar beside a cell opens it."""
    content = json.loads(text)
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["metadata"].setdefault("jupyter", {})["source_hidden"] = True
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def settings(folder: Path) -> Path:
    """A folder of user settings for lectures, with larger letters; that folder.

    JupyterLab takes the sizes of letters from a user's own settings only, never from defaults. In a folder of their own
    nothing that an instructor has set at home makes them small again; what is changed in a lecture stays for the next.
    """
    themes = folder / THEMES
    if not themes.exists():
        themes.parent.mkdir(parents=True, exist_ok=True)
        themes.write_text(json.dumps({"overrides": LARGER}, indent=2) + "\n", encoding="utf-8")
    return folder
