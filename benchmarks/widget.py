"""How long a student waits for the ladder to play with, in JupyterLab: for its first picture, and after each click.

python benchmarks/widget.py [TIMES]

A click counts from the moment when the button is let go to the animation frame in which the ladder is drawn anew: what
is in sight of it, and a screen more. Its parts are the way of the message to the kernel, the kernel's work, the way
back, the drawing, and the wait for the frame. The targets are 60 ms at 20 segments and 120 ms at 500.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Page, sync_playwright

from course.lab.doctor import find_browser

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PRESS = 80  # milliseconds from the moment when a person presses a button to the moment when she lets it go
PLACES = (0.0, 0.33, 0.67)  # of the ladder that are looked at, as parts of its height
SETTLED = 500  # milliseconds after which all is drawn that was asked for
OCTETS = {"about 20 segments": 12_000, "about 500 segments": 470_000}
PROGRAMS = """from course import Scenario

def server(host):
    with host.create_server(("", 7000)) as listener, listener.accept()[0] as connection:
        while connection.recv(65536):
            pass

def client(host):
    with host.create_connection(("server", 7000)) as connection:
        connection.sendall(bytes(%d))

play = Scenario(server=server, client=client, delay=0.02, rate=10e6).play()"""
OPEN = """async (path) => {
  await jupyterapp.restored;
  const panel = await jupyterapp.commands.execute("docmanager:open", { path, factory: "Notebook" });
  await Promise.all([panel.revealed, panel.context.ready, panel.sessionContext.ready]);
  jupyterapp.shell.activateById(panel.id);
  window.kernel = panel.sessionContext.session.kernel;
  await kernel.info;
}"""
RUN = """async (cell) => {
  jupyterapp.shell.currentWidget.content.activeCellIndex = cell;
  const began = performance.now();
  const drawn = new Promise((done) => {
    const ended = () => done(performance.now() - began);
    const look = () => document.querySelector(".segment") && requestAnimationFrame(ended);
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true });
  });
  await jupyterapp.commands.execute("notebook:run-cell");
  return cell === 1 ? drawn : null;
}"""
WATCH = """() => {
  const now = () => performance.timeOrigin + performance.now();
  const started = new Map(); // when the kernel began with each question
  document.addEventListener("click", (event) => {
    window.seen = { clicked: performance.timeOrigin + event.timeStamp };
  }, true);
  kernel.anyMessage.connect((_, { msg, direction }) => {
    const { msg_type } = msg.header;
    if (direction === "recv" && msg_type === "status" && msg.content.execution_state === "busy") {
      started.set(msg.parent_header.msg_id, Date.parse(msg.header.date));
    }
    if (direction !== "recv" || msg_type !== "comm_msg" || !msg.buffers.length || seen.heard) return;
    const { date } = msg.header;
    const bytes = msg.buffers[0].byteLength;
    Object.assign(seen, { began: started.get(msg.parent_header.msg_id), ended: Date.parse(date), heard: now(), bytes });
  });
  new MutationObserver(() => {
    if (!seen.heard || seen.drawn) return;
    seen.drawn = now();
    requestAnimationFrame(() => { seen.framed = now(); });
  }).observe(document.querySelector("svg.ladder"), { subtree: true, childList: true, attributes: true });
}"""


@contextmanager
def jupyterlab(folder: Path) -> Iterator[tuple[Page, str]]:
    """A page, and the address at which JupyterLab serves this folder to it."""
    settings = folder / ".jupyter" / "jupyter_lab_config.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"LabApp": {"expose_app_in_browser": True}}))
    command = [sys.executable, "-m", "course", "lab", "--no-browser", "--directory", str(folder)]
    home = {**os.environ, "HOME": str(folder), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=home) as lab, sync_playwright() as playwright:
        address = next(found[0] for line in lab.stdout or () if (found := re.search(r"http://\S+", line)))
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        yield browser.new_page(viewport={"width": 1400, "height": 1000}), address
        browser.close()
        lab.kill()


def first_picture(page: Page, address: str, notebook: Path, octets: int) -> float:
    """Milliseconds from running the cell to its picture."""
    cells = [new_code_cell(PROGRAMS % octets), new_code_cell("play")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), notebook)
    page.goto(re.sub(r"/lab/?[^?]*", "/lab", address) + "&reset")
    page.wait_for_function("window.jupyterapp")
    page.evaluate(OPEN, notebook.name)
    page.evaluate(RUN, 0)
    return float(page.evaluate(RUN, 1))


def click(page: Page, button: str) -> dict[str, float]:
    """Press the button, and say when what happened, in milliseconds."""
    page.wait_for_timeout(SETTLED)  # what the last click has left to do is no part of this one
    page.get_by_role("button", name=button).click(delay=PRESS)
    page.wait_for_function("seen.framed")
    seen: dict[str, float] = page.evaluate("seen")
    return seen


def parts(seen: dict[str, float]) -> dict[str, float]:
    """What the time of a click went to."""
    return {
        "in all": seen["framed"] - seen["clicked"],
        "to the kernel": seen["began"] - seen["clicked"],
        "kernel": seen["ended"] - seen["began"],
        "back": seen["heard"] - seen["ended"],
        "drawing": seen["drawn"] - seen["heard"],
        "frame": seen["framed"] - seen["drawn"],
    }


def measure(times: int, octets: int) -> dict[str, Any]:
    """One widget: its first picture, the median of so many clicks, and how much is sent and saved."""
    with tempfile.TemporaryDirectory() as name, jupyterlab(Path(name)) as (page, address):
        notebook = Path(name) / "widget.ipynb"
        first = first_picture(page, address, notebook, octets)
        page.evaluate(WATCH)
        clicks = []
        for place in PLACES:
            page.locator(".stage").evaluate(
                "(stage, place) => { stage.scrollTop = place * stage.scrollHeight; }", place
            )
            page.wait_for_timeout(SETTLED)
            seen = page.locator(".segment")
            seen.nth(seen.count() // 3).press("Delete")  # so that there is something to take back and to do again
            page.locator(".segment[aria-label*=lost]").first.wait_for()
            turns = ("Undo", "Redo") * (times // len(PLACES) // 2)
            clicks += [click(page, button) for button in turns]
        page.evaluate("jupyterapp.commands.execute('docmanager:save').then(String)")
        return {
            "segments": re.search(r"\d+ segments", page.locator("svg.ladder").get_attribute("aria-label") or ""),
            "first": first,
            "parts": {part: median(parts(each)[part] for each in clicks) for part in parts(clicks[0])},
            "answer": clicks[-1]["bytes"] / 1000,
            "notebook": notebook.stat().st_size / 1000,
        }


def main(times: int) -> None:
    """Print a line for each size."""
    for name, octets in OCTETS.items():
        found = measure(times, octets)
        told = ", ".join(f"{part} {value:.0f}" for part, value in found["parts"].items())
        print(f"{name} ({found['segments'] and found['segments'][0]}), median of {times} clicks in ms: {told}")
        print(f"  first picture {found['first']:.0f} ms, answer {found['answer']:.0f} kB,", end=" ")
        print(f"notebook {found['notebook']:.0f} kB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
