"""Captures for everybody: those that ship with the course, and those that are made where that is permitted."""

import pytest

from course import captures
from course.captures import SCENES, best, recorded
from course.errors import CaptureNotPermitted
from course.real import capture as capturing
from tests.real.permitted import any_capture

MOST = 12_000  # octets of a file that ships with the course
each_scene = pytest.mark.parametrize("name", SCENES)


def shapes(name):
    return [
        " ".join([sent.sender, *sorted(sent.segment.flags), *["data"] * bool(sent.segment.data)])
        for sent in recorded(name).trace.sent
    ]


@each_scene
def test_every_scene_ships_recorded_and_says_so(name):
    run = recorded(name)

    assert run.trace.world == "capture"
    assert run.trace.conditions.startswith("recorded on Linux ")
    assert SCENES[name].what in run.trace.conditions
    assert set(run.trace.hosts) == set(SCENES[name].programs)
    assert captures.path_of(name).stat().st_size < MOST
    assert "passed over" not in run.trace.conditions
    assert "cut short" not in run.trace.conditions


@each_scene
def test_every_scene_can_be_drawn(name):
    picture = recorded(name).ladder(title=name)

    assert "recorded on Linux" in picture.alternative


def test_no_file_is_left_without_a_scene():
    assert {path.stem for path in captures.FOLDER.iterdir()} == set(SCENES)


def test_an_echo_opens_talks_and_closes():
    shown = recorded("echo").trace
    syn = shown.sent[0].segment.options

    assert shapes("echo")[:4] == ["client SYN", "server ACK SYN", "client ACK", "client ACK PSH data"]
    assert None not in (syn.mss, syn.window_scale, syn.timestamps)
    assert syn.sack_permitted


def test_a_refusal_is_a_rst():
    assert shapes("refused") == ["client SYN", "server ACK RST"]


def test_data_flows_after_the_fin_of_the_other_side():
    shown = shapes("half-close")

    assert shown.index("client ACK FIN") < shown.index("server ACK PSH data")


def test_unread_octets_turn_a_close_into_a_rst():
    assert shapes("unread")[-1] == "client ACK RST"


def test_a_syn_that_is_ignored_is_sent_again():
    assert shapes("ignored").count("client SYN") >= 4


def test_a_socket_calls_itself():
    assert shapes("itself")[:2] == ["alone SYN", "alone ACK SYN"]


def test_a_port_in_time_wait_calls_again():
    trace = recorded("again").trace
    first, second = (sent.segment for sent in trace.sent if sent.name in ("client 1", "client 5"))

    assert first.syn
    assert second.syn
    assert first.source_port == second.source_port


def test_three_questions_are_answered():
    segments = [sent.segment for sent in recorded("keep-alive").trace.sent if sent.sender == "client"]
    isn = segments[0].seq

    assert [segment.seq - isn for segment in segments].count(0) == 1 + 3


def test_a_window_closes_and_opens():
    windows = [sent.segment.window for sent in recorded("zero-window").trace.sent if sent.sender == "server"]

    assert 0 in windows
    assert windows[-1] > 0


def test_an_unknown_scene_is_an_error():
    with pytest.raises(ValueError, match="there is no scene 'ehco'; there are echo, refused"):
        recorded("ehco")
    with pytest.raises(ValueError, match="there is no scene"):
        best("ehco")


def test_the_best_is_live_where_that_is_permitted():
    any_capture()
    run = best("refused")

    assert run.trace.conditions.startswith("this machine's kernel; captured ")
    assert [sorted(sent.segment.flags) for sent in run.trace.sent] == [["SYN"], ["ACK", "RST"]]
    assert run.results["client"] == "refused"


def test_the_best_is_recorded_where_it_is_not(monkeypatch):
    monkeypatch.setattr(capturing, "is_linux", lambda: False)

    assert best("refused").trace == recorded("refused").trace
    with pytest.raises(CaptureNotPermitted):
        SCENES["refused"].scenario.run(world="loopback", capture=True)
