"""HTTP: the standard library's own server and client, unchanged, over our sockets (RFC 9110, RFC 9112)."""

from contextlib import closing
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from typing import Any

from course.sockets.host import Host

PORT = 8080
PAGES = {"/": b"<h1>Hello</h1>\r\n", "/long": b"<p>The same line, many times over.</p>\r\n" * 125}


class Pages(BaseHTTPRequestHandler):
    """Answers requests for PAGES, until the browser closes; it inherits because http.server asks for that."""

    protocol_version = "HTTP/1.1"  # the connection stays open for more requests (RFC 9112, section 9.3)
    error_message_format = "<h1>%(message)s</h1>\r\n"  # the standard's page differs between versions of Python

    def do_GET(self) -> None:
        """Send the page; 404 Not Found if there is none."""
        page = PAGES.get(self.path)
        if page is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))  # octets, not characters (RFC 9110, section 8.6)
        self.end_headers()
        self.wfile.write(page)

    def version_string(self) -> str:
        """The Server header: without version numbers, so that every machine sends the same octets."""
        return "course"

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header: always the same moment, so that a run can be repeated to the octet."""
        return "Thu, 01 Jan 1970 00:00:00 GMT"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's own signature
        """Say nothing: the trace tells more."""


def server(host: Host) -> None:
    """Accept browsers for ever; a program of its own serves each, so that none waits for another."""
    with host.create_server(("", PORT)) as listener:
        while True:
            connection, browser = listener.accept()
            host.spawn(serve, connection, browser)


def serve(host: Host, connection: Any, browser: Any) -> None:
    """Answer one browser's requests, one after the other, until it closes."""
    with connection:
        Pages(connection, browser, server=None)  # type: ignore[arg-type]  # it asks nothing of a server


def client(host: Host) -> list[tuple[int, bytes]]:
    """Ask the host called "server" for three pages over one connection; each answer's status and body."""
    with closing(HTTPConnection("server", PORT)) as browser:
        browser.sock = host.create_connection(("server", PORT))
        browser.auto_open = 0  # if the server hangs up, do not look for it outside of the course
        return [ask(browser, path) for path in ("/", "/long", "/nothing")]


def ask(browser: HTTPConnection, path: str) -> tuple[int, bytes]:
    """One request, and the answer's status and body."""
    browser.request("GET", path)
    answer = browser.getresponse()
    return answer.status, answer.read()
