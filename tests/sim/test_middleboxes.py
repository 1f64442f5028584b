"""Middleboxes as values: what they are called, what they print as, and what cannot be."""

import pytest

from course import ScenarioError, middleboxes
from course.sim.middleboxes import names

EVERY_BOX = (
    middleboxes.firewall(),
    middleboxes.firewall(60),
    middleboxes.firewall(idle=60, then="reset"),
    middleboxes.nat(),
    middleboxes.nat(0.5, "reset both", "198.51.100.7"),
)


@pytest.mark.parametrize("box", EVERY_BOX, ids=str)
def test_a_middlebox_prints_as_the_code_that_makes_it(box):
    assert eval(repr(box), {"middleboxes": middleboxes}) == box  # noqa: S307 it is our own


def test_by_itself_it_waits_longer_than_keep_alive_does():
    """RFC 5382, REQ-5: not less than two hours and four minutes."""
    assert middleboxes.nat().idle == middleboxes.firewall().idle == 2 * 3600 + 4 * 60


def test_a_few_words_say_when_it_forgets_and_who_is_told():
    assert list(map(str, EVERY_BOX[1:3])) == [
        "firewall forgets idle flows after 60 s",
        "firewall forgets idle flows after 60 s, then resets who sends",
    ]
    assert str(EVERY_BOX[4]) == "nat as 198.51.100.7 forgets idle flows after 0.5 s and resets both ends"


def test_it_is_called_by_its_kind_and_by_a_number_where_there_are_several():
    wall, nat = middleboxes.firewall(), middleboxes.nat()

    assert names([wall, nat]) == ["firewall", "nat"]
    assert names([wall, nat, wall]) == ["firewall/1", "nat", "firewall/2"]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: middleboxes.firewall(0), "idle=0: give a number of seconds above 0"),
        (lambda: middleboxes.firewall(idle="60"), "idle='60': give a number of seconds above 0"),
        (lambda: middleboxes.nat(float("inf")), "idle=inf: give a number of seconds above 0"),
        (lambda: middleboxes.firewall(60, "rst"), "then='rst': write 'drop' or 'reset' or 'reset both'"),
        (lambda: middleboxes.nat(address="nat"), "address='nat' is no IPv4 address"),
        (lambda: middleboxes.nat(address="10.0.0.2"), "addresses in 10.0.0.0/8 are the hosts' own"),
    ],
)
def test_what_cannot_be_is_refused_at_once(make, says):
    with pytest.raises(ScenarioError) as refused:
        make()

    assert says in str(refused.value)
