"""The widgets in a real JupyterLab: cells are run, segments pressed, and Python hears of it."""

import re

import pytest
from playwright.sync_api import expect

from course.lab import notebooks
from tests.axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

IMPORTS = "from course import Scenario, faults\nfrom course.apps import echo"
PLAY = f"{IMPORTS}\nplain = Scenario(server=echo.server, client=echo.client, delay=0.050)\nplay = plain.play()"
PLAIN = "print(play.scenario == plain)"
SILENT = "The kernel has not answered"


def is_lost(host, n):
    """A cell that says whether Python has heard of this loss, and of no other one."""
    return f"print(list(play.scenario.faults) == [faults.drop({host!r}, {n})])"


def segment(play, name):
    """The segment of this name in the ladder."""
    return play.get_by_role("button", name=re.compile(rf"^{name},"))


def lost(play, name):
    """The same, if it is drawn as lost."""
    return play.get_by_role("button", name=re.compile(rf"^{name},.*lost: {name}$"))


def lose(play, name):
    """Press the segment with the mouse, and choose the first line of the menu."""
    segment(play, name).locator(".hit").click()
    play.get_by_role("menuitem", name="lose it").click()


def test_a_segment_is_pressed_and_lost_in_all_views_and_in_python_and_undo_brings_it_back(notebook):
    opened = notebook(PLAY, "play", "play", is_lost("server", 1), PLAIN).run_all()
    first, second = opened.plays.nth(0), opened.plays.nth(1)
    lose(first, "server 1")

    for play in (first, second):
        expect(lost(play, "server 1")).to_have_count(1)
        expect(segment(play, "server 2")).to_have_accessible_name(re.compile("SYN ACK"))
    assert opened.run(3) == "True\n"
    second.get_by_role("button", name="Undo").click()
    for play in (first, second):
        expect(lost(play, "server 1")).to_have_count(0)
    assert (opened.run(3), opened.run(4)) == ("False\n", "True\n")


def test_by_keyboard_alone_a_segment_is_found_and_lost_and_the_focus_stays_on_it(notebook):
    opened = notebook(PLAY, "play", is_lost("client", 3)).run_all()
    play = opened.plays
    expect(segment(play, "client 3")).to_have_count(1)
    play.get_by_role("button", name="Reset").focus()
    for _ in range(40):
        if play.locator(".segment:focus").count():
            break
        opened.page.keyboard.press("Tab")
    for _ in range(3):
        opened.page.keyboard.press("ArrowDown")
    expect(segment(play, "client 3")).to_be_focused()
    opened.page.keyboard.press("Delete")

    expect(lost(play, "client 3")).to_be_focused()
    assert opened.run(2) == "True\n"


def test_one_steps_through_the_moments_and_turns_the_knobs(notebook):
    opened = notebook(PLAY, "play", "print(play.scenario.delay)", PLAIN).run_all()
    play = opened.plays
    expect(segment(play, "client 3")).to_have_count(1)
    play.get_by_role("button", name="First").click()
    expect(play.locator(".values")).to_contain_text("server calls socket()")
    play.get_by_role("button", name="Next").click()
    expect(play.locator(".values")).to_contain_text("returns")
    delay = play.get_by_role("slider", name="delay")
    delay.focus()
    for press in ("ArrowRight", "ArrowRight"):
        opened.page.keyboard.press(press)
    expect(play).to_contain_text("60 ms")

    assert opened.run(2) == "0.06\n"
    play.get_by_role("button", name="Reset").click()
    expect(delay).to_have_value("50")
    assert opened.run(3) == "True\n"


def test_the_line_of_code_is_in_the_clipboard(notebook):
    opened = notebook(PLAY, "play", "print(plain)").run_all()
    expect(segment(opened.plays, "client 3")).to_have_count(1)
    opened.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened.plays.evaluate("play => play.querySelectorAll('details').forEach((each) => { each.open = true; })")
    opened.plays.get_by_role("button", name="Copy as code").click()
    printed = opened.run(2).strip()
    opened.page.wait_for_function("code => navigator.clipboard.readText().then((text) => text === code)", arg=printed)


