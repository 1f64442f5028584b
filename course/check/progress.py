"""The page of one's progress: chapter by chapter, what was predicted and answered. It reads the diary, and no more."""

from course.check.book import DIARY, MODULES, questions
from course.check.visits import so_far
from course.lab.notebooks import chapters
from course.table import Table
from course.tcp.state import TRANSITIONS, State

COLUMNS = ("chapter", "predicted", "as it came", "checks solved", "at the first try")
PRIVATE = "Only this file knows: "
NOWHERE = "Nothing is kept here, since this is not a folder of notebooks of your own."


def progress() -> Table:
    """What you have done so far, chapter by chapter, from the file in your own folder; nothing is sent anywhere."""
    names = {name[:2]: name for name in chapters()}
    rows = tuple(row(names.get(number, number), number) for number in MODULES)
    states, edges = so_far()
    visited = f"Visited: {len(states)} of {len(State)} states, {len(edges)} of {len(TRANSITIONS)} edges."
    return Table(
        "Your progress", COLUMNS, rows, f"{visited} {f'{PRIVATE}{DIARY.path.name}.' if DIARY.path else NOWHERE}"
    )


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
