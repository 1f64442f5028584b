"""Resets: numbers that the other end will believe. In absolute numbers, for there is no connection to count from."""

import pytest

from course.tcp.parameters import TcpParameters
from course.tcp.resets import make_abort, make_reset
from course.tcp.segment import Segment, Why
from course.tcp.variables import Tcb


@pytest.mark.parametrize(
    ("segment", "seq", "ack"),
    [
        (Segment(1024, 7000, seq=100, ack=777, syn=True), 777, None),
        (Segment(1024, 7000, seq=100, ack=0), 0, None),
        (Segment(1024, 7000, seq=100, syn=True), 0, 101),
        (Segment(1024, 7000, seq=100, data=b"hello", fin=True), 0, 106),
        (Segment(1024, 7000, seq=2**32 - 1, syn=True), 0, 0),
        (Segment(1024, 7000, seq=1, ack=2**32 + 7), 7, None),  # unwrapped inside
    ],
)
def test_a_reset_takes_its_numbers_from_what_it_answers(segment, seq, ack):
    """RFC 9293 3.5.2."""
    reset = make_reset(segment, Why.NO_CONNECTION)

    assert reset == Segment(7000, 1024, seq, ack, rst=True, why=Why.NO_CONNECTION)


def test_a_reset_of_our_own_bears_the_next_number_that_we_would_have_sent():
    """RFC 9293 3.10.5."""
    tcb = Tcb(TcpParameters(), ("10.0.0.1", 1024), ("10.0.0.2", 7000))
    tcb.snd.nxt = 2**32 + 5

    assert make_abort(tcb, Why.ABORT) == Segment(1024, 7000, seq=5, rst=True, why=Why.ABORT)
