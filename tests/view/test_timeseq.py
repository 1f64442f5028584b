"""The time-sequence graph says what its trace says, readably, for tiny and for large runs."""

from itertools import combinations

import pytest

from course import Scenario, TcpParameters, Trace, faults, middleboxes
from course.apps import echo
from course.tcp.segment import Options
from course.view.sheet import Signs
from course.view.style import THEMES
from course.view.timeseq import Draft, timeseq
from course.view.touching import Box
from course.view.transfer import transfer
from tests.talk import say, talk
from tests.view.traces import RUNS, Story, bulk, trace

DRAWN = [name for name in RUNS if name != "sleep"]


def drawn(name_or_trace, sender=None, connection=1, **window):
    told = trace(name_or_trace) if isinstance(name_or_trace, str) else name_or_trace
    moments = window.get("since"), window.get("until")
    draft = Draft(transfer(told, sender, connection), told.conditions, "A title", moments)
    return draft, draft.sheet()


def texts(sheet):
    return [label.text for label in sheet.texts]


def signs(sheet, kind):
    """The signs of that kind, but for the one in the legend."""
    found = [shape for shape in sheet.shapes if isinstance(shape, Signs) and shape.kind == kind]
    return found[-1].points


def drain(host, connection):
    while connection.recv(65536):
        pass


@pytest.mark.parametrize("name", DRAWN)
def test_no_text_lies_on_another_or_outside(name):
    _, sheet = drawn(name)
    boxes = [(label.text, Box.of(label)) for label in sheet.texts]

    assert [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if a.overlaps(b)] == []
    corners = [(text, x, y) for text, box in boxes for x, y in box.corners]
    assert [text for text, x, y in corners if not (0 <= x <= sheet.width and 0 <= y <= sheet.height)] == []
    assert min(label.font.size for label in sheet.texts) >= 10


def test_a_segment_stands_where_it_was_sent_and_an_acknowledgment_where_it_arrived():
    told = transfer(trace("echo"), "client")

    assert [(piece.sent.at, piece.low, piece.high) for piece in told.pieces] == [(0.0, 0, 1), (0.1, 1, 6), (0.2, 6, 7)]
    assert told.acknowledged == [(0.1, 1), (0.2, 6), (0.3, 7)]
    assert told.octets == 5


def test_what_is_lost_and_what_is_sent_again_has_its_sign_and_its_reason():
    _, sheet = drawn("first data lost")

    assert len(signs(sheet, "cross")) == len(signs(sheet, "diamond")) == 1
    assert {"SYN", "FIN", "timeout", "lost", "sent again", "acknowledged"} <= set(texts(sheet))


def test_duplicate_acknowledgments_can_be_counted():
    """RFC 5681, section 2: nothing in it, the same number, the same window, and something is outstanding."""
    told = transfer(bulk(9_000, faults=[faults.drop("client", 3)]).trace)

    assert {step.value for step in told.duplicates} == {1}
    assert len(told.duplicates) >= 3


def test_the_window_is_shown_if_it_is_not_far_above():
    near = talk(drain, say(bytes(30_000)), tcp={"server": TcpParameters(receive_buffer=8_000)}).trace
    far = trace("12 segments")

    assert "edge of the offered window" in texts(drawn(near)[1])
    assert not any("above the picture" in text for text in texts(drawn(near)[1]))
    assert "edge of the offered window" not in texts(drawn(far)[1])
    assert any("above the picture, at 65\u2009536" in text for text in texts(drawn(far)[1]))
    assert "the offered window is full" in timeseq(near).alternative
    assert "the offered window is never full" in timeseq(far).alternative.lower()


@pytest.mark.parametrize(("mine", "theirs", "edge"), [(2, 3, 1 + 100 * 8), (None, 3, 101), (2, None, 101)])
def test_the_window_is_scaled_if_both_syns_said_so_and_never_in_a_syn(mine, theirs, edge):
    """RFC 7323, sections 2.2 and 2.3."""
    story = Story("a", "b")
    syn = story.sends(0.0, "a", "b", seq=2**32 - 1, syn=True, window=9, options=Options(window_scale=mine))
    story.arrives(0.1, syn)
    answer = story.sends(0.1, "b", "a", seq=70, ack=0, syn=True, window=50, options=Options(window_scale=theirs))
    story.arrives(0.2, answer)
    story.arrives(0.4, story.sends(0.3, "b", "a", seq=71, ack=0, window=100))
    told = transfer(story.trace(), "a")

    assert told.acknowledged == [(0.2, 1)]
    assert told.edge == [(0.2, 51), (0.4, edge)]


