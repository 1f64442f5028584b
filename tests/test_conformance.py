"""The page of what the tests show of RFC 9293: it holds, it is up to date, and each of its checks is seen to fail."""

import re
from itertools import groupby

import pytest

from tools import conformance
from tools.conformance import Departure, Document, Evidence, Proof, Requirement

EVIDENCE = conformance.gather()
LABELS = [requirement.label for requirement in EVIDENCE.requirements]
LEVELS = {
    "MUST": {"MUST", "MUST NOT"},
    "SHLD": {"SHOULD", "SHOULD NOT"},
    "MAY": {"MAY"},
    "REC": {"RECOMMENDED"},
}


def label_number(label):
    kind, number = label.split("-")
    return kind, int(number)


# ---------------------------------------------------------------- the repository


def test_every_label_of_the_appendix_is_there_once():
    """RFC 9293, appendix B."""
    expected = [("MAY", n) for n in range(1, 19)] + [("MUST", n) for n in range(1, 70)]
    expected += [("REC", 1)] + [("SHLD", n) for n in range(1, 32)]

    assert sorted(map(label_number, LABELS)) == expected


@pytest.mark.parametrize("row", EVIDENCE.requirements, ids=LABELS)
def test_a_requirement_has_its_label_s_level_a_section_and_a_sentence(row):
    assert row.level in LEVELS[label_number(row.label)[0]]
    assert re.fullmatch(r"3(\.\d+)+( and 3(\.\d+)+)?", row.section)
    assert re.fullmatch(r"[A-Z\d].*[.)]", row.requirement)


def test_the_labels_of_a_group_stand_together():
    groups = [group for group, _ in groupby(row.group for row in EVIDENCE.requirements)]

    assert len(groups) == len(set(groups))


def test_every_label_is_shown_by_a_test_or_explained():
    assert list(conformance.problems(EVIDENCE)) == []


def test_the_page_says_what_the_tests_say():
    """Whoever adds, names or moves a test that names a label calls `make conformance`."""
    assert conformance.PAGE.read_text(encoding="utf-8") == conformance.page(EVIDENCE)


def test_every_row_of_the_page_has_as_many_cells_as_its_table():
    page = conformance.page(EVIDENCE)
    for is_table, lines in groupby(page.splitlines(), key=lambda line: line.startswith("|")):
        assert not is_table or len({line.count("|") for line in lines}) == 1


def test_every_file_that_the_page_names_is_there():
    for file in re.findall(r"\]\(([^)]+)\)", conformance.page(EVIDENCE)):
        assert (conformance.ROOT / file).is_file()


# ---------------------------------------------------------------- the tool

MUST_1, MAY_1 = (Requirement(label, label[:-2], "3.1", "Group", "It is so.") for label in ("MUST-1", "MAY-1"))
RENO = Document("5681", "Congestion Control", "slow start")


def names(*labels, file="spec/test_rfc9293.py", name="test_it_is_so", rfcs=("9293",)):
    return Proof(file, name, frozenset(labels), frozenset(rfcs))


def evidence(*tests, requirements=(MUST_1,), departures=()):
    return Evidence(requirements, departures, (RENO,), tests)


FAULTS = {
    "neither named in a test nor explained": evidence(),
    "there is no label MUST-2": evidence(names("MUST-1", "MUST-2")),
    "departures.csv: there is no label MUST-2": evidence(
        names("MUST-1"), departures=[Departure("MUST-2", "left out", "because")]
    ),
    'MUST-1 is "forgotten", and should be one of simplified, left out, not applicable': evidence(
        departures=[Departure("MUST-1", "forgotten", "because")]
    ),
    "simplified, but no test shows": evidence(departures=[Departure("MUST-1", "simplified", "because")]),
    "MUST-1 is left out, yet spec/test_rfc9293.py, test_it_is_so names it": evidence(
        names("MUST-1"), departures=[Departure("MUST-1", "left out", "because")]
    ),
    "MUST-1 is not applicable, yet": evidence(
        names("MUST-1"), departures=[Departure("MUST-1", "not applicable", "because")]
    ),
    "RFC 1 is named in tests/spec, but not described": evidence(names("MUST-1", rfcs=("9293", "1"))),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_nothing_else(fault):
    found = list(conformance.problems(FAULTS[fault]))

    assert len(found) == 1
    assert fault in found[0]


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (evidence(names("MUST-1")), "implemented"),
        (evidence(names("MUST-1"), departures=[Departure("MUST-1", "simplified", "because")]), "simplified"),
        (evidence(departures=[Departure("MUST-1", "left out", "because")]), "left out"),
        (evidence(departures=[Departure("MUST-1", "not applicable", "because")]), "not applicable"),
    ],
)
def test_good_evidence_has_no_fault_and_a_status(found, status):
    assert list(conformance.problems(found)) == []
    assert found.status("MUST-1") == status


