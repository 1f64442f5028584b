"""Calls: each one is recorded when it begins and when it comes back, and waits as long as it may."""

import errno

import pytest

from course import Scenario
from course.sockets.calls import Calls
from course.sockets.socket import Socket
from course.trace.record import Octets
from tests.talk import PORT, answering, calling, error, hear, idle, say, talk


def test_every_call_is_recorded_with_its_arguments_and_comes_back_with_its_value():
    def call(host, connection):
        connection.send(b"ping")
        connection.recv(10)

    run = talk(lambda host, connection: connection.sendall(connection.recv(10).upper()), call)

    told = [
        (back.called.socket, back.called.name, back.called.arguments, back.value)
        for back in run.trace.returns
        if back.called.program == "client"
    ]
    assert told == [
        (None, "socket", (), "socket 1"),
        ("socket 1", "connect", (("server", PORT),), None),
        ("socket 1", "send", (b"ping",), 4),
        ("socket 1", "recv", (10,), b"PING"),
        ("socket 1", "close", (), None),
    ]


def test_calls_are_numbered_in_the_order_in_which_they_were_made():
    run = talk(hear, say(b"x"))

    assert [called.number for called in run.trace.calls] == list(range(1, len(run.trace.calls) + 1))


def test_a_call_lasts_from_its_beginning_to_its_return():
    run = talk(hear, lambda host, connection: host.sleep(2))

    lasted = {back.called.name: back for back in run.trace.returns if back.called.program == "client"}
    connect, sleep = lasted["connect"], lasted["sleep"]
    assert (connect.called.at, connect.at) == (0.0, 0.1)
    assert (sleep.called.at, sleep.at, sleep.called.arguments) == (0.1, 2.1, (2,))


def test_a_call_that_waits_for_ever_does_not_come_back():
    run = Scenario(server=lambda host: host.create_server(("", PORT)).accept()).run()

    assert run.trace.calls[-1].name == "accept"
    assert run.trace.returns[-1].called.name == "listen"


def test_a_call_that_failed_comes_back_with_the_error_s_name():
    run = Scenario(server=idle, client=lambda host: error(host.create_connection, ("server", 1))).run()

    (failed,) = [back for back in run.trace.returns if back.error]
    assert (failed.called.name, failed.error, failed.value) == ("connect", "ConnectionRefusedError", None)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda made: made.recv(1), "OSError"),
        (lambda made: made.send(b"x"), "BrokenPipeError"),
        (lambda made: made.connect(("nowhere", 1)), "gaierror"),
    ],
    ids=["recv", "send", "connect"],
)
def test_an_error_is_named_as_python_names_it(call, name):
    run = Scenario(host=lambda host: error(call, host.socket())).run()

    assert run.trace.returns[-1].error == name


def test_an_error_is_kept_with_its_errno_if_it_has_one():
    """An OSError of no class of its own, as EINVAL, would otherwise be any."""

    def program(host):
        made = host.create_server(("", 7000))
        made.settimeout(0.1)
        return error(made.bind, ("", 7001)), error(made.accept), error(host.sleep, 1)

    returns = Scenario(host=program).run().trace.returns

    assert [(back.error, back.errno) for back in returns[-3:]] == [
        ("OSError", errno.EINVAL),
        ("TimeoutError", None),
        (None, None),
    ]


def test_sendall_is_one_call_however_often_it_goes_on():
    """The outermost call."""
    run = talk(hear, say(bytes(1_000_000)))

    calls = [called for called in run.trace.calls if called.program == "client"]
    assert [called.name for called in calls] == ["socket", "connect", "sendall", "close"]
    assert calls[2].arguments == (Octets(1_000_000, bytes(16)),)


def test_accept_comes_back_with_the_name_of_the_connection():
    run = Scenario(server=answering(hear), client=calling(idle)).run()

    (accepted,) = [back for back in run.trace.returns if back.called.name == "accept"]
    assert accepted.value == "connection 1"


def test_settings_that_ask_nobody_are_not_recorded():
    """settimeout() and its kin are Python's own, not the operating system's."""

    def call(host, connection):
        connection.settimeout(1)
        connection.gettimeout()
        connection.setblocking(True)  # noqa: FBT003 - the socket module's own signature
        host.now()

    run = talk(hear, call)

    assert [called.name for called in run.trace.calls if called.program == "client"] == ["socket", "connect", "close"]


# ---------------------------------------------------------------- a world in which time passes by itself


class SlowWorld:
    """A world whose clock moves on at each look, as a real one does, with a socket that takes an octet at a time."""

    over = False

    def __init__(self, step):
        self.step = step
        self.time = 0.0
        self.taken = 0
        self.numbers = 0

    def now(self):
        self.time += self.step
        return self.time

    def program(self):
        return "program"

    def next_call(self):
        self.numbers += 1
        return self.numbers

    def begin(self, called):
        """Nobody keeps a record here."""

    end = begin

    def wait(self, backend, readiness, deadline):
        if deadline is not None and self.now() >= deadline:
            raise TimeoutError("timed out")

    def send(self, octets, flags=0):
        self.taken += 1
        return 1

    def recv(self, size, flags=0):
        raise BlockingIOError


def slow_socket(step):
    world = SlowWorld(step)
    return world, Socket(world, "host", world, "socket 1", timeout=1.0)


def test_sendall_times_out_even_if_the_time_runs_out_between_two_sends():
    """The socket module: TimeoutError, never BlockingIOError, on a socket that has a timeout."""
    world, made = slow_socket(step=0.3)

    with pytest.raises(TimeoutError):
        made.sendall(bytes(100))
    assert world.taken < 10


def test_sendall_in_time_sends_everything():
    world, made = slow_socket(step=0.001)

    made.sendall(bytes(100))

    assert world.taken == 100


def test_recv_tries_again_as_long_as_there_is_time():
    world, made = slow_socket(step=0.1)

    with pytest.raises(TimeoutError):
        made.recv(1)
    assert 1.0 <= world.time < 2.0


def test_a_call_without_a_timeout_tries_until_it_succeeds():
    world = SlowWorld(step=1)
    answers = iter([BlockingIOError(), BlockingIOError(), "done"])

    def attempt():
        answer = next(answers)
        if isinstance(answer, BlockingIOError):
            raise answer
        return answer

    assert Calls(world, "host").call("try", (), attempt) == "done"


def test_a_call_that_may_not_wait_tries_once():
    _, made = slow_socket(step=0.1)
    made.settimeout(0)

    with pytest.raises(BlockingIOError):
        made.recv(1)
