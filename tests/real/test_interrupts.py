"""An interrupt is noted, and strikes only where nothing can get lost."""

import signal
import threading

import pytest

from course.real.interrupts import held, noted, sheltered


@pytest.fixture
def handler():
    """What happens at an interrupt; the test sets it."""
    before = signal.getsignal(signal.SIGINT)
    yield lambda new: signal.signal(signal.SIGINT, new)
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_is_noted_and_the_handler_comes_back(handler):
    handler(signal.default_int_handler)
    with noted() as interrupt:
        before = interrupt.seen
        signal.raise_signal(signal.SIGINT)

    assert (before, interrupt.seen) == (False, True)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_handler_comes_back_after_an_error(handler):
    handler(signal.default_int_handler)
    with pytest.raises(ZeroDivisionError), noted():
        raise ZeroDivisionError

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_interrupts_that_are_ignored_stay_so(handler):
    handler(signal.SIG_IGN)
    with noted() as interrupt:
        signal.raise_signal(signal.SIGINT)

    assert not interrupt.seen


def test_outside_of_the_main_thread_handlers_are_left_alone(handler):
    handler(signal.default_int_handler)
    inside = []

    def elsewhere():
        with noted():
            inside.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()

    assert inside == [signal.default_int_handler]


def interrupt():
    signal.raise_signal(signal.SIGINT)


class Story:
    """A context manager that tells what happened, and is interrupted there."""

    def __init__(self, where):
        self.told = []
        self.where = where

    def comes_to(self, place):
        if place == self.where:
            interrupt()
        self.told.append(place)

    @held
    def managed(self):
        self.comes_to("before")
        try:
            yield self
        finally:
            self.comes_to("after")


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("before", ["before", "after"]),
        ("block", ["before", "after"]),
        ("after", ["before", "block", "after"]),
        ("nowhere", ["before", "block", "after"]),
    ],
)
def test_an_interrupt_strikes_in_a_block_or_at_its_edges(handler, where, told):
    handler(signal.default_int_handler)
    story, struck = Story(where), False
    try:
        with story.managed():
            story.comes_to("block")
    except KeyboardInterrupt:
        struck = True

    assert (story.told, struck) == (told, where != "nowhere")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_block_within_the_end_of_another_is_not_interrupted(handler):
    handler(signal.default_int_handler)
    inner, told = Story("block"), []

    @held
    def outer():
        yield
        with inner.managed():
            inner.comes_to("block")
        told.append("all of it")

    with pytest.raises(KeyboardInterrupt), outer():
        pass

    assert inner.told == ["before", "block", "after"]
    assert told == ["all of it"]


def test_a_sheltered_function_comes_to_its_end(handler):
    handler(signal.default_int_handler)
    story = Story("block")

    @sheltered
    def function():
        with story.managed():
            story.comes_to("block")
        story.comes_to("end")

    with pytest.raises(KeyboardInterrupt):
        function()

    assert story.told == ["before", "block", "after", "end"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_somebody_else_s_handler_hears_of_it_afterwards(handler):
    heard = []
    handler(lambda *_: heard.append("interrupt"))
    story = Story("before")
    with story.managed():
        told = list(heard)

    assert told == ["interrupt"]
    assert story.told == ["before", "after"]


def test_an_error_at_the_beginning_passes(handler):
    handler(signal.default_int_handler)

    @held
    def broken():
        raise ZeroDivisionError
        yield

    with pytest.raises(ZeroDivisionError), broken():
        pass

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
