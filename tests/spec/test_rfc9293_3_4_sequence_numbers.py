"""RFC 9293, section 3.4: sequence numbers, and how the initial one is chosen."""

import pytest

from course.tcp.segment import Why
from course.tcp.seq import initial_sequence_number
from course.tcp.state import State
from course.tcp.variables import Failure
from tests.pair import Pair
from tests.states import established, fin_wait_1
from tests.story import ack, data, fin, octets, part, rst

LOCAL, REMOTE = ("10.0.0.1", 1024), ("10.0.0.2", 7000)
AROUND_THE_WRAP = [2**32 - 3, 2**32 - 2, 2**32 - 1, 0, 2**31 - 1]


@pytest.mark.parametrize("iss", AROUND_THE_WRAP)
@pytest.mark.parametrize("irs", [2**32 - 3, 2**32 - 1, 0])
def test_a_connection_does_not_notice_that_numbers_wrap(iss, irs):
    """RFC 9293 3.4."""
    story = established(iss=iss, irs=irs)
    story.arrives(data(b"world", seq=6, ack=1))
    story.expect(ack(seq=1, ack=1, why=Why.ACK_GAP))
    story.arrives(data(b"hello", seq=1, ack=1))
    story.expect(ack(seq=1, ack=11, why=Why.ACK_GAP))
    story.calls("send", octets(1, 201))
    story.expect(part(1, 101, ack=11), part(101, 201, ack=11))
    story.arrives(ack(seq=11, ack=2), ack(seq=11, ack=201))
    story.expect()
    story.calls("close")
    story.expect(fin(seq=201, ack=11))
    story.arrives(fin(seq=11, ack=202))
    story.expect(ack(seq=202, ack=12))
    story.is_in(State.TIME_WAIT)
    assert story.calls("receive", 20) == b"helloworld"


def test_two_ends_that_both_start_just_before_the_wrap():
    """RFC 9293 3.4."""
    pair = Pair(iss=(2**32 - 3, 2**32 - 3), lose={("client", 4), ("server", 5)})
    pair.run()
    pair.calls("client", "send", octets(1, 3001))
    pair.calls("server", "send", octets(1, 2001))
    pair.calls("client", "close")
    pair.calls("server", "close")
    pair.run()

    assert pair.received == {"client": octets(1, 2001), "server": octets(1, 3001)}
    assert pair.states == (State.CLOSED, State.CLOSED)
    assert all(0 <= sent.segment.seq < 2**32 for sent in pair.sent)


def test_syn_and_fin_take_a_number_each_and_an_acknowledgment_takes_none():
    """RFC 9293 3.4."""
    story = fin_wait_1()
    assert story.connection.status().snd_nxt == story.iss + 2

    story.arrives(fin(seq=1, ack=2))
    story.expect(ack(seq=2, ack=2))
    assert story.connection.status().rcv_nxt == story.irs + 2
    assert story.connection.status().snd_nxt == story.iss + 2


def test_an_acknowledgment_says_that_everything_before_it_arrived():
    """RFC 9293 3.4."""
    story = established(nagle=False)
    story.calls("send", octets(1, 251))
    story.expect(part(1, 101), part(101, 201), part(201, 251))
    story.arrives(ack(seq=1, ack=251))
    story.after(100)
    story.expect()


WINDOW = 1000


@pytest.mark.parametrize(
    ("seq", "size", "taken"),
    [
        (1, 5, True),
        (1000, 5, True),  # its first octet lies on the window's last number
        (1001, 5, False),
        (-4, 5, False),  # its last octet is number 0
        (-3, 5, True),  # its last octet is number 1
    ],
)
def test_a_segment_is_acceptable_if_its_first_or_last_number_lies_in_the_window(seq, size, taken):
    """RFC 9293 3.4."""
    story = established(receive_buffer=WINDOW)
    story.arrives(data(bytes(size), seq=seq, ack=1))
    why = None if (seq, size) == (1, 5) else Why.ACK_GAP if taken else Why.ACK_UNACCEPTABLE
    story.expect(*[ack(seq=1, ack=2 if seq == -3 else 1, why=why)] if why else [])


@pytest.mark.parametrize(("seq", "acceptable"), [(0, False), (1, True), (1001, True), (1002, False)])
def test_an_empty_segment_is_acceptable_if_its_number_lies_in_the_window_or_just_behind_it(seq, acceptable):
    """RFC 9293 3.4; just behind it stands whoever has filled the window."""
    story = established(receive_buffer=WINDOW)
    story.arrives(ack(seq=seq, ack=1))
    story.expect(*[] if acceptable else [ack(seq=1, ack=1, why=Why.ACK_UNACCEPTABLE)])


def full():
    """A connection whose receive window is 0."""
    story = established(receive_buffer=200)
    story.arrives(data(bytes(200), seq=1, ack=1))
    story.expect(ack(seq=1, ack=201, window=0))
    return story


