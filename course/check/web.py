"""The questions of chapter 09, HTTP over TCP."""

from collections.abc import Mapping
from typing import Any

from course.apps import browser, web
from course.check.question import Choice, Choose, Count
from course.run import Run
from course.scenario import Scenario
from course.trace.tally import Tallies, tally


def picture_key(run: Run) -> str:
    """Did the picture come as it is?"""
    (answer,) = run.results["client"]
    return "b" if answer.body == web.picture() else "a" if answer.body else "c"


def cannot_tell_key(cut_short: Mapping[str, Any]) -> str:
    """Which of the answers that were cut short was taken for a whole one?"""
    letters = {"by_length": "a", "in_chunks": "b", "until_close": "c"}
    taken = [letters[name] for name, result in cut_short.items() if not isinstance(result, OSError)]
    (letter,) = taken
    return letter


def order_key(run: Run) -> str:
    """Whose answer came first?"""
    slow, quick = run.results["client"]
    return "b" if b"second" in slow.body and b"Hello" in quick.body else "a"


def refused_key(results: Mapping[str, Any]) -> str:
    """Did the hasty server's answer get through?"""
    return "b" if isinstance(results["hasty"], OSError) else "a"


def most_key(count: Tallies) -> str:
    """Which way took the most segments?"""
    letters = {"polling": "a", "long_polling": "b", "events": "c", "websocket": "d"}
    return letters[max(count.rows, key=lambda name: count[name].segments or 0)]


QUESTIONS = (
    Choose(
        "a picture",
        {
            "a": Choice("They are written as text first.", "Mail does that; HTTP does not have to."),
            "b": Choice("They travel as they are."),
            "c": Choice("HTTP cannot carry them.", "Each page with a picture shows that it can."),
        },
        picture_key,
        "The head is text, the body is whatever it is.",
    ),
    Choose(
        "cannot tell",
        {
            "a": Choice("The length.", "Ten octets are missing, and it can count."),
            "b": Choice("The chunks.", "The empty one at the end has not come."),
            "c": Choice("The end of the connection."),
        },
        cannot_tell_key,
        "Where the end of the connection is the end of the body, every end looks right.",
    ),
    Count(
        "ten connections",
        lambda count: count["1.0"].round_trips,
        "One for each handshake, and one for each page.",
        unit="round trips",
        wrong={10: "Each connection has to be made first, which takes one as well.", 1: "It waits for each answer."},
    ),
    Count(
        "one connection",
        lambda count: count["1.1"].round_trips,
        "One for the handshake, and one for each of the ten.",
        unit="round trips",
        wrong={
            10: "And one for the handshake.",
            20: "The connection is made only once.",
            2: "It waits for each answer.",
        },
    ),
    Choose(
        "order of answers",
        {
            "a": Choice("The quick one first.", "Nothing in it would say to which request it belongs."),
            "b": Choice("In the order of the requests."),
            "c": Choice("In pieces of both.", "That needs marks on the pieces: HTTP/2 has them."),
        },
        order_key,
        "The order is all that says which answer belongs to which request.",
    ),
    Choose(
        "refused while sending",
        {
            "a": Choice("Yes: it was sent before the close.", "It was; but close() with octets unread sends a RST."),
            "b": Choice("Perhaps not: a RST may come first."),
        },
        refused_key,
        "The RST ends the connection, and what was not read may go with it.",
    ),
    Choose(
        "most segments",
        {
            "a": Choice("Polling."),
            "b": Choice("Long polling.", "It asks once for each tick, and no question is in vain."),
            "c": Choice("Server-sent events.", "It asks once."),
            "d": Choice("The WebSocket.", "It asks once, and says goodbye."),
        },
        most_key,
        "Most of its questions are answered with nothing.",
    ),
    Count(
        "length of Grüße",
        len,
        "ü and ß take two octets each in UTF-8.",
        unit="octets",
        wrong={5: "Those are letters; the length counts octets (M66)."},
        hints=("What does Content-Length count?", 'Try len("Grüße".encode()).'),
        evidence="Grüße".encode,
    ),
    Count(
        "chunk 1a",
        lambda line: int(line, 16),
        "The length of a chunk is written in hexadecimal digits: 16 + 10.",
        unit="octets",
        wrong={1: "a is a digit, too: hexadecimal.", 110: "a is 10, and the first digit counts sixteens."},
        hints=("In which digits is it written?", "1a is 16 + 10."),
        evidence=lambda: "1a",
    ),
    Count(
        "five pages",
        lambda run: tally(run.trace).round_trips,
        "One for the handshake, five for the pages.",
        unit="round trips",
        wrong={5: "And the handshake?", 10: "That would be a connection for each."},
        hints=("Look at the table of the ten pages.", "Ten pages took eleven."),
        evidence=lambda: Scenario(server=web.server, client=browser.fetch(*["/"] * 5)).run(),
    ),
    Choose(
        "ends with a RST",
        {
            "a": Choice("The whole page.", "That would be an end of file, and even then nobody could be sure."),
            "b": Choice("A part, perhaps."),
            "c": Choice("Nothing: a RST sends an empty page.", "A RST sends nothing; it only ends."),
        },
        lambda _: "b",
        "Without a length and without chunks only an end of file can end the body, and this was none.",
        hints=("What does the end of such a body look like?", "Is a RST an end of file?"),
    ),
)
