"""Whatever the network does to two ends, the judge finds nothing wrong; and it does find what is wrong."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from course import Event, Scenario, State, TcpParameters, faults
from course.tcp.segment import Options, Why
from course.trace.record import Changed, Delivered, Expired, Sent
from tests.sim.judge import problems
from tests.sim.parts import Before, Client, End, Hear, Linger, Rest, Say, Server, Shut
from tests.sim.schedules import schedules
from tests.sim.trials import judged, line, scenario_of

SHARE_RUN_TWICE = 4  # every fourth schedule, so that all of them take a few seconds


@pytest.mark.no_cover  # with lines being counted it takes four times as long
@settings(max_examples=400, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(scenario=schedules())
def test_whatever_the_network_does_two_ends_keep_to_the_rules(scenario):
    """RFC 9293, sections 3.1 to 3.10. More of them: python -m tools.schedules 10000."""
    judged(scenario, twice=scenario.seed % SHARE_RUN_TWICE == 0)


# ---------------------------------------------------------------- schedules that went wrong once

TALKATIVE = End((Say(9), Shut()), (Rest(5.0), Hear()))
ONCE = {
    "both windows shut, both ends probe": Scenario(
        server=Server((TALKATIVE,)), client=Client((TALKATIVE,)), tcp=TcpParameters(receive_buffer=1)
    ),
    "the same, in no time": Scenario(
        server=Server((TALKATIVE,)), client=Client((TALKATIVE,)), delay=0.0, tcp=TcpParameters(receive_buffer=1)
    ),
    "a reset after the FIN, with octets unread": Scenario(
        server=Server((End((Say(2), Hear(1, 0.01, 14))),)), client=Client((End((Say(14), Shut(), Rest(0.1))),))
    ),
    "more than a thousand probes": Scenario(
        server=Server((End((Rest(1100.0),)),)),
        client=Client((End((Say(200),)),)),
        tcp={"server": TcpParameters(receive_buffer=1), "client": TcpParameters(max_rto=1.0)},
    ),
    "the same ports again, before the first connection is read to its end": Scenario(
        server=Server((End((Say(63, 63, 0.3), Shut()), (Rest(5.0), Hear())),) * 2),
        client=Client((End((Rest(3.0), Hear(), Say(69))),) * 2, port=5000),
        delay=0.0,
        tcp=TcpParameters(msl=2.0),
    ),
}


@pytest.mark.parametrize("name", ONCE)
def test_a_schedule_that_went_wrong_once_goes_well(name):
    judged(ONCE[name])


# ---------------------------------------------------------------- one line says it all

LOSSY = Scenario(
    server=Server((End((Rest(0.1), Say(3000, 500, 0.01), Shut()), (Hear(),)),)),
    client=Client((End((Say(3000), Shut()), (Hear(700, 0.01),)),), port=5000),
    delay=0.0,
    rate=1e6,
    queue=10,
    seed=7,
    faults=(faults.randomly(0.1), faults.cut(2.0, 3.0), Before(0.5, faults.drop_flags("client", "FIN"))),
    tcp={"server": TcpParameters(mss=500, iss=2**32 - 5), "client": TcpParameters(nagle=False)},
)


def test_a_schedule_is_one_line_that_can_be_run_again():
    again = scenario_of(line(LOSSY))

    assert "\n" not in line(LOSSY)
    assert '"' not in line(LOSSY)  # a shell's quotation marks go round it
    assert again == LOSSY
    assert again.run().trace == LOSSY.run().trace


def test_a_schedule_that_fails_is_told_by_its_line_and_its_ladder():
    wrong = Scenario(server=Server((End((Hear(piece=-1),)),)), client=Client())

    with pytest.raises(AssertionError) as failed:
        judged(wrong)

    assert "ProgramFailed: server/1 raised ValueError" in str(failed.value)
    assert f'--replay "{line(wrong)}"' in str(failed.value)
    assert "LISTEN → SYN-RECEIVED on rcv SYN" in str(failed.value)


# ---------------------------------------------------------------- the judge notices

TALK = Scenario(
    server=Server((End((Hear(), Say(3000))),)),
    client=Client((End((Say(3000), Shut(), Hear())),)),
    faults=(faults.drop("client", 3), faults.cut(0.24, 6.0)),
    tcp=TcpParameters(mss=1000, msl=1.0),
)
QUIET = Scenario(server=Server((End((Hear(), Rest(1.0))),)), client=Client((End((Say(100), Rest(1.0), Linger())),)))


def each(kind, name=None, **fields):
    """In every such record (of that transmission) the segment says something else."""

    def change(record):
        if not isinstance(record, kind) or (name is not None and sent_of(record).name != name):
            return [record]
        return [forged(record, **fields)]

    return change


def sent_of(record):
    return record.sent if isinstance(record, Delivered) else record


def forged(record, **fields):
    packet = sent_of(record).packet
    sent = sent_of(record)._replace(packet=packet._replace(payload=packet.segment._replace(**fields)))
    return record._replace(sent=sent) if isinstance(record, Delivered) else sent


def without(kind, name):
    """No record of that transmission."""
    return lambda record: [] if isinstance(record, kind) and sent_of(record).name == name else [record]


def later(kind, after):
    """What happens after that moment happens an eighth of a second later."""
    return lambda record: (
        [replace(record, at=record.at + 0.125)] if isinstance(record, kind) and record.at > after else [record]
    )


def enters(state, instead):
    """A change leads elsewhere; nowhere, if that is None."""

    def change(record):
        if not isinstance(record, Changed) or record.after is not state or record.remote is None:
            return [record]
        return [] if instead is None else [replace(record, after=instead)]

    return change


def twice_as_many(record):
    """Two bare ACKs go back and forth."""
    if not isinstance(record, Delivered) or record.sent.name != "server 2":
        return [record]
    answer = record.sent.packet.segment
    back = answer._replace(source_port=answer.destination_port, destination_port=answer.source_port)
    packet = record.sent.packet._replace(source="10.0.0.2", destination="10.0.0.1", payload=back)
    return [record, record.sent._replace(packet=packet)] * 20


def a_word_too_much(record):
    """After its reset an end says something more."""
    is_reset = isinstance(record, Sent) and record.segment.rst
    return [record, forged(record, rst=False, ack=1)] if is_reset else [record]


def each_event(event, instead):
    """It was another event that changed the state."""
    return lambda record: (
        [replace(record, event=instead)] if isinstance(record, Changed) and record.event is event else [record]
    )


REFUSED = Scenario(server=Client(()), client=Client())
BOTH_CLOSE = Scenario(
    server=Server((End((Shut(), Hear())),)),
    client=Client((End((Rest(0.05), Shut(), Hear())),)),
    tcp=TcpParameters(msl=0.0, iss=0),
)
DOCTORED = {
    "our syn is acknowledged is not true": (TALK, each(Delivered, ack=None)),
    "our fin is acknowledged is not true": (BOTH_CLOSE, each(Delivered, ack=1)),
    "their fin is here is not true": (TALK, each(Delivered, fin=False)),
    "for CLOSED without TIME-WAIT": (BOTH_CLOSE, enters(State.TIME_WAIT, State.CLOSED)),
    "only what is before 11 is here": (TALK, each(Sent, window=10)),
    "is no arrow": (TALK, enters(State.SYN_RECEIVED, State.ESTABLISHED)),
    "it is left in": (TALK, enters(State.CLOSED, None)),
    "TIME-WAIT ended at": (TALK, later(Changed, after=8)),
    "and nothing was sent": (TALK, without(Sent, "client 8")),
    "by other numbers than": (REFUSED, each(Sent, "server 1", ack=7)),
    "and nothing was lost": (REFUSED, each_event(Event.RST, Event.USER_TIMEOUT)),
    "it gave up in SYN-SENT after": (REFUSED, each_event(Event.RST, Event.USER_TIMEOUT)),
    "timer waited": (TALK, later(Expired, after=3)),
    "when there was no connection": (QUIET, a_word_too_much),
    "follows the reset": (QUIET, each(Sent, "client 2", rst=True, ack=None, why=Why.ABORT)),
    "was sent before any SYN": (TALK, each(Sent, "client 1", syn=False)),
    "the SYN is not where it was": (TALK, each(Sent, "client 1", fin=True)),
    "differ from what was sent before": (TALK, each(Sent, "client 3", data=bytes(1000))),
    "and 0 octets were sent": (TALK, without(Sent, "client 3")),
    "the FIN stood at 1000": (TALK, each(Sent, "client 3", fin=True)),
    "the peer takes 10": (TALK, each(Delivered, "client 1", options=Options(mss=10))),
    "and the window at": (TALK, each(Delivered, window=10)),
    "probes with 1000 octets": (TALK, each(Sent, "client 4", why=Why.WINDOW_PROBE)),
    "the ACK moves back": (TALK, each(Sent, "client 7", ack=0)),
    "right edge moves back": (TALK, each(Sent, "client 7", window=0)),
    "acknowledges nothing": (TALK, each(Sent, "client 7", ack=None)),
    "and only what is before 1001 is here": (TALK, without(Delivered, "client 4")),
    "was not acknowledged by": (QUIET, without(Sent, "server 2")),
    "by the same empty ACK": (QUIET, twice_as_many),
    "is no segment on the wire": (TALK, each(Sent, window=70_000)),
    "is another one on the wire": (TALK, each(Sent, options=Options(unknown=((0, b""),)))),
}


@pytest.mark.parametrize("said", DOCTORED)
def test_the_judge_notices_a_trace_that_breaks_a_rule(said):
    scenario, change = DOCTORED[said]
    run = scenario.run()
    assert problems(run) == []
    records = tuple(changed for record in run.trace for changed in change(record))

    wrong = problems(replace(run, trace=replace(run.trace, records=records)))

    assert any(said in each for each in wrong), wrong


ACCOUNT = TALK.run().results["server/1"]
TOLD = {
    "other ones than": replace(ACCOUNT, heard=bytes(3000)),
    "said 3000": replace(ACCOUNT, heard=ACCOUNT.heard[:-1]),
    "heard 3000 octets, and": replace(ACCOUNT, remote=("10.0.0.9", 1)),
    "got EBADF": replace(ACCOUNT, error="EBADF"),
    "got ECONNRESET, and nothing explains it": replace(ACCOUNT, error="ECONNRESET"),
    "got timed out, and nothing explains it": replace(ACCOUNT, error="timed out"),
    "server/1 raised OSError(5)": OSError(5),
}


@pytest.mark.parametrize("said", TOLD)
def test_the_judge_notices_a_program_that_was_told_something_wrong(said):
    run = TALK.run()

    wrong = problems(replace(run, results=run.results | {"server/1": TOLD[said]}))

    assert any(said in each for each in wrong), wrong


def test_the_judge_notices_a_program_that_never_ended():
    run = TALK.run()
    run.results.pop("server/1")

    assert any("never ended: server/1" in each for each in problems(run))
