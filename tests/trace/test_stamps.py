"""Times that tcpdump prints, in all of its ways."""

import pytest

from course.errors import MalformedCapture
from course.trace.stamps import moments

SECOND = 10**9


@pytest.mark.parametrize(
    ("lines", "spans"),
    [
        ("12:00:00.000001 a|12:00:00.000004 b|13:00:00.5 c", [0, 3000, 3600 * SECOND + 499_999_000]),
        ("23:59:59.9 a|00:00:00.1 b|23:59:59.9 c|00:00:00.1 d", [0, SECOND // 5, 86_400 * SECOND, 86_400_200_000_000]),
        ("12:00:00.000000001 a|12:00:00.000000002 b", [0, 1]),
        ("12:00:01.0 a|12:00:00.5 b", [0, -SECOND // 2]),
        ("1700000000.000001 a|1700000000.000002 b", [0, 1000]),
        ("2024-02-28 23:59:59.0 a|2024-03-01 00:00:00.0 b", [0, 86_401 * SECOND]),
        (" 00:00:00.000000 a| 00:00:05.000000 b| 00:00:00.250000 c", [0, 5 * SECOND, 5 * SECOND + SECOND // 4]),
        (" 00:00:00.000000 a| 00:00:05.000000 b| 00:00:05.250000 c", [0, 5 * SECOND, 5 * SECOND + SECOND // 4]),
        ("IP a|IP b", [0, 0]),
        ("listening|00:00:01.0 a|        0x0000:  4500|00:00:02.0 b", [0, SECOND, SECOND, 2 * SECOND]),
    ],
    ids=["clock", "midnight", "nanoseconds", "backwards", "-tt", "-tttt", "-ttt", "-ttttt", "-t", "other lines"],
)  # fmt: skip
def test_times_lie_on_one_line(lines, spans):
    found = moments(lines.split("|"))

    assert [at - found[0] for at in found] == spans


def test_a_day_that_is_none_is_named_with_its_line():
    with pytest.raises(MalformedCapture, match=r"2024-02-30 is no day \(in line 2\)") as caught:
        moments(["", "2024-02-30 12:00:00.0 a"])
    assert caught.value.line == 2


@pytest.mark.parametrize(("spans", "last"), [(None, 2), (False, 2), (True, 3)])
def test_spans_that_never_go_back_look_like_times(spans, last):
    assert moments(["00:00:00.0 a", "00:00:01.0 b", "00:00:02.0 c"], spans=spans) == [0, SECOND, last * SECOND]


def test_times_that_go_back_may_be_no_spans():
    assert moments(["00:00:00.0 a", "00:00:02.0 b", "00:00:01.0 c"], spans=False) == [0, 2 * SECOND, SECOND]


def test_no_lines_have_no_times():
    assert moments([]) == []
