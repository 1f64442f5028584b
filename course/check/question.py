"""Questions that a run answers: the key is computed from what happened, never written down.

All kinds have a name, a `key` that finds the answer in the evidence (mostly a Run), and a sentence that explains it.
`read` makes of what a student wrote the answer as it is kept, a text, or None if it is no answer to this question.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from course.tcp.state import State

FLAGS = ("SYN", "FIN", "RST", "PSH", "URG", "ACK")  # in the order of Segment.flags
SYMBOLS = ("s", "ms")  # of units, which have no plural
Key = Callable[[Any], Any]
"""Finds the answer in the evidence: a Run, a table, a number that was read from the kernel."""


class Question(Protocol):
    """What predict(), reveal() and check() ask of every kind of question."""

    @property
    def name(self) -> str:
        """What it is called in predict() and check()."""

    @property
    def because(self) -> str:
        """The right answer, explained in one or two sentences."""

    @property
    def hints(self) -> tuple[str, ...]:
        """Hints for check(), each stronger than the one before."""

    @property
    def evidence(self) -> Callable[[], Any] | None:
        """Makes what check() finds the answer in; None where the student's own run is the evidence, or none is."""

    @property
    def wanted(self) -> str:
        """What to write, as in "one of a, b, c"."""

    def read(self, answer: object) -> str | None:
        """The answer as it is kept; None if it is none."""

    def right(self, evidence: Any) -> str:
        """The right answer, by the evidence, in the same form."""

    def agrees(self, answer: str, right: str) -> bool:
        """Is this the right answer, or near enough?"""

    def say(self, answer: str) -> str:
        """An answer in words."""

    def meet(self, answer: str) -> str:
        """What to tell somebody who gave this answer although it is wrong; "" if there is nothing special."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose: what it says, and what to tell somebody who chose it although the run says otherwise."""

    text: str
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Choose:
    """A question with its choices by letter; `key` gives the right letter."""

    name: str
    choices: Mapping[str, Choice]
    key: Key
    because: str
    hints: tuple[str, ...] = ()
    evidence: Callable[[], Any] | None = None

    @property
    def wanted(self) -> str:
        """The letters."""
        return f"one of {', '.join(self.choices)} between the quotation marks"

    def read(self, answer: object) -> str | None:
        """A letter, in capitals or not, with parentheses or not."""
        letter = str(answer).strip().strip("()").lower()
        return letter if letter in self.choices else None

    def right(self, evidence: Any) -> str:
        """The letter that the key finds."""
        return str(self.key(evidence))

    def agrees(self, answer: str, right: str) -> bool:
        """Is it that one?"""
        return answer == right

    def say(self, answer: str) -> str:
        """The letter and its text."""
        return f"({answer}): {self.choices[answer].text}"

    def meet(self, answer: str) -> str:
        """What belongs to the choice."""
        return self.choices[answer].feedback


@dataclass(frozen=True, slots=True)
class Count:
    """A question for a number: how many, which number, after how many seconds. `unit` is said after it."""

    name: str
    key: Key
    because: str
    unit: str = ""
    wrong: Mapping[float, str] = field(default_factory=dict)
    """What to tell somebody who wrote this number although it is another."""
    hints: tuple[str, ...] = ()
    evidence: Callable[[], Any] | None = None
    tolerance: float = 0.0
    """How far off an answer may be, as a part of the right number: 0.1 lets ten per cent pass."""

    @property
    def wanted(self) -> str:
        """A number."""
        return "a number"

    def read(self, answer: object) -> str | None:
        """A number, also as text; 0x... is one, and spaces or underscores may stand between its digits."""
        text = re.sub(r"(?<=\w)[ _,](?=\d{3}\b)", "", str(answer).strip().lower())
        try:
            return f"{int(text, 0) if text.startswith('0x') else float(text):.12g}"
        except ValueError:
            return None

    def right(self, evidence: Any) -> str:
        """The number that the key finds."""
        return f"{float(self.key(evidence)):.12g}"

    def say(self, answer: str) -> str:
        """The number and its unit, as in "5 octets", "1 octet", "1 s"."""
        is_one_word = answer == "1" and self.unit not in SYMBOLS
        return f"{answer} {self.unit.removesuffix('s') if is_one_word else self.unit}".rstrip() + "."

    def meet(self, answer: str) -> str:
        """What belongs to that number, if anything does."""
        return self.wrong.get(float(answer), "")

    def agrees(self, answer: str, right: str) -> bool:
        """Is the answer near enough?"""
        return abs(float(answer) - float(right)) <= abs(float(right)) * self.tolerance


