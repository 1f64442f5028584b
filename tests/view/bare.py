"""A widget in a bare page: its own JavaScript, and a stub model whose answers come from its Python."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

PAGE = """<!doctype html><html lang="en"><head><title>a widget</title>
<meta name="viewport" content="width=device-width">
<style>body {{ margin: 12px; background: {ground}; }} {css}</style></head>
<body data-jp-theme-light="{light}"><div id="el"></div><script type="module">
{script}
const ears = [];
const model = {{
  on: (_, ear) => ears.push(ear),
  off: () => {{}},
  send: async (message) => {{
    const answer = await window.kernel(JSON.stringify(message));
    if (answer) for (const ear of ears) ear(JSON.parse(answer));
  }},
}};
window.leave = render({{ model, el: document.getElementById("el") }});
</script></body></html>"""


def show(
    page: Page,
    widget: Any,
    *,
    dark: bool = False,
    width: int = 1000,
    height: int = 900,
    first: str = ".octet",
    hears: Callable[[], bool] = lambda: True,
) -> list[str]:
    """Show the widget in the page, wait for its first answer, and give the list of what goes wrong in there.

    `first` is what that answer draws. While `hears()` is false, the kernel answers nothing.
    """
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.expose_function("kernel", lambda asked: json.dumps(widget.answer(json.loads(asked))) if hears() else None)
    page.set_viewport_size({"width": width, "height": height})
    script = str(widget._esm).replace("export default { render };", "")  # noqa: SLF001 - what the browser is given
    page.set_content(
        PAGE.format(
            script=script,
            css=widget._css,  # noqa: SLF001 - the same
            ground="#111" if dark else "#fff",
            light=str(not dark).lower(),
        )
    )
    page.wait_for_selector(first)
    return wrong
