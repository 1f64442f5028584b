"""What single calls do, in both worlds; on the kernel only what every Linux does is asserted."""

import pytest

from course import Scenario
from course.apps import trials

pytestmark = pytest.mark.parametrize("world", ["simulated", "loopback"])


def results(world, server, client):
    return Scenario(server=server, client=client, delay=0.005).run(world=world).results


def test_a_full_queue_lets_callers_wait_in_silence(world):
    """listen(2): how many find room is the system's; here, only that the first does and the last does not."""
    heard = results(world, trials.lunch(1, seconds=5), trials.guests(5))["client"]

    assert heard[0] == "OK"
    assert heard[-1] == "TimeoutError"
    assert heard == sorted(heard), "once it is full it stays full"


def test_in_the_simulated_network_one_more_than_the_backlog_finds_room(world):
    heard = results("simulated", trials.lunch(2), trials.guests(4))["client"]

    assert heard == ["OK", "OK", "OK", "TimeoutError"]


def test_time_wait_keeps_a_port_from_being_bound_again(world):
    """socket(7), SO_REUSEADDR."""
    assert results(world, trials.rebinds(reuse=False), trials.closes_after)["server"] == "EADDRINUSE"


def test_so_reuseaddr_on_both_listeners_lets_it_be_bound(world):
    """socket(7), SO_REUSEADDR."""
    assert results(world, trials.rebinds(reuse=True), trials.closes_after)["server"] == "OK"


def test_the_first_send_after_the_peers_close_succeeds_and_a_later_one_does_not(world):
    """send(2), EPIPE."""
    first, *later = results(world, trials.hangs_up, trials.insists())["client"]

    assert first == "OK"
    assert later[-1] == "EPIPE"


def test_a_send_that_does_not_wait_takes_a_part_of_much(world):
    """send(2), EAGAIN."""
    heard = results(world, trials.reads_late, trials.overfills)
    taken, said = heard["client"]

    assert 0 < taken < trials.MEGABYTES_64
    assert said == "EAGAIN"
    assert heard["server"] == taken, "what was taken arrives"


def test_a_socket_of_which_a_file_was_made_is_open_until_the_file_is_closed(world):
    heard = results(world, trials.hears_all(), trials.keeps_a_file)

    assert heard == {"server": ["TimeoutError", "b''"], "client": "go on\n"}
