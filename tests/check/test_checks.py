"""Checks: right, or a hint; and a stronger hint each time."""

import pytest

from course import CourseError, Scenario, check, progress
from course.check.book import DIARY


@pytest.fixture(autouse=True)
def no_answers_from_other_tests():
    DIARY.forget()


def test_what_is_no_answer_is_told_what_to_write():
    assert "write a number" in repr(check("ack of a SYN", "?"))
    assert list(DIARY) == []


def test_a_right_answer_is_explained():
    said = repr(check("ack of a SYN", 1001))

    assert said.startswith("Right: 1001.\nA SYN takes one number")
    assert DIARY.last("checked", "ack of a SYN")["right"]


def test_hints_get_stronger_with_each_wrong_answer_and_then_the_answer_is_offered():
    assert "Hint 1 of 2" in repr(check("ack of a SYN", 5))
    second = repr(check("ack of a SYN", 1000))
    assert "1000 is the SYN's own number" in second
    assert "Hint 2 of 2" in second
    assert 'check("ack of a SYN", "show")' in second
    assert "Hint 2 of 2" in repr(check("ack of a SYN", 7))


def test_the_same_cell_run_again_is_no_second_try():
    check("ack of a SYN", 5)

    assert "Hint 1 of 2" in repr(check("ack of a SYN", 5))
    assert len(DIARY.tries("ack of a SYN")) == 1


def test_the_answer_is_shown_to_whoever_asks():
    assert repr(check("third of the client", "show")).startswith("The answer is ACK.")


def test_a_puzzle_says_what_is_missing_until_it_is_solved():
    def calling(other):
        def program(host):
            with host.socket() as connection:
                connection.bind(("", 7000))
                connection.connect((other, 7000))

        return program

    both = Scenario(this=calling("that"), that=calling("this"))
    assert "they are in" in repr(check("both in SYN-RECEIVED", both.run(until=0.02)))
    assert repr(check("both in SYN-RECEIVED", both.run(until=0.07))).startswith("Right: solved.")


def test_a_question_that_there_is_not_is_named_with_its_neighbours():
    with pytest.raises(CourseError, match="there are: ack of a SYN"):
        check("ack of SYN", 1)


@pytest.mark.parametrize(
    ("answer", "said"), [("", "No answer yet"), ("?", "No answer yet"), ("many", "'many' is no"), (None, "None is no")]
)
def test_what_cannot_be_read_is_said_back_unless_it_is_nothing(answer, said):
    assert repr(check("ack of a SYN", answer)).startswith(said)


def test_a_long_answer_that_cannot_be_read_is_said_back_in_short():
    assert len(repr(check("refused", "a firewall " * 50))) < 200


def test_a_hint_may_be_asked_for_and_is_stronger_each_time_and_no_wrong_answer():
    assert repr(check("ack of a SYN", "hint")).startswith("No answer yet.\nHint 1 of 2")
    assert "Hint 2 of 2" in repr(check("ack of a SYN", " Hint "))
    assert DIARY.tries("ack of a SYN") == []


def test_hints_that_were_asked_for_count_for_the_next_wrong_answer():
    check("ack of a SYN", "hint")

    assert "Hint 2 of 2" in repr(check("ack of a SYN", 5))


def test_a_hint_that_was_asked_for_leaves_the_first_try_to_come():
    check("ack of a SYN", "hint")
    check("ack of a SYN", 1001)

    assert next(row for row in progress().rows if row[0].startswith("05"))[-2:] == ("1", "1")
