"""SEGMENT ARRIVES: the order of the questions. What each of them answers is told in tests/spec."""

import pytest

from course.tcp.arrival import STEPS, is_acceptable
from course.tcp.segment import Why
from course.tcp.state import State
from course.tcp.variables import Failure
from tests.states import established, syn_received
from tests.story import Sketch, ack, rst


def test_the_steps_stand_in_the_order_of_the_rfc():
    """RFC 9293 3.10.7.4: first, second, and fourth to eighth."""
    assert [step.__name__ for step in STEPS] == [
        "check_sequence_number", "check_rst", "check_syn", "check_ack", "check_urgent", "process_text", "check_fin",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seq", "length", "wnd", "answer"),
    [
        (100, 0, 0, True),
        (99, 0, 0, False),
        (101, 0, 0, False),
        (100, 0, 10, True),
        (109, 0, 10, True),
        (110, 0, 10, False),
        (99, 0, 10, False),
        (100, 1, 0, False),
        (100, 5, 10, True),
        (109, 5, 10, True),  # only its first octet fits
        (110, 5, 10, False),
        (95, 5, 10, False),  # its last octet is 99
        (96, 5, 10, True),  # its last octet is 100
        (90, 20, 10, True),  # its last octet is 109
        (90, 21, 10, False),  # neither its first nor its last octet fits, says the table
    ],
)
def test_a_segment_is_acceptable_as_the_table_says(seq, length, wnd, answer):
    """RFC 9293 3.4 and 3.10.7.4, tables 5 and 6: RCV.NXT is 100."""
    assert is_acceptable(seq, length, 100, wnd) is answer


def test_the_sequence_number_is_asked_for_before_the_rst():
    """RFC 9293 3.10.7.4."""
    story = established()
    story.arrives(rst(seq=0))
    story.expect()
    story.is_in(State.ESTABLISHED)


def test_the_rst_is_asked_for_before_the_syn_and_the_ack():
    """RFC 9293 3.10.7.4."""
    story = established()
    story.arrives(Sketch("RST SYN", seq=1, ack=999))
    story.expect()
    story.is_in(State.CLOSED, Failure.RESET)


def test_the_syn_is_asked_for_before_the_ack():
    """RFC 9293 3.10.7.4."""
    story = established()
    story.arrives(Sketch("SYN", seq=1, ack=999))
    story.expect(ack(seq=1, ack=1, why=Why.CHALLENGE))


def test_the_ack_is_asked_for_before_the_text_and_the_fin():
    """RFC 9293 3.10.7.4."""
    story = established()
    story.arrives(Sketch("FIN", seq=1, ack=999, data=b"hello"))
    story.expect(ack(seq=1, ack=1, why=Why.ACK_UNSENT))
    story.is_in(State.ESTABLISHED)
    assert story.connection.readable == 0


def test_a_segment_without_an_ack_is_dropped():
    """RFC 9293 3.10.7.4, fifth."""
    story = established()
    story.arrives(Sketch("FIN", seq=1, data=b"hello"))
    story.expect()
    story.is_in(State.ESTABLISHED)
    assert story.connection.readable == 0


def test_text_and_fin_of_the_segment_that_completes_the_handshake_count():
    """RFC 9293 3.10.7.4, fifth to eighth."""
    story = syn_received()
    story.arrives(Sketch("FIN", seq=1, ack=1, data=b"hello"))
    story.expect()
    story.is_in(State.CLOSE_WAIT)
    assert story.calls("receive", 10) == b"hello"
    story.after(0.2)
    story.expect(ack(seq=1, ack=7))
