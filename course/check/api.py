"""The questions of chapter 04, the socket API."""

from course.apps import trials
from course.check.question import Choice, Choose, Count, Next
from course.run import Run
from course.scenario import Scenario
from course.trace.record import Sent


def connected(run: Run) -> int:
    """How many of the guests were connected?"""
    return int(run.results["client"].count(trials.OK))


def local_ports(run: Run) -> int:
    """How many local ports do the accepted sockets have?"""
    return len({here[1] for here, _ in run.results["server"]})


def three_key(run: Run) -> str:
    """What did the one recv() give?"""
    result = run.results["server"]
    if isinstance(result, OSError):
        return "c"
    return "a" if result == b"one" else "b"


def thousand_key(run: Run) -> str:
    """Did recv(1000) give five octets, while the client was still there?"""
    return "b" if len(run.results["server"]) == len(b"hello") else "a"


def empty_key(run: Run) -> str:
    """What was the empty one, after the octets, and what was "nothing yet"?"""
    early, octets, last = run.results["server"]
    return "b" if octets and last == b"" and early != b"" else "a"


def after_handshake(run: Run) -> Sent | None:
    """What the client sent besides the handshake, up to the moment that was watched."""
    return next(iter([sent for sent in run.trace.sent if sent.sender == "client"][2:]), None)


def nobody_key(run: Run) -> str:
    """Did send() return all, and at once?"""
    taken, seconds = run.results["client"]
    return "c" if taken == 1000 and seconds == 0 else "b"


def first_send_key(run: Run) -> str:
    """How did the first send() end?"""
    return "b" if run.results["client"][0] == trials.OK else "a"


def quick_key(run: Run) -> str:
    """Was the quick one answered before or after the slow one?"""
    done = {back.called.host: back.at for back in run.trace.returns if back.called.name == "recv"}
    if isinstance(run.results["quick"], OSError):
        return "c"
    return "b" if done["quick"] > done["slow"] else "a"


def listener_key(run: Run) -> str:
    """Who lives on?"""
    lives, reset = run.results["server"] == b"alive", run.results["waiting"] == "ECONNRESET"
    return {(True, True): "b", (True, False): "c"}.get((lives, reset), "a")


def writable_key(run: Run) -> str:
    """Was the socket writable?"""
    return "b" if run.results["client"][0] else "a"


