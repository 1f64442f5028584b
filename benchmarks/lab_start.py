"""How long a student waits: from `course lab` to the address, to the start page, and to a kernel that is ready.

python benchmarks/lab_start.py [TIMES]
"""

import re
import signal
import subprocess
import sys
import tempfile
import time
from statistics import median

from playwright.sync_api import Page, sync_playwright

from course.lab.doctor import find_browser

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def start_once(page: Page) -> tuple[float, float, float]:
    """Seconds from the command to its address, to the first heading on the page, and to an idle kernel."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        command = [sys.executable, "-m", "course", "lab", "--no-browser", "--directory", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as lab:
            address = next(found[0] for line in lab.stdout or () if (found := re.search(r"http://\S+", line)))
            announced = time.perf_counter() - began
            page.goto(address)
            page.wait_for_selector(".jp-Notebook .jp-MarkdownOutput h1")
            rendered = time.perf_counter() - began
            page.wait_for_selector('.jp-NotebookPanel-toolbar [data-status="idle"]')
            ready = time.perf_counter() - began
            lab.send_signal(signal.SIGINT)
        return announced, rendered, ready


def main(times: int) -> None:
    """Start so many times, each in a browser with an empty cache, and print the medians."""
    with sync_playwright() as playwright:
        runs = []
        for _ in range(times):
            browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
            runs.append(start_once(browser.new_page()))
            browser.close()
    announced, rendered, ready = (median(column) for column in zip(*runs, strict=True))
    print(f"median of {times}: address {announced:.1f} s, start page {rendered:.1f} s, kernel {ready:.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
