"""What a sender did, found in a run: the keys to the questions of chapter 06."""

from course.run import Run
from course.tcp.segment import Why
from course.tcp.state import State
from course.trace.record import Delivered, Sent

Windows = tuple[int, int, int]
"""Of a sender: cwnd, the peer's window, and what is in flight, in octets."""


def data(run: Run) -> list[Sent]:
    """The client's segments with octets, in their order."""
    return [sent for sent in run.trace.sent if sent.sender == "client" and sent.segment.data]


def sent_again(run: Run) -> list[Sent]:
    """Those that begin where one before them began."""
    first = {sent.segment.seq: sent for sent in reversed(data(run))}
    return [sent for sent in data(run) if first[sent.segment.seq] is not sent]


def acknowledgments(run: Run) -> int:
    """How many of the server's segments do nothing but acknowledge?"""
    return sum(sent.sender == "server" and sent.segment.flags == ("ACK",) for sent in run.trace.sent)


def answer_to_damage(run: Run) -> Sent | None:
    """What the server sends after the damage, before the client sends the same again; None if nothing."""
    damaged, again = run.trace.dropped[0].at, sent_again(run)[0].at
    answers = [sent for sent in run.trace.sent if sent.sender == "server" and damaged <= sent.at < again]
    return answers[0] if answers else None


def first_timeout(run: Run) -> str:
    """How long did the client wait before it sent the lost segment again?"""
    waited = round(sent_again(run)[0].at - data(run)[0].at, 6)
    return {0.1: "a", 0.2: "b", 0.3: "c"}.get(waited, "d")


def state_of_client(run: Run) -> State:
    """Where the client's end has got to."""
    return [change.after for change in run.trace.changes if change.host == "client"][-1]


def identical(run: Run) -> int:
    """How many ACKs of the lost segment's number did the client get before it sent that segment again?"""
    again = sent_again(run)[0]
    before = run.trace.records[: run.trace.records.index(again)]
    heard = [each.sent for each in before if isinstance(each, Delivered) and each.sent.sender == "server"]
    return sum(sent.segment.ack == again.segment.seq for sent in heard)


def while_shut(run: Run) -> str:
    """What did the client's TCP do while the window was shut?"""
    if run.results["client"] is not None:
        return "b"
    probes = [sent for sent in data(run) if sent.segment.why is Why.WINDOW_PROBE]
    if not probes:
        return "a"
    return "c" if all(len(sent.segment.data) == 1 for sent in probes) else "d"


def first_flight(run: Run) -> int:
    """How many octets did the client send before it heard anything of them?"""
    begin = data(run)[0].at
    heard = min(each.at for each in run.trace.delivered if each.sent.sender == "server" and each.at > begin)
    return sum(len(sent.segment.data) for sent in data(run) if sent.at < heard)


def bursts(run: Run) -> int:
    """At how many moments did the client send octets?"""
    return len({round(sent.at, 3) for sent in data(run)})


def one_question(run: Run) -> str:
    """How long did the first question take: one round trip, two, or more?"""
    seconds = run.results["client"][0]
    return "a" if seconds < 0.015 else "b" if seconds < 0.025 else "c"


def may_leave(windows: Windows) -> int:
    """How many octets more may be sent?"""
    cwnd, offered, flight = windows
    return max(0, min(cwnd, offered) - flight)


def third_repetition(run: Run) -> float:
    """When was it sent again for the third time, counted from its first sending?"""
    return sent_again(run)[2].at - data(run)[0].at


def who_mends(run: Run) -> str:
    """Why was the lost segment sent again?"""
    again = sent_again(run)
    if not again:
        return "d"
    return {Why.FAST_RETRANSMIT: "a", Why.TIMEOUT: "b"}.get(again[0].segment.why or Why.DATA, "c")


def pushes(run: Run) -> int:
    """How many of the client's segments carry PSH?"""
    return sum(sent.segment.psh for sent in data(run))


def not_fooled(run: Run) -> str:
    """What is missing for a fast retransmit of something that was not lost; "" if nothing is."""
    if run.trace.dropped:
        return "something was lost in this run; nothing may be."
    if not any(sent.segment.why is Why.FAST_RETRANSMIT for sent in run.trace.sent):
        return "nothing was sent again by fast retransmit."
    return ""