def test_numbers_go_straight_over_the_wrap():
    told = transfer(talk(drain, say(bytes(20_000)), tcp=TcpParameters(iss=2**32 - 5_000)).trace, "client")

    assert [piece.high for piece in told.pieces][-1] == 20_002 or told.pieces[-1].high == 20_001 + 1
    assert [piece.low for piece in told.pieces] == sorted(piece.low for piece in told.pieces)


def test_the_numbers_of_a_connection_count_among_those_of_its_sender():
    three = trace("three clients")

    assert transfer(three, "bob").sender == "bob"
    assert transfer(three, "server", 3).receiver == "cyd"
    assert transfer(three, None, 2).sender in ("bob", "server")


def test_a_window_of_time_shows_what_happens_in_it():
    whole, part = drawn("40 segments")[0], drawn("40 segments", since=0.25, until=0.45)[0]

    assert 0 < len(part.pieces) < len(whole.pieces)
    assert (part.panel.x.low, part.panel.x.high) == (0.25, 0.45)
    assert part.panel.y.low > 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"sender": "zoe"}, "no host is called 'zoe': the hosts of this run are server, client"),
        ({"connection": 2}, "there is no connection 2: this run had 1, counted from 1"),
        ({"sender": "client", "connection": 0}, "there is no connection 0: client had 1"),
        ({"since": 50}, "nothing happens here between since=50 and until=None"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(arguments, says):
    with pytest.raises(ValueError, match=says):
        timeseq(trace("echo"), **arguments)


def test_without_segments_there_is_nothing_to_draw():
    with pytest.raises(ValueError, match="nothing was captured"):
        timeseq(Trace((), {"a": "127.0.0.1"}, "loopback", captured=False))
    with pytest.raises(ValueError, match="this run had 0"):
        timeseq(trace("sleep"))


def test_the_words_tell_the_story():
    assert timeseq(trace("first data lost")).alternative == (
        "client sends to server (simulated network, delay 50 ms each way, client 3 lost, seed 0)."
        " From 0 ms to 1.2 s: 4 segments with 5 octets of data, 1 sent again and 1 lost."
        " Lost of what is sent at 100 ms: octets 1–5."
        " Sent again at 1.1 s: octets 1–5 (no acknowledgment came before the retransmission timeout)."
        " Half of it is acknowledged at 1.2 s. All of it is acknowledged at 1.3 s."
        " After 100 ms nothing is sent for 1 s. The offered window is never full."
    )


def test_a_large_run_is_thinned_and_says_so():
    large = talk(drain, say(bytes(6_000_000)), rate=100e6, queue=50, delay=0.01, faults=[faults.randomly(0.01)])
    picture = timeseq(large.trace)

    assert len(large.trace.sent) > 6_000
    assert len(picture.svg()) < 400_000
    assert len(picture.alternative) < 3_000
    assert any("drawn as one" in text for text in texts(drawn(large.trace)[1]))


@pytest.mark.parametrize("theme", THEMES)
def test_it_is_drawn_in_both_themes_by_a_run_itself(theme):
    assert bulk(9_000).timeseq("client", title="T", caption="C").png(theme).startswith(b"\x89PNG")


@pytest.mark.parametrize("tcp", [TcpParameters(), TcpParameters(receive_buffer=300_000, window_scale=3)])
def test_what_is_read_from_outside_is_what_tcp_itself_knew(tcp):
    """SND.UNA and the window's edge, as the variables of a watched run have them; with and without window scale."""
    run = talk(drain, say(bytes(200_000)), tcp=tcp, rate=5e6)
    told = transfer(run.trace, "client")
    knew = {sample.at: sample.status for sample in run.variables("client")}
    edges, acknowledged = ({step.at: step.value for step in steps} for steps in (told.edge, told.acknowledged))

    assert len(edges) > 3
    assert len(acknowledged) > 20
    assert {at: knew[at].snd_una + knew[at].snd_wnd - knew[at].iss for at in edges} == edges
    assert {at: knew[at].snd_una - knew[at].iss for at in acknowledged} == acknowledged


def test_with_a_nat_in_between_each_host_has_one_connection_and_it_is_its_own():
    trace = Scenario(server=echo.server, client=echo.client, middleboxes=[middleboxes.nat()]).run().trace

    assert transfer(trace, "server", 1).way == (("10.0.0.1", 7000), ("203.0.113.1", 40_001))
    assert transfer(trace, "client", 1).way == (("10.0.0.2", 49_152), ("10.0.0.1", 7000))
