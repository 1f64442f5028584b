"""Samples: how a thread asks again and again, what one sample says, and that nothing stays behind."""

import threading

import pytest

from course.real import sampling
from course.real.info import KernelStatus
from course.real.kernel import Row, Running
from course.real.sampling import Listing, Sampler, Watched, rest_of, sample_of, samples_of
from course.tcp.state import State
from tests.real.worlds import soon

SERVER, CLIENT = ("127.5.6.1", 7000), ("127.5.6.2", 33473)
WATCHED = Watched("client", CLIENT, SERVER, None)
ROW = Row(CLIENT, SERVER, State.TIME_WAIT, 0, 0, Running("time-wait", 59.0))


@pytest.fixture
def says(monkeypatch):
    """Let every socket say that it is in this state; None: nothing."""
    return lambda state: monkeypatch.setattr(
        sampling, "status", lambda socket: None if state is None else KernelStatus(state)
    )


def asking():
    return [thread for thread in threading.enumerate() if thread.name == "watch"]


def test_a_sampler_looks_until_it_is_stopped():
    looks = []
    sampler = Sampler(lambda: looks.append(1), 0.001)
    sampler.start()
    assert soon(lambda: len(looks) > 3)
    sampler.stop()
    count = len(looks)

    assert asking() == []
    assert len(looks) == count


@pytest.mark.parametrize("limit", [{"most": 3}, {"seconds": 0.02, "most": 1_000_000}])
def test_a_sampler_that_nobody_stops_ends_by_itself(limit):
    looks = []
    sampler = Sampler(lambda: looks.append(1), 0.001, **limit)
    sampler.start()

    assert soon(lambda: asking() == [])
    assert len(looks) <= limit["most"]
    sampler.stop()


def test_a_table_rests_after_it_was_read(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(sampling.time, "monotonic", lambda: clock[0])

    def read():
        clock[0] += 0.010
        return [ROW]

    table = Listing(read)
    assert table.rows() is None  # not at once
    clock[0] = sampling.FIRST
    assert table.rows() == {(CLIENT, SERVER): ROW}
    assert table.rows() is None
    assert table.rows(now=True) == {(CLIENT, SERVER): ROW}
    clock[0] += 0.011 * sampling.REST
    assert table.rows() is not None


def test_where_there_is_no_table_a_closed_socket_is_closed(says):
    says(State.CLOSED)
    table = Listing(lambda: None)

    assert samples_of([WATCHED], 1.0, table)[0] == []  # perhaps the table will tell
    [sample] = samples_of([WATCHED], 2.0, table, now=True)[0]
    assert sample.status.state is State.CLOSED
    assert not table.is_there


def test_a_socket_in_time_wait_is_closed_and_the_table_knows_more(says):
    says(State.CLOSED)

    assert sample_of(WATCHED, 1.0, None, waits=True) is None
    assert sample_of(WATCHED, 1.0, {}, waits=True).status.state is State.CLOSED
    status = sample_of(WATCHED, 1.0, {(CLIENT, SERVER): ROW}, waits=True).status
    assert (status.state, status.timers) == (State.TIME_WAIT, {"time-wait": 60.0})


def test_the_timers_are_those_of_the_table(says):
    says(State.ESTABLISHED)
    row = Row(CLIENT, SERVER, State.ESTABLISHED, 0, 0, Running("persist", 0.5))

    assert sample_of(WATCHED, 1.0, None, waits=True).status.timers is None
    assert sample_of(WATCHED, 1.0, {}, waits=True).status.timers == {}
    assert sample_of(WATCHED, 1.0, {(CLIENT, SERVER): row}, waits=True).status.timers == {"persist": 1.5}


def test_a_closed_socket_has_no_sample(says):
    says(None)

    assert sample_of(WATCHED, 1.0, {(CLIENT, SERVER): ROW}, waits=True) is None


def test_what_has_no_socket_is_told_by_the_table(says):
    says(State.ESTABLISHED)
    stranger = Row(("127.9.9.9", 1), SERVER, State.ESTABLISHED, 0, 0)
    unaccepted = Row(SERVER, CLIENT, State.ESTABLISHED, 0, 5)
    samples, rows = samples_of([WATCHED], 1.0, Listing(lambda: [ROW, stranger, unaccepted]), now=True)

    assert [sample.host for sample in samples] == ["client"]
    [rest] = rest_of(rows, 1.0, {SERVER: "server"}.get)
    assert (rest.host, rest.local, rest.remote, rest.status.receive_queue) == ("server", SERVER, CLIENT, 5)


def test_ports_are_found_in_the_table(tmp_path):
    line = "   {}: 0100007F:{} 0100007F:{} {} 00000000:00000003 00:00000000 00000000 0 0 1 1\n"
    lines = line.format(0, "1B58", "0000", "0A") + line.format(1, "1B59", "1B58", "01")
    (tmp_path / "tcp").write_text("  sl  local_address ...\n" + lines)

    tables = [tmp_path / "tcp", tmp_path / "tcp6"]  # a machine without IPv6 has no tcp6
    assert [row.local[1] for row in sampling.at_ports([7000], tables)] == [7000]
    assert [row.local[1] for row in sampling.at_ports([7000, 7001], tables)] == [7000, 7001]
    assert sampling.at_ports([], tables) == []
    assert sampling.at_ports([7000], [tmp_path / "nowhere"]) is None
    tables[1].write_text(lines.replace("0100007F", "0000000000000000FFFF00000100007F"))
    assert [row.local for row in sampling.at_ports([7000], tables)] == [("127.0.0.1", 7000)] * 2
