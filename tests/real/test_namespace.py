"""A network namespace of our own: sockets come from a child process, and it ends with us."""

import errno
import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from course.real import inside
from course.real.kernel import connections
from course.real.namespace import Namespace


def a_namespace(**options):
    try:
        return Namespace(**options)
    except OSError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no network namespace of our own: {error}")
        pytest.skip(f"no network namespace of our own: {error}")


@pytest.fixture
def own():
    made = a_namespace()
    yield made
    made.close()


def tcp(own):
    return own.socket(socket.AF_INET, socket.SOCK_STREAM, 0)


def test_sockets_from_there_talk_to_each_other_and_to_nobody_else(own):
    with tcp(own) as listener, tcp(own) as caller, socket.socket() as outside:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        caller.connect(listener.getsockname())
        accepted, _ = listener.accept()
        caller.sendall(b"hello")

        assert accepted.recv(10) == b"hello"
        outside.settimeout(5)
        assert outside.connect_ex(listener.getsockname()) == errno.ECONNREFUSED
        accepted.close()


def test_its_connections_are_listed_apart(own):
    with tcp(own) as listener:
        listener.bind(("127.0.0.1", 7000))
        listener.listen()

        assert [row.local for row in connections(["127.0.0.1"], own.table)] == [("127.0.0.1", 7000)]


def test_a_socket_that_cannot_be_is_the_callers_error(own):
    with pytest.raises(OSError, match=os.strerror(errno.EAFNOSUPPORT)):
        own.socket(9999, socket.SOCK_STREAM, 0)
    tcp(own).close()


def test_the_child_ends_with_us(own):
    child = own.child
    own.close()

    assert child.returncode == 0
    assert not Path(f"/proc/{child.pid}").exists()


def test_a_child_that_hangs_is_killed():
    own = a_namespace(patience=2.0)
    os.kill(own.child.pid, signal.SIGSTOP)
    with pytest.raises(TimeoutError):
        tcp(own)
    own.close()

    assert own.child.returncode == -signal.SIGKILL


def test_a_child_that_is_gone_is_told_of(own):
    own.child.kill()
    own.child.wait()

    with pytest.raises(OSError, match=r"."):
        tcp(own)


def test_what_the_system_refuses_is_raised_here(tmp_path, monkeypatch):
    refusing = tmp_path / "refusing.py"
    refusing.write_text(
        "import socket, struct, sys\n"
        "with socket.socket(fileno=int(sys.argv[1])) as asked:\n"
        f"    asked.send(struct.pack('i', {errno.EPERM}))\n"
    )
    monkeypatch.setattr(inside, "__file__", str(refusing))

    with pytest.raises(PermissionError):
        Namespace()


def test_a_python_that_cannot_be_started_is_told_of(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    with pytest.raises(FileNotFoundError):
        Namespace()


def test_the_child_needs_the_standard_library_alone():
    """It runs with -I -S: without the course, and without what is installed."""
    source = Path(inside.__file__).read_text(encoding="utf-8")

    assert "from course" not in source
    assert "import course" not in source


def test_the_child_serves_until_the_other_end_is_closed():
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with near:
        near.send(inside.REQUEST.pack(socket.AF_INET, socket.SOCK_STREAM, 0))
        near.send(inside.REQUEST.pack(9999, socket.SOCK_STREAM, 0))
        near.shutdown(socket.SHUT_WR)
        with far:
            inside.serve(far)
        number, [descriptor], _, _ = [*socket.recv_fds(near, 4, 1)]
        with socket.socket(fileno=descriptor) as made:
            assert (made.family, made.type) == (socket.AF_INET, socket.SOCK_STREAM)
        refused, none, _, _ = socket.recv_fds(near, 4, 1)

    assert inside.ANSWER.unpack(number) == (0,)
    assert (inside.ANSWER.unpack(refused), none) == ((errno.EAFNOSUPPORT,), [])
