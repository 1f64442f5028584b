"""Which part of a Trace is drawn: a window of time, some of the hosts, one of the connections, so many segments."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from course.tcp.segment import Segment
from course.trace.hosts import Directory
from course.trace.record import Called, Delivered, Dropped, Endpoint, Outage, Record, Returned, Sent
from course.trace.text import directions
from course.trace.trace import Trace
from course.view.words import number, word_for

Transmission = tuple[str, int]
"""The sender and the ordinal: what never changes about a transmission."""

PATIENCE = 4.0
NO_ENDS: frozenset[Endpoint] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """What to draw. `since` and `until` are seconds, `most` limits segments (and calls, at twice as many).

    `hosts` names the hosts to show, `connection` the connection by its number, counted from 1 as they were opened.
    """

    since: float | None = None
    until: float | None = None
    most: int = 60
    hosts: Collection[str] | None = None
    connection: int | None = None
    relative: bool = True


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The records to read, which of them are drawn (`first` to before `stop`), and which transmissions.

    Records before `first` are read for what they leave behind: states, calls that wait, sequence numbers. After
    `stop` only drawn segments are followed until `limit`, a moment. `note` says what is left out.
    """

    records: tuple[Record, ...]
    first: int
    stop: int
    drawn: frozenset[Transmission]
    limit: float
    typical: float
    note: str = ""


def excerpt(trace: Trace, choice: Choice) -> Excerpt:
    """The part of the trace that the choice names. Raises ValueError for a host or connection that is not there."""
    records = selected(trace, choice)
    since = float("-inf") if choice.since is None else choice.since
    until = float("inf") if choice.until is None else choice.until
    first = next((row for row, record in enumerate(records) if record.at >= since), len(records))
    stop = next((row for row, record in enumerate(records) if record.at > until), len(records))
    seen = transmissions(records, first, stop)
    typical = median(transits(records)) if seen else 0.0
    full = crowded(records, first, stop, choice.most)
    drawn = frozenset(seen[: choice.most])
    if full == stop:
        return Excerpt(records, first, stop, drawn, float("-inf"), typical, window_note(records, first, stop))
    limit = min(until, records[full].at + PATIENCE * typical)
    drawn -= {transmission(record) for record in records[full:stop] if isinstance(record, Sent)}
    return Excerpt(records, first, full, drawn, limit, typical, window_note(records, first, full))


def transmission(sent: Sent) -> Transmission:
    """The transmission's lasting name, as a key."""
    return sent.sender, sent.ordinal


def transmissions(records: tuple[Record, ...], first: int, stop: int) -> list[Transmission]:
    """The transmissions that were under way between the two rows, in the order in which they were sent."""
    window = records[first:stop]
    ended = {transmission(record.sent) for record in window if isinstance(record, Delivered | Dropped)}
    before = (transmission(record) for record in records[:first] if isinstance(record, Sent))
    inside = (transmission(record) for record in window if isinstance(record, Sent))
    return [*(name for name in before if name in ended), *inside]


def transits(records: tuple[Record, ...]) -> list[float]:
    """How long the first few hundred segments were on their way, in seconds; one that is lost is so half-way."""
    ends = [record for record in records[:2000] if isinstance(record, Delivered | Dropped)]
    arrived = [record.at - record.sent.at for record in ends if isinstance(record, Delivered)]
    lost = [2 * (record.at - record.sent.at) for record in ends]
    return [time for time in arrived or lost if time > 0] or [0.0]


def crowded(records: tuple[Record, ...], first: int, stop: int, most: int) -> int:
    """The row at which the picture is full: so many segments, or twice as many calls, have been drawn."""
    segments = calls = 0
    for row in range(first, stop):
        segments += isinstance(records[row], Sent)
        calls += isinstance(records[row], Called)
        if segments > most or calls > 2 * most:
            return row
    return stop


