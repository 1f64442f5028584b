"""Interrupts: Ctrl-C, and Jupyter's stop button, strike where nothing can get lost, and wait elsewhere.

An interrupt comes between any two steps of the main thread, be it just after the kernel has made a descriptor and
before anybody knows of it. So what makes things and gives them back is sheltered: an interrupt is noted meanwhile, and
strikes afterwards.

    @sheltered          a function; an interrupt strikes when it has ended
    @held               instead of contextlib.contextmanager; an interrupt strikes in the `with` block, or after it
    with noted() ...    for whoever waits long, and looks now and then whether there was one
"""

import contextlib
import functools
import inspect
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any, ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


@dataclass(slots=True)
class Interrupt:
    """Has there been one?"""

    seen: bool = False

    def note(self, number: int, frame: object) -> None:
        """A signal handler: it runs between any two steps of the main thread, so it does no more than this."""
        self.seen = True


@contextlib.contextmanager
def noted(interrupt: Interrupt | None = None) -> Iterator[Interrupt]:
    """Meanwhile an interrupt is only noted. Outside of the main thread there is none to note."""
    noting = Interrupt() if interrupt is None else interrupt
    before = handler()
    if before is not None:
        signal.signal(signal.SIGINT, noting.note)
    try:
        yield noting
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)


def handler() -> Any:
    """What an interrupt calls here; None if nothing: outside of the main thread, or where interrupts are ignored."""
    before = signal.getsignal(signal.SIGINT)
    return before if threading.current_thread() is threading.main_thread() and callable(before) else None


def sheltered(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """The same function, but an interrupt strikes when it has returned, or raised, and not before."""

    @functools.wraps(function)
    def call(*given: Given.args, **named: Given.kwargs) -> Result:
        interrupt = Interrupt()
        try:
            with noted(interrupt):
                return function(*given, **named)
        finally:
            if interrupt.seen:
                signal.raise_signal(signal.SIGINT)

    return call


def held(function: Callable[Given, Iterator[Result]]) -> "Callable[Given, Held[Result]]":
    """A context manager of a generator, as contextlib.contextmanager makes it; sheltered, as Held says."""
    make = contextlib.contextmanager(function)

    @functools.wraps(function)
    def made(*given: Given.args, **named: Given.kwargs) -> Held[Result]:
        return Held(make(*given, **named))

    return made


class Held(contextlib.AbstractContextManager[Result]):
    """Another context manager, sheltered: an interrupt strikes in its block, before it has begun, or after its end.

    To switch interrupts off in `__enter__` and `__exit__` is not enough: one may come before the first step of these.
    So our handler is there as long as the block lasts, and looks whether one of the two is at work.
    """

    def __init__(self, inner: contextlib.AbstractContextManager[Result]) -> None:
        self._make = inner
        self._inner = contextlib.ExitStack()
        self._before: Any = None
        self._seen = False

    def __enter__(self) -> Result:
        self._before = handler()
        if self._before is not None:
            signal.signal(signal.SIGINT, self._handle)
        try:
            made = self._inner.enter_context(self._make)
            self._strike()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return made

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 at: TracebackType | None) -> bool | None:  # fmt: skip
        try:
            return self._inner.__exit__(kind, error, at)
        finally:
            if self._before is not None:
                signal.signal(signal.SIGINT, self._before)
            self._strike()

    def _strike(self) -> None:
        """If there was an interrupt, whoever minded them before is told of it now, and mostly raises it."""
        if self._seen:
            self._seen = False
            self._before(signal.SIGINT, inspect.currentframe())

    def _handle(self, number: int, frame: FrameType | None) -> None:
        at = frame
        while at is not None:
            if at.f_code in SHELTERED and at.f_locals["self"] is self:
                self._seen = True
                return
            at = at.f_back
        self._before(number, frame)


SHELTERED = Held.__enter__.__code__, Held.__exit__.__code__
