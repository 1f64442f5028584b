"""RFC 9293, section 3.8.5: urgent octets. Programs should not use them (SHLD-13), a TCP must know them (MUST-30)."""

import pytest

from course.tcp.segment import Why
from course.tcp.state import State
from tests.pair import Pair
from tests.states import close_wait, established, fin_wait_1, fin_wait_2, listening, time_wait
from tests.story import ack, data, fin, octets, part, syn, syn_ack


def urgents(segments):
    """The urgent pointers that these segments say; None where the URG bit is off."""
    return [segment.urgent for segment in segments]


# ---------------------------------------------------------------- sending


def test_the_pointer_says_which_octet_follows_the_urgent_ones():
    """RFC 9293 3.8.5, MUST-30, MUST-62: it counts from the segment's own number."""
    story = established()
    story.calls("send", b"hurry", urgent=True)
    story.expect(data(b"hurry", seq=1, ack=1, urgent=5))


def test_without_urgent_octets_the_bit_is_off():
    """RFC 9293 3.8.5: its absence says that nothing urgent is outstanding."""
    story = established()
    story.calls("send", b"no hurry")
    assert urgents(story.leaves()) == [None]


def test_every_segment_that_leaves_meanwhile_says_it():
    """RFC 9293 3.8.5: also those with octets that were sent before, and those after the pointer no more."""
    story = established(initial_window=200)
    story.calls("send", octets(1, 301))
    story.expect(part(1, 101), part(101, 201))
    story.calls("send", octets(301, 351), urgent=True)
    story.calls("send", octets(351, 501))
    story.arrives(data(b"x", seq=1, ack=1))
    story.at(0.2)
    story.expect(ack(seq=201, ack=2, urgent=150))
    story.arrives(ack(seq=2, ack=201))
    assert [(each.seq, each.urgent) for each in story.leaves()] == [(201, 150), (301, 50), (401, None)]


def test_what_is_sent_again_says_it_again():
    """RFC 9293 3.8.5: the segment that said it first may have been lost."""
    story = established()
    story.calls("send", octets(1, 101))
    story.leaves()
    story.calls("send", b"hurry", urgent=True)
    story.leaves()
    story.at(1)
    story.expect(part(1, 101, urgent=105, why=Why.TIMEOUT))


def test_once_the_urgent_octets_are_acknowledged_nothing_is_said_any_more():
    """RFC 9293 3.8.5."""
    story = established()
    story.calls("send", b"hurry", urgent=True)
    story.leaves()
    story.arrives(ack(seq=1, ack=6))
    story.calls("send", b"no hurry")
    assert urgents(story.leaves()) == [None]


def test_later_urgent_octets_move_the_pointer_on():
    """RFC 9293 3.8.5: it cannot recede."""
    story = established(nagle=False)
    story.calls("send", b"one", urgent=True)
    story.expect(data(b"one", seq=1, ack=1, urgent=3))
    story.calls("send", b"two", urgent=True)
    story.expect(data(b"two", seq=4, ack=1, urgent=3))
    story.calls("send", b"three")
    story.expect(data(b"three", seq=7, ack=1))
    story.at(1)
    story.expect(data(b"onetwothree", seq=1, ack=1, urgent=6))


def test_a_pointer_too_far_for_its_field_says_as_far_as_it_can():
    """RFC 9293 3.8.5, MUST-31: urgent octets may be as many as they like, here 100 000."""
    story = established(window=65_535, window_scale=0, peer_scale=3, initial_window=2**20, mss=1000, peer_mss=1000)
    story.arrives(ack(seq=1, ack=1, window=30_000))
    story.calls("send", bytes(100_000), urgent=True)
    said = [(segment.seq, segment.urgent) for segment in story.leaves()]
    assert said == [(at, min(100_001 - at, 65_535)) for at in range(1, 100_001, 1000)]


def test_the_pointer_crosses_the_end_of_the_circle():
    """RFC 9293 3.4 and 3.8.5."""
    story = established(iss=2**32 - 3)
    story.calls("send", b"hurry", urgent=True)
    story.expect(data(b"hurry", seq=1, ack=1, urgent=5))


def test_octets_that_found_no_room_are_not_urgent():
    """RFC 9293 3.10.2: send() says how many it took; nothing taken, nothing urgent."""
    story = established(send_buffer=100, window=50)
    assert story.calls("send", octets(1, 201), urgent=True) == 100
    assert urgents(story.leaves()) == [100]
    assert story.calls("send", b"more", urgent=True) == 0
    assert story.tcb.snd.up == story.iss + 101


def test_a_probe_of_a_closed_window_says_that_octets_are_urgent():
    """RFC 9293 3.8.5: so the peer learns to hurry although nothing fits."""
    story = established(window=0)
    story.calls("send", b"hurry", urgent=True)
    story.expect()
    story.at(1)
    story.expect(data(b"h", seq=1, ack=1, urgent=5, why=Why.WINDOW_PROBE))


# ---------------------------------------------------------------- receiving


