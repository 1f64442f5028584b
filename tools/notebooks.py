"""Build the notebooks from their sources, run them, refresh their outputs, and look them over.

    python -m tools.notebooks              all chapters
    python -m tools.notebooks 05 07        these

The one source of truth is notebooks/source/*.md, in Jupytext's Markdown. Its front matter holds the
chapter's `course` metadata (under `jupyter:`). A new text cell begins at two blank lines, or between
`<!-- #region claims=["E1"] -->` and `<!-- #endregion -->` where it needs metadata; a code cell is a
fence that opens with ```python, perhaps followed by metadata as in ```python tags=["raises-exception"].
Fences in other words (```text, ```console) stay in the text.

A picture of this machine's kernel has real times in it, and is another one in each run. As long as its words are the
same, the one that is there is kept: it shows a run as real as the new one. To draw it anew, delete the notebook first.
"""

import hashlib
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from traitlets.config import Config

from course.lab.saving import keep_pictures
from tools import asked, guards, tagged

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
SOURCES = NOTEBOOKS / "source"
PYTHON = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_SECONDS = 60
REAL = "on this machine's kernel"  # so begins the alternative text of its pictures (course.view.alternative)
GUARDS = (*guards.GUARDS, *tagged.GUARDS, *asked.GUARDS)

Notebook = Any  # nbformat has no types


def main(names: list[str]) -> int:
    """Refresh the chapters whose names begin with one of the given words, or all of them."""
    sources = [source for source in sorted(SOURCES.glob("*.md")) if source.name.startswith(tuple(names) or "")]
    if not sources:
        print(f"no source in {SOURCES} is called {' or '.join(names) or '*.md'}", file=sys.stderr)
        return 2
    return max([refresh(source) for source in sources])


def refresh(source: Path) -> int:
    """Write the notebook of one source, and say what it took and what is wrong with it."""
    began = time.monotonic()
    path = NOTEBOOKS / f"{source.stem}.ipynb"
    try:
        notebook = execute(build(source))
    except CellExecutionError as error:
        print(f"{source.stem} is left as it was: {error}")
        return 1
    if path.exists():
        keep_real_pictures(notebook, nbformat.read(path, as_version=4))
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
    print(f"{source.stem}  {time.monotonic() - began:.1f} s")
    wrong = [sentence for guard in GUARDS for sentence in guard(notebook)]
    print(*wrong, sep="\n", end="\n" * bool(wrong))
    return 1 if wrong else 0


def build(source: Path) -> Notebook:
    """The notebook that a source describes, not yet executed; the same source gives the same notebook."""
    notebook = jupytext.reads(source.read_text(encoding="utf-8"), fmt="md")
    notebook.metadata = nbformat.from_dict({"course": notebook.metadata.get("course", {}), **PYTHON})
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        content = f"{source.stem}\n{cell.cell_type}\n{cell.source}"
        seen[content] += 1
        cell.id = cell_id(content, seen[content])
    return notebook


def cell_id(content: str, occurrence: int) -> str:
    """An id that stays the same while the cell's content does, wherever the cell stands."""
    return hashlib.sha256(f"{content}\n{occurrence}".encode()).hexdigest()[:12]


def execute(notebook: Notebook) -> Notebook:
    """The notebook with its outputs, without what differs from run to run or from machine to machine."""
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(NOTEBOOKS)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
    )
    client.execute()
    notebook.metadata.update(nbformat.from_dict(PYTHON))
    for cell in guards.code_cells(notebook):
        keep_pictures(cell.outputs)
    for output in (output for cell in guards.code_cells(notebook) for output in cell.outputs):
        if output.output_type == "error":
            output.traceback = [without_paths(line) for line in output.traceback]
    return notebook


def keep_real_pictures(notebook: Notebook, before: Notebook) -> None:
    """Take over the outputs of each cell that shows this machine's kernel, if they read alike."""
    outputs = {cell.id: cell.outputs for cell in guards.code_cells(before)}
    for cell in guards.code_cells(notebook):
        old = outputs.get(cell.id, [])
        if words_of(old) == words_of(cell.outputs) and any(REAL in word for word in words_of(old)):
            cell.outputs = old


def words_of(outputs: list[Any]) -> list[str]:
    """What the outputs of a cell say in words: of a picture, its alternative text."""
    return [output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs]


def without_paths(line: str) -> str:
    """A line of a traceback with the names of files as seen from the checkout."""
    here = str(ROOT)
    shortened = here.replace(str(Path.home()), "~", 1)
    return line.replace(f"{here}/", "").replace(f"{shortened}/", "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
