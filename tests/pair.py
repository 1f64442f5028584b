"""Pairs: two connections joined by a pipe in virtual time, for the stories that need both ends.

    pair = Pair(lose={("client", 2)})
    pair.calls("client", "send", b"hello")
    pair.run()
    assert pair.received["server"] == b"hello"

A transmission's name is (sender, ordinal), counted from 1. What arrives is read at once, unless `reads` says otherwise.
"""

import heapq
import math
from dataclasses import dataclass

from course.tcp.connection import Connection
from course.tcp.parameters import TcpParameters
from course.tcp.segment import Segment
from tests.story import sketch

ENDS = {"client": ("10.0.0.1", 1024), "server": ("10.0.0.2", 7000)}
OTHER = {"client": "server", "server": "client"}


@dataclass(frozen=True, slots=True)
class Transmission:
    """A segment that one end sent; `lost` if it went nowhere."""

    at: float
    sender: str
    ordinal: int
    segment: Segment
    lost: bool


class Pair:
    """A client and a server, `delay` seconds apart; the client has called, or both have if `crossing`."""

    def __init__(self, *, lose=(), delay=0.05, crossing=False, iss=(100, 300), mss=100, **knobs):
        parameters = TcpParameters(mss=mss, **knobs)
        self.now, self.delay, self.lose = 0.0, delay, lose
        self.iss = dict(zip(ENDS, iss, strict=True))
        self.sent, self.received, self.reads = [], dict.fromkeys(ENDS, b""), {"client", "server"}
        self._arrivals, self._count = [], dict.fromkeys(ENDS, 0)
        client = Connection(ENDS["client"], ENDS["server"], parameters)
        server = Connection(ENDS["server"], ENDS["client"] if crossing else None, parameters)
        if not crossing:
            server.open_passive()
            server = server.child(ENDS["client"], self.iss["server"])
        self.ends = {"client": client, "server": server}
        for name in ENDS if crossing else ["client"]:
            self.calls(name, "open_active", self.iss[name])

    @property
    def states(self):
        """The states of the client and the server."""
        return tuple(end.state for end in self.ends.values())

    def calls(self, name, call, *arguments):
        """The program at this end calls something now."""
        result = getattr(self.ends[name], call)(*arguments)
        self._settle(name)
        return result

    def run(self, until=math.inf):
        """Let everything happen that happens until then; without it, until nothing can happen any more."""
        while (moment := self._next()) <= until and moment < math.inf:
            self.now = moment
            while self._arrivals and self._arrivals[0][0] <= moment:
                _, _, name, segment = heapq.heappop(self._arrivals)
                self.ends[name].segment_arrives(segment, moment)
                self._settle(name)
            for name, end in self.ends.items():
                end.timeout(moment)
                self._settle(name)
        self.now = self.now if until == math.inf else until

    def lines(self):
        """Every segment that was sent, in a few words."""
        return [f"{each.sender}: {self._told(each)}" for each in self.sent]

    def _told(self, sent):
        seen = sketch(sent.segment, self.iss[sent.sender], self.iss[OTHER[sent.sender]])
        return str(seen).split(" window")[0]

    def _next(self):
        timeouts = [timeout[0] for end in self.ends.values() if (timeout := end.next_timeout())]
        return min([*timeouts, *(arrival[0] for arrival in self._arrivals[:1])], default=math.inf)

    def _settle(self, name):
        end = self.ends[name]
        if name in self.reads:
            self.received[name] += end.receive(2**20)
        for segment in end.segments_to_send(self.now):
            self._count[name] += 1
            lost = (name, self._count[name]) in self.lose
            self.sent.append(Transmission(self.now, name, self._count[name], segment, lost))
            if not lost:
                heapq.heappush(self._arrivals, (self.now + self.delay, len(self.sent), OTHER[name], segment))
