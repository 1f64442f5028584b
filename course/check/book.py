"""The book of all questions, by name, chapter by chapter; and the diary that this kernel writes.

A chapter's questions are read when the first of them is asked, so that `import course` stays quick.
"""

import difflib
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from course.check.diary import Diary, own_file
from course.errors import CourseError

if TYPE_CHECKING:
    from course.check.question import Question

MODULES = {
    "00": "start",
    "01": "beginnings",
    "02": "numbers",
    "03": "byteorder",
    "04": "api",
    "05": "handshake",
    "06": "delivery",
    "07": "teardown",
    "08": "eleven",
    "09": "web",
    "10": "silence",
    "11": "lines",
}
"""The module of course.check that has a chapter's questions, by the chapter's number."""
DIARY = Diary(own_file())


@cache
def questions(chapter: str) -> "tuple[Question, ...]":
    """The questions of a chapter, in the order of its text; none for a chapter that asks nothing."""
    if chapter not in MODULES:
        return ()
    found: tuple[Question, ...] = import_module(f"course.check.{MODULES[chapter]}").QUESTIONS
    return found


def by_name() -> "dict[str, Question]":
    """All questions of all chapters."""
    return {question.name: question for chapter in MODULES for question in questions(chapter)}


def find(name: str) -> "Question":
    """The question of that name; CourseError, with the most similar names, if there is none."""
    known = by_name()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.5) or [*known]
        raise CourseError(f"there is no question {name!r}; there are: {', '.join(near)}")
    return known[name]


def chapter_of(name: str) -> str:
    """The number of the chapter that asks the question of that name; "" if none does."""
    return next((chapter for chapter in MODULES if any(one.name == name for one in questions(chapter))), "")
