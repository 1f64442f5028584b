"""Saved: a scenario as JSON, and the same scenario back."""

import json

import pytest

from course import Scenario, ScenarioError, TcpParameters, faults, middleboxes
from course.apps import echo

EVERY_FAULT = (
    faults.drop("client", 3),
    faults.delay("client", 1, by=0.5),
    faults.hold("server", 2, until=1.5),
    faults.duplicate("client", 2),
    faults.duplicate("client", 4, after=0.2),
    faults.reorder("server", 1),
    faults.corrupt("server", 3),
    faults.drop_flags("client", "SYN"),
    faults.cut(at=2),
    faults.cut(at=1, until=1.5),
    faults.randomly(0.1),
    faults.randomly(0.2, seed=5),
    faults.power_off("server", 5),
    faults.power_off("client", 1, back=2, restart=False),
    faults.kill("server", at=3),
)
EVERY_BOX = (middleboxes.firewall(60), middleboxes.nat(), middleboxes.nat(60, "reset both", "198.51.100.7"))
TALK = Scenario(server=echo.server, client=echo.client)


@pytest.mark.parametrize(
    "scenario",
    [
        TALK,
        TALK.with_faults(*EVERY_FAULT),
        TALK.with_knobs(middleboxes=EVERY_BOX),
        TALK.with_knobs(delay=0.2, rate=1e6, queue=3, seed=9),
        TALK.with_knobs(tcp=TcpParameters(mss=500, window_scale=7, keep_alive=True)),
        TALK.with_knobs(tcp={"server": TcpParameters(when_full="reset"), "client": TcpParameters()}),
    ],
    ids=["plain", "faults", "middleboxes", "knobs", "tcp", "tcp by host"],
)
def test_what_is_saved_is_the_same_when_it_is_read(scenario):
    assert Scenario.from_json(scenario.to_json()) == scenario


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=str)
def test_a_fault_prints_as_the_code_that_makes_it(fault):
    assert eval(repr(fault), {"faults": faults}) == fault  # noqa: S307 it is our own


def test_a_scenario_prints_as_the_line_of_code_that_makes_it():
    scenario = TALK.with_faults(*EVERY_FAULT).with_knobs(tcp=TcpParameters(mss=500), middleboxes=EVERY_BOX)
    names = {"Scenario": Scenario, "echo": echo, "faults": faults, "middleboxes": middleboxes}
    names["TcpParameters"] = TcpParameters

    assert eval(repr(scenario), names) == scenario  # noqa: S307 it is our own
    assert "\n" not in repr(scenario)


def test_what_is_as_usual_is_not_written_down():
    saved = json.loads(TALK.with_faults(faults.cut(at=2)).to_json())

    assert saved["faults"] == [{"fault": "cut", "at": 2}]
    assert saved["tcp"] == {}
    assert saved["middleboxes"] == []
    assert saved["programs"] == {"server": "echo.server", "client": "echo.client"}


def test_a_program_of_ones_own_is_given_again_by_its_host():
    def mine(host):
        return host.now()

    saved = Scenario(server=echo.server, client=mine).to_json()

    assert Scenario.from_json(saved, client=mine) == Scenario(server=echo.server, client=mine)
    with pytest.raises(ScenarioError, match=r"client ran 'mine', which is no program of course\.apps: give it"):
        Scenario.from_json(saved)
    with pytest.raises(ScenarioError, match="no host 'cleint' in it; the hosts are server, client"):
        Scenario.from_json(saved, cleint=mine)


def test_another_program_may_take_the_place_of_one_that_is_known():
    assert Scenario.from_json(TALK.to_json(), client=echo.server).programs["client"] is echo.server


@pytest.mark.parametrize(
    "name", ["os.system", "echo.Any", "echo", "echo.", ".server", "echo.__builtins__", "apps.echo"]
)
def test_nothing_but_a_program_of_the_course_is_ever_taken_by_name(name):
    saved = json.loads(TALK.to_json()) | {"programs": {"server": name}}

    with pytest.raises(ScenarioError, match=r"no program of course\.apps"):
        Scenario.from_json(json.dumps(saved))


def test_a_fault_that_is_a_function_cannot_be_saved():
    with pytest.raises(ScenarioError, match="cannot be saved"):
        TALK.with_faults(faults.drop_if(lambda sent: True)).to_json()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Scenario(", "this is no JSON"),
        ("[]", "no saved scenario"),
        ('{"programs": {"server": "echo.server"}}', '"course scenario" is None'),
    ],
)
def test_what_was_never_saved_is_refused(text, problem):
    with pytest.raises(ScenarioError, match=problem):
        Scenario.from_json(text)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"course scenario": 2}, "is 2: this course reads 1"),
        ({"colour": "red"}, "says 'colour', which is nothing"),
        ({"delay": "long"}, "delay='long' cannot be"),
        ({"faults": [{"fault": "melt"}]}, "no fault 'melt'; there are drop"),
        ({"faults": [{"fault": "drop", "host": "client"}]}, "cannot be: .*missing"),
        ({"faults": [{"fault": "drop", "host": "nobody", "n": 1}]}, "no host 'nobody'"),
        ({"faults": [3]}, "cannot be"),
        ({"faults": 3}, "cannot be"),
        ({"tcp": {"mss": 0}}, "mss=0 cannot work"),
        ({"tcp": {"colour": "red"}}, "cannot be"),
        ({"tcp by host": {"client": 3}}, "cannot be"),
    ],
    ids=str,
)
def test_what_was_changed_until_it_makes_no_sense_is_refused(change, problem):
    with pytest.raises(ScenarioError, match=problem):
        Scenario.from_json(json.dumps(json.loads(TALK.to_json()) | change))


def test_a_scenario_that_was_saved_before_there_were_middleboxes_has_none():
    saved = json.loads(TALK.to_json())
    del saved["middleboxes"]

    assert Scenario.from_json(json.dumps(saved)) == TALK


def test_a_middlebox_that_there_is_not_is_named():
    saved = json.loads(TALK.to_json()) | {"middleboxes": [{"middlebox": "proxy"}]}

    with pytest.raises(ScenarioError, match="there is no middlebox 'proxy'; there are firewall, nat"):
        Scenario.from_json(json.dumps(saved))
