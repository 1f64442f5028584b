"""The tool that makes notebooks of their sources, on small made-up chapters."""

import nbformat
import pytest

from course import Scenario
from course.apps import echo
from tools import guards, notebooks

SOURCE = """\
---
jupyter:
  course:
    claims: []
    misconceptions: []
---

# Title

One text.


Another text.

<!-- #region tags=["told"] -->
A text with metadata.
<!-- #endregion -->

```python
import sys
print("one"); print("two")
```

```text
not code
```

```python tags=["raises-exception"]
import nowhere
```

```python
import sys
print("one"); print("two")
```
"""


@pytest.fixture
def source(tmp_path, monkeypatch):
    monkeypatch.setattr(notebooks, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(notebooks, "SOURCES", tmp_path / "source")
    (tmp_path / "source").mkdir()
    path = tmp_path / "source" / "05-made-up.md"
    path.write_text(SOURCE)
    return path


def test_a_source_becomes_cells_with_their_metadata(source):
    built = notebooks.build(source)

    assert [cell.cell_type for cell in built.cells] == ["markdown"] * 3 + ["code", "markdown", "code", "code"]
    assert built.cells[1].source == "Another text."
    assert built.cells[2].metadata == {"tags": ["told"]}
    assert built.cells[5].metadata == {"tags": ["raises-exception"]}
    assert built.metadata.course == {"claims": [], "misconceptions": []}


def test_ids_are_valid_unique_and_the_same_each_time(source):
    ids = [cell.id for cell in notebooks.build(source).cells]

    assert ids == [cell.id for cell in notebooks.build(source).cells]
    assert len(set(ids)) == len(ids)
    nbformat.validate(notebooks.build(source))


def test_a_new_cell_leaves_the_ids_of_the_others_alone(source):
    before = {cell.id for cell in notebooks.build(source).cells}
    source.write_text(SOURCE.replace("One text.", "One text.\n\n\nA new one."))
    after = {cell.id for cell in notebooks.build(source).cells}

    assert before < after
    assert len(after - before) == 1


def test_a_run_gives_outputs_and_nothing_of_the_machine_or_the_moment(source, capfd):
    assert notebooks.main(["05"]) == 0
    text = (source.parent.parent / "05-made-up.ipynb").read_text()
    notebook = nbformat.reads(text, as_version=4)

    assert [output.text for output in notebook.cells[3].outputs] == ["one\ntwo\n"]
    assert notebook.cells[5].outputs[0].ename == "ModuleNotFoundError"
    assert list(guards.equals(notebook, notebooks.build(source))) == []
    assert notebook.metadata.language_info == {"name": "python"}
    assert notebooks.main([]) == 0
    assert (source.parent.parent / "05-made-up.ipynb").read_text() == text
    assert capfd.readouterr().err == ""


def picture(words, drawn):
    cell = nbformat.v4.new_code_cell("real.ladder()", id="one")
    cell.outputs = [nbformat.v4.new_output("display_data", {"text/plain": words, "text/html": drawn})]
    return nbformat.v4.new_notebook(cells=[cell])


@pytest.mark.parametrize(
    ("before", "now", "kept"),
    [("a on this machine's kernel.", "a on this machine's kernel.", True),
     ("a on this machine's kernel.", "a, b on this machine's kernel.", False),
     ("a: 3 segments.", "a: 3 segments.", False)],
)  # fmt: skip
def test_a_picture_of_this_machines_kernel_is_kept_while_it_reads_alike(before, now, kept):
    made = picture(now, "new")
    notebooks.keep_real_pictures(made, picture(before, "old"))

    assert made.cells[0].outputs[0].data["text/html"] == ("old" if kept else "new")


def test_the_pictures_of_this_machines_kernel_say_so():
    run = Scenario(server=echo.server, client=echo.client).run(world="loopback")

    assert notebooks.REAL in run.ladder().alternative


def test_what_is_wrong_with_a_chapter_is_said_when_it_is_made(source, capsys):
    source.write_text("## No title\n")

    assert notebooks.main([]) == 1
    assert "the first cell does not begin with the title" in capsys.readouterr().out


def test_a_cell_that_fails_unasked_is_shown_and_leaves_the_notebook_alone(source, capsys):
    source.write_text("# Title\n\n```python\n1/0\n```\n")

    assert notebooks.main([]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().out
    assert not (source.parent.parent / "05-made-up.ipynb").exists()


def test_a_chapter_that_is_not_there_is_named(source, capsys):
    assert notebooks.main(["07"]) == 2
    assert "07" in capsys.readouterr().err


def test_tracebacks_name_files_as_seen_from_the_checkout():
    assert notebooks.without_paths(f"File {notebooks.ROOT}/course/x.py:3") == "File course/x.py:3"
