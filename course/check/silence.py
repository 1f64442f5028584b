"""The questions of chapter 10, connections that live long."""

from collections.abc import Callable, Mapping
from itertools import pairwise

from course.apps.longlived import KeepAlive, answers, asks
from course.check.question import Choice, Choose, Count, Next, Puzzle
from course.real.killed import END_OF_STREAM
from course.run import Run
from course.scenario import Scenario
from course.sim import faults
from course.tcp.segment import Why
from course.trace.record import Sent

A_YEAR_LESS = 31_000_000.0  # seconds: within the year of silence


def in_the_year(run: Run) -> int:
    """How many segments were sent in the year of silence?"""
    return sum(10 < sent.at < A_YEAR_LESS for sent in run.trace.sent)


def cut_key(run: Run) -> str:
    """Who has noticed, by the results?"""
    client, server = run.results.get("client"), run.results.get("server")
    return "b" if client and "ETIMEDOUT" in client and server is None else "a"


def killed_key(heard: str) -> str:
    """What did the peer of the killed process hear?"""
    return "b" if heard == END_OF_STREAM else "a"


def answer_to_old(run: Run) -> Sent:
    """The server's last segment."""
    return [sent for sent in run.trace.sent if sent.sender == "server"][-1]


def silence_until_end(run: Run) -> float:
    """How long the server had heard nothing when its recv() ended, in seconds."""
    ended = next(back.at for back in run.trace.returns if back.called.host == "server" and back.error)
    last = max(arrived.at for arrived in run.trace.delivered if arrived.sent.sender == "client")
    return round(ended - last)


def one_lost_key(run: Run) -> str:
    """Was a question lost, another one asked, and did the connection live on?"""
    lost = [record.sent for record in run.trace.dropped if is_question(record.sent)]
    asked_again = any(is_question(sent) and sent.at > lost[0].at for sent in run.trace.sent) if lost else False
    return "b" if asked_again and run.results["client"][-1] == "OK" else "a"


def is_question(sent: Sent) -> bool:
    """Is it one of keep-alive's?"""
    return sent.segment.why is Why.KEEP_ALIVE


def wall_key(run: Run) -> str:
    """What did the client see when it sent again?"""
    return {"OK": "a", "ETIMEDOUT": "b"}.get(run.results["client"][-1], "c")


def silences_key(runs: Mapping[str, Run]) -> str:
    """Do the client's calls differ in the three runs?"""
    seen = [
        [(back.called.name, back.error) for back in run.trace.returns if back.called.host == "client"]
        for run in runs.values()
    ]
    return "a" if seen[0] == seen[1] == seen[2] else "b"


def given_up(knobs: KeepAlive) -> Callable[[], Run]:
    """A run in which a server with these knobs loses its client."""
    scenario = Scenario(server=answers(keep=knobs), client=asks(b"hello", b"bye", pause=1e5), faults=[faults.cut(at=1)])
    return lambda: scenario.run(until=1e4)


def not_reset_after_silence(run: Run) -> str:
    """What is missing: a minute of silence, or the reset."""
    sent = [each.at for each in run.trace.sent]
    longest = max((later - earlier for earlier, later in pairwise(sent)), default=0.0)
    if longest < 60:
        return "there was no minute without a segment."
    if "ECONNRESET" not in str(run.results.get("client")):
        return f"the client heard {run.results.get('client', 'nothing yet')}."
    return ""


