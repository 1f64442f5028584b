"""The widgets as axe-core sees them, in both themes and in each of their states: nothing that would keep anybody out.

It cannot see everything: what a screen reader says, and where the focus goes, is in the tests of each widget.
"""

import pytest

from course import Scenario
from course.apps import echo
from course.view.widgets.header import Header
from course.view.widgets.order import ByteOrder
from course.view.widgets.play import Play
from tests.axe import violations
from tests.view.bare import show

pytestmark = pytest.mark.browser

TALK = Scenario(server=echo.server, client=echo.client, delay=0.050)
WIDGET = "#el"  # round it there is only the page of these tests, which has neither a heading nor a landmark


@pytest.fixture(params=["light", "dark"])
def theme(request):
    return request.param


@pytest.fixture
def shown(page, theme):
    """Shows a widget, light or dark because JupyterLab says so; what the system says, the saved page goes by."""

    def in_theme(widget, first):
        show(page, widget, dark=theme == "dark", first=first)
        return page

    return in_theme


def test_the_ladder_to_play_with_in_each_of_its_states(shown):
    page = shown(Play(TALK, "echo"), ".segment")
    assert violations(page, WIDGET) == {}
    third = page.locator(".segment").nth(2)
    third.press("Delete")
    page.locator(".segment[aria-label*=lost]").wait_for()
    assert violations(page, WIDGET) == {}
    third.press("Enter")
    assert violations(page, WIDGET) == {}
    page.get_by_role("menuitem", name="delay it").click()
    assert violations(page, WIDGET) == {}
    page.keyboard.press("Escape")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.locator("details td").first.wait_for()
    assert violations(page, WIDGET) == {}
    page.get_by_role("checkbox", name="hide what comes next").check()
    page.get_by_role("button", name="First").click()
    assert violations(page, WIDGET) == {}


def test_the_ladder_of_a_run_that_went_wrong(shown):
    def client(host):
        host.create_connection(("server", 7000)).recv(1)

    def server(host):
        host.create_server(("", 7000)).accept()[0].recv(1)

    page = shown(Play(Scenario(server=server, client=client)), ".segment")
    page.get_by_role("alert").get_by_text("Nothing can ever happen again").wait_for()
    assert violations(page, WIDGET) == {}


@pytest.mark.parametrize(("widget", "field"), [(ByteOrder, "Number"), (Header, "Window")])
def test_number_and_header_also_when_they_refuse_something(shown, widget, field):
    page = shown(widget(), ".octet")
    assert violations(page, WIDGET) == {}
    page.get_by_label(field, exact=True).fill("70000")
    page.get_by_label(field, exact=True).press("Enter")
    page.locator("[aria-invalid=true]").wait_for()
    assert violations(page, WIDGET) == {}


def test_the_saved_page_as_a_whole(page, theme, tmp_path):
    TALK.save_page(tmp_path / "echo.html")
    page.emulate_media(color_scheme=theme)
    page.goto((tmp_path / "echo.html").as_uri())
    page.locator(".segment").nth(2).press("Delete")
    page.locator(".segment[aria-label*=lost]").wait_for()
    assert violations(page) == {}
