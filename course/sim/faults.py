"""Faults: what a link does to a transmission besides carrying it, and what may befall a host.

Each is a value, used like a function: `faults.drop("client", 3)` loses the third packet that the client sends. As a
text it is a few words, as they stand under a picture's title; its repr() is the code that makes it.
Transmissions are counted at their sender before any fault, so a number means the same whatever else happens.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from course.errors import ScenarioError
from course.sim.chance import chance
from course.sim.fates import Fate, as_code, check_host, check_seconds, check_transmission, concerns
from course.sim.outages import kill, power_off
from course.tcp.segment import Segment
from course.trace.record import Sent

__all__ = ["corrupt", "cut", "delay", "drop", "drop_flags", "drop_if", "duplicate", "hold", "kill", "power_off",
           "randomly", "reorder"]  # fmt: skip
FLAGS = ("SYN", "FIN", "RST", "PSH", "URG", "ACK")


@dataclass(frozen=True, slots=True)
class drop:  # noqa: N801 - used like a function, as all faults are
    """Lose the `n`-th packet that `host` sends, counted from 1."""

    host: str
    n: int

    def __post_init__(self) -> None:
        check_transmission(self.host, self.n)

    __repr__ = as_code

    def __str__(self) -> str:
        return f"{self.host} {self.n} lost"

    def apply(self, sent: Sent, fate: Fate, seed: int) -> Fate:
        return replace(fate, lost="lost") if concerns(self, sent) else fate


@dataclass(frozen=True, slots=True)
class delay:  # noqa: N801
    """Let the `n`-th packet that `host` sends arrive `by` seconds late."""

    host: str
    n: int
    by: float

    def __post_init__(self) -> None:
        check_transmission(self.host, self.n)
        check_seconds("by", self.by)

    __repr__ = as_code

    def __str__(self) -> str:
        return f"{self.host} {self.n} delayed by {self.by:g} s"

    def apply(self, sent: Sent, fate: Fate, seed: int) -> Fate:
        return replace(fate, delay=fate.delay + self.by) if concerns(self, sent) else fate


@dataclass(frozen=True, slots=True)
class hold:  # noqa: N801
    """Keep the `n`-th packet that `host` sends in the network until the moment `until`, in seconds."""

    host: str
    n: int
    until: float

    def __post_init__(self) -> None:
        check_transmission(self.host, self.n)
        check_seconds("until", self.until)

    __repr__ = as_code

    def __str__(self) -> str:
        return f"{self.host} {self.n} held until {self.until:g} s"

    def apply(self, sent: Sent, fate: Fate, seed: int) -> Fate:
        return replace(fate, until=max(fate.until, self.until)) if concerns(self, sent) else fate


@dataclass(frozen=True, slots=True)
class duplicate:  # noqa: N801
    """Let the `n`-th packet that `host` sends arrive twice, the second time `after` seconds after the first."""

    host: str
    n: int
    after: float = 0.0

    def __post_init__(self) -> None:
        check_transmission(self.host, self.n)
        check_seconds("after", self.after)

    __repr__ = as_code

    def __str__(self) -> str:
        return f"{self.host} {self.n} twice"

    def apply(self, sent: Sent, fate: Fate, seed: int) -> Fate:
        return replace(fate, copy_after=self.after) if concerns(self, sent) else fate


@dataclass(frozen=True, slots=True)
class reorder:  # noqa: N801
    """Let the `n`-th packet that `host` sends be overtaken by the next one; without a next one it never arrives."""

    host: str
    n: int

    def __post_init__(self) -> None:
        check_transmission(self.host, self.n)

    __repr__ = as_code

    def __str__(self) -> str:
        return f"{self.host} {self.n} overtaken by the next"

    def apply(self, sent: Sent, fate: Fate, seed: int) -> Fate:
        return replace(fate, behind_next=True) if concerns(self, sent) else fate


@dataclass(frozen=True, slots=True)
class corrupt:  # noqa: N801
    """Turn one bit round in the `n`-th packet that `host` sends; the checksum will tell."""

    host: str
    n: int

    def __post_init__(self) -> None:
        check_transmission(self.host, self.n)

    __repr__ = as_code

    def __str__(self) -> str:
        return f"{self.host} {self.n} damaged"

    def apply(self, sent: Sent, fate: Fate, seed: int) -> Fate:
        return replace(fate, corrupted=True) if concerns(self, sent) else fate


@dataclass(frozen=True, slots=True)
class drop_flags:  # noqa: N801
    """Lose every segment that `host` sends with all of these flags set, as in "SYN" or "SYN ACK"."""

    host: str
    flags: str

    def __post_init__(self) -> None:
        check_host(self.host)
        names = self.flags.split() if isinstance(self.flags, str) else []
        if not names or not set(names) <= set(FLAGS):
            raise ScenarioError(f'flags={self.flags!r}: write names out of {", ".join(FLAGS)}, as in "SYN ACK"')

    __repr__ = as_code

    def __str__(self) -> str:
        return f"every {self.flags} of {self.host} lost"

    def apply(self, sent: Sent, fate: Fate, seed: int) -> Fate:
        segment = sent.payload
        if not isinstance(segment, Segment):
            return fate
        matches = sent.sender == self.host and set(self.flags.split()) <= set(segment.flags)
        return replace(fate, lost="lost") if matches else fate


@dataclass(frozen=True, slots=True)
class cut:  # noqa: N801
    """Cut the cable at the moment `at` until the moment `until`, in seconds: what is sent meanwhile is lost."""

    at: float
    until: float = math.inf

    def __post_init__(self) -> None:
        check_seconds("at", self.at)
        if not isinstance(self.until, int | float) or not self.until > self.at:
            raise ScenarioError(f"cut(at={self.at!r}, until={self.until!r}) lasts no time: give a later until")

    __repr__ = as_code

    def __str__(self) -> str:
        return f"cable cut at {self.at:g} s" + ("" if math.isinf(self.until) else f" until {self.until:g} s")

    def apply(self, sent: Sent, fate: Fate, seed: int) -> Fate:
        return replace(fate, lost="cable cut") if self.at <= sent.at < self.until else fate


@dataclass(frozen=True, slots=True)
class randomly:  # noqa: N801
    """Lose each packet with probability `loss`, drawn for each transmission from `seed` (the scenario's if None)."""

    loss: float
    seed: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.loss, int | float) or not 0 <= self.loss <= 1:
            raise ScenarioError(f"loss={self.loss!r} is no probability: write 0.1 for 10 %")

    __repr__ = as_code

    def __str__(self) -> str:
        return f"each packet lost with probability {self.loss:g}"

    def apply(self, sent: Sent, fate: Fate, seed: int) -> Fate:
        lost = chance(seed if self.seed is None else self.seed, sent.sender, sent.ordinal) < self.loss
        return replace(fate, lost="lost") if lost else fate


@dataclass(frozen=True, slots=True)
class drop_if:  # noqa: N801
    """Lose every transmission for which `predicate(sent)` is true. It cannot be saved: a function is no value."""

    predicate: Callable[[Sent], bool]

    def __post_init__(self) -> None:
        if not callable(self.predicate):
            raise ScenarioError("drop_if takes a function: drop_if(lambda sent: len(sent.payload.data) > 100)")

    def __repr__(self) -> str:
        return f"faults.drop_if({getattr(self.predicate, '__name__', 'a function')})"

    def __str__(self) -> str:
        return f"lost if {getattr(self.predicate, '__name__', 'a function says so')}"

    def apply(self, sent: Sent, fate: Fate, seed: int) -> Fate:
        return replace(fate, lost="lost") if self.predicate(sent) else fate
