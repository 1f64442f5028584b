"""RFC 9293, section 3.5: establishing a connection, figures 6 to 8."""

import pytest

from course.tcp.segment import Why
from course.tcp.state import Event, State
from course.tcp.variables import Failure
from tests.pair import Pair
from tests.states import closed, established, listening, syn_received, syn_received_actively, syn_sent
from tests.story import ISS, Sketch, ack, data, rst, syn, syn_ack


def test_figure_6_three_segments_and_both_ends_are_established():
    """RFC 9293 3.5."""
    pair = Pair(iss=(100, 300))
    pair.run()
    pair.calls("client", "send", b"hello")
    pair.run(until=0.2)

    assert pair.lines() == [
        "client: SYN seq=0",
        "server: SYN ACK seq=0 ack=1",
        "client: ACK seq=1 ack=1",
        "client: ACK seq=1 ack=1 5 octets",
    ]
    assert [sent.segment.seq for sent in pair.sent] == [100, 300, 101, 101]
    assert [sent.segment.ack for sent in pair.sent] == [None, 101, 301, 301]
    assert pair.states == (State.ESTABLISHED, State.ESTABLISHED)


def test_the_client_goes_from_syn_sent_to_established():
    """RFC 9293 3.5."""
    story = syn_sent()
    story.is_in(State.SYN_SENT)
    story.arrives(syn_ack())
    story.expect(ack(seq=1, ack=1, why=Why.ANSWER_SYN_ACK))
    story.is_in(State.ESTABLISHED)
    assert story.connection.next_timeout() is None


def test_the_server_goes_from_listen_through_syn_received_to_established():
    """RFC 9293 3.5."""
    story = listening()
    story.arrives(syn())
    story.expect(syn_ack(why=Why.ANSWER_SYN))
    story.is_in(State.SYN_RECEIVED)
    story.arrives(ack(seq=1, ack=1))
    story.expect()
    story.is_in(State.ESTABLISHED)
    assert story.connection.next_timeout() is None


def test_octets_in_the_third_segment_are_delivered():
    """RFC 9293 3.5."""
    story = syn_received()
    story.arrives(data(b"hello", seq=1, ack=1))
    story.expect()
    story.is_in(State.ESTABLISHED)
    assert story.calls("receive", 5) == b"hello"


def test_octets_that_come_with_the_syn_ack_are_delivered():
    """RFC 9293 3.5 and 3.10.7.3."""
    story = syn_sent()
    story.arrives(Sketch("SYN", 0, 1, b"hello"))
    story.expect(ack(seq=1, ack=6))
    assert story.calls("receive", 5) == b"hello"


def test_a_fin_that_comes_with_the_syn_ack_counts():
    """RFC 9293 3.10.7.3."""
    story = syn_sent()
    story.arrives(Sketch("SYN FIN", 0, 1, b"hello"))
    story.expect(ack(seq=1, ack=7))
    story.is_in(State.CLOSE_WAIT)


def test_octets_sent_before_the_handshake_was_over_leave_with_its_last_segment():
    """RFC 9293 3.10.2 and 3.10.7.3."""
    story = syn_sent()
    story.calls("send", b"hello")
    story.expect()
    story.arrives(syn_ack())
    story.expect(data(b"hello", seq=1, ack=1))


def test_figure_7_two_calls_that_cross_make_one_connection_with_four_segments():
    """RFC 9293 3.5, MUST-10."""
    pair = Pair(crossing=True, iss=(100, 300))
    pair.run()

    assert pair.lines() == [
        "client: SYN seq=0",
        "server: SYN seq=0",
        "server: SYN ACK seq=0 ack=1",
        "client: SYN ACK seq=0 ack=1",
    ]
    for end in pair.ends.values():
        assert end.history() == [
            (State.CLOSED, State.SYN_SENT, Event.ACTIVE_OPEN),
            (State.SYN_SENT, State.SYN_RECEIVED, Event.SYN),
            (State.SYN_RECEIVED, State.ESTABLISHED, Event.ACK_OF_SYN),
        ]


def test_a_crossing_connection_carries_octets_both_ways():
    """RFC 9293 3.5, MUST-10."""
    pair = Pair(crossing=True)
    pair.run()
    pair.calls("client", "send", b"hello")
    pair.calls("server", "send", b"world")
    pair.run()

    assert pair.received == {"client": b"world", "server": b"hello"}


