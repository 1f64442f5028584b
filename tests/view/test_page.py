"""A page without a kernel, by its octets and in a real browser."""

import json
import re

import pytest

from course import Scenario, ScenarioError, faults
from course.apps import echo
from course.view.widgets.page import answers, folded, in_script

TALK = Scenario(server=echo.server, client=echo.client, delay=0.050)
LOST = '.segment[aria-label*="lost"]'


def saved(scenario, path, title=""):
    scenario.save_page(path, title)
    return path.read_text(encoding="utf-8")


def embedded(text):
    return json.loads(re.search(r'<script type="application/json" id="answers">(.*?)</script>', text, re.DOTALL)[1])


def unfolded(parts):
    """What the page's own script does."""
    whole = []
    for part in parts:
        pairs = part.items() if isinstance(part, dict) else enumerate(part)
        full = {name: whole[each[0]] if isinstance(each, list) else each for name, each in pairs}
        whole.append(full if isinstance(part, dict) else list(full.values()))
    return whole[-1]


def patient(host):
    with host.create_server(("", 7000)) as listener:
        connection, _ = listener.accept()
        with connection:
            while connection.recv(65536):
                pass


def talkative(host):
    with host.create_connection(("server", 7000)) as connection:
        connection.sendall(bytes(200_000))


def test_every_single_loss_is_in_the_file(tmp_path):
    held = unfolded(embedded(saved(TALK, tmp_path / "echo.html")))

    sent = [sent.name for sent in TALK.run().trace.sent]
    assert set(held[""]["headers"]) == set(sent)
    assert set(held) == {"", *(f"drop {name}" for name in sent)}
    for name in sent:
        lost = [arrow["name"] for arrow in held[f"drop {name}"]["picture"]["scene"]["arrows"] if arrow["end"] == "lost"]
        assert lost == [name]


def test_what_a_scenario_loses_itself_can_pass():
    held = answers(TALK.with_faults(faults.drop("client", 3)))

    assert "lost" in [arrow["end"] for arrow in held[""]["picture"]["scene"]["arrows"]]
    assert "lost" not in [arrow["end"] for arrow in held["none client 3"]["picture"]["scene"]["arrows"]]
    assert [name for name in held if name.startswith("none")] == ["none client 3"]


def test_the_answers_are_whole_again_after_folding_and_take_little_more_than_half_the_room():
    held = answers(TALK)

    assert unfolded(folded(held)) == json.loads(json.dumps(held))
    assert len(json.dumps(folded(held))) < 0.65 * len(json.dumps(held))


def test_the_same_scenario_makes_the_same_file(tmp_path):
    assert saved(TALK, tmp_path / "one.html") == saved(TALK, tmp_path / "two.html")


def test_no_text_ends_a_script_or_becomes_an_element(tmp_path):
    title = "</script><b>5 > 4"
    text = saved(TALK, tmp_path / "echo.html", title)

    assert "<b>" not in text
    assert "<title>&lt;/script&gt;&lt;b&gt;5 &gt; 4</title>" in text
    assert text.count("</script>") == 2
    assert json.loads(in_script(json.dumps([title]))) == [title]
    assert "<" not in in_script(title)


def test_the_page_has_a_language_a_title_and_the_story_in_words_for_readers_without_scripts(tmp_path):
    text = saved(TALK, tmp_path / "echo.html")

    assert '<html lang="en">' in text
    assert "<title>server and client</title>" in text
    assert "The run in words: client and server: 8 segments" in text
    assert "export default" not in text


