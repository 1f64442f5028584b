"""Why a segment was sent: one story for every reason, and each tells of the segment that leaves last."""

import pytest

from course.tcp.segment import Why
from tests.states import (
    close_wait,
    closed,
    established,
    fin_wait_1,
    listening,
    syn_received,
    syn_received_actively,
    syn_sent,
)
from tests.story import Sketch, ack, data, fin, octets, part, rst, syn, syn_ack


def arrives(story, *sketches):
    story.leaves()
    story.arrives(*sketches)
    return story


def calls(story, *call):
    story.leaves()
    story.calls(*call)
    return story


def after(seconds, story):
    story.leaves()
    story.after(seconds)
    return story


def called():
    story = closed()
    story.calls("open_active", story.iss)
    return story


def ten_segments_in_flight(**knobs):
    return calls(established(**knobs), "send", octets(1, 1001))


def read_after_the_window_was_full():
    return calls(arrives(established(receive_buffer=200), data(bytes(200), 1, 1)), "receive", 200)


def probed():
    return arrives(established(receive_buffer=200), data(bytes(200), 1, 1), data(b"x", 201, 1))


def window_opens_after_a_probe(story):
    return arrives(after(1, calls(story, "send", b"hello")), ack(1, 1, window=1000))


def more_than_may_be_in_flight():
    return calls(established(), "send", octets(1, 1201))


def after_a_timestamp_of_100():
    story = established(timestamps=True, peer_stamp=100)
    story.arrives(ack(1, 1, timestamps=(100, 0)))
    return story


def silent_for(seconds, **knobs):
    return after(seconds, established(keep_alive=True, **knobs))


def partly_acknowledged():
    return arrives(arrives(ten_segments_in_flight(), *3 * [ack(1, 1)]), ack(1, 301))


