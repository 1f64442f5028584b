"""A real browser, for the tests that are marked `browser`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from course.lab.doctor import find_browser

QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium; without one the test is skipped, but where CI=true it fails."""
    path = find_browser()
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("no Chromium on this machine; `course doctor` says how to get one")
    if path is None:
        pytest.skip("no Chromium on this machine; `course doctor` says how to get one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET.split())
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests of a file: to start it takes longer than most of them."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page that shares nothing with those of other tests."""
    with browser.new_page() as page:
        yield page