@pytest.mark.parametrize("name", ["ladder.htm", "ladder", "ladder.ipynb"])
def test_a_page_is_called_html(name, tmp_path):
    with pytest.raises(ScenarioError, match=r"write a name that ends in \.html"):
        TALK.save_page(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_page_holds_a_hundred_segments_at_the_most(tmp_path):
    with pytest.raises(ScenarioError, match=r"\d{3} segments are too many for a page.* let the programs send less"):
        Scenario(server=patient, client=talkative).save_page(tmp_path / "long.html")


@pytest.fixture
def opened(page, tmp_path):
    """The page of an echo in a browser; whatever it complains of, or asks for, fails the test."""
    troubles, asked = [], []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    TALK.save_page(tmp_path / "echo.html", "An echo")
    address = (tmp_path / "echo.html").as_uri()
    page.goto(address)
    page.wait_for_selector(".segment")
    yield page
    assert troubles == []
    assert asked == [address]


def lose(opened, name):
    opened.locator(f'.segment[aria-label^="{name},"]').focus()
    opened.keyboard.press("Delete")


@pytest.mark.browser
def test_a_press_on_a_segment_loses_it_and_undo_takes_that_back(opened):
    assert opened.locator(".segment").count() == 8
    opened.locator(".segment .hit").nth(2).click(force=True)
    assert opened.locator(".menu button").all_inner_texts() == ["lose it"]
    opened.get_by_role("menuitem", name="lose it").click()

    assert opened.locator(LOST).count() == 1
    assert opened.locator(LOST).get_attribute("aria-label").startswith("client 2, ")
    assert "You chose" in opened.locator(".told").inner_text()
    opened.get_by_role("button", name="Undo").click()
    assert opened.locator(LOST).count() == 0
    opened.get_by_role("button", name="Redo").click()
    assert opened.locator(LOST).count() == 1
    opened.get_by_role("button", name="Reset").click()
    assert opened.locator(LOST).count() == 0


@pytest.mark.browser
def test_by_keyboard_too_and_what_is_lost_is_sent_again(opened):
    opened.locator('.segment[tabindex="0"]').focus()
    for _ in range(3):
        opened.keyboard.press("ArrowDown")
    opened.keyboard.press("Delete")

    assert opened.locator(LOST).get_attribute("aria-label").startswith("client 3, ")
    assert opened.evaluate("document.activeElement.getAttribute('aria-label')").startswith("client 3, ")
    opened.keyboard.press("ArrowDown")
    assert "Segment client 4\nPSH ACK" in re.sub(r"\n+", "\n", opened.locator(".told").inner_text())
    assert "No acknowledgment came before the retransmission timeout" in opened.locator(".told").inner_text()


@pytest.mark.browser
def test_a_second_loss_takes_the_place_of_the_first_and_the_page_says_so(opened):
    lose(opened, "client 1")
    lose(opened, "server 1")

    assert [each.get_attribute("aria-label")[:8] for each in opened.locator(LOST).all()] == ["server 1"]
    assert "what you chose for client 1 is taken back" in opened.locator("#note").inner_text()


@pytest.mark.browser
def test_what_is_sent_only_after_a_loss_cannot_be_lost_and_the_page_says_why(opened):
    lose(opened, "client 3")
    lose(opened, "client 6")

    assert opened.locator(LOST).get_attribute("aria-label").startswith("client 3, ")
    assert opened.locator("#note").inner_text().startswith("client 6 is sent only because of another loss")


@pytest.mark.browser
def test_who_looks_at_the_end_sees_the_end_of_the_changed_run_too(opened):
    lose(opened, "client 3")

    assert opened.locator(".now").get_attribute("visibility") == "hidden"
    assert opened.locator(".values .line").inner_text().endswith("TIME-WAIT → CLOSED on 2 MSL timeout")


@pytest.mark.browser
def test_the_header_of_the_chosen_segment_is_there_octet_by_octet(opened):
    opened.locator('.segment[aria-label^="client 3,"]').focus()

    assert opened.locator(".octets .octet").all_inner_texts()[-5:] == ["68", "65", "6c", "6c", "6f"]
    assert opened.get_by_role("option", name="Data Offset").inner_text().split("\n")[1] == "20 octets"


@pytest.mark.browser
def test_what_only_python_can_do_is_not_offered(opened):
    assert [each.get_attribute("aria-label") for each in opened.get_by_role("slider").all()] == ["moment"]
    assert opened.get_by_role("spinbutton").count() == 0
    assert opened.get_by_role("button", name="Next").is_visible()


@pytest.mark.browser
@pytest.mark.parametrize("system", ["light", "dark"])
def test_it_is_as_light_or_dark_as_the_reader_likes_it(opened, system):
    opened.emulate_media(color_scheme=system)

    paper = opened.evaluate("getComputedStyle(document.querySelector('.course-play')).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 25, 30)"}[system]
