"""The layout decides what is readable: these are its promises, kept for every kind of run."""

import sys
from collections import Counter
from dataclasses import replace
from itertools import combinations, pairwise

import pytest

from course import Scenario, faults
from course.apps import echo
from course.trace.record import Delivered, Sent
from course.view.excerpt import Choice
from course.view.layout import Draft, layout
from course.view.story import tell
from course.view.touching import Box
from tests.view.traces import RUNS, Story, ask, bulk, one_after_the_other, trace

ALL = Choice(most=10_000)
LOST = layout(trace("first data lost"))


def arrows(name, **choice):
    return layout(trace(name), Choice(**choice)).arrows


def bulk_with_losses(size):
    return bulk(100_000 * size, faults=[faults.randomly(0.02)])


def one_connection_after_the_other(size):
    def client(host):
        for _ in range(12 * size):
            ask(b"hello")(host)

    return Scenario(server=one_after_the_other, client=client, delay=0.050).run()


def work(deed):
    """How many lines of Python it takes to do something."""
    lines, before = Counter(), sys.gettrace()

    def count(_, event, __):
        lines[event] += 1
        return count

    sys.settrace(count)
    try:
        deed()
    finally:
        sys.settrace(before)
    return lines["line"]


def labels(name, **choice):
    return [arrow.label.text for arrow in arrows(name, **choice)]


def states(name, host):
    return [band.label.text for band in layout(trace(name)).bands if band.host == host]


def broken(name):
    return [" ".join(label.text for label in gap.labels).replace("\u00a0", " ") for gap in layout(trace(name)).breaks]


@pytest.mark.parametrize("name", RUNS)
def test_no_label_lies_on_another(name):
    boxes = [(label.text, Box.of(label)) for label in layout(trace(name), title="A title").labels()]

    assert [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if a.overlaps(b)] == []


@pytest.mark.parametrize("name", RUNS)
def test_every_label_is_inside_the_picture(name):
    marks = layout(trace(name), title="A title")

    assert [
        label.text
        for label in marks.labels()
        for x, y in Box.of(label).corners
        if not (0 <= x <= marks.width and 0 <= y <= marks.height)
    ] == []


@pytest.mark.parametrize("name", RUNS)
def test_what_stands_in_a_box_is_inside_the_box(name):
    for box in layout(trace(name)).calls:
        for label in filter(None, (box.call, box.result)):
            left, right = (min(x for x, _ in Box.of(label).corners), max(x for x, _ in Box.of(label).corners))
            assert box.x <= left
            assert right <= box.x + box.width
            assert box.top <= label.y - label.font.size / 2
            assert label.y + label.font.size / 2 <= box.bottom


@pytest.mark.parametrize("name", RUNS)
def test_order_is_exact(name):
    """What is sent later starts lower; what arrives later ends lower; nothing arrives above where it was sent."""
    marks = layout(trace(name))
    starts = [arrow.points[0][1] for arrow in marks.arrows]
    arrivals = {(arrow.name, arrow.copy): arrow.points[-1][1] for arrow in marks.arrows if arrow.end == "arrived"}
    order = [(record.sent.name, record.copy) for record in trace(name) if isinstance(record, Delivered)]
    ends = [arrivals[key] for key in order if key in arrivals]

    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert all(arrow.points[0][1] < arrow.points[-1][1] for arrow in marks.arrows)


@pytest.mark.parametrize("name", RUNS)
def test_the_calls_of_a_program_stand_below_each_other(name):
    marks = layout(trace(name))
    for program in {box.program for box in marks.calls}:
        boxes = [box for box in marks.calls if box.program == program]
        assert all(upper.bottom < lower.top for upper, lower in pairwise(boxes))
        assert all(box.bottom - box.top >= 20 for box in boxes)


@pytest.mark.parametrize("name", RUNS)
def test_no_picture_explodes(name):
    marks = layout(trace(name))

    assert len({arrow.name for arrow in marks.arrows}) <= 60
    assert marks.height < 2700
    assert marks.width < 2300


