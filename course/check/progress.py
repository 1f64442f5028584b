"""The page of one's progress: chapter by chapter, what was predicted and answered. It reads the diary, and no more."""

import html
from dataclasses import dataclass

from course.check.book import DIARY, MODULES, questions
from course.check.visits import so_far
from course.lab.notebooks import chapters
from course.tcp.state import TRANSITIONS, State

COLUMNS = ("chapter", "predicted", "as it came", "checks solved", "at the first try")
PRIVATE = "Only this file knows: "
NOWHERE = "Nothing is kept here, since this is not a folder of notebooks of your own."


@dataclass(frozen=True, slots=True)
class Progress:
    """What a student has done so far: a row for each chapter with questions; it shows itself as a table."""

    rows: tuple[tuple[str, ...], ...]
    visited: str
    where: str

    def __repr__(self) -> str:
        lines = [COLUMNS, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        told = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
        return "\n".join([*[line.rstrip() for line in told], self.visited, self.where])

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col" style="text-align:left">{name}</th>' for name in COLUMNS)
        body = "".join(html_row(row) for row in self.rows)
        table = f"<table><caption>Your progress</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return f"{table}<p>{html.escape(self.visited)}</p><p>{html.escape(self.where)}</p>"


def html_row(cells: tuple[str, ...]) -> str:
    """One row as HTML, headed by its chapter."""
    first, *others = [html.escape(cell) for cell in cells]
    rest = "".join(f'<td style="text-align:left">{cell}</td>' for cell in others)
    return f'<tr><th scope="row" style="text-align:left">{first}</th>{rest}</tr>'


def progress() -> Progress:
    """What you have done so far, chapter by chapter, from the file in your own folder; nothing is sent anywhere."""
    names = {name[:2]: name for name in chapters()}
    rows = tuple(row(names.get(number, number), number) for number in MODULES)
    states, edges = so_far()
    visited = f"Visited: {len(states)} of {len(State)} states, {len(edges)} of {len(TRANSITIONS)} edges."
    return Progress(rows, visited, f"{PRIVATE}{DIARY.path.name}" if DIARY.path else NOWHERE)


def row(chapter: str, number: str) -> tuple[str, ...]:
    """The row of a chapter."""
    names = {question.name for question in questions(number)}
    entries = [entry for entry in DIARY if entry.get("name") in names]
    predicted = {entry["name"] for entry in entries if entry["what"] == "predicted"}
    seen = {entry["name"]: entry.get("right") for entry in reversed(entries) if entry["what"] == "saw"}  # the first one
    checked = [entry for entry in entries if entry["what"] == "checked"]
    solved = {entry["name"] for entry in checked if entry.get("right")}
    first = {entry["name"]: entry.get("right") for entry in reversed(checked)}
    return (
        chapter,
        f"{len(predicted)}",
        f"{sum(map(bool, seen.values()))} of {len(seen)}" if seen else "",
        f"{len(solved)}",
        f"{sum(map(bool, first.values()))}" if first else "",
    )
