"""This machine's kernel goes into all eleven states, tells so, and is left as it was found."""

import dataclasses
import errno
import gc
import html
import re
import socket
import threading

import psutil
import pytest

from course.errors import StateNotReached
from course.real import kernel, recipe, scene, states
from course.real.kernel import Running, connections
from course.real.recipe import Recipe
from course.real.scene import Word, Words
from course.real.tour import Tour, Visit
from course.tcp.state import State
from tests.real.worlds import busy_processes, soon

on_linux = pytest.mark.skipif(kernel.TCP_INFO is None, reason="the kernel tells its states on Linux only")
PATIENT = 20.0  # seconds: the machine may be busy elsewhere


def reached(words):
    return words.ours.state, words.peer and words.peer.state


def addresses_of(seen):
    return [end[0] for end in seen.pair.our_ends if end is not None]


def left_over(addresses):
    return {row.state for row in connections(addresses)}


# ------------------------------------------------ the eleven


@on_linux
@pytest.mark.parametrize(
    ("state", "ours", "peer"),
    [
        (State.CLOSED, State.CLOSED, None),
        (State.LISTEN, State.LISTEN, None),
        (State.SYN_SENT, State.SYN_SENT, State.LISTEN),
        (State.SYN_RECEIVED, State.ESTABLISHED, State.SYN_RECEIVED),
        (State.ESTABLISHED, State.ESTABLISHED, State.ESTABLISHED),
        (State.FIN_WAIT_1, State.FIN_WAIT_1, State.ESTABLISHED),
        (State.FIN_WAIT_2, State.FIN_WAIT_2, State.CLOSE_WAIT),
        (State.CLOSE_WAIT, State.CLOSE_WAIT, State.FIN_WAIT_2),
        (State.CLOSING, State.CLOSING, State.FIN_WAIT_2),
        (State.LAST_ACK, State.LAST_ACK, State.FIN_WAIT_2),
        (State.TIME_WAIT, State.TIME_WAIT, State.CLOSED),
    ],
    ids=str,
)
def test_the_kernel_goes_into_each_state_and_is_found_as_before(state, ours, peer):
    """RFC 9293, section 3.3.2."""
    with states.reach(state, PATIENT) as seen:
        assert (seen.aimed, seen.word.state) == (state, state)
        assert reached(seen.words) == (ours, peer)

    live = [each for each in (seen.ours, seen.peer) if each is not None]
    assert [each.fileno() for each in live] == [-1] * len(live)
    assert soon(lambda: left_over(addresses_of(seen)) <= {State.TIME_WAIT})


@on_linux
def test_a_state_without_a_descriptor_is_told_by_the_table_alone():
    with states.syn_received(PATIENT) as seen:
        assert (seen.side, seen.peer, seen.word.told) == ("peer", None, "/proc/net/tcp")
        assert seen.ours.fileno() >= 0
    with states.time_wait(PATIENT) as seen:
        assert (seen.side, seen.ours, seen.word.told) == ("ours", None, "/proc/net/tcp")
        assert seen.word.timer.name == "time-wait"


@on_linux
def test_a_state_with_a_descriptor_is_told_twice():
    with states.established(PATIENT) as seen:
        assert [word.told for word in seen.words] == ["TCP_INFO, /proc/net/tcp"] * 2
        assert (seen.word.send_queue, seen.word.receive_queue) == (0, 0)
    with states.closed(PATIENT) as seen:
        assert seen.word.told == "TCP_INFO, not in /proc/net/tcp"
        assert seen.word.send_queue is None


@on_linux
def test_a_syn_that_is_dropped_is_sent_again():
    """RFC 9293, section 3.8.1."""
    with states.syn_sent(PATIENT) as seen:
        assert seen.word.timer.name == "retransmission"
        assert seen.words.peer.receive_queue == 1  # the caller who was there before


@on_linux
@pytest.mark.parametrize("recipe", [states.fin_wait_1, states.closing, states.last_ack], ids=lambda each: each.aimed)
def test_a_fin_waits_behind_what_the_peer_does_not_read(recipe):
    with recipe(PATIENT) as seen:
        assert seen.word.send_queue > 1
        assert soon(lambda: seen.look().peer.receive_queue > 0)


@on_linux
def test_a_shut_window_is_probed():
    """RFC 9293, section 3.8.6.1."""
    with states.zero_window(PATIENT) as seen:
        assert reached(seen.words) == (State.ESTABLISHED, State.ESTABLISHED)
        assert seen.word.timer.name == "persist"


@on_linux
def test_keep_alive_has_a_timer():
    """RFC 9293, section 3.8.4."""
    with states.keep_alive(PATIENT) as seen:
        assert seen.word.timer.name == "keep-alive"


# ------------------------------------------------ to play with


