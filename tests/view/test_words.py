import pytest

from course.tcp.segment import Segment, Why
from course.trace.record import Called, Octets, Returned
from course.view.words import call_label, long_span, number, result_label, segment_kind, segment_label, span


def said(text):
    return text.replace("\u00a0", " ").replace("\u2009", " ")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.00002, "20 µs"), (0.0015, "1.5 ms"), (0.95, "950 ms"), (1, "1 s"), (1.975, "1.975 s"), (240, "240 s"),
     (3599.6, "3 599.6 s"), (0.9999999, "1 s")],
)  # fmt: skip
def test_a_span_of_time_is_said_in_its_unit(seconds, words):
    assert said(span(seconds)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(61, "61 s"), (5399, "5 399 s"), (7200, "7 200 s (≈ 2 h)"), (129_600, "129 600 s (≈ 2 days)"),
     (31_536_000, "31 536 000 s (≈ 365 days)")],
)  # fmt: skip
def test_a_long_span_of_time_is_said_in_hours_or_days_as_well(seconds, words):
    assert long_span(seconds).replace("\u00a0", " ").replace("\u2009", " ") == words


def test_numbers_have_thin_spaces_between_thousands():
    assert said(number(1234567.5)) == "1 234 567.5"
    assert number(0) == "0"


def segment(**fields):
    return Segment(1, 2, 0, **{"window": 100, **fields})


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (segment(syn=True), "SYN seq 7"),
        (segment(ack=1), "ACK ack 5"),
        (segment(ack=1, data=b"a"), "ACK 7 (1)"),
        (segment(ack=1, data=b"abc", psh=True), "PSH ACK 7–9 (3)"),
        (segment(syn=True, data=b"abc"), "SYN 8–10 (3)"),
        (segment(ack=1, fin=True), "FIN ACK seq 7 ack 5"),
        (segment(ack=1, fin=True, data=b"abc"), "FIN ACK 7–9 (3)"),
        (segment(rst=True, window=0), "RST seq 7"),
        (segment(rst=True, ack=1, window=0), "RST ACK seq 7 ack 5"),
        (segment(ack=1, window=0), "ACK ack 5 win 0"),
        (segment(ack=1, window=4096, why=Why.WINDOW_UPDATE), "ACK ack 5 win 4096"),
    ],
)
def test_a_segment_is_told_in_few_words(sent, words):
    assert segment_label(sent, 7, 5 if sent.ack is not None else None, tell_ack=False, again=False) == words


def test_what_is_new_in_a_segment_is_told():
    assert segment_label(segment(ack=1, data=b"abc"), 7, 5, tell_ack=True, again=True) == "ACK 7–9 (3) ack 5 again"


def test_the_colour_tells_what_a_segment_does():
    sent = ({"syn": True}, {"ack": 1}, {"ack": 1, "data": b"a"}, {"fin": True, "data": b"a"}, {"rst": True})
    kinds = [segment_kind(segment(**fields)) for fields in sent]

    assert kinds == ["opening", "acknowledgment", "data", "closing", "trouble"]


def result(name, value=None, error=None):
    called = Called(0, "client", "client", 1, None, name)
    return result_label(called, Returned(0, called, value, error))


def test_a_result_is_told_after_an_arrow():
    assert result("send", 5) == "→ 5"
    assert result("recv", b"hello") == "→ b'hello'"
    assert result("recv", b"") == "→ b'' end of file"
    assert result("recv", Octets(5000, b"x")) == "→ 5\u2009000 octets"
    assert result("accept", "connection 1") == "→ connection 1"
    assert result("dup", "connection 1 (copy 2)") == "→ connection 1 (copy 2)"
    assert result("connect") == "→ connected"
    assert result("connect", error="ConnectionRefusedError") == "→ ConnectionRefusedError"
    assert result("close") == ""
    assert result_label(Called(0, "client", "client", 1, None, "recv"), None) == "… still waiting"


def test_a_call_on_a_duplicated_socket_says_on_which():
    names = None, "connection 1", "connection 1 (copy 2)"
    labels = [call_label(Called(0, "client", "client", 1, name, "recv", (9,))) for name in names]

    assert labels == ["recv(9)", "recv(9)", "copy 2: recv(9)"]


def test_letters_that_few_fonts_have_are_written_as_escapes():
    assert (
        call_label(Called(0, "client", "client", 1, None, "say", ("größe", "日本"))) == r"say('größe', '\u65e5\u672c')"
    )
