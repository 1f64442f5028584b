"""A comparison as a value, as text and as HTML, and how scenario.compare() comes by it."""

import contextlib
import re
from dataclasses import FrozenInstanceError, replace
from html.parser import HTMLParser

import pytest

from course import Scenario, ScenarioError, faults, middleboxes
from course.apps import echo, servers
from course.errors import CaptureNotPermitted, ProgramFailed, ProgramStuck
from course.real.capture import may_capture
from course.twins.comparison import compare
from course.twins.known import KNOWN
from course.twins.pair import Aspect
from course.twins.table import TELL_US
from tests.real.worlds import PORT, accepting, calling, hear
from tests.twins.sides import altered, as_kernel, side

ECHO = Scenario(server=echo.server, client=echo.client, delay=0.050)
PIECES = Scenario(
    server=accepting(lambda host, c: len(hear(c))), client=calling(lambda host, c: c.sendall(bytes(80_000)))
)


@pytest.fixture(scope="module")
def echoed():
    return ECHO.compare()


def odd():
    """A comparison with a difference that nobody knows."""
    shown = side(server=echo.server, client=echo.client)
    return compare(shown, altered(shown, "recv", b"<b>bye</b>"), known=())


# ------------------------------------------------ the value


def test_the_echo_agrees(echoed):
    assert echoed.same
    assert echoed.unknown == ()
    assert {pair.known.id for pair in echoed.differences} >= {"times", "addresses", "ephemeral-ports", "time-wait"}


def test_both_runs_are_there_for_a_closer_look(echoed):
    assert (echoed.simulated.trace.world, echoed.real.trace.world) == ("simulated", "loopback")
    assert echoed.simulated.results == echoed.real.results == {"server": None, "client": b"hello"}


def test_it_is_a_frozen_value(echoed):
    with pytest.raises(FrozenInstanceError):
        echoed.pairs = ()


def test_each_program_has_its_calls_in_its_own_order(echoed):
    client = [(pair.what, pair.real) for pair in echoed.pairs if pair.who == "client"]

    assert client == [
        ("socket()", "'socket 1'"),
        ("socket 1: connect(('server', 7000))", "None"),
        ("socket 1: sendall(b'hello')", "None"),
        ("socket 1: recv(1024)", "b'hello'"),
        ("socket 1: close()", "None"),
        ("result", "b'hello'"),
    ]


def test_errors_are_told_with_their_errno():
    def client(host):
        fresh = host.socket()
        return [fresh.connect_ex(("server", 1)), host.socket().listen(), host.socket().accept()]

    comparison = Scenario(server=lambda host: None, client=client).compare()
    told = {pair.what: pair.real for pair in comparison.pairs if pair.who == "client"}

    assert comparison.same
    assert told["socket 1: connect(('server', 1))"] == "ConnectionRefusedError (ECONNREFUSED)"
    assert told["socket 3: accept()"] == told["result"] == "OSError (EINVAL)"


def test_what_follows_from_a_difference_is_told_apart_from_it():
    def client(host):
        made = host.create_connection(("server", PORT), timeout=5)
        return made.recv(1)

    comparison = Scenario(server=accepting(lambda host, c: c.send(b"x")), client=client, delay=3).compare()
    told = {
        pair.what: (pair.known.id, pair.follows) for pair in comparison.differences if pair.aspect is not Aspect.WAIT
    }

    assert told["socket 1: connect(('server', 7000))"] == ("not-yet", False)
    assert told["result"] == ("not-yet", True)


def test_a_difference_before_the_cause_does_not_follow_from_it():
    shown = side(client=lambda host: [host.sleep(1), host.socket().getsockname(), host.socket().listen()])
    wrong = altered(altered(shown, "sleep", 5), "listen", OSError(95, ""))
    comparison = compare(shown, wrong, known=tuple(replace(each, rule=about_listen) for each in KNOWN[:1]))

    assert [(pair.what, pair.known and pair.known.id) for pair in comparison.differences] == [
        ("sleep(1)", None),
        ("socket 2: listen(128)", KNOWN[0].id),
    ]


def about_listen(pair, sides):
    return "listen" in pair.what


# ------------------------------------------------ text


@pytest.mark.parametrize("scenario", [ECHO, PIECES])
def test_two_comparisons_read_alike(scenario):
    texts = {str(scenario.compare()) for _ in range(5)}

    assert len(texts) == 1
    assert not re.search(r"127\.\d|10\.0\.0|\b\d\d\d\d\d\b(?! octets)", texts.pop().replace("80000", ""))


def test_the_text_says_what_agrees_and_what_does_not(echoed):
    text = str(echoed)

    assert text.startswith("Both worlds agree: the same calls with the same results")
    assert "delay 50 ms each way" in text
    assert re.search(r"client +socket 1: recv\(1024\) +b'hello' +the same\n", text)
    assert re.search(r"client → server 7000 +last state +CLOSED +TIME-WAIT +time-wait\n", text)
    assert "\ntime-wait: The kernel's connection is still in TIME-WAIT" in text
    assert max(len(line) for line in text.splitlines()) <= 100