def test_an_rfc_that_only_other_tests_name_needs_no_description():
    assert list(conformance.problems(evidence(names("MUST-1"), names(file="apps/test_http.py", rfcs=["9110"])))) == []


def test_a_row_tells_a_label_s_status_tests_and_note():
    row = conformance.line(
        evidence(names("MUST-1"), departures=[Departure("MUST-1", "simplified", "Because.")]), MUST_1
    )

    assert row == (
        "| MUST-1 | MUST | 3.1 | It is so. | simplified "
        "| [spec/test_rfc9293](tests/spec/test_rfc9293.py): it is so | Because. |"
    )


@pytest.mark.parametrize(("count", "named", "tail"), [(3, 3, "so 2"), (4, 3, "and 1 more"), (7, 3, "and 4 more")])
def test_of_many_tests_the_first_three_are_named_and_the_others_counted(count, named, tail):
    shown = conformance.shown([names("MUST-1", name=f"test_it_is_so_{n}") for n in range(count)])

    assert shown.count("it is so") == named
    assert shown.endswith(tail)


def test_tests_of_one_file_stand_together_and_are_read_as_sentences():
    tests = [names(name="test_a_peer_s_fin"), names(name="test_it_is_so"), names(file="spec/test_other.py")]

    assert conformance.shown(tests) == (
        "[spec/test_rfc9293](tests/spec/test_rfc9293.py): a peer's fin; it is so"
        "<br>[spec/test_other](tests/spec/test_other.py): it is so"
    )


def test_the_summary_counts_each_level_and_all_of_them():
    lines = list(conformance.summary(evidence(names("MUST-1"), requirements=(MUST_1, MAY_1))))

    assert lines == [
        "| Level | implemented | missing | all |",
        "|---|---|---|---|",
        "| MUST | 1 | 0 | 1 |",
        "| SHOULD | 0 | 0 | 0 |",
        "| RECOMMENDED | 0 | 0 | 0 |",
        "| MAY | 0 | 1 | 1 |",
        "| **all** | 1 | 1 | 2 |",
    ]


def test_another_rfc_has_the_files_that_check_it_and_none_without():
    page = conformance.page(evidence(names("MUST-1"), names(file="spec/test_rfc5681.py", rfcs=["5681"])))

    assert page.endswith(
        "| 5681 | Congestion Control | slow start | [spec/test_rfc5681](tests/spec/test_rfc5681.py) |\n"
    )
    assert "5681" not in conformance.page(evidence(names("MUST-1")))


SOURCE = '''\
raise SystemExit("a test file is read, never imported")

def test_one():
    """RFC 9293 3.1, MUST-1, MAY-18; RFC 5681 2. MUST-2x and FIN-WAIT-1 are no labels."""

def helper():
    """MUST-3."""

def test_without_a_docstring():
    pass
'''


def test_files_are_in_the_order_of_the_sections_and_those_that_follow_the_rfcs_come_first():
    files = list(dict.fromkeys(test.file for test in EVIDENCE.tests))
    spec = [file for file in files if file.startswith("spec/")]

    assert files[: len(spec)] == spec
    assert spec.index("spec/test_rfc9293_3_2_options.py") < spec.index("spec/test_rfc9293_3_10_calls.py")


def test_docstrings_are_read_without_importing_anything(tmp_path):
    path = tmp_path / "spec" / "test_made_up.py"
    path.parent.mkdir()
    path.write_text(SOURCE, encoding="utf-8")

    assert list(conformance.tests_in(path, tmp_path)) == [
        names("MUST-1", "MAY-18", file="spec/test_made_up.py", name="test_one", rfcs=["9293", "5681"]),
        names(file="spec/test_made_up.py", name="test_without_a_docstring", rfcs=[]),
    ]


def test_with_a_fault_the_page_is_written_all_the_same_and_the_tool_fails(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(conformance, "PAGE", tmp_path / "CONFORMANCE.md")
    monkeypatch.setattr(conformance, "gather", evidence)
    with pytest.raises(SystemExit) as ended:
        conformance.main()

    assert ended.value.code == 1
    assert "MUST-1 is neither named" in capsys.readouterr().out
    assert "**missing**" in (tmp_path / "CONFORMANCE.md").read_text(encoding="utf-8")