@on_linux
def test_who_reads_what_holds_up_the_fin_brings_both_ends_to_time_wait():
    """RFC 9293, section 3.6, case 3: both sides close at the same time."""
    with states.closing(PATIENT) as seen:
        while seen.peer.recv(65_536):
            pass
        assert soon(lambda: reached(seen.look()) == (State.TIME_WAIT, State.TIME_WAIT))
        assert seen.look().ours.by_tcp_info is State.CLOSED
        assert seen.word.state is State.CLOSING


@on_linux
def test_octets_end_the_wait_in_syn_received():
    with states.syn_received(PATIENT) as seen:
        seen.ours.send(b"now")
        assert soon(lambda: reached(seen.look()) == (State.ESTABLISHED, State.ESTABLISHED))


@on_linux
def test_a_call_that_nobody_answers_ends():
    with states.established(PATIENT) as seen:
        assert 0 < seen.ours.gettimeout() <= 10
        assert 0 < seen.peer.gettimeout() <= 10


@on_linux
def test_a_scene_tells_what_was_done_and_does_not_change():
    with states.fin_wait_2(PATIENT) as seen:
        with pytest.raises(dataclasses.FrozenInstanceError):
            seen.aimed = State.CLOSED
        assert seen.calls[-2:] == ("peer = listener.accept()", "ours.shutdown(SHUT_WR)")
        told = repr(seen)
        *_, ours, peer = told.splitlines()

    assert told.replace("\n", " ").startswith(f"FIN-WAIT-2 (ours): {states.fin_wait_2.sentence}")
    assert ours.startswith("ours  FIN-WAIT-2 (TCP_INFO, /proc/net/tcp; octets: 0 to send, 0 to read")
    assert peer.startswith("peer  CLOSE-WAIT (TCP_INFO, /proc/net/tcp; octets: 0 to send, 1 to read")
    assert 0 < seen.seconds < PATIENT


# ------------------------------------------------ nothing is left


@on_linux
@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_whatever_happens_inside_all_is_given_back(error):
    with pytest.raises(error), states.last_ack(PATIENT) as seen:
        raise error

    assert (seen.ours.fileno(), seen.peer.fileno()) == (-1, -1)
    assert soon(lambda: left_over(addresses_of(seen)) == set())


@on_linux
def test_whatever_happens_on_the_way_all_is_given_back():
    entered = []

    def play(stage):
        entered.extend(stage.connected())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), made(play, State.ESTABLISHED)(PATIENT):
        pytest.fail("it was interrupted before")

    assert [actor.kernel.fileno() for actor in entered] == [-1, -1]
    assert soon(lambda: left_over([actor.ends[0][0] for actor in entered]) == set())


@on_linux
def test_a_student_may_close_the_sockets():
    with states.closing(PATIENT) as seen:
        seen.ours.close()
        seen.peer.close()

    assert soon(lambda: left_over(addresses_of(seen)) <= {State.TIME_WAIT})


@on_linux
def test_tours_leave_no_descriptor_and_no_thread_also_under_load():
    def held():
        gc.collect()
        return psutil.Process().num_fds(), threading.active_count()

    with busy_processes():
        states.tour(PATIENT)
        before = held()
        tours = [states.tour(PATIENT) for _ in range(5)]

    assert [each.reason for tour in tours for each in tour] == [""] * 55
    assert held() == before


# ------------------------------------------------ where it does not work


def made(play, aimed, *settings):
    return Recipe(play, aimed, "ours", None, None, settings)


def test_another_system_says_why_not(monkeypatch):
    monkeypatch.setattr(kernel, "TCP_INFO", None)

    with pytest.raises(StateNotReached, match="a kernel tells its states on Linux"), states.closing():
        pytest.fail("there is nothing to ask")
    tour = states.tour()
    assert [visit.state for visit in tour] == list(State)
    assert not any(visit.is_reached for visit in tour)
    assert "LISTEN  " in repr(tour)


@on_linux
def test_a_system_without_an_option_shows_the_other_ten(monkeypatch):
    monkeypatch.delattr(socket, "TCP_DEFER_ACCEPT")

    tour = states.tour(PATIENT)
    missing = [visit for visit in tour if not visit.is_reached]
    assert [(visit.state, visit.reason) for visit in missing] == [
        (State.SYN_RECEIVED, "this system has no TCP_DEFER_ACCEPT")
    ]


@on_linux
def test_a_state_that_is_not_reached_is_told_with_what_was_and_what_may_be_why(tmp_path, monkeypatch):
    (tmp_path / "net/ipv4").mkdir(parents=True)
    (tmp_path / "net/ipv4/tcp_mem").write_text("1\t2\t3\n")
    monkeypatch.setattr(recipe, "SYSCTL", tmp_path)
    wrong = made(lambda stage: stage.listening("ours"), State.ESTABLISHED, "net.ipv4.tcp_mem", "net.core.wmem_max")

    with pytest.raises(StateNotReached) as caught, wrong(0.02):
        pytest.fail("a listener is not connected")

    assert caught.value.reached is State.LISTEN
    assert re.match(r"ESTABLISHED was not reached in .* s: ours is LISTEN \(TCP_INFO, /proc/net/tcp", str(caught.value))
    assert str(caught.value).endswith(
        "the reason may be a setting: net.ipv4.tcp_mem = 1 2 3, net.core.wmem_max = hidden"
    )