STORIES = [
    (Why.OPEN, called),
    (Why.ANSWER_SYN, lambda: arrives(listening(), syn())),
    (Why.ANSWER_SYN, lambda: arrives(syn_sent(), syn())),
    (Why.ANSWER_SYN_ACK, lambda: arrives(syn_sent(), syn_ack())),
    (Why.DATA, lambda: calls(established(), "send", b"hello")),
    (Why.DATA, lambda: calls(close_wait(), "send", b"hello")),
    (Why.DATA, lambda: arrives(calls(established(window=0), "send", b"hello"), ack(1, 1, window=1000))),
    (Why.DATA, lambda: window_opens_after_a_probe(established(window=0))),
    (Why.DATA, lambda: window_opens_after_a_probe(arrives(syn_received_actively(window=0), syn_ack()))),
    (Why.LIMITED_TRANSMIT, lambda: arrives(more_than_may_be_in_flight(), ack(1, 1))),
    (Why.LIMITED_TRANSMIT, lambda: arrives(more_than_may_be_in_flight(), ack(1, 1), ack(1, 1))),
    (Why.CLOSE, lambda: calls(established(), "close")),
    (Why.CLOSE, lambda: calls(close_wait(), "close")),
    (Why.ACK_DELAYED, lambda: after(0.2, arrives(established(), data(b"hello", 1, 1)))),
    (Why.ACK_DELAYED, lambda: after(0.2, arrives(established(), fin(1, 1)))),
    (Why.ACK_SECOND, lambda: arrives(established(), data(bytes(100), 1, 1), data(bytes(100), 101, 1))),
    (Why.ACK_AT_ONCE, lambda: arrives(established(delayed_ack=0), data(b"hello", 1, 1))),
    (Why.ACK_GAP, lambda: arrives(established(), data(b"world", 6, 1))),
    (Why.ACK_GAP, lambda: arrives(established(), data(b"world", 6, 1), data(b"hello", 1, 1))),
    (Why.ACK_FIN, lambda: arrives(fin_wait_1(), fin(1, 1))),
    (Why.ACK_FIN, lambda: arrives(fin_wait_1(), fin(1, 2))),
    (Why.ACK_UNACCEPTABLE, lambda: arrives(established(), ack(0, 1))),
    (Why.ACK_UNACCEPTABLE, lambda: arrives(close_wait(), fin(1, 1))),
    (Why.ACK_UNACCEPTABLE, probed),
    (Why.ACK_UNSENT, lambda: arrives(established(), ack(1, 2))),
    (Why.ACK_OLD, lambda: arrives(after_a_timestamp_of_100(), data(b"old", 1, 1, timestamps=(99, 0)))),
    (Why.CHALLENGE, lambda: arrives(established(), rst(2))),
    (Why.CHALLENGE, lambda: arrives(established(), syn(1))),
    (Why.WINDOW_UPDATE, read_after_the_window_was_full),
    (Why.WINDOW_PROBE, lambda: after(1, calls(established(window=0), "send", b"hello"))),
    (Why.KEEP_ALIVE, lambda: silent_for(7200)),
    (Why.KEEP_ALIVE, lambda: silent_for(7200 + 75)),
    (Why.OVERRIDE, lambda: after(0.5, calls(arrives(established(), ack(1, 1, window=20)), "send", bytes(50)))),
    (Why.TIMEOUT, lambda: after(1, syn_sent())),
    (Why.TIMEOUT, lambda: after(1, syn_received())),
    (Why.TIMEOUT, lambda: after(1, syn_received_actively())),
    (Why.TIMEOUT, lambda: after(1, ten_segments_in_flight())),
    (Why.TIMEOUT, lambda: after(1, fin_wait_1())),
    (Why.RECOVERY, lambda: arrives(after(1, ten_segments_in_flight()), ack(1, 101))),
    (Why.FAST_RETRANSMIT, lambda: arrives(ten_segments_in_flight(), *3 * [ack(1, 1)])),
    (Why.FAST_RETRANSMIT, lambda: arrives(ten_segments_in_flight(congestion_control="none"), *3 * [ack(1, 1)])),
    (Why.PARTIAL_ACK, partly_acknowledged),
    (Why.NO_CONNECTION, lambda: arrives(closed(), ack(1, 1))),
    (Why.BAD_ACK, lambda: arrives(listening(), ack(1, 1))),
    (Why.BAD_ACK, lambda: arrives(syn_sent(), syn_ack(ack=2))),
    (Why.BAD_ACK, lambda: arrives(syn_received(), ack(1, 2))),
    (Why.NO_ANSWER, lambda: silent_for(7200 + 9 * 75)),
    (Why.ABORT, lambda: calls(established(), "abort")),
    (Why.UNREAD_DATA, lambda: calls(arrives(established(), data(b"hello", 1, 1)), "stop_reading")),
    (Why.UNREAD_DATA, lambda: arrives(calls(established(), "stop_reading"), data(b"hello", 1, 1))),
]
NO_CONNECTION_S = {  # tests/sim/test_listening.py, tests/sim/test_path.py
    Why.SYN_COOKIE,
    Why.QUEUE_FULL,
    Why.FORGOTTEN,
}


@pytest.mark.parametrize(
    ("why", "story"), STORIES, ids=[f"{number} {why.name}" for number, (why, _) in enumerate(STORIES)]
)
def test_every_segment_says_why_it_was_sent(why, story):
    story = story()
    left = story.leaves()
    if [segment.why for segment in left][-1:] != [why]:
        story.breaks(f"expected that {why.name} leaves last")


def test_there_is_a_story_for_every_reason():
    assert {why for why, _ in STORIES} == set(Why) - NO_CONNECTION_S


def test_only_the_first_segment_after_a_timeout_blames_the_timeout():
    """RFC 5681 3.1."""
    story = after(1, ten_segments_in_flight())
    story.expect(part(1, 101, why=Why.TIMEOUT))
    story.arrives(ack(1, 101))
    story.expect(part(101, 201, why=Why.RECOVERY), part(201, 301, why=Why.RECOVERY))


def test_every_timeout_is_blamed_anew():
    """RFC 6298 5.4."""
    story = after(1, ten_segments_in_flight())
    story.expect(part(1, 101, why=Why.TIMEOUT))
    story.after(2)
    story.expect(part(1, 101, why=Why.TIMEOUT))


def test_a_segment_with_several_reasons_to_be_acknowledged_is_acknowledged_once():
    """RFC 9293 3.10.7.4, MUST-58, MUST-59."""
    story = established()
    story.arrives(data(b"world", 6, 1), Sketch("SYN", 1, 1), ack(0, 1), data(b"hello", 1, 1))
    story.expect(ack(1, 11))
