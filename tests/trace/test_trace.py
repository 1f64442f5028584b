"""The Trace: all records of a run, in order, and the questions that one asks of them."""

import pytest

from course import Scenario, faults
from course.apps import echo
from course.tcp.state import State
from course.trace.record import Called, Changed, Delivered, Dropped, Observed, Returned, Sent
from course.trace.trace import Trace

TRACE = Scenario(server=echo.server, client=echo.client, faults=[faults.drop("client", 3)]).run().trace
SEEN = Observed(0.0, "a", ("10.0.0.1", 1), None, State.LISTEN, 0, 0, "TCP_INFO")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sent", Sent),
        ("dropped", Dropped),
        ("delivered", Delivered),
        ("calls", Called),
        ("returns", Returned),
        ("changes", Changed),
        ("observations", Observed),
    ],
)
def test_each_question_gives_its_records_in_their_order(name, kind):
    trace = Trace((*TRACE.records, SEEN))
    answer = getattr(trace, name)

    assert answer == [record for record in trace.records if type(record) is kind]
    assert answer


def test_a_trace_has_a_length_and_can_be_gone_through():
    assert len(TRACE) == len(TRACE.records)
    assert tuple(TRACE) == TRACE.records


def test_records_stand_in_the_order_of_time():
    moments = [record.at for record in TRACE]

    assert moments == sorted(moments)


def test_every_arrival_and_every_loss_has_its_transmission_before_it():
    for place, record in enumerate(TRACE):
        if isinstance(record, Delivered | Dropped):
            assert record.sent in TRACE.records[:place]


def test_every_transmission_arrives_or_is_lost_and_not_both():
    arrived, lost = ([record.sent for record in records] for records in (TRACE.delivered, TRACE.dropped))

    assert sorted(sent.name for sent in arrived + lost) == sorted(sent.name for sent in TRACE.sent)


def test_traces_are_equal_when_everything_in_them_is():
    same = Trace(TRACE.records, TRACE.hosts, TRACE.world, TRACE.conditions, TRACE.captured)

    assert same == TRACE
    assert same is not TRACE


@pytest.mark.parametrize(
    "other",
    [
        Trace(TRACE.records[:-1], TRACE.hosts, TRACE.world, TRACE.conditions),
        Trace((*TRACE.records, SEEN), TRACE.hosts, TRACE.world, TRACE.conditions),
        Trace(TRACE.records[::-1], TRACE.hosts, TRACE.world, TRACE.conditions),
        Trace(TRACE.records, {"server": "10.0.0.1"}, TRACE.world, TRACE.conditions),
        Trace(TRACE.records, TRACE.hosts, "loopback", TRACE.conditions),
        Trace(TRACE.records, TRACE.hosts, TRACE.world, "other conditions"),
        Trace(TRACE.records, TRACE.hosts, TRACE.world, TRACE.conditions, captured=False),
    ],
    ids=["shorter", "longer", "reversed", "hosts", "world", "conditions", "captured"],
)
def test_traces_differ_when_anything_in_them_does(other):
    assert other != TRACE


def test_a_trace_cannot_be_changed():
    with pytest.raises(AttributeError):
        TRACE.records = ()


def test_a_simulated_trace_says_of_what_world_and_under_what_conditions():
    """A run's conditions stand in the picture."""
    run = Scenario(
        server=echo.server, delay=0.02, rate=1e6, queue=3, seed=9, faults=[faults.drop("server", 1)] * 2
    ).run()

    assert (run.trace.world, run.trace.captured) == ("simulated", True)
    for words in ("20 ms", "1 Mbit/s", "3 packets", "seed 9", "server 1 lost"):
        assert words in run.trace.conditions


def test_printing_a_trace_reads_it_aloud():
    assert len(str(TRACE).splitlines()) == len(TRACE)
    assert "LOST     [client 3] lost" in str(TRACE)


def test_a_trace_shows_the_last_state_of_each_connection():
    assert {row.state for row in TRACE.states()} == {State.CLOSED}
