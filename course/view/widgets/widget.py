"""Widget: what all of them have in common: their files, and what they give to readers without a kernel."""

from pathlib import Path
from typing import Any

from course.view.scene import colours

HERE = Path(__file__).parent
EXPORT = "export default { render };\n"  # in common.js; a script inside of a page has nobody to export to


def read(name: str) -> str:
    """A file beside this one."""
    return (HERE / name).read_text(encoding="utf-8")


def script(*names: str) -> str:
    """The JavaScript of a widget: the part that all have in common, and its own files in their order."""
    return "\n".join(map(read, ("common.js", *names)))


def style(name: str, root: str) -> str:
    """The style sheet of a widget, with the colours of both themes for elements of the class `root`."""
    return colours(name=root) + read(name)


def bundle(model_id: str, html: str, plain: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The widget for Jupyter, and for readers without a kernel the same as HTML and as text."""
    view = {"version_major": 2, "version_minor": 1, "model_id": model_id}
    return {"application/vnd.jupyter.widget-view+json": view, "text/html": html, "text/plain": plain}, {}
