"""RFC 9293, section 3.7.1: the maximum segment size, in both directions."""

import pytest

from tests.states import established, syn_received, syn_sent
from tests.story import ack, syn, syn_ack


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
