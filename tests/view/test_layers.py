"""A packet taken apart: every octet is in one part of one layer, and nothing is cut off or lies on anything else."""

from itertools import combinations, pairwise

import pytest

from course import Scenario
from course.apps import browser, clock, datagrams, echo, web
from course.ip.packet import Packet
from course.ip.wire import encode
from course.tcp.segment import Options, Segment
from course.trace.record import Sent
from course.trace.trace import Trace
from course.view.layers import Draft, layers
from course.view.onion import layers_of, said
from course.view.sheet import Plate
from course.view.style import THEMES
from course.view.touching import Box
from tests.real.permitted import any_capture

FETCH = Scenario(server=web.server, client=browser.fetch("/", "/picture.png", "/long"))
RUN = FETCH.run()
POSTED = Scenario(server=web.server, client=browser.post(bytes(300))).run()
SOCKET = Scenario(server=clock.server, client=clock.websocket).run()
NOBODY = Scenario(server=datagrams.nobody, client=datagrams.connected_caller).run()
MANY = Options(mss=1000, timestamps=(1, 2), sack=((100, 200), (300, 400)), window_scale=7)


def sent(data=b"", **more):
    return Sent(1.5, "client", 3, Packet("10.0.0.2", "10.0.0.1", Segment(5, 6, 77, data=data, **more)))


def first(run, sender, length=0):
    return next(each for each in run.trace.sent if each.sender == sender and len(each.segment.data) > length)


KINDS = {
    "SYN": RUN.trace.sent[0],
    "request": first(RUN, "client"),
    "response": first(RUN, "server"),
    "picture": first(RUN, "server", 200),
    "full": first(RUN, "server", 1000),
    "post": first(POSTED, "client"),
    "frame": [each for each in SOCKET.trace.sent if each.sender == "server"][-3],
    "echo": first(Scenario(server=echo.server, client=echo.client).run(), "client"),
    "datagram": NOBODY.trace.sent[0],
    "port unreachable": NOBODY.trace.sent[1],
    "many options": sent(bytes(range(250)), ack=88, options=MANY),
    "a long line": sent(b"GET /" + b"x" * 700 + b" HTTP/1.1\r\nHost: server\r\n"),
    "half a line": sent(b"GET / HTTP/1.1\r\nHost: ser"),
    "one octet": sent(b"G"),
}
kinds = pytest.mark.parametrize("kind", KINDS)


def sheet(kind):
    return Draft(KINDS[kind], Trace((KINDS[kind],), {"client": "10.0.0.2", "server": "10.0.0.1"}), "A title").sheet()


@kinds
def test_every_octet_is_in_one_part_of_one_layer(kind):
    octets, found = layers_of(KINDS[kind])
    parts = [part for layer in found for part in layer.parts]

    assert octets == encode(KINDS[kind].packet)
    assert (parts[0].start, parts[-1].stop) == (0, len(octets))
    assert all(one.stop == other.start for one, other in pairwise(parts))
    assert {layer.stop for layer in found} == {len(octets)}, "each layer is inside of the one before"


@kinds
def test_no_text_lies_on_another_or_outside(kind):
    drawn = sheet(kind)
    texts = [(label.text, Box.of(label)) for label in drawn.texts]

    assert [(one, other) for (one, a), (other, b) in combinations(texts, 2) if a.overlaps(b)] == []
    corners = [(text, x, y) for text, box in texts for x, y in box.corners]
    assert [text for text, x, y in corners if not (0 <= x <= drawn.width and 0 <= y <= drawn.height)] == []
    assert min(label.font.size for label in drawn.texts) >= 10


@kinds
def test_each_box_stands_in_the_one_before(kind):
    drawn = sheet(kind)
    outer = [shape for shape in drawn.shapes if isinstance(shape, Plate) and shape.edge]

    assert len(outer) == (2 if kind == "SYN" else 3)
    for one, other in pairwise(outer):
        assert one.x < other.x < other.x + other.width < one.x + one.width
        assert one.y < other.y < other.y + other.height < one.y + one.height


