"""JupyterLab, driven without guessed pauses: it is asked whether it is ready, and told by its own commands what to do.

It can be asked where it shows itself to the page, as `window.jupyterapp` (LabApp.expose_app_in_browser). What a student
does with a widget is done as she does it, by mouse and keyboard.
"""

import json
import re
from contextlib import contextmanager

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

from tests.browser import chromium
from tests.lab.running import address, running_lab

PATIENCE = 30_000  # milliseconds until a test fails that waits for JupyterLab
WIDGETS = ":is(.course-play, .course-octets):has(.segment, .octet)"
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}

ASK = """([argument, patience]) => Promise.race([
  (async () => { let panel = jupyterapp.shell.currentWidget; %s })(),
  new Promise((_, fail) => setTimeout(() => fail(new Error("JupyterLab does not come to an end")), patience)),
])"""
IDLE = """
  const { kernel } = panel.sessionContext.session;
  await kernel.info;
  await new Promise((done) => {
    const look = () => kernel.status === "idle" && done();
    kernel.statusChanged.connect(look);
    look();
  });"""
OPEN = (
    """
  panel = await jupyterapp.commands.execute("docmanager:open", { path: argument, factory: "Notebook" });
  await Promise.all([panel.revealed, panel.context.ready, panel.sessionContext.ready]);
  jupyterapp.shell.activateById(panel.id);"""
    + IDLE
)
CHOOSE = "panel.content.deselectAll(); panel.content.activeCellIndex = argument;"
OUTPUTS = "return panel.content.widgets.map((cell) => cell.model.outputs ? cell.model.outputs.toJSON() : []);"
CLOSING = "._ensureFocus"  # JupyterLab's own: a tab that is being closed is told that it is the active one now
CLOSE = "await panel.sessionContext.shutdown(); await panel.context.save(); panel.close();"


@contextmanager
def jupyterlab(home, *options):
    """A running `course lab` with these options in a page of a browser, ready to open notebooks."""
    settings = home / ".jupyter" / "jupyter_lab_config.json"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(json.dumps({"LabApp": {"expose_app_in_browser": True}}))
    with running_lab(home, *options) as process, chromium() as browser:
        found, _ = address(process)
        page = browser.new_page(viewport={"width": 1400, "height": 1800})
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        yield JupyterLab(page, found, home / "my-notebooks")


class JupyterLab:
    """JupyterLab in a page; what the page asked for outside of this machine, and what it complained of, is kept."""

    def __init__(self, page, found, folder):
        self.page = page
        self.folder = folder
        self.outside, self.complaints = listen(page, found[1])
        page.goto(re.sub(r"/lab/?[^?]*", "/lab", found[0]) + "&reset")
        page.wait_for_function("window.jupyterapp")
        self.ask("await jupyterapp.restored;")

    def ask(self, doing, argument=None):
        """Do something in the page and wait for its end; `panel` is the notebook that is open."""
        return self.page.evaluate(ASK % doing, [argument, PATIENCE])

    def open(self, name, *sources):
        """The notebook of that name, made of these cells if there are any, open and with an idle kernel."""
        if sources:
            cells = [new_code_cell(source) for source in sources]
            nbformat.write(new_notebook(cells=cells, metadata=KERNEL), self.folder / f"{name}.ipynb")
        self.ask(OPEN, f"{name}.ipynb")
        return Notebook(self, self.folder / f"{name}.ipynb")


class Notebook:
    """An open notebook; cells are counted from 0."""

    def __init__(self, lab, path):
        self.lab = lab
        self.path = path
        self.page = lab.page
        shown = lab.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        self.cells = shown.locator(".jp-Cell")
        self.plays = shown.locator(".course-play")
        self.widgets = shown.locator(WIDGETS)

    def run_all(self):
        """Run all cells, and wait until they have ended."""
        self.lab.ask('await jupyterapp.commands.execute("notebook:run-all-cells");')
        return self

    def run(self, cell):
        """Run one cell to its end, and give what it printed."""
        self.lab.ask(CHOOSE + 'await jupyterapp.commands.execute("notebook:run-cell");', cell)
        return "".join(output["text"] for output in self.outputs()[cell] if output["output_type"] == "stream")

    def start(self, cell):
        """Start one cell, and come back when the kernel is busy with it."""
        self.lab.ask(
            CHOOSE
            + """void jupyterapp.commands.execute("notebook:run-cell");
            const { kernel } = panel.sessionContext.session;
            await new Promise((done) => kernel.statusChanged.connect((_, status) => status === "busy" && done()));""",
            cell,
        )

    def interrupt(self):
        """Press the stop button, and wait until the cell has ended."""
        self.lab.ask("await panel.sessionContext.session.kernel.interrupt();" + IDLE)

    def outputs(self):
        """The outputs of each cell, as they would be saved."""
        return self.lab.ask(OUTPUTS)

    def restart(self):
        """Restart the kernel, and wait until it is ready."""
        self.lab.ask("await panel.sessionContext.restartKernel();" + IDLE)

    def saved(self):
        """Save, and read what is in the file then."""
        self.lab.ask('await jupyterapp.commands.execute("docmanager:save");')
        return nbformat.read(self.path, as_version=4)

    def close(self):
        """End the kernel, and close the tab."""
        self.lab.ask(CLOSE)


def listen(page, port):
    """Two lists that grow: what the page asks of anybody but this server, and what its console calls an error."""
    outside, complaints = [], []
    here = re.compile(rf"(https?|wss?)://127\.0\.0\.1:{port}/|data:|blob:")

    def asked(request):
        if not here.match(request.url):
            outside.append(request.url)

    page.on("request", asked)
    page.on("websocket", asked)
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: None if CLOSING in str(error) else complaints.append(str(error)))
    return outside, complaints
