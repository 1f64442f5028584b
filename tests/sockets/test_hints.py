"""Hints: what an error of a socket call says about what to do, as a note under its traceback."""

import errno

import pytest

from course import Scenario
from course.sockets.hints import HINTS, SAME_AS, explain
from tests.talk import answering, calling, hear, idle


def notes(number, call):
    """The notes that an error of that number gets when that call raises it."""
    failed = OSError(number, "no")
    explain(failed, call)
    return getattr(failed, "__notes__", [])


@pytest.mark.parametrize(("call", "number"), HINTS, ids=lambda value: errno.errorcode.get(value, value))
def test_an_error_gets_the_hint_of_its_call_and_no_other(call, number):
    assert notes(number, call) == [HINTS[call, number]]
    assert notes(number, "sleep") == []


@pytest.mark.parametrize(("call", "same"), SAME_AS.items())
def test_two_names_of_one_call_get_the_same_hints(call, same):
    assert notes(errno.ECONNRESET, call) == notes(errno.ECONNRESET, same) != []


def test_a_closed_socket_gets_one_hint_whatever_is_called():
    assert notes(errno.EBADF, "recv") == notes(errno.EBADF, "listen") == ["this socket is closed: make a new one"]


@pytest.mark.parametrize("number", [None, 9999, errno.EAGAIN])
def test_other_errors_get_none(number):
    assert notes(number, "recv") == []


def test_a_program_s_own_error_carries_the_hint():
    def sends_too_early(host):
        host.socket().send(b"x")

    def is_refused(host):
        host.create_connection(("server", 1))

    run = Scenario(server=idle, early=sends_too_early, late=is_refused).run()

    assert any("call connect() first" in note for note in run.results["early"].__notes__)
    assert any("has the server called listen()?" in note for note in run.results["late"].__notes__)


def test_what_is_no_error_gets_no_hint():
    def call(host, connection):
        connection.settimeout(0.1)
        with pytest.raises(TimeoutError) as timed_out:
            connection.recv(1)
        return getattr(timed_out.value, "__notes__", [])

    run = Scenario(server=answering(hear), client=calling(call)).run()

    assert run.results["client"] == []
