"""What a committed notebook must be: each guard says what is wrong with one, in sentences, or nothing."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

Notebook = Any  # nbformat has no types
Cell = Any

LONGEST_CELL = 20  # lines that are not blank
SHORT_CELL = 8  # code cells should have fewer lines than this ...
SHORT_SHARE = 0.9  # ... nearly all of them
PARTS = (
    "**When you have worked through",
    "**You need**",
    "## What to keep",
    "## Check yourself",
    "## Something to play with",
    "## Where to read on",
)
TIME = "**Time** about {reading} minutes to read and run, {exercises} for the exercises."
HOMES = re.compile(r"/(?:home|root|Users)/\w*|[A-Z]:\\+Users")


def was_executed(notebook: Notebook) -> Iterator[str]:
    """Every code cell was run, in order, in one go."""
    counts = [cell.execution_count for cell in code_cells(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"the code cells were not run in order from top to bottom: {counts}"


def equals(notebook: Notebook, built: Notebook) -> Iterator[str]:
    """The notebook is what its source describes, but for outputs and execution counts."""
    if notebook.metadata != built.metadata:
        yield f"the notebook's metadata differs from its source: {dict(notebook.metadata)} {dict(built.metadata)}"
    for ours, theirs in zip(notebook.cells, built.cells, strict=False):
        if any(ours[key] != theirs[key] for key in ("id", "cell_type", "source", "metadata")):
            yield f"a cell differs from its source: {ours.source!r} {theirs.source!r}"
    if len(notebook.cells) != len(built.cells):
        yield f"it has {len(notebook.cells)} cells, its source {len(built.cells)}"


def has_no_error(notebook: Notebook) -> Iterator[str]:
    """No cell ended in an error, unless it is tagged raises-exception."""
    for cell in code_cells(notebook):
        wanted = "raises-exception" in cell.metadata.get("tags", ())
        errors = [output.ename for output in cell.outputs if output.output_type == "error"]
        if errors and not wanted:
            yield f"{errors[0]} in the cell {cell.source!r}"


def has_no_stderr(notebook: Notebook) -> Iterator[str]:
    """No cell wrote to the standard error."""
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr":
                yield f"the cell {cell.source!r} wrote to stderr: {output.text!r}"


def has_alternative_texts(notebook: Notebook) -> Iterator[str]:
    """Every figure and every widget can be read aloud."""
    for cell in notebook.cells:
        for mute in mute_pictures(cell):
            yield f"{mute}, in the cell {cell.source!r}"


def mute_pictures(cell: Cell) -> Iterator[str]:
    """What a cell shows without words for it."""
    if cell.cell_type == "markdown":
        if re.search(r"!\[\s*\]", cell.source):
            yield "an image in Markdown without alternative text"
        yield from mute_elements(cell.source)
        return
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        if "text/html" not in data and any(kind.startswith("image/") or "widget-view" in kind for kind in data):
            yield "a figure that is no HTML and so has no alternative text"
        yield from mute_elements(data.get("text/html", ""))


def mute_elements(html: str) -> list[str]:
    """The images in some HTML that have no `alt`, and the SVG drawings without a title or label."""
    pictures = Pictures()
    pictures.feed(html)
    pictures.close()
    return pictures.mute + ["an <svg> without a <title> or aria-label"] * pictures.untitled


class Pictures(HTMLParser):
    """Looks for pictures in HTML and for the words that go with them."""

    def __init__(self) -> None:
        super().__init__()
        self.mute: list[str] = []
        self.untitled = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note an <img> without alt; count an <svg> without a label until its <title> comes."""
        given = dict(attributes)
        if tag == "img" and not (given.get("alt") or "").strip():
            self.mute.append("an <img> without alternative text")
        if tag == "svg" and not given.get("aria-label"):
            self.untitled += 1
        if tag == "title" and self.untitled:
            self.untitled -= 1


def has_short_cells(notebook: Notebook) -> Iterator[str]:
    """No code cell is long, and nearly all are very short."""
    lengths = [len(re.findall(r"^.*\S", cell.source, re.MULTILINE)) for cell in code_cells(notebook)]
    if lengths and max(lengths) > LONGEST_CELL:
        yield f"a code cell of {max(lengths)} lines; {LONGEST_CELL} are the most"
    short = sum(length < SHORT_CELL for length in lengths)
    if short < SHORT_SHARE * len(lengths):
        yield f"only {short} of {len(lengths)} code cells have fewer than {SHORT_CELL} lines"


def has_headings_in_order(notebook: Notebook) -> Iterator[str]:
    """One title, at the top; below it no level is skipped."""
    levels = [level for cell in notebook.cells if cell.cell_type == "markdown" for level in headings(cell.source)]
    if not notebook.cells or not notebook.cells[0].source.startswith("# "):
        yield "the first cell does not begin with the title"
    if levels.count(1) != 1:
        yield f"there are {levels.count(1)} titles (# ...); there should be one"
    if any(after > before + 1 for before, after in pairwise(levels)):
        yield f"a level of headings is skipped: {levels}"


def has_all_parts(notebook: Notebook) -> Iterator[str]:
    """A chapter says what one will be able to do, what it needs and how long it takes; and ends as they all end."""
    minutes = notebook.metadata.get("course", {}).get("minutes")
    if minutes is None:
        return  # a reference, as the glossary
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for part in (*PARTS, TIME.format(**minutes)):
        if part not in text:
            yield f"it has no part {part!r}"


def headings(markdown: str) -> list[int]:
    """The levels of the headings in some Markdown, code fences left out."""
    prose = re.sub(r"^(```|~~~).*?^\1", "", markdown, flags=re.MULTILINE | re.DOTALL)
    return [len(marks) for marks in re.findall(r"^(#{1,6})\s", prose, flags=re.MULTILINE)]


def names_no_home(notebook: Notebook) -> Iterator[str]:
    """No output shows where on somebody's disk the notebook was made."""
    for cell in code_cells(notebook):
        if found := HOMES.search(str(cell.outputs)):
            yield f"the output of {cell.source!r} names {found[0]}"


def code_cells(notebook: Notebook) -> list[Cell]:
    """The code cells that have code in them."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


GUARDS = (
    was_executed,
    has_no_error,
    has_no_stderr,
    has_alternative_texts,
    has_short_cells,
    has_headings_in_order,
    has_all_parts,
    names_no_home,
)
