"""`course lab` as a student meets it: a process, a line to click on, a page in a real browser, Ctrl-C."""

import re
import signal
import socket

import psutil
import pytest

from course.lab import notebooks
from tests.lab.jupyter import listen
from tests.lab.running import address


def first_heading():
    source = (notebooks.originals() / "00-start-here.ipynb").read_text(encoding="utf-8")
    return re.search(r'"# (.*?)(\\n)?"', source)[1]


@pytest.mark.browser
@pytest.mark.slow
def test_the_start_page_opens_asks_nobody_outside_and_stops_on_ctrl_c(lab, page, tmp_path):
    found, above = address(lab)
    outside, complaints = listen(page, found[1])
    page.goto(found[0])
    page.wait_for_selector(".jp-Notebook .jp-MarkdownOutput h1", timeout=30_000)
    page.wait_for_selector('.jp-NotebookPanel-toolbar [data-status="idle"]', timeout=30_000)

    assert page.text_content(".jp-Notebook .jp-MarkdownOutput h1").rstrip("¶") == first_heading()
    assert page.locator(".jp-OutputArea-output").count() == 0
    assert outside == []
    assert complaints == []
    assert len(above) <= 2
    assert setting(page, "kernels-settings") == {"commsOverSubshells": "disabled"}
    assert setting(page, "notification") == {"checkForUpdates": False, "fetchNews": "false"}
    stops_at_once(lab, int(found[1]))


def setting(page, name):
    """What JupyterLab takes for granted where the student has set nothing, as far as we changed it."""
    plugin = f"/lab/api/settings/@jupyterlab/apputils-extension:{name}"
    schema = page.evaluate("url => fetch(url).then(reply => reply.json())", plugin)["schema"]["properties"]
    changed = {"kernels-settings": ["commsOverSubshells"], "notification": ["checkForUpdates", "fetchNews"]}[name]
    return {key: schema[key]["default"] for key in changed}


def stops_at_once(lab, port):
    """One Ctrl-C ends the server and its kernels, without a word on stderr, and frees the port."""
    family = psutil.Process(lab.pid).children(recursive=True)
    outside = [each for each in psutil.Process(lab.pid).net_connections("inet") if each.laddr.ip != "127.0.0.1"]
    lab.send_signal(signal.SIGINT)
    _, stderr = lab.communicate(timeout=20)

    assert (lab.returncode, stderr) == (0, "")
    assert outside == []
    assert psutil.wait_procs(family, timeout=5)[1] == []
    socket.create_server(("127.0.0.1", port)).close()
