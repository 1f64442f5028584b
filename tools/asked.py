"""What a chapter asks: each question in its text, held against the course's book of questions."""

import ast
import re
from collections.abc import Iterator
from typing import Any

from course.check.book import by_name, chapter_of, questions
from course.check.question import Choose

Notebook = Any  # nbformat has no types

CHOICE = re.compile(r"^- \((\w)\) (.*)$", re.MULTILINE)
ASKING = ("predict", "check")
BORNE = {"claims", "misconceptions", "tags", "lines_to_next_cell"}  # by cells of a chapter, besides their outputs


def has_its_questions(notebook: Notebook) -> Iterator[str]:
    """Every question is in the book, and its choices read there as in the text above."""
    choices: dict[str, str] = {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found = dict(CHOICE.findall(cell.source))
            choices = found or choices
            continue
        for asking, name in calls(cell.source):
            yield from differences(asking, name, choices)


def differences(asking: str, name: str, choices: dict[str, str]) -> Iterator[str]:
    """What is wrong with one question."""
    question = by_name().get(name)
    if question is None:
        yield f"{asking}({name!r}) asks a question that is not in the book"
    elif isinstance(question, Choose):
        told = {letter: plain(choice.text) for letter, choice in question.choices.items()}
        read = {letter: plain(text) for letter, text in choices.items()}
        if told != read:
            yield f"the choices of {name!r} are {told} in the book, and {read} in the text"


def plain(text: str) -> str:
    """Text without Markdown's marks."""
    return re.sub(r"[`*]", "", text).strip()


def calls(source: str) -> list[tuple[str, str]]:
    """The questions that a cell asks: (predict or check, the question's name)."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in (*ASKING, "reveal"):
            first = node.args[0] if node.args else None
            found.append((node.func.id, str(first.value) if isinstance(first, ast.Constant) else ""))
    return found


def has_every_question(notebook: Notebook) -> Iterator[str]:
    """A chapter asks all of its questions, and each prediction is compared with a run later."""
    asked = [call for cell in notebook.cells if cell.cell_type == "code" for call in calls(cell.source)]
    names = {name for _, name in asked}
    for number in {chapter_of(name) for asking, name in asked if asking == "reveal"}:
        if missing := [one.name for one in questions(number) if one.name not in names]:
            yield f"the chapter does not ask {missing}"
    revealed = {name for asking, name in asked if asking == "reveal"}
    unanswered = [name for asking, name in asked if asking == "predict" and name not in revealed]
    if revealed and unanswered:  # without any, it is chapter 00's one for practice
        yield f"no run answers {unanswered}"


def gives_nothing_away(notebook: Notebook) -> Iterator[str]:
    """Without its outputs a chapter asks, and holds no answer: not in the call that asks, not in what a cell bears."""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if more := cell.metadata.keys() - BORNE:
            yield f"a cell bears {sorted(more)}"
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ASKING:
                yield from (f"{ast.unparse(node)} is answered" for given in node.args[1:] if is_answer(given))


def is_answer(given: ast.expr) -> bool:
    """Is it more than the question mark that waits for an answer, or the run of a puzzle, which the student makes?"""
    return not isinstance(given, ast.Name) and ast.unparse(given) != ast.unparse(ast.Constant("?"))


GUARDS = (has_its_questions, has_every_question, gives_nothing_away)
