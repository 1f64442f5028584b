"""RFC 9293, section 3.8.6.1: a window of zero, and who asks when it opens."""

import pytest

from course.tcp.segment import Why
from course.tcp.state import State
from course.tcp.timers import Timer
from course.tcp.variables import Failure
from tests.pair import Pair
from tests.states import close_wait, established, fin_wait_1, syn_received
from tests.story import ack, data, fin, octets, part, syn_ack


def shut(**more):
    """The peer's window is zero from the start, and we have octets."""
    story = established(window=0, **more)
    story.calls("send", octets(1, 301))
    story.expect()
    return story


PROBE = data(octets(1, 2), seq=1, ack=1, why=Why.WINDOW_PROBE)


def test_a_zero_window_is_probed_after_the_rto_and_then_after_twice_as_long_each_time():
    """RFC 9293 3.8.6.1, MUST-36, SHLD-29, SHLD-30."""
    story = shut()
    for at in [1, 3, 7, 15, 31, 63, 123, 183, 243]:  # the interval is bounded like the RTO, by 60
        story.at(at - 0.001)
        story.expect()
        story.at(at)
        story.expect(PROBE)
        story.arrives(ack(seq=1, ack=1))
        story.expect()


def test_the_first_probe_waits_for_the_rto_though_an_override_was_due_earlier():
    """RFC 9293 3.8.6.1, SHLD-29."""
    story = established(window=1000)
    story.arrives(ack(seq=1, ack=1, window=20))
    story.calls("send", octets(1, 301))
    story.at(0.1)
    story.arrives(ack(seq=1, ack=1, window=0))
    story.at(1.099)
    story.expect()
    story.at(1.1)
    story.expect(PROBE)


def test_as_long_as_the_probes_are_answered_the_connection_stays_open():
    """RFC 9293 3.8.6.1, MUST-37."""
    story = shut()
    while story.now < 36_000:
        story.at(story.connection.next_timeout()[0])
        story.expect(PROBE)
        story.arrives(ack(seq=1, ack=1))
    story.is_in(State.ESTABLISHED)


def test_when_the_probes_are_not_answered_the_connection_is_given_up():
    """RFC 9293 3.8.3 and 3.8.6.1, MUST-20."""
    story = shut()
    story.at(122.999)
    assert [segment.why for segment in story.leaves()] == 6 * [Why.WINDOW_PROBE]
    story.is_in(State.ESTABLISHED)
    story.at(123)
    story.expect()
    story.is_in(State.CLOSED, Failure.TIMED_OUT)


def test_when_a_probe_is_answered_octets_leave_at_once():
    """RFC 9293 3.8.6.1."""
    story = shut()
    story.at(1)
    story.expect(PROBE)
    story.at(1.5)
    story.arrives(ack(seq=1, ack=1, window=1000))
    story.expect(part(1, 101), part(101, 201), part(201, 301))
    assert story.connection.next_timeout() == (2.5, Timer.RETRANSMISSION)


def test_a_window_that_shuts_is_no_loss():
    """RFC 9293 3.8.6.1: only the persist timer runs, and neither the RTO nor the congestion window suffers."""
    story = established(window=500)
    story.calls("send", octets(1, 301))
    story.expect(part(1, 101), part(101, 201), part(201, 301))
    story.arrives(ack(seq=1, ack=1, window=0))
    before = story.connection.status()
    assert list(before.timers) == ["persist"]
    story.at(1)
    story.expect(PROBE)
    after = story.connection.status()
    assert (after.rto, after.cwnd, after.ssthresh) == (before.rto, before.cwnd, before.ssthresh)


def test_a_probe_may_be_taken():
    """RFC 9293 3.8.6.1: the octet is new, if there is one."""
    story = shut(nagle=False)
    story.at(1)
    story.expect(PROBE)
    story.arrives(ack(seq=1, ack=2, window=0))
    story.at(3)
    story.expect(data(octets(2, 3), seq=2, ack=1, why=Why.WINDOW_PROBE))
    story.arrives(ack(seq=1, ack=3, window=1000))
    story.expect(part(3, 103), part(103, 203), part(203, 301))


