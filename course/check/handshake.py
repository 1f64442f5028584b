"""The questions of chapter 05, the handshake."""

from course.apps import echo, scenes
from course.check.question import Choice, Choose, Count, Name, Next, Puzzle
from course.run import Run
from course.scenario import Scenario
from course.sim import faults
from course.tcp.segment import Segment
from course.tcp.state import State
from course.trace.record import Sent


def returned(run: Run, name: str, program: str) -> bool:
    """Did this program's call of that name come back without an error?"""
    return any(
        result.called.name == name and result.called.program == program and result.error is None
        for result in run.trace.returns
    )


def lunch_key(run: Run) -> str:
    """Which of the caller's calls came back while the server was at lunch?"""
    connected, sent = returned(run, "connect", "caller"), returned(run, "send", "caller")
    failed = any(result.error for result in run.trace.returns if result.called.program == "caller")
    return "b" if failed else "d" if sent else "c" if connected else "a"


def first_octet_key(run: Run) -> str:
    """How does the first data segment's number compare with that of the bare ACK before it?"""
    first = first_data(run)
    bare = [sent for sent in run.trace.segments if sent.sender == first.sender and sent.ordinal < first.ordinal][-1]
    step = (first.segment.seq - bare.segment.seq) % 2**32
    return {0: "a", 1: "b"}.get(step, "c")


def first_data(run: Run) -> Sent:
    """The first segment that carries octets."""
    return next(sent for sent in run.trace.segments if sent.segment.data)


def third_lost_key(run: Run) -> str:
    """Which ends were ESTABLISHED at the moment up to which the run was watched?"""
    last = {change.host: change.after for change in run.trace.changes if change.remote is not None}
    ends = last["client"] is State.ESTABLISHED, last["server"] is State.ESTABLISHED
    return {(True, True): "a", (True, False): "b", (False, True): "c", (False, False): "d"}[ends]


def who_repeats_key(run: Run) -> str:
    """Who sent a SYN or octets a second time?"""
    senders = {sent.sender for sent in repeats(run)}
    return {("client",): "a", ("server",): "b", ("client", "server"): "c", (): "d"}[tuple(sorted(senders))]


def repeats(run: Run) -> list[Sent]:
    """The transmissions that repeat a SYN or data of their sender."""
    seen: set[tuple[str, int]] = set()
    again = []
    for sent in run.trace.segments:
        name = (sent.sender, sent.segment.seq)
        if sent.segment.len and name in seen:
            again.append(sent)
        if sent.segment.len:
            seen.add(name)
    return again


def refused_key(run: Run) -> str:
    """What did connect() raise, and how long did that take compared with a round trip?"""
    connect = next(result for result in run.trace.returns if result.called.name == "connect")
    if connect.error is None:
        return "d"
    if connect.error != "ConnectionRefusedError":
        return "b"
    return "a" if connect.at - connect.called.at < 1 else "c"


def simultaneous_key(run: Run) -> str:
    """How many segments with SYN does it take when both call at once?"""
    count = sum(sent.segment.syn for sent in run.trace.segments)
    return {2: "a", 3: "b", 4: "c"}.get(count, "d")


def guessed_key(seen: tuple[State, list[Segment]]) -> str:
    """Is the connection still there, and was there an answer?"""
    state, answers = seen
    if state is State.CLOSED:
        return "a"
    return "c" if answers else "b"


def flood_key(run: Run) -> str:
    """How did the honest client fare?"""
    result = run.results["client"]
    if isinstance(result, ConnectionRefusedError):
        return "c"
    return "b" if isinstance(result, OSError) else "a"


def refused_means(run: Run) -> str:
    """Was the caller refused, by a host that answers?"""
    return "a" if any(sent.segment.rst for sent in run.trace.sent) else "c"


