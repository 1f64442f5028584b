"""Long-lived connections: what keeps them, what breaks them, and what each program sees of it, in both worlds."""

import sys

import pytest

from course import Limits, Scenario, faults, middleboxes
from course.apps import longlived
from course.apps.longlived import KeepAlive, answers, asks, beats, pushes, subscribes
from course.errors import Deadlock

CUT = faults.cut(at=1)
BOTH = pytest.mark.parametrize("world", ["simulated", "loopback"])


def results(server, client, world="simulated", until=None, **more):
    return Scenario(server=server, client=client, **more).run(world=world, until=until).results


# ---------------------------------------------------------------- in both worlds


@BOTH
def test_a_caller_gets_its_answers_and_hangs_up(world):
    assert results(answers(), asks(b"hello", b"again", pause=0.02), world) == {
        "server": "OK",
        "client": ["HELLO", "AGAIN", "OK"],
    }


@BOTH
def test_heartbeats_are_answered(world):
    assert results(answers(patience=5), beats(3, every=0.02, patience=5), world) == {
        "server": "OK",
        "client": ["STILL HERE"] * 3 + ["OK"],
    }


@BOTH
def test_no_word_means_offline_to_a_server_without_patience(world):
    """The silence is longer than its patience, and nothing says why."""
    heard = results(answers(patience=0.1), asks(b"hello", b"again", pause=0.5), world)

    assert heard["server"] == "TimeoutError"
    assert heard["client"][0] == "HELLO"


@BOTH
def test_no_word_means_offline_to_a_client_without_patience(world):
    heard = results(answers(after=0.5), asks(b"hello", patience=0.1), world)

    assert heard["client"] == ["TimeoutError"]


@BOTH
def test_a_server_speaks_though_nobody_asks(world):
    assert results(pushes(b"news", b"more", pause=0.02), subscribes(), world) == {
        "server": "OK",
        "client": ["news", "more", "OK"],
    }


@BOTH
def test_keep_alive_has_its_three_knobs_at_either_end(world):
    """tcp(7); on the kernel it is only set here, since it counts in seconds."""

    def looks(host):
        with host.create_connection(longlived.SERVER) as connection:
            longlived.keep_alive(host, connection, KeepAlive(5, 2, 3))
            knobs = host.TCP_KEEPIDLE, host.TCP_KEEPINTVL, host.TCP_KEEPCNT
            on = connection.getsockopt(host.SOL_SOCKET, host.SO_KEEPALIVE) != 0
            return on, *(connection.getsockopt(host.IPPROTO_TCP, knob) for knob in knobs)

    assert results(answers(keep=KeepAlive(5, 2, 3)), looks, world) == {
        "server": "OK",
        "client": (True, 5, 2, 3),
    }


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells its timers")
def test_the_kernel_s_keep_alive_timer_can_be_watched():
    """tcp(7), TCP_KEEPIDLE: its shortest is a second, and what it ends in takes longer than one wants to wait."""
    client = asks(b"hello", b"again", pause=1.5, keep=KeepAlive(idle=60))
    samples = Scenario(server=answers(), client=client).run(world="loopback", watch=0.01).variables("client")

    assert [sample for sample in samples if "keep-alive" in (sample.status.timers or {})]


@pytest.mark.parametrize(
    ("server", "client", "heard"),
    [
        (answers(), asks(b"hello", b"again", pause=60), ["HELLO", "AGAIN", "OK"]),
        (answers(keep=KeepAlive()), asks(b"hello", b"again", pause=20_000), ["HELLO", "AGAIN", "OK"]),
        (answers(patience=200), beats(20, every=30, patience=100), ["STILL HERE"] * 20 + ["OK"]),
        (pushes(*[b"news"] * 20, pause=60), subscribes(), ["news"] * 20 + ["OK"]),
    ],
    ids=["asks", "keep-alive", "beats", "pushes"],
)
@pytest.mark.parametrize("seed", range(5))
def test_with_ten_per_cent_lost_all_of_it_arrives(server, client, heard, seed):
    lossy = results(server, client, faults=[faults.randomly(0.1)], seed=seed)

    assert lossy == {"server": "OK", "client": heard}


# ---------------------------------------------------------------- silence


def test_an_idle_connection_lasts_a_year_without_a_segment():
    """J1."""
    run = Scenario(server=answers(), client=asks(b"hello", b"again", pause=longlived.YEAR)).run(
        limits=Limits(seconds=4e7)
    )

    assert run.results["client"] == ["HELLO", "AGAIN", "OK"]
    assert [sent for sent in run.trace.sent if 1 < sent.at < longlived.YEAR] == []


