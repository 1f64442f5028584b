"""A comparison as text and as HTML: free of times, of addresses, and of how much the kernel happens to show."""

import html
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from course.table import Table, wrapped
from course.twins.pair import Aspect, Divergence, Pair

THE_SAME = "the same"
WIDEST = 80  # characters of a cell; the whole of it is in the pairs
ALIKE = 15  # calls in a row that agree; if there are more, the first ten stand for all
TELL_US = "NOT ON OUR LIST: please tell us"
SAME = "Both worlds agree: the same calls with the same results, and the same states as far as the kernel shows them."
KNOWN = "The worlds differ here, and it is known why."
NEVER = "In every run, and not shown: times, addresses, ports that nobody chose, the order of calls between programs."


class Line(NamedTuple):
    """One row of the table; `why` names what explains a difference."""

    who: str
    what: str
    simulated: str
    real: str
    why: str = ""


HEAD = Line("who", "what", "simulated network", "this machine's kernel", "why")


def lines(pairs: Sequence[Pair]) -> list[Line]:
    """What is shown of the pairs, in their order."""
    shown = [pair for pair in pairs if pair.aspect is not Aspect.NATURE]
    return [line for _, group in groupby(shown, lambda pair: pair.who) for line in of_one(list(group))]


def of_one(pairs: list[Pair]) -> Iterator[Line]:
    """The lines about one program or one end. Calls that differ in a way that varies are told in one line."""
    varying = {name: pair for pair in reversed(pairs) if varies(pair) for name in names(pair)}
    told: set[str] = set()
    alike = 0
    for pair in pairs:
        alike = alike + 1 if pair.same and pair.aspect is Aspect.CALL else 0
        some = [name for name in names(pair) if name in varying]
        if some and not told & set(some):
            yield summary(pair.who, some[0], varying[some[0]])
        told |= set(some)
        if not some and alike <= ALIKE:
            yield line(pair)
        elif not some and alike == ALIKE + 1:
            yield Line(pair.who, "more calls, which agree", "…", "…")


def names(pair: Pair) -> list[str]:
    """What is called; nothing if the pair is not about calls."""
    made = [call for call in pair.calls if call is not None] if pair.aspect is Aspect.CALL else []
    return [call.name for call in made[:1]]


def varies(pair: Pair) -> bool:
    """Does it look different from run to run?"""
    return pair.known is not None and pair.known.varies


def summary(who: str, name: str, pair: Pair) -> Line:
    """One line for all calls of a name."""
    return Line(who, f"{name}(), all of them", "in one way", "in another", why(pair))


def line(pair: Pair) -> Line:
    """A pair as a line; what agrees is written once."""
    if pair.aspect is Aspect.STATES and (pair.same or pair.known is not None):
        return of_states(pair)
    real = THE_SAME if pair.same else "otherwise" if varies(pair) else short(pair.real)
    return Line(pair.who, short(pair.what), short(pair.simulated), real, why(pair))


def of_states(pair: Pair) -> Line:
    """The last states alone: it is by chance which others the kernel has shown."""
    last, other = (states.rpartition(", ")[2] for states in (pair.simulated, pair.real))
    return Line(pair.who, "last state", last, THE_SAME if pair.same else other, why(pair))


def why(pair: Pair) -> str:
    """What explains a difference, by its id."""
    if pair.same:
        return ""
    if pair.known is None:
        return TELL_US
    return f"follows from {pair.known.id}" if pair.follows else pair.known.id


def short(text: str) -> str:
    """A text that fits into a cell."""
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


# ------------------------------------------------ what is said about it


def verdict(pairs: Sequence[Pair]) -> str:
    """The comparison in one sentence."""
    differing = [pair for pair in pairs if not pair.same]
    unknown = [pair for pair in differing if pair.known is None]
    if unknown:
        return f"{TELL_US}. The worlds differ, and we do not know why: {unknown[0].who}, {unknown[0].what}."
    return SAME if all(pair.known and pair.known.always for pair in differing) else KNOWN


def reasons(pairs: Sequence[Pair]) -> list[Divergence]:
    """The divergences to explain below the table, each once."""
    shown = [pair.known for pair in pairs if pair.known is not None and pair.aspect is not Aspect.NATURE]
    return list({known.id: known for known in shown}.values())


def as_table(pairs: Sequence[Pair]) -> Table:
    """The verdict, and below it the facts; what differs stands out."""
    rows = lines(pairs)
    return Table(verdict(pairs), HEAD, tuple(rows), marked=frozenset(n for n, row in enumerate(rows) if row.why))


def explained(known: Divergence) -> str:
    """A divergence in a sentence, with its source."""
    return f"{known.sentence} ({known.source})"


def as_text(pairs: Sequence[Pair], conditions: str) -> str:
    """The table, and the reasons."""
    told = [line for known in reasons(pairs) for line in wrapped(f"{known.id}: {explained(known)}", further="    ")]
    return "\n".join([repr(as_table(pairs)), "", *wrapped(conditions), *told, *wrapped(NEVER)])


def as_html(pairs: Sequence[Pair], conditions: str) -> str:
    """The same as HTML."""
    told = "".join(f"<p><strong>{known.id}</strong>: {html.escape(explained(known))}</p>" for known in reasons(pairs))
    return f"{as_table(pairs)._repr_html_()}<p>{html.escape(conditions)}</p>{told}<p>{NEVER}</p>"
