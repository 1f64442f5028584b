"""The link: it takes packets in at one side and lets them out at the other, later, or not at all."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from course.ip.packet import HEADER_OCTETS, Packet
from course.ip.payload import payload_octets
from course.sim.clock import Clock
from course.sim.fates import CARRIED, Fate, Fault
from course.sim.middleboxes import Middlebox
from course.sim.path import Passage, Path
from course.trace.record import Dropped, Record, Sent

Receive = Callable[[Sent, int, Fate], None]


@dataclass(frozen=True, slots=True)
class LinkParameters:
    """`delay` in seconds each way, `rate` in bits a second (None: no limit), `queue` in packets (None: no limit).

    `middleboxes` stand on it, the first nearest to the first-named host.
    """

    delay: float = 0.050
    rate: float | None = None
    queue: int | None = None
    middleboxes: tuple[Middlebox, ...] = ()


class Direction:
    """One way over the link: a queue, a transmitter, and a wire."""

    __slots__ = ("_departures", "_free_at", "parameters")

    def __init__(self, parameters: LinkParameters) -> None:
        self.parameters = parameters
        self._free_at = 0.0
        self._departures: deque[float] = deque()

    def departure(self, octets: int, now: float) -> float | None:
        """When the last bit of a packet of that size leaves the transmitter; None if the queue is full."""
        rate, queue = self.parameters.rate, self.parameters.queue
        if rate is None:
            return now
        if queue is not None and self._is_full(queue, now):
            return None
        self._free_at = max(self._free_at, now) + octets * 8 / rate
        if queue is not None:
            self._departures.append(self._free_at)
        return self._free_at

    def _is_full(self, queue: int, now: float) -> bool:
        """One packet may be on its way out, and `queue` more may wait."""
        departures = self._departures
        while departures and departures[0] <= now:
            departures.popleft()
        return len(departures) > queue


class Link:
    """The one link of the dumbbell: the first host on one side, all others on the other.

    Hosts on the same side (and a host with itself) reach each other at once, without queue or delay.
    """

    def __init__(self, clock: Clock, record: Callable[[Record], None], parameters: LinkParameters,
                 faults: tuple[Fault, ...], seed: int) -> None:  # fmt: skip
        self._clock = clock
        self._record = record
        self._parameters = parameters
        self._faults = faults
        self._seed = seed
        self._left = -1
        self._exhausted: Callable[[], None] = lambda: None
        self._receivers: dict[str, Receive] = {}
        self._first = ""
        self._ways = {True: Direction(parameters), False: Direction(parameters)}
        self._ordinals: dict[str, int] = {}
        self._behind_next: dict[str, list[tuple[Sent, Fate]]] = {}
        self.path = Path(parameters.middleboxes, parameters.delay, clock, record, self.send)
        for address in self.path.addresses:
            self._receivers[address] = self._not_from_here

    def attach(self, address: str, receive: Receive) -> None:
        """Connect a host: what is sent to its address is handed to `receive`."""
        self._first = self._first or address
        self._receivers[address] = receive

    def limit(self, transmissions: int, exhausted: Callable[[], None]) -> None:
        """Call `exhausted` when more than so many packets have been sent."""
        self._left, self._exhausted = transmissions + 1, exhausted

    def send(self, sender: str, packet: Packet) -> None:
        """Take a packet from a host: write it down as sent, ask every fault, and carry it if none objects."""
        ordinal = self._ordinals.get(sender, 0) + 1
        self._ordinals[sender] = ordinal
        self._left -= 1
        if self._left == 0:
            self._exhausted()
        sent = Sent(self._clock.now, sender, ordinal, packet)
        self._record(sent)
        fate = CARRIED
        for fault in self._faults:
            fate = fault.apply(sent, fate, self._seed)
        self._carry(sent, fate)

    def _carry(self, sent: Sent, fate: Fate) -> None:
        if sent.packet.destination not in self._receivers:
            self._drop(sent, 1, "no such host")
            return
        arrival = self._arrival(sent)
        if arrival is None:
            self._drop(sent, 1, "queue full")
        elif fate is CARRIED and not self._behind_next:
            self._let_arrive(arrival, sent, 1, fate)
        else:
            self._carry_strangely(sent, fate, arrival)

    def _arrival(self, sent: Sent) -> float | None:
        """When it will be at the other side; None if the queue is full. A middlebox has no queue, and is half-way."""
        packet, now = sent.packet, self._clock.now
        is_first = packet.source == self._first
        if is_first == (packet.destination == self._first):
            return now
        rest = self.path.rest(sent.sender, outward=not is_first) if self.path.boxes else None
        if rest is not None:
            return now + rest
        departure = self._ways[is_first].departure(HEADER_OCTETS + payload_octets(packet.payload), now)
        return None if departure is None else departure + self._parameters.delay

    def _let_arrive(self, at: float, sent: Sent, copy: int, fate: Fate) -> None:
        """Let it arrive at that moment, if the middleboxes on its way let it pass."""
        packet = sent.packet
        outward = packet.destination == self._first
        if not self.path.boxes or outward == (packet.source == self._first):
            self._clock.call_at(at, self._receivers[packet.destination], sent, copy, fate)
        else:
            self.path.carry(Passage(sent, copy, at, outward, lambda passed, copy: self._deliver(passed, copy, fate)))

    def _deliver(self, sent: Sent, copy: int, fate: Fate) -> None:
        """It has passed all middleboxes: whom is it for, as it is now?"""
        self._receivers[sent.packet.destination](sent, copy, fate)

    def _not_from_here(self, sent: Sent, copy: int, fate: Fate) -> None:
        """An address of a middlebox that only the other side can reach."""
        self._drop(sent, copy, "no way to this address from inside")

    def _carry_strangely(self, sent: Sent, fate: Fate, arrival: float) -> None:
        """Carry a transmission that a fault is about, or that another one waits for."""
        if fate.lost is not None:
            self._clock.call_at((self._clock.now + arrival) / 2, self._drop, sent, 1, fate.lost)
            return
        if fate.behind_next:
            self._behind_next.setdefault(sent.sender, []).append((sent, fate))
            return
        arrival = max(arrival, self._arrive(sent, fate, arrival))
        for overtaken, its_fate in self._behind_next.pop(sent.sender, ()):
            self._arrive(overtaken, its_fate, arrival)

    def _arrive(self, sent: Sent, fate: Fate, arrival: float) -> float:
        """Let it arrive, later if a fault says so, and perhaps twice; when it does."""
        arrival = max(arrival + fate.delay, fate.until)
        self._let_arrive(arrival, sent, 1, fate)
        if fate.copy_after is not None:
            self._let_arrive(arrival + fate.copy_after, sent, 2, fate)
        return arrival

    def _drop(self, sent: Sent, copy: int, reason: str) -> None:
        self._record(Dropped(self._clock.now, sent, reason, copy))

    def drop_what_waits(self) -> None:
        """The run is over: what was to be overtaken, and was not, never arrives."""
        for waiting in self._behind_next.values():
            for sent, _ in waiting:
                self._drop(sent, 1, "held back for a next segment that never came")
        self._behind_next.clear()
