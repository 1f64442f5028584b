"""The ladder to play with: what Python answers, and what a browser makes of it."""

import html
import json

import pytest

from course import Scenario, State, TcpParameters, faults, middleboxes
from course.apps import echo, longlived
from course.trace.hosts import Directory
from course.view.widgets import play as module
from course.view.widgets.moment import end_at_work
from course.view.widgets.play import Play, packed
from course.view.widgets.session import Session
from course.view.widgets.shown import Showing
from tests.view.bare import show
from tests.view.traces import bulk

TALK = Scenario(server=echo.server, client=echo.client, delay=0.050)


class Kernel:
    """A Play without Jupyter: what it would send is kept."""

    def __init__(self, scenario=TALK):
        self.play = Play(scenario, "echo")
        self.sent = []
        self.play.send = lambda content, buffers: self.sent.append(json.loads(buffers[0]))
        self.serial = 0

    def ask(self, **message):
        self.serial += 1
        self.play._handle_custom_msg(message | {"serial": self.serial}, [])  # noqa: SLF001 as Jupyter does
        return self.sent[-1]

    def known(self, **message):
        """Everything that the browser knows when it has asked for this, and for the details."""
        answer = self.ask(**message)
        return self.ask(do="details", whole=True) | answer


# ---------------------------------------------------------------- Python's side


def test_an_answer_says_which_question_it_answers():
    kernel = Kernel()

    assert [kernel.ask(do="show")["serial"], kernel.ask(do="undo")["serial"]] == [1, 2]


def test_a_segment_that_is_lost_is_sent_again_and_what_came_before_is_the_same():
    kernel = Kernel()
    before, after = kernel.known(do="show"), kernel.known(do="fault", kind="drop", name="client 3")
    ends = {arrow["name"]: arrow["end"] for arrow in after["scene"]["arrows"]}

    assert kernel.play.scenario == TALK.with_faults(faults.drop("client", 3))
    assert (ends["client 3"], ends["client 4"]) == ("lost", "arrived")
    assert after["segments"]["client 4"]["why"].startswith("no acknowledgment came")
    assert after["segments"]["client 3"]["faults"] == ["client 3 lost"]
    same = [moment["line"] for moment in before["moments"] if moment["at"] <= 0.1]
    assert [moment["line"] for moment in after["moments"]][: len(same)] == same


def test_undo_redo_and_reset_lead_through_the_steps():
    kernel = Kernel()
    kernel.ask(do="fault", kind="drop", name="client 3")

    assert kernel.ask(do="undo")["can"] == {"undo": False, "redo": True}
    assert kernel.play.scenario == TALK
    assert kernel.ask(do="redo")["can"] == {"undo": True, "redo": False}
    kernel.ask(do="reset")
    assert kernel.play.scenario == TALK


def test_the_knobs_are_those_of_the_scenario():
    kernel = Kernel()
    kernel.ask(do="knob", name="delay", value=0.2)
    kernel.ask(do="knob", name="loss", value=0.25)
    kernel.ask(do="knob", name="rate", value=1e6)

    assert kernel.ask(do="knob", name="seed", value=7)["knobs"] == {
        "delay": 0.2,
        "rate": 1e6,
        "seed": 7,
        "loss": 0.25,
    }
    assert kernel.play.scenario == TALK.with_knobs(delay=0.2, rate=1e6, seed=7, faults=(faults.randomly(0.25),))


