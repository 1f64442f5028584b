"""Slides of a chapter: one HTML file to show to a room, made with nbconvert, that needs neither a kernel nor a network.

Each text is a slide, each run is one, with its code folded; questions come before the runs that answer them.
"""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from course.lab import notebooks

HERE = Path(__file__).resolve().parent
PAGE = "slides.html"
UNANSWERED = re.compile(r"^\s*(predict|check)\(", re.MULTILINE)  # what a student would write there
HEADING = re.compile(r"^(?=#{1,3} )", re.MULTILINE)

Cell = dict[str, Any]


def save(chapter: str, folder: Path) -> Path:
    """Write the slides of a chapter into the folder, and return the file: 05-handshake-slides.html.

    Raises ModuleNotFoundError without the lab's packages.
    """
    content = json.loads((notebooks.originals() / f"{chapter}.ipynb").read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{chapter}-slides.html"
    path.write_text(page(content["cells"]), encoding="utf-8", newline="\n")
    return path


def page(cells: list[Cell]) -> str:
    """The whole page; its title is the chapter's."""
    frame = (HERE / PAGE).read_text(encoding="utf-8")
    slides: list[str] = []
    answer = ""  # what runs say to questions stands above their explanation
    for cell in cells:
        made = list(slides_of(cell))
        if is_reveal(cell):
            answer += "".join(map(output_shown, cell["outputs"]))
        elif made:
            slides += [answer + made[0], *made[1:]]
            answer = ""
    title = re.match(r"# (.*)", "".join(cells[0]["source"]))
    sections = "\n".join(f'<section tabindex="-1">{slide}</section>' for slide in slides)
    return frame.replace("TITLE", html.escape(title[1] if title else "Slides")).replace("SLIDES", sections)


def slides_of(cell: Cell) -> Iterator[str]:
    """The slides that a cell makes: a text one for each heading in it, a run one with what came of it."""
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        yield from (rendered(part) for part in HEADING.split(source) if part.strip())
        return
    shown = "".join(output_shown(output) for output in cell.get("outputs", ()))
    if cell["cell_type"] == "code" and not UNANSWERED.search(source) and source.strip():
        yield f"{shown}{code(source, is_open=not shown)}"


def is_reveal(cell: Cell) -> bool:
    """Does the cell do nothing but compare a prediction with a run?"""
    return cell["cell_type"] == "code" and "".join(cell["source"]).startswith("reveal(")


def rendered(markdown: str) -> str:
    """A text as HTML; links to other chapters lead to their names only, since the slides stand alone."""
    from nbconvert.filters.markdown_mistune import markdown2html_mistune  # noqa: PLC0415 - only this command needs it

    text: str = markdown2html_mistune(markdown)
    text = re.sub(r'<a class="anchor-link".*?</a>', "", text)
    return re.sub(r'<a href="[^":]*\.ipynb">(.*?)</a>', r"\1", text)


def code(source: str, *, is_open: bool) -> str:
    """The code of a run, folded unless there is nothing else to see."""
    opened = " open" if is_open else ""
    return f"<details{opened}><summary>the code</summary><pre><code>{html.escape(source)}</code></pre></details>"


def output_shown(output: Cell) -> str:
    """What a run has shown: a picture or a table as it is, text as text."""
    data = output.get("data", {})
    if "text/html" in data:
        return f'<div class="shown">{"".join(data["text/html"])}</div>'
    text = output.get("text") or data.get("text/plain") or output.get("evalue", "")
    return f"<pre>{html.escape(''.join(text))}</pre>"