def test_the_text_form_tells_all_layers_line_by_line():
    told = RUN.layers("client 3").alternative.splitlines()

    assert told[:2] == ["client 3, sent at 100 ms, 72 octets", "IP packet, 72 octets: from host to host"]
    assert "  TCP segment, 52 octets: from program to program, in order and complete" in told
    assert "    HTTP request, 32 octets: what a program asks" in told
    assert told[-4:-1] == [
        r"      octets 40–55 request line: GET / HTTP/1.1\r\n",
        r"      octets 56–69 header field: Host: server\r\n",
        r"      octets 70–71 end of the head: \r\n",
    ]
    assert "frame of the link layer" in told[-1]


def test_without_a_name_it_is_the_first_that_carries_data():
    assert RUN.layers().alternative == RUN.layers("client 3").alternative


def test_a_datagram_is_taken_apart_too_and_so_is_what_icmp_says_of_it():
    asked, refused = NOBODY.trace.sent[:2]

    assert NOBODY.layers().alternative == NOBODY.layers(asked.name).alternative
    assert "  UDP datagram, 13 octets: from program to program, whole or not at all" in NOBODY.layers().alternative
    told = NOBODY.layers(refused.name).alternative.splitlines()
    assert "  ICMP message, 36 octets: what a host has to tell another about packets" in told
    assert "    octets 21 Code: 3, port unreachable (03)" in told
    assert "    Data, 28 octets: the packet that it is about, up to its ports" in told
    assert "      octets 40–43 Source Address: 10.0.0.2 (0a 00 00 02)" in told
    assert "      octets 48–55 what follows: from port 49152 to port 7001" in told[-2]


def test_an_answer_is_read_line_by_line_too_and_its_body_shown():
    told = RUN.layers(KINDS["picture"].name).alternative

    assert r"status line: HTTP/1.1 200 OK\r\n" in told
    assert r"header field: Content-Type: image/png\r\n" in told
    assert "body: .PNG" in told


@pytest.mark.parametrize(("data", "name"), [
    (b"GET / HTTP/1.1\r\n", "HTTP request"), (b"HTTP/1.0 404 Not Found\r\n", "HTTP response"), (b"hello", "Data"),
    (b"HTTP is a protocol", "Data"), (b"GET / HTTP/1.1", "Data"), (b"\x81\x011", "Data"),
])  # fmt: skip
def test_only_what_begins_like_http_is_called_so(data, name):
    assert said(data, 40).name == name


def test_a_line_that_the_segment_breaks_off_is_said_to_go_on():
    assert [part.name for part in said(b"GET / HTTP/1.1\r\nHost: ser", 40).parts] == [
        "request line",
        "header field, to be continued",
    ]


def test_a_captured_run_on_this_machine_is_taken_apart_in_the_same_way():
    any_capture()
    run = FETCH.run(world="loopback", capture=True)
    told = run.layers().alternative

    assert "HTTP request" in told
    assert r"request line: GET / HTTP/1.1\r\n" in told
    assert "Identification and Time to Live were not kept" in told


@pytest.mark.parametrize(("trace", "name", "hint"), [
    (RUN.trace, "client 99", "client 99"), (Trace(()), None, "capture=True"), (RUN.trace, "3", "host and a number"),
])  # fmt: skip
def test_what_is_not_there_is_said(trace, name, hint):
    with pytest.raises(ValueError, match=hint):
        layers(trace, name)


def test_ipv6_packets_are_refused():
    packet = Packet("2001:db8::1", "2001:db8::2", Segment(5, 6, 77))

    with pytest.raises(ValueError, match="IPv6"):
        layers_of(Sent(0, "client", 1, packet))


@pytest.mark.parametrize("theme", THEMES)
def test_it_is_drawn_in_both_themes(theme):
    picture = RUN.layers(title="One request taken apart", caption="Three layers.")

    assert picture.svg(theme) == picture.svg(theme)
    assert "One request taken apart" in picture.svg(theme)
    assert "Three layers." in picture.html()
