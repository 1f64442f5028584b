"""HTTP as it must not be: a clear error and a closed connection in both worlds, and never a hang (RFC 9112)."""

import h11
import pytest

from course import Scenario, faults
from course.apps import broken, browser, web
from course.apps.messages import BadMessage, Messages
from tests.apps.worlds import both, result, run

GOOD = broken.POST + b"Content-Length: 5\r\n\r\nhello"
CHUNKS = broken.POST + broken.CHUNKED + b"\r\n2\r\nhe\r\n3;name=value\r\nllo\r\n0\r\nTrailer: x\r\n\r\n"
SHORT = [name for name, (octets, _) in broken.REQUESTS.items() if len(octets) < 300]


def impatient(host):
    """The server of pages, in a hurry."""
    web.listen(host, web.pages, patience=1.5)


@both
@pytest.mark.parametrize("name", broken.REQUESTS)
def test_a_request_that_is_none_is_answered_so_and_the_connection_closed(world, name):
    octets, status = broken.REQUESTS[name]
    head, _, body = result(world, web.server, broken.says(octets)).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"Connection: close" in head
    assert len(body) > 10, "it says why"


@both
@pytest.mark.parametrize("name", SHORT)
def test_it_makes_no_difference_how_it_was_cut(world, name):
    """Misconception M24: a stream has no boundaries."""
    octets, _ = broken.REQUESTS[name]
    whole, cut = (result(world, web.server, broken.says(octets, size)) for size in (None, 1))

    assert cut == whole


@both
@pytest.mark.parametrize("octets", [GOOD, CHUNKS], ids=["length", "chunks"])
def test_a_good_request_may_be_cut_at_every_octet(world, octets):
    """Misconceptions M24 and M30."""
    for at in range(1, len(octets)):
        if world == "simulated" or at % 20 == 0:
            assert answered(result(world, web.server, halves(octets, at))) == b"hello"
    assert answered(result(world, web.server, broken.says(octets, 1, hangs_up=True))) == b"hello"


def halves(octets, at):
    """A client that says the octets in two pieces, which cannot arrive together."""

    def client(host):
        with host.create_connection(browser.SERVER) as connection:
            connection.sendall(octets[:at])
            host.sleep(0.03)
            connection.sendall(octets[at:])
            connection.shutdown(host.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(1024), b""))

    return client


def answered(octets):
    assert octets.startswith(b"HTTP/1.1 200 OK\r\n")
    return octets.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize("seed", range(1, 4))
@pytest.mark.parametrize("name", SHORT)
def test_a_tenth_of_the_segments_lost_changes_nothing(seed, name):
    octets, status = broken.REQUESTS[name]
    heard = Scenario(server=web.server, client=broken.says(octets), faults=[faults.randomly(0.1)], seed=seed).run()

    assert heard.results["client"].startswith(b"HTTP/1.1 %d " % status)


@both
def test_lines_that_end_with_lf_alone_are_understood(world):
    """RFC 9112, section 2.2: a recipient MAY."""
    heard = result(world, web.server, broken.says(GOOD.replace(b"\r\n", b"\n"), hangs_up=True))

    assert answered(heard) == b"hello"


@both
@pytest.mark.parametrize(
    "octets", [b"GET", broken.GET, GOOD[:-1], CHUNKS[:-1]], ids=["line", "head", "length", "chunks"]
)
def test_who_hangs_up_in_the_middle_is_told_so(world, octets):
    heard = result(world, web.server, broken.says(octets, hangs_up=True))

    assert heard.startswith(b"HTTP/1.1 400 ")
    assert b"the connection ended before the message did" in heard


@both
@pytest.mark.parametrize(
    "octets", [b"GET", broken.GET, GOOD[:-1], CHUNKS[:-1]], ids=["line", "head", "length", "chunks"]
)
def test_who_falls_silent_in_the_middle_is_told_so_and_not_waited_for(world, octets):
    """RFC 9110, section 15.5.9."""
    assert result(world, impatient, broken.says(octets)).startswith(b"HTTP/1.1 408 ")


