"""The card of states: every run leaves its mark, and the card is drawn from the diary."""

import pytest

from course import Event, Scenario, State, progress, visited
from course.apps import echo
from course.check import visits
from course.check.book import DIARY


@pytest.fixture(autouse=True)
def a_fresh_card():
    DIARY.forget()
    visits.SEEN.clear()
    visits.SEEN_STATES.clear()


def test_before_the_first_run_nothing_was_visited():
    assert visits.so_far() == (frozenset(), frozenset())
    assert "0 of 11 states, 0 of" in visited().alternative


def test_a_run_leaves_its_mark_by_itself():
    Scenario(server=echo.server, client=echo.client).run()

    states, edges = visits.so_far()
    assert {State.LISTEN, State.ESTABLISHED, State.TIME_WAIT, State.LAST_ACK} <= states
    assert (State.LISTEN, Event.SYN) in edges
    assert State.CLOSING not in states
    assert "The kernel was asked" not in visited().svg()


def test_a_run_that_brings_nothing_new_writes_nothing():
    talk = Scenario(server=echo.server, client=echo.client)
    talk.run()
    before = len(list(DIARY))
    talk.run()

    assert len(list(DIARY)) == before


def test_states_without_an_edge_can_be_added():
    class Seen:
        observations = ()

    visited(Seen())
    visits.meet([State.CLOSING])

    assert visits.so_far()[0] == {State.CLOSING}
    assert "1 of 11 states" in visited().alternative
    assert "The kernel was asked" in visited().svg()


def test_what_a_diary_says_that_is_no_edge_is_passed_over():
    DIARY.write("visited", states=["RST_ACT"], edges=["LISTEN, lunch"])

    assert visits.so_far() == (frozenset(), frozenset())


def test_progress_counts_by_chapter_what_the_diary_says():
    DIARY.write("predicted", name="lunch", answer="d")
    DIARY.write("saw", name="lunch", answer="d", right=True)
    DIARY.write("checked", name="ack of a SYN", answer="5", right=False)
    DIARY.write("checked", name="ack of a SYN", answer="1001", right=True)

    (row,) = [row for row in progress().rows if row[0].startswith("05")]
    assert row[1:] == ("1", "1 of 1", "1", "0")


def test_progress_says_where_it_is_kept():
    assert progress().note.endswith("not a folder of notebooks of your own.")
    assert "<caption" in progress()._repr_html_()
