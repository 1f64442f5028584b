"""Middleboxes: what stands on the link and remembers the flows that pass (RFC 2979 on firewalls, RFC 5382 on NATs).

Each is a value, used like a function: `middleboxes.firewall(idle=60)` forgets a flow that no segment has crossed for a
minute. Neither end is told, unless `then` says so. As a text it is a few words; its repr() is the code that makes it.
"""

import ipaddress
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from course.errors import ScenarioError
from course.sim.fates import as_code

TWO_HOURS_FOUR_MINUTES = 7440.0  # the least that a NAT should wait: longer than keep-alive's two hours; RFC 5382, 5
THEN = {"drop": "", "reset": ", then resets who sends", "reset both": " and resets both ends"}


@dataclass(frozen=True, slots=True)
class firewall:  # noqa: N801 - used like a function, as faults are
    """Let flows pass that began with a SYN, and forget one on which nothing has passed for `idle` seconds.

    A flow of UDP begins with a datagram from inside, where all hosts but the first-named are; it knows no RST.

    Then a segment of that flow is lost in silence ("drop"), or its sender gets a RST ("reset"), or both ends get one at
    the moment at which it is forgotten ("reset both").
    """

    idle: float = TWO_HOURS_FOUR_MINUTES
    then: str = "drop"

    def __post_init__(self) -> None:
        check_table(self)

    def __repr__(self) -> str:
        return as_code(self, "middleboxes")

    def __str__(self) -> str:
        return f"firewall forgets idle flows after {self.idle:g} s{THEN[self.then]}"


@dataclass(frozen=True, slots=True)
class nat:  # noqa: N801
    """Let all hosts but the first-named appear as one `address`, each of their ports as another port of it (RFC 3022).

    It begins no flow for a caller from outside. Otherwise it remembers and forgets like a firewall.
    """

    idle: float = TWO_HOURS_FOUR_MINUTES
    then: str = "drop"
    address: str = "203.0.113.1"  # for documentation: RFC 5737

    def __post_init__(self) -> None:
        check_table(self)
        check_address(self.address)

    def __repr__(self) -> str:
        return as_code(self, "middleboxes")

    def __str__(self) -> str:
        return f"nat as {self.address} forgets idle flows after {self.idle:g} s{THEN[self.then]}"


Middlebox: TypeAlias = firewall | nat


def names(boxes: Iterable[Middlebox]) -> list[str]:
    """What each is called as a sender: its kind, with a number where there are several, as in "nat/2"."""
    kinds = [type(box).__name__ for box in boxes]
    counts, seen = Counter(kinds), Counter[str]()
    called = []
    for kind in kinds:
        seen[kind] += 1
        called.append(kind if counts[kind] == 1 else f"{kind}/{seen[kind]}")
    return called


def check_table(box: Middlebox) -> None:
    """An idle time that can be waited for, and one of the three things that come after it."""
    if isinstance(box.idle, bool) or not isinstance(box.idle, int | float) or not 0 < box.idle < math.inf:
        raise ScenarioError(f"idle={box.idle!r}: give a number of seconds above 0, after which a flow is forgotten")
    if box.then not in THEN:
        raise ScenarioError(f"then={box.then!r}: write {' or '.join(map(repr, THEN))}")


def check_address(address: object) -> None:
    """One dotted address that is none of the hosts'."""
    try:
        taken = ipaddress.IPv4Address(str(address)) in ipaddress.IPv4Network("10.0.0.0/8")
    except ValueError:
        raise ScenarioError(f'address={address!r} is no IPv4 address: write one, as in "203.0.113.1"') from None
    if taken:
        raise ScenarioError(f"address={address!r}: addresses in 10.0.0.0/8 are the hosts' own; give another")