def test_letters_typed_in_the_widget_are_no_commands_to_jupyterlab(notebook):
    opened = notebook(PLAY, "play", PLAIN).run_all()
    segment(opened.plays, "client 3").focus()
    before = opened.cells.count()
    for where in (segment(opened.plays, "client 3"), opened.plays.get_by_role("checkbox")):
        where.focus()
        for letter in "abxddm1":  # to insert, to cut, to delete and to change cells
            opened.page.keyboard.press(letter)

    assert opened.cells.count() == before
    assert opened.run(2) == "True\n"


def test_twenty_widgets_on_one_page_all_answer(notebook):
    many = "from IPython.display import display\nplays = [play.scenario.play() for _ in range(20)]\ndisplay(*plays)"
    opened = notebook(PLAY, many, "print(*(len(play.scenario.faults) for play in plays))").run_all()
    expect(opened.plays).to_have_count(20)
    for place in range(20):
        segment(opened.plays.nth(place), "client 3").press("Delete")
    for place in range(20):
        expect(lost(opened.plays.nth(place), "client 3")).to_have_count(1)

    assert opened.run(2).split() == ["1"] * 20


def test_a_run_of_five_hundred_segments_is_drawn_and_can_be_changed(notebook):
    long = """
def server(host):
    with host.create_server(("", 7000)) as listener:
        connection, _ = listener.accept()
        with connection:
            while connection.recv(65536):
                pass

def client(host):
    with host.create_connection(("server", 7000)) as connection:
        connection.sendall(bytes(470_000))
"""
    play = "play = Scenario(server=server, client=client, delay=0.02, rate=10e6).play()\nplay"
    opened = notebook(IMPORTS + long, play, is_lost("client", 100)).run_all()
    expect(opened.plays.locator("svg.ladder")).to_have_accessible_name(re.compile("4[5-9][0-9] segments"))
    segment(opened.plays, "client 1").focus()
    while "client 100," not in (opened.plays.locator(".chosen").get_attribute("aria-label") or ""):
        opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("Delete")

    expect(lost(opened.plays, "client 100")).to_be_focused()
    assert opened.run(2) == "True\n"


WHEN = """() => {
  const seen = { pressed: null, noticed: null };
  document.addEventListener("keydown", () => { seen.pressed = performance.now(); }, { capture: true, once: true });
  new MutationObserver(() => {
    const alert = document.querySelector(".course-play [role=alert]");
    if (seen.pressed && alert?.textContent.includes("has not answered")) seen.noticed ??= performance.now();
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
  window.seen = seen;
}"""
SECONDS = "() => (seen.noticed - seen.pressed) / 1000"


def test_a_busy_kernel_is_told_of_within_a_second_and_a_half_and_the_press_is_answered_later(notebook):
    busy = "import time\nfrom pathlib import Path\nwhile not Path('go on').exists():\n    time.sleep(0.02)"
    opened = notebook(PLAY, "play", busy)
    opened.run(0)
    opened.run(1)
    expect(segment(opened.plays, "client 3")).to_have_count(1)
    opened.page.evaluate(WHEN)
    opened.start(2)
    segment(opened.plays, "client 3").press("Delete")
    expect(opened.plays.get_by_role("alert")).to_contain_text(SILENT)

    assert opened.page.evaluate(SECONDS) < 1.5
    assert lost(opened.plays, "client 3").count() == 0
    (opened.path.parent / "go on").touch()
    expect(lost(opened.plays, "client 3")).to_have_count(1)
    expect(opened.plays.locator(".trouble")).to_be_empty()