@pytest.mark.parametrize("then", ["drop", "reset"])
def test_a_middlebox_that_forgets_it_breaks_it(then):
    """J1, J5."""
    told = {"drop": "ETIMEDOUT", "reset": "ECONNRESET"}[then]
    walls = [middleboxes.firewall(idle=60, then=then)]

    assert results(answers(), asks(b"hello", b"again", pause=61), middleboxes=walls, until=500) == {
        "client": ["HELLO", told]
    }


@pytest.mark.parametrize(("every", "ended"), [(45, "OK"), (75, "TimeoutError")])
def test_heartbeats_keep_the_middlebox_s_memory_if_they_come_in_time(every, ended):
    """J5, J6."""
    heard = results(answers(), beats(4, every, patience=20), middleboxes=[middleboxes.firewall(60)], until=1000)

    assert heard["client"][-1] == ended


def test_a_cable_that_is_cut_is_noticed_only_by_who_has_something_to_say():
    """M34: for the client after R2, for the server never."""
    quiet = Scenario(server=answers(), client=asks(b"hello", b"again", pause=50), faults=[faults.cut(at=1, until=49)])

    assert quiet.run().results == {"server": "OK", "client": ["HELLO", "AGAIN", "OK"]}
    with pytest.raises(Deadlock, match="server in connection 1: recv"):
        quiet.with_knobs(faults=[CUT]).run()


SILENCES = {  # the client asks at 0.1 s; in all three nobody answers it for 20 s
    "slow": Scenario(server=answers(after=20), client=asks(b"hello")),
    "dead": Scenario(server=answers(), client=asks(b"hello"), faults=[faults.power_off("server", at=0.12)]),
    "cut": Scenario(server=answers(), client=asks(b"hello"), faults=[faults.cut(at=0.12)]),
}


def seen_by_the_client(scenario, until):
    trace = scenario.run(until=until).trace
    return [record for record in (*trace.calls, *trace.returns) if getattr(record, "called", record).host == "client"]


def without_number(record):
    """A call's number counts those of the whole run."""
    called = getattr(record, "called", record)
    return record.at, called.name, called.arguments, getattr(record, "value", None), getattr(record, "error", None)


def test_slow_dead_and_cut_look_the_same_until_one_of_them_speaks():
    """J8: three causes, one symptom."""
    seen = [list(map(without_number, seen_by_the_client(each, until=20))) for each in SILENCES.values()]

    assert seen[0] == seen[1] == seen[2]
    assert seen[0][-1][1] == "sendall"
    assert {name: each.run(until=500).results["client"] for name, each in SILENCES.items()} == {
        "slow": ["HELLO", "OK"],
        "dead": ["ETIMEDOUT"],
        "cut": ["ETIMEDOUT"],
    }


# ---------------------------------------------------------------- keep-alive


def test_a_server_waits_for_ever_for_a_client_that_is_dead():
    """J4."""
    with pytest.raises(Deadlock, match="server in connection 1: recv"):
        results(answers(), asks(b"hello", b"bye", pause=9), faults=[faults.power_off("client", 1)])


@pytest.mark.parametrize(
    ("server", "told", "at"),
    [
        (answers(keep=KeepAlive()), "ETIMEDOUT", 0.45 + 7200 + 9 * 75),
        (answers(keep=KeepAlive(60, 10, 3)), "ETIMEDOUT", 0.45 + 60 + 3 * 10),
        (answers(patience=60), "TimeoutError", 0.15 + 60),
    ],
    ids=["keep-alive", "short knobs", "patience"],
)
def test_keep_alive_or_patience_mends_it(server, told, at):
    """J2, J4: nine questions of Linux, 75 s apart, after two hours; RFC 9293 3.8.4."""
    run = Scenario(server=server, client=asks(b"hello", b"bye", pause=9), faults=[faults.power_off("client", 1)]).run()
    ended = next(back for back in run.trace.returns if back.error == "TimeoutError")

    assert run.results == {"server": told}
    assert ended.at == pytest.approx(at)


def test_one_question_that_is_lost_does_not_mean_that_the_peer_is_dead():
    """M36, MUST-29."""
    run = Scenario(
        server=answers(keep=KeepAlive(60, 10, 3)), client=asks(b"hello", b"bye", pause=200), faults=[faults.cut(50, 75)]
    ).run()

    assert len(run.trace.dropped) == 2
    assert run.results == {"server": "OK", "client": ["HELLO", "BYE", "OK"]}


def test_any_segment_puts_the_question_off():
    """J3: RFC 9293 3.8.4."""
    run = Scenario(server=answers(keep=KeepAlive(60, 10, 3)), client=beats(6, every=50, patience=9)).run()

    assert [sent for sent in run.trace.sent if sent.segment.why and sent.segment.why.name == "KEEP_ALIVE"] == []
    assert run.results["server"] == "OK"
