"""Answers: what the browser hears when it asks for something, also when that cannot be."""

from collections.abc import Callable
from typing import Any

from course.errors import CourseError

Message = dict[str, Any]


def answered(message: Message, act: Callable[[Message], None], show: Callable[[], Message]) -> Message:
    """Do what the browser asks for; tell it what is there afterwards, and under "error" why it could not be done."""
    error = ""
    try:
        act(message)
    except Exception as caught:  # noqa: BLE001 - it would be lost: it is shown in the widget instead
        error = told(caught)
    return {**show(), "error": error, "serial": message.get("serial")}


def told(error: Exception) -> str:
    """An error as a sentence for a student, from its first letter to its full stop."""
    if not isinstance(error, CourseError | ValueError):
        return f"{type(error).__name__}: {error}"
    return sentence(str(error))


def sentence(words: str) -> str:
    """The words with a capital letter and a full stop."""
    return f"{words[:1].upper()}{words[1:]}."
