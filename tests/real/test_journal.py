"""The journal: only what differs is written down, in the order of its times, and nothing once it is sealed."""

import itertools
import threading
from types import SimpleNamespace

import pytest

from course.real import journal as journals
from course.real.journal import Journal
from course.real.kernel import PROC_NET_TCP, Row
from course.tcp.state import State

HOSTS = {"server": "127.5.6.1", "client": "127.5.6.2"}
LISTENER = "server", ("127.5.6.1", 7000), None
SERVER = "server", ("127.5.6.1", 7000), ("127.5.6.2", 40000)
SOCKET = None  # the kernel of these tests looks at none
CLIENT = "client", ("127.5.6.2", 40000), ("127.5.6.1", 7000)


@pytest.fixture
def world(monkeypatch):
    """A kernel that says what the test wants: `state` by TCP_INFO, `table` in /proc/net/tcp."""
    world = SimpleNamespace(state=None, table=[], asked=0)
    monkeypatch.setattr(journals, "state_of", lambda kernel: world.state)

    def connections(addresses, path):
        world.asked += 1
        return world.table

    monkeypatch.setattr(journals, "connections", connections)
    return world


@pytest.fixture
def journal(world):
    return a_journal()


def a_journal(table=PROC_NET_TCP):
    clock = itertools.count(1.0)
    addresses = SimpleNamespace(hosts=HOSTS, in_kernel=frozenset(HOSTS.values()), shown=lambda end: end)
    return Journal(threading.RLock(), lambda: next(clock), addresses, table)


def seen(journal):
    return [(each.host, str(each.state), each.send_queue, each.receive_queue, each.source) for each in journal.seal()]


def row(end, state, send_queue=0, receive_queue=0):
    return Row(end[1], end[2], state, send_queue, receive_queue)


def test_a_state_is_written_down_when_it_differs(journal, world):
    for world.state in (State.ESTABLISHED, State.ESTABLISHED, State.CLOSE_WAIT, State.CLOSE_WAIT):
        journal.ask(SERVER, SOCKET)

    assert seen(journal) == [
        ("server", "ESTABLISHED", None, None, "TCP_INFO"),
        ("server", "CLOSE-WAIT", None, None, "TCP_INFO"),
    ]


def test_a_system_that_tells_nothing_leaves_nothing(journal, world):
    world.table = None
    journal.ask(SERVER, SOCKET)
    journal.touch(SERVER)

    assert journal.look() is None
    assert seen(journal) == []


def test_the_queues_are_written_down_when_they_differ(journal, world):
    world.state, world.table = State.ESTABLISHED, [row(SERVER, State.ESTABLISHED, 0, 5)]
    journal.ask(SERVER, SOCKET)
    for queue in (5, 5, 0):
        world.table = [row(SERVER, State.ESTABLISHED, 0, queue)]
        journal.look()
        journal.ask(SERVER, SOCKET)

    assert [each[2:4] for each in seen(journal)] == [(None, None), (0, 5), (0, 0)]


def test_what_the_table_does_not_list_any_more_is_closed(journal, world):
    world.state = State.LAST_ACK
    journal.ask(SERVER, SOCKET)
    for _ in range(2):
        journal.look()

    assert [each[1] for each in seen(journal)] == ["LAST-ACK", "CLOSED"]


def test_a_closed_socket_may_be_in_time_wait_and_the_table_knows(journal, world):
    world.state, world.table = State.CLOSED, [row(CLIENT, State.TIME_WAIT)]
    journal.ask(CLIENT, SOCKET)

    assert journal.wants_look
    journal.look()
    journal.ask(CLIENT, SOCKET)
    assert not journal.wants_look
    assert [each[1] for each in seen(journal)] == ["TIME-WAIT"]


def test_without_a_table_a_closed_socket_is_closed(world, tmp_path):
    journal = a_journal(tmp_path / "nowhere")
    world.state = State.CLOSED
    journal.ask(CLIENT, SOCKET)

    assert [each[1] for each in seen(journal)] == ["CLOSED"]


def test_a_connection_that_nobody_has_accepted_is_found_in_the_table(journal, world):
    world.state = State.LISTEN
    journal.ask(LISTENER, SOCKET)
    world.table = [row(SERVER, State.ESTABLISHED, 0, 5), row(LISTENER, State.LISTEN, 0, 1)]
    journal.look()

    assert seen(journal)[1:] == [
        ("server", "LISTEN", 0, 1, "/proc/net/tcp"),
        ("server", "ESTABLISHED", 0, 5, "/proc/net/tcp"),
    ]


def test_the_kernel_is_busy_while_a_handshake_or_a_close_is_under_way(journal, world):
    journal.touch(CLIENT)
    busy = []
    for state in State:
        world.table = [row(CLIENT, state)]
        busy += [state] if journal.look() else []

    assert set(busy) == {
        State.SYN_SENT, State.SYN_RECEIVED, State.FIN_WAIT_1, State.CLOSING, State.LAST_ACK,
    }  # fmt: skip


def test_a_look_that_is_older_than_a_change_counts_for_nothing(journal, world, monkeypatch):
    world.state = State.ESTABLISHED
    journal.ask(CLIENT, SOCKET)

    def overtaken(addresses, path):
        journal.touch(CLIENT)
        return [row(CLIENT, State.SYN_SENT)]

    monkeypatch.setattr(journals, "connections", overtaken)
    journal.look()

    assert journal.wants_look
    assert [each[1] for each in seen(journal)] == ["ESTABLISHED"]


def test_the_table_is_left_alone_while_there_are_no_connections(journal, world):
    assert journal.look() is False
    assert world.asked == 0


def test_a_sealed_journal_takes_nothing_more(journal, world):
    world.state = State.LISTEN
    journal.ask(LISTENER, SOCKET)
    sealed = journal.seal()
    world.state = State.CLOSED
    journal.ask(LISTENER, SOCKET)
    journal.look()

    assert journal.seal() == sealed


def test_records_are_ordered_by_their_times(journal):
    for at in (3, 1, 2):
        journal.write(SimpleNamespace(at=at))

    assert [record.at for record in journal.seal()] == [1, 2, 3]
