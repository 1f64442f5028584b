"""A process's number names it in one namespace only."""

import os

from course.real import pids
from tests.real.test_leaks import left_over


def test_the_same_processes_have_other_numbers_in_there_or_it_says_why_not():
    before = left_over()
    table = pids.namespaces()
    (_, ours, _), *others = table.rows

    assert ours == str(os.getpid())
    assert [there for *_, there in others] == ["1", "2", "3"] or table.caption.startswith("No namespace here: ")
    assert len({here for _, here, _ in table.rows}) == len(table.rows)
    assert left_over() == before


def test_a_refusal_is_told_with_the_numbers_of_two_processes(monkeypatch):
    monkeypatch.setattr(pids, "HERE_AND_THERE", "raise SystemExit('\"Operation not permitted\"')")
    table = pids.namespaces()

    assert table.caption == "No namespace here: Operation not permitted"
    assert [name for name, *_ in table.rows] == ["this one", "a child"]
