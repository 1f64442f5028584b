"""What an ACK field teaches: which acknowledgments are duplicates, and which windows are news."""

import pytest

from course.tcp.acknowledgment import is_duplicate_ack
from course.tcp.segment import Why
from tests.states import established, fin_wait_1
from tests.story import ack, data, fin, part


def in_flight():
    """Two segments, 1 to 200, are on their way; the peer's window is 10,000."""
    story = established()
    story.calls("send", bytes(200))
    story.leaves()
    return story


@pytest.mark.parametrize(
    ("arrived", "answer"),
    [
        (ack(seq=1, ack=1), True),
        (ack(seq=1, ack=101), False),  # acknowledges something new
        (ack(seq=1, ack=0), False),  # is not the greatest so far
        (ack(seq=1, ack=1, window=9999), False),  # tells of another window
        (data(b"x", seq=1, ack=1), False),  # has octets of its own
        (fin(seq=1, ack=1), False),
    ],
    ids=str,
)
def test_a_duplicate_acknowledges_nothing_new_and_tells_nothing_else(arrived, answer):
    """RFC 5681 2, the conditions (b) to (e)."""
    story = in_flight()

    assert is_duplicate_ack(story.tcb, arrived.segment(story.iss, story.irs, story.window)) is answer


def test_without_anything_in_flight_nothing_is_a_duplicate():
    """RFC 5681 2, condition (a)."""
    story = established()

    assert not is_duplicate_ack(story.tcb, ack(seq=1, ack=1).segment(story.iss, story.irs, story.window))


def test_answers_to_window_probes_are_no_duplicates():
    """RFC 9293 3.8.6.1; RFC 5681 2."""
    story = established(window=0)
    story.calls("send", b"hello")
    story.after(1)
    story.expect(data(b"h", seq=1, ack=1, why=Why.WINDOW_PROBE))
    story.arrives(*4 * [ack(seq=1, ack=1)])
    story.expect()


def test_an_acknowledgment_takes_octets_off_the_send_queue():
    """RFC 9293 3.10.7.4."""
    story = in_flight()
    story.arrives(ack(seq=1, ack=101))
    story.expect()
    assert (story.connection.status().send_queue, story.connection.status().flight_size) == (100, 100)

    story.arrives(ack(seq=1, ack=201))
    story.expect()
    assert (story.connection.status().send_queue, story.connection.status().flight_size) == (0, 0)


def test_neither_syn_nor_fin_is_an_octet_of_the_send_queue():
    """RFC 9293 3.4."""
    story = fin_wait_1()
    assert story.connection.status().send_queue == 0
    assert story.connection.status().flight_size == 1


@pytest.mark.parametrize(
    ("arrived", "window"),
    [
        (ack(seq=1, ack=101, window=777), 777),  # newer by what it acknowledges
        (data(b"x", seq=2, ack=101, window=777), 777),  # newer by its number
        (data(b"x", seq=1, ack=101, window=777), 777),
        (ack(seq=0, ack=101, window=777), 5000),  # older by its number: not acceptable at all
    ],
    ids=str,
)
def test_the_newest_segment_tells_the_window(arrived, window):
    """RFC 9293 3.10.7.4."""
    story = in_flight()
    story.arrives(ack(seq=1, ack=101, window=5000))
    story.arrives(arrived)
    story.leaves()

    assert story.connection.status().snd_wnd == window


def test_the_window_of_a_segment_that_was_overtaken_is_no_news():
    """RFC 9293 3.10.7.4: SND.WL1 and SND.WL2."""
    story = in_flight()
    story.arrives(data(b"later", seq=6, ack=1, window=5000))
    story.expect(ack(seq=1 + 200, ack=1, why=Why.ACK_GAP))
    story.arrives(data(b"first", seq=1, ack=1, window=10))
    story.expect(ack(seq=1 + 200, ack=11, why=Why.ACK_GAP))

    assert story.connection.status().snd_wnd == 5000


def test_the_window_of_a_segment_with_an_old_acknowledgment_is_no_news():
    """RFC 9293 3.10.7.4: the window is updated if SND.UNA =< SEG.ACK =< SND.NXT."""
    story = in_flight()
    story.arrives(ack(seq=1, ack=101, window=5000))
    story.arrives(data(b"x", seq=6, ack=50, window=10))
    story.leaves()

    assert story.connection.status().snd_wnd == 5000


def test_an_acknowledgment_that_was_overtaken_moves_nothing():
    """RFC 9293 3.10.7.4: SND.UNA never goes back."""
    story = in_flight()
    story.arrives(ack(seq=1, ack=201, window=5000))
    story.arrives(ack(seq=1, ack=101, window=10))
    story.calls("send", b"hello")
    story.expect(part_of_hello())

    assert story.connection.status().snd_wnd == 5000


def part_of_hello():
    return data(b"hello", seq=201, ack=1)


def test_the_largest_window_ever_offered_is_remembered():
    """RFC 9293 3.8.6.2.1."""
    story = established(window=500)
    story.arrives(ack(seq=1, ack=1, window=700))
    story.arrives(ack(seq=1, ack=1, window=300))
    story.expect()

    assert story.tcb.snd.max_wnd == 700


def test_what_was_acknowledged_while_it_waited_to_be_sent_again_is_not_sent_again():
    """RFC 9293 3.10.7.4; RFC 6298 5.4."""
    story = established()
    story.calls("send", bytes(number % 251 for number in range(1, 401)))
    story.expect(part(1, 101), part(101, 201), part(201, 301), part(301, 401))
    story.after(1)
    story.expect(part(1, 101, why=Why.TIMEOUT))
    story.arrives(ack(seq=1, ack=301))
    story.expect(part(301, 401, why=Why.RECOVERY))
