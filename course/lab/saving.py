"""Saving: a notebook keeps the picture of a widget, since the widget itself lives in the kernel and nowhere else."""

from collections.abc import Iterable
from typing import Any

WIDGET = "application/vnd.jupyter.widget-view+json"


def before_saving(*, model: dict[str, Any], **_: object) -> None:
    """Take the widgets out of a notebook that Jupyter is about to save, and leave their pictures (its pre_save_hook).

    Else JupyterLab would say "model not found" where the notebook is opened again, and hide the picture.
    """
    content = model.get("content")
    if model.get("type") == "notebook" and isinstance(content, dict):
        for cell in content.get("cells", ()):
            keep_pictures(cell.get("outputs", ()))


def keep_pictures(outputs: Iterable[dict[str, Any]]) -> None:
    """Take out each widget that has a picture beside it."""
    for output in outputs:
        data = output.get("data", {})
        if "text/html" in data:
            data.pop(WIDGET, None)
