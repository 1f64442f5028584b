"""The journey of one octet: the places that hold it, one after the other and several at once (RFC 9293, section 3.4).

The sender keeps an octet until it is acknowledged. Meanwhile copies of it travel, get lost, arrive, and are read.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    """Where an octet can be. The sending program has it until a call hands it to TCP, the receiving one for good."""

    SENDING_PROGRAM = "sending program"
    SEND_BUFFER = "send buffer"
    WIRE = "wire"
    REORDERING_QUEUE = "reordering queue"
    RECEIVE_BUFFER = "receive buffer"
    RECEIVING_PROGRAM = "receiving program"


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to the octet at the moment `at` (seconds): a copy `leaves` a place, `enters` one, or both.

    `after` counts the records of the trace that had been written by then, the one that tells of the step included.
    `what` is a short sentence; `name` is the transmission that brings the step about, as in "client 3", if one does.
    """

    at: float
    after: int
    leaves: Place | None
    enters: Place | None
    what: str
    name: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Journey:
    """Where one octet that `sender` sends to `receiver` is, from step to step; it prints as a table.

    It is the `octet`-th of `octets`, counted from 1: that is its sequence number too, counted from the SYN's.
    """

    sender: str
    receiver: str
    octet: int
    octets: int
    steps: tuple[Step, ...]

    def places(self, after: int | None = None) -> frozenset[Place]:
        """The places that hold the octet when so many records had been written; None: at the end of the record."""
        return held(step for step in self.steps if after is None or step.after <= after)

    def __repr__(self) -> str:
        whose = f"Octet {self.octet} of the {self.octets} that {self.sender} sends to {self.receiver}"
        times = ["", *(f"{step.at * 1000:.3f} ms" for step in self.steps)]
        places = [told(held(self.steps[:count])) for count in range(len(times))]
        what = ["", *(step.what for step in self.steps)]
        wide = max(map(len, places))
        rows = zip(times, places, what, strict=True)
        lines = [f"{at:>15}  {place:<{wide}}  {happens}".rstrip() for at, place, happens in rows]
        return "\n".join(filter(None, [f"{whose}: number {self.octet}, counted from the SYN", *lines, self.ending]))

    @property
    def ending(self) -> str:
        """What is to be said where the record ends and the octet has not been read; else nothing."""
        places = self.places()
        if Place.RECEIVING_PROGRAM in places:
            return ""
        return "It has not been read when the record ends." if places else "No place holds it any more: it is lost."


def held(steps: Iterable[Step]) -> frozenset[Place]:
    """The places that hold the octet after these steps: several copies may be on the wire."""
    copies = Counter([Place.SENDING_PROGRAM])
    for step in steps:
        copies.update(filter(None, [step.enters]))
        copies.subtract(filter(None, [step.leaves]))
    return frozenset(+copies)


def told(places: frozenset[Place]) -> str:
    """The places, in the order in which an octet comes to them."""
    return ", ".join(place for place in Place if place in places) or "nowhere"
