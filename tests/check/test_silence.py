"""The questions of chapter 10: what counts as a lost question of keep-alive."""

import pytest

from course import Scenario, faults
from course.apps.longlived import KeepAlive, answers, asks
from course.check.silence import is_question, one_lost_key

ASKED = Scenario(server=answers(keep=KeepAlive(60, 10, 3)), client=asks(b"hello", b"again", pause=100))


def test_a_lost_question_is_asked_again_and_the_connection_lives_on():
    run = ASKED.with_faults(faults.drop("server", 3)).run()

    assert [is_question(record.sent) for record in run.trace.dropped] == [True]
    assert one_lost_key(run) == "b"


@pytest.mark.parametrize("lost", [[], [faults.drop("server", 4)]], ids=["nothing is lost", "an answer is lost"])
def test_where_no_question_is_lost_nothing_is_shown_of_one(lost):
    run = ASKED.with_faults(*lost).run()

    assert run.results["client"][-1] == "OK"
    assert one_lost_key(run) == "a"
