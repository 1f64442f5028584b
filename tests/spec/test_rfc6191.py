"""RFC 6191 and RFC 9293, section 3.6.1: TIME-WAIT yields to a SYN that is newer. How a host does it: tests/sim."""

import pytest

from course.tcp.segment import Why
from course.tcp.state import State
from tests.states import IN, fin_wait_2, syn_sent, time_wait
from tests.story import Sketch, ack, data, fin, part, rst, syn, syn_ack

STAMP = 7000  # the peer's last timestamp


def yields(story, arrived):
    """Does this connection make room for the SYN?"""
    return story.connection.yields_to(arrived.segment(story.iss, story.irs, story.window))


def stamped_time_wait():
    """TIME-WAIT after a conversation with timestamps, in which the peer said nothing but its FIN."""
    story = syn_sent(timestamps=True)
    story.arrives(syn_ack(mss=100, timestamps=(STAMP - 2, 0)))
    story.leaves()
    story.calls("close")
    story.leaves()
    story.arrives(ack(seq=1, ack=2, timestamps=(STAMP - 1, 0)), fin(seq=1, ack=2, timestamps=(STAMP, 0)))
    story.expect(ack(seq=2, ack=2, timestamps=(0, STAMP)))
    story.is_in(State.TIME_WAIT)
    return story


# ---------------------------------------------------------------- by its number


@pytest.mark.parametrize(
    ("seq", "newer"),
    [(3, True), (100_000, True), (2**31 + 1, True), (2, False), (1, False), (0, False), (-5000, False)],
)
def test_a_syn_is_newer_if_its_number_lies_beyond_all_that_were_used(seq, newer):
    """RFC 9293 3.6.1, MAY-2; RFC 6191 2: its FIN had number 1, so 2 is the number that was expected next."""
    assert yields(time_wait(), syn(seq=seq)) is newer


def test_numbers_are_compared_on_a_circle():
    """RFC 9293 3.4."""
    story = time_wait(irs=2**32 - 10)
    assert yields(story, syn(seq=100))
    assert not yields(story, syn(seq=-100))


def test_everything_that_was_received_counts():
    """RFC 9293 3.6.1, MAY-2: "larger than the largest sequence number it used"."""
    story = fin_wait_2()
    story.arrives(part(1, 1001, ack=2), fin(seq=1001, ack=2))
    story.leaves()
    assert not yields(story, syn(seq=900))
    assert yields(story, syn(seq=1003))


# ---------------------------------------------------------------- by its timestamp


@pytest.mark.parametrize("seq", [-5000, 0, 2, 5000])
@pytest.mark.parametrize(("stamp", "newer"), [(STAMP + 1, True), (STAMP + 2**30, True), (STAMP - 1, False), (0, False)])
def test_with_timestamps_the_later_one_is_newer_whatever_its_number(seq, stamp, newer):
    """RFC 6191 2; RFC 9293 3.6.1, SHLD-4."""
    assert yields(stamped_time_wait(), syn(seq=seq, timestamps=(stamp, 0))) is newer


@pytest.mark.parametrize(("seq", "newer"), [(3, True), (2, False), (-5, False)])
def test_with_equal_timestamps_the_number_decides(seq, newer):
    """RFC 6191 2: the clock may tick slowly."""
    assert yields(stamped_time_wait(), syn(seq=seq, timestamps=(STAMP, 0))) is newer


@pytest.mark.parametrize(("seq", "newer"), [(3, True), (0, False)])
def test_where_only_one_of_the_two_has_timestamps_the_number_decides(seq, newer):
    """RFC 6191 2 would take every SYN with a timestamp if the old connection had none; we are more careful."""
    assert yields(stamped_time_wait(), syn(seq=seq)) is newer
    assert yields(time_wait(), syn(seq=seq, timestamps=(STAMP, 0))) is newer


# ---------------------------------------------------------------- nothing else


@pytest.mark.parametrize(
    "arrived", [syn_ack(seq=500), ack(seq=500, ack=2), data(b"new", seq=500, ack=2), fin(seq=500, ack=2), rst(seq=500)],
    ids=str,
)  # fmt: skip
def test_time_wait_yields_to_nothing_but_a_syn(arrived):
    """RFC 9293 3.6.1, MAY-2."""
    assert not yields(time_wait(), arrived)
    assert not yields(time_wait(), Sketch("SYN RST", 500))


@pytest.mark.parametrize("state", [state for state in State if state is not State.TIME_WAIT], ids=str)
def test_no_other_state_yields(state):
    """RFC 9293 3.6.1, MAY-2."""
    assert not yields(IN[state](), syn(seq=500))


@pytest.mark.parametrize("old", [syn(seq=0), syn(seq=-5000), syn(seq=1)], ids=str)
def test_an_older_syn_is_acknowledged_and_changes_nothing(old):
    """RFC 9293 3.10.7.4, first; RFC 5961 4: a caller that is alive will answer by a reset."""
    story = time_wait()
    story.arrives(old)
    story.expect(ack(seq=2, ack=2))
    story.is_in(State.TIME_WAIT)
    assert story.connection.next_timeout()[0] == 240.0


def test_a_newer_syn_that_finds_no_listener_is_challenged():
    """RFC 9293 3.10.7.4, fourth; RFC 5961 4: only a listener can begin a new connection (MAY-2)."""
    story = time_wait()
    story.arrives(syn(seq=500))
    story.expect(ack(seq=2, ack=2, why=Why.CHALLENGE))
    story.is_in(State.TIME_WAIT)


def test_what_the_old_connection_echoed_last_is_what_counts():
    """RFC 6191 2: the last timestamp that was seen in its direction, also that of a repeated FIN."""
    story = stamped_time_wait()
    story.arrives(ack(seq=2, ack=2, timestamps=(STAMP + 50, 0)))
    assert not yields(story, syn(seq=9000, timestamps=(STAMP + 40, 0)))
    assert yields(story, syn(seq=9000, timestamps=(STAMP + 60, 0)))
