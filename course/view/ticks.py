"""The scale of time at the side: round moments where the scale runs, and the exact one after each break."""

from math import ceil, floor, log10

from course.trace.record import Record
from course.view.heights import Heights
from course.view.marks import Label, Tick
from course.view.style import TIME
from course.view.words import NO_BREAK_SPACE, number

STEP = 40.0
APART = 15.0
ROUNDING = 1e-10
LONG_RUN, LONG_MOMENT, DAY = 1_000.0, 100_000.0, 86_400.0


def round_step(seconds: float) -> float:
    """The next larger of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** floor(log10(seconds))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= seconds * 0.999999)


def ticks(records: list[Record], heights: Heights, x: float, top: float) -> tuple[Tick, ...]:
    """The ticks for these rows; `x` is where their labels end, `top` where the picture of the rows begins."""
    if not records:
        return ()
    step = round_step(STEP / heights.scale)
    unit, factor = unit_of(step, records[-1].at)
    placed: list[Tick] = []
    day = 0.0
    for at, y in moments(records, heights, step):
        if placed and top + y - placed[-1].y < APART:
            continue
        if at < LONG_MOMENT:
            text = clock(at * factor, in_seconds=unit == "s") + (f" {unit}" if not placed else "")
        else:
            text, day = days_later(at, day)
        placed.append(Tick(at, top + y, Label(text, x, top + y, TIME, "muted", "end")))
    return tuple(placed)


def days_later(at: float, day: float) -> tuple[str, float]:
    """A moment of a run over days, counted from the last one that was written in days; and which one that is now."""
    if at - day < LONG_RUN:
        return f"+{number(at - day, 2)}", day
    return f"{number(at / DAY, 1)}{NO_BREAK_SPACE}days", at


def clock(value: float, *, in_seconds: bool = False) -> str:
    """A moment's number, with fewer decimals the longer it is."""
    if in_seconds and 10 <= value < LONG_MOMENT:
        return number(value, 2)
    return number(value, 3 if value < 10 else 1 if value < 1000 else 0)


def unit_of(step: float, last: float) -> tuple[str, float]:
    """The unit to count in, and how many of it are a second."""
    if step >= 1 or last >= LONG_RUN:
        return "s", 1.0
    return ("ms", 1e3) if step >= 1e-3 or last >= 0.1 or not last else ("µs", 1e6)


def moments(records: list[Record], heights: Heights, step: float) -> list[tuple[float, float]]:
    """The moments to write at the side, with their heights: the first one, round ones, and the one after each break."""
    breaks = {gap.row for gap in heights.gaps}
    found = [(records[0].at, heights.rows[0])]
    for row in range(1, len(records)):
        before, after = records[row - 1].at, records[row].at
        if row in breaks:
            found.append((after, heights.rows[row]))
        elif after > before:
            found += between(before, after, heights.rows[row - 1 : row + 1], step)
    return found


def between(before: float, after: float, rows: list[float], step: float) -> list[tuple[float, float]]:
    """The round moments after `before` up to `after`, with their heights between those of the two rows."""
    first, last = floor(before / step + ROUNDING) + 1, floor(after / step + ROUNDING)
    share = (rows[1] - rows[0]) / (after - before)
    return [(n * step, min(rows[1], rows[0] + (n * step - before) * share)) for n in range(first, ceil(last) + 1)]
