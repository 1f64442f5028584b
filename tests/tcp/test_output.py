"""Output: how the stream is cut, in what order things leave, and which timer runs afterwards."""

import pytest

from course.tcp.segment import Options, Why
from course.tcp.timers import Timer
from tests.states import close_wait, established, syn_received, syn_sent
from tests.story import LOCAL, REMOTE, ack, data, fin, octets, part, rst, syn_ack


def test_ports_go_with_every_segment():
    story = syn_sent()
    story.connection.timeout(1.0)
    again = story.connection.segments_to_send(1.0)[0]

    assert (again.source_port, again.destination_port) == (LOCAL[1], REMOTE[1])


def test_a_fin_rides_on_the_last_octets():
    """RFC 9293 3.10.4."""
    story = established(window=0)
    story.calls("send", octets(1, 51))
    story.calls("close")
    story.expect()
    story.arrives(ack(seq=1, ack=1, window=1000))
    story.expect(fin(seq=1, ack=1, data=octets(1, 51), why=Why.CLOSE))


def test_a_fin_rides_on_a_full_segment_as_well():
    """RFC 9293 3.10.4: the FIN is no octet, so that the segment is not too large."""
    story = established(window=0)
    story.calls("send", octets(1, 101))
    story.calls("close")
    story.arrives(ack(seq=1, ack=1, window=1000))
    story.expect(fin(seq=1, ack=1, data=octets(1, 101)))


def test_a_full_segment_does_not_wait_for_room_for_the_fin():
    """RFC 9293 3.8.6.2.1, rule 1, MUST-38: min(D,U) >= Eff.snd.MSS."""
    story = established(window=1000)
    story.arrives(ack(seq=1, ack=1, window=0))
    story.calls("send", octets(1, 101))
    story.calls("close")
    story.arrives(ack(seq=1, ack=1, window=100))
    story.expect(part(1, 101))
    story.arrives(ack(seq=1, ack=101, window=100))
    story.expect(fin(seq=101, ack=1))


def test_a_fin_waits_until_the_octets_before_it_have_been_sent():
    """RFC 9293 3.10.4."""
    story = established(window=150)
    story.calls("send", octets(1, 201))
    story.expect(part(1, 101))
    story.calls("close")
    story.expect()
    story.arrives(ack(seq=1, ack=101))
    story.expect(fin(seq=101, ack=1, data=octets(101, 201)))


def test_a_retransmission_is_cut_anew():
    """RFC 9293 3.8.6: segments may be repackaged."""
    story = established(nagle=False)
    for at in range(1, 101, 20):
        story.calls("send", octets(at, at + 20))
        story.expect(part(at, at + 20))
    story.after(1)
    story.expect(part(1, 101, why=Why.TIMEOUT))


def test_an_acknowledgment_owed_rides_on_octets():
    """RFC 9293 3.10.7.4, MUST-58."""
    story = established()
    story.arrives(data(b"hello", seq=1, ack=1))
    story.calls("send", b"world")
    story.expect(data(b"world", seq=1, ack=6))
    assert not story.tcb.timers.runs(Timer.DELAYED_ACK)


def test_resets_leave_before_anything_else():
    story = syn_received()
    story.connection.send(b"hello")
    story.arrives(ack(seq=1, ack=999), ack(seq=1, ack=1))
    story.expect(rst(seq=999), data(b"hello", seq=1, ack=1))


def test_only_a_syn_names_the_mss():
    """RFC 9293 3.2, MUST-65."""
    story = established()
    story.connection.send(b"hello")
    story.connection.close()
    story.arrives(data(b"hello", seq=1, ack=1), data(b"beyond", seq=20, ack=1))

    assert [segment.mss for segment in story.leaves()] == [None]


def test_a_segment_has_no_options_but_those_that_it_was_given():
    story = syn_received(mss=77)
    story.at(1)
    story.expect(syn_ack(mss=77))
    story.connection.timeout(3.0)

    assert story.connection.segments_to_send(3.0)[0].options == Options(mss=77)


def test_asking_again_sends_nothing_again():
    story = established()
    story.calls("send", bytes(250))
    story.leaves()

    assert story.connection.segments_to_send(story.now) == []


@pytest.mark.parametrize(
    ("in_state", "seq", "acked"), [(established, 1, 1), (close_wait, 1, 2)], ids=["ESTABLISHED", "CLOSE-WAIT"]
)
def test_octets_start_the_retransmission_timer_and_their_acknowledgment_stops_it(in_state, seq, acked):
    """RFC 6298 5.1 and 5.2."""
    story = in_state()
    assert story.connection.next_timeout() is None

    story.calls("send", b"hello")
    story.expect(data(b"hello", seq=seq, ack=acked))
    assert story.connection.next_timeout() == (story.now + 1.0, Timer.RETRANSMISSION)

    story.arrives(ack(seq=acked, ack=seq + 5))
    assert story.connection.next_timeout() is None
