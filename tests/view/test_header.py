"""A header to write in: its fields and its octets say the same, and what makes no sense is said with its place."""

import pytest

from course.ip.packet import Packet
from course.tcp.segment import Options, Segment
from course.tcp.wire import decode, encode
from course.trace.record import Sent
from course.view.widgets.header import SHOWN, Header
from tests.view.bare import show
from tests.view.traces import ECHO

CLIENT, SERVER = "10.0.0.2", "10.0.0.1"
PLAIN = Segment(5, 6, seq=77, ack=88, window=99, data=b"hello", psh=True)
SENT = ECHO.run().trace.sent


def header(segment=PLAIN):
    return Header(segment)


def fields(answer):
    return {field["name"]: field for field in answer["fields"]}


def octets(answer):
    return bytes.fromhex("".join(answer["octets"]))


@pytest.mark.parametrize("beginning", [None, PLAIN, SENT[0], SENT[3]], ids=["none", "segment", "SYN", "data"])
def test_it_begins_with_what_it_is_given_and_the_right_checksum(beginning):
    widget = Header(beginning)
    answer = widget.answer({"do": "show", "serial": 3})
    ends = answer["addresses"]

    assert decode(octets(answer), ends["source"], ends["destination"]) == widget.segment._replace(why=None)
    assert (answer["error"], answer["problem"], answer["marked"], answer["serial"]) == ("", "", [], 3)
    assert answer["right"]


def test_a_transmission_brings_its_addresses():
    packet = SENT[3].packet
    ends = Header(SENT[3]).answer({"do": "show"})["addresses"]
    assert (ends["source"], ends["destination"]) == (packet.source, packet.destination)


def test_anything_else_is_refused():
    with pytest.raises(TypeError, match="begins with a Segment"):
        Header("SYN")
    with pytest.raises(ValueError, match="room for 40"):
        Header(Segment(1, 2, 3, options=Options(unknown=((99, bytes(50)),))))


CHANGES = {
    "source_port": ("80", {"source_port": 80}),
    "destination_port": ("0x1f90", {"destination_port": 8080}),
    "seq": ("4294967295", {"seq": 2**32 - 1}),
    "ack": ("1", {"ack": 1}),
    "window": ("0b101", {"window": 5}),
    "ACK": (False, {"ack": None}),
    "URG": (True, {"urgent": 0}),
    "SYN": (True, {"syn": True}),
    "FIN": (True, {"fin": True}),
    "RST": (True, {"rst": True}),
    "PSH": (False, {"psh": False}),
    "mss": ("1000", {"options": Options(mss=1000)}),
    "window_scale": ("14", {"options": Options(window_scale=14)}),
    "sack_permitted": (True, {"options": Options(sack_permitted=True)}),
    "timestamps": ("7, 8", {"options": Options(timestamps=(7, 8))}),
    "data": (r"a\x00\n", {"data": b"a\0\n"}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_field_changes_the_octets(name):
    value, change = CHANGES[name]
    widget = header()
    answer = widget.answer({"do": "field", "name": name, "value": value})

    assert answer["error"] == ""
    assert octets(answer) == widget.octets == encode(PLAIN._replace(**change), CLIENT, SERVER)


@pytest.mark.parametrize("name", ["mss", "window_scale", "timestamps"])
def test_an_empty_option_is_none(name):
    widget = header(Segment(1, 2, 3, options=Options(mss=1, window_scale=2, timestamps=(3, 4))))
    widget.answer({"do": "field", "name": name, "value": " "})
    assert getattr(widget.segment.options, name) is None


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("source_port", "65536", "The source port cannot be 65536: it goes from 0 to 65535"),
        ("seq", "", "The sequence number is missing"),
        ("window", "x", "The window cannot be “x”"),
        ("urgent", "1", "set URG first"),
        ("window_scale", "15", "The window scale cannot be 15: it goes from 0 to 14"),
        ("timestamps", "5", "two numbers with a comma"),
        ("data", "\\q", "after a backslash"),
        ("colour", "red", "There is no field 'colour'"),
    ],
)
def test_a_value_that_cannot_be_is_said_and_nothing_changes(name, value, sentence):
    widget = header()
    before = widget.octets
    answer = widget.answer({"do": "field", "name": name, "value": value})

    assert sentence.lower() in answer["error"].lower()
    assert widget.octets == before


