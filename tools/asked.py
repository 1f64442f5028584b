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
    """The questions that a cell asks: (predict, check or reveal, the question's name)."""
    found = calls_of((*ASKING, "reveal"), source)
    firsts = [(ast.unparse(call.func), call.args[0] if call.args else None) for call in found]
    return [(name, str(first.value) if isinstance(first, ast.Constant) else "") for name, first in firsts]


def calls_of(names: tuple[str, ...], source: str) -> list[ast.Call]:
    """The calls of functions that have one of these names."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [node for node in nodes if isinstance(node.func, ast.Name) and node.func.id in names]


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
        for call in calls_of(ASKING, cell.source):
            given = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
            if any(map(is_answer, given)):
                yield f"{ast.unparse(call)} is answered"


def is_answer(given: ast.expr) -> bool:
    """Is it more than the question mark that waits for an answer, or the run of a puzzle, which the student makes?"""
    waits = isinstance(given, ast.Constant) and given.value == "?"
    return not waits and not isinstance(given, ast.Name)


GUARDS = (has_its_questions, has_every_question, gives_nothing_away)
