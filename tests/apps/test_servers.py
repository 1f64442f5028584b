"""One service in four shapes: the same answers, but another caller waits for another."""

import io

import pytest

from course import Scenario, TcpParameters
from course.apps import servers

PLAIN = [servers.one_at_a_time, servers.threads, servers.selecting]
BOTH = [(shape, world) for shape in PLAIN for world in ("simulated", "loopback")]
ALL = [*BOTH, (servers.coroutines, "loopback")]


def answers(shape, world, **callers):
    return Scenario(server=shape, **callers, delay=0.005).run(world=world).results


@pytest.mark.parametrize(("shape", "world"), ALL)
def test_every_shape_gives_every_caller_its_answers(shape, world):
    callers = {name: servers.caller(name.encode(), b"and again") for name in ("a", "b", "c")}
    heard = answers(shape, world, **callers)

    assert {name: heard[name] for name in callers} == {name: [name.upper().encode(), b"AND AGAIN"] for name in callers}
    assert "server" not in heard, "it waits for more callers when the run ends"


@pytest.mark.parametrize(("shape", "world"), ALL)
def test_every_shape_carries_more_than_one_window(shape, world):
    """Not much more: the caller reads only when it has sent all, and both ends would wait for each other for ever."""
    word = b"capital" * 20_000

    assert answers(shape, world, client=servers.caller(word))["client"] == [word.upper()]


@pytest.mark.parametrize(("shape", "world"), ALL)
def test_only_the_loop_lets_a_caller_wait_for_another(shape, world):
    """The first caller keeps its connection open until the second has its answer; the loop cannot get that far."""
    connected, done = [], []
    patience = 0.3 if shape is servers.one_at_a_time else 8

    def slow(host):
        with host.create_connection(("server", servers.PORT)):
            connected.append("slow")
            until = host.now() + patience
            while not done and host.now() < until:
                host.sleep(0.005)
            return bool(done)

    def quick(host):
        while not connected:
            host.sleep(0.005)
        heard = servers.caller(b"quick")(host)
        done.append(heard)
        return heard

    heard = answers(shape, world, slow=slow, quick=quick)
    assert heard["quick"] == [b"QUICK"]
    assert heard["slow"] is (shape is not servers.one_at_a_time)


def test_a_thread_for_each_caller_is_a_program_of_its_own():
    heard = answers(servers.threads, "simulated", a=servers.caller(b"a"), b=servers.caller(b"b"))

    assert set(heard) == {"a", "b", "server/1", "server/2"}


def test_asyncio_needs_descriptors_and_a_simulated_socket_has_none():
    heard = answers(servers.coroutines, "simulated", client=servers.caller(b"hello"))

    assert isinstance(heard["server"], io.UnsupportedOperation)
    assert isinstance(heard["client"], ConnectionRefusedError)


@pytest.mark.parametrize("shape", [*PLAIN, servers.coroutines])
def test_a_run_that_is_cut_short_stops_every_shape_and_nobody_complains(shape, caplog):
    def lingers(host):
        with host.create_connection(("server", servers.PORT)) as connection:
            connection.sendall(b"hello")
            host.sleep(3600)

    scenario = Scenario(server=shape, client=lingers)
    assert scenario.run(world="loopback", until=0.1).results == {}
    assert caplog.records == []


def says_before_it_hears(count):
    """A caller that hears only when it can say no more: so every buffer on the way is full."""
    octets = memoryview(bytes(count))

    def client(host):
        with host.create_connection(("server", servers.PORT)) as connection:
            said = heard = 0
            while heard < count:
                _, may_say, _ = host.select([connection], [connection] * (said < count))
                if may_say:
                    said += connection.send(octets[said : said + 2**20])
                else:
                    heard += len(connection.recv(2**20))
        return heard

    return client


def test_select_sends_a_part_and_goes_on_when_there_is_room():
    knobs = {"server": TcpParameters(send_buffer=700)}
    run = Scenario(server=servers.selecting, client=says_before_it_hears(200_000), tcp=knobs, delay=0.005).run()
    taken = [returned.value for returned in run.trace.returns if returned.called.name == "send"]

    assert run.results["client"] == 200_000
    assert 0 < min(taken) < 1024, "an answer was sent in parts"


def test_asyncio_sends_a_part_and_goes_on_when_there_is_room():
    heard = answers(servers.coroutines, "loopback", client=says_before_it_hears(10_000_000))

    assert heard["client"] == 10_000_000