def test_the_syn_ack_of_a_crossing_call_is_heard_though_its_syn_has_been_counted():
    """RFC 9293 3.5 and A.2, MUST-10: the literal check of the sequence number would drop it."""
    story = syn_received_actively()
    story.arrives(syn_ack())
    story.expect()
    story.is_in(State.ESTABLISHED)


def test_after_two_calls_crossed_a_bare_ack_is_enough():
    """RFC 9293 3.5, MUST-10."""
    story = syn_received_actively()
    story.arrives(ack(seq=1, ack=1))
    story.expect()
    story.is_in(State.ESTABLISHED)


def test_the_syn_ack_of_a_crossing_call_may_bring_octets():
    """RFC 9293 3.5 and A.2."""
    story = syn_received_actively()
    story.arrives(Sketch("SYN", 0, 1, b"hello"))
    story.after(0.2)
    story.expect(ack(seq=1, ack=6))


@pytest.mark.parametrize("lost", [("client", 1), ("server", 1), ("client", 2), ("server", 2)], ids=str)
def test_two_crossing_calls_get_through_though_a_segment_is_lost(lost):
    """RFC 9293 3.5, MUST-10."""
    pair = Pair(crossing=True, lose={lost})
    pair.run()

    assert pair.states == (State.ESTABLISHED, State.ESTABLISHED)
    assert pair.now < 2


@pytest.mark.parametrize("lost", [("client", 1), ("server", 1), ("client", 2)], ids=["SYN", "SYN ACK", "ACK"])
def test_a_handshake_gets_through_though_a_segment_is_lost(lost):
    """RFC 9293 3.5 and 3.8.3, MUST-22."""
    pair = Pair(lose={lost})
    pair.run()

    assert pair.states == (State.ESTABLISHED, State.ESTABLISHED)
    assert pair.now < 2


def test_figure_8_an_old_syn_makes_no_connection_and_the_true_one_does():
    """RFC 9293 3.5."""
    caller = syn_sent(iss=100, irs=300)
    called = syn_received(iss=300, irs=90)  # the old duplicate has SEQ 90
    caller.arrives(syn_ack(seq=0, ack=-9))
    caller.expect(rst(seq=-9))
    caller.is_in(State.SYN_SENT)
    called.arrives(rst(seq=1))  # 91
    called.expect()
    called.is_in(State.LISTEN)

    called = listening(iss=400, irs=100)
    called.arrives(syn())
    called.expect(syn_ack())
    caller.irs = 400
    caller.arrives(syn_ack())
    caller.expect(ack(seq=1, ack=1))
    called.arrives(ack(seq=1, ack=1))
    assert (caller.connection.state, called.connection.state) == (State.ESTABLISHED, State.ESTABLISHED)


# ---------------------------------------------------------------- MUST-11: how did it get into SYN-RECEIVED?


def test_a_rst_sends_a_called_connection_back_to_listen():
    """RFC 9293 3.5 and 3.5.3, MUST-11."""
    story = syn_received()
    story.arrives(rst(seq=1))
    story.expect()
    story.is_in(State.LISTEN)


def test_a_connection_that_was_opened_passively_for_one_peer_goes_back_to_listen_too():
    """RFC 9293 3.5 and 3.10.1, MUST-11."""
    story = closed()
    story.calls("open_passive")
    story.connection.begin_at(ISS)
    story.arrives(syn())
    story.expect(syn_ack())
    story.arrives(rst(seq=1))
    story.expect()
    story.is_in(State.LISTEN)


def test_a_rst_ends_a_calling_connection():
    """RFC 9293 3.5 and 3.5.3, MUST-11."""
    story = syn_received_actively()
    story.arrives(rst(seq=1))
    story.expect()
    story.is_in(State.CLOSED, Failure.REFUSED)


def test_a_connection_that_went_from_passive_to_active_is_active():
    """RFC 9293 3.5 and 3.10.1, MUST-11."""
    story = closed()
    story.calls("open_passive")
    story.calls("open_active", ISS)
    story.expect(syn())
    story.arrives(syn())
    story.expect(syn_ack())
    story.arrives(rst(seq=1))
    story.expect()
    story.is_in(State.CLOSED, Failure.REFUSED)


def test_both_ends_know_each_others_numbers():
    """RFC 9293 3.4.1 and 3.5."""
    story = established(iss=100, irs=300)
    status = story.connection.status()

    assert (status.iss, status.snd_una, status.snd_nxt, status.irs, status.rcv_nxt) == (100, 101, 101, 300, 301)