QUESTIONS = (
    Count(
        "port before",
        lambda run: run.results["client"][0][1],
        "It has none yet: 0 stands for that. connect() picks one.",
        wrong={7000: "That is the server's."},
    ),
    Count(
        "room at lunch",
        connected,
        "backlog + 1 finished connections may wait.",
        unit="of them",
        wrong={
            1: "Linux admits one more than the backlog says (M04), and so do we.",
            5: "The queue has an end; who finds no room waits.",
            0: "The kernel connects them without the program.",
        },
    ),
    Count(
        "accepted ports",
        local_ports,
        "All of them have the listener's port.",
        wrong={5: "accept() gives a new descriptor, and no new port (M08).", 6: "accept() takes no new port (M08)."},
    ),
    Choose(
        "three sends",
        {
            "a": Choice("one.", "That would need a mark between the three; a stream has none (M24)."),
            "b": Choice("onetwothree."),
            "c": Choice("An error: there is too much.", "There is room for 1024, and eleven have come."),
        },
        three_key,
        "A stream has no boundaries: recv() gives what has come.",
    ),
    Choose(
        "recv of 1000",
        {
            "a": Choice("It waits until 1000 are there.", "1000 is the most that it gives, not the least (M30)."),
            "b": Choice("It returns the five."),
            "c": Choice("It returns 1000, the rest zeros.", "Nobody has sent any zeros."),
        },
        thousand_key,
        "It waits for something, and gives what is there.",
    ),
    Choose(
        "empty recv",
        {
            "a": Choice("Nothing has come yet.", "That is a timeout, or EAGAIN (M31)."),
            "b": Choice("The peer will send no more."),
            "c": Choice("The connection is broken.", "That is an error: ECONNRESET."),
        },
        empty_key,
        "b'' is the end of the stream.",
    ),
    Next(
        "empty send",
        after_handshake,
        "No octets, no segment.",
        wrong={
            "FIN ACK": "Only close() and shutdown() make TCP send a FIN (M32).",
            "ACK": "There is nothing to acknowledge, and nothing to carry.",
        },
    ),
    Choose(
        "send to nobody",
        {
            "a": Choice("It waits until they are read.", "Nobody reads, and send() is back (M27)."),
            "b": Choice("It waits until they have arrived.", "They have not even left when it returns (M27)."),
            "c": Choice("It returns 1000 at once."),
        },
        nobody_key,
        "send() puts octets into a buffer, and returns.",
    ),
    Choose(
        "first send after",
        {
            "a": Choice(
                "With EPIPE.", "The next one will: for now TCP only knows that the server sends no more (M60)."
            ),
            "b": Choice("Well: it returns."),
            "c": Choice("It waits.", "There is room in the buffer."),
        },
        first_send_key,
        "A FIN closes one direction; that nobody reads any more, TCP learns by the RST.",
    ),
    Choose(
        "one at a time",
        {
            "a": Choice("At once: the kernel has connected it.", "Connected, yes; but the program is busy."),
            "b": Choice("When the slow one is done."),
            "c": Choice("Never: it is refused.", "It waits in the listener's queue."),
        },
        quick_key,
        "It was connected at once, and waited in the queue for the program.",
    ),
    Choose(
        "listener closes",
        {
            "a": Choice("Both end.", "An accepted connection has a socket of its own (M62)."),
            "b": Choice("The accepted one lives, the waiting one is reset."),
            "c": Choice("Both live.", "Nobody can ever accept the one that waits."),
        },
        listener_key,
        "The queue belongs to the listener, an accepted connection does not.",
    ),
    Choose(
        "writable",
        {
            "a": Choice("No: it is not connected.", "It never will be, and yet a call would not wait (M65)."),
            "b": Choice("Yes: writable says only that a call would not wait."),
        },
        writable_key,
        "send() would fail at once, and to fail is not to wait.",
    ),
    Count(
        "listen(3)",
        connected,
        "Three, and one more.",
        wrong={3: "So many were asked for (M04).", 128: "That is Python's default backlog."},
        hints=("Look at the run with backlog=1 again.", "It was one more than the backlog."),
        evidence=lambda: Scenario(server=trials.lunch(3), client=trials.guests(8)).run(),
    ),
    Count(
        "third recv",
        lambda octets: len(octets[8:12]),
        "Four, four, and the two that are left.",
        unit="octets",
        wrong={
            4: "So many came from each of the first two calls.",
            0: "That is the fourth call, if the peer has closed.",
        },
        hints=("How many are left after two calls?", "recv() gives what is there, and no more than was asked for."),
        evidence=lambda: b"0123456789",
    ),
    Choose(
        "cut in two",
        {
            "a": Choice("The network loses octets.", "TCP would send them again."),
            "b": Choice("The server takes one recv() for one message."),
            "c": Choice("The buffer of recv() is too large.", "It is only the most that may come."),
            "d": Choice("Nagle's algorithm is on.", "It changes when octets leave, not what a program may rely on."),
        },
        lambda _: "b",
        "A stream has no messages; they have to be framed.",
        hints=("What does TCP promise about boundaries?", "Which call is mistaken for a message?"),
    ),
    Choose(
        "who knows",
        {
            "a": Choice("TCP: it has acknowledged them.", "The other TCP has taken them; its program may not have."),
            "b": Choice("send(): it has returned 1000.", "It has put them into a buffer (M27)."),
            "c": Choice("Nobody, without an answer of the other program."),
        },
        lambda _: "c",
        "Only the other program can say what it has done.",
        hints=("What does send() return, and what does an ACK say?", "Neither is about the program."),
    ),
)
