"""Web and browser: HTTP/1.0 and 1.1 in both worlds, with three endings of a body, and with a tenth of it lost."""

import base64

import pytest

from course import Scenario
from course.apps import browser, endings, http, web
from course.apps.browser import Answer
from tests.apps.worlds import SEEDS, both, lossy, result, run

TARGETS = ("/", "/long", "/picture.png", "/length", "/chunks", "/close", "/")
PAGES = [Answer(200, web.PAGES[target][1]) for target in TARGETS]
WAYS = {
    "1.0": {"version": "1.0"},
    "1.1": {},
    "pipelined": {"pipelined": True},
}
ways = pytest.mark.parametrize("way", WAYS)
OCTETS = bytes(range(256)) * 300


@both
@ways
def test_every_page_comes_whole_in_every_version(world, way):
    """RFC 9112, section 6.3: a length, chunks, or the end of the connection; an answer to 1.0 has no chunks."""
    assert result(world, web.server, browser.fetch(*TARGETS, **WAYS[way])) == PAGES


@ways
@pytest.mark.parametrize("seed", SEEDS)
def test_every_page_comes_whole_with_a_tenth_of_the_segments_lost(way, seed):
    assert lossy(web.server, browser.fetch(*TARGETS, **WAYS[way]), seed).results["client"] == PAGES


@ways
def test_a_run_is_repeatable_to_the_octet(way):
    scenario = Scenario(server=web.server, client=browser.fetch(*TARGETS, **WAYS[way]), seed=3)

    assert scenario.run().trace == scenario.run().trace


@both
def test_a_get_written_by_hand_is_answered_with_text_that_one_can_read(world):
    head, _, body = result(world, web.server, browser.by_hand).partition(b"\r\n\r\n")

    assert head.splitlines()[0] == b"HTTP/1.1 200 OK"
    assert b"Content-Length: 16" in head.splitlines()
    assert body == b"<h1>Hello</h1>\r\n"


def test_a_get_written_by_hand_survives_losses():
    assert lossy(web.server, browser.by_hand, 1).results["client"].endswith(b"<h1>Hello</h1>\r\n")


@both
def test_both_servers_give_both_clients_the_same(world):
    """Ours, and the standard library's."""
    heard = [
        result(world, server, client)
        for server in (web.server, http.server)
        for client in (browser.client, http.client)
    ]

    assert heard == [[(200, web.PAGES["/"][1]), (200, web.PAGES["/long"][1]), (404, b"<h1>Not Found</h1>\r\n")]] * 4


@both
def test_a_body_may_be_any_octets_in_both_directions(world):
    """RFC 9110, section 6.4: content is a stream of octets."""
    assert result(world, web.server, browser.post(OCTETS)) == Answer(200, OCTETS)


def test_a_body_of_any_octets_survives_losses():
    assert lossy(web.server, browser.post(OCTETS), 1).results["client"] == Answer(200, OCTETS)


@pytest.mark.browser
def test_a_picture_by_hand_is_a_picture_for_a_browser(page):
    address = "data:image/png;base64," + base64.b64encode(web.picture()).decode()
    size = page.evaluate(
        "async at => { const i = new Image(); i.src = at; await i.decode(); return [i.width, i.height] }", address
    )

    assert size == [8, 8]


def connections(trace):
    return len([sent for sent in trace.sent if sent.segment.syn and sent.sender == "client"])


def test_http_1_0_opens_a_connection_for_each_page_and_1_1_one_for_all():
    """RFC 9112, section 9.3; misconception M66."""
    opened = {
        way: connections(run("simulated", web.server, browser.fetch(*["/"] * 10, **WAYS[way])).trace) for way in WAYS
    }

    assert opened == {"1.0": 10, "1.1": 1, "pipelined": 1}


def last_answer(*targets, **way):
    """When the client heard the last octets, in seconds."""
    trace = run("simulated", web.server, browser.fetch(*targets, **way), delay=0.050).trace
    return max(back.at for back in trace.returns if (back.called.host, back.called.name) == ("client", "recv"))


def test_ten_pages_take_twenty_round_trips_or_eleven_or_two():
    assert [last_answer(*["/"] * 10, **way) for way in WAYS.values()] == [pytest.approx(0.1 * n) for n in (20, 11, 2)]


def test_a_slow_answer_holds_up_those_behind_it_as_answers_stay_in_order():
    """RFC 9112, section 9.3.2: head-of-line blocking."""
    done = run("simulated", web.server, browser.fetch("/slow", "/", pipelined=True), delay=0.050)
    asked = [back for back in done.trace.returns if back.called.host == "client" and back.called.name == "sendall"]
    heard = [back.at for back in done.trace.returns if back.called.host == "client" and back.called.name == "recv"]

    assert [answer.body for answer in done.results["client"]] == [web.PAGES["/slow"][1], web.PAGES["/"][1]]
    assert len(asked) == 1, "both requests in one call"
    assert heard[0] == pytest.approx(1.2), "nothing before the slow one"


@both
def test_a_server_that_closes_after_each_answer_is_called_again(world):
    """RFC 9112, section 9.3: a client has to be ready for that."""
    assert result(world, endings.server, browser.fetch(*endings.ENDINGS)) == [Answer(200, endings.SENTENCE)] * 3


def test_head_is_answered_without_a_body_and_other_methods_are_refused():
    def client(host):
        with host.create_connection(browser.SERVER) as connection:
            for method in (b"HEAD", b"DELETE"):
                connection.sendall(method + b" / HTTP/1.1\r\nHost: server\r\n\r\n")
                yielded.append(connection.recv(4096))

    yielded = []
    run("simulated", web.server, client)
    assert yielded[0].startswith(b"HTTP/1.1 200 OK\r\n")
    assert yielded[0].endswith(b"Content-Length: 16\r\n\r\n")
    assert yielded[1].startswith(b"HTTP/1.1 405 ")
    assert b"\r\nAllow: GET, HEAD\r\n" in yielded[1]


@pytest.mark.parametrize(
    ("asked", "hint"), [({"version": "2"}, '"1.0" or "1.1"'), ({"version": "1.0", "pipelined": True}, "no pipelining")]
)
def test_a_version_that_cannot_be_is_refused_at_once(asked, hint):
    with pytest.raises(ValueError, match=hint):
        browser.fetch("/", **asked)


def test_several_callers_are_served_at_the_same_time():
    def silent(host):
        with host.create_connection(browser.SERVER):
            host.sleep(3)

    done = Scenario(server=web.server, silent=silent, client=browser.fetch(*TARGETS)).run()
    assert done.results["client"] == PAGES
    assert max(back.at for back in done.trace.returns if back.called.program == "client") < 3
