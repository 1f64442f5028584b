"""Questions: say what you expect, then let the run decide.

In reading order:

    note            what a cell says
    diary           what a student predicted, answered and visited: a file of the student's own
    book            all questions by name, and the diary
    predictions     predict() and reveal(), as a notebook uses them
    checks          check(), with hints
    visits          the card of states
    progress        the page of one's progress

    question        kinds of questions, and how a run answers them
    start           the question of chapter 00
    beginnings      the questions of chapter 01
    numbers         the questions of chapter 02
    byteorder       the questions of chapter 03
    api             the questions of chapter 04
    handshake       the questions of chapter 05
    sending         what a sender did, found in a run
    delivery        the questions of chapter 06
    teardown        the questions of chapter 07
    eleven          the questions of chapter 08
    web             the questions of chapter 09
    silence         the questions of chapter 10
    lines           the questions of chapter 11
"""

from course.check.checks import check
from course.check.predictions import predict, reveal
from course.check.progress import progress
from course.check.visits import visited

__all__ = ["check", "predict", "progress", "reveal", "visited"]
