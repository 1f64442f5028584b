"""The questions of chapter 08, the eleven states."""

from collections.abc import Callable, Iterable

from course.check.question import Choice, Choose, Count, Name, Puzzle
from course.real.scene import Word
from course.run import Run
from course.tcp.state import TRANSITIONS, Event, State
from course.trace.record import Changed

THE_SERVERS = frozenset({State.LISTEN, State.SYN_RECEIVED, State.CLOSE_WAIT, State.LAST_ACK})
THE_CLIENTS = frozenset({State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSING, State.TIME_WAIT})


def never_entered(run: Run) -> State:
    """The one state that neither end was ever in."""
    seen = {state for change in run.trace.changes for state in (change.before, change.after)}
    (missing,) = set(State) - seen
    return missing


def servers_key(runs: Iterable[Run]) -> str:
    """In which of the states that are called the client's was a server?"""
    seen = {change.after for run in runs for change in run.trace.changes if change.host == "server"}
    if seen >= THE_SERVERS | THE_CLIENTS:
        return "c"
    return "b" if State.TIME_WAIT in seen else "a"


def last_of(run: Run, host: str) -> State:
    """The last state of a host's connection."""
    return steps(run, host)[-1].after


def steps(run: Run, host: str) -> list[Changed]:
    """The changes of a host's connection."""
    return [change for change in run.trace.changes if change.host == host and change.remote is not None]


def after_fin_in_fin_wait_1(run: Run) -> State:
    """Where the peer's FIN led the client that was in FIN-WAIT-1."""
    found = [each for each in steps(run, "client") if (each.before, each.event) == (State.FIN_WAIT_1, Event.FIN)]
    return found[0].after


def after_reset(run: Run) -> State:
    """Where a RST led the server."""
    resets = (Event.RST, Event.RST_AFTER_PASSIVE_OPEN)
    return next(change.after for change in steps(run, "server") if change.event in resets)


def fresh_key(word: Word) -> str:
    """Who tells the state of a fresh socket?"""
    if word.state is State.LISTEN:
        return "c"
    return "b" if "not in" in word.told or word.by_table is None else "a"


def not_there(aimed: State) -> Callable[[Run], str]:
    """A puzzle's judge: says where the ends are instead of in that state."""

    def missing(run: Run) -> str:
        last = {change.host: change.after for change in run.trace.changes if change.remote is not None}
        if aimed in last.values():
            return ""
        where = ", ".join(f"{host} in {state}" for host, state in last.items())
        return f"at the end of the run {where or 'there is no connection'}."

    return missing