@both
def test_who_says_nothing_at_all_is_not_waited_for_either(world):
    assert result(world, impatient, silent) == b""


def silent(host):
    with host.create_connection(browser.SERVER) as connection:
        return connection.recv(1024)


def test_one_octet_now_and_then_does_not_keep_a_server_for_ever():
    """A deadline holds for the whole message."""

    def dripping(host):
        with host.create_connection(browser.SERVER) as connection:
            for octet in GOOD:
                connection.sendall(bytes([octet]))
                host.sleep(1)
                if host.select([connection], timeout=0)[0]:
                    return connection.recv(1024)
        return b""

    done = run("simulated", web.server, dripping)
    assert done.results["client"].startswith(b"HTTP/1.1 408 ")
    assert max(back.at for back in done.trace.returns if back.called.host == "client") < 8


@both
def test_what_comes_behind_a_good_request_is_judged_by_itself(world):
    heard = result(world, web.server, broken.says(GOOD + b"garbage\r\n\r\n"))

    assert heard.count(b"HTTP/1.1 200 ") == heard.count(b"HTTP/1.1 400 ") == 1


@both
def test_a_caller_that_vanishes_harms_nobody(world):
    def vanishing(host):
        connection = host.create_connection(browser.SERVER)
        connection.setsockopt(host.SOL_SOCKET, host.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.sendall(broken.GET)
        connection.close()

    done = Scenario(server=web.server, vanishing=vanishing, client=browser.fetch("/"), delay=0.005).run(world=world)
    assert done.results["client"] == [(200, web.PAGES["/"][1])]


# ---------------------------------------------------------------- answers


@both
@pytest.mark.parametrize("name", broken.ANSWERS)
def test_an_answer_that_is_none_is_one_clear_error(world, name):
    heard = result(world, broken.answers(broken.ANSWERS[name]), browser.fetch("/"))

    assert isinstance(heard, BadMessage)
    assert len(str(heard)) > 10
    assert "h11" not in str(heard)
    assert "bytearray" not in str(heard)


@both
@pytest.mark.parametrize("name", ["half a head", "a body that is too short", "a last chunk that never comes"])
def test_an_answer_that_never_ends_is_not_waited_for(world, name):
    server = broken.answers(broken.ANSWERS[name], hangs_up=False)
    heard = result(world, server, browser.fetch("/", patience=0.3))

    assert "no whole message within 0.3 seconds" in str(heard)


@both
@pytest.mark.parametrize(
    "ending", [b"Content-Length: 5\r\n\r\nhello", b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"]
)
def test_a_good_answer_may_be_cut_at_every_octet(world, ending):
    octets = b"HTTP/1.1 100 Continue\r\n\r\n" + broken.OK + ending

    assert result(world, broken.answers(octets, 1), browser.fetch("/")) == [(200, b"hello")]


@pytest.mark.parametrize("seed", range(1, 4))
@pytest.mark.parametrize("name", broken.ANSWERS)
def test_it_is_the_same_error_with_a_tenth_of_the_segments_lost(seed, name):
    octets = broken.ANSWERS[name]
    plain, lossy = (
        Scenario(server=broken.answers(octets), client=browser.fetch("/", patience=60), faults=lost, seed=seed).run()
        for lost in ([], [faults.randomly(0.1)])
    )

    assert isinstance(lossy.results["client"], BadMessage)
    assert str(lossy.results["client"]) == str(plain.results["client"])


def test_pipelined_answers_that_break_off_are_an_error():
    octets = broken.OK + b"Content-Length: 2\r\n\r\nok" + broken.OK + b"Content-Le"

    assert isinstance(result("simulated", broken.answers(octets), browser.fetch("/", "/", pipelined=True)), BadMessage)


def test_a_head_may_be_heard_before_its_body():
    def client(host):
        with host.create_connection(browser.SERVER) as connection:
            messages = Messages(host, connection, h11.CLIENT)
            messages.ask("GET", "/chunks")
            head = messages.head()
            return head.start, head.body, b"".join(iter(messages.some, b""))

    assert result("simulated", web.server, client) == ((200, "OK"), b"", web.PAGES["/chunks"][1])
