"""Each guard lets a good notebook pass, and is seen to fail on the fault that it is there for."""

import pytest
from nbformat import v4

from tools import guards

TITLE = v4.new_markdown_cell("# Title")


def code(source="1 + 1", *outputs, count=1, **metadata):
    return v4.new_code_cell(source, outputs=list(outputs), execution_count=count, metadata=metadata)


def notebook(*cells):
    return v4.new_notebook(cells=list(cells))


def shown(**data):
    return v4.new_output("display_data", data={kind.replace("_", "/", 1): value for kind, value in data.items()})


ERROR = v4.new_output("error", ename="OSError", evalue="no", traceback=["no"])
STDERR = v4.new_output("stream", name="stderr", text="beware")
FIGURE = shown(text_html='<figure><img alt="two lifelines" src="data:"></figure>', text_plain="two lifelines")
DRAWING = shown(text_html='<svg role="img"><title>two lifelines</title></svg>')
PATH = v4.new_output("stream", name="stdout", text="/home/somebody/course/x.py")
LONG = "\n".join("x = 1" for _ in range(21))

CHAPTER = {"course": {"minutes": {"reading": 10, "exercises": 5}}}
PARTS = v4.new_markdown_cell(
    "\n\n".join((*guards.PARTS, "**Time** about 10 minutes to read and run, 5 of them for fun."))
)

FAULTS = {
    "a cell that was never run": (guards.was_executed, notebook(TITLE, code(count=None))),
    "cells run out of order": (guards.was_executed, notebook(TITLE, code(count=2), code(count=1))),
    "cells run twice": (guards.was_executed, notebook(TITLE, code(count=1), code(count=3))),
    "an error": (guards.has_no_error, notebook(TITLE, code("1", ERROR))),
    "stderr": (guards.has_no_stderr, notebook(TITLE, code("1", STDERR))),
    "a bare PNG": (guards.has_alternative_texts, notebook(TITLE, code("1", shown(image_png="aGk=")))),
    "a bare SVG": (guards.has_alternative_texts, notebook(TITLE, code("1", shown(**{"image_svg+xml": "<svg/>"})))),
    "a widget without words": (
        guards.has_alternative_texts,
        notebook(TITLE, code("1", shown(**{"application_vnd.jupyter.widget-view+json": {}}))),
    ),
    "an empty alt": (guards.has_alternative_texts, notebook(TITLE, code("1", shown(text_html='<img alt=" ">')))),
    "an <img> without alt": (guards.has_alternative_texts, notebook(TITLE, code("1", shown(text_html="<img>")))),
    "an <svg> without title": (guards.has_alternative_texts, notebook(TITLE, code("1", shown(text_html="<svg/>")))),
    "an image in Markdown": (guards.has_alternative_texts, notebook(TITLE, v4.new_markdown_cell("![](x.png)"))),
    "an <img> in Markdown": (guards.has_alternative_texts, notebook(TITLE, v4.new_markdown_cell("<img src=x>"))),
    "a long cell": (guards.has_short_cells, notebook(TITLE, *[code() for _ in range(20)], code(LONG))),
    "too many middling cells": (guards.has_short_cells, notebook(TITLE, code("1\n" * 8), *[code() for _ in range(8)])),
    "no title": (guards.has_headings_in_order, notebook(v4.new_markdown_cell("## Section"))),
    "two titles": (guards.has_headings_in_order, notebook(TITLE, v4.new_markdown_cell("# Another"))),
    "a skipped level": (guards.has_headings_in_order, notebook(TITLE, v4.new_markdown_cell("### Too deep"))),
    "a part that is missing": (guards.has_all_parts, v4.new_notebook(cells=[TITLE], metadata=CHAPTER)),
    "another time than it promises": (
        guards.has_all_parts,
        v4.new_notebook(cells=[TITLE, PARTS], metadata=CHAPTER),
    ),
    "somebody's home": (guards.names_no_home, notebook(TITLE, code("1", PATH))),
}


def test_a_good_notebook_passes_every_guard():
    prose = v4.new_markdown_cell("## Section\n\n```text\n# no heading\n```\n\n### Below\n\n![words](x.png)")
    wanted = code("1/0", ERROR, count=2, tags=["raises-exception"])
    good = notebook(TITLE, code("1", FIGURE, DRAWING), prose, wanted, v4.new_code_cell(""))

    assert [sentence for guard in guards.GUARDS for sentence in guard(good)] == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_guard_fails_on(fault):
    guard, faulty = FAULTS[fault]

    assert list(guard(faulty))


def test_every_guard_is_seen_to_fail():
    assert {guard for guard, _ in FAULTS.values()} == set(guards.GUARDS)


def test_a_notebook_equals_its_source_whatever_its_outputs():
    built = notebook(TITLE, code("1", count=None))
    run = notebook(TITLE, code("1", FIGURE))
    run.cells[1].id = built.cells[1].id

    assert list(guards.equals(run, built)) == []


@pytest.mark.parametrize("change", ["source", "cell_type", "id", "metadata"])
def test_a_notebook_whose_cell_differs_from_its_source_is_found_out(change):
    built, changed = notebook(TITLE), notebook(v4.new_markdown_cell("# Title", id=TITLE.id))
    changed.cells[0][change] = {"source": "# Other", "cell_type": "raw", "id": "0", "metadata": {"tags": ["a"]}}[change]

    assert list(guards.equals(changed, built))


def test_a_missing_cell_and_other_metadata_are_found_out():
    assert list(guards.equals(notebook(TITLE), notebook(TITLE, code())))
    assert list(guards.equals(v4.new_notebook(metadata={"widgets": {}}), v4.new_notebook()))
