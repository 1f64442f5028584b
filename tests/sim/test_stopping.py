"""The end of a run, as its programs see it: they are stopped, or parked if they will not stop."""

import gc
import subprocess
import sys

import pytest

from course import Scenario
from course.errors import ProgramFailed, ProgramStuck, Stopped
from tests.talk import PORT, hear, idle, stubborn, talk


def test_a_waiting_program_is_stopped_and_its_blocks_are_left():
    left = []

    def program(host):
        try:
            host.sleep(10)
        except Exception:  # noqa: BLE001 - as programs in a hurry do
            left.append("taken for an error")
        finally:
            left.append("finally")

    Scenario(host=program).run(until=1)

    assert left == ["finally"]


def test_a_call_after_the_end_stops_the_program_again_unless_it_only_closes():
    after = []

    def program(host):
        listener = host.create_server(("", PORT))
        try:
            listener.accept()
        finally:
            for call in (lambda: host.sleep(1), host.socket, lambda: host.spawn(idle), listener.getsockname):
                try:
                    call()
                except Stopped:
                    after.append("stopped")
            after.append(listener.close())

    Scenario(host=program).run()

    assert after == ["stopped"] * 4 + [None]


def test_what_programs_do_when_they_are_stopped_is_not_in_the_record():
    """Seal the trace first, then stop the programs."""

    def call(host, connection):
        try:
            connection.recv(1)
        finally:
            connection.close()

    part, whole = talk(hear, call, until=5), talk(hear, call, until=6)

    assert part.trace.records == whole.trace.records
    assert not [record for record in part.trace.calls if record.name == "close" and record.program == "client"]
    assert not [sent for sent in part.trace.sent if sent.segment.fin or sent.segment.rst]


def test_a_program_that_swallows_stopped_and_leaves_is_forgiven():
    def program(host):
        try:
            host.sleep(10)
        except BaseException:  # noqa: BLE001 - this is what is tested
            return "swallowed"

    run = Scenario(host=program).run(until=1)

    assert run.results == {}


def test_a_program_that_swallows_stopped_and_goes_on_is_named():
    """It is parked, can write nothing more, and the error names it."""
    with pytest.raises(ProgramStuck, match="mule caught Stopped") as stuck:
        Scenario(mule=stubborn, horse=lambda host: host.sleep(10)).run(until=1)

    assert "horse" not in str(stuck.value)
    assert [called.program for called in stuck.value.run.trace.calls] == ["mule", "horse"]
    assert gc.isenabled()


def test_all_programs_that_refuse_to_stop_are_named():
    with pytest.raises(ProgramStuck, match="a and b caught Stopped"):
        Scenario(a=stubborn, b=stubborn).run(until=1)


def test_a_program_that_is_parked_is_never_resumed():
    """Not even to die, when Python throws away what nobody needs any more."""
    refused = []

    def program(host):
        while True:
            try:
                host.sleep(10)
            except BaseException as error:  # noqa: BLE001 - this is what is tested
                refused.append(type(error))

    with pytest.raises(ProgramStuck):
        Scenario(mule=program).run(until=1)
    before = list(refused)
    gc.collect()

    assert refused == before
    assert set(before) == {Stopped}


def test_what_ended_the_run_first_is_what_is_reported():
    def fails(host):
        raise ZeroDivisionError

    with pytest.raises(ProgramFailed):
        Scenario(mule=stubborn, other=fails).run()


def test_programs_that_were_stopped_or_parked_leave_no_noise_when_python_ends():
    program = """
from course import Scenario, errors
from tests.talk import hear, stubborn, talk
talk(hear, lambda host, connection: connection.makefile("w").write("unsent") and host.sleep(9), until=2)
try:
    Scenario(mule=stubborn).run(until=1)
except errors.ProgramStuck:
    print("stuck")
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)

    assert (ended.stdout, ended.stderr) == ("stuck\n", "")
