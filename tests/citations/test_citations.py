"""Citations: every RFC, section and manual page that the course names has to exist, and no RFC may be out of date."""

import csv
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
TEXTS = sorted(
    [
        *ROOT.glob("course/**/*.py"),
        *ROOT.glob("notebooks/source/*.md"),
        *ROOT.glob("notebooks/*.md"),
        *ROOT.glob("*.md"),
    ]
)
NUMBER = r"(?:[A-Z](?![A-Za-z])|\d+)(?:\.\d+)*"
CITED = re.compile(rf"RFC (\d+)(?:,? (?:sections?|appendix) ({NUMBER}(?:(?:, | and | to |, and ){NUMBER})*))?")
PAGE = re.compile(r"(?<![\w.])([a-z][a-z_]*)\(([2-8])\)")
HISTORY = {"793"}  # named where the course tells where a number comes from


def read(name):
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


DOCUMENTS = {row["rfc"]: row for row in read("documents")}
SECTIONS = {(row["rfc"], row["section"]) for row in read("sections")}
PAGES = {(row["page"], row["section"]) for row in read("pages")}
CALLS = {
    "bytes",
    "guests",
    "journey",
    "listen",
    "lunch",
    "many",
    "range",
    "read",
    "recv",
    "settimeout",
    "sleep",
    "slice",
}


def citations(text):
    """The RFCs that a text names, each with the sections that it names of it; lines may break anywhere."""
    for found in CITED.finditer(re.sub(r"\s*\n\s*(?:#\s*)?", " ", text)):
        yield found[1], re.findall(NUMBER, found[2] or "")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_rfc_and_section_exists_and_is_current(path):
    text = path.read_text(encoding="utf-8")
    wrong = []
    for rfc, sections in citations(text):
        if rfc not in DOCUMENTS:
            wrong.append(f"RFC {rfc} is not in the index")
        elif DOCUMENTS[rfc]["obsoleted_by"] and rfc not in HISTORY:
            wrong.append(f"RFC {rfc} is obsolete: RFC {DOCUMENTS[rfc]['obsoleted_by']}")
        wrong += [f"RFC {rfc} has no section {each}" for each in sections if (rfc, each) not in SECTIONS]

    assert wrong == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_manual_page_exists(path):
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    pages = {found for found in PAGE.findall(prose) if found[0] not in CALLS or found in PAGES}

    assert sorted(pages - PAGES) == []


def test_a_wrong_citation_is_found():
    assert list(citations("RFC 9293, section 3.99, and RFC 9293,\n    sections 3.5 and 3.6; RFC 791, appendix B")) == [
        ("9293", ["3.99"]),
        ("9293", ["3.5", "3.6"]),
        ("791", ["B"]),
    ]
    assert ("9293", "3.99") not in SECTIONS
    assert ("9293", "3.10.7.4") in SECTIONS