@pytest.mark.parametrize("run", [bulk_with_losses, one_connection_after_the_other], ids=lambda run: run.__name__)
def test_four_times_the_segments_are_four_times_the_work(run):
    """Counted in lines of Python, which are as many on every machine."""
    few, many = run(1).trace, run(4).trace
    growth = len(many.sent) / len(few.sent)

    assert growth > 3.5
    assert work(lambda: layout(many, ALL)) < 1.1 * growth * work(lambda: layout(few, ALL))


@pytest.mark.parametrize("name", RUNS)
def test_the_upper_part_of_a_picture_is_what_it_is_in_the_whole(name):
    whole = layout(trace(name))
    draft = Draft(tell(trace(name), Choice()), "", list(trace(name).hosts))
    middle = (draft.top + draft.bottom) / 2
    part = draft.layout(middle)
    above = [arrow for arrow in whole.arrows if arrow.points[0][1] <= middle]

    assert list(part.arrows) == above == list(whole.arrows[: len(above)])
    assert part.calls == tuple(call for call in whole.calls if call.top <= middle)
    assert (part.height, part.alternative, part.ticks) == (whole.height, whole.alternative, whole.ticks)


def test_the_same_trace_gives_the_same_layout():
    assert layout(trace("5 % lost")) == layout(RUNS["5 % lost"]().trace)


def test_a_segment_is_named_by_its_flags_and_relative_numbers():
    assert labels("first data lost") == [
        "SYN seq 0",
        "SYN ACK seq 0 ack 1",
        "ACK ack 1",
        "PSH ACK 1–5 (5)",
        "PSH ACK 1–5 (5) again",
        "PSH ACK 1–5 (5) ack 6",
        "FIN ACK seq 6 ack 6",
        "FIN ACK seq 6 ack 7",
        "ACK ack 7",
    ]


def test_numbers_can_be_those_on_the_wire():
    first = trace("echo").sent[0].segment.seq

    assert labels("echo", relative=False)[0] == f"SYN seq {first}"
    assert labels("echo", relative=False)[1].endswith(f"ack {first + 1}")


def test_numbers_start_again_with_each_incarnation_of_a_connection():
    story = Story("server", "client")
    for at, isn in ((0, 1000), (5, 7000)):
        story.arrives(at + 1, story.sends(at, "client", "server", seq=isn, syn=True, window=9))
        story.arrives(at + 2, story.sends(at + 1, "client", "server", seq=isn + 1, ack=1, window=9, data=b"ab"))

    assert [arrow.label.text for arrow in layout(story.trace()).arrows] == ["SYN seq 0", "ACK 1–2 (2) ack 1"] * 2


def test_a_lost_segment_is_dashed_and_named_by_its_transmission():
    (lost,) = [arrow for arrow in LOST.arrows if arrow.end == "lost"]

    assert (lost.name, lost.role, lost.fate.text) == ("client 3", "trouble", "lost: client 3")
    assert lost.points[-1][0] < LOST.lifelines[0].x  # the server's, which it does not reach


def test_a_loss_that_is_not_plain_says_why():
    fates = {arrow.fate.text for arrow in arrows("queue full") if arrow.fate}
    damaged = next(arrow for arrow in arrows("reordered") if arrow.name == "client 5")

    assert "lost: client 7, queue full" in fates
    assert damaged.label.text == "ACK 2921–4380 (1460) lost: client 5, the checksum is wrong"


def test_segments_that_overtake_each_other_cross():
    by_name = {arrow.name: arrow.points for arrow in arrows("held")}
    slow, fast = by_name["client 4"], by_name["client 5"]

    assert slow[0][1] < fast[0][1]
    assert slow[-1][1] > fast[-1][1]


def test_a_copy_starts_where_the_segment_does():
    original, copy = [arrow for arrow in arrows("reordered") if arrow.name == "client 6"]

    assert original.points[0] == copy.points[0]
    assert original.points[-1] != copy.points[-1]
    assert copy.label.text == "client 6, copy 2"


def test_what_is_on_its_way_when_the_run_stops_has_no_head():
    assert [(arrow.end, arrow.fate.text) for arrow in arrows("a look at a moment")[2:]] == [
        ("on its way", "still on its way")
    ] * 2


