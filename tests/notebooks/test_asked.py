"""Questions: what a chapter asks is in the book, and reads there as in its text."""

import pytest
from nbformat import v4

from course.check.book import MODULES, by_name, questions
from course.check.question import Choose
from tools import asked

QUESTIONS = by_name()
LUNCH = "\n".join(f"- ({letter}) {choice.text}" for letter, choice in QUESTIONS["lunch"].choices.items())


def notebook(*cells):
    return v4.new_notebook(cells=list(cells))


def complaints(*cells):
    return [sentence for guard in asked.GUARDS for sentence in guard(notebook(*cells))]


def text(source):
    return v4.new_markdown_cell(source)


def code(source):
    return v4.new_code_cell(source)


def test_a_question_that_reads_as_in_the_book_passes():
    assert complaints(text(LUNCH.replace("connect()", "`connect()`")), code('predict("lunch", "?")')) == []


def test_choices_that_read_otherwise_are_found_out():
    assert "the choices of 'lunch' are" in complaints(text("- (a) Yes."), code('predict("lunch", "?")'))[0]


def test_the_choices_are_those_that_stand_last_above_the_question():
    assert complaints(text(LUNCH), text("- (a) Yes."), code('predict("lunch", "?")'))
    assert complaints(text("- (a) Yes."), text(LUNCH), text("Why?"), code('predict("lunch", "?")')) == []


def test_a_question_that_is_in_no_book_is_found_out():
    assert complaints(code('check("supper", "?")')) == ["check('supper') asks a question that is not in the book"]


def test_a_prediction_that_no_run_answers_is_found_out():
    first = questions("05")[0].name

    said = complaints(text(LUNCH), code(f'predict("{first}", "?")'), code('reveal("nobody listens", run)'))
    assert any("no run answers ['lunch']" in sentence for sentence in said)


def test_a_question_of_the_chapter_that_it_does_not_ask_is_found_out():
    assert any("does not ask" in sentence for sentence in complaints(code('reveal("lunch", run)')))


@pytest.mark.parametrize("answered", ['predict("lunch", "c")', 'predict("lunch", 3)', 'print(check("lunch", "ab"[0]))'])
def test_an_answer_that_stands_in_a_chapter_is_found_out(answered):
    assert [said for said in complaints(text(LUNCH), code(answered)) if said.endswith("is answered")]


def test_an_answer_that_a_cell_bears_is_found_out():
    cell = code("run")
    cell.metadata["answer"] = "c"

    assert complaints(cell) == ["a cell bears ['answer']"]


def test_the_run_of_a_puzzle_is_made_by_the_student():
    assert complaints(code('check("bring it to CLOSING", run)')) == []


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda question: question.name)
def test_every_question_says_why_and_has_words_for_its_answers(question):
    assert question.because.endswith((".", ")."))
    assert question.wanted
    if isinstance(question, Choose):
        assert list(question.choices) == list("abcdefg"[: len(question.choices)])
        assert all(choice.text.endswith((".", "?", ")")) for choice in question.choices.values())


def test_no_two_questions_have_one_name():
    assert len(QUESTIONS) == sum(len(questions(chapter)) for chapter in MODULES)
