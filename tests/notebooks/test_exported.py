"""The chapters as pages of HTML, as they are read on the web: headings, tables, pictures and links for everybody."""

import pytest
from nbconvert import HTMLExporter

from tests.axe import violations
from tools.notebooks import NOTEBOOKS

pytestmark = pytest.mark.browser

CHAPTERS = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
EVERYTHING = ["00-start-here", "04-socket-api", "08-eleven-states"]  # between them they have all kinds of outputs
JUPYTERS = [".highlight", ".jp-InputPrompt", ".jp-OutputPrompt"]  # whose colours are not ours, and lack contrast
LINES = [".jp-RenderedHTMLCommon summary"]  # as high as a line of text, which is Jupyter's: 22.4 pixels, of 24 wanted
OURS = {"exclude": [[each] for each in (*JUPYTERS, *LINES)]}


@pytest.mark.parametrize(
    ("chapter", "theme"),
    [*((chapter, "light") for chapter in CHAPTERS), *((chapter, "dark") for chapter in EVERYTHING)],
)
def test_a_chapter_on_the_web_keeps_nobody_out(page, chapter, theme, tmp_path):
    written = tmp_path / "chapter.html"
    written.write_text(HTMLExporter(theme=theme).from_filename(NOTEBOOKS / f"{chapter}.ipynb")[0])
    page.route("**/*", lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort())
    page.goto(written.as_uri())

    assert violations(page, OURS) == {}


def test_what_is_wrong_with_a_page_is_found(page):
    page.set_content("<main><h1>Title</h1><h3>Too deep</h3><table><tr><th></th></tr></table><img src='x.png'></main>")
    found = violations(page, OURS)

    assert {"heading-order", "empty-table-header", "image-alt"} <= set(found)
