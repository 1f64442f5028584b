"""The states that each end of a connection went through, under a name that is the same in both worlds."""

from collections import Counter
from collections.abc import Sequence

from course.tcp.state import State
from course.trace.record import Changed, Endpoint, Observed
from course.twins.side import Side

End = tuple[Endpoint, Endpoint | None]
Way = tuple[State, ...]


def ways(side: Side) -> dict[str, Way]:
    """By the end's name, as in "client → server 7000": all states of the simulated one, those seen of the real one."""
    found: dict[End, list[State]] = {}
    for record in side.trace.records:
        if isinstance(record, Changed | Observed):
            way = found.setdefault((record.local, record.remote), [])
            state = record.after if isinstance(record, Changed) else record.state
            way += [state] * (way[-1:] != [state])
    names = end_names(side, list(found))
    ordered = sorted(found, key=lambda end: (list(side.trace.hosts.values()).index(end[0][0]), end[1] is not None))
    return {names[end]: tuple(found[end]) for end in ordered}


def end_names(side: Side, ends: Sequence[End]) -> dict[End, str]:
    """A name for each end. Those that would share one are counted, in the order in which their connections began."""
    begun = list(dict.fromkeys(frozenset(end) for end in ends))
    seen: Counter[str] = Counter()
    names = {}
    for end in sorted(ends, key=lambda end: begun.index(frozenset(end))):
        local, remote = (None if each is None else side.names.of(each) for each in end)
        name = f"{local}, listening" if remote is None else f"{local} → {remote}"
        seen[name] += 1
        names[end] = name if seen[name] == 1 else f"{name}, no. {seen[name]}"
    return names


def agree(simulated: Way, seen: Way) -> bool:
    """Did the simulated end visit all that was seen, in that order? Between two looks the kernel shows nothing."""
    rest = iter((State.CLOSED, *simulated))
    return all(any(state is other for other in rest) for state in seen)
