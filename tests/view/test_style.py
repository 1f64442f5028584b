from itertools import product

import pytest
from matplotlib import font_manager, ft2font

from course.view.style import ARROW, CALL, NOTE, STATE, TITLE, cut, text_width, wrap
from course.view.style import THEMES as BOTH

TEXTS = (
    "SYN ACK seq 0 ack 1",
    "PSH ACK 1–1460 (1460) ack 4381 again",
    "lost: client 3, the checksum is wrong",
    "950 ms: nothing on the wire, RTO 1 s is running",
    "simulated network · delay 50 ms each way · client 3 lost · seed 0",
    "ESTABLISHED SYN-RECEIVED FIN-WAIT-1 TIME-WAIT",
    "connect(('server', 7000)) → b'hello' …",
)
ON_PAPER = ("ink", "muted", "opening", "data", "acknowledgment", "closing", "trouble")
IN_BOXES = ("ink", "muted", "trouble")


def luminance(colour):
    """Relative luminance as WCAG 2 defines it."""
    channels = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", BOTH)
def test_every_text_can_be_read(theme):
    """WCAG 2.2, success criterion 1.4.3: 4.5 to 1."""
    colours = BOTH[theme]
    pairs = [*product(ON_PAPER, ["paper"]), *product(IN_BOXES, ["box"])]

    assert {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs
            if contrast(colours[pair[0]], colours[pair[1]]) < 4.5} == {}  # fmt: skip


@pytest.mark.parametrize("theme", BOTH)
def test_no_two_roles_share_a_colour(theme):
    """Otherwise the one theme could not be swapped for the other colour by colour."""
    assert len(set(BOTH[theme].values())) == len(BOTH[theme])


def test_both_themes_have_the_same_roles():
    assert set(BOTH["light"]) == set(BOTH["dark"])


@pytest.mark.parametrize("font", [ARROW, CALL, NOTE, STATE, TITLE])
@pytest.mark.parametrize("text", TEXTS)
def test_the_estimate_of_a_width_is_never_too_small_and_not_much_too_large(text, font):
    assert measured(text, font) <= text_width(text, font) * 1.005
    assert text_width(text, font) <= measured(text, font) * 1.1


def measured(text, font):
    """How wide Matplotlib sets it."""
    family = "DejaVu Sans Mono" if font.mono else "DejaVu Sans"
    weight = "bold" if font.bold else "normal"
    face = ft2font.FT2Font(font_manager.findfont(font_manager.FontProperties(family=family, weight=weight)))
    face.set_size(1000, 72)
    widths = [face.load_char(ord(letter), ft2font.LoadFlags.NO_HINTING).linearHoriAdvance for letter in text]
    return sum(widths) / 65536 / 1000 * font.size


def test_a_text_that_fits_is_not_cut():
    assert cut("recv(1024)", 100, CALL) == "recv(1024)"


def test_a_text_that_is_cut_fits_and_says_so():
    shorter = cut("connect(('a.very.long.name.example', 7000))", 100, CALL)

    assert shorter.endswith("…")
    assert 80 < text_width(shorter, CALL) <= 100


def test_lines_are_about_equally_long():
    assert wrap("200 ms: nothing on the wire, delayed ACK timer is running", 300, NOTE) == [
        "200 ms: nothing on the wire,",
        "delayed ACK timer is running",
    ]
    assert wrap("short", 300, NOTE) == ["short"]
