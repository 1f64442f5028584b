"""The state diagram is the table: every state and edge has its place, and what was visited stands out."""

from itertools import combinations, pairwise

import pytest

from course import TRANSITIONS, Event, Scenario, State
from course.apps import echo
from course.view.diagram import Draft, Visit, diagram, edges_of, path, states_of
from course.view.places import ACTIVE, LANES, PASSIVE, PLACES, ROUTES, is_sudden, lane
from course.view.sheet import Curve, Plate, Stroke
from course.view.style import THEMES
from course.view.touching import Box
from tests.talk import hear, reset, talk
from tests.view.traces import ECHO, RUNS, trace

S = State
ALL = Visit(frozenset(State), dict.fromkeys(TRANSITIONS, (1, 2)))
KINDS = {
    "plain": Draft(None, "about", "A title"),
    "everything": Draft(ALL, "about", "A title"),
    "nothing": Draft(Visit(frozenset()), "about", "A title"),
    "many steps": Draft(Visit(frozenset(State), dict.fromkeys(TRANSITIONS, range(10, 20))), "about", "A title"),
}


def widths(draft, way):
    """How wide the arrow of a way is drawn."""
    route = ROUTES[way]
    return [shape.width for shape in draft.sheet().shapes
            if isinstance(shape, Curve) and shape.start == draft.down(route.start)]  # fmt: skip


def texts(draft):
    return [label.text for label in draft.sheet().texts]


def fresh(visit):
    return Draft(visit, "about", "A title")


def test_every_state_has_a_place_of_its_own():
    assert set(PLACES) == set(State)
    assert len(set(PLACES.values())) == len(State)


def test_every_edge_has_its_way_and_no_way_is_without_an_edge():
    """A new edge in the table needs a place in the picture."""
    ways = {(before, after) for (before, event), after in TRANSITIONS.items() if not is_sudden(before, event)}
    sudden = {before for before, event in TRANSITIONS if is_sudden(before, event)}

    assert set(ROUTES) == ways
    assert set(LANES) == sudden


def test_every_way_begins_and_ends_at_its_states():
    for (before, after), route in ROUTES.items():
        assert near(route.start, before)
        assert near(route.end, after) or (after is S.CLOSED and abs(route.end[1] - 737) < 2)
    for state in LANES:
        assert near(lane(state)[0], state)


def near(point, state):
    x, y = PLACES[state]
    return abs(point[0] - x) <= 76 and abs(point[1] - y) <= 19


def test_the_usual_ways_are_ways_of_the_table():
    for usual in (ACTIVE, PASSIVE):
        assert all(edges_of(way) for way in pairwise(usual))


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_lies_on_another_or_outside_or_on_a_state(kind):
    draft = fresh(KINDS[kind].visit)
    sheet = draft.sheet()
    boxes = [(label.text, Box.of(label)) for label in sheet.texts]
    names = {str(state) for state in State}
    plates = [shape for shape in sheet.shapes if isinstance(shape, Plate) and shape.height > 30]

    assert [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if a.overlaps(b)] == []
    corners = [(text, x, y) for text, box in boxes for x, y in box.corners]
    assert [text for text, x, y in corners if not (0 <= x <= sheet.width and 0 <= y <= sheet.height)] == []
    assert [(text, plate) for text, x, y in corners for plate in plates if text not in names
            and plate.x < x < plate.x + plate.width and plate.y < y < plate.y + plate.height] == []  # fmt: skip
    assert min(label.font.size for label in sheet.texts) >= 10


def test_every_event_that_does_not_end_all_stands_at_its_arrow():
    written = texts(fresh(None))

    for event in Event:
        edges = [edge for edge in TRANSITIONS if edge[1] is event and not is_sudden(*edge)]
        assert written.count(str(event)) == len(edges)


def test_the_plain_picture_tells_the_whole_table():
    told = diagram().alternative

    assert told.startswith("RFC 9293, figure 5 and section 3.10. From CLOSED: passive OPEN to LISTEN, active OPEN to")
    assert "From LISTEN: active OPEN to SYN-SENT, rcv SYN to SYN-RECEIVED, CLOSE to CLOSED, ABORT to CLOSED." in told
    assert sum(told.count(f" to {state}") for state in State) >= len(TRANSITIONS)


def test_the_path_of_a_client_is_told_step_by_step():
    assert ECHO.run().diagram("client").alternative == (
        "client, connection 1: 6 of 11 states, 6 of 49 edges, simulated network, delay 50 ms each way, seed 0."
        " 1. CLOSED to SYN-SENT on active OPEN."
        " 2. SYN-SENT to ESTABLISHED on rcv SYN,ACK."
        " 3. ESTABLISHED to FIN-WAIT-1 on CLOSE."
        " 4. FIN-WAIT-1 to FIN-WAIT-2 on rcv ACK of FIN."
        " 5. FIN-WAIT-2 to TIME-WAIT on rcv FIN."
        " 6. TIME-WAIT to CLOSED on 2 MSL timeout."
    )


