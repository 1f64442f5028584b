"""A run: what came of running a scenario, and the pictures of it. The pictures are imported only when asked for."""

import contextlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from course.errors import ScenarioError
from course.trace.trace import Trace

if TYPE_CHECKING:
    from course.real.sampling import Sample as KernelSample
    from course.scenario import Scenario
    from course.sim.limits import Limits
    from course.sim.watch import Sample
    from course.trace.record import Endpoint
    from course.view.journey import Journey
    from course.view.picture import Picture


LISTENERS: "list[Callable[[Trace], None]]" = []
"""Who wants to hear of each run that somebody has asked for, when it has ended: the card of states."""


def announce(trace: Trace) -> None:
    """Tell them."""
    for listener in LISTENERS:
        listener(trace)


@dataclass(frozen=True)
class Run:
    """What came of running a scenario: the `trace`, and each program's result by the program's name.

    `samples` are what the kernel said meanwhile, in a loopback run with watch=; `variables` chooses among them.
    """

    scenario: "Scenario"
    trace: Trace
    results: dict[str, Any] = field(default_factory=dict)
    until: float | None = None
    limits: "Limits | None" = None
    samples: "tuple[KernelSample, ...] | None" = None

    def ladder(self, **options: Any) -> "Picture":
        """Calls, segments and both ends' states on one time axis; the options are those of course.view.ladder."""
        from course.view.ladder import ladder

        return ladder(self.trace, **options)

    def timeseq(self, sender: str | None = None, connection: int = 1, **options: Any) -> "Picture":
        """What a host sends on a connection, and what is acknowledged, over time; options: course.view.timeseq."""
        from course.view.timeseq import timeseq

        return timeseq(self.trace, sender, connection, **options)

    def variables(self, host: str | None = None, connection: int | None = None) -> "list[Sample] | list[KernelSample]":
        """TCP's own variables after each event: (at, host, local, remote, status), where something changed.

        `host` and `connection` (counted from 1) choose whose. They are in no trace: a simulated scenario is run again,
        with somebody watching, and what its programs print meanwhile is not shown. Of a run on the real kernel they are
        the samples taken while it went on, and it has to be told so: run(world="loopback", watch=0.005). Raises
        ScenarioError where it was not, and if the second run is not like the first; ValueError for a host or connection
        that is not there.
        """
        from course.view.transfer import pair_named

        if self.trace.world != "simulated" and not self.samples:
            hint = (
                'write run(world="loopback", watch=0.005)' if self.samples is None else "it saw none: only Linux tells"
            )
            raise ScenarioError(f"the kernel does not tell its variables unless it is asked during the run: {hint}")
        pair = None if connection is None else pair_named(self.trace, host, connection)
        if host is not None and host not in self.trace.hosts:
            known = ", ".join(self.trace.hosts)
            raise ScenarioError(f"variables({host!r}): there is no host {host!r}; the hosts are {known}")
        if self.trace.world == "simulated":
            return self._replayed(host, pair)
        own = [sample for sample in self.samples or () if host in (None, sample.host)]
        return [sample for sample in own if pair in (None, {sample.local, sample.remote})]

    def _replayed(self, host: str | None = None, pair: "frozenset[Endpoint] | None" = None) -> "list[Sample]":
        """TCP's own variables, by running the scenario once more with somebody watching."""
        from course.sim.watch import Watch

        if self.trace.world != "simulated":
            raise ScenarioError("the kernel does not tell enough of its octets: only a simulated run can be replayed")
        watch = Watch(host, pair)
        with silenced():
            outcome = self.scenario.simulate(self.until, self.limits, watch)
        if outcome.error is not None and not isinstance(outcome.error, Exception):
            raise outcome.error
        if outcome.trace.records != self.trace.records:
            raise ScenarioError(
                "the scenario did not do the same when it was run again, so its variables cannot be known: "
                "do the programs use chance, real time, or what they changed the first time?"
            )
        return watch.samples

    def journey(self, octet: int = 1, sender: str | None = None, connection: int = 1) -> "Journey":
        """Where one octet is at each moment, from the program that writes it to the one that reads it; print it.

        `octet` counts from 1 what `sender` writes (None: whoever sends more) on its `connection`, counted from 1.
        Raises ScenarioError as `variables` does, ValueError for an octet that is never written, and says how many are.
        """
        from course.view.follow import follow
        from course.view.transfer import transfer

        samples = self._replayed()
        return follow(self.trace, samples, transfer(self.trace, sender, connection).way, octet)

    def series(self, host: str | None = None, connection: int = 1, **options: Any) -> "Picture":
        """The congestion window, the RTO and their kin over time, for one end; options: course.view.series.

        A loopback run has to be watched for that: run(world="loopback", watch=0.005).
        """
        from course.view.series import series

        return series(self.trace, self.variables(host, connection), host, connection, **options)

    def boxes(self, name: str, **options: Any) -> "Picture":
        """A transmission as it is on the wire, field by field: run.boxes("client 3"); options: course.view.boxes."""
        from course.view.boxes import boxes, transmission_named

        return boxes(transmission_named(self.trace, name), self.trace, **options)

    def layers(self, name: str | None = None, **options: Any) -> "Picture":
        """A packet taken apart: IP, the TCP in it, the HTTP in that; None: the first that carries data.

        Its `alternative` is the same as text, to print; the options are those of course.view.layers.
        """
        from course.view.layers import layers

        return layers(self.trace, name, **options)

    def diagram(self, host: str | None = None, connection: int = 1, **options: Any) -> "Picture":
        """The state diagram with the way that a host went, step by step; without one, with all that was visited."""
        from course.view.diagram import diagram, path

        if host is None:
            return diagram(runs=[self.trace], **options)
        return path(self.trace, host, connection, **options)

    def __repr__(self) -> str:
        hosts = ", ".join(self.trace.hosts)
        return f"<run of {hosts} in the {self.trace.world} world: {len(self.trace)} records>"


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Nothing is printed meanwhile."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield
