"""The questions of chapter 07, teardown."""

from course.apps import trials
from course.check.question import Choice, Choose, Count, Name, Next, Puzzle
from course.run import Run
from course.scenario import Scenario
from course.tcp.segment import Segment
from course.tcp.state import State
from course.trace.record import Changed, Sent


def since_first_fin(run: Run) -> list[Sent]:
    """The segments from the first FIN on."""
    sent = run.trace.sent
    first = next(place for place, each in enumerate(sent) if each.segment.fin)
    return sent[first:]


def of(run: Run, sender: str) -> list[Sent]:
    """What a host has sent."""
    return [sent for sent in run.trace.sent if sent.sender == sender]


def heard_after_fin_key(run: Run) -> str:
    """Did the client get octets that were sent after its FIN had arrived?"""
    fin = next(sent for sent in of(run, "client") if sent.segment.fin)
    arrived = next(record.at for record in run.trace.delivered if record.sent is fin)
    later = [sent for sent in of(run, "server") if sent.segment.data and sent.at >= arrived]
    return "b" if later and run.results["client"] else "a"


def after_bare_ack(run: Run) -> int:
    """The number of the server's first octet, counted from its SYN."""
    sent = of(run, "server")
    return next(each for each in sent if each.segment.data).segment.seq - sent[0].segment.seq


def last_of_client(run: Run) -> Sent:
    """The client's last segment."""
    return of(run, "client")[-1]


def after_established(run: Run) -> Sent | None:
    """What the client has sent after the three segments of the handshake, if anything."""
    return next(iter(of(run, "client")[2:]), None)


def fin_key(run: Run) -> str:
    """Did the client's FIN wait for its data to be sent, and for it to be acknowledged?"""
    sent = of(run, "client")
    fin = next(each for each in sent if each.segment.fin)
    data = [each for each in sent if each.segment.data]
    acked = max((each.segment.ack or 0) for each in of(run, "server") if each.at < fin.at)
    closed = next(back.at for back in run.trace.returns if back.called.name == "close" and back.called.host == "client")
    if fin.at <= closed:
        return "a"
    return "c" if acked == data[-1].segment.seq + data[-1].segment.len else "b"


def waiting_key(run: Run) -> str:
    """Who is in TIME-WAIT at the end of the run?"""
    waiting = {host for host, state in last_states(run).items() if state is State.TIME_WAIT}
    if len(waiting) == 2:
        return "d"
    return "b" if waiting == {"server"} else "a"


def last_states(run: Run) -> dict[str, State]:
    """The last state of each host's connection."""
    return {change.host: change.after for change in run.trace.changes if change.remote is not None}


def last_ack_key(run: Run) -> str:
    """Was a FIN sent twice, and who answered?"""
    fins = [sent.sender for sent in run.trace.sent if sent.segment.fin]
    if fins.count("server") > 1:
        return "b"
    return "c" if len(of(run, "client")) > fins.count("client") + 4 else "a"


def close_wait_key(run: Run) -> str:
    """Is the server still in CLOSE-WAIT after an hour?"""
    return "c" if last_states(run)["server"] is State.CLOSE_WAIT else "a"


def after_first_fin(run: Run) -> State:
    """The client's state just after it has received the server's FIN."""
    return next(change.after for change in steps(run, "client") if str(change.event) == "rcv FIN")


def steps(run: Run, host: str) -> list[Changed]:
    """The changes of a host's connection."""
    return [change for change in run.trace.changes if change.host == host and change.remote is not None]


def reset_key(run: Run) -> str:
    """What does the program see of a RST, and what is left?"""
    if not isinstance(run.results["server"], OSError):
        return "a"
    waited = any(change.after is State.TIME_WAIT for change in run.trace.changes)
    return "c" if waited else "b"


def not_without_fin_wait_2(run: Run) -> str:
    """What is missing: TIME-WAIT, or the way past FIN-WAIT-2."""
    states = {change.after for change in steps(run, "client") if lasted(run, change)}
    if State.TIME_WAIT not in {change.after for change in steps(run, "client")}:
        return "the client was never in TIME-WAIT."
    return "it waited in FIN-WAIT-2 for a while." if State.FIN_WAIT_2 in states else ""