def test_the_path_of_a_server_begins_with_its_listener():
    told = path(trace("echo"), "server").alternative

    assert "1. CLOSED to LISTEN on passive OPEN. 2. LISTEN to SYN-RECEIVED on rcv SYN." in told
    assert "LISTEN to CLOSED on CLOSE." in told


def test_a_host_that_only_listens_has_a_path_too():
    run = Scenario(server=lambda host: host.create_server(("", 7000)), client=lambda host: None).run()

    assert "server, listening: 2 of 11 states, 1 of 49 edges" in run.diagram("server").alternative
    with pytest.raises(ValueError, match="nothing is known of the states of client"):
        run.diagram("client")


def test_a_state_that_lasted_for_no_time_is_a_step_too():
    """Figure 5, note 2: the FIN and the ACK of ours come in one segment, and FIN-WAIT-2 lasts for no time."""
    told = trace("echo").changes
    instant = [one.after for one, other in pairwise(told)
               if one.at == other.at and one.after is other.before and one.local == other.local]  # fmt: skip

    assert S.FIN_WAIT_2 in instant
    assert "to FIN-WAIT-2 on" in path(trace("echo"), "client").alternative


def test_what_was_walked_stands_out_and_is_numbered():
    edges = {(S.CLOSED, Event.ACTIVE_OPEN): [1], (S.SYN_SENT, Event.SYN_ACK): [2]}
    visit = Visit(states_of(edges), edges)

    assert widths(fresh(visit), (S.CLOSED, S.SYN_SENT)) == [2.6]
    assert widths(fresh(visit), (S.LISTEN, S.SYN_SENT)) == [1.4]
    assert {"1", "2"} <= set(texts(fresh(visit)))
    assert "3" not in texts(fresh(visit))


def test_an_end_that_comes_suddenly_goes_round_the_outside():
    def resetting(host, connection):
        reset(host, connection)
        connection.recv(1)

    run = talk(lambda host, connection: connection.sendall(b"x"), resetting)
    told = run.diagram("client").alternative
    edges = {(S.ESTABLISHED, Event.RST): [7]}
    strokes = [shape for shape in fresh(Visit(states_of(edges), edges)).sheet().shapes
               if isinstance(shape, Stroke) and shape.role == "trouble"]  # fmt: skip

    assert "to CLOSED on ABORT." in told
    assert len(strokes) == 1
    assert "rcv RST" in texts(fresh(Visit(states_of(edges), edges)))


def test_runs_are_counted_together():
    runs = [RUNS["echo"](), trace("both call"), trace("nobody answers")]
    told = diagram(runs=runs).alternative
    edges = {(change.before, change.event) for run in runs for change in getattr(run, "trace", run).changes}

    assert told.startswith(
        f"visited by 3 runs: {len(states_of(edges))} of 11 states, {len(edges)} of 49 edges. Visited:"
    )
    assert "Not visited: " in told
    assert diagram(visited=TRANSITIONS).alternative.startswith("visited: 11 of 11 states, 49 of 49 edges.")
    assert "Every state was entered. Not" not in diagram(visited=TRANSITIONS).alternative
    assert "Never entered: CLOSED, " in diagram(visited=[]).alternative


def test_a_run_without_a_host_shows_all_that_it_visited():
    assert ECHO.run().diagram().alternative.startswith("visited by 1 run: 10 of 11 states, 13 of 49 edges.")


def test_on_the_kernel_only_states_are_known():
    run = Scenario(server=echo.server, client=echo.client).run(world="loopback")
    told = run.diagram("client")

    assert "0 of 49 edges" in told.alternative
    assert "Seen in " in told.alternative
    assert "ESTABLISHED" in told.alternative


@pytest.mark.parametrize(
    ("host", "connection", "says"),
    [("zoe", 1, "no host is called 'zoe'"), ("client", 2, "there is no connection 2: client had 1, counted from 1")],
)
def test_what_cannot_be_drawn_is_refused_in_words(host, connection, says):
    with pytest.raises(ValueError, match=says):
        path(trace("echo"), host, connection)


def test_an_edge_that_is_not_in_the_table_is_refused_in_words():
    with pytest.raises(ValueError, match="is no edge: write"):
        diagram(visited=[(S.CLOSED, Event.FIN)])


@pytest.mark.parametrize("theme", THEMES)
def test_it_is_drawn_in_both_themes_by_a_run_itself(theme):
    run = talk(hear, lambda host, connection: connection.sendall(b"x"))

    assert run.diagram("client", title="T", caption="C").png(theme).startswith(b"\x89PNG")
    assert diagram(title="T").png(theme).startswith(b"\x89PNG")
