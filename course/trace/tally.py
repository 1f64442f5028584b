"""A tally: what a run cost, counted from its record: connections, messages, octets, segments, round trips."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from course.ip.packet import ends
from course.ip.payload import Payload
from course.table import Table
from course.tcp.segment import Segment
from course.trace.hosts import Directory
from course.trace.record import Delivered, Octets, Returned, Sent
from course.trace.trace import Trace

WRITES = ("send", "sendall", "sendmsg")
COLUMNS = ("connections", "segments", "of data", "round trips")
NOTE = "A host says once what a program hands to its socket in one call."
UNSEEN = "Where segments were not captured, nobody can count them."


@dataclass(frozen=True, slots=True)
class Tally:
    """What a run cost. `messages` and `octets` count what each host's programs wrote: calls of send() and sendall().

    `segments` counts transmissions, `with_data` those that carry any, both with what was sent again. `round_trips` is
    half the length of the longest chain of segments with a SYN or data, each sent by one host after the one before had
    arrived there: how often somebody had to hear the other before going on. The last three are None where segments
    were not captured.
    """

    connections: int
    messages: Mapping[str, int]
    octets: Mapping[str, int]
    segments: int | None
    with_data: int | None
    round_trips: float | None

    @property
    def cells(self) -> tuple[str, ...]:
        """The end of its row in a table."""
        counted = (self.connections, self.segments, self.with_data, self.round_trips)
        return tuple("" if value is None else f"{value:g}" for value in counted)


@dataclass(frozen=True, slots=True, repr=False)
class Tallies:
    """The tallies of several runs, by the names that somebody gave them; it shows itself as a table."""

    rows: Mapping[str, Tally]

    def __getitem__(self, name: str) -> Tally:
        return self.rows[name]

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()

    def table(self) -> Table:
        """A row for each run, two columns for each host, and what the network had to do."""
        hosts = list(dict.fromkeys(host for tally in self.rows.values() for host in tally.messages))
        columns = ["run", *(what for host in hosts for what in (f"{host} says", "octets")), *COLUMNS]
        rows = [(name, *said(tally, hosts), *tally.cells) for name, tally in self.rows.items()]
        unseen = any(tally.segments is None for tally in self.rows.values())
        return Table("What each run cost", tuple(columns), tuple(rows), f"{NOTE} {UNSEEN}" if unseen else NOTE)


def said(tally: Tally, hosts: list[str]) -> list[str]:
    """How much each host's programs wrote, as cells of a table."""
    return [str(counted.get(host, 0)) for host in hosts for counted in (tally.messages, tally.octets)]


def tallies(runs: Mapping[str, Trace]) -> Tallies:
    """A table of what several runs cost: tallies({"HTTP/1.0": old.trace, "HTTP/1.1": new.trace})."""
    return Tallies({name: tally(trace) for name, trace in runs.items()})


def tally(trace: Trace) -> Tally:
    """What a run cost. In a capture of segments alone nobody called anything, so there are no messages."""
    messages, octets = dict.fromkeys(trace.hosts, 0), dict.fromkeys(trace.hosts, 0)
    for returned in trace.returns:
        if returned.called.name in WRITES and returned.error is None:
            messages[returned.called.host] += 1
            octets[returned.called.host] += written(returned)
    segments = [sent.segment for sent in trace.segments]
    seen = (
        (len(segments), sum(bool(seg.data) for seg in segments), round_trips(trace)) if trace.captured else (None,) * 3
    )
    return Tally(connections(trace), messages, octets, *seen)


def written(returned: Returned) -> int:
    """How many octets the call has taken: send() says so, sendall() takes all."""
    if isinstance(returned.value, int):
        return returned.value
    given = returned.called.arguments[0]
    return given.length if isinstance(given, Octets) else len(given) if isinstance(given, bytes) else 0


def connections(trace: Trace) -> int:
    """How many connections were opened: calls of accept() that came back, or in a capture SYNs that asked for one."""
    accepted = [returned for returned in trace.returns if returned.called.name == "accept" and returned.error is None]
    asked = {
        (sent.packet.source, sent.segment.source_port, sent.packet.destination, sent.segment.seq)
        for sent in trace.segments
        if sent.segment.syn and sent.segment.ack is None
    }
    return len(accepted) or len(asked)


def round_trips(trace: Trace) -> float:
    """Half the longest chain of datagrams, and segments with a SYN or data, each sent when the one before had come."""
    directory = Directory(trace.hosts, trace.translated)
    heard: dict[str, int] = defaultdict(int)  # how long the longest chain is that has arrived at each host
    chains: dict[str, int] = {}
    for record in trace.records:
        if isinstance(record, Sent):
            chains[record.name] = heard[record.sender] + 1
        elif isinstance(record, Delivered) and says_something(record.sent.payload):
            end = ends(record.sent.packet)[1]
            receiver = directory.at(end) or end[0]
            heard[receiver] = max(heard[receiver], chains[record.sent.name])
    return max(heard.values(), default=0) / 2


def says_something(payload: Payload) -> bool:
    """Is it more than an acknowledgment or a farewell?"""
    return not isinstance(payload, Segment) or payload.syn or bool(payload.data)
