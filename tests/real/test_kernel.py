"""What Linux tells of its connections; elsewhere these readers tell nothing, and that is tested as well."""

import socket
import sys

import pytest

from course.real import kernel
from course.tcp.state import State
from tests.real.worlds import soon

on_linux = pytest.mark.skipif(kernel.TCP_INFO is None, reason="the kernel tells its states on Linux only")
little_endian = pytest.mark.skipif(sys.byteorder == "big", reason="the sample comes from a little-endian machine")

HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
SAMPLE = """\
   0: 0106057F:1B58 00000000:0000 0A 00000000:00000002 00:00000000 00000000     0        0 32117 1 0000 100 0 0 10 0
   1: 0106057F:1B58 0206057F:82C1 08 00000000:00000006 00:00000000 00000000     0        0 0 1 0000 20 4 30 10 -1
   2: 0206057F:82C1 0106057F:1B58 05 00000010:00000000 00:00000000 00000000     0        0 0 1 0000 20 4 30 10 -1
   3: 0100007F:8F76 0100007F:D283 06 00000000:00000000 03:0000062D 00000000     0        0 0 3 0000
10000: 0206057F:82C2 0106057F:1B58 06 00000000:00000000 03:0000062D 00000000     0        0 0 3 0000
10001: 0206057F:82C3 0106057F:1B58 FF 00000000:00000000 03:0000062D 00000000     0        0 0 3 0000
"""
SERVER, CLIENT = "127.5.6.1", "127.5.6.2"


@pytest.fixture
def ends():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        caller = socket.create_connection(listener.getsockname())
        accepted, _ = listener.accept()
        with caller, accepted:
            yield listener, caller, accepted


@little_endian
def test_the_table_is_read_for_the_addresses_that_are_wanted(tmp_path):
    (tmp_path / "tcp").write_text(HEADER + SAMPLE)

    assert kernel.connections([SERVER], tmp_path / "tcp") == [
        kernel.Row((SERVER, 7000), None, State.LISTEN, 0, 2),
        kernel.Row((SERVER, 7000), (CLIENT, 33473), State.CLOSE_WAIT, 0, 6),
    ]
    assert kernel.connections([CLIENT], tmp_path / "tcp") == [
        kernel.Row((CLIENT, 33473), (SERVER, 7000), State.FIN_WAIT_2, 16, 0),
        kernel.Row((CLIENT, 33474), (SERVER, 7000), State.TIME_WAIT, 0, 0),
    ]
    assert kernel.connections([], tmp_path / "tcp") == []


@little_endian
def test_the_timers_in_the_table_are_read(monkeypatch):
    monkeypatch.setattr(kernel, "TICKS", 100)
    line = SAMPLE.splitlines()[3]
    texts = ["00:00000000", "01:00000014", "02:000AFC7E", "03:0000062D", "04:0000000F", "07:00000001"]

    assert [kernel.row(line.replace("03:0000062D", text)).timer for text in texts] == [
        None,
        ("retransmission", 0.2),
        ("keep-alive", 7199.98),
        ("time-wait", 15.81),
        ("persist", 0.15),
        ("number 7", 0.01),
    ]


def test_two_rows_that_differ_in_what_is_left_of_a_timer_are_equal():
    ends = (SERVER, 7000), (CLIENT, 7001), State.TIME_WAIT, 0, 0

    assert kernel.Row(*ends, kernel.Running("time-wait", 59.0)) == kernel.Row(*ends)


def test_a_table_that_is_not_there_or_not_a_table_tells_nothing(tmp_path):
    (tmp_path / "image").write_bytes(b"\x89PNG")

    assert kernel.connections([SERVER], tmp_path / "tcp") is None
    assert kernel.connections([SERVER], tmp_path) is None
    assert kernel.connections([SERVER], tmp_path / "image") is None


def test_an_address_is_written_as_the_kernel_writes_it():
    assert kernel.endpoint(kernel.hexadecimal("127.1.2.3") + ":1B58") == ("127.1.2.3", 7000)


@on_linux
def test_all_connections_stand_in_the_table_unaccepted_ones_as_well(ends):
    listener, caller, accepted = ends
    with socket.create_connection(listener.getsockname()) as waiting:
        waiting.send(b"hello")
        unaccepted = listener.getsockname(), waiting.getsockname(), State.ESTABLISHED, 0, 5
        assert soon(lambda: kernel.Row(*unaccepted) in kernel.connections(["127.0.0.1"]))
        rows = kernel.connections(["127.0.0.1"])

    assert kernel.Row(listener.getsockname(), None, State.LISTEN, 0, 1) in rows
    assert kernel.Row(caller.getsockname(), accepted.getsockname(), State.ESTABLISHED, 0, 0) in rows


@on_linux
def test_a_socket_tells_its_state(ends):
    _, caller, accepted = ends
    before = [kernel.state_of(each) for each in ends]
    caller.shutdown(socket.SHUT_WR)
    assert accepted.recv(1) == b""

    assert before == [State.LISTEN, State.ESTABLISHED, State.ESTABLISHED]
    assert kernel.state_of(accepted) is State.CLOSE_WAIT
    with socket.socket() as fresh:
        assert kernel.state_of(fresh) is State.CLOSED


@on_linux
def test_linux_counts_eleven_states_and_one_twice():
    assert {kernel.state_numbered(number) for number in range(1, 13)} == set(State)
    assert [kernel.state_numbered(number) for number in (0, 13)] == [None, None]


def test_a_closed_socket_and_another_kind_of_socket_tell_nothing(ends):
    listener, _, _ = ends
    listener.close()

    assert kernel.state_of(listener) is None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        assert kernel.state_of(datagrams) is None


def test_another_system_tells_nothing(ends, monkeypatch):
    monkeypatch.setattr(kernel, "TCP_INFO", None)

    assert [kernel.state_of(each) for each in ends] == [None, None, None]
