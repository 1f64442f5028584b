"""Predictions: written down before a run, compared with what the run says."""

import pytest

from course import CourseError, Scenario, faults, predict, reveal
from course.apps import echo
from course.check.book import DIARY
from course.check.note import Note


@pytest.fixture(autouse=True)
def no_answers_from_other_tests():
    DIARY.forget()


@pytest.fixture
def talk():
    return Scenario(server=echo.server, client=echo.client, delay=0.050)


def lunch(host):
    host.create_server(("", 7000))
    host.sleep(3600)


def caller(host):
    host.create_connection(("server", 7000)).send(b"hello")
    host.sleep(3600)


def quiet(host):
    with host.create_connection(("server", 7000)):
        host.sleep(3)


def test_a_prediction_is_said_back_in_words():
    assert repr(predict("lunch", "A")) == "You predict (a): connect() waits for lunch to end.\nNow run it."


@pytest.mark.parametrize("answer", ["?", "", "e", "ab"])
def test_what_is_no_letter_is_no_prediction(answer):
    assert "write one of a, b, c, d" in repr(predict("lunch", answer))
    assert DIARY.last("predicted", "lunch") is None


def test_a_question_that_there_is_not_is_named_with_those_that_there_are():
    with pytest.raises(CourseError, match="there is no question 'lunchh'; there are: lunch"):
        predict("lunchh", "a")


def test_a_right_prediction_is_confirmed_by_the_run():
    run = Scenario(server=lunch, caller=caller).run(until=1)
    predict("lunch", "d")

    assert "The run says (d): Both return. As you predicted." in repr(reveal("lunch", run))


def test_a_wrong_prediction_meets_its_own_explanation():
    run = Scenario(server=lunch, caller=caller).run(until=1)
    predict("lunch", "a")

    said = repr(reveal("lunch", run))
    assert "The run says (d)" in said
    assert "You predicted (a)" in said
    assert "M01" in said


def test_without_a_prediction_the_run_speaks_alone(talk):
    assert repr(reveal("first octet", talk.run())).startswith("The run says (a): The same number")


def test_a_note_is_shown_as_html_without_being_markup():
    assert Note("1 < 2", "& so on")._repr_html_() == "<p><strong>1 &lt; 2</strong> &amp; so on</p>"


def test_the_key_follows_the_run(talk):
    """The same question, other runs, other answers: no key is written down."""
    silence = Scenario(server=echo.server, client=quiet, faults=[faults.drop("client", 2)])

    assert "(d)" in repr(reveal("ack lost", talk.with_faults(faults.drop("client", 2)).run()))
    assert "(a)" in repr(reveal("syn lost", talk.with_faults(faults.drop("client", 1)).run()))
    assert "(c)" in repr(reveal("syn ack lost", talk.with_faults(faults.drop("server", 1)).run()))
    assert "(b)" in repr(reveal("ack lost", silence.run(until=2)))


def test_the_lunch_question_has_every_answer_somewhere(talk):
    never = Scenario(server=lunch, caller=caller, faults=[faults.drop_flags("caller", "SYN")]).run(until=1)
    refused = Scenario(server=lambda host: host.sleep(1), caller=caller).run(until=1)

    assert "(a)" in repr(reveal("lunch", never))
    assert "(b)" in repr(reveal("lunch", refused))


def test_refused_and_silent_are_told_apart(talk):
    silent = talk.with_faults(faults.cut(at=0)).run()
    refused = Scenario(server=lambda host: host.sleep(1), client=echo.client).run()

    assert "(b)" in repr(reveal("nobody listens", silent))
    assert "(a)" in repr(reveal("nobody listens", refused))
    assert "(d)" in repr(reveal("nobody listens", talk.run()))


def test_who_is_established_when_the_third_segment_is_lost_depends_on_the_moment():
    silence = Scenario(server=echo.server, client=quiet, faults=[faults.drop("client", 2)])

    assert "(b)" in repr(reveal("third lost", silence.run(until=0.5)))
    assert "(a)" in repr(reveal("third lost", silence.run(until=2)))
    assert "(d)" in repr(reveal("third lost", silence.run(until=0.07)))
