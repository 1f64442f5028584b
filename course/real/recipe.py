"""A recipe: how to bring two real sockets into a state. It is played, the kernel is asked, and all is cleaned up."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from course.errors import StateNotReached
from course.real import kernel
from course.real.interrupts import held
from course.real.scene import Pair, Scene, Side, Words
from course.real.stage import Stage
from course.table import wrapped
from course.tcp.state import State
from course.tcp.timers import Timer

DEADLINE = 2.0  # seconds
SYSCTL = Path("/proc/sys")


@dataclass(frozen=True, slots=True, repr=False)
class Recipe:
    """How to bring real sockets into a state. Call it for a context manager: `with states.closing() as seen: ...`."""

    play: Callable[[Stage], object]
    aimed: State
    side: Side
    other: State | None
    """The other end's state by then."""
    timer: Timer | None
    """The timer that has to run by then."""
    settings: tuple[str, ...]
    """Settings of the kernel that may keep it from getting there."""

    @property
    def sentence(self) -> str:
        """The recipe in words."""
        return (self.play.__doc__ or "").strip()

    def __call__(self, deadline: float = DEADLINE) -> AbstractContextManager[Scene]:
        """Be in the state inside of the `with`; StateNotReached if that takes more than `deadline` seconds."""
        return played(self, deadline)

    def __repr__(self) -> str:
        return "\n".join(wrapped(f"{self.aimed} ({self.side}): {self.sentence}"))

    def is_done(self, words: Words) -> bool:
        """Are both ends where they should be?"""
        mine, other = words.of(self.side), words.across(self.side)
        is_there = mine is not None and mine.says(self.aimed) and mine.runs(self.timer)
        return is_there and (other is None or other.says(self.other))


def recipe(
    aimed: State,
    other: State | None = None,
    *,
    side: Side = "ours",
    timer: Timer | None = None,
    settings: tuple[str, ...] = (),
) -> Callable[[Callable[[Stage], object]], Recipe]:
    """Make a recipe of a function that plays it."""
    return lambda play: Recipe(play, aimed, side, other, timer, settings)


@held
def played(each: Recipe, deadline: float) -> Iterator[Scene]:
    """Play it, wait until both ends are there, and clean up whatever happens."""
    if reason := why_not():
        raise StateNotReached(reason)
    with Stage(deadline) as stage:
        perform(each, stage)
        pair = stage.pair()
        words = wait_for(each, stage, pair)
        yield Scene(each.aimed, each.side, each.sentence, tuple(stage.calls), words, stage.seconds(), pair)


def why_not() -> str | None:
    """Why this system cannot show its states; None if it can."""
    if kernel.TCP_INFO is None:
        return f"a kernel tells its states on Linux (also in WSL, and on Binder), and this is {sys.platform}"
    return None


def perform(each: Recipe, stage: Stage) -> None:
    """Do what the recipe says; StateNotReached if the system refuses."""
    try:
        each.play(stage)
    except OSError as error:
        raise StateNotReached(f"{each.aimed} was not reached: {stage.calls[-1]} gave {error}{hint(each)}") from error


def wait_for(each: Recipe, stage: Stage, pair: Pair) -> Words:
    """The kernel's words as soon as both ends are where they should be; StateNotReached at the deadline."""
    asked: list[Words] = []

    def is_done() -> bool:
        asked[:] = [pair.ask()]
        return each.is_done(asked[0])

    if not stage.wait_for(is_done):
        raise not_reached(each, asked[0], stage.seconds())
    return asked[0]


def not_reached(each: Recipe, words: Words, seconds: float) -> StateNotReached:
    """The error that says what was reached instead."""
    instead = "; ".join(f"{side} is {word}" for side, word in words._asdict().items() if word is not None)
    hidden = "; /proc/net/tcp cannot be read here" if words.ours.by_table is None else ""
    mine = words.of(each.side)
    message = f"{each.aimed} was not reached in {seconds:.1f} s: {instead}{hidden}{hint(each)}"
    return StateNotReached(message, None if mine is None else mine.state)


def hint(each: Recipe) -> str:
    """What of the kernel's may be the reason, with its values here; "" if nothing is known to be."""
    values = ", ".join(f"{name} = {setting(name)}" for name in each.settings)
    return f"; the reason may be a setting: {values}" if values else ""


def setting(name: str) -> str:
    """The value of the kernel's setting of that name, as sysctl(8) shows it; "hidden" as some are in a container."""
    text = kernel.text_of(SYSCTL / name.replace(".", "/"))
    return "hidden" if text is None else " ".join(text.split())
