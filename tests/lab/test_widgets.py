"""The widgets in a real JupyterLab: a cell is run, a segment is pressed, and Python hears of it."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.lab.running import address

CELLS = [
    "from course import Scenario\nfrom course.apps import echo",
    "play = Scenario(server=echo.server, client=echo.client).play()",
    "play",
    "play",
]


@pytest.mark.browser
@pytest.mark.slow
def test_a_segment_is_pressed_in_jupyterlab_and_lost_in_both_views(lab, page, tmp_path):
    requests, complaints = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    found, _ = address(lab)
    cells = [new_code_cell(source) for source in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), tmp_path / "my-notebooks" / "play.ipynb")
    page.set_viewport_size({"width": 1400, "height": 1800})
    page.goto(found[0].replace("00-start-here", "play"))
    page.wait_for_selector(".jp-NotebookPanel-toolbar [data-status='idle']", timeout=30_000)
    page.click("text=Run >> nth=0")
    page.click("text=Run All Cells")
    page.wait_for_selector(".course-play .segment", timeout=30_000)
    page.locator(".course-play .segment[tabindex='0']").first.focus()
    page.keyboard.press("Delete")
    page.wait_for_function("document.body.textContent.split('lost: client 1').length > 2", timeout=10_000)

    assert page.locator(".course-play").count() == 2
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    page.locator(".course-play input[type='checkbox']").first.focus()
    page.keyboard.press("a")  # which would be JupyterLab's command for a new cell
    page.keyboard.press("b")
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    assert complaints == []
    here = rf"(https?|wss?)://127\.0\.0\.1:{found[1]}/|data:|blob:"
    assert [url for url in requests if not re.match(here, url)] == []
