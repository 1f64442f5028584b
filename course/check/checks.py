"""Checks: questions at the end of a chapter, with hints that get stronger, and an explained answer."""

from typing import TYPE_CHECKING

from course.check.book import DIARY, find
from course.check.diary import HINT, SHOW
from course.check.note import Note, unread

if TYPE_CHECKING:
    from course.check.question import Question


def check(name: str, answer: object) -> Note:
    """Answer a question: right, or a hint. Each wrong answer brings a stronger one; the answer "show" ends the search.

    Otherwise the answer is a letter, a number, a state, flags, or a run, as the question says; and "hint" brings a hint
    to whoever has none yet. Raises CourseError for a question that there is not.
    """
    question = find(name)
    asked = answer.strip().lower() if isinstance(answer, str) else ""
    if asked == SHOW:
        return shown(question)
    if asked == HINT and question.hints:
        return hinted(question)
    kept = question.read(answer)
    if kept is None:
        return unread("answer", answer, question.wanted)
    agrees = question.agrees(kept, right_answer(question))
    tries = DIARY.tries(name)
    if not tries or tries[-1]["answer"] != kept:  # the same cell run again is no second try
        DIARY.write("checked", name=name, answer=kept, right=agrees)
    if agrees:
        return Note(f"Right: {question.say(kept)}", question.because)
    return Note(f"Not {question.say(kept)}", f"{question.meet(kept)} {hint(question)}".strip())


def right_answer(question: "Question") -> str:
    """The right answer, from what the question's own evidence says."""
    return question.right(question.evidence() if question.evidence else None)


def shown(question: "Question") -> Note:
    """The answer, explained, to somebody who has asked for it."""
    DIARY.write("checked", name=question.name, answer=SHOW, right=False)
    return Note(f"The answer is {question.say(right_answer(question))}", question.because)


def hinted(question: "Question") -> Note:
    """The next hint, to somebody who has asked for it; that is no wrong answer."""
    DIARY.write("hinted", name=question.name)
    return Note("No answer yet.", hint(question))


def hint(question: "Question") -> str:
    """The hint whose turn it is after so many wrong answers and calls for a hint, and what else one may do."""
    wrong = sum(not entry["right"] for entry in DIARY.tries(question.name))
    turn = wrong + len(DIARY.all("hinted", question.name))
    hints = question.hints
    said = f"Hint {min(turn, len(hints))} of {len(hints)}: {hints[min(turn, len(hints)) - 1]}" if hints else ""
    more = "" if turn < len(hints) else f' Or see the answer: check("{question.name}", "{SHOW}").'
    return f"{said}{more}"
