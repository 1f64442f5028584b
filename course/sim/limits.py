"""Limits: where a simulated run is stopped, so that none goes on for ever."""

from dataclasses import dataclass, fields

from course.errors import ScenarioError


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that a simulated run may use: virtual `seconds`, `segments` sent, `calls` made within one instant."""

    seconds: float = 1_000_000.0
    segments: int = 2_000_000
    calls: int = 10_000

    def __post_init__(self) -> None:
        """Refuse what is no limit."""
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
                raise ScenarioError(f"{each.name}={value!r} is no limit: give a number above 0")
