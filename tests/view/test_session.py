"""A session: a scenario changed step by step, with the way back and forth."""

import pytest

from course import Scenario, ScenarioError, faults
from course.apps import echo
from course.view.widgets.session import Session, with_fault, with_knob

TALK = Scenario(server=echo.server, client=echo.client, delay=0.050)
OTHER, THIRD = TALK.with_knobs(seed=1), TALK.with_knobs(seed=2)


def test_a_step_can_be_taken_back_and_taken_again():
    session = Session((TALK,)).then(OTHER)

    assert (session.scenario, session.can_undo, session.can_redo) == (OTHER, True, False)
    assert (session.undo().scenario, session.undo().can_undo, session.undo().can_redo) == (TALK, False, True)
    assert session.undo().redo() == session


def test_where_there_is_no_step_nothing_happens():
    session = Session((TALK,))

    assert session.undo() == session.redo() == session


def test_another_step_forgets_what_was_taken_back():
    session = Session((TALK,)).then(OTHER).undo().then(THIRD)

    assert (session.scenario, session.can_redo) == (THIRD, False)
    assert session.undo().scenario is TALK


def test_a_step_that_changes_nothing_is_none():
    session = Session((TALK,)).then(OTHER).undo()

    assert session.then(TALK) is session
    assert session.can_redo


def test_all_that_one_movement_of_a_knob_does_is_one_step():
    session = Session((TALK,)).then(OTHER, "gesture 1").then(THIRD, "gesture 1")

    assert (session.scenario, session.undo().scenario) == (THIRD, TALK)
    again = session.undo().redo().then(OTHER, "gesture 1")  # what was undone meanwhile is a step of its own
    assert again.undo().scenario is THIRD


def test_a_reset_goes_back_to_the_beginning_and_can_be_undone():
    session = Session((TALK,)).then(OTHER).reset()

    assert session.scenario is TALK
    assert session.undo().scenario is OTHER


@pytest.mark.parametrize(
    ("kind", "seconds", "fault"),
    [
        ("drop", None, faults.drop("client", 3)),
        ("duplicate", None, faults.duplicate("client", 3)),
        ("corrupt", None, faults.corrupt("client", 3)),
        ("delay", 0.5, faults.delay("client", 3, by=0.5)),
        ("hold", 1.5, faults.hold("client", 3, until=1.5)),
    ],
)
def test_a_segment_meets_the_fault_that_was_chosen(kind, seconds, fault):
    assert with_fault(TALK, kind, "client", 3, seconds).faults == (fault,)


def test_another_choice_for_a_segment_replaces_the_first_and_leaves_the_others():
    scenario = TALK.with_faults(faults.drop("client", 3), faults.drop("server", 1), faults.cut(at=5))
    changed = with_fault(scenario, "corrupt", "client", 3)

    assert changed.faults == (faults.drop("server", 1), faults.cut(at=5), faults.corrupt("client", 3))
    assert with_fault(changed, "none", "client", 3).faults == (faults.drop("server", 1), faults.cut(at=5))


@pytest.mark.parametrize(
    ("choice", "problem"),
    [
        (("melt", "client", 3), "there is no fault 'melt'"),
        (("drop", "nobody", 3), "there is no host 'nobody'"),
        (("drop", "client", 0), "counted 1, 2, 3"),
        (("delay", "client", 3, -1.0), "number of seconds"),
    ],
)
def test_what_cannot_be_is_refused(choice, problem):
    with pytest.raises(ScenarioError, match=problem):
        with_fault(TALK, *choice)


def test_loss_is_one_fault_among_the_others():
    scenario = with_knob(TALK.with_faults(faults.drop("client", 1)), "loss", 0.1)

    assert scenario.faults == (faults.drop("client", 1), faults.randomly(0.1))
    assert with_knob(scenario, "loss", 0.2).faults == (faults.drop("client", 1), faults.randomly(0.2))
    assert with_knob(scenario, "loss", 0).faults == (faults.drop("client", 1),)
