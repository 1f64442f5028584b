"""A question that a run answers: the key is computed from what happened, never written down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from course.run import Run


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: what it says, and what to tell somebody who chose it although the run says otherwise."""

    text: str
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its choices by letter; `key` finds the right letter in a run.

    `because` explains the right answer, in one or two sentences.
    """

    name: str
    choices: Mapping[str, Choice]
    key: Callable[[Run], str]
    because: str
