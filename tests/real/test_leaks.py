"""However a run ends, nothing is left of it: no descriptor, no thread, no port, no connection but those in TIME-WAIT.

TIME-WAIT is the kernel's, and lasts its minute; no later run meets it, since each has addresses of its own.
"""

import gc
import os
import signal
import threading
from collections import Counter

import psutil
import pytest

from course.apps import echo
from course.errors import DeadlineExceeded, ProgramFailed, ProgramStuck
from course.real.kernel import connections
from course.real.loopback import Loopback
from course.tcp.state import State
from tests.real.worlds import PORT, accepting, busy_processes, calling, soon

pytestmark = pytest.mark.skipif(not hasattr(psutil.Process, "num_fds"), reason="this system does not count descriptors")
ECHO = {"server": echo.server, "client": echo.client}


def left_over():
    """What this process holds: descriptors, threads, sockets."""
    gc.collect()
    process = psutil.Process()
    return process.num_fds(), sorted(thread.name for thread in threading.enumerate()), len(process.net_connections())


def run_all(runs):
    """Run them, and see that everything is as it was; the outcomes' errors, counted."""
    Loopback(ECHO).run()  # whatever is made once and kept is there from now on
    before = left_over()
    errors, addresses = Counter(), set()
    for run in runs:
        outcome = run()
        errors[type(outcome.error)] += 1
        addresses |= set(outcome.trace.hosts.values())
        del outcome
    assert left_over() == before
    assert soon(lambda: {row.state for row in connections(addresses) or []} <= {State.TIME_WAIT})
    return errors


def wait_for_ever(host, connection=None):
    host.sleep(3600)


def leave_it_open(host, connection):
    """Return, and leave the socket and a copy of it with octets in both directions."""
    connection.dup().sendall(bytes(10_000))


def fail(host, connection):
    raise ZeroDivisionError


def interrupt(host, connection):
    """As Ctrl-C, or Jupyter's stop button."""
    os.kill(os.getpid(), signal.SIGINT)
    host.sleep(3600)


def listen_and_leave(host):
    """Leave a listener with callers that nobody accepts, and some sockets that do nothing."""
    host.create_server(("", PORT))
    for _ in range(3):
        host.socket().connect((host.name, PORT))


def test_500_runs_leave_nothing():
    errors = run_all(Loopback(ECHO).run for _ in range(500))

    assert errors == {type(None): 500}


def test_runs_with_mapped_ports_leave_nothing():
    errors = run_all(Loopback(ECHO, one_address=True).run for _ in range(50))

    assert errors == {type(None): 50}


def test_sockets_that_programs_leave_open_are_closed():
    programs = {"server": accepting(leave_it_open), "client": calling(leave_it_open), "other": listen_and_leave}
    errors = run_all(Loopback(programs).run for _ in range(20))

    assert errors == {type(None): 20}


def test_runs_in_which_a_program_fails_leave_nothing():
    programs = {"server": accepting(wait_for_ever), "other": listen_and_leave, "client": calling(fail)}
    errors = run_all(Loopback(programs).run for _ in range(30))

    assert errors == {ProgramFailed: 30}


@pytest.mark.parametrize("one_address", [False, True])
def test_runs_that_take_too_long_leave_nothing(one_address):
    programs = {"server": accepting(wait_for_ever), "client": calling(wait_for_ever)}
    world = Loopback(programs, one_address=one_address)
    errors = run_all(lambda: world.run(deadline=0.03) for _ in range(30))

    assert errors == {DeadlineExceeded: 30}


def test_looks_at_a_moment_leave_nothing():
    programs = {"server": accepting(wait_for_ever), "client": calling(wait_for_ever)}
    errors = run_all(lambda: Loopback(programs).run(until=0.03) for _ in range(30))

    assert errors == {type(None): 30}


@pytest.fixture
def interruptible():
    """Python's own handler: a process that was started in the background ignores interrupts, and so does a run then."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_interrupted_runs_leave_nothing():
    programs = {"server": accepting(wait_for_ever), "client": calling(interrupt)}
    errors = run_all(Loopback(programs).run for _ in range(30))

    assert errors == {KeyboardInterrupt: 30}
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_before_anything_has_happened_ends_the_run():
    def server(host):
        os.kill(os.getpid(), signal.SIGINT)

    errors = run_all(Loopback({"server": server}).run for _ in range(30))

    assert errors == {KeyboardInterrupt: 30}


def test_a_stuck_program_leaves_nothing_but_its_thread():
    reading, writing = os.pipe()

    def stuck(host):
        listen_and_leave(host)
        os.read(reading, 1)

    Loopback(ECHO).run()
    before = left_over()
    outcome = Loopback({"stuck": stuck}, grace=0.2).run(until=1.0)
    meanwhile = left_over()
    [thread] = [thread for thread in threading.enumerate() if thread.name == "program stuck"]
    os.write(writing, b"!")
    thread.join(5)
    after = left_over()
    os.close(reading)
    os.close(writing)

    assert isinstance(outcome.error, ProgramStuck)
    assert meanwhile == (before[0], sorted([*before[1], "program stuck"]), before[2])
    assert after == before


def test_a_busy_machine_changes_nothing():
    with busy_processes(2):
        errors = run_all(Loopback(ECHO).run for _ in range(50))

    assert errors == {type(None): 50}
