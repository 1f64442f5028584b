"""A picture shows itself: in Jupyter with its words, in light and dark, and as a file."""

import base64
import html
import io
import re
import subprocess
import sys
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest
from matplotlib.image import imread

from course.view.ladder import ladder
from course.view.style import DARK, LIGHT
from tests.view.traces import ECHO, RUNS, trace

PICTURE = ladder(trace("first data lost"), caption="What <one> loss costs")


def svg_in(page_source):
    return base64.b64decode(re.search(r"base64,([^\"]+)", page_source)[1]).decode()


def test_in_jupyter_it_is_an_image_with_its_words_and_a_caption():
    bundle = PICTURE._repr_mimebundle_(include=None, exclude=None)

    assert set(bundle) == {"text/html", "text/plain"}
    assert bundle["text/plain"] == PICTURE.alternative
    assert f'<img alt="{html.escape(PICTURE.alternative)}" src="data:image/svg+xml;base64,' in bundle["text/html"]
    assert "<figcaption>What &lt;one&gt; loss costs</figcaption></figure>" in bundle["text/html"]


def test_without_a_caption_there_is_none():
    assert "figcaption" not in ladder(trace("echo")).html()


@pytest.mark.browser
@pytest.mark.parametrize("name", ["echo", "three clients"])
def test_where_there_is_no_room_it_scrolls_instead_of_shrinking_until_nobody_can_read_it(page, name):
    def drawn(room):
        page.set_viewport_size({"width": room + 16, "height": 700})
        page.wait_for_function("document.querySelector('img').complete")
        return page.evaluate("""() => {
            const [figure, image] = ["figure", "img"].map((each) => document.querySelector(each));
            return [image.naturalWidth, image.width, figure.scrollWidth, document.documentElement.scrollWidth];
        }""")

    page.set_content(f"<!doctype html>{ladder(trace(name)).html()}")

    natural, seen, reach, across = drawn(2000)
    assert seen == pytest.approx(natural, abs=1)
    natural, seen, reach, across = drawn(round(0.9 * natural))
    assert seen == pytest.approx(0.9 * natural, abs=1)
    natural, seen, reach, across = drawn(400)
    assert seen == pytest.approx(natural * 2 / 3, abs=1)
    assert reach == pytest.approx(seen, abs=1)  # all of it can be reached,
    assert across == 416  # and the page itself does not scroll to the side


@pytest.mark.parametrize("name", RUNS)
def test_every_run_can_be_drawn(name):
    picture = ladder(trace(name))
    root = ET.fromstring(picture.svg())  # noqa: S314 our own

    assert root.tag.endswith("svg")
    assert "$" not in picture.svg() or name == "long words"


def test_an_svg_is_the_same_text_in_each_process():
    program = (
        "import sys; from course import Scenario; from course.apps import echo;"
        "run = Scenario(server=echo.server, client=echo.client, delay=0.050).run();"
        "sys.stdout.reconfigure(encoding='utf-8'); print(run.ladder().html(), end='')"
    )
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout.decode()

    assert other == ECHO.run().ladder().html()


def test_a_readers_own_matplotlib_settings_change_nothing():
    before = PICTURE.svg()
    with mpl.rc_context(
        {"font.size": 30, "savefig.bbox": "tight", "svg.fonttype": "path", "lines.scale_dashes": False}
    ):
        assert PICTURE.svg() == before


def test_the_page_gets_an_svg_that_can_turn_dark_colour_by_colour():
    light, both = PICTURE.svg(), svg_in(PICTURE.html())
    used = {role for role, colour in LIGHT.items() if colour in light}
    dark = both.partition("prefers-color-scheme: dark")[2].partition("</style>")[0]

    assert {"paper", "ink", "muted", "opening", "data", "closing", "trouble", "band established"} <= used
    assert {colour for colour in DARK.values() if colour in dark} == {DARK[role] for role in used}


def test_colours_come_from_the_theme_alone():
    for theme, colours in (("light", LIGHT), ("dark", DARK)):
        assert set(re.findall(r"#[0-9a-f]{6}", PICTURE.svg(theme))) <= set(colours.values())


def test_it_can_be_saved(tmp_path):
    PICTURE.save(tmp_path / "ladder.svg")
    PICTURE.save(str(tmp_path / "ladder.png"), theme="dark")

    assert (tmp_path / "ladder.svg").read_text(encoding="utf-8") == PICTURE.svg()
    assert (tmp_path / "ladder.png").read_bytes().startswith(b"\x89PNG")


def test_it_cannot_be_saved_as_anything_else(tmp_path):
    with pytest.raises(ValueError, match=r"'ladder.pdf': the name must end in .svg or .png"):
        PICTURE.save(tmp_path / "ladder.pdf")
    with pytest.raises(ValueError, match="there is no theme 'grey'"):
        PICTURE.save(tmp_path / "ladder.svg", theme="grey")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.browser
@pytest.mark.parametrize(("is_light", "paper"), [("true", LIGHT["paper"]), ("false", DARK["paper"])])
@pytest.mark.parametrize("system", ["light", "dark"])
def test_it_follows_the_page_and_not_the_system(page, is_light, paper, system):
    page.emulate_media(color_scheme=system)
    page.set_content(f'<body data-jp-theme-light="{is_light}">{PICTURE.html()}')
    page.wait_for_function("document.querySelector('img').complete")

    assert page.get_by_role("img").get_attribute("alt") == PICTURE.alternative
    assert corner_colour(page) == paper


def corner_colour(page):
    """The colour of the picture's corner, as the browser shows it."""
    return mpl.colors.to_hex(imread(io.BytesIO(page.locator("img").screenshot()))[2, 2])


def test_printed_it_is_its_words_and_no_address():
    assert repr(ladder(trace("sleep"))).startswith("Picture(alternative='host: 0 segments")
