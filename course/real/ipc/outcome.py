"""What came of two processes' talk: the calls of each in a table, and what each returned."""

import json
from dataclasses import dataclass, field
from typing import Any

from course.real.ipc.part import Did, Part, part
from course.real.ipc.place import Place
from course.table import Table

COLUMNS = "who", "what", "what came of it"


@dataclass(frozen=True, slots=True)
class Talk:
    """Two processes that have talked: `did` is what happened, `results` what came of each function.

    That is what it returned (as text, if it is no plain value), or the OSError that escaped it, or a ChildProcessError
    that names the signal or the status with which the process ended before its function did. `pids` are the numbers
    that the processes had. The table has what one did, and then the other: who was sooner, it does not say.
    """

    did: tuple[Did, ...]
    results: dict[str, Any]
    pids: dict[str, int] = field(repr=False)

    @property
    def table(self) -> Table:
        """Who did what, and what came of it."""
        return Table(f"Two processes, {' and '.join(self.pids)}", COLUMNS, self.did)

    def __repr__(self) -> str:
        return repr(self.table)

    def _repr_html_(self) -> str:
        return self.table._repr_html_()


def read(place: Place, who: list[str], *, in_time: bool) -> tuple[Talk, str]:
    """What the journals say, and what went wrong; nothing if nothing did."""
    parts = [part(place, name) for name in ("before", *who)]
    ends = statuses(place)
    for each, status in zip(parts[1:], ends, strict=False):
        each.close(status)
    told = Talk(
        did=tuple(did for each in parts for did in sorted(each.did, key=lambda did: did.who)),
        results={each.who: each.result for each in parts[1:] if each.over},
        pids={each.who: each.pid for each in parts[1:]},
    )
    failures = [each.failure for each in parts if each.failure]
    if not in_time or (not ends and not failures):
        failures.append(unfinished(place, parts, in_time=in_time))
    return told, "\n".join(failures)


def statuses(place: Place) -> list[int | None]:
    """How both ended; nothing if that has not been written down."""
    try:
        return list(json.loads((place.directory / "ends").read_text(encoding="utf-8")))
    except OSError:
        return []


def unfinished(place: Place, parts: list[Part], *, in_time: bool) -> str:
    """Why it did not come to its end, and who was where."""
    before = parts[0]
    if in_time and before.over and isinstance(before.result, OSError):
        return f"before= raised {type(before.result).__name__}: {before.result}"
    why = (said(place) or "the process that starts both was ended by somebody else") if in_time else "time is up"
    return f"{why}: {', and '.join(each.where for each in parts if each.where) or 'nothing had begun'}"


def said(place: Place) -> str:
    """The last of what the processes have said on standard output and error."""
    return (place.directory / "said").read_text(encoding="utf-8", errors="replace")[-2000:].strip()
