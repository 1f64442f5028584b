"""RFC 9293, section 3.7.1: the maximum segment size, in both directions."""

import pytest

from course.tcp.parameters import TcpParameters
from course.tcp.segment import Why
from tests.pair import Pair
from tests.states import established, syn_received, syn_sent
from tests.story import ack, octets, syn, syn_ack


def sizes(story):
    """How many octets each segment of 5000 takes."""
    story.calls("send", bytes(5000))
    return [len(segment.data) for segment in story.leaves()]


@pytest.mark.parametrize("mss", [536, 1460, 1, 65_495])
def test_every_syn_announces_our_mss(mss):
    """RFC 9293 3.7.1, MUST-14, SHLD-5, MAY-3."""
    caller = syn_sent(mss=mss)
    caller.after(1)
    caller.expect(syn(mss=mss))
    called = syn_received(mss=mss)
    called.after(1)
    called.expect(syn_ack(mss=mss))


@pytest.mark.parametrize(
    ("ours", "peers", "effective"),
    [(1460, 1000, 1000), (1000, 1460, 1000), (1460, 1460, 1460), (1460, None, 536), (400, None, 400)],
)
def test_the_smaller_mss_rules_what_the_caller_sends(ours, peers, effective):
    """RFC 9293 3.7.1, MUST-14, MUST-15, MUST-16."""
    story = established(mss=ours, peer_mss=peers, initial_window=10_000)

    assert sizes(story) == 5000 // effective * [effective]  # the rest waits, says Nagle


@pytest.mark.parametrize(("ours", "peers", "effective"), [(1460, 1000, 1000), (1000, 1460, 1000), (1460, None, 536)])
def test_the_smaller_mss_rules_what_the_called_end_sends(ours, peers, effective):
    """RFC 9293 3.7.1, MUST-14, MUST-15, MUST-16."""
    story = syn_received(mss=ours, peer_mss=peers)
    story.arrives(ack(seq=1, ack=1))

    assert sizes(story)[0] == effective


def test_the_mss_that_we_name_leaves_room_for_both_headers():
    """RFC 9293 3.7.1, MUST-67: an IP packet has 65,535 octets at the most, and 1500 on Ethernet."""
    syn_sent(mss=65_535 - 40)
    with pytest.raises(ValueError, match="mss=65496 cannot work"):
        syn_sent(mss=65_535 - 39)

    assert TcpParameters().mss == 1500 - 40


def test_whatever_happens_to_a_connection_only_its_syns_name_an_mss():
    """RFC 9293 3.2, MUST-65, and 3.7.1, MAY-3."""
    pair = Pair(receive_buffer=1000, lose={("client", 1), ("server", 1), ("client", 6), ("server", 8)})
    pair.run()
    pair.calls("client", "send", octets(1, 3001))
    pair.run(until=pair.now + 5)
    pair.reads.clear()
    pair.calls("client", "send", octets(3001, 6001))
    pair.run(until=pair.now + 5)
    pair.calls("server", "stop_reading")
    pair.run()

    assert {sent.segment.syn for sent in pair.sent if sent.segment.options.mss is not None} == {True}
    assert {sent.segment.options.mss for sent in pair.sent if sent.segment.syn} == {100}
    assert {sent.segment.why for sent in pair.sent} >= {
        Why.TIMEOUT, Why.FAST_RETRANSMIT, Why.ACK_GAP, Why.WINDOW_PROBE, Why.UNREAD_DATA,
    }  # fmt: skip
