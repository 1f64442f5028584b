"""A socket as a file: what its descriptor can do, and where octets wait."""

import pytest

from course.real import files
from course.real.kernel import TCP_INFO
from tests.real.test_leaks import left_over


def cell(table, row, column):
    return next(each for each in table.rows if each[0] == row)[table.columns.index(column)]


def test_read_and_write_work_on_a_connected_socket_as_on_a_pipe():
    table = files.everything()

    for thing in ("a pipe", "a connected socket"):
        assert cell(table, "os.write", thing) == "5"
        assert cell(table, "os.read", thing) == "b'hello'"


def test_a_file_alone_has_a_place_to_seek_to_and_a_path_to_open():
    table = files.everything()
    seeks = dict(zip(table.columns, next(row for row in table.rows if row[0] == "os.lseek"), strict=True))

    assert seeks.pop("a file") == "5"
    assert {said for column, said in seeks.items() if column != "call"} == {"ESPIPE"}
    assert cell(table, "open() by its path", "a file") == "OK"
    assert cell(table, "open() by its path", "a socket with a path") not in ("OK", "it has none")
    assert cell(table, "os.read", "a fresh socket").startswith("E")


def test_a_file_made_of_a_socket_keeps_octets_until_it_is_flushed():
    assert [row[2] for row in files.buffered().rows] == ["0", "0", "10"]


@pytest.mark.skipif(TCP_INFO is None, reason="this system does not tell")
def test_what_is_sent_waits_at_both_ends_until_it_is_read():
    before, between, after = [[int(count) for count in row[1:]] for row in files.queues().rows]

    assert sum(before) == sum(after) == 0
    assert between[3] > 0
    assert between[1] == between[2] == 0 or between[0] > 0


def test_nothing_is_left():
    trials = (files.everything, files.buffered, files.queues)
    for trial in trials:
        trial()
    before = left_over()
    for trial in trials:
        trial()

    assert left_over() == before