def test_the_program_learns_how_many_urgent_octets_are_to_be_read():
    """RFC 9293 3.8.5, MUST-32, MUST-33: also of those that have not arrived."""
    story = established()
    assert story.connection.urgent == 0
    story.arrives(data(b"hello", seq=1, ack=1, urgent=8))
    assert story.connection.urgent == 8
    assert story.connection.readable == 5


def test_the_count_goes_down_as_the_program_reads():
    """RFC 9293 3.8.5 and 3.10.3, MUST-33: at zero it may leave urgent mode."""
    story = established()
    story.arrives(data(b"hurry up please", seq=1, ack=1, urgent=5))
    counts = [story.connection.urgent]
    for size in (2, 2, 1, 4):
        story.calls("receive", size)
        counts.append(story.connection.urgent)
    assert counts == [5, 3, 1, 0, 0]


def test_the_pointer_alone_is_enough():
    """RFC 9293 3.8.5, MUST-32: a segment without octets tells as well."""
    story = established()
    story.arrives(ack(seq=1, ack=1, urgent=10))
    assert story.connection.urgent == 10
    story.arrives(part(1, 11))
    assert story.connection.urgent == 10


def test_a_newer_pointer_moves_it_on_and_an_older_one_does_not_move_it_back():
    """RFC 9293 3.8.5, MUST-32; 3.10.7.4, sixth: RCV.UP <- max(RCV.UP, SEG.UP)."""
    story = established()
    story.arrives(data(b"12345", seq=1, ack=1, urgent=20))
    story.arrives(data(b"67890", seq=6, ack=1, urgent=3))
    assert story.connection.urgent == 20
    story.arrives(data(b"abcde", seq=11, ack=1, urgent=30))
    story.leaves()
    assert story.connection.urgent == 40


@pytest.mark.parametrize("pointer", [0, 1, 65_535])
def test_a_nonsensical_pointer_does_no_harm(pointer):
    """RFC 9293 3.8.5: "robust to invalid urgent pointer values"."""
    story = established()
    story.arrives(data(b"hello", seq=1, ack=1, urgent=pointer), data(b"world", seq=6, ack=1))
    assert story.connection.urgent == pointer
    assert story.calls("receive", 100) == b"helloworld"
    assert story.connection.urgent == max(0, pointer - 10)
    story.arrives(fin(seq=11, ack=1))
    story.is_in(State.CLOSE_WAIT)
    assert story.connection.at_end


def test_a_pointer_in_a_segment_that_is_not_acceptable_means_nothing():
    """RFC 9293 3.10.7.4, first."""
    story = established()
    story.arrives(data(b"x", seq=70_000, ack=1, urgent=9))
    story.leaves()
    assert story.connection.urgent == 0


def test_a_full_window_does_not_hide_that_octets_are_urgent():
    """RFC 9293 3.4 and 3.10.7.4, first, MUST-66."""
    story = established(receive_buffer=5, delayed_ack=0)
    story.arrives(data(b"hello", seq=1, ack=1))
    story.expect(ack(seq=1, ack=6, window=0))
    story.arrives(data(b"!", seq=6, ack=1, urgent=1))
    story.expect(ack(seq=1, ack=6, window=0))
    assert story.connection.urgent == 6
    assert story.connection.readable == 5


@pytest.mark.parametrize(("in_state", "acked"), [(fin_wait_1, 1), (fin_wait_2, 2)])
def test_whoever_has_closed_still_hears_of_urgent_octets(in_state, acked):
    """RFC 9293 3.10.7.4, sixth: ESTABLISHED, FIN-WAIT-1 and FIN-WAIT-2."""
    story = in_state()
    story.arrives(data(b"hurry", seq=1, ack=acked, urgent=5))
    assert story.connection.urgent == 5


@pytest.mark.parametrize(("in_state", "acked"), [(close_wait, 1), (time_wait, 2)])
def test_after_the_fin_a_pointer_means_nothing(in_state, acked):
    """RFC 9293 3.10.7.4, sixth: "this should not occur since a FIN has been received"."""
    story = in_state()
    story.arrives(ack(seq=2, ack=acked, urgent=7))
    assert story.connection.urgent == 0


def test_urgent_octets_of_a_syn_are_urgent_once_the_handshake_is_over():
    """RFC 9293 3.10.7.2, third: "any other incoming control or data"."""
    story = listening()
    story.arrives(syn(data=b"hurry", urgent=6))
    story.expect(syn_ack())
    assert story.connection.urgent == 0
    story.arrives(ack(seq=1, ack=1))
    assert story.connection.urgent == 5


def test_urgent_octets_stay_in_line_with_the_others():
    """RFC 9293 3.8.5: no octet is out of band (RFC 6093)."""
    pair = Pair(lose={("client", 4)})
    pair.reads.discard("server")
    pair.run()
    for urgent in (False, True, False):
        pair.ends["client"].send(octets(1, 151), urgent=urgent)
    pair.calls("client", "send", b"")
    pair.run()
    assert pair.ends["server"].urgent == 300
    assert pair.calls("server", "receive", 1000) == 3 * octets(1, 151)
    assert pair.ends["server"].urgent == 0
