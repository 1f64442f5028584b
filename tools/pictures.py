"""Make the README's pictures from a run: python -m tools.pictures."""

from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from course import Scenario, faults
from course.apps import echo
from course.lab.doctor import find_browser
from tests.browser import QUIET
from tests.view.bare import show

PICTURES = Path(__file__).resolve().parent.parent / "docs"
TALK = Scenario(server=echo.server, client=echo.client, delay=0.050)
SHARP = 1.5  # pixels for each unit of the page


def main() -> None:
    """Draw the echo with its first data segment lost, for light and for dark pages: as a picture, and to play with."""
    picture = TALK.with_faults(faults.drop("client", 3)).run()
    ladder = picture.ladder(title="echo, with its first data segment lost", until=1.5)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=QUIET.split())
        for theme in ("light", "dark"):
            ladder.save(PICTURES / f"ladder-{theme}.png", theme=theme)
            page = browser.new_page(device_scale_factor=SHARP)
            play(page, dark=theme == "dark")
            page.locator(".course-play").screenshot(path=PICTURES / f"play-{theme}.png")
        browser.close()


def play(page: Page, *, dark: bool) -> None:
    """Lose the first data segment, go to the moment when it is sent again, and press that one."""
    show(page, TALK.play("echo"), dark=dark, width=1320, height=1000, first=".segment")
    page.locator('.segment[aria-label^="client 3,"]').focus()
    page.keyboard.press("Delete")
    page.wait_for_selector("text=lost: client 3")
    page.get_by_role("slider", name="moment").evaluate(
        "(slider, at) => { slider.value = at; slider.dispatchEvent(new Event('input')); }", moment("client 4")
    )
    page.locator('.segment[aria-label^="client 4,"]').focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=menu]")
    page.wait_for_selector(".octets .octet.here")
    page.mouse.move(0, 0)


def moment(name: str) -> int:
    """The place of a segment's sending among all that happens."""
    records = list(TALK.with_faults(faults.drop("client", 3)).run().trace)
    return next(place for place, record in enumerate(records) if getattr(record, "name", None) == name)


if __name__ == "__main__":
    main()
