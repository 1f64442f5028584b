"""Scenes: what each pair of programs sees, in both worlds."""

import pytest

from course import Scenario
from course.captures import SCENES
from tests.real.worlds import PORT

QUICK = {
    "refused": {"server": None, "client": "refused"},
    "half-close": {"server": b"that is all", "client": b"THAT IS ALL"},
    "unread": {"server": "reset", "client": None},
    "itself": {"alone": b"hello, me"},
    "zero-window": {"server": 8190, "client": None},
}
SLOW = {"ignored": {"server": None, "client": "timed out"}, "keep-alive": {"server": None, "client": None}}


@pytest.mark.parametrize("name", [*QUICK, *SLOW])
def test_in_the_simulated_network(name):
    assert SCENES[name].scenario.run().results == (QUICK | SLOW)[name]


@pytest.mark.parametrize("name", QUICK)
def test_on_this_machine(name):
    assert SCENES[name].scenario.run(world="loopback").results == QUICK[name]


def test_a_keep_alive_is_asked_and_answered():
    trace = SCENES["keep-alive"].scenario.run().trace
    asked = [sent for sent in trace.sent if sent.sender == "client" and sent.segment.seq == trace.sent[0].segment.seq]

    assert len(asked) >= 1 + 2


def test_a_window_of_zero_is_offered():
    assert any(sent.segment.window == 0 for sent in SCENES["zero-window"].scenario.run().trace.sent)


def test_no_service_listens_on_a_privileged_port():
    assert PORT >= 1024
    assert isinstance(SCENES["echo"].scenario, Scenario)
