"""Endings: of a body, and of a connection."""

import pytest

from course.apps import browser, endings
from course.apps.browser import Answer
from tests.apps.worlds import both, lossy, result, run

LONG = bytes(100_000)


@both
def test_three_endings_of_one_body_are_read_alike(world):
    """RFC 9112, section 6.3."""
    assert (
        result(world, endings.server, browser.fetch(*endings.ENDINGS, version="1.0"))
        == [Answer(200, endings.SENTENCE)] * 3
    )


def test_three_endings_survive_losses():
    heard = lossy(endings.server, browser.fetch(*endings.ENDINGS), 2).results["client"]

    assert heard == [Answer(200, endings.SENTENCE)] * 3


def test_chunks_have_their_length_in_hexadecimal_digits_and_the_last_is_empty():
    """RFC 9112, section 7.1."""
    assert endings.in_chunks(b"x" * 18, size=16).endswith(b"\r\n\r\n10\r\n" + b"x" * 16 + b"\r\n2\r\nxx\r\n0\r\n\r\n")


@both
def test_who_closes_in_two_steps_is_heard(world):
    """RFC 9112, section 9.6."""
    assert result(world, endings.in_two_steps, browser.post(LONG)) == Answer(413, b"")


def test_who_closes_at_once_sends_a_reset_and_that_takes_the_answer_away():
    """RFC 9112, section 9.6; misconception M50."""
    hasty = run("simulated", endings.hasty, browser.post(LONG))

    assert isinstance(hasty.results["client"], ConnectionResetError)
    assert any(sent.segment.rst for sent in hasty.trace.sent)
    assert not any(sent.segment.rst for sent in run("simulated", endings.in_two_steps, browser.post(LONG)).trace.sent)


@pytest.mark.parametrize("closing", [endings.hasty, endings.in_two_steps])
def test_on_this_machine_nobody_is_left_waiting(closing):
    heard = result("loopback", closing, browser.post(LONG))

    assert heard == Answer(413, b"") or isinstance(heard, ConnectionError)