@dataclass(frozen=True, slots=True)
class Name:
    """A question for a state of TCP, in any of the spellings in use: "FIN-WAIT-1", "fin_wait_1", "SYN_RECV"."""

    name: str
    key: Key
    because: str
    wrong: Mapping[State, str] = field(default_factory=dict)
    hints: tuple[str, ...] = ()
    evidence: Callable[[], Any] | None = None

    @property
    def wanted(self) -> str:
        """A state."""
        return 'the name of a state, as in "SYN-SENT"'

    def read(self, answer: object) -> str | None:
        """The state's name as RFC 9293 writes it."""
        plain = re.sub("[^A-Z0-9]", "", str(answer).upper())
        return SPELLINGS.get(plain)

    def right(self, evidence: Any) -> str:
        """The name of the state that the key finds."""
        return str(self.key(evidence))

    def agrees(self, answer: str, right: str) -> bool:
        """Is it that one?"""
        return answer == right

    def say(self, answer: str) -> str:
        """The name."""
        return f"{answer}."

    def meet(self, answer: str) -> str:
        """What belongs to that state, if anything does."""
        return self.wrong.get(State(answer), "")


SPELLINGS = {re.sub("[^A-Z0-9]", "", state.value): state.value for state in State} | {
    "SYNRECV": "SYN-RECEIVED", "SYNRCVD": "SYN-RECEIVED", "SYNSEND": "SYN-SENT", "ESTAB": "ESTABLISHED",
    "CLOSE": "CLOSED", "FINWAIT1": "FIN-WAIT-1", "FINWAIT2": "FIN-WAIT-2",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Next:
    """A question for the next segment's flags, as in "SYN ACK"; the key gives a Segment or a Sent, or None for none.

    PSH is not asked for, and makes no difference.
    """

    name: str
    key: Key
    because: str
    wrong: Mapping[str, str] = field(default_factory=dict)
    hints: tuple[str, ...] = ()
    evidence: Callable[[], Any] | None = None

    @property
    def wanted(self) -> str:
        """Flags."""
        return 'the flags of the segment, as in "SYN ACK", or "none" if none is sent'

    def read(self, answer: object) -> str | None:
        """The flags in the order of their names here; "none" for no segment."""
        text = str(answer).strip().upper()
        words = set(re.findall(r"[A-Z]+", text))
        if words == {"NONE"}:
            return "none"
        return flags(words) if words and words <= set(FLAGS) else None

    def right(self, evidence: Any) -> str:
        """The flags of the segment that the key finds."""
        found: Any = self.key(evidence)
        if found is None:
            return "none"
        return flags(set(getattr(found, "segment", found).flags))

    def agrees(self, answer: str, right: str) -> bool:
        """Is it that one?"""
        return answer == right

    def say(self, answer: str) -> str:
        """The flags."""
        return "silence." if answer == "none" else f"{answer}."

    def meet(self, answer: str) -> str:
        """What belongs to these flags, if anything does."""
        return self.wrong.get(answer, "")


def flags(words: set[str]) -> str:
    """Flags in a fixed order, without PSH."""
    return " ".join(flag for flag in FLAGS if flag in words and flag != "PSH")


@dataclass(frozen=True, slots=True)
class Puzzle:
    """Something to bring about: check() is given a run, and `missing` says what it lacks, or "" when it is solved."""

    name: str
    missing: Callable[[Any], str]
    because: str
    hints: tuple[str, ...] = ()
    evidence: Callable[[], Any] | None = None

    @property
    def wanted(self) -> str:
        """A run."""
        return "a run, as in check(..., scenario.run())"

    def read(self, answer: object) -> str | None:
        """Solved, or what is missing; None for what is no run."""
        return (self.missing(answer) or SOLVED) if hasattr(answer, "trace") else None

    def right(self, evidence: Any) -> str:
        """Solved."""
        return SOLVED

    def agrees(self, answer: str, right: str) -> bool:
        """Is it that one?"""
        return answer == right

    def say(self, answer: str) -> str:
        """Solved, or what is missing."""
        return answer if answer == SOLVED else f"yet: {answer}"

    def meet(self, answer: str) -> str:
        """Nothing more."""
        return ""


SOLVED = "solved."
