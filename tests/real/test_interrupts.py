"""An interrupt is noted, and strikes only when a run can be torn down."""

import signal
import threading

import pytest

from course.real.interrupts import noted


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
