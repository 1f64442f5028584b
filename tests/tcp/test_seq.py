"""Sequence numbers: the circle of 2**32 numbers, and the line it is laid out on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.tcp.seq import precedes, unwrap, wrap

REPEATABLE = settings(deadline=None, derandomize=True, database=None)
NUMBERS = st.integers(-(2**40), 2**40)


@pytest.mark.parametrize(("number", "on_the_wire"), [(0, 0), (2**32 - 1, 2**32 - 1), (2**32, 0), (-1, 2**32 - 1)])
def test_wrap_keeps_32_bits(number, on_the_wire):
    """RFC 9293 3.4."""
    assert wrap(number) == on_the_wire


@REPEATABLE
@given(NUMBERS, st.integers(-(2**31), 2**31 - 1))
def test_unwrap_finds_the_number_that_wrap_was_given_if_something_near_is_known(near, away):
    """RFC 9293 3.4."""
    assert unwrap(wrap(near + away), near) == near + away


@pytest.mark.parametrize(
    ("seq", "near", "number"),
    [
        (5, 2**32 - 5, 2**32 + 5),  # just beyond the wrap
        (2**32 - 5, 2**32 + 5, 2**32 - 5),  # just before it
        (2**31, 0, -(2**31)),  # half the circle away is behind
        (2**31 - 1, 0, 2**31 - 1),
        (7, 3 * 2**32, 3 * 2**32 + 7),  # after several turns
    ],
)
def test_unwrap_chooses_the_nearest_candidate(seq, near, number):
    """RFC 9293 3.4."""
    assert unwrap(seq, near) == number


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        (1, 2, True),
        (2, 1, False),
        (1, 1, False),
        (2**32 - 1, 0, True),
        (0, 2**32 - 1, False),
        (0, 2**31 - 1, True),
        (0, 2**31, False),  # neither way round is shorter
        (2**31, 0, False),
    ],
)
def test_a_number_precedes_another_if_the_shorter_way_leads_forward(first, second, answer):
    """RFC 9293 3.4."""
    assert precedes(first, second) is answer


@REPEATABLE
@given(NUMBERS, st.integers(1, 2**31 - 1))
def test_of_two_different_numbers_at_most_one_precedes_the_other(number, ahead):
    """RFC 9293 3.4."""
    assert precedes(number, number + ahead)
    assert not precedes(number + ahead, number)