def lasted(run: Run, change: Changed) -> bool:
    """Did the state that was entered here last for any time?"""
    later = [other.at for other in steps(run, change.host) if other.at > change.at]
    moved_on = [other for other in steps(run, change.host) if other.at == change.at and other.before is change.after]
    return not moved_on and bool(later or change.after is not State.FIN_WAIT_2)


QUESTIONS = (
    Count(
        "tidy close",
        lambda run: len(since_first_fin(run)),
        "FIN and ACK one way, FIN and ACK the other way: each direction closes by itself.",
        unit="segments",
        wrong={
            3: "So it is when the answer to the FIN can ride on the other FIN. Here that one comes a second later.",
            2: "Each FIN wants an acknowledgment, and there are two directions.",
        },
    ),
    Count(
        "eager close",
        lambda run: len(since_first_fin(run)),
        "The acknowledgment of the first FIN rode on the second one.",
        unit="segments",
        wrong={
            4: "That is how it is drawn in most books (M53); an ACK may wait a moment for company, and here it came."
        },
    ),
    Choose(
        "after my FIN",
        {
            "a": Choice("No: the connection is over.", "Only one direction is: the client's own (M51)."),
            "b": Choice("Yes, as long as the server has not sent its own FIN."),
            "c": Choice("Only what was on its way already.", "The answer was made after the FIN had arrived (M51)."),
        },
        heard_after_fin_key,
        "FIN closes one direction.",
    ),
    Count(
        "after a bare ACK",
        after_bare_ack,
        "The server's SYN took 0, its bare ACKs took nothing, so its first octet is number 1.",
        wrong={2: "That would be so if the ACK took a number (M11); then ACKs would need ACKs."},
    ),
    Next(
        "closed ears",
        last_of_client,
        "No program is left that could read, and TCP says so.",
        wrong={
            "ACK": "An ACK would say: I have taken care of it. Nobody will (RFC 9293, section 3.6.1).",
            "RST ACK": "Nearly: it takes its number from the ack that it answers, and needs no ACK (section 3.5.2).",
            "FIN ACK": "The FIN has gone out already, when close() was called.",
            "none": "Then the server would repeat its word again and again.",
        },
    ),
    Next(
        "SHUT_RD",
        after_established,
        "Nothing is sent: TCP has no segment for it.",
        wrong={
            "FIN": "A FIN closes the direction in which one sends, not the one in which one listens (M52).",
            "FIN ACK": "A FIN closes the direction in which one sends, not the one in which one listens (M52).",
            "ACK": "There is nothing to acknowledge, and the call changes nothing that an ACK says (M52).",
            "RST": "The connection lives on; the peer is told nothing (M52).",
            "RST ACK": "The connection lives on; the peer is told nothing (M52).",
        },
    ),
    Choose(
        "FIN behind data",
        {
            "a": Choice("When close() is called.", "It would be ahead of the data that still waits (M49)."),
            "b": Choice("When the last octet has been sent."),
            "c": Choice(
                "When the last octet has been acknowledged.", "It need not wait for that: it follows the data."
            ),
        },
        fin_key,
        "The FIN stands in the queue behind the data, with the next number.",
    ),
    Choose(
        "who waits",
        {
            "a": Choice("The client: it always is.", "It is often, because clients often close first (M54)."),
            "b": Choice("The server: it closed first."),
            "c": Choice("The client: it closed last.", "The last closer has its FIN acknowledged, and is done (M54)."),
            "d": Choice("Both.", "So it is when both FINs cross."),
        },
        waiting_key,
        "TIME-WAIT belongs to whoever closed first.",
    ),
    Choose(
        "last ACK lost",
        {
            "a": Choice(
                "Nothing: the close is over.", "The other end does not know that; its FIN is not acknowledged."
            ),
            "b": Choice("The passive closer sends its FIN again, and is answered again."),
            "c": Choice(
                "The active closer notices, and sends its ACK again by itself.",
                "Nobody tells it of the loss, and an ACK has no timer.",
            ),
            "d": Choice("The passive closer waits for ever.", "Its FIN takes a number, so a timer runs for it."),
        },
        last_ack_key,
        "A FIN is repeated until it is acknowledged, and TIME-WAIT is there to acknowledge it again.",
    ),
    Choose(
        "CLOSE-WAIT",
        {
            "a": Choice("For 2 MSL.", "That is TIME-WAIT, at the other end."),
            "b": Choice("Until the kernel's tcp_fin_timeout.", "That is FIN-WAIT-2, at the other end (M55)."),
            "c": Choice("Until the program closes, or ends."),
        },
        close_wait_key,
        "CLOSE-WAIT has no timer: it waits for the program.",
    ),
    Name(
        "both close",
        after_first_fin,
        "Its own FIN is out and not acknowledged, the other's has come.",
        wrong={
            State.FIN_WAIT_1: "It was there until then; the other's FIN moves it on.",
            State.TIME_WAIT: "Not yet: its own FIN is still unacknowledged.",
            State.CLOSE_WAIT: "That is where one is who has not closed yet.",
            State.FIN_WAIT_2: "For that its own FIN would have to be acknowledged.",
            State.LAST_ACK: "That is where the passive closer waits; here both closed actively.",
        },
    ),
    Choose(
        "RST arrives",
        {
            "a": Choice("The program reads an end of file, as after a FIN.", "An end of file would say: all is here."),
            "b": Choice("The program gets an error, and nothing remains of the connection."),
            "c": Choice(
                "The program gets an error, and the connection waits in TIME-WAIT.",
                "TIME-WAIT is for a close that both have agreed upon.",
            ),
        },
        reset_key,
        "A RST ends both directions at once, and is not acknowledged.",
    ),
    Count(
        "ack of a FIN",
        lambda fin: fin.seq + fin.len,
        "A FIN takes one number, so the next one expected is 5001.",
        wrong={5000: "That is the FIN's own number.", 5002: "Only the FIN takes a number; its ACK flag does not."},
        hints=("ack names the number that is expected next.", "How many numbers does a FIN take?"),
        evidence=lambda: Segment(5000, 7000, seq=5000, ack=1, window=65535, fin=True),
    ),
    Name(
        "server closed first",
        lambda run: last_states(run)["server"],
        "The server closed first, so it is the active closer, and waits for 2 MSL.",
        wrong={
            State.CLOSED: "It has to be there if its last ACK is lost.",
            State.LAST_ACK: "That is the client's way: it closed second.",
            State.CLOSE_WAIT: "That is where the client was until it closed.",
        },
        hints=("Who is the active closer here?", "What does the active closer do after the other's FIN?"),
        evidence=lambda: Scenario(server=trials.hangs_up, client=trials.closes_after).run(until=5),
    ),
    Choose(
        "4000 in CLOSE-WAIT",
        {
            "a": Choice("Lower tcp_fin_timeout.", "That is about FIN-WAIT-2, at the other ends (M55)."),
            "b": Choice("Wait: they go away by themselves.", "No timer ends CLOSE-WAIT (M59)."),
            "c": Choice("Look for the place where the server forgets to close."),
            "d": Choice("Set SO_REUSEADDR.", "That is about binding a port, and about TIME-WAIT."),
        },
        lambda _: "c",
        "Each of them waits for the server's own close().",
        hints=("Whose event ends CLOSE-WAIT?", "The client has closed; the kernel waits. For whom?"),
    ),
    Puzzle(
        "no FIN-WAIT-2",
        not_without_fin_wait_2,
        "When FIN and ACK come in one segment, or both close at once, FIN-WAIT-2 is passed or never entered.",
        hints=("Which server answers the FIN with a FIN of its own, at once?", "Or let both close at the same moment."),
    ),
)
