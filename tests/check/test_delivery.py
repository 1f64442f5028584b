"""The keys of chapter 06: the answer follows the run, not the text."""

import pytest

from course import Scenario, TcpParameters, faults
from course.apps import echo, upload
from course.check import delivery, sending

EIGHT = Scenario(server=upload.server, client=upload.client(8 * 1460))
LOST = EIGHT.with_faults(faults.drop("client", 5))
HELLO = Scenario(server=echo.server, client=echo.client)


def test_the_segments_that_are_sent_again_are_counted():
    assert sending.sent_again(EIGHT.run()) == []
    assert [sent.name for sent in sending.sent_again(LOST.run())] == ["client 12"]


def test_identical_acks_are_counted_up_to_the_repetition():
    assert sending.identical(LOST.run()) == 4


@pytest.mark.parametrize(("fault", "letter"), [(faults.drop("client", 5), "a"), (faults.drop("client", 10), "b")])
def test_who_mends_a_loss_depends_on_what_follows_it(fault, letter):
    assert sending.who_mends(EIGHT.with_faults(fault).run()) == letter


@pytest.mark.parametrize(("least", "letter"), [(0.1, "c"), (0.3, "c"), (1.0, "d")])
def test_the_first_timeout_follows_from_the_first_round_trip_and_the_floor(least, letter):
    knobs = TcpParameters(min_rto=least)
    run = HELLO.with_knobs(tcp=knobs).with_faults(faults.drop("client", 3)).run()

    assert sending.first_timeout(run) == letter


def test_damage_is_answered_by_nothing():
    assert sending.answer_to_damage(HELLO.with_faults(faults.corrupt("client", 3)).run()) is None


@pytest.mark.parametrize(("windows", "octets"), [((20, 12, 9), 3), ((5, 12, 1), 4), ((5, 12, 9), 0)])
def test_what_may_leave_is_left_by_the_smaller_window(windows, octets):
    assert sending.may_leave(windows) == octets


def test_the_puzzle_of_the_fooled_sender_has_a_solution():
    assert "fast retransmit" in sending.not_fooled(EIGHT.run())
    assert "lost" in sending.not_fooled(LOST.run())
    assert sending.not_fooled(EIGHT.with_faults(faults.delay("client", 5, by=0.05)).run()) == ""


@pytest.mark.parametrize("question", delivery.CHECKS, ids=lambda question: question.name)
def test_each_check_has_two_hints_and_an_answer_of_its_own(question):
    assert len(question.hints) == 2
    if question.evidence:
        assert question.read(question.right(question.evidence()))