def window_note(records: tuple[Record, ...], first: int, stop: int) -> str:
    """Which segments or datagrams (where there are none: calls) are not drawn, and how to see them."""
    all_sent = [record for record in records if isinstance(record, Sent)]
    kind: type[Sent | Called] = Sent if all_sent else Called
    word = word_for(all_sent) if all_sent else "call"
    earlier, inside, later = (sum(isinstance(record, kind) for record in part)
                              for part in (records[:first], records[first:stop], records[stop:]))  # fmt: skip
    parts = []
    if earlier:
        parts.append(f"{numbered(word, 1, earlier)} not drawn: ladder(until={moment(records[first - 1].at)})")
    if later:
        hint = f"ladder(since={moment(records[stop].at)})"
        parts.append(f"{numbered(word, earlier + inside + 1, earlier + inside + later)} not drawn: {hint}")
    return "; ".join(parts)


def numbered(word: str, first: int, last: int) -> str:
    """As in "segments 61 to 700", or "segment 61"."""
    return f"{word} {number(first)}" if first == last else f"{word}s {number(first)} to {number(last)}"


def moment(seconds: float) -> str:
    """A moment as a student would type it."""
    return f"{seconds:.9f}".rstrip("0").rstrip(".")


def selected(trace: Trace, choice: Choice) -> tuple[Record, ...]:
    """The records of the chosen hosts and of the chosen connection."""
    records = trace.records
    if choice.hosts is not None:
        records = of_hosts(trace, frozenset(choice.hosts))
    if choice.connection is not None:
        inside = trace.translated
        pair = connection_named([pair for record in records if (pair := ends(record, inside))], choice.connection)
        records = tuple(record for record in records if ends(record, inside) in (None, pair))
    return records


def of_hosts(trace: Trace, hosts: frozenset[str]) -> tuple[Record, ...]:
    """The records of these hosts, and of the segments between them."""
    unknown = sorted(hosts - set(trace.hosts))
    if unknown:
        raise ValueError(f"no host is called {unknown[0]!r}: the hosts of this run are {', '.join(trace.hosts)}")
    directory = Directory(trace.hosts, trace.translated)
    return tuple(record for record in trace.records if concerns(record, hosts, directory, trace.middleboxes))


def concerns(record: Record, hosts: frozenset[str], directory: Directory, boxes: Collection[str]) -> bool:
    """Is this record about the hosts, and about nobody else?"""
    if isinstance(record, Delivered | Dropped):
        record = record.sent
    if isinstance(record, Called | Returned):
        return (record if isinstance(record, Called) else record.called).host in hosts
    if isinstance(record, Outage):
        return record.host in hosts
    if isinstance(record, Sent) and record.sender in boxes:
        return directory.at(directions(record)[0][1]) in hosts
    host, remote = (
        (record.sender, directions(record)[0][1]) if isinstance(record, Sent) else (record.host, record.remote)
    )
    return host in hosts and (remote is None or directory.at(remote) in (None, *hosts))


def ends(record: Record, inside: Mapping[Endpoint, Endpoint] | None = None) -> frozenset[Endpoint] | None:
    """The two ends of the connection that a record is about; None where it is about no single one, or a listener.

    `inside` tells who stands behind an end that a NAT shows outside: so both sides mean the same connection. A datagram
    is about no connection at all: it has no ends.
    """
    if isinstance(record, Delivered | Dropped):
        record = record.sent
    if isinstance(record, Sent):
        if not isinstance(record.payload, Segment):
            return NO_ENDS
        pair = directions(record)[0]
    elif isinstance(record, Called | Returned | Outage) or record.remote is None:
        return None
    else:
        pair = record.local, record.remote
    return frozenset(inside.get(end, end) for end in pair) if inside else frozenset(pair)


def connection_named(pairs: Iterable[frozenset[Endpoint]], wanted: int) -> frozenset[Endpoint]:
    """The ends of the connection with that number."""
    known = list(dict.fromkeys(pairs))
    if not 1 <= wanted <= len(known):
        raise ValueError(f"there is no connection {wanted}: this run had {len(known)}, counted from 1")
    return known[wanted - 1]
