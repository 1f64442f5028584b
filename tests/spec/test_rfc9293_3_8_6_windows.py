"""RFC 9293, section 3.8.6: the window, also when it shrinks."""

import random

import pytest

from course.tcp.segment import Why
from course.tcp.state import State
from tests.states import established
from tests.story import ack, data, fin, octets, part


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


def test_a_window_that_shrinks_below_what_is_in_flight_and_opens_again_loses_nothing():
    """RFC 9293 3.8.6, MUST-34, SHLD-15, SHLD-16."""
    story = shrunk(50)
    story.at(1)
    story.expect(part(1, 51, why=Why.TIMEOUT))  # what lies in the window
    story.arrives(ack(seq=1, ack=201, window=0))
    story.expect()
    story.arrives(ack(seq=1, ack=201, window=1000))
    story.expect(part(201, 301, why=Why.RECOVERY), part(301, 401, why=Why.RECOVERY))
    story.arrives(ack(seq=1, ack=501, window=1000))
    story.expect(*[part(at, at + 100, why=Why.DATA) for at in range(501, 801, 100)])  # slow start


def test_a_window_that_shrinks_to_zero_and_opens_again_before_any_timeout_is_as_if_nothing_had_been():
    """RFC 9293 3.8.6, MUST-34."""
    story = shrunk(0)
    story.at(0.5)
    story.arrives(ack(seq=1, ack=1, window=500))
    story.expect()
    story.arrives(ack(seq=1, ack=501, window=500))
    story.expect(*[part(at, at + 100, why=Why.DATA) for at in range(501, 1001, 100)])


def test_an_acknowledgment_beyond_the_shrunk_window_is_as_good_as_any():
    """RFC 9293 3.8.6, MUST-34: what was sent before it shrank may well have arrived."""
    story = shrunk(0)
    story.arrives(ack(seq=1, ack=401, window=0))
    story.expect()
    assert story.connection.status().flight_size == 100
    story.arrives(ack(seq=1, ack=501, window=300))
    story.expect(part(501, 601), part(601, 701), part(701, 801))


def test_a_fin_waits_as_well_for_a_shrunk_window():
    """RFC 9293 3.8.6, SHLD-15."""
    story = shrunk(0)
    story.calls("close")
    story.expect()
    story.arrives(ack(seq=1, ack=501, window=501))
    story.expect(*[part(at, at + 100) for at in range(501, 901, 100)], fin(seq=901, ack=1, data=octets(901, 1001)))


@pytest.mark.parametrize("seed", range(6))
def test_whatever_a_peer_does_with_its_window_everything_arrives_and_nothing_new_leaves_beyond(seed):
    """RFC 9293 3.8.6, MUST-34, SHLD-15, SHLD-16."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    story, arrived, newest, window, acked = established(window=500), {}, 1, 500, 1
    story.calls("send", octets(1, 3001))
    while acked < 3001:
        heard = story.leaves()
        for sent in heard:
            end = sent.seq + len(sent.data)
            assert end <= max(newest, acked + window) or sent.why is Why.WINDOW_PROBE
            newest = max(newest, end)
            if chance.random() < 0.9:
                arrived |= dict(enumerate(sent.data, sent.seq))
        if not heard or chance.random() < 0.1:
            story.after(1)
            continue
        acked = next(at for at in range(1, 3002) if at not in arrived)
        window = chance.choice([0, 30, 100, 400, 900])
        story.arrives(ack(seq=1, ack=acked, window=window))
    assert bytes(arrived[at] for at in range(1, 3001)) == octets(1, 3001)