def test_a_widget_whose_kernel_was_restarted_says_so_and_works_when_its_cell_has_run_again(notebook):
    opened = notebook(PLAY, "play", PLAIN).run_all()
    expect(segment(opened.plays, "client 3")).to_have_count(1)
    opened.restart()
    segment(opened.plays, "client 3").press("Delete")
    expect(opened.plays.get_by_role("alert")).to_contain_text("was restarted: run the cell again")

    opened.run_all()
    expect(opened.plays.locator(".trouble")).to_be_empty()
    segment(opened.plays, "client 3").press("Delete")
    expect(lost(opened.plays, "client 3")).to_have_count(1)


def test_a_program_that_raises_when_it_runs_again_is_shown_in_the_widget(notebook):
    moody = """
def client(host):
    if mood == "bad":
        raise ArithmeticError("not today")
    echo.client(host)

mood = "good"
play = Scenario(server=echo.server, client=client).play()
play"""
    opened = notebook(IMPORTS + moody, "mood = 'bad'", "mood = 'good'")
    opened.run(0)
    expect(segment(opened.plays, "client 3")).to_have_count(1)
    opened.run(1)
    segment(opened.plays, "client 3").press("Delete")
    expect(opened.plays.get_by_role("alert")).to_contain_text("not today")

    opened.run(2)
    opened.plays.get_by_role("button", name="Undo").click()
    expect(segment(opened.plays, "client 3")).to_have_count(1)
    expect(opened.plays.locator(".trouble")).to_be_empty()


def test_a_saved_notebook_holds_the_picture_and_its_words_and_shows_them_when_it_is_opened_again(notebook, desk):
    opened = notebook(PLAY, "play").run_all()
    expect(segment(opened.plays, "client 3")).to_have_count(1)
    segment(opened.plays, "client 3").press("Delete")
    expect(lost(opened.plays, "client 3")).to_have_count(1)
    saved = opened.saved()

    (output,) = saved.cells[1].outputs
    assert sorted(output.data) == ["text/html", "text/plain"]
    assert output.data["text/plain"].startswith("client and server: 8 segments")
    assert "widgets" not in saved.metadata
    assert len(opened.path.read_text(encoding="utf-8")) < 80_000
    opened.close()
    again = desk.open(opened.path.stem)
    expect(again.cells.nth(1).get_by_role("img").first).to_be_visible()
    expect(again.plays).to_have_count(0)


def test_number_octets_and_header_are_written_in_and_python_knows(notebook):
    order = "from course.view.widgets.order import ByteOrder\norder = ByteOrder(0x1234)\norder"
    header = "from course.view.widgets.header import Header\nheader = Header()\nheader"
    opened = notebook(order, header, "print(order.number.value, header.segment.window)").run_all()
    for field, text in (("Number", "513"), ("Window", "1000")):
        written = opened.widgets.get_by_role("textbox", name=field, exact=True)
        written.fill(text)
        written.press("Enter")
    expect(opened.widgets.get_by_label("Little-endian, octet 0")).to_have_value("01")
    opened.widgets.get_by_role("checkbox", name="RST").press("d")
    opened.widgets.get_by_role("checkbox", name="RST").press("d")  # JupyterLab's command to delete the cell

    assert opened.run(2) == "513 1000\n"


def test_axe_has_nothing_against_two_widgets_of_a_kind_in_a_notebook(notebook):
    opened = notebook(PLAY, "play", "play.scenario.play()").run_all()
    for play in opened.plays.all():
        expect(segment(play, "client 3")).to_have_count(1)

    assert violations(opened.page, {"include": [[".course-play"]]}) == {}


@pytest.mark.parametrize("chapter", notebooks.chapters())
def test_a_chapter_runs_and_all_its_widgets_are_drawn(notebook, chapter):
    opened = notebook(name=chapter).run_all()
    outputs = [output for cell in opened.outputs() for output in cell]
    widgets = [each for each in outputs if "application/vnd.jupyter.widget-view+json" in each.get("data", {})]

    assert outputs
    assert [each["ename"] for each in outputs if each["output_type"] == "error"] == []
    expect(opened.widgets).to_have_count(len(widgets))
