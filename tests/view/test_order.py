"""One number, both byte orders: what is typed on one side is seen on the other, and what cannot be is said."""

import socket
import struct
import sys

import pytest

from course.view.style import DARK, LIGHT
from course.view.widgets.order import ByteOrder, Number
from tests.view.bare import show


def octets(answer):
    return {order["order"]: " ".join(order["octets"]) for order in answer["orders"]}


def test_a_number_is_shown_in_both_orders_and_in_that_of_this_machine():
    answer = ByteOrder(0x1234).answer({"do": "show", "serial": 1})

    shown = octets(answer)
    assert (shown["big"], shown["little"]) == ("12 34", "34 12")
    assert shown["machine"] == shown[sys.byteorder]
    assert (answer["error"], answer["serial"]) == ("", 1)


@pytest.mark.parametrize("size", [1, 2, 4, 8])
@pytest.mark.parametrize("signed", [True, False])
def test_the_python_that_is_shown_makes_these_very_octets(size, signed):
    value = -2 if signed else 200
    answer = ByteOrder(value, size, signed=signed).answer({"do": "show"})

    for order in answer["orders"]:
        made = [eval(line, {"struct": struct, "sys": sys}) for line in order["code"]]  # noqa: S307 - our own lines
        made = [each for each in made if each is not True]
        assert made == [bytes.fromhex("".join(order["octets"]))] * len(made)
        assert made


@pytest.mark.parametrize("text", ["513", "0x0201", "0b1000000001"])
def test_a_typed_number_changes_the_octets_and_stays_in_its_base(text):
    widget = ByteOrder()
    answer = widget.answer({"do": "number", "text": text})

    assert octets(answer)["big"] == "02 01"
    assert int(answer["text"], 0) == 513
    assert answer["text"][:2] == text[:2]
    assert widget.number.value == 513


@pytest.mark.parametrize(("order", "value"), [("big", 0xFF34), ("little", 0x12FF)])
def test_an_octet_changes_the_number(order, value):
    widget = ByteOrder(0x1234)
    answer = widget.answer({"do": "octet", "order": order, "at": 0, "text": "ff"})

    assert widget.number.value == value
    assert octets(answer)["big"] == f"{value >> 8:02x} {value & 255:02x}"


def test_signed_reads_the_same_octets_again():
    widget = ByteOrder(0xFFFE)
    answer = widget.answer({"do": "signed", "signed": True})

    assert (widget.number.value, octets(answer)["big"]) == (-2, "ff fe")


def test_more_octets_keep_the_number():
    widget = ByteOrder(-2, signed=True)
    assert octets(widget.answer({"do": "size", "size": 4}))["big"] == "ff ff ff fe"


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"do": "number", "text": "65536"}, "65536 does not fit: 2 octets, unsigned, hold 0 to 65535"),
        ({"do": "number", "text": "-1"}, "less than 0: choose “signed”"),
        ({"do": "number", "text": "zebra"}, "cannot be “zebra”"),
        ({"do": "number", "text": ""}, "The number is missing"),
        ({"do": "size", "size": 1}, "4660 does not fit: 1 octet, unsigned, holds 0 to 255"),
        ({"do": "size", "size": 3}, "1, 2, 4 or 8 octets"),
        ({"do": "octet", "order": "big", "at": 0, "text": "g"}, "two hexadecimal digits"),
        ({"do": "octet", "order": "big", "at": 2, "text": "00"}, "there is no octet 2"),
    ],
)
def test_what_cannot_be_is_said_and_the_old_octets_stay(message, sentence):
    answer = ByteOrder(0x1234).answer(message)

    assert sentence.lower() in answer["error"].lower()
    assert octets(answer)["big"] == "12 34"


def test_a_number_that_does_not_fit_is_refused_at_once():
    with pytest.raises(ValueError, match="does not fit"):
        ByteOrder(70000)
    with pytest.raises(TypeError):
        ByteOrder("12")