def test_the_code_makes_the_same_scenario():
    kernel = Kernel()
    code = kernel.ask(do="fault", kind="hold", name="server 2", seconds=1.5)["code"]
    names = {"Scenario": Scenario, "echo": echo, "faults": faults}

    assert eval(code, names) == kernel.play.scenario  # noqa: S307 it is our own


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        ({"do": "fault", "kind": "drop", "name": "client 0"}, "counted 1, 2, 3"),
        ({"do": "fault", "kind": "delay", "name": "client 3", "seconds": -1}, "number of seconds"),
        ({"do": "knob", "name": "delay", "value": -1}, "give a number"),
        ({"do": "knob", "name": "colour", "value": 1}, "There is no knob"),
        ({"do": "fault", "kind": "drop", "name": "client"}, "names no transmission"),
        ({"do": "dance"}, "KeyError"),
        ({}, "KeyError"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_said_and_changes_nothing(message, problem):
    kernel = Kernel()
    answer = kernel.ask(**message)

    assert problem in answer["error"]
    assert kernel.play.scenario == TALK


def test_a_run_that_ends_before_its_time_is_shown_with_what_went_wrong():
    def client(host):
        host.create_connection(("server", 7000)).recv(1)

    def server(host):
        host.create_server(("", 7000)).accept()[0].recv(1)

    answer = Kernel(Scenario(server=server, client=client)).ask(do="show")

    assert answer["error"].startswith("Nothing can ever happen again")
    assert len(answer["scene"]["arrows"]) == 3


def test_the_variables_are_those_of_the_moment():
    answer = Kernel().known(do="show")
    after_syn = next(moment for moment in answer["moments"] if moment["line"][3].startswith("[client 1] SYN"))
    samples = [sample for sample in answer["variables"] if sample["after"] <= after_syn["after"]]

    values = dict(zip(answer["names"], samples[-1]["values"], strict=True))
    assert values["SND.UNA · SND.NXT"] == "0 · 1"
    assert values["state"] == str(State.SYN_SENT)
    assert values["timers"].split() == ["retransmission", "at", "1", "s"]
    last = {sample["end"]: sample["values"][0] for sample in answer["variables"]}
    assert last == {"client": "CLOSED", "server": "CLOSED"}


def test_a_record_belongs_to_the_end_whose_tcp_is_at_work():
    trace = TALK.run().trace
    ends = {record: end_at_work(record, Directory(trace.hosts)) for record in trace}
    client, server = (
        ("client", ("10.0.0.2", 49152), ("10.0.0.1", 7000)),
        ("server", ("10.0.0.1", 7000), ("10.0.0.2", 49152)),
    )

    assert {ends[record] for record in [*trace.calls, *trace.returns]} == {None}
    assert {ends[record] for record in trace.sent} == {ends[record] for record in trace.delivered} == {client, server}
    assert {ends[record] for record in trace.changes} == {client, server, None}  # None: the listener


def test_several_connections_of_a_host_are_told_apart():
    def client(host):
        for _ in range(2):
            host.create_connection(("server", 7000)).close()

    answer = Kernel(Scenario(server=echo.server, client=client)).known(do="show")

    assert {sample["end"] for sample in answer["variables"]} == {
        f"{host}, connection {count}" for host in ("client", "server") for count in (1, 2)
    }


def test_the_header_of_a_segment_comes_field_by_field_with_its_octets():
    answer = Kernel().ask(do="header", name="client 3")
    fields = {field["name"]: field for field in answer["header"]["fields"]}

    assert bytes.fromhex("".join(answer["header"]["octets"]))[20:] == b"hello"
    assert fields["Destination Port"]["words"] == "7000"
    assert fields["Control bits"] == {"name": "Control bits", "words": "ACK PSH (00011000)", "at": [13, 13]}
    assert fields["Data"] == {"name": "Data", "words": "5 octets: hello", "at": [20, 24]}
    assert [field["at"][0] for field in fields.values()] == sorted(field["at"][0] for field in fields.values())
    assert "error" not in answer  # so that it leaves alone what the widget says of the run


def test_a_scenario_comes_as_json_too_if_it_can_be_saved():
    kernel = Kernel()
    answer = kernel.ask(do="fault", kind="drop", name="client 3")

    assert Scenario.from_json(answer["json"]) == kernel.play.scenario
    assert Kernel(TALK.with_faults(faults.drop_if(lambda sent: False))).ask(do="show")["json"] == ""


def test_what_has_happened_is_said_in_words():
    answer = Kernel().ask(do="fault", kind="drop", name="client 3")

    assert answer["status"] == "client 3 lost. 9 segments in 241.3 s."


def size(scenario):
    showing = Showing(Session((scenario,)), "echo")
    return len(packed(showing.picture() | showing.details())[0])


def test_an_answer_is_json_and_not_too_long():
    small = size(TALK)
    large = size(bulk(500_000, rate=10e6).scenario)

    assert small < 60_000
    assert large < 900_000


def kept(play):
    return {name: value for name, value in play.get_state().items() if name != "layout"}


def test_without_a_kernel_there_are_the_picture_and_its_words_and_no_state_is_kept():
    play = Play(TALK, "echo")
    bundle = play._repr_mimebundle_()[0]
    words = TALK.run().ladder(title="echo").alternative

    assert bundle["text/plain"] == words
    assert html.escape(words) in bundle["text/html"]
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == play.model_id
    assert kept(play) == kept(bulk(500_000, rate=10e6).scenario.play())  # the code, and nothing of the run


def test_the_parameters_of_tcp_stay_as_they_are():
    scenario = Scenario(server=echo.server, client=echo.client, tcp=TcpParameters(mss=500))
    kernel = Kernel(scenario)
    kernel.ask(do="knob", name="delay", value=0.1)

    assert kernel.play.scenario.tcp == TcpParameters(mss=500)


# ---------------------------------------------------------------- the browser's side


@pytest.fixture
def opened(page):
    """The widget in a bare page: the page, and the kernel behind it."""
    kernel = Kernel()
    kernel.is_deaf = False
    wrong = show(page, kernel.play, width=1300, first=".segment", hears=lambda: not kernel.is_deaf)
    yield page, kernel
    assert wrong == []


@pytest.mark.browser
def test_one_cannot_step_before_the_moments_are_known(page):
    asked = []
    wrong = show(page, Kernel().play, width=1300, first=".segment", hears=lambda: asked.append("?") or len(asked) == 1)

    assert page.is_disabled("role=button[name='First']")
    assert page.is_disabled("role=button[name='Next']")
    assert wrong == []


def names(opened_page):
    return opened_page.evaluate(
        "[...document.querySelectorAll('.segment')].map((each) => each.getAttribute('aria-label'))"
    )


def focused(opened_page):
    return opened_page.evaluate("document.activeElement.getAttribute('aria-label')")


@pytest.mark.browser
def test_by_mouse_a_segment_is_pressed_lost_and_sent_again_and_undone(opened):
    opened_page, kernel = opened
    box = opened_page.locator(".segment").nth(1).locator(".hit").bounding_box()
    opened_page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    opened_page.click("role=menuitem[name='lose it']")
    opened_page.wait_for_selector("text=lost: server 1")

    assert kernel.play.scenario.faults == (faults.drop("server", 1),)
    assert any(name.startswith("server 2, SYN ACK") for name in names(opened_page))
    opened_page.click("role=button[name='Undo']")
    opened_page.wait_for_function("!document.querySelector('svg').textContent.includes('lost:')")
    assert kernel.play.scenario == TALK


@pytest.mark.browser
def test_by_keyboard_there_is_one_tab_stop_and_the_focus_stays_where_it_was(opened):
    opened_page, kernel = opened
    assert opened_page.locator(".segment[tabindex='0']").count() == 1
    opened_page.locator(".segment[tabindex='0']").focus()
    for _ in range(3):
        opened_page.keyboard.press("ArrowDown")
    assert focused(opened_page).startswith("client 3, PSH ACK")
    opened_page.keyboard.press("Delete")
    opened_page.wait_for_selector("text=lost: client 3")

    assert kernel.play.scenario.faults == (faults.drop("client", 3),)
    assert focused(opened_page) == "client 3, PSH ACK 1–5 (5), lost: client 3"
    opened_page.keyboard.press("Enter")
    assert opened_page.locator("[role=menu]").count() == 1
    opened_page.keyboard.press("Escape")
    assert opened_page.locator("[role=menu]").count() == 0
    assert focused(opened_page).startswith("client 3")


@pytest.mark.browser
def test_a_delay_asks_for_how_long(opened):
    opened_page, kernel = opened
    opened_page.locator(".segment[tabindex='0']").focus()
    opened_page.keyboard.press("Enter")
    opened_page.keyboard.press("ArrowDown")
    opened_page.keyboard.press("Enter")
    opened_page.keyboard.type("0.7")
    opened_page.keyboard.press("Enter")
    opened_page.wait_for_function("document.querySelector('.told').textContent.includes('delay')")

    assert kernel.play.scenario.faults == (faults.delay("client", 1, by=0.7),)


@pytest.mark.browser
def test_one_steps_through_the_moments_and_may_hide_what_comes_next(opened):
    opened_page, _ = opened
    opened_page.click("role=button[name='First']")
    assert "server calls socket()" in opened_page.text_content(".values p")
    opened_page.click("role=button[name='Next']")
    assert "returns" in opened_page.text_content(".values p")
    opened_page.check("text=hide what comes next")
    assert opened_page.locator(".veil").get_attribute("visibility") == "visible"
    opened_page.click("role=button[name='Last']")
    assert opened_page.locator(".veil").get_attribute("visibility") == "hidden"
    assert "state" in opened_page.text_content(".values table")


def test_it_hides_what_comes_next_if_it_is_told_to_and_in_a_lecture(monkeypatch):
    def hides(play):
        return play.answer({"do": "show", "serial": 1})["hides"]

    assert not hides(TALK.play())
    assert hides(TALK.play(hide=True))
    monkeypatch.setenv("COURSE_LECTURE", "1")
    assert hides(TALK.play())
    assert not hides(TALK.play(hide=False))


@pytest.mark.browser
def test_who_is_to_guess_begins_at_the_first_moment_and_sees_no_more(page):
    kernel = Kernel()
    kernel.play = TALK.play(hide=True)
    kernel.play.send = lambda content, buffers: kernel.sent.append(json.loads(buffers[0]))
    wrong = show(page, kernel.play, width=1300, first=".veil[visibility='visible']")

    assert "server calls socket()" in page.text_content(".values p")
    assert page.locator(".unseen").count() == 0
    page.click("role=button[name='Last']")
    assert page.locator(".veil").get_attribute("visibility") == "hidden"
    assert wrong == []


@pytest.mark.browser
def test_who_is_to_guess_is_told_of_no_segment_before_it_is_sent(opened):
    opened_page, _ = opened
    opened_page.check("text=hide what comes next")
    while "client sends" not in opened_page.text_content(".values p"):
        assert not opened_page.is_visible(".told")
        opened_page.click("role=button[name='Next']")
    assert "SYN" in opened_page.inner_text(".told")
    opened_page.click("role=button[name='First']")
    opened_page.uncheck("text=hide what comes next")
    assert opened_page.is_visible(".told")


@pytest.mark.browser
def test_the_diagram_shows_where_both_ends_are_at_the_moment(opened):
    opened_page, _ = opened
    assert opened_page.locator(".diagram").get_attribute("aria-label") == "server: CLOSED, client: CLOSED"
    opened_page.click("role=button[name='First']")
    seen = []
    for _ in TALK.run().trace:
        seen.append(opened_page.locator(".diagram").get_attribute("aria-label"))
        opened_page.click("role=button[name='Next']")
    assert list(dict.fromkeys(seen)) == [
        "no connection yet",
        "server: LISTEN",
        "server: LISTEN, client: SYN-SENT",
        "server: SYN-RECEIVED, client: SYN-SENT",
        "server: SYN-RECEIVED, client: ESTABLISHED",
        "server: ESTABLISHED, client: ESTABLISHED",
        "server: ESTABLISHED, client: FIN-WAIT-1",
        "server: CLOSE-WAIT, client: FIN-WAIT-1",
        "server: LAST-ACK, client: FIN-WAIT-1",
        "server: LAST-ACK, client: FIN-WAIT-2",
        "server: LAST-ACK, client: TIME-WAIT",
        "server: CLOSED, client: TIME-WAIT",
        "server: CLOSED, client: CLOSED",
    ]


STRUCK = Scenario(
    server=longlived.answers(),
    client=longlived.asks(b"hello", b"again", pause=90),
    middleboxes=[middleboxes.nat(60, "reset")],
    faults=[faults.power_off("server", 91, back=95)],
)


def test_a_middlebox_is_in_the_picture_and_what_it_sends_may_be_lost():
    kernel = Kernel(STRUCK)
    answer = kernel.known(do="fault", kind="drop", name="nat 1")

    assert [middle["host"] for middle in answer["scene"]["middles"]] == ["nat"]
    assert answer["segments"]["nat 1"]["why"].startswith("a middlebox on the way has forgotten the flow")
    assert kernel.play.scenario == STRUCK.with_faults(faults.drop("nat", 1))
    assert Scenario.from_json(answer["json"], server=print, client=print).middleboxes == STRUCK.middleboxes


@pytest.mark.browser
def test_a_middlebox_is_drawn_and_a_host_without_power_leaves_the_diagram(page):
    kernel = Kernel(STRUCK)
    wrong = show(page, kernel.play, width=1300, first=".segment")

    assert page.locator("svg text", has_text="nat").count() >= 1
    assert page.locator("svg line[stroke-dasharray='4 3'], svg path[stroke-dasharray='4 3'], "
                        "svg polyline[stroke-dasharray='4 3']").count() == 1  # fmt: skip
    page.get_by_role("slider", name="moment").evaluate(
        "(slider, at) => { slider.value = at; slider.dispatchEvent(new Event('input')); }",
        [record.at for record in STRUCK.run().trace].index(91.0) + 1,
    )
    page.wait_for_function("document.querySelector('.diagram').getAttribute('aria-label') === 'client: CLOSED'")
    assert wrong == []


@pytest.mark.browser
def test_the_same_run_is_there_as_a_table(opened):
    opened_page, _ = opened
    opened_page.click("text=The same run as a table")
    opened_page.wait_for_selector("details tbody tr")
    rows = opened_page.locator("details tbody tr")

    assert rows.count() == len(TALK.run().trace)
    assert rows.first.inner_text().split() == ["0.000", "server", "calls", "socket()"]


@pytest.mark.browser
def test_a_kernel_that_does_not_answer_is_noticed_within_a_second_or_so(opened):
    opened_page, kernel = opened
    kernel.is_deaf = True
    opened_page.click("role=button[name='Reset']")
    opened_page.wait_for_selector("text=The kernel has not answered", timeout=3000)
    kernel.is_deaf = False
    opened_page.click("role=button[name='Reset']")
    opened_page.wait_for_function("document.querySelector('.trouble').textContent === ''")


@pytest.mark.browser
def test_an_error_is_shown_in_the_widget(opened, monkeypatch):
    opened_page, _ = opened
    monkeypatch.setitem(module.DEEDS, "reset", lambda session, message: 1 / 0)
    opened_page.click("role=button[name='Reset']")
    opened_page.wait_for_selector("text=ZeroDivisionError: division by zero")


@pytest.mark.browser
def test_the_scenario_is_copied_as_code_and_as_json(opened):
    opened_page, kernel = opened
    clipboard = "{ value: { writeText: async (words) => { window.copied = words; } } }"
    opened_page.evaluate(f"Object.defineProperty(navigator, 'clipboard', {clipboard})")
    opened_page.click("role=button[name='Copy as code']")
    opened_page.wait_for_selector("text=Copied.")
    code = opened_page.evaluate("copied")
    opened_page.click("role=button[name='Copy as JSON']")
    opened_page.wait_for_function("copied.startsWith('{')")

    assert code == repr(kernel.play.scenario)
    assert Scenario.from_json(opened_page.evaluate("copied")) == kernel.play.scenario


@pytest.mark.browser
def test_where_the_browser_does_not_copy_the_line_is_shown(opened):
    """As it does not in a page like this one, which has no address."""
    opened_page, kernel = opened
    opened_page.click("role=button[name='Copy as code']")
    opened_page.wait_for_selector("text=The browser did not copy")

    assert opened_page.inner_text(".share code") == repr(kernel.play.scenario)


@pytest.mark.browser
def test_what_is_hidden_cannot_be_reached_by_keyboard_nor_read_in_the_table(opened):
    opened_page, _ = opened
    opened_page.check("text=hide what comes next")  # who stands at the end goes back to the beginning
    assert opened_page.locator(".values .line").inner_text().startswith("0 ms: server calls socket()")
    for _ in range(16):
        opened_page.click("role=button[name='Next']")
    opened_page.locator(".segment[tabindex='0']").focus()
    opened_page.keyboard.press("End")

    assert focused(opened_page) == "client 1, SYN seq 0"
    opened_page.click("text=The same run as a table")
    opened_page.wait_for_selector("details.table tbody tr")
    assert opened_page.locator("details.table tbody tr").count() == 17
    assert "PSH" not in opened_page.locator("details.table").inner_text()
    assert "PSH" not in (opened_page.locator("svg.ladder").get_attribute("aria-label") or "")


@pytest.mark.browser
def test_the_fields_of_a_header_are_gone_through_by_keyboard_and_their_octets_are_coloured(opened):
    opened_page, _ = opened
    opened_page.locator(".segment[tabindex='0']").focus()
    opened_page.locator("[role=option][tabindex='0']").focus()
    opened_page.keyboard.press("Home")
    opened_page.keyboard.press("ArrowDown")

    assert opened_page.evaluate("document.activeElement.innerText.split('\\n')[0]") == "Destination Port"
    assert opened_page.locator(".octet.here").all_inner_texts() == ["1b", "58"]  # 7000
    opened_page.locator(".octet").nth(14).click()
    assert opened_page.locator("[aria-selected=true]").inner_text().startswith("Window")


@pytest.mark.browser
def test_a_knob_that_is_turned_is_followed_and_all_of_the_turn_is_one_step_back(opened):
    opened_page, kernel = opened
    slider = opened_page.get_by_role("slider", name="delay")
    for value in (100, 150, 200):
        slider.evaluate(f"each => {{ each.value = {value}; each.dispatchEvent(new Event('input')); }}")
    slider.evaluate("each => each.dispatchEvent(new Event('change'))")
    opened_page.wait_for_selector("text=delay 200 ms each way")

    assert kernel.play.scenario.delay == 0.2
    opened_page.click("role=button[name='Undo']")
    opened_page.wait_for_selector("text=delay 50 ms each way")
    assert opened_page.get_by_role("button", name="Undo").is_disabled()
    assert slider.get_attribute("aria-valuetext") == "50 ms"


@pytest.mark.browser
def test_the_moment_can_be_dragged_and_the_segment_of_the_moment_is_the_chosen_one(opened):
    opened_page, _ = opened
    slider = opened_page.get_by_role("slider", name="moment")
    slider.evaluate("each => { each.value = 15; each.dispatchEvent(new Event('input')); }")

    assert "server gets [client 1]" in opened_page.inner_text(".values .line")
    assert slider.get_attribute("aria-valuetext") == "50 ms"
    assert "Segment client 1" in opened_page.inner_text(".told")


@pytest.mark.browser
def test_one_octet_is_followed_from_program_to_program_and_what_carries_it_is_marked(opened):
    opened_page, kernel = opened
    kernel.ask(do="fault", kind="drop", name="client 3")
    opened_page.click("role=button[name='Reset']")
    opened_page.click("role=button[name='Undo']")
    opened_page.click("text=Where is my byte?")
    opened_page.locator(".byte input").fill("3")
    opened_page.locator(".byte input").press("Enter")
    opened_page.wait_for_selector("text=client 4 carries it again")
    steps = opened_page.locator(".steps button")
    seen = []
    for at in range(steps.count()):
        steps.nth(at).click()
        seen.append(opened_page.locator(".stations .here b").all_inner_texts())

    assert opened_page.locator(".stations .octet").first.text_content() == "6c l"
    assert seen == [
        ["send buffer"],
        ["send buffer", "wire"],
        ["send buffer"],
        ["send buffer", "wire"],
        ["send buffer", "receive buffer"],
        ["send buffer", "receiving program"],
        ["receiving program"],
    ]
    marked = opened_page.locator(".segment.marked")
    assert [each.get_attribute("aria-label")[:8] for each in marked.all()] == ["client 3", "client 4"]


@pytest.mark.browser
def test_of_what_the_other_end_sends_an_octet_can_be_followed_too_and_not_one_that_is_not_there(opened):
    opened_page, _ = opened
    opened_page.click("text=Where is my byte?")
    opened_page.get_by_label("of what").select_option("server")
    opened_page.wait_for_selector("text=server's program writes it")
    opened_page.locator(".byte input").fill("70")
    opened_page.locator(".byte input").press("Enter")

    assert opened_page.locator(".byte input").input_value() == "5"
    assert "of 5" in opened_page.inner_text(".byte")


@pytest.mark.browser
def test_of_a_long_ladder_what_is_in_sight_is_drawn_and_the_keyboard_reaches_the_rest(page):
    wrong = show(page, bulk(500_000, rate=10e6).scenario.play(), first=".segment")
    all_of_them = len(bulk(500_000, rate=10e6).scenario.run().trace.sent)
    assert 20 < page.locator(".segment").count() < all_of_them / 2
    page.locator(".segment[tabindex='0']").focus()
    page.keyboard.press("End")
    last = focused(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Delete")
    page.wait_for_selector(".segment.chosen[aria-label*=lost]")

    assert last.split(",")[0].split()[1].isdigit()
    assert "lost" in focused(page)
    assert page.locator(".stage").evaluate("stage => stage.scrollTop") > 5000
    page.locator(".stage").evaluate("stage => { stage.scrollTop = 0; }")
    page.wait_for_selector(".segment[aria-label^='client 2,']")
    assert wrong == []


@pytest.mark.browser
def test_an_end_by_a_reset_goes_round_the_outside_of_the_diagram(page):
    play = Play(Scenario(server=lambda host: host.sleep(1), client=echo.client))
    wrong = show(page, play, first=".segment")

    assert page.locator(".diagram").get_attribute("aria-label") == "client: CLOSED"
    assert page.locator(".diagram .gone").count() == 2  # CLOSED to SYN-SENT, and suddenly to the end
    assert "3 of 11" not in page.inner_text(".side h4")
    assert "2 of 11 visited" in page.locator(".side h4").first.inner_text()
    assert wrong == []
