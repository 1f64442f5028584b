"""The question of chapter 00, for practice."""

from course.apps import echo
from course.check.question import Choice, Choose
from course.run import Run
from course.scenario import Scenario
from course.sim import faults

CALLS = {"socket": "a", "connect": "b", "close": "c"}


def slowest(run: Run) -> str:
    """Which call of the client's took longest?"""
    mine = [back for back in run.trace.returns if back.called.host == "client"]
    return CALLS.get(max(mine, key=lambda back: back.at - back.called.at).called.name, "c")


QUESTIONS = (
    Choose(
        "what takes longer",
        {
            "a": Choice("socket()", "It asks nobody, so nothing can hold it up."),
            "b": Choice("connect()"),
            "c": Choice("close()", "It gives the connection to TCP, and returns."),
        },
        slowest,
        "The server's first segment is the answer to connect(), which waits for it. Chapter 05 tells the rest.",
        hints=("Which call waits for an answer of the server's?", "Run it, and look at the long box at the client."),
        evidence=lambda: Scenario(server=echo.server, client=echo.client, faults=[faults.drop("server", 1)]).run(),
    ),
)
