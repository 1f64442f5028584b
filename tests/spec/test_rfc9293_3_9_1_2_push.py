"""RFC 9293, section 3.9.1.2: SEND without a PUSH flag, so that TCP itself decides what is pushed."""

import pytest

from course.tcp.segment import Why
from tests.states import established
from tests.story import ack, data, fin, octets, part


def test_what_is_sent_is_cut_into_full_segments_and_a_rest():
    """RFC 9293 3.7 and 3.9.1.2, SHLD-27, SHLD-28."""
    story = established(nagle=False)
    story.calls("send", octets(1, 251))
    story.expect(part(1, 101), part(101, 201), part(201, 251))


@pytest.mark.parametrize("size", [1, 99, 100])
def test_the_last_segment_of_what_was_sent_is_pushed(size):
    """RFC 9293 3.9.1.2, MUST-61."""
    story = established(nagle=False)
    story.calls("send", bytes(100 + size))
    pushed = [segment.psh for segment in story.leaves()]

    assert pushed == [False, True]


def test_nothing_but_octets_is_pushed():
    """RFC 9293 3.9.1.2."""
    story = established()
    story.calls("close")
    story.expect(fin(seq=1, ack=1, psh=False))
    story.after(1)
    story.expect(fin(seq=1, ack=1, psh=False))


def test_a_missing_fin_that_duplicates_ask_for_is_not_pushed_either():
    """RFC 9293 3.9.1.2."""
    story = established(nagle=False)
    story.calls("send", octets(1, 11))
    story.expect(part(1, 11))
    story.calls("close")
    story.expect(fin(seq=11, ack=1))
    story.arrives(ack(seq=1, ack=11))
    story.arrives(*3 * [ack(seq=1, ack=11)])
    story.expect(fin(seq=11, ack=1, psh=False, why=Why.FAST_RETRANSMIT))


def test_a_pushed_segment_is_still_pushed_when_it_is_sent_again():
    """RFC 9293 3.9.1.2, MUST-61."""
    story = established(nagle=False)
    story.calls("send", octets(1, 151))
    story.expect(part(1, 101, psh=False), part(101, 151, psh=True))
    story.arrives(ack(seq=1, ack=101))
    story.at(1)
    story.expect(part(101, 151, psh=True, why=Why.TIMEOUT))


def test_octets_are_not_kept_back_for_ever():
    """RFC 9293 3.9.1.2, MUST-60, MAY-16: the Nagle algorithm waits for an acknowledgment, and no longer."""
    story = established()
    story.calls("send", b"a")
    story.expect(data(b"a", seq=1, ack=1, psh=True))
    story.calls("send", b"b")
    story.expect()
    story.arrives(ack(seq=1, ack=2))
    story.expect(data(b"b", seq=2, ack=1, psh=True))


def test_a_pushed_segment_arrives_like_any_other():
    """RFC 9293 3.10.7.4, seventh: everything can be received as soon as it is in order."""
    story = established()
    story.arrives(data(b"hello", seq=1, ack=1, psh=False))
    assert story.connection.readable == 5
