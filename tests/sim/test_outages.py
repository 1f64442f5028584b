"""Outages as values: their words, their code, and what cannot be."""

import pytest

from course import Scenario, ScenarioError, faults, middleboxes
from course.apps import echo

EVERY_OUTAGE = (
    faults.power_off("server", 5),
    faults.power_off("server", at=5, back=8.5),
    faults.power_off("client", 0, back=1, restart=False),
    faults.kill("client", 2),
)


@pytest.mark.parametrize("outage", EVERY_OUTAGE, ids=str)
def test_an_outage_prints_as_the_code_that_makes_it(outage):
    assert eval(repr(outage), {"faults": faults}) == outage  # noqa: S307 it is our own


def test_a_few_words_say_what_happens_to_whom():
    assert [str(outage) for outage in EVERY_OUTAGE[1:]] == [
        "server without power from 5 s to 8.5 s",
        "client without power from 0 s to 1 s",
        "process of client killed at 2 s",
    ]
    assert str(EVERY_OUTAGE[0]) == "server without power from 5 s on"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: faults.power_off("server", -1), "at=-1: give a number of seconds"),
        (lambda: faults.power_off(3, 1), "3 is no name"),
        (lambda: faults.power_off("server", 5, back=5), "power_off(at=5, back=5): give a later back"),
        (lambda: faults.power_off("server", 5, back="8"), "back='8': give a number of seconds"),
        (lambda: faults.power_off("server", 5, 8, restart="no"), "restart='no': does its program start again?"),
        (lambda: faults.kill("server", float("inf")), "at=inf: give a number of seconds"),
    ],
)
def test_what_cannot_be_is_refused_at_once(make, says):
    with pytest.raises(ScenarioError) as refused:
        make()

    assert says in str(refused.value)


@pytest.mark.parametrize("outage", [faults.power_off("firewall", 1), faults.kill("firewall", 1)], ids=str)
def test_a_middlebox_has_no_power_to_lose(outage):
    with pytest.raises(ScenarioError, match="there is no host 'firewall'; the hosts are server, client"):
        Scenario(server=echo.server, client=echo.client, faults=[outage], middleboxes=[middleboxes.firewall()])