def test_an_octet_changes_its_field_and_the_checksum_is_no_longer_right():
    widget = header()
    answer = widget.answer({"do": "octet", "at": 1, "text": "50"})

    assert fields(answer)["Source Port"]["value"] == "80"
    assert widget.segment.source_port == 80
    assert "checksum is wrong" in answer["problem"]
    assert (answer["marked"], answer["right"], answer["stale"]) == ([16, 17], False, False)


def test_the_checksum_can_be_made_right_and_nothing_else_changes():
    widget = header()
    widget.answer({"do": "octet", "at": 12, "text": "5f"})  # reserved bits, which encode() would not keep
    answer = widget.answer({"do": "mend"})

    assert (answer["problem"], answer["marked"]) == ("", [])
    assert octets(answer)[12] == 0x5F


@pytest.mark.parametrize(
    ("segment", "at", "text", "offset"),
    [
        (PLAIN, 12, "40", 12),
        (PLAIN, 12, "f0", 12),
        (PLAIN._replace(options=Options(mss=1460)), 21, "00", 21),
        (PLAIN._replace(options=Options(mss=1460)), 20, "05", 21),
    ],
)
def test_octets_that_make_no_sense_are_marked_and_the_fields_keep_their_last_values(segment, at, text, offset):
    widget = header(segment)
    answer = widget.answer({"do": "octet", "at": at, "text": text})

    assert f"at octet {offset}" in answer["problem"]
    assert offset in answer["marked"]
    assert answer["stale"]
    assert fields(answer)["Source Port"]["value"] == "5"
    assert fields(answer)["Data Offset"]["words"] == f"{octets(answer)[12] >> 4:04b}"
    assert widget.segment == segment

    answer = widget.answer({"do": "field", "name": "window", "value": "1"})
    assert answer["problem"] == ""
    assert octets(answer) == encode(segment._replace(window=1), CLIENT, SERVER)


def test_what_follows_the_end_of_the_options_is_not_read():
    """RFC 9293, 3.2: the End of Option List octet ends them; the rest of the header is padding."""
    widget = header(Segment(1, 2, 3, options=Options(mss=1460)))
    answer = widget.answer({"do": "octet", "at": 20, "text": "00"})
    assert not answer["stale"]
    assert "End of Option List" in fields(answer)["Other options"]["words"]
    assert fields(answer)["Other options"]["at"] == [20, 21, 22, 23]


@pytest.mark.parametrize("kind", ["plain", "options", "IPv6"])
def test_every_octet_belongs_to_a_field(kind):
    options = Options(mss=1, timestamps=(1, 2), sack=((1, 2),), window_scale=3, unknown=((99, b"abc"),))
    packet = Packet("2001:db8::1", "2001:db8::2", PLAIN)
    start = {"plain": PLAIN, "options": PLAIN._replace(options=options), "IPv6": Sent(0.0, "a", 1, packet)}[kind]
    answer = Header(start).answer({"do": "show"})

    covered = {at for field in answer["fields"] for at in field["at"]}
    assert covered == set(range(len(answer["octets"])))


def test_another_address_makes_the_checksum_wrong():
    """The pseudo-header is under it, so that a segment which comes to the wrong host is noticed (RFC 9293, 3.1)."""
    widget = header()
    before = widget.octets
    answer = widget.answer({"do": "address", "end": "source", "text": "192.0.2.1"})

    assert (octets(answer), answer["marked"]) == (before, [16, 17])
    assert answer["pseudo"][0]["words"] == "192.0.2.1"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("10.0.0", "is no IP address"), ("", "is no IP address"), ("fe80::1%eth0", "no IP address"), ("::1", "versions")],
)
def test_an_address_that_cannot_be_is_said(text, sentence):
    answer = header().answer({"do": "address", "end": "source", "text": text})
    assert sentence in answer["error"]
    assert answer["addresses"]["source"] == CLIENT