def test_with_a_window_of_zero_acknowledgments_still_count():
    """RFC 9293 3.4 and 3.10.7.4."""
    story = full()
    story.calls("send", octets(1, 101))
    story.expect(part(1, 101, ack=201))
    story.arrives(ack(seq=201, ack=101))
    story.expect()
    assert story.connection.next_timeout() is None


def test_with_a_window_of_zero_even_the_acknowledgment_of_a_refused_octet_counts():
    """RFC 9293 3.10.7.4, first: special allowance; A.2: both ends may probe at once."""
    story = full()
    story.calls("send", octets(1, 101))
    story.expect(part(1, 101, ack=201))
    story.arrives(data(b"x", seq=201, ack=101))
    story.expect(ack(seq=101, ack=201, window=0))
    assert (story.connection.readable, story.connection.next_timeout()) == (200, None)


@pytest.mark.parametrize("text", [b"", b"why it was reset"], ids=["bare", "with text"])
def test_with_a_window_of_zero_a_rst_still_counts(text):
    """RFC 9293 3.4 and 3.5.3, MUST-66, SHLD-2."""
    story = full()
    story.arrives(rst(seq=201, data=text))
    story.expect()
    story.is_in(State.CLOSED, Failure.RESET)


@pytest.mark.parametrize("sketch", [ack(200, 1), ack(203, 1), data(b"x", 200, 1), data(b"x", 202, 1)], ids=str)
def test_with_a_window_of_zero_hardly_anything_is_acceptable(sketch):
    """RFC 9293 3.4."""
    story = full()
    story.arrives(sketch)
    story.expect(ack(seq=1, ack=201, why=Why.ACK_UNACCEPTABLE))


def test_two_ends_that_probe_each_other_do_not_answer_each_other_for_ever():
    """RFC 9293 3.4 and 3.8.6.1: after a probe the peer's empty segments stand one number beyond our shut window."""
    story = full()
    story.arrives(ack(seq=202, ack=1))
    story.expect()


def test_with_a_window_of_zero_a_fin_does_not_fit():
    """RFC 9293 3.4."""
    story = full()
    story.arrives(fin(seq=201, ack=1))
    story.expect(ack(seq=1, ack=201, window=0, why=Why.ACK_UNACCEPTABLE))
    story.is_in(State.ESTABLISHED)


# ---------------------------------------------------------------- 3.4.1


def test_the_isn_counts_in_steps_of_four_microseconds():
    """RFC 9293 3.4.1, MUST-8."""
    first = initial_sequence_number(LOCAL, REMOTE, "secret", 1.0)
    later = [initial_sequence_number(LOCAL, REMOTE, "secret", 1.0 + n * 4e-6 + 1e-6) for n in (0, 1, 2, 1000)]

    assert [(isn - first) % 2**32 for isn in later] == [0, 1, 2, 1000]


def test_the_isn_comes_round_after_a_little_less_than_five_hours():
    """RFC 9293 3.4.1, MUST-8."""
    around = 2**32 * 4e-6

    isns = [initial_sequence_number(LOCAL, REMOTE, "secret", now) for now in (0.0, around, around + 4e-6)]
    assert isns[1] == isns[0]
    assert isns[2] == (isns[0] + 1) % 2**32
    assert all(0 <= isn < 2**32 for isn in isns)


@pytest.mark.parametrize(
    "other",
    [
        (("10.0.0.3", 1024), REMOTE, "secret"),
        (("10.0.0.1", 1025), REMOTE, "secret"),
        (LOCAL, ("10.0.0.3", 7000), "secret"),
        (LOCAL, ("10.0.0.2", 7001), "secret"),
        (REMOTE, LOCAL, "secret"),
        (LOCAL, REMOTE, "Secret"),
    ],
    ids=str,
)
def test_every_connection_and_every_secret_has_a_different_isn(other):
    """RFC 9293 3.4.1, SHLD-1, MUST-9."""
    isn, another = initial_sequence_number(LOCAL, REMOTE, "secret", 5.0), initial_sequence_number(*other, 5.0)

    assert abs((another - isn + 2**31) % 2**32 - 2**31) > 1_000_000


def test_the_same_connection_at_the_same_moment_has_the_same_isn():
    """RFC 9293 3.4.1: every run of a scenario is the same."""
    assert initial_sequence_number(LOCAL, REMOTE, "s", 2.5) == initial_sequence_number(LOCAL, REMOTE, "s", 2.5)


def test_a_secret_may_be_of_any_length():
    """RFC 9293 3.4.1."""
    isns = {initial_sequence_number(LOCAL, REMOTE, n * "s", 2.5) for n in (0, 1, 63, 64)}
    assert len(isns) == 4
    initial_sequence_number(LOCAL, REMOTE, 1000 * "s", 2.5)
