"""RFC 9293, section 3.10.7.1: a segment arrives where there is no connection. The numbers are absolute here."""

import pytest

from course.tcp.segment import Why
from course.tcp.state import State
from tests.states import closed, fin_wait_1, time_wait
from tests.story import Sketch, ack, data, fin, rst, syn


@pytest.mark.parametrize(
    ("arrived", "answer"),
    [
        (syn(seq=100), rst(seq=0, ack=101)),
        (Sketch("SYN", 100, None, b"hello"), rst(seq=0, ack=106)),
        (ack(seq=100, ack=777), rst(seq=777)),
        (data(b"hello", seq=100, ack=777), rst(seq=777)),
        (fin(seq=100, ack=777), rst(seq=777)),
    ],
    ids=str,
)
def test_everything_but_a_rst_is_answered_by_a_rst_that_the_sender_will_believe(arrived, answer):
    """RFC 9293 3.10.7.1."""
    story = closed(iss=0, irs=0)
    story.arrives(arrived)
    story.expect(answer)
    assert story.connection.readable == 0


def test_the_rst_says_why():
    """RFC 9293 3.10.7.1."""
    story = closed()
    story.arrives(syn())
    assert [segment.why for segment in story.leaves()] == [Why.NO_CONNECTION]


@pytest.mark.parametrize("arrived", [rst(seq=1), rst(seq=1, ack=1)], ids=str)
def test_a_rst_is_discarded(arrived):
    """RFC 9293 3.10.7.1."""
    story = closed()
    story.arrives(arrived)
    story.expect()
    story.is_in(State.CLOSED)


def test_a_connection_that_is_over_answers_like_one_that_never_was():
    """RFC 9293 3.10.7.1."""
    gone = time_wait()
    gone.after(240)
    gone.is_in(State.CLOSED)
    gone.arrives(fin(seq=1, ack=2))
    gone.expect(rst(seq=2, why=Why.NO_CONNECTION))

    aborted = fin_wait_1()
    aborted.calls("abort")
    aborted.expect(rst(seq=2))
    aborted.arrives(data(b"hello", seq=1, ack=2))
    aborted.expect(rst(seq=2, why=Why.NO_CONNECTION))