def test_states_are_named_where_they_begin():
    assert states("echo", "client") == ["SYN-SENT", "ESTABLISHED", "FIN-WAIT-1", "TIME-WAIT", "CLOSED"]
    assert states("echo", "server") == ["LISTEN", "SYN-RECEIVED", "ESTABLISHED", "CLOSE-WAIT", "LAST-ACK", "CLOSED"]


def test_a_state_that_lasts_no_time_is_hidden_unless_something_happened_in_it():
    """FIN-WAIT-2 in echo is passed within one segment (figure 5, note 2); with two segments it is there to see."""
    assert any(record.after.value == "FIN-WAIT-2" for record in trace("echo").changes)
    assert "FIN-WAIT-2" not in states("echo", "client")
    assert "FIN-WAIT-2" in states("four lost in a row", "client")


def test_bands_follow_each_other_without_a_gap():
    for host in ("client", "server"):
        bands = [band for band in layout(trace("echo")).bands if band.host == host]
        assert all(upper.bottom == lower.top for upper, lower in pairwise(bands))


def test_the_first_child_borrows_the_band_of_its_listener_and_others_stand_beside_it():
    bands = [band for band in layout(trace("three clients")).bands if band.host == "server"]
    first_of = {band.label.text.split(":")[0]: band.x for band in reversed(bands)}

    assert first_of["LISTEN"] == first_of["ann"] < first_of["bob"] < first_of["cyd"]
    assert [band.label.text for band in bands if "LISTEN" in band.label.text] == ["LISTEN"]


def test_the_first_named_host_stands_at_the_right():
    lifelines = {lifeline.host: lifeline.x for lifeline in layout(trace("three clients")).lifelines}

    assert lifelines["ann"] < lifelines["bob"] < lifelines["cyd"] < lifelines["server"]


def test_a_host_without_connections_has_no_states():
    assert layout(trace("sleep")).bands == ()


def test_calls_tell_their_results():
    told = [(box.call.text, box.result.text if box.result else "") for box in LOST.calls if box.program == "client"]

    assert told == [
        ("socket()", "→ socket 1"),
        ("connect(('server', 7000))", "→ connected"),
        ("sendall(b'hello')", ""),
        ("recv(1024)", "→ b'hello'"),
        ("close()", ""),
    ]
    assert "→ b'' end of file" in [box.result.text for box in LOST.calls if box.result]


def test_an_error_is_in_the_colour_of_trouble_and_a_call_that_waits_says_so():
    results = [box.result for box in layout(trace("refused")).calls if box.result]
    waiting = [box.result.text for box in layout(trace("lunch")).calls if box.open]

    assert ("→ ConnectionRefusedError", "trouble") in [(result.text, result.role) for result in results]
    assert waiting == ["… still waiting", "… still waiting"]


def test_a_long_call_is_cut_to_its_box():
    texts = [box.call for box in layout(trace("long words")).calls]
    cut = [label.text for label in texts if label.text.endswith("…")]

    assert any(text.startswith("sendall(b'a $very$") for text in cut)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("first data lost", "950 ms: nothing on the wire, RTO 1 s is running"),
        ("nobody answers", "7.975 s: nothing on the wire, RTO 8 s is running"),
        ("echo", "240 s: nothing on the wire, TIME-WAIT for 2 MSL"),
        ("lunch", "200 ms: nothing on the wire, delayed ACK timer is running"),
        ("held", "700 ms: client 4 on the way"),
        ("refused", "900 ms: nothing on the wire, server is in sleep(1)"),
        ("long words", "200 ms: nothing on the wire, client waits until recv() times out"),
    ],
)
def test_a_break_of_the_scale_says_how_long_and_what_is_waited_for(name, said):
    assert said in broken(name)


def test_a_look_at_a_later_moment_says_how_long_nothing_has_happened():
    marks = layout(trace("a look a day later"))

    assert broken("a look a day later")[
        -1
    ] == "86 399 s (≈ 24 h): nothing happens, up to the moment of this look".replace("86 399", "86\u2009399")
    assert marks.breaks[-1].y < marks.lifelines[0].bottom
    assert not [gap for gap in broken("a look at a moment") if "this look" in gap]


