"""What a notebook keeps of a widget."""

import json
from pathlib import Path

from course.lab import start
from course.lab.saving import WIDGET, before_saving


def saved(*outputs):
    model = {"type": "notebook", "content": {"cells": [{"cell_type": "markdown"}, {"outputs": list(outputs)}]}}
    before_saving(model=model, path="play.ipynb", contents_manager=None)
    return model["content"]["cells"][1]["outputs"]


def test_a_widget_with_a_picture_is_saved_as_its_picture():
    assert saved({"data": {WIDGET: {"model_id": "1"}, "text/html": "<svg>", "text/plain": "words"}}) == [
        {"data": {"text/html": "<svg>", "text/plain": "words"}}
    ]


def test_everything_else_is_saved_as_it_is():
    others = [{"data": {WIDGET: {}, "text/plain": "words"}}, {"output_type": "stream", "text": "hello"}]

    assert saved(*map(dict, others)) == others


def test_what_is_no_notebook_is_left_alone():
    for model in ({"type": "file", "content": "text"}, {"type": "notebook", "content": None}, {"type": "directory"}):
        before = dict(model)
        before_saving(model=model)
        assert model == before


def test_on_binder_the_same_is_done_as_by_course_lab():
    settings = json.loads((start.SETTINGS / "server.json").read_text(encoding="utf-8"))
    hook = settings["ContentsManager"]["pre_save_hook"]

    assert f"--ContentsManager.pre_save_hook={hook}" in start.arguments(Path("notebooks"), None, "", open_browser=False)
    assert hook == f"{before_saving.__module__}.{before_saving.__name__}"