@on_linux
def test_a_call_that_fails_is_named():
    def play(stage):
        stage.fresh("ours").shutdown()

    with pytest.raises(StateNotReached, match=r"reached: ours.shutdown\(SHUT_WR\) gave ") as caught:
        made(play, State.ESTABLISHED)().__enter__()

    assert caught.value.__cause__.errno == errno.ENOTCONN


@on_linux
@pytest.mark.parametrize("method", ["accept", "wait_for_a_caller"])
def test_nobody_waits_longer_than_the_deadline(method):
    def play(stage):
        getattr(stage.listening("ours"), method)()

    with pytest.raises(StateNotReached) as caught:
        made(play, State.ESTABLISHED)(0.02).__enter__()

    assert isinstance(caught.value.__cause__, TimeoutError)


@on_linux
def test_without_the_table_what_has_a_descriptor_is_told(monkeypatch):
    monkeypatch.setattr(scene, "connections", lambda addresses: None)

    with states.established(PATIENT) as seen:
        assert (seen.word.told, seen.word.send_queue, seen.word.timer) == ("TCP_INFO", None, None)
    listening = made(lambda stage: stage.listening("ours"), State.ESTABLISHED)
    with pytest.raises(StateNotReached, match=r"ours is LISTEN \(TCP_INFO\); /proc/net/tcp cannot be read here"):
        listening(0.02).__enter__()


@on_linux
def test_a_system_out_of_addresses_has_a_reason_in_each_row(monkeypatch):
    def choose(names):
        raise OSError("no network is free")

    monkeypatch.setattr("course.real.stage.choose", choose)

    assert {visit.reason for visit in states.tour()} == {"no network is free"}


def test_what_is_no_state_is_refused():
    with pytest.raises(ValueError, match=r"'CLOSING' is no state of TCP: write State\.CLOSING"):
        states.reach("CLOSING")


# ------------------------------------------------ how it is shown

SEEN = Word(State.TIME_WAIT, State.TIME_WAIT, 0, 12, Running("persist", 0.256))
LOST = "CLOSING was not reached in 2.0 s: ours is <LISTEN>, and so on, longer than any recipe is"
TOUR = Tour((Visit(State.LISTEN, "Listen.", SEEN, 0.0014), Visit(State.CLOSING, "Close.", reason=LOST)))


def test_a_tour_is_a_table():
    head, listen, closing, *more = repr(TOUR).splitlines()[1:]

    assert head.split() == ["state", "how", "who", "told", "to", "send", "to", "read", "timer", "took,", "ms"]
    assert re.split("  +", listen) == [
        "LISTEN", "Listen.", "TCP_INFO, /proc/net/tcp", "0", "12", "persist 0.26 s", "1.4",
    ]  # fmt: skip
    assert closing.startswith("CLOSING  CLOSING was not")
    assert more[0].startswith("         ")  # the reason goes on in its own column
    assert len(TOUR) == 2


def test_a_tour_is_a_table_in_a_notebook_and_what_was_not_reached_stands_out():
    table = TOUR._repr_html_()

    assert re.search(
        r'<td style="text-align:right[^>]*>12</td><td style="text-align:left[^>]*>persist 0.26 s</td>', table
    )
    assert re.search(
        f'<tr style="font-weight:bold"><th scope="row"[^>]*>CLOSING</th><td[^>]*>{html.escape(LOST)}', table
    )


def test_nothing_visited_is_a_table_too():
    assert repr(Tour((Visit(State.LISTEN, "Listen.", reason="no"),))).splitlines()[2] == "LISTEN  no"


def test_the_better_word_counts():
    assert Word(State.CLOSED, State.TIME_WAIT).state is State.TIME_WAIT
    assert Word(State.CLOSED, State.TIME_WAIT).told == "/proc/net/tcp"
    assert Word(State.LISTEN, None).state is State.LISTEN
    assert Word(None, State.CLOSED).told == "not in /proc/net/tcp"
    assert str(Word(None, None)) == "unknown (nobody tells)"
    assert str(Words(SEEN, None)) == (
        "ours  TIME-WAIT (TCP_INFO, /proc/net/tcp; octets: 0 to send, 12 to read; timer: persist 0.26 s)"
    )


def test_a_listener_has_callers_in_its_queue_and_no_octets():
    assert str(Word(State.LISTEN, State.LISTEN, 0, 2)).endswith("(TCP_INFO, /proc/net/tcp; 2 waiting for accept())")


def test_all_eleven_have_a_recipe_in_words():
    assert [each.aimed for each in states.ELEVEN] == list(State)
    assert [each.sentence for each in (*states.ELEVEN, states.zero_window) if not each.sentence.endswith(".")] == []
    assert repr(states.listen) == "LISTEN (ours): Listen, and nobody calls."