QUESTIONS = (
    Name(
        "the one missing",
        never_entered,
        "CLOSING is for two ends whose FINs cross.",
        wrong={
            State.CLOSED: "Both begin there, and both end there.",
            State.LISTEN: "The server's listener was there.",
            State.FIN_WAIT_2: "The client went through it, though for no time at all: ACK and FIN came together.",
            State.SYN_RECEIVED: "The server was there for a round trip.",
            State.FIN_WAIT_1: "The client was there from its close() on.",
            State.CLOSE_WAIT: "The server was there, though for no time at all: it closed as soon as it heard the FIN.",
            State.LAST_ACK: "The server was there until its FIN was acknowledged.",
            State.TIME_WAIT: "The client is there afterwards: it closed first.",
        },
    ),
    Choose(
        "a server's states",
        {
            "a": Choice(
                "In LISTEN, SYN-RECEIVED, CLOSE-WAIT and LAST-ACK only.",
                "So the articles sort them; but a server that closes first takes the other way.",
            ),
            "b": Choice("In these and in TIME-WAIT.", "The way to TIME-WAIT leads through FIN-WAIT-1 at least."),
            "c": Choice("In all of the nine, except SYN-SENT."),
        },
        servers_key,
        "The closing states belong to whoever closes first, or second.",
    ),
    Name(
        "meanwhile",
        lambda run: last_of(run, "client"),
        "Its FIN is out, and nothing has come back yet.",
        wrong={
            State.FIN_WAIT_2: "For that its FIN would have to be acknowledged.",
            State.TIME_WAIT: "For that the server's FIN would have to be here.",
            State.CLOSED: "close() has returned, but the connection goes on without the program.",
            State.ESTABLISHED: "It has called close(), and its FIN has left.",
            State.CLOSE_WAIT: "There the server was: it heard the end first.",
        },
    ),
    Name(
        "FIN first",
        after_fin_in_fin_wait_1,
        "Both FINs are out, and ours is not acknowledged: CLOSING waits for that.",
        wrong={
            State.TIME_WAIT: "Only if the same segment acknowledges our FIN, too (note 2).",
            State.FIN_WAIT_2: "That is where the ACK alone leads.",
            State.CLOSE_WAIT: "That is for who has not sent a FIN yet.",
            State.LAST_ACK: "That is for who heard the other's FIN before its own left.",
            State.FIN_WAIT_1: "There it was; the peer's FIN moves it on.",
        },
    ),
    Name(
        "RST at a listener",
        after_reset,
        "A connection that began with a passive open goes back to LISTEN: the listener is as it was.",
        wrong={
            State.CLOSED: "So it is for an end that called. A listener must not be put out by a stranger (M21).",
            State.SYN_RECEIVED: "Nothing is left to wait for: the caller says that it has not called.",
        },
    ),
    Choose(
        "fresh",
        {
            "a": Choice("It lists it among its connections, as CLOSED.", "There is no connection to list (M18)."),
            "b": Choice("The socket says CLOSED, and the kernel's list has nothing of it."),
            "c": Choice("It is in LISTEN until it is told otherwise.", "listen() is what brings it there."),
        },
        fresh_key,
        "CLOSED is the state of having no connection.",
    ),
    Name(
        "waits for its program",
        lambda _: State.CLOSE_WAIT,
        "CLOSE-WAIT: the peer has closed, and only our program's close() leads on.",
        wrong={
            State.CLOSED: "There no end is left that could wait.",
            State.LISTEN: "It waits for a SYN.",
            State.ESTABLISHED: "It waits for segments as well.",
            State.LAST_ACK: "It waits for the ACK of its FIN.",
        },
        hints=("In which state has the peer said all that it will ever say?", "Its name says who is to close."),
    ),
    Name(
        "only an ACK",
        lambda _: next(
            before
            for (before, event), after in TRANSITIONS.items()
            if after is State.TIME_WAIT and event is Event.ACK_OF_FIN
        ),
        "CLOSING has heard the FIN already, and waits for the ACK of its own.",
        wrong={
            State.FIN_WAIT_2: "It waits for the peer's FIN.",
            State.FIN_WAIT_1: "An ACK leads to FIN-WAIT-2 from there.",
            State.LAST_ACK: "An ACK leads to CLOSED from there.",
        },
        hints=("Which states lead to TIME-WAIT at all? Look at the map.", "It has heard the peer's FIN already."),
    ),
    Count(
        "edges into TIME-WAIT",
        lambda table: sum(after is State.TIME_WAIT for after in table.values()),
        "From FIN-WAIT-2 on a FIN, and from CLOSING on the ACK of ours; note 2 is both in one segment.",
        unit="edges",
        wrong={1: "There is a second way, for two who close at once.", 3: "Note 2 is two steps at one moment."},
        hints=("Follow the arrows that end in TIME-WAIT.", 'TRANSITIONS is a dict: count the values "TIME-WAIT".'),
        evidence=lambda: TRANSITIONS,
    ),
    Choose(
        "an hour in FIN-WAIT-2",
        {
            "a": Choice("The other program has not closed."),
            "b": Choice("Our FIN has not been sent.", "It has, and is acknowledged: that is how one comes here."),
            "c": Choice("The network has lost a FIN.", "A lost FIN is sent again; an hour is a long time for that."),
            "d": Choice("The kernel has a fault.", "It waits for a program, as it should."),
        },
        lambda _: "a",
        "FIN-WAIT-2 waits for the peer's FIN, and the peer sends it when its program closes. "
        "After a close() of ours, Linux would have given up long ago; so this was a shutdown().",
        hints=("What does FIN-WAIT-2 wait for?", "Who makes the other TCP send its FIN?"),
    ),
    Puzzle(
        "bring it to CLOSING",
        not_there(State.CLOSING),
        "The FINs cross, and the run stops before the ACKs are there.",
        hints=("Both close after one second; a segment takes 50 ms.", "Stop between 1.05 and 1.1 seconds."),
    ),
    Puzzle(
        "bring it to LAST-ACK",
        not_there(State.LAST_ACK),
        "The passive closer has closed, too, and its FIN is not acknowledged yet.",
        hints=("When does the server close? Look at the ladder of the whole run.", "Between 0.25 and 0.35 seconds."),
    ),
)
