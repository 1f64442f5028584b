"""Calls on the real kernel: pairs that fit each other, descriptors that are shared, signals; and nothing is left."""

import signal
import socket
import threading

import psutil
import pytest

from course.real import calls, signals
from course.real.descriptors import after, watching

HELLO = "b'hello'"


def columns(table):
    return list(zip(*table.rows, strict=True))


def test_each_of_the_five_pairs_carries_the_same_octets():
    with calls.connected() as (ours, peer):
        writes, wrote, reads, got = columns(calls.five_pairs(ours, peer))
        timeouts = ours.gettimeout(), peer.gettimeout()

    assert writes == ("write()", "send()", "sendto()", "sendmsg()", "writev()")
    assert reads == ("read()", "recv()", "recvfrom()", "recvmsg()", "readv()")
    assert (wrote[0], wrote[1], wrote[3], wrote[4]) == ("5", "5", "5", "5")
    assert (got[0], got[1], got[3], got[4]) == (HELLO, HELLO, "(b'hello', [], 0, None)", "[b'hel', b'lo']")
    assert timeouts == (calls.DEADLINE, calls.DEADLINE)


def test_a_socketpair_has_them_as_well():
    ours, peer = socket.socketpair()
    with ours, peer:
        got = columns(calls.five_pairs(ours, peer))[3]

    assert (got[0], got[1], got[4]) == (HELLO, HELLO, "[b'hel', b'lo']")


def test_on_a_pipe_only_those_work_that_every_descriptor_has():
    """send(2): ENOTSOCK."""
    _, wrote, _, got = columns(calls.on_a_pipe())

    assert wrote == ("5", "ENOTSOCK", "ENOTSOCK", "ENOTSOCK", "5")
    assert got == (HELLO, "ENOTSOCK", "ENOTSOCK", "ENOTSOCK", "[b'hel', b'lo']")


def test_a_buffer_takes_a_part_of_much():
    with calls.connected() as (ours, _):
        taken, ended = calls.fill(ours)

    assert 0 < taken < 1 << 26
    assert ended == "EAGAIN"


def test_what_fits_in_is_taken_whole():
    with calls.connected() as (ours, peer):
        assert calls.fill(ours, 10) == (10, "OK")
        assert peer.recv(100, socket.MSG_WAITALL)[:1] == b"\0"


def test_only_the_last_close_ends_the_connection():
    """close(2)."""
    assert columns(calls.last_close())[1] == ("TimeoutError", "TimeoutError", "b''")


def test_a_descriptor_can_be_passed_to_another_process():
    """unix(7), SCM_RIGHTS."""
    passed = calls.passed_on()

    assert passed.heard == b"hello from the other process"
    assert passed.here > 2
    assert passed.there > 2


def test_python_calls_again_after_a_signal():
    """PEP 475."""
    assert signals.interrupted("return") == ["recv() begins", "a signal: the handler runs", f"recv() ends: {HELLO}"]


def test_a_handler_that_raises_ends_the_call():
    """PEP 475."""
    assert signals.interrupted("raise") == ["recv() begins", "a signal: the handler runs", "recv() ends: EINTR"]


@pytest.mark.parametrize("handler", ["return", "raise"])
def test_the_handler_and_the_timer_are_given_back(handler):
    def ours(number, frame):
        raise AssertionError

    before = signal.signal(signal.SIGALRM, ours)
    signal.setitimer(signal.ITIMER_REAL, 3600)
    signals.interrupted(handler)
    left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
    restored = signal.signal(signal.SIGALRM, before)

    assert restored is ours
    assert 3000 < left <= 3600


def test_outside_of_the_main_thread_there_are_no_handlers():
    told = []

    def elsewhere():
        with pytest.raises(RuntimeError, match="main thread"):
            signals.interrupted("return")
        told.append("refused")

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join(10)

    assert told == ["refused"]


def test_sigpipe_kills_whoever_does_not_ignore_it():
    """send(2), EPIPE; signal(7)."""
    assert signals.broken_pipe().rows == (("SIG_DFL", "killed by SIGPIPE"), ("SIG_IGN", "EPIPE"))
    assert signal.getsignal(signal.SIGPIPE) is signal.SIG_IGN


TRIALS = {
    "five pairs on a pipe": calls.on_a_pipe,
    "child": calls.last_close,
    "passed on": calls.passed_on,
    "return": lambda: signals.interrupted("return"),
    "raise": lambda: signals.interrupted("raise"),
    "broken pipe": signals.broken_pipe,
}


@pytest.mark.parametrize("trial", TRIALS)
def test_nothing_is_left(trial):
    before = psutil.Process().children(), threading.enumerate()

    assert after(TRIALS[trial]).kinds == []
    assert (psutil.Process().children(), threading.enumerate()) == before


def test_nothing_is_left_when_a_block_ends_early():
    with watching() as seen, pytest.raises(KeyboardInterrupt), calls.connected():
        raise KeyboardInterrupt

    assert seen.kinds == []


# ------------------------------------------------ what is refused


def test_another_way_is_refused_by_naming_those_that_there_are():
    with pytest.raises(ValueError, match='write "'):
        signals.interrupted("ignore")


@pytest.mark.parametrize(
    "call",
    [lambda: calls.five_pairs(None, None), calls.on_a_pipe, calls.last_close, calls.passed_on,
     lambda: signals.interrupted("return"), signals.broken_pipe],
    ids=["five_pairs", "on_a_pipe", "last_close", "passed_on", "interrupted", "broken_pipe"],
)  # fmt: skip
def test_on_windows_the_calls_say_where_to_try_them(call, monkeypatch):
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(OSError, match="try it on Unix, in WSL or on Binder"):
        call()
