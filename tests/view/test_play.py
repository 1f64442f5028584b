"""The ladder to play with: what Python answers, and what a browser makes of it."""

import html
import json

import pytest

from course import Scenario, State, TcpParameters, faults
from course.apps import echo
from course.view.scene import colours
from course.view.widgets import play as module
from course.view.widgets.play import HERE, Play, mover, shown
from course.view.widgets.session import Session
from tests.view.traces import bulk

TALK = Scenario(server=echo.server, client=echo.client, delay=0.050)


class Kernel:
    """A Play without Jupyter: what it would send is kept."""

    def __init__(self, scenario=TALK):
        self.play = Play(scenario, "echo")
        self.sent = []
        self.play.send = self.sent.append
        self.serial = 0

    def ask(self, **message):
        self.serial += 1
        self.play._handle_custom_msg(message | {"serial": self.serial}, [])  # noqa: SLF001 as Jupyter does
        return self.sent[-1]


# ---------------------------------------------------------------- Python's side


def test_an_answer_says_which_question_it_answers():
    kernel = Kernel()

    assert [kernel.ask(do="show")["serial"], kernel.ask(do="undo")["serial"]] == [1, 2]


def test_a_segment_that_is_lost_is_sent_again_and_what_came_before_is_the_same():
    kernel = Kernel()
    before, after = kernel.ask(do="show"), kernel.ask(do="fault", kind="drop", host="client", n=3)
    ends = {arrow["name"]: arrow["end"] for arrow in after["scene"]["arrows"]}

    assert kernel.play.scenario == TALK.with_faults(faults.drop("client", 3))
    assert (ends["client 3"], ends["client 4"]) == ("lost", "arrived")
    assert after["segments"]["client 4"]["why"].startswith("no acknowledgment came")
    assert after["segments"]["client 3"]["faults"] == ["drop(host='client', n=3)"]
    same = [moment["line"] for moment in before["moments"] if moment["at"] <= 0.1]
    assert [moment["line"] for moment in after["moments"]][: len(same)] == same


def test_undo_redo_and_reset_lead_through_the_steps():
    kernel = Kernel()
    kernel.ask(do="fault", kind="drop", host="client", n=3)

    assert kernel.ask(do="undo")["can"] == {"undo": False, "redo": True}
    assert kernel.play.scenario == TALK
    assert kernel.ask(do="redo")["can"] == {"undo": True, "redo": False}
    kernel.ask(do="reset")
    assert kernel.play.scenario == TALK


def test_the_knobs_are_those_of_the_scenario():
    kernel = Kernel()
    kernel.ask(do="knob", name="delay", value=0.2)
    kernel.ask(do="loss", value=0.25)

    assert kernel.ask(do="knob", name="seed", value=7)["knobs"] == {"delay": 0.2, "seed": 7, "loss": 0.25}
    assert kernel.play.scenario == TALK.with_knobs(delay=0.2, seed=7, faults=(faults.randomly(0.25),))


def test_the_code_makes_the_same_scenario():
    kernel = Kernel()
    code = kernel.ask(do="fault", kind="hold", host="server", n=2, seconds=1.5)["code"]
    names = {"Scenario": Scenario, "echo": echo, "hold": faults.hold}

    assert eval(code, names) == kernel.play.scenario  # noqa: S307 it is our own


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        ({"do": "fault", "kind": "drop", "host": "client", "n": 0}, "counted 1, 2, 3"),
        ({"do": "fault", "kind": "delay", "host": "client", "n": 3, "seconds": -1}, "number of seconds"),
        ({"do": "knob", "name": "delay", "value": -1}, "give a number"),
        ({"do": "knob", "name": "colour", "value": 1}, "There is no knob"),
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
    answer = Kernel().ask(do="show")
    after_syn = next(moment for moment in answer["moments"] if moment["line"][3].startswith("[client 1] SYN"))
    samples = [sample for sample in answer["variables"] if sample["after"] <= after_syn["after"]]

    assert samples[-1]["values"]["SND.UNA · SND.NXT"] == "0 · 1"
    assert samples[-1]["values"]["state"] == str(State.SYN_SENT)
    assert samples[-1]["values"]["timers"].split() == ["retransmission", "at", "1", "s"]
    last = {sample["host"]: sample["values"]["state"] for sample in answer["variables"]}
    assert last == {"client": "CLOSED", "server": "CLOSED"}


def test_a_record_belongs_to_the_host_whose_tcp_is_at_work():
    run = TALK.run()
    movers = {type(record).__name__: mover(record, run.trace) for record in run.trace}

    assert movers["Called"] is None
    assert {mover(record, run.trace) for record in run.trace.delivered} == {"server", "client"}
    assert all(mover(record, run.trace) == record.host for record in run.trace.changes)


def test_an_answer_is_json_and_not_too_long():
    small = json.dumps(shown(Session((TALK,)), "echo"))
    large = json.dumps(shown(Session((bulk(500_000, rate=10e6).scenario,)), ""))

    assert len(small) < 60_000
    assert len(large) < 2_000_000


def test_without_a_kernel_there_are_the_picture_and_its_words_and_no_state_is_kept():
    play = Play(TALK, "echo")
    bundle = play._repr_mimebundle_()[0]
    words = TALK.run().ladder(title="echo").alternative

    assert bundle["text/plain"] == words
    assert html.escape(words) in bundle["text/html"]
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == play.model_id
    assert len(json.dumps(play.get_state(), default=str)) < 60_000  # the code, and nothing of the run


def test_the_parameters_of_tcp_stay_as_they_are():
    scenario = Scenario(server=echo.server, client=echo.client, tcp=TcpParameters(mss=500))
    kernel = Kernel(scenario)
    kernel.ask(do="knob", name="delay", value=0.1)

    assert kernel.play.scenario.tcp == TcpParameters(mss=500)


# ---------------------------------------------------------------- the browser's side

PAGE = """<!doctype html><html lang="en"><title>play</title><style>%s</style><body data-jp-theme-light="true">
<div id="el"></div><script type="module">%s
const heard = [];
const model = {
  on: (name, hear) => heard.push(hear),
  off: () => heard.pop(),
  send: async (message) => {
    const answer = await window.kernel(JSON.stringify(message));
    if (answer) heard.forEach((hear) => hear(JSON.parse(answer)));
  },
};
render({ model, el: document.getElementById("el") });
</script></body></html>"""


@pytest.fixture
def opened(page):
    """The widget in a bare page: the page, and the kernel behind it."""
    kernel, complaints = Kernel(), []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    kernel.is_deaf = False

    def answer(message):
        return None if kernel.is_deaf else json.dumps(kernel.ask(**json.loads(message)))

    page.expose_function("kernel", answer)
    page.set_viewport_size({"width": 1100, "height": 900})
    code = (HERE / "play.js").read_text(encoding="utf-8").replace("export default { render };", "")
    style = (HERE / "play.css").read_text(encoding="utf-8") + colours()
    page.set_content(PAGE % (style, code))
    page.wait_for_selector(".segment")
    yield page, kernel
    assert complaints == []


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


@pytest.mark.browser
def test_the_same_run_is_there_as_a_table(opened):
    opened_page, _ = opened
    opened_page.click("summary")
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
def test_the_line_of_code_can_be_read_and_copied(opened):
    opened_page, _ = opened
    opened_page.click("role=button[name='Copy as code']")

    assert opened_page.text_content(".told code").startswith("Scenario(server=echo.server")
