"""Which close() the other end hears, and how; the same in both worlds, whichever side closes."""

import pytest

from course import Scenario
from course.apps import copies
from course.tcp.segment import Why

HEARD = {
    copies.keeps_a_copy: ["TimeoutError", "b''"],
    copies.resets_with_a_copy: ["TimeoutError", "ECONNRESET"],
    copies.leaves_octets_to_a_copy: ["TimeoutError", "ECONNRESET"],
    copies.shuts_down_with_a_copy: ["b''", "b''"],
}
OTHER = {"client": "server", "server": "client"}


@pytest.mark.parametrize("by", OTHER)
@pytest.mark.parametrize("closes", HEARD)
def test_the_last_close_is_heard_and_no_other(closes, by):
    """close(2), dup(2); misconception M50; in both worlds, with nothing to explain."""
    comparison = Scenario(**copies.last_close(closes, by), delay=0.005).compare()

    assert [side.results[OTHER[by]] for side in (comparison.simulated, comparison.real)] == [HEARD[closes]] * 2
    assert comparison.same, comparison


def test_nobody_else_can_close():
    with pytest.raises(ValueError, match="either"):
        copies.last_close(copies.keeps_a_copy, by="nobody")


@pytest.mark.parametrize(("closes", "why"), [
    (copies.keeps_a_copy, Why.CLOSE),
    (copies.resets_with_a_copy, Why.ABORT),
    (copies.leaves_octets_to_a_copy, Why.UNREAD_DATA),
])  # fmt: skip
def test_what_the_last_close_sends_is_sent_after_the_word(closes, why):
    run = Scenario(**copies.last_close(closes)).run()
    spoken = next(sent.at for sent in run.trace.sent if b"go on\n" in sent.segment.data)
    ended = next(sent for sent in run.trace.sent if sent.sender == "client" and (sent.segment.fin or sent.segment.rst))

    assert ended.at > spoken
    assert ended.segment.why is why
