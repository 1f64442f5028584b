"""The standard library's http.client and http.server over the simulated TCP, unchanged."""

import http.client
from contextlib import closing
from http.server import BaseHTTPRequestHandler

import pytest

from course import Scenario, TcpParameters, faults
from course.apps import http as app

ANSWERS = [(200, app.PAGES["/"]), (200, app.PAGES["/long"]), (404, b"<h1>Not Found</h1>\r\n")]
WEB = Scenario(server=app.server, client=app.client)


def browse(visit, server=app.server, **options):
    """What a client makes of `visit(browser)`, where the browser is an HTTPConnection over the simulated TCP."""

    def client(host):
        with closing(http.client.HTTPConnection("server", app.PORT)) as browser:
            browser.sock = host.create_connection(("server", app.PORT))
            return visit(browser)

    return Scenario(server=server, client=client, **options).run().results["client"]


def test_the_client_gets_its_pages():
    assert WEB.run().results["client"] == ANSWERS


@pytest.mark.parametrize("seed", range(1, 7))
def test_the_client_gets_its_pages_with_a_tenth_of_the_segments_lost(seed):
    """What is lost is sent again below; neither http.client nor http.server notices."""
    run = Scenario(server=app.server, client=app.client, faults=[faults.randomly(0.1)], seed=seed).run()

    assert run.results["client"] == ANSWERS
    assert run.trace.dropped != []


@pytest.mark.parametrize("loss", [0, 0.1])
def test_a_run_is_repeatable_to_the_octet(loss):
    """The standard library's Date and Server headers are not; apps/http fixes them."""
    lossy = WEB.with_faults(faults.randomly(loss, seed=3))

    assert lossy.run().trace == lossy.run().trace


def test_the_headers_say_nothing_of_this_machine_or_of_today():
    """RFC 9110, sections 6.6.1 (Date) and 10.2.4 (Server)."""

    def visit(browser):
        browser.request("GET", "/")
        return dict(browser.getresponse().getheaders())

    assert browse(visit) == {
        "Server": "course",
        "Date": "Thu, 01 Jan 1970 00:00:00 GMT",
        "Content-Type": "text/html",
        "Content-Length": str(len(app.PAGES["/"])),
    }


def test_all_requests_travel_over_one_connection():
    """RFC 9112, section 9.3: persistent by default; misconception M66."""
    run = WEB.run()

    assert len([sent for sent in run.trace.sent if sent.segment.syn and sent.sender == "client"]) == 1
    assert run.trace.calls[-1].name == "close"


def test_the_server_says_nothing_on_the_screen(capfd):
    WEB.run()

    assert capfd.readouterr() == ("", "")


def test_several_browsers_are_served_at_the_same_time():
    """One that says nothing must not keep the others waiting."""

    def silent(host):
        with host.create_connection(("server", app.PORT)):
            host.sleep(100)

    run = Scenario(server=app.server, silent=silent, one=app.client, two=app.client).run()

    assert run.results["one"] == run.results["two"] == ANSWERS
    assert max(back.at for back in run.trace.returns if back.called.program in ("one", "two")) < 100


def test_the_server_serves_for_ever():
    run = WEB.run()

    assert "server" not in run.results
    assert run.results["server/1"] is None


def test_a_browser_that_is_hung_up_on_does_not_look_for_the_server_outside_of_the_course():
    """Without this, http.client would try to find a host called "server" in the real network."""

    def rude(host):
        with host.create_server(("", app.PORT)) as listener, listener.accept()[0] as connection:
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

    with pytest.raises(Exception, match="client raised NotConnected"):
        Scenario(server=rude, client=app.client).run()


def test_a_refused_browser_is_a_result():
    run = Scenario(server=lambda host: None, client=app.client).run()

    assert isinstance(run.results["client"], ConnectionRefusedError)


# ---------------------------------------------------------------- other handlers


class Mirror(BaseHTTPRequestHandler):
    """A handler as anybody would write it: HTTP/1.0, buffered answers, and what was posted comes back."""

    wbufsize = -1

    def do_POST(self):
        """Answer with what was posted."""
        octets = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(octets[::-1])

    def log_message(self, *words):
        """Say nothing."""


def mirror(host):
    """Serve one browser with the mirror."""
    with host.create_server(("", app.PORT)) as listener:
        connection, peer = listener.accept()
    with connection:
        Mirror(connection, peer, server=None)


@pytest.mark.parametrize("loss", [0, 0.1])
def test_any_handler_works_with_any_body(loss):
    """http.server, with its own headers; the answer ends where the connection does (RFC 9112, section 6.3)."""
    octets = bytes(number % 256 for number in range(30_000))

    def visit(browser):
        browser.request("POST", "/", body=octets)
        return browser.getresponse().read()

    assert browse(visit, server=mirror, faults=[faults.randomly(loss, seed=1)]) == octets[::-1]


def test_a_body_may_come_in_chunks_and_over_a_slow_link():
    def visit(browser):
        browser.request("POST", "/", body=bytes(5000), headers={"Content-Length": "5000"})
        return len(browser.getresponse().read())

    assert browse(visit, server=mirror, rate=1e5, queue=4, tcp=TcpParameters(mss=500)) == 5000


def test_http_client_can_connect_by_itself_where_it_is_told_how():
    """It calls create_connection() with the socket module's own mark for "no timeout was given"."""

    def client(host):
        with closing(http.client.HTTPConnection("server", app.PORT)) as browser:
            browser._create_connection = host.create_connection  # noqa: SLF001 - the one place where it can be told
            browser.request("GET", "/")
            return browser.getresponse().read()

    run = Scenario(server=app.server, client=client).run()

    assert run.results["client"] == app.PAGES["/"]
