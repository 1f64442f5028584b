"""UDP beside TCP: programs that run in both worlds, and come to an end whatever is lost."""

import pytest

from course import Scenario, faults
from course.apps import datagrams

ECHO = Scenario(server=datagrams.echo_server, client=datagrams.echo_client)


@pytest.mark.parametrize("n", range(1, 4))
@pytest.mark.parametrize("host", ["server", "client"])
def test_the_echo_comes_back_whichever_datagram_is_lost(host, n):
    assert ECHO.with_faults(faults.drop(host, n)).run().results["client"] == b"hello"


@pytest.mark.parametrize("seed", range(10))
def test_with_a_tenth_of_the_packets_lost_every_program_comes_to_its_end(seed):
    loss = faults.randomly(0.1, seed=seed)
    pairs = [
        (datagrams.receiver, datagrams.sender),
        (datagrams.receiver, datagrams.sender_of_twenty),
        (datagrams.stream_receiver, datagrams.stream_sender),
        (datagrams.stream_receiver, datagrams.stream_sender_of_twenty),
        (datagrams.nobody, datagrams.connected_caller),
        (datagrams.nobody, datagrams.unconnected_caller),
    ]
    assert ECHO.with_faults(loss).run().results["client"] == b"hello"
    for server, client in pairs:
        results = Scenario(server=server, client=client).with_faults(loss).run().results
        assert not any(isinstance(result, Exception) for result in results.values()), results


def test_who_is_never_answered_gives_up():
    gave_up = ECHO.with_faults(faults.drop_if(lambda sent: sent.sender == "server")).run()

    assert str(gave_up.results["client"]) == "said hello ten times, and nothing came back"
    assert len([sent for sent in gave_up.trace.sent if sent.sender == "client"]) == 10


def test_the_scenarios_can_be_saved():
    assert Scenario.from_json(ECHO.to_json()) == ECHO
