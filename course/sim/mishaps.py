"""Mishaps: outages come to pass. A host without power forgets everything, one whose process is killed closes it."""

from collections.abc import Callable, Iterable, Mapping

from course.sim.clock import Clock
from course.sim.fates import Fault
from course.sim.host import SimulatedHost
from course.sim.outages import kill, power_off
from course.sim.programs import Programs
from course.trace.record import Outage, Record


class Mishaps:
    """Whatever befalls the hosts of a run; `start` starts the program of a host, by the host's name."""

    def __init__(self, clock: Clock, record: Callable[[Record], None], hosts: Mapping[str, SimulatedHost],
                 programs: Programs, start: Callable[[str], None]) -> None:  # fmt: skip
        self._clock, self._record = clock, record
        self._hosts, self._programs, self._start = hosts, programs, start

    def expect(self, faults: Iterable[Fault]) -> None:
        """Let those of the faults that are outages happen when they should."""
        for fault in faults:
            if isinstance(fault, power_off):
                self._clock.call_at(fault.at, self._cut_power, fault)
            elif isinstance(fault, kill):
                self._clock.call_at(fault.at, self._kill, fault.host)

    def _cut_power(self, fault: power_off) -> None:
        """All that was in memory is gone, in silence; what arrives from now on is heard by nobody."""
        name, host = fault.host, self._hosts[fault.host]
        if not host.has_power:
            return
        self._record(Outage(self._clock.now, name, "power cut"))
        self._programs.abandon(name)
        host.forget_everything()
        if fault.back is not None:
            self._clock.call_at(fault.back, self._restore_power, fault)

    def _restore_power(self, fault: power_off) -> None:
        """The host is there again, and remembers nothing."""
        name, host = fault.host, self._hosts[fault.host]
        self._record(Outage(self._clock.now, name, "power back"))
        host.has_power = True
        if fault.restart:
            self._start(name)

    def _kill(self, name: str) -> None:
        """The programs end where they are, and the kernel closes what they leave behind."""
        if not self._hosts[name].has_power:
            return
        self._record(Outage(self._clock.now, name, "process killed"))
        self._programs.abandon(name)
        for socket in list(self._hosts[name].sockets):
            socket.end()
