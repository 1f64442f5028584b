"""Fates: what becomes of a transmission, and what every fault has in common."""

import math
from dataclasses import MISSING, dataclass, fields
from typing import Any, Protocol

from course.errors import MalformedSegment, ScenarioError
from course.ip.packet import Packet
from course.ip.payload import PROTOCOLS, decode, encode
from course.trace.record import Sent


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one transmission. `lost` is the reason if it is lost; times are seconds."""

    lost: str | None = None
    delay: float = 0.0
    until: float = 0.0  # arrive no earlier than this
    copy_after: float | None = None  # a second copy, this much later
    corrupted: bool = False
    behind_next: bool = False  # arrive only after the sender's next transmission


CARRIED = Fate()


def damage(packet: Packet) -> str | None:
    """Turn one bit round in what a packet carries, and say what the receiver's check makes of it; None for nothing."""
    octets = bytearray(encode(packet.payload, packet.source, packet.destination))
    octets[len(octets) // 2] ^= 1
    try:
        decode(PROTOCOLS[type(packet.payload)], bytes(octets), packet.source, packet.destination)
    except MalformedSegment as malformed:
        return malformed.reason
    return None


class Fault(Protocol):
    """A fault changes the fate of the transmissions that it is about, and of no others."""

    def apply(self, sent: Sent, fate: Fate, seed: int) -> Fate:
        """The fate after this fault; `seed` is the scenario's, for faults that leave it to chance."""


def as_code(made: Any, module: str = "faults") -> str:
    """The code that makes it, as in faults.drop('client', 3)."""
    values = [(field, getattr(made, field.name)) for field in fields(made)]
    given = [repr(value) for field, value in values if field.default is MISSING]
    given += [f"{field.name}={value!r}" for field, value in values if field.default not in (MISSING, value)]
    return f"{module}.{type(made).__name__}({', '.join(given)})"


class AboutOneTransmission(Protocol):
    """A fault that names its transmission."""

    @property
    def host(self) -> str:
        """The sender."""

    @property
    def n(self) -> int:
        """Which of its packets, from 1."""


def concerns(fault: AboutOneTransmission, sent: Sent) -> bool:
    """Is this the transmission that the fault is about?"""
    return sent.ordinal == fault.n and sent.sender == fault.host


def check_host(host: object) -> None:
    """A fault names a host by its name."""
    if not isinstance(host, str):
        raise ScenarioError(f'a fault names its sender first, as in drop("client", 3); {host!r} is no name')


def check_transmission(host: object, n: object) -> None:
    """Transmissions are counted from 1."""
    check_host(host)
    if not isinstance(n, int) or isinstance(n, bool) or n < 1:
        raise ScenarioError(f"transmissions are counted 1, 2, 3 ...; {n!r} is none of them")


def check_seconds(name: str, seconds: object) -> None:
    """Times are numbers of seconds, from 0 on."""
    if not isinstance(seconds, int | float) or not 0 <= seconds < math.inf:
        raise ScenarioError(f"{name}={seconds!r}: give a number of seconds, 0 or more (0.050 is 50 ms)")