def test_the_scale_of_a_run_over_days_counts_from_the_last_long_silence():
    texts = [tick.label.text.replace("\u00a0", " ") for tick in layout(trace("a year")).ticks]

    assert texts[0] == "0 s"
    assert texts[texts.index("365 days") + 1] == "+0.05"
    assert texts[-1] == "+240.2"


def test_a_middlebox_has_a_line_on_the_link_on_which_it_stops_segments():
    marks = layout(trace("firewall"))
    (firewall,) = marks.middles
    stopped = [arrow for arrow in marks.arrows if arrow.end == "lost"]

    assert firewall.label.text == "firewall"
    assert firewall.x == pytest.approx(sum(line.x for line in marks.lifelines) / 2, abs=1)
    assert {round(arrow.points[-1][0], 6) for arrow in stopped} == {round(firewall.x, 6)}
    assert stopped[0].fate.text == "lost: client 5, flow forgotten"


def test_what_a_middlebox_sends_begins_at_its_line():
    marks = layout(trace("firewall resets both"))
    resets = [arrow for arrow in marks.arrows if arrow.name.startswith("firewall ")]

    assert {arrow.points[0][0] for arrow in resets} == {marks.middles[0].x}
    assert [arrow.end for arrow in resets] == ["arrived", "arrived"]
    assert resets[0].points[-1][0] > marks.middles[0].x > resets[1].points[-1][0]


def test_of_several_middleboxes_the_first_stands_nearest_to_the_first_named_host():
    nat, firewall = layout(trace("nat and firewall")).middles

    assert (nat.host, firewall.host) == ("nat", "firewall")
    assert nat.x > firewall.x


def test_who_stands_behind_which_port_of_a_nat_is_written_below():
    notes = [note.text for note in layout(trace("two behind a nat")).notes]

    assert notes[-1] == "Outside of the NAT ann 49152 is 203.0.113.1 40001 and bob 49152 is 203.0.113.1 40002."


def test_a_connection_through_a_nat_is_one_and_so_are_its_hosts():
    whole = layout(trace("nat and firewall"))

    assert len(layout(trace("nat and firewall"), Choice(connection=1)).arrows) == len(whole.arrows)
    assert len(layout(trace("nat and firewall"), Choice(hosts=["server", "client"])).arrows) == len(whole.arrows)
    with pytest.raises(ValueError, match="this run had 1"):
        layout(trace("nat and firewall"), Choice(connection=2))


def test_without_power_a_host_has_no_states_and_its_calls_are_cut_off():
    marks = layout(trace("power back"))
    (dark,) = [band for band in marks.bands if band.state == "no power"]
    own = [band for band in marks.bands if band.host == "server" and band is not dark]

    assert [band.state for band in own] == ["LISTEN", "SYN-RECEIVED", "ESTABLISHED", "LISTEN"]
    assert [band.bottom for band in own if band.bottom == dark.top] == [dark.top]
    assert own[-1].top > dark.bottom
    assert [box.result.text for box in marks.calls if box.result and box.result.role == "trouble"] == [
        "power cut", "→ ConnectionResetError"
    ]  # fmt: skip


def test_a_process_that_is_killed_ends_in_its_call_and_its_states_go_on():
    marks = layout(trace("process killed"))

    assert [box.call.text for box in marks.calls if box.result and box.result.text == "process killed"] == [
        "recv(1024)"
    ]
    assert "FIN-WAIT-1" in states("process killed", "server")


def test_a_picture_that_is_not_to_scale_says_so():
    subtitle = " ".join(label.text for label in LOST.headings)

    assert not LOST.to_scale
    assert "scale broken where nothing happens" in subtitle
    assert "not to scale where much happens at one instant" in subtitle


def test_a_picture_that_is_to_scale_has_evenly_spaced_ticks_and_says_nothing():
    story = Story("server", "client")
    for number in range(5):
        sender, receiver = ("client", "server") if number % 2 else ("server", "client")
        story.arrives(0.05 * (number + 1), story.sends(0.05 * number, sender, receiver, seq=number))
    marks = layout(story.trace())

    assert marks.to_scale
    assert [tick.label.text for tick in marks.ticks] == ["0 ms", "50", "100", "150", "200", "250"]
    assert {round(lower.y - upper.y) for upper, lower in pairwise(marks.ticks)} == {76}
    assert "scale" not in " ".join(label.text for label in marks.headings)


