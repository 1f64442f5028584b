"""Watching: TCP's own variables after each event of a run. They are not in the Trace; a run is watched to see them."""

from collections.abc import Sized
from typing import NamedTuple

from course.tcp.connection import Connection
from course.tcp.state import State
from course.tcp.status import Status
from course.trace.record import Endpoint


class Sample(NamedTuple):
    """What one end of a connection would say of itself at that moment (seconds), after an event.

    `after` counts the records that had been written by then: it puts samples and records in one order.
    """

    at: float
    host: str
    local: Endpoint
    remote: Endpoint
    status: Status
    after: int = 0


class Watch:
    """Looks at connections after each event, and writes down what has changed.

    `host` and `pair` (the two ends of a connection, in any order) choose which ones; None: all of them.
    """

    def __init__(self, host: str | None = None, pair: frozenset[Endpoint] | None = None) -> None:
        self.samples: list[Sample] = []
        self.records: Sized = ()  # the run's, while it goes on
        self._host, self._pair = host, pair
        self._last: dict[tuple[str, Endpoint, Endpoint], Status] = {}

    def look(self, at: float, host: str, connection: Connection, *, returning: bool = False) -> None:
        """Something has happened to this connection of that host.

        `returning`: it happened in a call whose return is the next record, and what was read counts as read from then.
        """
        local, remote = connection.tcb.local, connection.tcb.remote
        if remote is None or self._host not in (None, host) or self._pair not in (None, frozenset((local, remote))):
            return
        status, last = connection.status(), self._last.get((host, local, remote))
        if status != last and (last or status.state is not State.CLOSED):
            self._last[host, local, remote] = status
            self.samples.append(Sample(at, host, local, remote, status, len(self.records) + returning))

    def lose(self, at: float, host: str) -> None:
        """The power of that host is cut: there are no connections any more, which RFC 9293 calls CLOSED."""
        for (whose, local, remote), last in list(self._last.items()):
            if whose == host and last.state is not State.CLOSED:
                gone = last._replace(state=State.CLOSED, send_queue=0, receive_queue=0, flight_size=0, timers={})
                self._last[whose, local, remote] = gone
                self.samples.append(Sample(at, host, local, remote, gone, len(self.records)))
