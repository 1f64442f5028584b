"""One world's run, in words that do not depend on the world: hosts instead of addresses, no port that nobody chose."""

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from course.trace.record import Called, Constant, Endpoint, Returned, brief
from course.trace.states import Names
from course.trace.text import describe_call, show
from course.trace.trace import Trace

ANY_PORT = Constant("any port")


class Call(NamedTuple):
    """A call as both worlds can say it: `written` by its program, and the `outcome`, both in words.

    `record` and `returned` are what the trace holds; `returned` is None for a call that was never back. `took` is in
    seconds.
    """

    written: str
    outcome: str
    record: Called
    returned: Returned | None

    @property
    def name(self) -> str:
        """What was called, as in "recv"."""
        return self.record.name

    @property
    def value(self) -> object:
        """What it returned; None as well if it failed or was never back."""
        return None if self.returned is None else self.returned.value

    @property
    def error(self) -> str | None:
        """The name of its errno, as in "EPIPE", or of its error where there is no errno; None if it did not fail."""
        if self.returned is None or self.returned.error is None:
            return None
        return errno.errorcode.get(self.returned.errno or 0, self.returned.error)

    @property
    def took(self) -> float | None:
        """Seconds, in its world's time."""
        return None if self.returned is None else self.returned.at - self.returned.called.at


@dataclass(frozen=True)
class Side:
    """What came of the programs in one world. `ended` says how the run did: "" if every program had its way."""

    trace: Trace
    results: Mapping[str, Any]
    ended: str = ""

    @cached_property
    def names(self) -> Names:
        """Hosts and ports by the names that programs gave them."""
        return Names(self.trace)

    @cached_property
    def programs(self) -> list[str]:
        """All that made a call or returned something; hosts in the order of the scenario, then what they spawned."""
        found = dict.fromkeys([*self.trace.hosts, *self.results, *(called.program for called in self.trace.calls)])
        return sorted(found, key=lambda name: (list(self.trace.hosts).index(name.partition("/")[0]), len(name), name))

    @cached_property
    def calls(self) -> dict[str, list[Call]]:
        """The calls of each program, in its own order."""
        returns = {returned.called.number: returned for returned in self.trace.returns}
        found: dict[str, list[Call]] = {program: [] for program in self.programs}
        for called in self.trace.calls:
            found[called.program].append(self._call(called, returns.get(called.number)))
        return found

    def _call(self, called: Called, returned: Returned | None) -> Call:
        arguments = tuple(self.in_words(argument, called.host) for argument in called.arguments)
        return Call(describe_call(called._replace(arguments=arguments)), self._outcome(returned), called, returned)

    def _outcome(self, returned: Returned | None) -> str:
        if returned is None:
            return "still in it at the end"
        if returned.error is not None:
            return in_full(returned.error, returned.errno)
        return show(self.in_words(returned.value, returned.called.host))

    def result(self, program: str) -> str:
        """What a program returned, or the OSError that escaped it, in words."""
        return show(self.in_words(self.results[program])) if program in self.results else "has not returned"

    def in_words(self, value: Any, host: str = "") -> Any:
        """The same value with hosts instead of addresses, and without ports that nobody chose."""
        match value:
            case OSError():
                return Constant(in_full(type(value).__name__, value.errno))
            case (str(address), int(port)) if isinstance(value, tuple):
                return self._end(address, port, host)
            case tuple() | list():
                return type(value)([self.in_words(each, host) for each in value]) if plain(value) else value
            case dict():
                return {key: self.in_words(each, host) for key, each in value.items()}
            case str():
                return self._hosts.get(value, value)
        return brief(value)

    def _end(self, address: str, port: int, host: str) -> tuple[str, object]:
        end: Endpoint = self.trace.hosts.get(address or host, address), port
        named = port == 0 or end[0] not in self._hosts or self.names.is_chosen(end)
        return self._hosts.get(address, address), port if named else ANY_PORT

    @cached_property
    def _hosts(self) -> dict[str, str]:
        return {address: name for name, address in self.trace.hosts.items()}


def plain(value: object) -> bool:
    """Is it a tuple or list as they come, and none of a class of its own?"""
    return type(value) in (tuple, list)


def in_full(error: str, number: int | None) -> str:
    """An error with its errno, as in "ConnectionRefusedError (ECONNREFUSED)"."""
    name = errno.errorcode.get(number or 0)
    return error if name is None else f"{error} ({name})"
