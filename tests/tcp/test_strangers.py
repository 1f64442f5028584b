"""Whatever a peer sends, a connection answers with segments, keeps its numbers in order, and raises nothing."""

import random

import pytest

from course.tcp.state import State
from course.tcp.timers import Timer
from tests.states import IN
from tests.story import Sketch, octets

CONTROLS = [*25 * [""], "FIN", "FIN", "SYN", "SYN FIN", "RST"]


def strange_segment(chance, story):
    """A segment with numbers near those that matter, and anything else as it comes."""
    status = story.connection.status()
    seq = status.rcv_nxt - (status.irs or 0) + chance.choice([-1000, -2, -1, 0, 0, 0, 0, 1, 5, 65_534, 70_000])
    acked = chance.choice([status.snd_una, status.snd_nxt]) - story.iss + chance.choice([-20_000, -1, 0, 0, 0, 1, 7])
    return Sketch(
        chance.choice(CONTROLS), seq, chance.choice([None, acked, acked, acked, acked]),
        bytes(chance.choice([0, 0, 1, 5, 100])), window=chance.choice([0, 1, 50, 1000, 65_535]),
        mss=chance.choice([None, 1, 100]),
    )  # fmt: skip


def something_happens(chance, story):
    """One segment, call or stretch of time."""
    match chance.randrange(10):
        case 0 if story.connection.state not in (State.CLOSED, State.LISTEN):
            story.after(chance.choice([0.1, 0.5, 1, 10]))
        case 1:
            story.calls("receive", chance.randrange(300))
        case 2 if story.connection.state in (State.ESTABLISHED, State.CLOSE_WAIT) and not story.tcb.closing:
            story.calls("send", octets(0, chance.randrange(300)))
        case 3 if chance.random() < 0.2:
            story.calls(chance.choice(["close", "stop_reading"]))
        case _:
            story.arrives(strange_segment(chance, story))


def check_numbers(story, edge):
    """What has to be true at any moment; the right edge of the window, so that it can be compared later."""
    snd, rcv, buffer = story.tcb.snd, story.tcb.rcv, story.tcb.parameters.receive_buffer
    assert snd.una <= snd.rxt <= snd.nxt
    assert snd.nxt <= story.tcb.outgoing.end + 1
    assert 0 <= rcv.wnd <= buffer - len(story.tcb.incoming)
    assert rcv.nxt + rcv.wnd >= edge
    timers = story.tcb.timers.running()
    assert all(at >= story.now for at in timers.values())
    assert timers or not story.tcb.outgoing, "whoever waits for something has a timer"
    assert timers or snd.una == snd.nxt
    assert Timer.DELAYED_ACK in timers or not story.tcb.unacked
    return rcv.nxt + rcv.wnd


@pytest.mark.parametrize("state", State, ids=str)
def test_no_peer_can_make_a_connection_lose_its_head(state):
    """RFC 9293 3.10.7."""
    for seed in range(80):
        chance, edge = random.Random(seed), 0  # noqa: S311 - to be repeated, not to be secret
        story = IN[state](receive_buffer=chance.choice([300, 65_535]), iss=chance.choice([1000, 2**32 - 3]))
        for _ in range(50):
            something_happens(chance, story)
            sizes = [len(segment.data) for segment in story.leaves()]
            assert max(sizes, default=0) <= 100
            if story.connection.state in (State.CLOSED, State.LISTEN):
                break
            try:
                edge = check_numbers(story, edge)
            except AssertionError:
                story.breaks(f"with seed {seed} the numbers are not in order: {story.tcb.snd} {story.tcb.rcv}")
