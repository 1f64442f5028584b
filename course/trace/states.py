"""The last known state of each connection, as a small table that is free of times and of ports that nobody chose."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from course.table import Table
from course.tcp.state import State
from course.trace.record import Called, Changed, Endpoint, Observed, Outage

if TYPE_CHECKING:
    from course.trace.trace import Trace

End = tuple[str, Endpoint, Endpoint | None]
Known = tuple[State, int | None, int | None]
OWN = ("", "0.0.0.0")  # noqa: S104 - how a program writes its host's own address
COLUMNS = ("end", "peer", "state")
QUEUE_COLUMNS = ("sent, not acknowledged", "received, not read")
NOTE = "In the queues a SYN or a FIN counts as one octet, as it does in sequence numbers."


@dataclass(frozen=True, slots=True)
class LastState:
    """One end of a connection, or a listener (`peer` is None), in the last state that is known of it.

    Ends are written as in "server 7000"; a port that no program has named is left out, as in "client". The queues are
    those of an Observed: octets, and for a listener connections that wait for accept(); None where nobody has told.
    """

    end: str
    peer: str | None
    state: State
    send_queue: int | None = None
    receive_queue: int | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        sent, received = ("" if queue is None else str(queue) for queue in (self.send_queue, self.receive_queue))
        if self.peer is None:
            sent, received = "", f"{received} waiting for accept()" if received else ""
        return self.end, self.peer or "–", str(self.state), sent, received

    @property
    def needs_note(self) -> bool:
        """May there be a SYN or a FIN in its queues?"""
        return self.state not in (State.LISTEN, State.ESTABLISHED) and bool(self.send_queue or self.receive_queue)


@dataclass(frozen=True, slots=True, repr=False)
class States:
    """The last known states of a run's connections, host by host; it shows itself as a table."""

    rows: tuple[LastState, ...]
    caption: str = "The last state of each connection"

    def __iter__(self) -> Iterator[LastState]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return repr(self.table)

    def _repr_html_(self) -> str:
        return self.table._repr_html_()

    @property
    def table(self) -> Table:
        """The same as rows of words; without queues where nobody has told of any."""
        rows = tuple(row.cells[: len(self._columns)] for row in self.rows)
        return Table(self.caption, self._columns, rows, NOTE if any(row.needs_note for row in self.rows) else "")

    @property
    def _columns(self) -> tuple[str, ...]:
        told = any(row.receive_queue is not None for row in self.rows)
        return COLUMNS + QUEUE_COLUMNS if told else COLUMNS


def last_states(trace: "Trace") -> States:
    """The last state of each connection: a change in the simulated world, an observation in the real one."""
    last: dict[End, Known] = {}
    for record in trace.records:
        if isinstance(record, Outage) and record.what == "power cut":
            last = {end: known for end, known in last.items() if end[0] != record.host}
        elif isinstance(record, Changed | Observed):
            end = record.host, record.local, record.remote
            last[end] = following(last.get(end, (State.CLOSED, None, None)), record)
    names = Names(trace)
    rows = [
        LastState(names.of(local), None if remote is None else names.of(remote), *known)
        for (_, local, remote), known in sorted(last.items(), key=lambda item: names.place(*item))
        if remote is None or known[0] is not State.LISTEN  # a child that "returns to LISTEN" vanishes
    ]
    whose = "The kernel's last word on" if trace.world == "loopback" else "The last state of"
    return States(tuple(rows), f"{whose} each connection")


def following(known: Known, record: Changed | Observed) -> Known:
    """What is known after this record: an observation may leave the queues as they are."""
    if isinstance(record, Changed):
        return record.after, None, None
    if record.receive_queue is None and record.state is not State.CLOSED:
        return record.state, *known[1:]
    return record.state, record.send_queue, record.receive_queue


class Names:
    """Hosts and ports by the names that programs gave them."""

    def __init__(self, trace: "Trace") -> None:
        self._addresses = trace.hosts
        self._names = {address: name for name, address in trace.hosts.items()}
        self._places = {name: place for place, name in enumerate(trace.hosts)}
        seen: list[Changed | Observed] = [*trace.changes, *trace.observations]
        listeners = {record.local for record in seen if record.remote is None}
        bound, called = self._arguments(trace.calls, "bind"), self._arguments(trace.calls, "connect")
        self._chosen = bound | (called - listeners)  # not bound to it, so the listener got any port that was free

    def of(self, end: Endpoint) -> str:
        """An end, as in "server 7000", or "client" if its port is any that was free."""
        name = self._names.get(end[0], end[0])
        return f"{name} {end[1]}" if self.is_chosen(end) else name

    def is_chosen(self, end: Endpoint) -> bool:
        """Has a program named this end's port, or is it any that was free?"""
        return end in self._chosen

    def place(self, end: End, known: tuple[object, ...]) -> tuple[object, ...]:
        """Where it stands in the table: by its host, listeners first, then by what is written in its row."""
        host, local, remote = end
        peer = "" if remote is None else self.of(remote)
        return self._places.get(host, -1), remote is not None, self.of(local), peer, *[str(value) for value in known]

    def _arguments(self, calls: list[Called], name: str) -> set[Endpoint]:
        """The ends that were named in calls of that name."""
        arguments = [(called.host, called.arguments[0]) for called in calls if called.name == name and called.arguments]
        return {
            (self._addresses[host] if address[0] in OWN else self._addresses.get(address[0], address[0]), address[1])
            for host, address in arguments
            if isinstance(address, tuple) and len(address) == 2
        }
