"""A segment field by field: every octet is shown, and what is said of it is read back out of the octets."""

from itertools import combinations

import pytest

from course.ip.packet import Packet
from course.tcp.segment import Options, Segment
from course.tcp.wire import encode
from course.trace.record import Sent
from course.view.boxes import Draft, boxes, pieces
from course.view.fields import Field, pseudo_fields, tcp_fields
from course.view.sheet import Plate
from course.view.style import THEMES
from course.view.touching import Box
from tests.view.traces import ECHO, bulk

RUN = ECHO.run()
MANY = Options(mss=1000, timestamps=(1, 2), sack=((100, 200), (300, 400)), window_scale=7)
STRANGE = Options(unknown=((99, b"abc"),), sack_permitted=True)


def sent(source="10.0.0.2", destination="10.0.0.1", **more):
    return Sent(1.5, "client", 3, Packet(source, destination, Segment(5, 6, 77, **more)))


KINDS = {
    "SYN": RUN.trace.sent[0],
    "data": RUN.trace.sent[3],
    "many options": sent(ack=88, data=bytes(range(250)), options=MANY),
    "strange options": sent(options=STRANGE, urgent=5, rst=True),
    "IPv6": sent("2001:db8::1", "2001:db8::2", ack=1, fin=True),
    "nothing set": sent(),
}


def sheet(kind, **more):
    return Draft(KINDS[kind], (None, None), **{"ip": False, "title": "A title"} | more).sheet()


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_lies_on_another_or_outside(kind):
    drawn = sheet(kind, ip=kind != "IPv6")
    texts = [(label.text, Box.of(label)) for label in drawn.texts]

    assert [(one, other) for (one, a), (other, b) in combinations(texts, 2) if a.overlaps(b)] == []
    corners = [(text, x, y) for text, box in texts for x, y in box.corners]
    assert [text for text, x, y in corners if not (0 <= x <= drawn.width and 0 <= y <= drawn.height)] == []
    assert min(label.font.size for label in drawn.texts) >= 10


@pytest.mark.parametrize("kind", KINDS)
def test_every_bit_of_the_header_is_in_exactly_one_field(kind):
    packet = KINDS[kind].packet
    octets = encode(packet.segment, packet.source, packet.destination)
    header = octets[: len(octets) - len(packet.segment.data)]
    fields = tcp_fields(octets, b"")

    whole = sum(field.value << (len(header) * 8 - field.start - field.bits) for field in fields)
    assert sum(field.bits for field in fields) == len(header) * 8
    assert whole.to_bytes(len(header), "big") == header


@pytest.mark.parametrize("kind", KINDS)
def test_every_box_is_inside_the_picture_and_none_lies_on_another(kind):
    plates = [shape for shape in sheet(kind).shapes if isinstance(shape, Plate)]

    for one, other in combinations(plates, 2):
        aside = one.x + one.width <= other.x or other.x + other.width <= one.x
        assert aside or one.y + one.height <= other.y or other.y + other.height <= one.y
    assert max(plate.x + plate.width for plate in plates) < sheet(kind).width


def test_what_is_longer_than_a_row_goes_on_in_the_next():
    parts = list(pieces(Field("Timestamps", 20 * 8 + 16, 80, 0, "")))

    assert [(part.row, part.first, part.stop, part.offset) for part in parts] == [
        (5, 16, 32, 0), (6, 0, 32, 16), (7, 0, 32, 48),
    ]  # fmt: skip
    assert "Timestamps, continued" in [label.text for label in sheet("many options").texts]


def test_what_is_not_whole_says_so():
    """RFC 9293, section 3.1: the acknowledgment number and the urgent pointer mean something with their bit only."""
    alternative = boxes(KINDS["nothing set"]).alternative

    assert "Acknowledgment Number: unused: ACK is 0 (00 00 00 00)." in alternative
    assert "Urgent Pointer: unused: URG is 0 (00 00)." in alternative
    assert "No control bit is set. No data." in alternative
    assert "Checksum: right, pseudo-header included" in alternative


