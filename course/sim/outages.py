"""Outages: what may befall a host. Its power is cut, or its process is killed (RFC 9293, section 3.5.1).

Without power nobody can say goodbye, so the other end knows nothing: the connection is half-open. A process that is
killed is another matter: its kernel lives, closes all its descriptors, and TCP sends FIN or RST.
"""

from dataclasses import dataclass

from course.errors import ScenarioError
from course.sim.fates import Fate, as_code, check_host, check_seconds
from course.trace.record import Sent


@dataclass(frozen=True, slots=True)
class power_off:  # noqa: N801 - used like a function, as all faults are
    """Cut the power of `host` at the moment `at`, in seconds; it is back at the moment `back`, if at all.

    Programs, sockets and connections are gone, and no segment says so. When the power is back, the host's program
    starts anew, as a service does at boot, unless `restart` is False.
    """

    host: str
    at: float
    back: float | None = None
    restart: bool = True

    def __post_init__(self) -> None:
        check_host(self.host)
        check_seconds("at", self.at)
        if self.back is not None:
            check_seconds("back", self.back)
            if self.back <= self.at:
                raise ScenarioError(f"power_off(at={self.at!r}, back={self.back!r}): give a later back")
        if not isinstance(self.restart, bool):
            raise ScenarioError(f"restart={self.restart!r}: does its program start again? Write True or False")

    __repr__ = as_code

    def __str__(self) -> str:
        return f"{self.host} without power from {self.at:g} s" + (f" to {self.back:g} s" if self.back else " on")

    def apply(self, sent: Sent, fate: Fate, seed: int) -> Fate:
        """No transmission is lost on its way for that: it is the host that does not hear."""
        return fate


@dataclass(frozen=True, slots=True)
class kill:  # noqa: N801
    """Kill the process of `host` at the moment `at`, in seconds, as kill -9 does: all its programs end.

    The kernel closes what they had open: a FIN each, or a RST where octets were left unread (RFC 9293, 3.6.1).
    """

    host: str
    at: float

    def __post_init__(self) -> None:
        check_host(self.host)
        check_seconds("at", self.at)

    __repr__ = as_code

    def __str__(self) -> str:
        return f"process of {self.host} killed at {self.at:g} s"

    def apply(self, sent: Sent, fate: Fate, seed: int) -> Fate:
        """Nothing happens to any transmission."""
        return fate


OUTAGES = power_off, kill
