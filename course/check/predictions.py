"""Predictions: what a student expects before a run, and what the run says."""

from typing import Any

from course.check.book import DIARY, find
from course.check.note import Note, unread


def predict(name: str, answer: object) -> Note:
    """Write down what you expect: the question's name, and your answer. Predict again as often as you like.

    The answer is a letter, a number, a state or flags, as the question says. Raises CourseError for a question that
    there is not.
    """
    question = find(name)
    kept = question.read(answer)
    if kept is None:
        return unread("prediction", answer, question.wanted)
    DIARY.write("predicted", name=name, answer=kept)
    return Note(f"You predict {question.say(kept)}", "Now run it.")


def reveal(name: str, evidence: Any) -> Note:
    """Compare what you expected with what happened: the right answer is found in the evidence, mostly a run."""
    question = find(name)
    right = question.right(evidence)
    said = f"The run says {question.say(right)}"
    entry = DIARY.last("predicted", name)
    if entry is None:
        return Note(said, question.because)
    answer = question.read(entry["answer"]) or right
    agrees = question.agrees(answer, right)
    DIARY.write("saw", name=name, answer=answer, right=agrees)
    if agrees:
        return Note(f"{said} As you predicted.", question.because)
    yours = f"You predicted {question.say(answer)} {question.meet(answer)}".rstrip()
    return Note(said, f"{yours} {question.because}")
