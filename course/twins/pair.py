"""One fact as it is in both worlds, and what is known of facts that differ."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from course.twins.side import Call, Side


class Aspect(Enum):
    """What a fact is about."""

    CALL = "call"
    RESULT = "result"
    STATES = "states"
    END = "end"
    WAIT = "wait"
    WIRE = "wire"
    NATURE = "nature"  # what no two runs have in common


class Sides(NamedTuple):
    """Both runs."""

    simulated: Side
    real: Side


Rule = Callable[["Pair", Sides], bool]
"""Is this the divergence by which the two differ? A rule only looks."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """Something in which the worlds are known to differ, though neither is wrong.

    `sentence` is for students, `source` names the clauses and man pages, `rule` recognises it. `always` says that it
    is there in every run, whatever the programs do; `varies` that how it looks is not the same from run to run.
    """

    id: str
    sentence: str
    source: str
    rule: Rule
    always: bool = False
    varies: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """One fact in both worlds: `who` it is about, `what` it is, and what is the case in each, all in words.

    `same` says whether they agree; if not, `known` is the divergence that explains it, or None: not on our list.
    `follows` says that it is no such divergence itself, but that programs have parted by one before. `calls` holds the
    calls themselves, where it is about some.
    """

    aspect: Aspect
    who: str
    what: str
    simulated: str
    real: str
    same: bool
    calls: tuple[Call | None, Call | None] = (None, None)
    known: Divergence | None = None
    follows: bool = False
