"""STATUS: a snapshot that stays as it is while the connection goes on."""

from course.tcp.state import State
from course.tcp.status import Status
from tests.states import closed, established
from tests.story import IRS, ISS, ack, data, octets, part


def test_before_anything_happened_the_peers_numbers_are_unknown():
    status = closed().connection.status()

    assert (status.state, status.irs, status.srtt, status.rttvar) == (State.CLOSED, None, None, None)
    assert status.timers == {}


def test_a_snapshot_shows_every_variable_at_that_moment():
    """RFC 9293 3.10.6."""
    story = established(receive_buffer=1000, window=900)
    story.calls("send", octets(1, 241))
    story.expect(part(1, 101), part(101, 201))
    story.arrives(data(b"hello", seq=1, ack=101, window=800))
    story.expect()  # Nagle: 40 octets wait for the acknowledgment of the rest

    assert story.connection.status() == Status(
        state=State.ESTABLISHED, iss=ISS, snd_una=ISS + 101, snd_nxt=ISS + 201, snd_wnd=800,
        irs=IRS, rcv_nxt=IRS + 6, rcv_wnd=995, mss=100, rto=1.0, srtt=0.0, rttvar=0.0,
        cwnd=1100, ssthresh=2**30, flight_size=100, timeouts=0, send_queue=140, receive_queue=5, beyond=(),
        timers={"retransmission": 1.0, "delayed ACK": 0.2},
    )  # fmt: skip


def test_what_waits_beyond_a_gap_is_in_no_queue_yet():
    """RFC 9293 3.10.7.4, SHLD-31."""
    story = established()
    story.arrives(data(b"world", seq=6, ack=1))
    story.expect(ack(seq=1, ack=1))
    status = story.connection.status()

    assert (status.rcv_nxt, status.receive_queue, status.beyond) == (IRS + 1, 0, ((IRS + 6, IRS + 11),))


def test_a_snapshot_does_not_change_with_the_connection():
    story = established()
    before = story.connection.status()
    story.calls("send", b"hello")
    story.expect(data(b"hello", seq=1, ack=1))
    story.arrives(ack(seq=1, ack=6))
    story.expect()

    assert (before.snd_nxt, before.timers) == (ISS + 1, {})
    assert story.connection.status().snd_nxt == ISS + 6
