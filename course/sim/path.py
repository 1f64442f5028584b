"""The path over the link: past its middleboxes, one after the other, to the host on the other side."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from course.ip.packet import Packet
from course.sim.clock import Clock
from course.sim.flows import Flow, Flows, Translation, begins
from course.sim.middleboxes import Middlebox, names, nat
from course.tcp.resets import make_reset
from course.tcp.segment import Segment, Why
from course.trace.record import Dropped, Endpoint, Record, Sent


class Box:
    """A middlebox at work. `outward` is the way to the first-named host, which stands alone on its side."""

    def __init__(self, value: Middlebox, name: str, clock: Clock, send: Callable[[str, Packet], None]) -> None:
        self.name, self.then = name, value.then
        self.flows = Flows(value)
        self.translation = Translation(value.address) if isinstance(value, nat) else None
        self._clock, self._send = clock, send

    def pass_on(self, sent: Sent, *, outward: bool) -> Sent | str:
        """The transmission as it leaves on the other side, or why it does not."""
        inner = sent.packet
        if self.translation is not None and not outward:
            translated = self.translation.inward(sent.packet)
            if translated is None:
                return "nobody behind this port"
            inner = translated
        flow = self._flow(inner, outward=outward)
        if flow is None:
            return "flow forgotten" if self.flows.has_forgotten(inner) else "no such flow"
        self._remember(flow, inner, outward=outward)
        leaving = self._outside(inner) if outward else inner
        return sent if leaving is sent.packet else sent._replace(packet=leaving)

    def _outside(self, inner: Packet) -> Packet:
        """The packet as it is seen on the side of the first-named host."""
        return inner if self.translation is None else self.translation.outward(inner)

    def _flow(self, inner: Packet, *, outward: bool) -> Flow | None:
        """The flow that it belongs to, or begins."""
        now = self._clock.now
        flow = self.flows.known(inner, now)
        if flow is None and begins(inner, outward=outward) and (outward or self.translation is None):
            flow = self.flows.begin(inner, now, outward=outward)
            if self.then == "reset both":
                self._wait_for(flow)
        return flow

    def _remember(self, flow: Flow, inner: Packet, *, outward: bool) -> None:
        payload = inner.payload
        flow.passed(payload, self._clock.now, outward=outward)
        if isinstance(payload, Segment) and payload.rst:
            self.flows.end(flow)

    def answer(self, packet: Packet) -> None:
        """A packet has got no further: perhaps its sender is told, if there is a connection to reset."""
        segment = packet.payload
        if self.then != "drop" and isinstance(segment, Segment) and not segment.rst:
            reset = make_reset(segment, Why.FORGOTTEN)
            self._send(self.name, Packet(packet.destination, packet.source, reset))

    def _wait_for(self, flow: Flow) -> None:
        """Look at the flow when it may have been idle for too long; that alone is no reason for a run to go on."""
        self._clock.let_rest(self._clock.call_at(self.flows.due(flow), self._look_at, flow))

    def _look_at(self, flow: Flow) -> None:
        if not self.flows.remembers(flow):
            return
        if not self.flows.is_idle(flow, self._clock.now):
            self._wait_for(flow)
            return
        self.flows.forget(flow)
        for outward in () if flow.is_over else (True, False):
            packet = flow.reset(outward=outward)
            self._send(self.name, self._outside(packet) if outward else packet)


class Passage(NamedTuple):
    """A transmission (or its `copy`-th copy) on its way; `deliver` is told of it at the moment of `arrival`."""

    sent: Sent
    copy: int
    arrival: float
    outward: bool
    deliver: Callable[[Sent, int], None]


class Path:
    """The middleboxes of a link in their order, seen from the first-named host, with equal distances between them."""

    def __init__(self, values: Sequence[Middlebox], delay: float, clock: Clock, record: Callable[[Record], None],
                 send: Callable[[str, Packet], None]) -> None:  # fmt: skip
        self.boxes = [Box(value, name, clock, send) for value, name in zip(values, names(values), strict=True)]
        self._places = {box.name: place for place, box in enumerate(self.boxes, 1)}
        self._step = delay / (len(self.boxes) + 1)
        self._clock, self._record = clock, record

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called, in their order."""
        return tuple(self._places)

    @property
    def addresses(self) -> list[str]:
        """The addresses by which the outside knows what is behind a NAT."""
        return [box.translation.address for box in self.boxes if box.translation is not None]

    @property
    def translated(self) -> dict[Endpoint, Endpoint]:
        """Whom each end outside stands for."""
        tables = [box.translation.inside for box in self.boxes if box.translation is not None]
        return {outer: inner for table in tables for outer, inner in table.items()}

    def rest(self, sender: str, *, outward: bool) -> float | None:
        """How long it takes from a middlebox to the end; None if the sender is none."""
        place = self._places.get(sender)
        if place is None:
            return None
        return self._step * (place if outward else len(self.boxes) + 1 - place)

    def carry(self, passage: Passage) -> None:
        """Carry a transmission past what stands between its sender and the end."""
        sender, outward = passage.sent.sender, passage.outward
        place = self._places.get(sender, len(self.boxes) + 1 if outward else 0)
        self._go_on(passage, self.boxes[: place - 1][::-1] if outward else self.boxes[place:])

    def _go_on(self, passage: Passage, coming: list[Box]) -> None:
        """To the next middlebox, or else to the end."""
        if coming:
            at = passage.arrival - self._step * len(coming)
            self._clock.call_at(max(at, self._clock.now), self._meet, passage, coming)
        else:
            self._clock.call_at(passage.arrival, passage.deliver, passage.sent, passage.copy)

    def _meet(self, passage: Passage, coming: list[Box]) -> None:
        """The transmission is where the next middlebox stands."""
        passed = coming[0].pass_on(passage.sent, outward=passage.outward)
        if isinstance(passed, str):
            self._record(Dropped(self._clock.now, passage.sent, passed, passage.copy, coming[0].name))
            coming[0].answer(passage.sent.packet)
        else:
            self._go_on(passage._replace(sent=passed), coming[1:])