def test_a_wrong_checksum_is_told():
    packet = KINDS["data"].packet
    octets = bytearray(encode(packet.segment, packet.source, packet.destination))
    octets[-1] ^= 1

    assert {field.name: field.words for field in tcp_fields(bytes(octets), b"")}["Checksum"] == "wrong"


def test_options_are_told_one_by_one():
    fields = {field.name: field.words for field in tcp_fields(encode(KINDS["many options"].segment, "::", "::"), b"")}
    strange = {
        field.name: field.words for field in tcp_fields(encode(KINDS["strange options"].segment, "::", "::"), b"")
    }

    assert fields["Maximum Segment Size"] == "1\u2009000 octets"
    assert fields["Timestamps"] == "TSval 1, TSecr 2"
    assert fields["SACK"] == "100–200, 300–400"
    assert fields["Window Scale"] == "shift by 7"
    assert strange["Kind 99"] == "3 octets"
    assert strange["SACK Permitted"] == "yes"


def test_the_pseudo_header_of_both_kinds_of_ip():
    """RFC 9293, section 3.1; RFC 8200, section 8.1."""
    six = boxes(KINDS["IPv6"]).alternative

    assert [field.words for field in pseudo_fields(bytes([10, 0, 0, 2, 10, 0, 0, 1, 0, 6, 0, 25]))] == [
        "10.0.0.2", "10.0.0.1", "0", "6, TCP", "25 octets",
    ]  # fmt: skip
    assert "Source Address: 2001:db8::1" in six
    assert "Next Header: 6, TCP (06)." in six


def test_the_ip_header_stands_before_it_if_asked_for():
    alternative = RUN.boxes("client 3", ip=True).alternative

    assert "IPv4 header: Version: 4 (0100). IHL: 20 octets (0101)." in alternative
    assert "Total Length: 45 octets (00 2d)." in alternative
    assert "IPv4" not in RUN.boxes("client 3").alternative
    with pytest.raises(ValueError, match="only an IPv4 header can be drawn, so leave ip=True out"):
        boxes(KINDS["IPv6"], ip=True)


def test_the_words_tell_every_field():
    told = RUN.boxes("client 3").alternative

    assert told.startswith(
        "client 3, sent at 100 ms, 10.0.0.2 port 49152 to 10.0.0.1 port 7000, the program sent octets, and the windows"
        " let them go (RFC 9293 3.10.2)."
        " TCP header, 20 octets: Source Port: 49152 (c0 00). Destination Port: 7000 (1b 58)."
    )
    assert "counted from the SYN: 1 (" in told
    assert "Control bits: ACK and PSH. Data: 5 octets: 68 65 6c 6c 6f (hello)." in told
    assert "counted from the SYN" not in boxes(KINDS["data"]).alternative


def test_the_data_stand_in_columns_that_no_page_can_close_up():
    """An SVG draws several spaces as one."""
    written = [label.text for label in boxes_of(sent(data=b"a  b", ack=1)).texts]

    assert {"0000", "61\u00a020\u00a020\u00a062", "a\u00a0\u00a0b"} <= set(written)
    assert not any("  " in text for text in written)


def boxes_of(one):
    return Draft(one, (None, None), ip=False, title="").sheet()


def test_long_data_is_cut_and_says_so():
    drawn = sheet("many options")

    assert "… 122 more octets" in [label.text for label in drawn.texts]
    assert "and 234 more." in drawn.alternative


@pytest.mark.parametrize("name", ["client 99", "zoe 1", "client", ""])
def test_a_transmission_that_is_not_there_is_refused_in_words(name):
    with pytest.raises(ValueError, match=f"there is no transmission '{name}': .* as in \"client 3\"; server sent 3"):
        RUN.boxes(name)


@pytest.mark.parametrize("theme", THEMES)
def test_it_is_drawn_in_both_themes_by_a_run_itself(theme):
    assert bulk(9_000).boxes("client 4", title="T", caption="C").png(theme).startswith(b"\x89PNG")
