"""Questions: say what you expect, then let the run decide.

In reading order:

    question        a question, its choices, and how a run answers it
    handshake       the questions of chapter 05
    predictions     predict() and reveal(), as a notebook uses them
"""

from course.check.predictions import predict, reveal

__all__ = ["predict", "reveal"]
