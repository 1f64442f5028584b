"""Faults that are described wrongly, and faults as values."""

import math

import pytest

from course import ScenarioError, faults

HOST_FIRST = ["names its sender first", 'drop("client", 3)']
COUNTED = ["counted 1, 2, 3"]
SECONDS = ["seconds", "0.050 is 50 ms"]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ('drop("client", 0)', [*COUNTED, "0 is none"]),
        ('drop("client", -1)', [*COUNTED, "-1 is none"]),
        ('drop("client", 1.5)', [*COUNTED, "1.5 is none"]),
        ('drop("client", True)', [*COUNTED, "True is none"]),
        ('drop(3, "client")', [*HOST_FIRST, "3 is no name"]),
        ("drop(None, 1)", [*HOST_FIRST, "None is no name"]),
        ('delay("client", 0, by=1)', COUNTED),
        ('delay("client", 1, by=-1)', ["by=-1", *SECONDS]),
        ('delay("client", 1, by="x")', ["by='x'", *SECONDS]),
        ('delay("client", 1, by=nan)', ["by=nan", *SECONDS]),
        ('hold("client", 0, until=1)', COUNTED),
        ('hold("client", 1, until=inf)', ["until=inf", *SECONDS]),
        ('duplicate("client", 0)', COUNTED),
        ('duplicate("client", 1, after=-0.1)', ["after=-0.1", *SECONDS]),
        ('reorder("client", 0)', COUNTED),
        ("reorder(None, 1)", HOST_FIRST),
        ('corrupt("client", 0)', COUNTED),
        ('drop_flags("client", "SIN")', ["flags='SIN'", "SYN, FIN, RST", '"SYN ACK"']),
        ('drop_flags("client", "SYN,ACK")', ["flags='SYN,ACK'", '"SYN ACK"']),
        ('drop_flags("client", "syn")', ["flags='syn'", "SYN"]),
        ('drop_flags("client", "")', ["flags=''", "SYN"]),
        ('drop_flags("client", ("SYN", "ACK"))', ["flags=", '"SYN ACK"']),
        ('drop_flags("client", 5)', ["flags=5", '"SYN ACK"']),
        ('drop_flags(5, "SYN")', [*HOST_FIRST, "5 is no name"]),
        ("cut(-1, 2)", ["at=-1", *SECONDS]),
        ("cut(2, 1)", ["at=2", "until=1", "later"]),
        ("cut(2, 2)", ["at=2", "until=2", "later"]),
        ("cut(2, nan)", ["until=nan"]),
        ('cut(1, "b")', ["until='b'"]),
        ("randomly(1.5)", ["loss=1.5", "0.1 for 10 %"]),
        ("randomly(-0.1)", ["loss=-0.1", "0.1 for 10 %"]),
        ("randomly(nan)", ["loss=nan", "0.1 for 10 %"]),
        ('randomly("x")', ["loss='x'", "0.1 for 10 %"]),
        ("randomly(None)", ["loss=None", "0.1 for 10 %"]),
        ("drop_if(5)", ["drop_if takes a function", "lambda sent"]),
    ],
)
def test_a_fault_that_is_described_wrongly_says_what_to_write_instead(written, says):
    with pytest.raises(ScenarioError) as refused:
        eval(written, vars(faults) | vars(math))  # noqa: S307 - our own text

    assert [words for words in says if words not in str(refused.value)] == []


@pytest.mark.parametrize(
    "fault",
    [
        faults.drop("client", 3),
        faults.delay("client", 3, by=0.1),
        faults.hold("client", 3, until=0.1),
        faults.duplicate("client", 3),
        faults.reorder("client", 3),
        faults.corrupt("client", 3),
        faults.drop_flags("client", "SYN"),
        faults.cut(1, 2),
        faults.randomly(0.1),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_a_fault_is_a_value_that_reads_as_it_was_written(fault):
    """Faults are frozen values; so they can be compared, and written down again."""
    again = eval(repr(fault), {"faults": faults})  # noqa: S307 - our own text

    assert fault == again
    assert hash(fault) == hash(again)
    assert not hasattr(fault, "__dict__")
