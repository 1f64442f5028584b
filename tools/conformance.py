"""What the tests show of RFC 9293, label by label, as a page: python -m tools.conformance writes CONFORMANCE.md.

The labels are those of RFC 9293's appendix B. A test shows a label by naming it in its docstring. What is simplified
or left out says so in tests/spec/departures.csv.
"""

import ast
import csv
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "CONFORMANCE.md"
LABEL = re.compile(r"\b(?:MUST|SHLD|MAY|REC)-\d+\b")
RFC = re.compile(r"\bRFC (\d+)")
LEVELS = {"MUST": "MUST", "SHLD": "SHOULD", "REC": "RECOMMENDED", "MAY": "MAY"}
STATUSES = ("implemented", "simplified", "left out", "not applicable", "missing")
SHOWN = 3  # tests named for one label; the others are counted


@dataclass(frozen=True, slots=True)
class Requirement:
    """A row of appendix B, the requirement in our own words."""

    label: str
    level: str
    section: str
    group: str
    requirement: str


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the course does not do all of what a label says, and why."""

    label: str
    status: str
    why: str


@dataclass(frozen=True, slots=True)
class Document:
    """Another RFC, and what the rules take from it."""

    number: str
    title: str
    what: str


@dataclass(frozen=True, slots=True)
class Proof:
    """A test function: its file (below tests/), its name, and the labels and RFCs in its docstring."""

    file: str
    name: str
    labels: frozenset[str]
    rfcs: frozenset[str]

    @property
    def sentence(self) -> str:
        """The name, to be read."""
        return self.name.removeprefix("test_").replace("_", " ").replace(" s ", "'s ")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that the page is made of."""

    requirements: tuple[Requirement, ...]
    departures: tuple[Departure, ...]
    documents: tuple[Document, ...]
    tests: tuple[Proof, ...]

    def shown_by(self, label: str) -> list[Proof]:
        """The tests that name a label."""
        return [test for test in self.tests if label in test.labels]

    def departure(self, label: str) -> Departure | None:
        """What is said about a label besides the tests, or None."""
        return next((each for each in self.departures if each.label == label), None)

    def status(self, label: str) -> str:
        """One of STATUSES."""
        departure = self.departure(label)
        if departure is not None:
            return departure.status
        return "implemented" if self.shown_by(label) else "missing"


# ---------------------------------------------------------------- reading


def gather(root: Path = ROOT) -> Evidence:
    """Read the tables in tests/spec, and the docstrings of all tests without importing them."""
    tables, tests = root / "tests" / "spec", root / "tests"
    files = sorted(tests.rglob("test_*.py"), key=lambda path: (path.parent != tables, by_section(path)))
    return Evidence(
        tuple(Requirement(**row) for row in rows(tables / "requirements.csv")),
        tuple(Departure(**row) for row in rows(tables / "departures.csv")),
        tuple(Document(**row) for row in rows(tables / "rfcs.csv")),
        tuple(test for path in files for test in tests_in(path, tests)),
    )


def by_section(path: Path) -> list[str | int]:
    """A key that sorts 3_9 before 3_10, as the RFC does."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", path.as_posix())]


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table, by the names in its first line."""
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def tests_in(path: Path, below: Path) -> Iterator[Proof]:
    """The tests in a file, in their order."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            said = ast.get_docstring(node) or ""
            file = path.relative_to(below).as_posix()
            yield Proof(file, node.name, frozenset(LABEL.findall(said)), frozenset(RFC.findall(said)))


# ---------------------------------------------------------------- checking


def problems(evidence: Evidence) -> Iterator[str]:
    """What is wrong with the evidence, in sentences; nothing if it holds."""
    known = {requirement.label for requirement in evidence.requirements}
    for test in evidence.tests:
        for label in sorted(test.labels - known):
            yield f"{test.file}, {test.name}: there is no label {label}"
    for departure in evidence.departures:
        yield from wrong_with(departure, known, evidence.shown_by(departure.label))
    for requirement in evidence.requirements:
        if evidence.status(requirement.label) == "missing":
            yield f"{requirement.label} is neither named in a test nor explained in tests/spec/departures.csv"
    described = {document.number for document in evidence.documents}
    for number in sorted(other_rfcs(evidence) - described):
        yield f"RFC {number} is named in tests/spec, but not described in tests/spec/rfcs.csv"


def wrong_with(departure: Departure, known: set[str], tests: list[Proof]) -> Iterator[str]:
    """What is wrong with one row of tests/spec/departures.csv."""
    label, status = departure.label, departure.status
    if label not in known:
        yield f"tests/spec/departures.csv: there is no label {label}"
    elif status not in STATUSES[1:4]:
        yield f'tests/spec/departures.csv: {label} is "{status}", and should be one of {", ".join(STATUSES[1:4])}'
    elif status == "simplified" and not tests:
        yield f"{label} is simplified, but no test shows what there is of it"
    elif status != "simplified" and tests:
        yield f"{label} is {status}, yet {tests[0].file}, {tests[0].name} names it"


def other_rfcs(evidence: Evidence) -> set[str]:
    """The numbers of the RFCs besides 9293 that the tests in tests/spec name."""
    return {number for test in evidence.tests if in_spec(test) for number in test.rfcs} - {"9293"}


def in_spec(test: Proof) -> bool:
    """Is it one of the tests that follow the RFCs section by section?"""
    return test.file.startswith("spec/")


# ---------------------------------------------------------------- writing


def page(evidence: Evidence) -> str:
    """CONFORMANCE.md as it should be."""
    parts = [HEAD, *summary(evidence)]
    for group, members in groupby(evidence.requirements, key=lambda requirement: requirement.group):
        parts += [f"\n## {group}\n", *table("Label | Level | Section | Requirement | Status | Shown by | Note")]
        parts += [line(evidence, requirement) for requirement in members]
    parts += [OTHERS, *table("RFC | Title | What the rules take from it | Tests")]
    parts += [described(evidence, document) for document in evidence.documents if uses(evidence, document)]
    return "\n".join(parts) + "\n"


def table(head: str) -> list[str]:
    """A table's first two lines."""
    return [f"| {head} |", "|" + "---|" * (head.count("|") + 1)]


