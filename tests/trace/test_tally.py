"""What a run cost, counted from its record; misconceptions M24 and M66, claims I3 and I7."""

import pytest

from course import Scenario, faults
from course.apps import browser, clock, echo, web
from course.trace.tally import connections, round_trips, tallies, tally
from course.trace.trace import Trace
from tests.real.permitted import any_capture

TEN = ("/",) * 10
WAYS = {"HTTP/1.0": {"version": "1.0"}, "HTTP/1.1": {}, "pipelined": {"pipelined": True}}


def fetched(way, world="simulated", **more):
    return Scenario(server=web.server, client=browser.fetch(*TEN, **WAYS[way])).run(world=world, **more).trace


@pytest.mark.parametrize(
    ("way", "expected"), [("HTTP/1.0", (10, 10, 20)), ("HTTP/1.1", (1, 10, 11)), ("pipelined", (1, 1, 2))]
)
def test_ten_requests_cost_what_their_version_makes_them_cost(way, expected):
    cost = tally(fetched(way))

    assert (cost.connections, cost.messages["client"], cost.round_trips) == expected
    assert cost.messages["server"] == 10
    assert cost.with_data == sum(bool(sent.segment.data) for sent in fetched(way).sent)
    assert cost.segments == len(fetched(way).sent)


@pytest.mark.parametrize("way", WAYS)
def test_on_this_machine_the_calls_are_the_same_and_segments_are_not_guessed(way):
    simulated, real = tally(fetched(way)), tally(fetched(way, "loopback"))

    assert (real.connections, real.messages, real.octets) == (
        simulated.connections,
        simulated.messages,
        simulated.octets,
    )
    assert (real.segments, real.with_data, real.round_trips) == (None, None, None)


def test_four_clocks_in_a_table():
    four = (clock.polling, clock.long_polling, clock.events, clock.websocket)
    table = tallies({client.__name__: Scenario(server=clock.server, client=client).run().trace for client in four})

    asked = [table[client.__name__].messages["client"] for client in four]
    assert asked == [12, 4, 1, 2]
    assert [row[0] for row in table.table().rows] == [client.__name__ for client in four]
    assert "polling" in repr(table)
    assert table._repr_html_().count("<tr>") == 1 + 4


def test_octets_are_counted_that_were_taken_and_not_those_that_were_offered():
    def server(host):
        with host.create_server(("", 7000)) as listener, listener.accept()[0] as connection:
            return sum(map(len, iter(lambda: connection.recv(65_536), b"")))

    def client(host):
        with host.create_connection(("server", 7000)) as connection:
            return connection.send(bytes(10_000_000), host.MSG_DONTWAIT)

    done = Scenario(server=server, client=client).run()
    assert tally(done.trace).octets["client"] == done.results["client"] == done.results["server"] < 10_000_000


def test_a_lost_segment_makes_more_segments_and_not_more_messages():
    talk = Scenario(server=echo.server, client=echo.client)
    plain, lossy = (tally(each.run().trace) for each in (talk, talk.with_faults(faults.drop("client", 3))))

    assert lossy.segments > plain.segments
    assert (lossy.messages, lossy.round_trips) == (plain.messages, plain.round_trips)


def test_a_table_says_where_segments_were_not_seen():
    table = tallies({"real": fetched("HTTP/1.1", "loopback")})

    assert "Where segments were not captured" in repr(table)


def test_an_empty_record_cost_nothing():
    assert (connections(Trace(())), round_trips(Trace(()))) == (0, 0)


def test_a_captured_run_tells_as_much_as_a_simulated_one():
    any_capture()
    real = tally(fetched("HTTP/1.0", "loopback", capture=True))

    assert real.connections == 10
    assert real.with_data >= 20