def test_ticks_are_in_order_and_apart():
    for name in RUNS:
        for upper, lower in pairwise(layout(trace(name)).ticks):
            assert lower.at > upper.at
            assert lower.y - upper.y >= 14


def test_of_many_segments_the_first_sixty_are_drawn_and_a_note_says_so():
    marks, sent = layout(trace("500 segments")), trace("500 segments").sent
    (note,) = marks.notes

    assert len(marks.arrows) == 60
    assert note.text.startswith(f"segments 61 to {len(sent)} not drawn: ladder(since=")


def test_the_note_names_a_window_that_begins_where_the_picture_stops():
    note = layout(trace("500 segments")).notes[0].text
    since = float(note.partition("since=")[2].rstrip(")"))
    names = {arrow.name for arrow in arrows("500 segments", since=since)}
    sixty_first = trace("500 segments").sent[60]

    assert sixty_first.at == since
    assert sixty_first.name in names


def test_a_window_keeps_states_and_calls_that_began_before_it():
    marks = layout(trace("500 segments"), Choice(since=0.55))

    assert {(band.host, band.label.text) for band in marks.bands} == {
        ("client", "ESTABLISHED"),
        ("server", "ESTABLISHED"),
    }
    assert "sendall(600\u2009000 octets)" in [box.call.text for box in marks.calls]


def test_a_window_may_end_early():
    marks = layout(trace("echo"), Choice(until=0.06))

    assert [arrow.end for arrow in marks.arrows] == ["arrived", "on its way"]
    assert all(tick.at <= 0.06 for tick in marks.ticks)


def test_a_window_may_be_empty():
    marks = layout(trace("echo"), Choice(since=1e6))

    assert (marks.arrows, marks.ticks) == ((), ())


def test_hosts_can_be_chosen():
    marks = layout(trace("three clients"), Choice(hosts=("server", "bob")))

    assert [lifeline.host for lifeline in marks.lifelines] == ["server", "bob"]
    assert all(arrow.name.startswith(("server", "bob")) for arrow in marks.arrows)
    assert len(marks.arrows) == 8


def test_a_connection_can_be_chosen():
    marks = layout(trace("three workers"), Choice(connection=2))
    ports = {segment.segment.source_port for segment in trace("three workers").sent} - {7000}

    assert len(ports) == 3
    assert len(marks.arrows) == 8
    assert len({band.x for band in marks.bands if band.host == "client"}) == 1


def test_what_is_not_there_cannot_be_chosen():
    with pytest.raises(ValueError, match="no host is called 'dora': the hosts of this run are server, ann, bob, cyd"):
        layout(trace("three clients"), Choice(hosts=("server", "dora")))
    with pytest.raises(ValueError, match="there is no connection 4: this run had 3, counted from 1"):
        layout(trace("three clients"), Choice(connection=4))
    with pytest.raises(ValueError, match="names no hosts"):
        layout(Story().trace())


def test_programs_of_one_host_have_columns_of_their_own():
    marks = layout(trace("three workers"))
    columns = {box.program: box.x for box in marks.calls}
    headings = {label.text for label in marks.headings}

    assert len(set(columns.values())) == len(columns) == 7
    assert set(columns) <= headings


def test_an_uncaptured_run_has_states_and_calls_and_says_what_is_not_sure():
    run = Scenario(server=echo.server, client=echo.client).run(world="loopback")
    marks = layout(run.trace)
    notes = " ".join(label.text for label in marks.notes)

    assert marks.arrows == ()
    assert {"ESTABLISHED", "LISTEN"} <= {band.label.text for band in marks.bands}
    assert "→ connected" in {box.result.text for box in marks.calls if box.result}
    assert "There is no capture here, so there are no arrows." in notes
    assert "Order is sure within one program only." in notes


def test_a_captured_run_of_the_kernel_has_arrows():
    simulated = trace("echo")
    records = tuple(record for record in simulated if isinstance(record, Sent | Delivered))
    marks = layout(replace(simulated, records=records, world="loopback"))

    assert len(marks.arrows) == 8
    assert "Order is sure within one program, and among captured packets" in " ".join(note.text for note in marks.notes)