def summary(evidence: Evidence) -> Iterator[str]:
    """How many labels of each level are implemented, simplified, left out ..."""
    found = [(row.label.split("-")[0], evidence.status(row.label)) for row in evidence.requirements]
    statuses = [status for status in STATUSES if status in {status for _, status in found}]
    yield from table(" | ".join(("Level", *statuses, "all")))
    for prefix, level in LEVELS.items():
        counts = [found.count((prefix, status)) for status in statuses]
        yield f"| {level} | {' | '.join(map(str, counts))} | {sum(counts)} |"
    totals = [sum(status == each for _, each in found) for status in statuses]
    yield f"| **all** | {' | '.join(map(str, totals))} | {sum(totals)} |"


def line(evidence: Evidence, row: Requirement) -> str:
    """One label's row."""
    departure, status = evidence.departure(row.label), evidence.status(row.label)
    note = "" if departure is None else departure.why
    status = f"**{status}**" if status == "missing" else status
    named = shown(evidence.shown_by(row.label))
    return f"| {row.label} | {row.level} | {row.section} | {row.requirement} | {status} | {named} | {note} |"


def shown(tests: list[Proof]) -> str:
    """The first few tests, by file and sentence, and how many more there are."""
    files = groupby(tests[:SHOWN], key=lambda test: test.file)
    named = [f"{link(file)}: {'; '.join(test.sentence for test in group)}" for file, group in files]
    return "<br>".join([*named, f"and {len(tests) - SHOWN} more"] if len(tests) > SHOWN else named)


def link(file: str) -> str:
    """A file below tests/, to be opened."""
    return f"[{file.removesuffix('.py')}](tests/{file})"


def uses(evidence: Evidence, document: Document) -> list[str]:
    """The files in tests/spec whose tests name this RFC."""
    return list(dict.fromkeys(test.file for test in evidence.tests if in_spec(test) and document.number in test.rfcs))


def described(evidence: Evidence, document: Document) -> str:
    """Another RFC's row."""
    files = "<br>".join(map(link, uses(evidence, document)))
    return f"| {document.number} | {document.title} | {document.what} | {files} |"


HEAD = """\
# Conformance to RFC 9293

What the TCP of this course (`course/tcp`, and the simulated hosts that own it) does of RFC 9293, label by label, in the
order of its appendix B. The requirements are in our own words; the RFC's are the ones that count.

- **implemented**: at least one test names the label in its docstring, and fails when the behaviour is broken.
- **simplified**: tests show what there is, and the note says what is different.
- **left out**, **not applicable**: the note says why.

Some labels stand in the appendix twice; here each has one row, with the level that the text gives it (the appendix has
crosses in other columns for MAY-5, MAY-10, MAY-11 and SHLD-25).

This page is made from the tests by `make conformance`; a test sees to it that the two agree.
"""

OTHERS = """
## Other RFCs

The rules follow these as well, where `tests/spec` checks them.
"""


def main() -> None:
    """Write the page; with a problem, say it and end in failure."""
    evidence = gather()
    PAGE.write_text(page(evidence), encoding="utf-8")
    found = list(problems(evidence))
    print(*found, f"{PAGE.name} is written", sep="\n")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
