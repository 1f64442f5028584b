"""The same scenario gives the same trace, to the octet; chance comes from the seed alone."""

import os
import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from course import Scenario, TcpParameters, faults
from course.apps import echo
from course.trace.record import Sent
from tests.talk import hear, say, talk

TALK = Scenario(server=echo.server, client=echo.client)
FAULTS = {
    "drop": faults.drop,
    "delay": lambda host, n: faults.delay(host, n, by=0.7),
    "hold": lambda host, n: faults.hold(host, n, until=2.0),
    "duplicate": lambda host, n: faults.duplicate(host, n, after=0.2),
    "reorder": faults.reorder,
    "corrupt": faults.corrupt,
}
OCTETS = bytes(20_000)


def lossy(*more):
    return talk(hear, say(OCTETS), rate=1e6, queue=8, faults=[faults.randomly(0.1), *more], seed=11)


def test_the_same_scenario_gives_the_same_trace():
    """Same input, same Trace."""
    first, second = lossy().trace, lossy().trace

    assert len(first.dropped) > 1
    assert first == second
    assert str(first) == str(second)


PRINT_A_RUN = """
import hashlib
from course import Scenario, faults
from course.apps import http
scenario = Scenario(server=http.server, one=http.client, two=http.client, seed=5)
trace = scenario.with_faults(faults.randomly(0.1), faults.reorder("one", 4)).run().trace
print(len(trace.dropped), hashlib.sha256(repr((trace.records, trace.conditions)).encode()).hexdigest())
"""


def test_the_same_scenario_gives_the_same_trace_in_every_process():
    """Nothing depends on the order in which Python's sets and hashes happen to be."""
    said = {
        subprocess.run(
            [sys.executable, "-c", PRINT_A_RUN],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for hash_seed in ("0", "1", "4711")
    }

    assert len(said) == 1
    assert said.pop().split()[0] != "0"


def test_a_trace_says_nothing_of_where_in_memory_things_are():
    """Not even of a function, which has no other name: the next process would say something else."""
    run = TALK.with_faults(faults.drop_if(lambda sent: False)).run()

    assert "0x" not in run.trace.conditions
    assert "0x" not in str(run.trace)


def isns(run):
    return {sent.sender: sent.segment.seq for sent in run.trace.sent if sent.segment.syn}


def test_another_seed_changes_the_initial_sequence_numbers_and_nothing_else():
    """RFC 9293, section 3.4.1: they should not be guessed; so they come from the seed."""
    first = talk(hear, say(OCTETS), seed=1)
    second = talk(hear, say(OCTETS), seed=2)

    assert isns(first)["client"] != isns(second)["client"]
    assert isns(first)["server"] != isns(second)["server"]
    assert str(first.trace) == str(second.trace)  # its numbers are relative


def test_both_ends_begin_at_numbers_of_their_own():
    numbers = isns(TALK.run())

    assert numbers["client"] != numbers["server"]


def test_a_later_connection_begins_at_a_later_number():
    """RFC 9293, section 3.4.1: a clock that ticks every 4 microseconds, and a hash of the two ends."""

    def twice(host):
        with host.create_connection(("server", 7000), source_address=("", 5000)) as first:
            first.shutdown(host.SHUT_WR)
            first.recv(1)
        host.sleep(300)
        with host.create_connection(("server", 7000), source_address=("", 5000)):
            pass

    def server(host):
        with host.create_server(("", 7000)) as listener:
            for _ in range(2):
                listener.accept()[0].close()

    run = Scenario(server=server, client=twice).run()

    first, second = (sent for sent in run.trace.sent if sent.sender == "client" and sent.segment.syn)
    assert (second.segment.seq - first.segment.seq) % 2**32 == int((second.at - first.at) * 250_000)


def test_a_fixed_initial_sequence_number_is_used_as_it_is():
    run = Scenario(server=echo.server, client=echo.client, tcp={"client": TcpParameters(iss=2**32 - 3)}).run()

    assert isns(run)["client"] == 2**32 - 3
    assert run.results["client"] == b"hello"


UNFAULTED = lossy()


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(sorted(FAULTS)), host=st.sampled_from(["client", "server"]), n=st.integers(1, 60))
def test_a_run_is_identical_without_a_fault_up_to_that_fault(kind, host, n):
    """The run up to a fault is identical without it."""
    faulted = lossy(FAULTS[kind](host, n))

    assert faulted.results["server"] == OCTETS
    before = UNFAULTED.trace.records
    at = next((i for i, sent in enumerate(before) if isinstance(sent, Sent) and sent.name == f"{host} {n}"), None)
    if at is None:
        assert faulted.trace.records == before
    else:
        assert faulted.trace.records[: at + 1] == before[: at + 1]


@settings(max_examples=40, deadline=None)
@given(
    octets=st.binary(min_size=1, max_size=8000),
    loss=st.floats(0, 0.4),
    seed=st.integers(0, 2**32),
    iss=st.none() | st.integers(2**32 - 5000, 2**32 - 1),
    mss=st.integers(200, 1460),
)
def test_whatever_is_lost_the_octets_arrive_once_and_in_order(octets, loss, seed, iss, mss):
    """RFC 9293, section 3.1: reliable, in order; across the wrap of the sequence numbers, too."""
    patient = TcpParameters(iss=iss, mss=mss, r2=1e6, r2_syn=1e6)

    run = talk(hear, say(octets), faults=[faults.randomly(loss)], seed=seed, tcp=patient)

    assert run.results["server"] == octets
