"""A socket of the kernel's behind the socket layer, and how a connect() that does not wait is asked about."""

import contextlib
import errno
import os
import socket
import sys
import time

import pytest

from course.real.backend import asked_by_calling_again, asked_by_option, how_connect_goes
from tests.real.worlds import LOOPBACK, PORT, accepting, calling, run, wait_until

WAYS = [asked_by_option, *([asked_by_calling_again] if sys.platform == "linux" else [])]


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture
def nobody():
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield reserved


@pytest.mark.parametrize("how", WAYS)
def test_a_connect_that_has_succeeded(how, listener):
    assert how_it_ends(how, listener.getsockname()) == 0


@pytest.mark.parametrize("how", WAYS)
def test_a_connect_that_was_refused(how, nobody):
    assert how_it_ends(how, nobody.getsockname()) == errno.ECONNREFUSED


def how_it_ends(how, address):
    with socket.socket() as caller:
        caller.settimeout(0)
        with contextlib.suppress(BlockingIOError):
            caller.connect(address)
        while (error := how(caller)) in (errno.EINPROGRESS, errno.EALREADY):
            time.sleep(0.001)
        return error


def test_this_system_is_asked_in_its_own_way():
    assert how_connect_goes is WAYS[-1]


@pytest.mark.parametrize("world", LOOPBACK)
def test_a_refused_socket_can_try_again(world):
    def client(host):
        caller = host.socket()
        done.extend(caller.connect_ex(("server", PORT)) for _ in range(2))
        done.append("tried")
        wait_until(host, lambda: "listening" in done)
        return caller.connect_ex(("server", PORT))

    def server(host):
        wait_until(host, lambda: "tried" in done)
        listener = host.create_server(("", PORT))
        done.append("listening")
        listener.accept()

    done = []
    assert run(world, server=server, client=client).results["client"] == 0
    assert done == [errno.ECONNREFUSED, errno.ECONNREFUSED, "tried", "listening"]


@pytest.mark.parametrize("world", LOOPBACK)
def test_a_socket_has_the_descriptor_and_the_options_of_the_kernel(world):
    def client(host, connection):
        connection.setsockopt(host.IPPROTO_TCP, host.TCP_NODELAY, 1)
        connection.setsockopt(host.SOL_SOCKET, host.SO_KEEPALIVE, 1)
        nodelay = connection.getsockopt(host.IPPROTO_TCP, host.TCP_NODELAY) != 0
        linger = connection.getsockopt(host.SOL_SOCKET, host.SO_LINGER, 8)
        return os.fstat(connection.fileno()).st_ino > 0, nodelay, len(linger)

    def server(host, connection):
        connection.close()
        return connection.fileno()

    assert run(world, server=accepting(server), client=calling(client)).results == {
        "server": -1,
        "client": (True, True, 8),
    }


@pytest.mark.parametrize("world", LOOPBACK)
def test_a_connection_that_was_reset_before_accept_is_still_accepted(world):
    def client(host):
        caller = host.create_connection(("server", PORT))
        caller.setsockopt(host.SOL_SOCKET, host.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        caller.close()

    def server(host):
        listener = host.create_server(("", PORT))
        host.sleep(0.1)
        connection, peer = listener.accept()
        return peer[0] == host.gethostbyname("client"), type(failure(connection))

    assert run(world, server=server, client=client).results["server"] == (True, ConnectionResetError)


def failure(connection):
    try:
        connection.recv(1)
    except OSError as error:
        return error


def test_nobody_outside_of_the_machine_can_call_a_listener():
    listening = []

    def server(host):
        for listener in (host.create_server(("0.0.0.0", PORT)), host.socket()):
            listener.listen()
            with socket.socket(fileno=os.dup(listener.fileno())) as kernel:
                listening.append(kernel.getsockname()[0] == host.address)

    run("loopback", server=server)
    assert listening == [True, True]


def test_an_address_outside_of_the_machine_is_refused():
    def client(host):
        host.create_connection(("192.0.2.1", PORT))

    error = run("loopback", client=client).results["client"]
    assert error.errno == errno.ENETUNREACH
    assert "the loopback world ends at 127.0.0.0/8" in str(error)
