"""RFC 9293, section 3.8.6: the window, also when it shrinks."""

from course.tcp.segment import Why
from course.tcp.state import State
from tests.states import established
from tests.story import ack, data, octets, part


def test_no_more_is_sent_than_the_peer_offers():
    """RFC 9293 3.8.6."""
    story = established(window=300)
    story.calls("send", octets(1, 501))
    story.expect(part(1, 101), part(101, 201), part(201, 301))
    story.arrives(ack(seq=1, ack=101, window=300))
    story.expect(part(301, 401))


def test_a_window_above_32767_is_a_large_one():
    """RFC 9293 3.1, MUST-1."""
    story = established(window=65_535, initial_window=2**20)
    story.calls("send", bytes(70_000))

    assert sum(len(segment.data) for segment in story.leaves()) in range(65_436, 65_536)


def test_a_window_may_be_larger_than_sixteen_bits_can_say():
    """RFC 9293 3.1, REC-1."""
    story = established(initial_window=2**30)
    story.tcb.snd.wnd = 2**17
    story.calls("send", bytes(140_000))

    assert sum(len(segment.data) for segment in story.leaves()) == 2**17 // 100 * 100


def test_we_offer_what_our_buffer_has_left():
    """RFC 9293 3.8.6."""
    story = established(receive_buffer=1000)
    story.arrives(data(bytes(300), seq=1, ack=1))
    story.expect(ack(seq=1, ack=301, window=700))
    story.arrives(data(bytes(300), seq=301, ack=1))
    story.expect(ack(seq=1, ack=601, window=400))


def test_we_never_move_the_right_edge_of_our_window_to_the_left():
    """RFC 9293 3.8.6, SHLD-14."""
    story, edges, at = established(receive_buffer=1000, delayed_ack=0), [], 1
    for size, taken in [(100, 0), (300, 50), (250, 300), (100, 1), (500, 99), (60, 100), (300, 1000), (1, 0)]:
        story.arrives(data(bytes(size), seq=at, ack=1))
        edges += [segment.ack + segment.window for segment in story.leaves()]
        story.calls("receive", taken)
        edges += [segment.ack + segment.window for segment in story.leaves()]
        at = story.connection.status().rcv_nxt - story.irs

    assert edges == sorted(edges)
    assert len(set(edges)) > 3


def test_octets_beyond_the_window_are_cut_off():
    """RFC 9293 3.8.6 and 3.10.7.4, first."""
    story = established(receive_buffer=10)
    story.arrives(data(b"0123456789abcdef", seq=1, ack=1))
    story.expect(ack(seq=1, ack=11, window=0))
    assert story.connection.readable == 10


# ---------------------------------------------------------------- a shrunk window


def shrunk(window):
    """500 octets are in flight when the peer takes back what it offered."""
    story = established(window=500)
    story.calls("send", octets(1, 1001))
    story.expect(*[part(at, at + 100) for at in range(1, 501, 100)])
    story.arrives(ack(seq=1, ack=1, window=window))
    story.expect()
    return story


def test_a_shrunk_window_stops_what_is_new():
    """RFC 9293 3.8.6, MUST-34, SHLD-15."""
    story = shrunk(200)
    story.arrives(ack(seq=1, ack=101, window=200))
    story.expect()
    story.arrives(ack(seq=1, ack=301, window=200))
    story.expect()
    story.arrives(ack(seq=1, ack=401, window=200))
    story.expect(part(501, 601))


def test_what_lies_in_a_shrunk_window_is_sent_again():
    """RFC 9293 3.8.6, SHLD-16."""
    story = shrunk(150)
    story.at(1)
    story.expect(part(1, 101, why=Why.TIMEOUT))
    story.arrives(ack(seq=1, ack=101, window=50))
    story.expect(part(101, 151, why=Why.RECOVERY))


def test_a_segment_that_duplicates_ask_for_is_sent_again_whole_though_the_window_shrank():
    """RFC 9293 3.8.6, MAY-7."""
    story = shrunk(50)
    story.arrives(*3 * [ack(seq=1, ack=1, window=50)])
    story.expect(part(1, 101, why=Why.FAST_RETRANSMIT))


def test_a_connection_is_not_given_up_for_octets_beyond_a_shrunk_window():
    """RFC 9293 3.8.6, SHLD-17."""
    story = shrunk(100)
    for acked in range(2, 100):
        story.at(story.connection.next_timeout()[0])  # a single octet is acknowledged after each timeout
        story.leaves()
        story.arrives(ack(seq=1, ack=acked, window=1))
        story.leaves()
    story.is_in(State.ESTABLISHED)
    assert story.now > 10 * story.tcb.parameters.r2


def test_a_window_that_shrinks_to_zero_is_probed():
    """RFC 9293 3.8.6, MUST-35."""
    story = shrunk(0)
    story.at(0.999)
    story.expect()
    story.at(1)
    story.expect(data(octets(1, 2), seq=1, ack=1, why=Why.WINDOW_PROBE))
    story.arrives(ack(seq=1, ack=501, window=0))
    story.expect()
    story.after(10)
    assert {segment.seq for segment in story.leaves()} == {501}
