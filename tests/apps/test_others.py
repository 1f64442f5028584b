"""Against programs that we did not write: curl, Python's websockets and Chromium call us, and we call lighttpd."""

import queue
import sys
import threading

import pytest

from course import Scenario
from course.apps import browser, clock, endings, http, web
from course.apps.browser import Answer
from course.real.outside import outside
from tests.apps.conftest import BIG

HOST = "http://{server}:8080"
SERVERS = {"ours": web.server, "the standard library's": http.server}


def quick(host):
    """The clock with ten ticks a second."""
    clock.server(host, period=0.1)


def called(server, *command):
    """What a command said that called this server. The deadlines are generous: they are for what hangs."""
    done = Scenario(server=server, client=outside(*command, seconds=40)).run(world="loopback", deadline=60)
    return done.results["client"]


@pytest.fixture
def call(curl):
    """A function that lets curl call a server, and gives what it wrote."""

    def calling(server, *words):
        said = called(server, curl, "-sS", *words)
        assert (said.status, said.err) == (0, b"")
        return said.out

    return calling


# ---------------------------------------------------------------- curl calls us


@pytest.mark.parametrize("target", [target for target in web.PAGES if target != "/slow"])
@pytest.mark.parametrize("version", ["-0", "--http1.1"])
def test_curl_gets_every_page(call, target, version):
    assert call(web.server, version, HOST + target) == web.PAGES[target][1]


@pytest.mark.parametrize("name", SERVERS)
def test_curl_sees_the_same_from_both_servers(call, name):
    heads = call(SERVERS[name], "-i", f"{HOST}/", f"{HOST}/long").split(b"\r\n\r\n")

    assert heads[0].splitlines()[0] == b"HTTP/1.1 200 OK"
    assert {b"Content-Length: 16", b"Content-Type: text/html"} <= set(heads[0].splitlines())


def test_curl_gets_several_pages_over_one_connection(call):
    told = call(web.server, "-w", "%{num_connects}", f"{HOST}/chunks", f"{HOST}/chunks", "-o", "/dev/null")

    assert told.endswith(b"0"), "the second page needed no new connection"


@pytest.mark.parametrize("more", [[], ["-H", "Transfer-Encoding: chunked"], ["-H", "Expect: 100-continue"]])
def test_curl_posts_octets_and_gets_them_back(call, tmp_path, more):
    """RFC 9112, sections 6.2 and 7.1; RFC 9110, section 10.1.1."""
    (tmp_path / "octets").write_bytes(BIG)

    assert call(web.server, *more, "--data-binary", f"@{tmp_path}/octets", f"{HOST}/mirror") == BIG


def test_curl_reads_an_answer_that_comes_while_it_still_posts(call, tmp_path):
    (tmp_path / "octets").write_bytes(bytes(5_000_000))
    words = "-o", "/dev/null", "-w", "%{http_code}", "-H", "Expect:", "--data-binary", f"@{tmp_path}/octets"

    assert call(web.server, *words, f"{HOST}/mirror") == b"413"


@pytest.mark.parametrize("target", endings.ENDINGS)
def test_curl_reads_all_three_endings(call, target):
    def server(host):
        with host.create_server(("", endings.PORT)) as listener, listener.accept()[0] as connection:
            endings.head_of(connection)
            connection.sendall(endings.ENDINGS[target]())

    assert call(server, HOST + target) == endings.SENTENCE


def test_curl_asks_for_a_websocket_and_gets_it(curl):
    fields = (
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    )
    words = " ".join(f"-H '{field}'" for field in fields)
    heard = called(quick, "sh", "-c", f"{curl} -siN {words} {HOST}/socket?after=0 | head -c 200").out

    assert heard.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert b"\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in heard
    assert b"\r\n\r\n\x81\x011\x81\x012" in heard


def test_curl_follows_the_stream_of_events(curl):
    heard = called(quick, "sh", "-c", f"{curl} -sN {HOST}/events?after=0 | head -c 18").out

    assert heard == b"data: 1\n\ndata: 2\n\n"


# ---------------------------------------------------------------- others call us

SCRIPT = """
import sys
from websockets.sync.client import connect
with connect(sys.argv[1], proxy=None) as socket:
    socket.ping().wait(30)
    print(*[socket.recv(timeout=30) for _ in range(3)])
"""


def test_another_websocket_client_hears_the_clock():
    said = called(quick, sys.executable, "-c", SCRIPT, "ws://{server}:8080/socket?after=0")

    assert (said.status, said.out.split()) == (0, [b"1", b"2", b"3"]), said.err.decode()


EVENTS = """() => new Promise((heard, failed) => {
    const numbers = [], source = new EventSource("/events?after=0")
    source.onmessage = event => { if (numbers.push(event.data) == 3) { source.close(); heard(numbers) } }
    source.onerror = failed
})"""
SOCKET = """() => new Promise((heard, failed) => {
    const numbers = [], socket = new WebSocket(location.origin.replace("http", "ws") + "/socket?after=0")
    socket.onmessage = event => { if (numbers.push(event.data) == 3) socket.close() }
    socket.onclose = event => heard([...numbers.slice(0, 3), event.wasClean])
    socket.onerror = failed
})"""


@pytest.fixture
def ticking():
    """The address of a clock on this machine's kernel, for a browser that stands outside of the run."""
    addresses, over = queue.Queue(), threading.Event()

    def waiting(host):
        addresses.put(host.gethostbyname("server"))
        while not over.is_set():
            host.sleep(0.02)

    scenario = Scenario(server=quick, waiting=waiting)
    thread = threading.Thread(target=lambda: scenario.run(world="loopback", deadline=60))
    thread.start()
    try:
        yield f"http://{addresses.get(timeout=10)}:8080"
    finally:
        over.set()
        thread.join(20)


@pytest.mark.browser
def test_a_browser_hears_the_clock_by_events_and_by_a_websocket(ticking, page):
    page.goto(f"{ticking}/ticks?after=0")

    assert page.evaluate(EVENTS) == ["1", "2", "3"]
    assert page.evaluate(SOCKET) == ["1", "2", "3", True]


# ---------------------------------------------------------------- we call lighttpd


def fetched(address, *targets, **way):
    scenario = Scenario(client=browser.fetch(*targets, address=address, patience=30, **way))
    return scenario.run(world="loopback", deadline=60).results["client"]


@pytest.mark.parametrize("way", [{"version": "1.0"}, {}, {"pipelined": True}], ids=["1.0", "1.1", "pipelined"])
def test_our_client_gets_lengths_chunks_and_more_than_one_connection_carries(lighttpd, way):
    """The script's answer has no length: chunks in 1.1, the end of the connection in 1.0."""
    targets = ("/page.html", "/big", "/script.sh", "/empty.html", "/nothing", "/page.html")
    page, big, script, empty, nothing, again = fetched(lighttpd, *targets, **way)

    assert page == again == Answer(200, b"<h1>Somebody else's</h1>\n")
    assert big == Answer(200, BIG)
    assert script == Answer(200, b"one two three ")
    assert empty == Answer(200, b"")
    assert nothing.status == 404


def test_lighttpd_agrees_on_what_is_no_request(lighttpd):
    def client(host):
        with host.create_connection(lighttpd) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n")
            return connection.recv(4096)

    assert Scenario(client=client).run(world="loopback").results["client"].startswith(b"HTTP/1.1 400 ")