def test_a_window_that_opens_by_itself_needs_no_probe():
    """RFC 9293 3.8.6.1."""
    story = shut()
    story.at(0.5)
    story.arrives(ack(seq=1, ack=1, window=1000))
    story.expect(part(1, 101), part(101, 201), part(201, 301))
    story.arrives(ack(seq=1, ack=301, window=1000))
    story.after(1000)
    story.expect()


@pytest.mark.parametrize("window", [1, 100])
def test_after_the_window_was_open_the_next_probes_begin_with_the_rto_again(window):
    """RFC 9293 3.8.6.1, SHLD-29."""
    story = shut()
    story.at(3)
    story.expect(PROBE, PROBE)
    story.arrives(ack(seq=1, ack=1, window=window))
    story.leaves()
    story.arrives(ack(seq=1, ack=1 + window, window=0))
    story.leaves()
    wait = story.connection.next_timeout()[0] - story.now
    assert wait == story.tcb.rto.rto


def test_with_nothing_to_send_nobody_probes():
    """RFC 9293 3.8.6.1."""
    story = established(window=0)
    story.after(1000)
    story.expect()


@pytest.mark.parametrize(("in_state", "acked"), [(established, 1), (close_wait, 2)])
def test_a_fin_alone_probes_too(in_state, acked):
    """RFC 9293 3.8.6.1."""
    story = in_state(window=0)
    story.calls("close")
    story.expect()
    story.after(1)
    story.expect(fin(seq=1, ack=acked, why=Why.WINDOW_PROBE))


def test_a_fin_that_probed_and_was_taken_ends_the_probing():
    """RFC 9293 3.8.6.1 and 3.10.7.4, fifth: our FIN is acknowledged, nothing is left to be sent."""
    story = established(window=0)
    story.calls("close")
    story.at(1)
    story.expect(fin(seq=1, ack=1, why=Why.WINDOW_PROBE))
    story.arrives(ack(seq=1, ack=2, window=0))
    story.is_in(State.FIN_WAIT_2)
    story.after(1000)
    story.expect()


def test_a_window_of_zero_does_not_keep_a_syn_ack_from_being_sent_again():
    """RFC 9293 3.10.7.4 and 3.10.8: our SYN is still unacknowledged, whatever the peer's window."""
    story = syn_received(window=0)
    story.calls("close")
    story.at(1)
    story.expect(syn_ack(why=Why.TIMEOUT))


def test_whoever_has_a_zero_window_answers_probes_with_it():
    """RFC 9293 3.8.6.1, MAY-8."""
    story = established(receive_buffer=200)
    story.arrives(data(bytes(200), seq=1, ack=1))
    story.expect(ack(seq=1, ack=201, window=0))
    for _ in range(5):
        story.after(60)
        story.arrives(data(b"x", seq=201, ack=1))
        story.expect(ack(seq=1, ack=201, window=0))
    assert story.connection.readable == 200


def test_a_slow_reader_gets_everything():
    """RFC 9293 3.8.6.1."""
    pair, got = Pair(receive_buffer=300), b""
    pair.run()
    pair.reads.clear()
    pair.calls("client", "send", octets(1, 2001))
    pair.calls("client", "close")
    for second in range(20, 2000, 20):
        pair.run(until=second)
        got += pair.calls("server", "receive", 70)

    assert got == octets(1, 2001)
    assert any(sent.segment.why is Why.WINDOW_PROBE for sent in pair.sent)


def test_a_lost_window_update_is_found_out_by_a_probe():
    """RFC 9293 3.8.6.1."""
    pair = Pair(receive_buffer=200)
    pair.run()
    pair.reads.clear()
    pair.calls("client", "send", octets(1, 301))
    pair.run(until=0.5)
    pair.lose = {("server", 1 + sum(sent.sender == "server" for sent in pair.sent))}
    pair.calls("server", "receive", 200)
    pair.reads.add("server")
    pair.run()

    assert pair.received["server"] == octets(201, 301)


def test_a_closed_end_forgets_the_window():
    """RFC 9293 3.10.5."""
    story = fin_wait_1(window=1000)
    story.calls("abort")
    story.leaves()
    story.after(1000)
    story.expect()
