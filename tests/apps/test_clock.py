"""Four versions of one clock: the same ticks, and how many messages it takes to hear of them."""

import pytest

from course import Scenario
from course.apps import broken, clock
from course.apps.messages import BadMessage
from tests.apps.worlds import SEEDS, lossy, result, run

FOUR = (clock.polling, clock.long_polling, clock.events, clock.websocket)
four = pytest.mark.parametrize("client", FOUR)
ALL = [1, 2, 3, 4]


def quick(host):
    """The clock with ten ticks a second."""
    clock.server(host, period=0.1)


def numbers(ticks):
    return [tick.number for tick in ticks]


@four
def test_all_four_hear_of_every_tick_in_the_simulated_network(client):
    assert numbers(result("simulated", clock.server, client)) == ALL


@four
def test_all_four_hear_of_every_tick_on_this_machine(client):
    assert numbers(result("loopback", quick, lambda host: client(host, period=0.1))) == ALL


@four
@pytest.mark.parametrize("seed", SEEDS)
def test_all_four_hear_of_every_tick_with_a_tenth_of_the_segments_lost(client, seed):
    assert numbers(lossy(clock.server, client, seed).results["client"]) == ALL


@four
def test_a_run_is_repeatable_to_the_octet(client):
    """WebSocket's key and masks are fixed for that."""
    scenario = Scenario(server=clock.server, client=client)

    assert scenario.run().trace == scenario.run().trace


@pytest.mark.parametrize("client", FOUR[1:])
def test_who_is_told_hears_of_a_tick_after_one_way(client):
    assert {tick.late for tick in result("simulated", clock.server, client, delay=0.050)} == {0.05}


def test_who_polls_hears_of_it_when_it_asks_next():
    late = [tick.late for tick in result("simulated", clock.server, clock.polling, delay=0.050)]

    assert max(late) > 0.2


@four
def test_both_ends_close_without_a_reset(client):
    done = run("simulated", clock.server, client, delay=0.050)

    assert done.results["server/1"] is None
    assert not any(sent.segment.rst for sent in done.trace.sent)


def test_a_websocket_says_goodbye_in_both_directions():
    """RFC 6455, section 7.1.2; the client's octets are masked (section 5.3), the server's are not."""
    calls = run("simulated", clock.server, clock.websocket).trace.calls
    said = [(call.host, call.arguments[0]) for call in calls if call.name == "sendall"]

    assert said[-2:] == [("client", b"\x88\x82\x37\xfa\x21\x3d\x34\x12"), ("server", b"\x88\x02\x03\xe8")]


WRONG = {"/": 404, "/next": 404, "/next?after=x": 404, "/other?after=0": 404, "/next?after=99999999999": 404,
         "/socket?after=0": 426}  # fmt: skip


@pytest.mark.parametrize(("target", "status"), WRONG.items())
def test_what_is_not_there_is_said_and_the_connection_closed(target, status):
    heard = result("simulated", clock.server, broken.says(f"GET {target} HTTP/1.1\r\nHost: server\r\n\r\n".encode()))

    assert heard.startswith(b"HTTP/1.1 %d " % status)


UPGRADE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
RIGHT = UPGRADE + b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
NONE = {
    "a wrong key": UPGRADE + b"AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
    "no upgrade": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "a frame of a reserved kind": RIGHT + b"\x83\x00",
    "a masked frame": RIGHT + b"\x81\x81abcd!",
    "garbage": b"garbage\r\n\r\n",
    "half a frame": RIGHT + b"\x81\x05he",
    "no frame": RIGHT,
    "nothing": b"",
}


@pytest.mark.parametrize("name", NONE)
@pytest.mark.parametrize("world", ["simulated", "loopback"])
def test_a_websocket_that_is_none_is_an_error(name, world):
    """RFC 6455, sections 4.1, 5.1 and 5.2."""
    heard = result(world, broken.answers(NONE[name]), clock.websocket)

    assert isinstance(heard, BadMessage)


@pytest.mark.parametrize("ending", [b"", b"data: 1\n\n"])
def test_a_stream_of_events_that_ends_is_an_error(ending):
    octets = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + ending

    assert "the stream of events ended" in str(result("simulated", broken.answers(octets), clock.events))