def not_both_in_syn_received(run: Run) -> str:
    """Where the two ends are instead, at the end of the run."""
    last = {change.host: change.after for change in run.trace.changes if change.remote is not None}
    if len(last) == 2 and set(last.values()) == {State.SYN_RECEIVED}:
        return ""
    return f"they are in {', '.join(f'{state} ({host})' for host, state in last.items()) or 'no state at all'}."


WHO = {
    "a": Choice("The client."),
    "b": Choice("The server."),
    "c": Choice("Both."),
    "d": Choice("Nobody."),
}

QUESTIONS = (
    Choose(
        "lunch",
        {
            "a": Choice(
                "connect() waits for lunch to end.",
                "Many people expect accept() to answer the call (M01); it only takes a finished call from a queue.",
            ),
            "b": Choice(
                "connect() fails.", "It would if nobody listened (M19). Somebody does: listen() is all it takes."
            ),
            "c": Choice(
                "connect() returns, send() waits.",
                "send() only fills a buffer (M27), and the server's TCP takes the octets without its program.",
            ),
            "d": Choice("Both return."),
        },
        lunch_key,
        "Once a socket listens, its TCP answers by itself.",
    ),
    Choose(
        "first octet",
        {
            "a": Choice("The same number as the ACK before it."),
            "b": Choice(
                "One more than the ACK before it.", "A pure ACK takes no number (M11), or ACKs would need ACKs."
            ),
            "c": Choice("Five more than the ACK before it.", "A number names the first octet carried, not the last."),
        },
        first_octet_key,
        "SYN, octets and FIN take numbers; a pure ACK does not.",
    ),
    Choose(
        "third lost",
        {
            "a": Choice("Both.", "The third segment has been sent, but it has to arrive, too."),
            "b": Choice("The client only."),
            "c": Choice("The server only.", "The server needs the third segment; the client needs only the second."),
            "d": Choice("Neither.", "The client was content with the second segment."),
        },
        third_lost_key,
        "Each end is ESTABLISHED when it knows that the other has heard its SYN (RFC 9293, section 3.5, figure 6).",
    ),
    Choose(
        "syn lost",
        WHO,
        who_repeats_key,
        "The client's SYN is unanswered, and its timer runs; the server has heard nothing.",
    ),
    Choose(
        "syn ack lost",
        WHO,
        who_repeats_key,
        "Both have sent a SYN that nobody acknowledged, and each has a timer of its own.",
    ),
    Choose(
        "ack lost",
        WHO,
        who_repeats_key,
        "A pure ACK takes no number and has no timer: nobody sends it again. What follows says the same once more.",
    ),
    Choose(
        "nobody listens",
        {
            "a": Choice("It fails within a round trip."),
            "b": Choice(
                "It fails after a few minutes.", "That is what silence looks like; a closed port is not silent (M19)."
            ),
            "c": Choice("It tries for a while, then is refused.", "A RST is an answer, so nothing is tried again."),
            "d": Choice("It succeeds.", "Somebody would have to listen."),
        },
        refused_key,
        "TCP answers a SYN for a port that nobody listens on with a RST, at once.",
    ),
    Choose(
        "both call",
        {
            "a": Choice(
                "Two: the two SYNs.", "Each SYN needs an acknowledgment, and both were sent before either came."
            ),
            "b": Choice(
                "Three, as always.",
                "In a usual handshake the second SYN takes the first ACK along; here it has left already.",
            ),
            "c": Choice("Four."),
            "d": Choice("None: it cannot work.", "It can, and it gives one connection, not two (M15)."),
        },
        simultaneous_key,
        "Both SYNs cross, and each is answered by a SYN with ACK: RFC 9293, figure 7.",
    ),
    Count(
        "data on a SYN",
        lambda answer: answer.ack,
        "The SYN took number 100, and only the SYN is acknowledged: 101. The octets come again.",
        wrong={
            106: "That would acknowledge the octets as well. They must wait for the end of the handshake.",
            105: "The SYN takes a number, too; and the octets are not taken yet.",
        },
    ),
    Choose(
        "guessed RST",
        {
            "a": Choice("It closes the connection.", "Then any stranger could, after a few guesses (M20)."),
            "b": Choice("It ignores the RST.", "It may be honest; so it asks."),
            "c": Choice("It answers with an ACK, and goes on."),
        },
        guessed_key,
        "Only a RST with exactly the next number counts; any other in the window is asked to prove itself.",
    ),
    Count(
        "two MSS",
        lambda run: max(len(sent.segment.data) for sent in run.trace.sent if sent.sender == "client"),
        "The server has announced 1000; but the client's own limit is 500, and it keeps to the smaller one.",
        unit="octets",
        wrong={
            1000: "The server would take them.",
            750: "Nobody negotiates (M22).",
        },
    ),
    Choose(
        "flood",
        {
            "a": Choice("Yes: the queue is for finished connections only.", "There is another for those half-way."),
            "b": Choice("No: nobody answers its SYN."),
            "c": Choice("It is refused.", "A full queue is silent (M06)."),
        },
        flood_key,
        "The queue of half-open connections is full, and its SYN is ignored.",
    ),
    Count(
        "ack of a SYN",
        lambda syn: syn.seq + syn.len,
        "A SYN takes one number, as an octet does, and ack names the number that is expected next.",
        wrong={1000: "1000 is the SYN's own number: the receiver has that one.", 1002: "Only the SYN takes a number."},
        hints=("What does ack name: the last number that has come, or the next?", "Does a SYN take a number (M12)?"),
        evidence=lambda: Segment(5000, 7000, seq=1000, ack=None, window=65535, syn=True),
    ),
    Next(
        "third of the client",
        lambda run: [sent for sent in run.trace.sent if sent.sender == "client"][2],
        "The first is the SYN, the second the bare ACK, the third carries hello; and all but the first carry ACK.",
        wrong={"SYN ACK": "That is what a server answers.", "SYN": "The SYN is sent once, if it is not lost."},
        hints=("Count the client's arrows in the ladder above.", "What does every segment but the first carry?"),
        evidence=lambda: Scenario(server=echo.server, client=echo.client).run(),
    ),
    Name(
        "waits meanwhile",
        lambda run: run.trace.changes[-1].after,
        "It has heard a SYN and sent its own. Until that one is acknowledged it is in SYN-RECEIVED.",
        wrong={
            State.LISTEN: "The listener stays in LISTEN; the new connection has moved on.",
            State.SYN_SENT: "That is the client's: it has sent a SYN, and heard none.",
            State.ESTABLISHED: "For that its own SYN would have to be acknowledged.",
        },
        hints=("What has the server heard, and what has it sent?", "It begins with SYN-."),
        evidence=lambda: Scenario(server=echo.server, client=echo.client, faults=[faults.drop("server", 1)]).run(
            until=0.5
        ),
    ),
    Choose(
        "refused",
        {
            "a": Choice("It is there, and no program listens on that port."),
            "b": Choice("It is there, and its queue is full.", "A full queue is silent (M06)."),
            "c": Choice("It is not there.", "Then nobody could have answered: silence."),
            "d": Choice("Nothing: a firewall may have swallowed the SYN.", "Then connect() would still wait."),
        },
        refused_means,
        "Somebody sent a RST, so packets reach the host and come back; and its TCP found no listener.",
        hints=("Who sent the RST?", "Which of these four cases are silent?"),
        evidence=lambda: Scenario(server=scenes.nobody, client=echo.client).run(),
    ),
    Puzzle(
        "both in SYN-RECEIVED",
        not_both_in_syn_received,
        "Each has sent its own SYN and heard the other's, and neither SYN ACK has arrived yet: figure 7 of RFC 9293.",
        hints=("Who can be in SYN-RECEIVED after a SYN of its own?", "Stop earlier: the crossing takes 50 ms."),
    ),
)
