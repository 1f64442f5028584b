"""What somebody types is read as it was meant, or refused with a sentence that says what to type."""

import pytest

from course.view.widgets.answers import answered
from course.view.widgets.typed import data_text, data_typed, number_typed, number_within, octet_typed


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("4660", (4660, 10)),
        (" 65 535 ", (65535, 10)),
        ("0x1234", (4660, 16)),
        ("-0XFF", (-255, 16)),
        ("0b1010_0101", (165, 2)),
        ("007", (7, 10)),
    ],
)
def test_a_number_is_decimal_hexadecimal_or_binary(text, read):
    assert number_typed(text) == read


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "missing"),
        ("   ", "missing"),
        ("12g", "cannot be “12g”"),
        ("12ab", "write 0x before it, as 0x12ab"),
        ("0b12", "cannot be “0b12”"),
        ("0x", "cannot be “0x”"),
        ("1.5", "cannot be “1.5”"),
        ("٣", "cannot be “٣”"),
        ("9" * 5000, "more than 8 octets can hold"),
    ],
)
def test_what_is_no_number_is_refused_with_what_to_type(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        number_typed(text)


def test_a_number_may_be_bounded():
    assert number_within("0x50", 0, 100, "the port") == 80
    with pytest.raises(ValueError, match="the port cannot be 101: it goes from 0 to 100"):
        number_within("101", 0, 100, "the port")


def test_an_octet_is_two_hexadecimal_digits():
    assert (octet_typed("3a"), octet_typed("FF")) == (0x3A, 255)


@pytest.mark.parametrize("text", ["", "3", "3g", "123", "-1", "0x", "+1", "1_"])
def test_anything_else_is_no_octet(text):
    with pytest.raises(ValueError, match="two hexadecimal digits"):
        octet_typed(text)


def test_data_is_text_with_escapes():
    assert data_typed(r"GET /\r\n\x00\\\t") == b"GET /\r\n\0\\\t"
    assert data_typed("é") == "é".encode()
    assert data_typed(data_text(bytes(range(256)))) == bytes(range(256))


@pytest.mark.parametrize("text", ["\\q", "\\x1", "\\", "\\xzz"])
def test_another_escape_is_refused(text):
    with pytest.raises(ValueError, match="after a backslash"):
        data_typed(text)


def test_an_error_of_ours_is_told_with_its_name_so_that_it_can_be_reported():
    def fail(message):
        raise KeyError("nonsense")

    assert answered({"serial": 7}, fail, dict) == {"error": "KeyError: 'nonsense'", "serial": 7}
