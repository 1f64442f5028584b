"""Upload: much, in one direction."""

import pytest

from course import Scenario, faults
from course.apps import upload


@pytest.mark.parametrize("octets", [0, 1, 1461, 100_000])
def test_the_server_hears_all_that_the_client_sends(octets):
    run = Scenario(server=upload.server, client=upload.client(octets)).run()

    assert run.results == {"server": upload.counting(octets), "client": None}


def test_it_runs_on_the_kernel():
    run = Scenario(server=upload.server, client=upload.client(100_000)).run(world="loopback")

    assert run.results["server"] == upload.counting(100_000)


def test_the_server_hears_the_same_through_losses():
    rough = [faults.randomly(0.1)]
    run = Scenario(server=upload.server, client=upload.client(100_000), faults=rough).run()

    assert run.trace.dropped
    assert run.results["server"] == upload.counting(100_000)


def test_no_two_places_in_what_is_sent_look_alike():
    octets = upload.counting(10_001)
    fours = [octets[place : place + 4] for place in range(0, 10_000, 4)]

    assert len(octets) == 10_001
    assert len(set(fours)) == len(fours)


def test_a_connection_can_be_heard_by_a_program_of_its_own():
    def server(host):
        with host.create_server(("", upload.PORT)) as listener:
            for _ in range(2):
                host.spawn(upload.hear, listener.accept()[0])

    run = Scenario(server=server, one=upload.client(10), other=upload.client(20)).run()

    assert sorted(len(run.results[f"server/{n}"]) for n in (1, 2)) == [10, 20]
