"""The chapters as notebooks: where they are, and the student's own copies, which nothing ever overwrites."""

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent.parent
CHECKOUT = PACKAGE.parent if (PACKAGE.parent / "pyproject.toml").is_file() else None
OWN_NAME = "my-notebooks"
FOLDER_VARIABLE = "COURSE_NOTEBOOKS"


def originals() -> Path:
    """The folder of the chapters as published: beside the package in a checkout, inside it when installed."""
    return CHECKOUT / "notebooks" if CHECKOUT else PACKAGE / "notebooks"


def own_folder() -> Path:
    """The student's folder, `my-notebooks`: in the checkout if there is one, else in the current folder.

    The environment variable COURSE_NOTEBOOKS may name another.
    """
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    here = Path.cwd()
    if CHECKOUT:
        return CHECKOUT / OWN_NAME
    return here if here.name == OWN_NAME else here / OWN_NAME


def chapters() -> list[str]:
    """The names of all chapters in their order, as in "05-handshake"."""
    return sorted(path.stem for path in originals().glob("[0-9][0-9]-*.ipynb"))


def chapter_named(name: str) -> str:
    """The chapter that "5", "05", "05-handshake" or "05-handshake.ipynb" means; ValueError if there is none."""
    wanted = name.removesuffix(".ipynb")
    number = f"{int(wanted):02}" if re.fullmatch("[0-9]{1,2}", wanted) else None
    for chapter in chapters():
        if wanted == chapter or number == chapter[:2]:
            return chapter
    raise ValueError(f"there is no chapter {name!r}; the chapters are {', '.join(chapters())}")


def cleared(notebook: Path) -> str:
    """The text of a notebook without outputs and execution counts, so that it gives nothing away."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    content["metadata"].setdefault("course", {})["origin"] = digest(content)
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell.update(execution_count=None, outputs=[])
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def digest(content: dict[str, Any]) -> str:
    """What tells one edition of a chapter from the next: a few letters made of its texts and its code."""
    sources = [(cell["cell_type"], "".join(cell["source"])) for cell in content["cells"]]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()[:12]


def outdated(folder: Path) -> list[str]:
    """The chapters of which the folder has a copy of an earlier edition; `reset` gives the newer one."""
    return [chapter for chapter in chapters() if is_outdated(chapter, folder / f"{chapter}.ipynb")]


def is_outdated(chapter: str, copy: Path) -> bool:
    """Was the copy made of another edition? No, if it does not say so."""
    try:
        origin = json.loads(copy.read_text(encoding="utf-8"))["metadata"]["course"]["origin"]
    except (OSError, ValueError, LookupError, TypeError):
        return False
    original = json.loads((originals() / f"{chapter}.ipynb").read_text(encoding="utf-8"))
    return bool(origin != digest(original))


def copy_chapter(chapter: str, folder: Path) -> bool:
    """Put a cleared copy of the chapter into the folder, unless the student has one there; say whether it is new."""
    text = cleared(originals() / f"{chapter}.ipynb")
    try:
        with (folder / f"{chapter}.ipynb").open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        return False
    return True


def copy_missing(folder: Path) -> list[str]:
    """Make the folder, and copy into it every chapter that it lacks; name those."""
    folder.mkdir(parents=True, exist_ok=True)
    return [chapter for chapter in chapters() if copy_chapter(chapter, folder)]


def reset(chapter: str, folder: Path) -> Path | None:
    """Give a clean chapter; what the student had is kept under the name that is returned, None if there was nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    notebook = folder / f"{chapter}.ipynb"
    kept = keep_as_copy(notebook) if notebook.exists() else None
    copy_chapter(chapter, folder)
    return kept


def keep_as_copy(notebook: Path) -> Path:
    """Rename 05-handshake.ipynb to the first free one of 05-handshake-copy-1.ipynb, -copy-2 ..."""
    number = 1
    while (copy := notebook.with_name(f"{notebook.stem}-copy-{number}.ipynb")).exists():
        number += 1
    return notebook.rename(copy)
