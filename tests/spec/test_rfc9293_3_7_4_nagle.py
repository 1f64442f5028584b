"""RFC 9293, section 3.7.4: the Nagle algorithm, one small segment at a time."""

from dataclasses import replace

from tests.pair import Pair
from tests.states import established
from tests.story import ack, data, fin, octets, part


def test_the_first_small_segment_leaves_at_once():
    """RFC 9293 3.7.4, SHLD-7."""
    story = established()
    story.calls("send", b"h")
    story.expect(data(b"h", seq=1, ack=1))


def test_further_small_segments_wait_for_its_acknowledgment_and_leave_together():
    """RFC 9293 3.7.4, SHLD-7; 3.9.1.2, MAY-16, MUST-60, SHLD-27."""
    story = established()
    story.calls("send", b"h")
    story.expect(data(b"h", seq=1, ack=1))
    for letter in (b"e", b"l", b"l", b"o"):
        story.calls("send", letter)
        story.expect()
    story.arrives(ack(seq=1, ack=2))
    story.expect(data(b"ello", seq=2, ack=1, psh=True))


def test_a_full_segment_waits_for_nobody():
    """RFC 9293 3.7.4, SHLD-28."""
    story = established()
    story.calls("send", octets(1, 51))
    story.expect(part(1, 51))
    story.calls("send", octets(51, 150))
    story.expect()
    story.calls("send", octets(150, 152))
    story.expect(part(51, 151))
    story.arrives(ack(seq=1, ack=151))
    story.expect(part(151, 152))


def test_acknowledged_in_part_is_not_acknowledged():
    """RFC 9293 3.7.4: SND.NXT > SND.UNA."""
    story = established()
    story.calls("send", octets(1, 101))
    story.expect(part(1, 101))
    story.calls("send", b"small")
    story.arrives(ack(seq=1, ack=100))
    story.expect()
    story.arrives(ack(seq=1, ack=101))
    story.expect(data(b"small", seq=101, ack=1))


def test_a_program_can_turn_it_off_for_one_connection():
    """RFC 9293 3.7.4, MUST-17."""
    story, other = established(), established()
    story.calls("configure", replace(story.tcb.parameters, nagle=False))
    for letter in (b"a", b"b", b"c"):
        story.calls("send", letter)
        other.calls("send", letter)
        assert [segment.data for segment in story.leaves()] == [letter]
        assert [segment.data for segment in other.leaves()] == ([b"a"] if letter == b"a" else [])


def test_a_knob_turns_it_off_for_all():
    """RFC 9293 3.7.4, MUST-17."""
    story = established(nagle=False)
    story.calls("send", b"a")
    story.expect(data(b"a", seq=1, ack=1))
    story.calls("send", b"b")
    story.expect(data(b"b", seq=2, ack=1))


def test_after_a_close_nothing_more_can_come_so_that_nothing_waits():
    """RFC 9293 3.7.4 and 3.8: the CLOSE call implies a push."""
    story = established()
    story.calls("send", b"a")
    story.expect(data(b"a", seq=1, ack=1))
    story.calls("send", b"bc")
    story.expect()
    story.calls("close")
    story.expect(fin(seq=2, ack=1, data=b"bc"))


def test_it_does_not_hold_back_what_the_window_does_not_let_go_anyway():
    """RFC 9293 3.7.4."""
    story = established(window=100, nagle=False)
    story.calls("send", octets(1, 101))
    story.expect(part(1, 101))
    story.calls("send", b"small")
    story.expect()


def test_nagle_and_delayed_acknowledgments_wait_for_each_other():
    """RFC 9293 3.7.4 and A.3: the second small write leaves when the delayed acknowledgment comes."""
    pair = Pair(delay=0.05)
    pair.run()
    begin = pair.now
    pair.calls("client", "send", b"head")
    pair.calls("client", "send", b"body")
    pair.run()
    sent = [(round(each.at - begin, 3), each.segment.data) for each in pair.sent if each.segment.data]

    assert sent == [(0.0, b"head"), (0.3, b"body")]
