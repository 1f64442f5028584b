"""Times that tcpdump prints, with -t (none), as a time of day, or with -tt, -ttt, -tttt and -ttttt."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate, pairwise
from typing import NamedTuple

from course.errors import MalformedCapture
from course.trace.frames import NANOSECONDS

STAMP = re.compile(
    r"\s*(?:(?P<date>\d{4}-\d\d-\d\d)\s+)?(?:(?P<hours>\d\d):(?P<minutes>\d\d):)?(?P<seconds>\d{1,11})"
    r"\.(?P<part>\d{1,9})\s",
    re.ASCII,
)
DAY = 24 * 60 * 60 * NANOSECONDS


class Stamp(NamedTuple):
    """A time in nanoseconds; `of_day` if its clock begins again at midnight."""

    at: int
    of_day: bool


def moments(lines: Iterable[str], *, spans: bool | None = None) -> list[int]:
    """When each line happened, in nanoseconds; lines without a time happen at that of the one before.

    Times of day may go on over midnight. `spans` says whether they are spans since the line before, as -ttt prints
    them; None finds out: they are if they begin with zero and later go back.
    Raises MalformedCapture, with the line's number, for a date that is none.
    """
    stamps = [stamp(line, number) for number, line in enumerate(lines, 1)]
    unrolled = iter(unroll([one for one in stamps if one], spans=spans))
    found, now = [], 0
    for one in stamps:
        now = next(unrolled) if one else now
        found.append(now)
    return found


def stamp(line: str, number: int) -> Stamp | None:
    """The time at the beginning of a line."""
    found = STAMP.match(line)
    if not found:
        return None
    hours, minutes, seconds = (int(found[part] or 0) for part in ("hours", "minutes", "seconds"))
    try:
        days = date.fromisoformat(found["date"]).toordinal() if found["date"] else 0
    except ValueError:
        raise MalformedCapture(f"{found['date']} is no day", line=number) from None
    at = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * NANOSECONDS + int(found["part"].ljust(9, "0"))
    return Stamp(at, of_day=bool(found["hours"]) and not found["date"])


def unroll(stamps: Sequence[Stamp], *, spans: bool | None) -> Iterable[int]:
    """The times on one straight line."""
    times = [one.at for one in stamps]
    if not all(one.of_day for one in stamps):
        return times
    if spans is None:
        spans = times[:1] == [0] and any(later < earlier for earlier, later in pairwise(times))
    if spans:
        return accumulate(times)
    midnights = accumulate((earlier - later > DAY // 2 for earlier, later in pairwise(times)), initial=0)
    return [at + days * DAY for at, days in zip(times, midnights, strict=False)]
