"""Who is who: hosts are found by address, and by address and port where one address is two hosts."""

import pytest

from course.trace.hosts import Directory, written

DIRECTORY = Directory({"server": "127.0.0.1:9502", "client": "127.0.0.1", "other": "fd00::1", "third": "[fd00::1]:80"})


@pytest.mark.parametrize(
    ("end", "name"),
    [
        (("127.0.0.1", 9502), "server"),
        (("127.0.0.1", 40_000), "client"),
        (("fd00::1", 80), "third"),
        (("fd00::1", 81), "other"),
        (("10.0.0.1", 9502), None),
    ],
)
def test_a_host_is_found_by_its_end(end, name):
    assert DIRECTORY.at(end) == name


def test_an_end_is_written_with_brackets_round_colons():
    """RFC 3986 3.2.2."""
    assert written(("10.0.0.1", 7000)) == "10.0.0.1:7000"
    assert written(("fd00::1", 7000)) == "[fd00::1]:7000"


def test_an_end_outside_of_a_nat_is_who_stands_behind_it():
    outside = ("203.0.113.1", 40_001)
    behind = Directory({"server": "10.0.0.1", "client": "10.0.0.2"}, {outside: ("10.0.0.2", 49_152)})

    assert behind.at(outside) == "client"
    assert behind.at(("203.0.113.1", 40_002)) is None
