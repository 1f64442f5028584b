"""One process's part in a talk, read from its journal: its calls, its result, and how it ended."""

import ast
import builtins
import signal
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from course.real.ipc.place import Place

WAITS = "did not come back"


class Did(NamedTuple):
    """One thing that a process did: who, the call as it stands in the program, and what came of it."""

    who: str
    what: str
    came: str


@dataclass(slots=True)
class Part:
    """What a process did, `pid` its number, `result` what came of its function, `over` whether anything did.

    `name` is the name that both had to use, `within` are the calls in which it is, and those in which its children are,
    by their numbers, the outermost first, and `failure` says what else went wrong.
    """

    who: str
    name: str = ""
    did: list[Did] = field(default_factory=list)
    within: dict[int, list[int]] = field(default_factory=dict)
    pid: int = 0
    over: bool = False
    result: Any = None
    failure: str = ""

    def take(self, pid: int, kind: str, *said: Any) -> None:
        """Take in one line of the journal: whose it is, what kind of thing it tells of, and what."""
        self.pid = self.pid or pid
        match kind, said:
            case "begins", (call,):
                self.within.setdefault(pid, []).append(len(self.did))
                self.add(pid, call, WAITS)
            case (("returns" | "fails"), (_, text)) if self.within.get(pid):
                place = self.within[pid].pop()
                self.did[place] = self.did[place]._replace(came=self.shown(text))
            case "returns", (call, text):  # a child that has just been made returns from what its parent called
                self.add(pid, call, text)
            case "prints", (text,):
                self.add(pid, "print", text)
            case _ if pid == self.pid:
                self.end(kind, *said)

    def add(self, pid: int, what: str, came: str) -> None:
        """One thing more that the process of this number did, or one that it has forked."""
        who = self.who if pid == self.pid else f"{self.who}'s child"
        self.did.append(Did(who, self.shown(what), self.shown(came)))

    def end(self, kind: str, *said: Any) -> None:
        """Take in what came of the function."""
        match kind, said:
            case "ends", (text,):
                self.over, self.result = True, value(text)
            case "raises", (name, number, text):
                self.over, self.result = True, error(name, number, text)
            case "breaks", (short, long):
                self.failure = f"{self.who} raised {short}\n{long}"

    def shown(self, text: str) -> str:
        """The text with NAME in place of the name, which is another one in each run."""
        return text.replace(f"'{self.name}'", "NAME").replace(self.name, "NAME") if self.name else text

    def close(self, status: int | None) -> None:
        """Take in how the process ended: its status, negative for a signal's number, None if it was ended by us."""
        if status is None or self.over or self.failure:
            return
        how = f"killed by {signal.Signals(-status).name}" if status < 0 else f"exited with status {status}"
        for place in self.within.pop(self.pid, []):
            self.did[place] = self.did[place]._replace(came=how)
            break
        else:
            self.add(self.pid, "", how)
        self.over, self.result = True, ChildProcessError(how)

    @property
    def where(self) -> str:
        """Where it was, if it was not over: "reader was in os.read(3, 100)"; nothing if there is nothing to say."""
        if self.over or not self.pid:
            return ""
        calls = self.within.get(self.pid)
        return f"{self.who} was " + (f"in {self.did[calls[-1]].what}" if calls else "between two calls")


def part(place: Place, who: str) -> Part:
    """What the journal of that process says; an empty part if it wrote none. A line cut off by its end is left out."""
    made = Part(who, place.name)
    try:
        lines = (place.directory / f"{who}.journal").read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return made
    for line in lines:
        made.take(*ast.literal_eval(line.decode("utf-8")))
    return made


def value(text: str) -> Any:
    """A value from its repr(), where that is a literal; otherwise the text."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def error(name: str, number: int | None, text: str) -> OSError:
    """An OSError as it was raised in the other process."""
    if number is not None:
        return OSError(number, text)
    kind = getattr(builtins, name, OSError)
    return kind(text) if issubclass(kind, OSError) else OSError(text)