QUESTIONS = (
    Count(
        "a year",
        in_the_year,
        "A connection is two memories; nothing has to cross to keep them.",
        unit="segments",
        wrong={
            365: "Nobody asks each day; nobody asks at all.",
            4380: "Keep-alive is off unless a program asks for it.",
        },
    ),
    Choose(
        "cable cut",
        {
            "a": Choice("Both ends, at once.", "Nothing tells them: there is no segment for it (M34)."),
            "b": Choice("The end that sends next, after a while; the other end never."),
            "c": Choice("The kernel tells both after a minute.", "It knows no more than the program does (M34)."),
        },
        cut_key,
        "Only who sends can miss an acknowledgment.",
    ),
    Choose(
        "killed",
        {
            "a": Choice("Nothing, as after a power failure.", "The process is dead; its kernel is not (M61)."),
            "b": Choice("The end of the stream: a FIN."),
            "c": Choice("It depends on the program.", "The program is not asked; its kernel closes what it had open."),
        },
        killed_key,
        "The kernel closes the descriptors of a dead process, and TCP says so.",
    ),
    Next(
        "old segment",
        answer_to_old,
        "A TCP that knows of no such connection answers with a RST.",
        wrong={
            "RST ACK": "So a SYN is refused. This RST takes its number from the ack that it answers (section 3.5.2).",
            "ACK": "It has nothing to acknowledge: it has forgotten everything.",
            "none": "The host is back, and its TCP answers.",
            "FIN ACK": "A FIN belongs to a connection; it has none.",
            "SYN ACK": "Only a SYN is answered like that.",
        },
    ),
    Count(
        "gives up",
        silence_until_end,
        "7200 seconds of silence, and nine questions 75 seconds apart: 7200 + 9 * 75.",
        unit="s",
        wrong={
            675: "That is from the first question on; two hours of silence come before it.",
            7200: "That is when it begins to ask.",
            7800: "After the ninth question it waits once more.",
            7950: "Nine questions, not ten.",
        },
    ),
    Choose(
        "one lost",
        {
            "a": Choice("The peer is dead.", "A question or its answer may be lost as any segment (M36)."),
            "b": Choice("Nothing yet: it asks again."),
            "c": Choice("The connection is half-open.", "Only a RST would say so."),
        },
        one_lost_key,
        "One silence proves nothing, so it asks again.",
    ),
    Choose(
        "61 seconds",
        {
            "a": Choice(
                "Nothing special: the connection lasts.", "At both ends it does; the firewall has forgotten it."
            ),
            "b": Choice("No answer; after minutes ETIMEDOUT."),
            "c": Choice("ECONNREFUSED, at once.", "For that somebody would have to answer."),
        },
        wall_key,
        "What the firewall does not know, it drops, and says nothing.",
    ),
    Choose(
        "three silences",
        {
            "a": Choice("In nothing."),
            "b": Choice("In the errors of its calls.", "There is none in 20 seconds: TCP still tries."),
            "c": Choice("In the states of its connection.", "It is ESTABLISHED in all three."),
        },
        silences_key,
        "Silence looks like silence, whatever it comes from.",
    ),
    Count(
        "60, 10 and 3",
        silence_until_end,
        "60 + 3 * 10 seconds.",
        unit="s",
        wrong={
            80: "After the third question it waits once more.",
            60: "That is when it begins to ask.",
            30: "That is from the first question on; 60 seconds of silence come before it.",
        },
        hints=("When does the first question leave, and when the third?", "And then it waits for an answer."),
        evidence=given_up(KeepAlive(60, 10, 3)),
    ),
    Choose(
        "a lost beat",
        {
            "a": Choice("Yes: the beat has passed the firewall, and so has the repetition."),
            "b": Choice(
                "No: a lost segment does not count.", "The firewall has seen it; what is behind is not its matter."
            ),
        },
        lambda _: "a",
        "The firewall remembers what it has let through, whatever becomes of it afterwards.",
        hints=("Where is the beat lost, before the firewall or behind it?", "What has the firewall seen?"),
    ),
    Choose(
        "hangs",
        {
            "a": Choice("It waits."),
            "b": Choice("It raises ETIMEDOUT.", "The questions are answered: the other TCP is there."),
            "c": Choice('It gives b"".', "Nobody has closed."),
        },
        lambda _: "a",
        "Keep-alive asks the other TCP, and that one is well.",
        hints=("Who answers a question of keep-alive?", "So what does the client's TCP believe?"),
    ),
    Puzzle(
        "reset after silence",
        not_reset_after_silence,
        "A host that has forgotten, or a firewall that says so, answers the first segment with a RST.",
        hints=("Who might have forgotten the connection meanwhile?", "power_off with back=, or then='reset'."),
    ),
)
