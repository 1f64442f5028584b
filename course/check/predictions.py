"""Predictions: what a student expects before a run, and what the run says."""

import html
from dataclasses import dataclass

from course.check import handshake
from course.check.question import Question
from course.errors import CourseError
from course.run import Run

QUESTIONS: dict[str, Question] = {question.name: question for question in handshake.QUESTIONS}
ANSWERS: dict[str, str] = {}  # this session's, by the question's name


@dataclass(frozen=True, slots=True)
class Note:
    """A few sentences that a cell shows; the first one stands out."""

    headline: str
    text: str = ""

    def __repr__(self) -> str:
        return f"{self.headline}\n{self.text}".rstrip()

    def _repr_html_(self) -> str:
        return f"<p><strong>{html.escape(self.headline)}</strong> {html.escape(self.text)}</p>"


def predict(name: str, answer: str) -> Note:
    """Write down what you expect: the question's name, and your letter. Predict again as often as you like.

    Raises CourseError for a question that there is not.
    """
    question = find(name)
    letter = answer.strip().lower()
    if letter not in question.choices:
        ANSWERS.pop(name, None)
        letters = ", ".join(question.choices)
        return Note(f"No prediction yet: write one of {letters} between the quotation marks, and run this cell again.")
    ANSWERS[name] = letter
    return Note(f"You predict ({letter}): {question.choices[letter].text}", "Now run it.")


def reveal(name: str, run: Run) -> Note:
    """Compare what you expected with what happened: the right answer is found in the run."""
    question = find(name)
    key, answer = question.key(run), ANSWERS.get(name)
    right = f"The run says ({key}): {question.choices[key].text}"
    if answer is None:
        return Note(right, question.because)
    if answer == key:
        return Note(f"{right} As you predicted.", question.because)
    chosen = question.choices[answer]
    return Note(right, f"You predicted ({answer}): {chosen.text} {chosen.feedback} {question.because}")


def find(name: str) -> Question:
    """The question of that name; CourseError, with the names that there are, if there is none."""
    if name not in QUESTIONS:
        raise CourseError(f"there is no question {name!r}; there are: {', '.join(QUESTIONS)}")
    return QUESTIONS[name]