@pytest.mark.parametrize(("size", "turn"), [(2, socket.htons), (4, socket.htonl)])
def test_the_socket_modules_function_is_named_with_its_result(size, turn):
    note = ByteOrder(0x1234, size).answer({"do": "show"})["notes"][0]
    assert f"socket.{turn.__name__}(0x1234) is {turn(0x1234):#x}" in note


def test_a_number_without_another_way_round_says_so():
    assert "no order" in ByteOrder(7, 1).answer({"do": "show"})["notes"][0]
    assert "struct" in ByteOrder(7, 8).answer({"do": "show"})["notes"][0]
    assert "the same from both ends" in ByteOrder(0x1212).answer({"do": "show"})["notes"][1]


@pytest.mark.parametrize("size", [1, 2, 4, 8])
def test_the_bounds_are_those_of_the_struct_module(size):
    for signed in (True, False):
        number = Number(0, size, signed)
        for bound in (number.least, number.most):
            assert struct.unpack(">" + number.format, struct.pack(">" + number.format, bound)) == (bound,)
        with pytest.raises(struct.error):
            struct.pack(">" + number.format, number.most + 1)


def test_a_message_of_the_browser_is_answered():
    widget, sent = ByteOrder(0x1234), []
    widget.send = sent.append
    widget._handle_custom_msg({"do": "number", "text": "1", "serial": 4}, [])  # noqa: SLF001 - as Jupyter does

    assert [(answer["serial"], answer["error"]) for answer in sent] == [(4, "")]


def test_without_a_kernel_there_are_still_the_octets():
    bundle, _ = ByteOrder(0x1234)._repr_mimebundle_()

    assert "<code>12 34</code>" in bundle["text/html"]
    assert "4660 is 12 34" in bundle["text/plain"]


@pytest.mark.browser
def test_in_the_browser_number_and_octets_follow_each_other(page):
    wrong = show(page, ByteOrder(0x1234))
    number, little = page.get_by_label("Number", exact=True), page.get_by_label("Little-endian, octet 0")

    number.fill("0xBEEF")
    number.press("Enter")
    page.wait_for_function("document.querySelector('[role=status]').textContent.startsWith('48879')")
    assert little.input_value() == "ef"

    little.focus()
    page.keyboard.type("01")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("02")
    page.wait_for_function("document.querySelector('input.number').value === '0x201'")
    page.get_by_role("combobox").select_option("4")
    page.wait_for_function("document.querySelectorAll('input.octet').length === 8")
    assert wrong == []


@pytest.mark.browser
def test_in_the_browser_what_is_refused_stays_in_its_field_and_escape_brings_the_old_one_back(page):
    show(page, ByteOrder(0x1234))
    number = page.get_by_label("Number", exact=True)

    number.fill("70000")
    number.press("Enter")
    page.get_by_role("alert").get_by_text("70000 does not fit").wait_for()
    assert (number.input_value(), number.get_attribute("aria-invalid")) == ("70000", "true")
    assert page.get_by_label("Big-endian: network order, octet 0").input_value() == "12"

    number.press("Escape")
    page.wait_for_function("document.querySelector('input.number').value === '0x1234'")
    assert number.get_attribute("aria-invalid") == "false"


@pytest.mark.browser
@pytest.mark.parametrize("width", [1000, 360])
def test_in_the_browser_nothing_is_wider_than_the_page(page, width):
    show(page, ByteOrder(2**64 - 1, 8), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@pytest.mark.parametrize(("dark", "theme"), [(False, LIGHT), (True, DARK)])
def test_in_the_browser_the_colours_are_those_of_the_notebooks_theme(page, dark, theme):
    show(page, ByteOrder(), dark=dark)
    red, green, blue = bytes.fromhex(theme["paper"][1:])
    paper = page.evaluate("getComputedStyle(document.querySelector('.course-octets')).backgroundColor")
    assert paper == f"rgb({red}, {green}, {blue})"
