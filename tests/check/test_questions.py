"""The kinds of questions: what counts as an answer, and which answer is right."""

import pytest

from course import Scenario, State
from course.apps import echo
from course.check.book import by_name
from course.check.question import Choice, Choose, Count, Name, Next, Puzzle
from course.tcp.segment import Segment

LETTERS = Choose("q", {"a": Choice("Yes."), "b": Choice("No.", "It is not.")}, lambda _: "a", "So it is.")
PORT = Count("p", lambda _: 36895, "Swapped.", unit="is the port", wrong={8080: "Not swapped."})
SECONDS = Count("s", lambda _: 60.0, "A minute.", tolerance=0.1)
STATE = Name("n", lambda _: State.FIN_WAIT_1, "Closed first.", wrong={State.CLOSING: "Only if both close."})
FLAGS = Next("f", lambda segment: segment, "It rides along.", wrong={"ACK": "And its own SYN?"})


@pytest.mark.parametrize("answer", ["a", "A", " a ", "(a)"])
def test_a_letter_may_be_written_in_many_ways(answer):
    assert LETTERS.read(answer) == "a"


@pytest.mark.parametrize("answer", ["?", "", "c", "ab", 1, None])
def test_what_is_no_letter_is_no_answer(answer):
    assert LETTERS.read(answer) is None


@pytest.mark.parametrize("answer", [36895, "36895", "36 895", "36_895", "36,895", "0x901F", 36895.0], ids=repr)
def test_a_number_may_be_written_in_many_ways(answer):
    assert PORT.read(answer) == "36895" == PORT.right(None)


@pytest.mark.parametrize("answer", ["?", "", "many", None, "0xzz"])
def test_what_is_no_number_is_no_answer(answer):
    assert PORT.read(answer) is None


def test_a_known_wrong_number_meets_its_own_explanation():
    assert PORT.meet("8080") == "Not swapped."
    assert PORT.meet("1") == ""


def test_a_number_may_be_near_enough_where_the_question_says_so():
    assert SECONDS.agrees("57", "60")
    assert not SECONDS.agrees("50", "60")
    assert not PORT.agrees("36894", "36895")


@pytest.mark.parametrize("answer", ["FIN-WAIT-1", "fin_wait_1", "FINWAIT1", "Fin wait 1"])
def test_a_state_may_be_written_in_any_spelling(answer):
    assert STATE.read(answer) == "FIN-WAIT-1" == STATE.right(None)


@pytest.mark.parametrize(
    ("spelling", "state"), [("SYN_RECV", "SYN-RECEIVED"), ("syn_rcvd", "SYN-RECEIVED"), ("ESTAB", "ESTABLISHED")]
)
def test_the_spellings_of_other_tools_are_known(spelling, state):
    assert STATE.read(spelling) == state


@pytest.mark.parametrize("answer", ["?", "", "OPEN", "RST_ACT"])
def test_what_is_no_state_is_no_answer(answer):
    assert STATE.read(answer) is None


@pytest.mark.parametrize("answer", ["SYN ACK", "ack, syn", "SYN+ACK", "SYN,ACK", "syn ack psh"])
def test_flags_may_be_written_in_any_order(answer):
    syn_ack = Segment(1, 2, seq=0, ack=1, window=1, syn=True)

    assert FLAGS.read(answer) == "SYN ACK" == FLAGS.right(syn_ack)


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        ("5", "octets", "5 octets."),
        ("1", "octets", "1 octet."),
        ("1", "s", "1 s."),
        ("1", "ms", "1 ms."),
        ("1", "", "1."),
    ],
)
def test_one_thing_is_said_in_the_singular(number, unit, said):
    assert Count("n", len, "", unit=unit).say(number) == said


@pytest.mark.parametrize("flags", ["SYN ACK", "FIN ACK", "RST ACK", "URG ACK"])
def test_flags_are_said_in_the_order_of_the_pictures(flags):
    assert FLAGS.say(FLAGS.read(" ".join(reversed(flags.split())))) == f"{flags}."


def test_no_segment_is_an_answer_too():
    assert FLAGS.read("none") == "none" == FLAGS.right(None)
    assert FLAGS.read("?") is None
    assert f"Not {FLAGS.say('none')}" == "Not silence."


@pytest.mark.parametrize("question", by_name().values(), ids=lambda question: question.name)
def test_what_is_said_of_a_wrong_answer_is_found_by_whoever_gives_it(question):
    for answer, said in getattr(question, "wrong", {}).items():
        assert question.meet(question.read(answer)) == said


def test_a_puzzle_takes_a_run_and_says_what_is_missing():
    puzzle = Puzzle("z", lambda run: "" if run.results["client"] else "nothing came back.", "It did.")
    run = Scenario(server=echo.server, client=echo.client).run()

    assert puzzle.read(run) == puzzle.right(None)
    assert puzzle.read(Scenario(server=echo.server, client=lambda host: None).run(until=1)) == "nothing came back."
    assert puzzle.read("run") is None


def test_what_a_puzzle_lacks_is_said_so_that_it_reads_well_after_not():
    puzzle = Puzzle("z", lambda _: "the FIN is missing.", "Both closed.")

    assert f"Not {puzzle.say('the FIN is missing.')}" == "Not yet: the FIN is missing."
    assert puzzle.say("solved.") == "solved."