def test_octets_in_other_pieces_are_told_in_one_line():
    comparison = PIECES.compare()

    assert not comparison.same
    assert re.search(r"server +recv\(\), all of them +in one way +in another +boundaries", str(comparison))


def test_octets_read_through_a_copy_are_those_of_the_same_connection():
    def reading(host, connection):
        with connection.dup() as copy:
            return connection.recv(9), copy.recv(9)

    shown = side(server=accepting(reading), client=calling(lambda host, c: c.send(b"hello")))
    comparison = compare(altered(shown, "recv", b"hel", b"lo"), altered(shown, "recv", b"hello", b""))

    assert {pair.known.id for pair in comparison.differences if pair.what.endswith("recv(9)")} == {"boundaries"}


def test_many_calls_that_agree_are_told_in_one_line():
    comparison = Scenario(host=lambda host: [host.socket() for _ in range(100)] and None).compare()

    assert len(comparison.pairs) > 100
    assert "more calls, which agree" in str(comparison)
    assert len(str(comparison).splitlines()) < 30


def test_what_nobody_knows_is_said_loudly():
    comparison = odd()

    assert not comparison.same
    assert [pair.known for pair in comparison.unknown] == [None] * len(comparison.unknown) != []
    assert str(comparison).startswith(TELL_US)
    assert comparison._repr_html_().count(TELL_US) == 1 + len(comparison.unknown)


# ------------------------------------------------ HTML


class Page(HTMLParser):
    """Counts elements, and keeps what the header cells say."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.scopes, self.open = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.open.append(tag)
        self.scopes += [value for name, value in attrs if name == "scope"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_html_is_a_table_with_headers_for_rows_and_columns(echoed):
    html = echoed._repr_html_()
    page = Page(html)

    assert page.open == []
    assert page.scopes.count("col") == 5
    assert page.scopes.count("row") == page.tags.count("tr") - 1 > 15
    assert "caption" in page.tags
    assert html.count('<tr style="font-weight:bold">') >= 1  # TIME-WAIT


def test_the_html_says_by_words_what_stands_out():
    html = odd()._repr_html_()

    assert f">{TELL_US}</td>" in html
    assert "<b>bye" not in html
    assert "&lt;b&gt;bye" in html


# ------------------------------------------------ how a scenario is compared


def test_faults_cannot_be_compared_and_it_says_what_to_do():
    with pytest.raises(ScenarioError, match=r"with_knobs\(faults=\(\)\)\.compare\(\)"):
        ECHO.with_faults(faults.drop("client", 1)).compare()


def test_middleboxes_cannot_be_compared_and_it_says_what_to_do():
    with pytest.raises(ScenarioError, match=r"with_knobs\(middleboxes=\(\)\)\.compare\(\)"):
        ECHO.with_knobs(middleboxes=[middleboxes.nat()]).compare()


def test_the_link_and_the_knobs_are_the_simulated_networks():
    comparison = ECHO.with_knobs(rate=1e6, queue=9).compare()

    assert comparison.same
    assert "1 Mbit/s · queue of 9 packets · seed 0 · on loopback none of that" in comparison.conditions


def test_what_programs_print_is_shown_once(capsys):
    Scenario(host=lambda host: print("hello")).compare()

    assert capsys.readouterr().out == "hello\n"


def test_a_program_that_fails_is_an_error_as_in_a_run():
    with pytest.raises(ProgramFailed, match="ZeroDivisionError"):
        Scenario(host=lambda host: 1 / 0).compare()


def test_a_program_that_fails_on_the_kernel_alone_is_an_error_too():
    with pytest.raises(ProgramFailed, match="only here"):
        Scenario(host=lambda host: fail("only here") if host.address.startswith("127") else None).compare()


def fail(message):
    raise ValueError(message)


def test_a_program_that_does_not_stop_is_an_error():
    def stubborn(host):
        while host.address.startswith("127"):
            with contextlib.suppress(BaseException):
                host.sleep(3600)

    with pytest.raises(ProgramStuck, match="host did not stop"):
        Scenario(host=stubborn).compare(deadline=0.2)


def test_a_run_that_is_captured_is_compared_on_the_wire_too():
    one = side(server=echo.server, client=echo.client)
    wire = [pair for pair in compare(one, as_kernel(one, captured=True)).pairs if pair.aspect.value == "wire"]

    assert {pair.what for pair in wire} == {
        "announced MSS",
        "other options of the SYN",
        "first flight",
        "from the first FIN to the end",
    }
    assert all(pair.same for pair in wire)


@pytest.mark.parametrize("shape", [servers.one_at_a_time, servers.threads, servers.selecting, servers.coroutines])
def test_servers_of_all_shapes_are_explained(shape):
    comparison = Scenario(server=shape, a=servers.caller(b"a", b"b"), b=servers.caller(b"c")).compare()

    assert comparison.unknown == (), comparison


def test_the_wire_is_compared_where_it_can_be_captured():
    if not may_capture():
        with pytest.raises(CaptureNotPermitted):
            ECHO.compare(capture=True)
        return
    comparison = ECHO.compare(capture=True)

    assert comparison.unknown == ()
    assert "announced MSS" in {pair.what for pair in comparison.pairs}