def test_an_octet_that_cannot_be_is_said():
    assert "two hexadecimal digits" in header().answer({"do": "octet", "at": 0, "text": "x"})["error"]
    assert "no octet 25" in header().answer({"do": "octet", "at": 25, "text": "00"})["error"]


def test_of_much_data_only_the_beginning_is_shown():
    answer = header(PLAIN._replace(data=bytes(1000))).answer({"do": "show"})
    assert (len(answer["octets"]), answer["more"]) == (SHOWN, 1020 - SHOWN)


def test_a_message_of_the_browser_is_answered():
    widget, sent = header(), []
    widget.send = sent.append
    widget._handle_custom_msg({"do": "octet", "at": 0, "text": "ff", "serial": 4}, [])  # noqa: SLF001 - as Jupyter does

    assert [(answer["serial"], answer["error"]) for answer in sent] == [(4, "")]


def test_without_a_kernel_there_are_still_fields_and_octets():
    bundle, _ = Header(PLAIN._replace(data=b"<b>"))._repr_mimebundle_()

    assert '<th scope="row">Source Port</th><td><code>00 05</code></td>' in bundle["text/html"]
    assert "&lt;b&gt;" in bundle["text/html"]
    assert "Window: 99 octets (00 63)." in bundle["text/plain"]


@pytest.mark.browser
def test_in_the_browser_fields_and_octets_follow_each_other(page):
    wrong = show(page, Header(PLAIN))

    page.get_by_label("Source Port", exact=True).fill("0xbeef")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('input.octet').value === 'be'")
    assert page.locator("input.octet.here").count() == 2

    page.get_by_label("octet 0: Source Port").focus()
    page.keyboard.type("00")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("50")
    page.get_by_text("The checksum is wrong (at octet 16).").first.wait_for()
    assert page.get_by_label("Source Port", exact=True).input_value() == "80"
    assert page.locator("input.octet.wrong").count() == 2
    assert page.locator(".field.here").inner_text().strip() == "Source Port"

    page.get_by_role("button", name="Make the checksum right").press("Enter")
    page.get_by_text("A TCP would take these octets.").wait_for()
    assert wrong == []


@pytest.mark.browser
def test_in_the_browser_more_data_makes_more_octets_and_malformed_ones_are_marked(page):
    wrong = show(page, Header(PLAIN._replace(data=b"")))

    page.get_by_label("Data (").fill("hey")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('input.octet').length === 23")
    page.get_by_label("octet 12:").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.type("40")
    page.get_by_text("The fields show what the octets said").wait_for()
    assert page.get_by_label("octet 12:").get_attribute("aria-label").endswith("wrong")
    assert wrong == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [1000, 360])
def test_in_the_browser_nothing_is_wider_than_the_page(page, width):
    show(page, Header(), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_in_the_browser_everything_that_can_be_written_in_has_a_name(page):
    show(page, Header())
    inputs = page.locator("input")
    named = inputs.evaluate_all("all => all.filter((each) => each.labels.length || each.ariaLabel).length")
    assert named == inputs.count() > 50


@pytest.mark.browser
def test_in_the_browser_a_letter_on_a_check_box_is_no_command_to_jupyterlab(page):
    show(page, Header())
    page.evaluate("window.heard = []; document.addEventListener('keydown', (event) => heard.push(event.key))")
    page.get_by_label("FIN", exact=True).focus()
    for key in ("a", "d", "ArrowDown", "Control+s"):
        page.keyboard.press(key)
    assert "".join(page.evaluate("heard")).removeprefix("Control") == "s"
