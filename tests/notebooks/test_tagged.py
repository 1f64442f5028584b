"""Tags: what a cell says that it shows has to be on the lists, and the cell has to be an experiment."""

import nbformat
import pytest
from nbformat import v4

from tools import tagged
from tools.notebooks import NOTEBOOKS

START = "from course import Scenario\nfrom course.apps import echo\nimport socket"


def chapter(*sources, claims=(), misconceptions=()):
    """A notebook whose last cell is tagged, and that says so of itself."""
    cells = [v4.new_code_cell(source) for source in sources]
    cells[-1].metadata.update(claims=list(claims), misconceptions=list(misconceptions))
    return v4.new_notebook(
        cells=cells, metadata={"course": {"claims": list(claims), "misconceptions": list(misconceptions)}}
    )


def complaints(notebook):
    return [sentence for guard in tagged.GUARDS for sentence in guard(notebook)]


@pytest.mark.parametrize(
    "source",
    [
        "Scenario(server=echo.server, client=echo.client).run().ladder()",
        "run = Scenario(server=echo.server).run()\nprint(run.results)",
        "with socket.create_server(('127.0.0.1', 0)) as listener:\n    print(listener)",
        "for sent in Scenario(server=echo.server).run().trace.sent:\n    print(sent)",
        "import os\nprint(os.pipe())",
        "def server(host):\n    return 1\n\nprint(Scenario(server=server).run().results)",
    ],
)
def test_an_experiment_may_be_tagged(source):
    assert complaints(chapter(START, source, claims=["E4"], misconceptions=["M01"])) == []


def test_what_was_made_of_the_course_in_an_earlier_cell_counts():
    assert complaints(chapter(START, "run = Scenario(server=echo.server).run()", "print(run)", claims=["E4"])) == []


@pytest.mark.parametrize("source", ["print('the kernel answers')", "1 + 1", "import math\nprint(math.pi)", "run = 'x'"])
def test_a_cell_that_runs_no_experiment_may_not_be_tagged(source):
    assert "calls neither the course nor a socket" in complaints(chapter(START, source, claims=["E4"]))[0]


def test_a_text_may_not_be_tagged():
    notebook = v4.new_notebook(
        cells=[v4.new_markdown_cell("It is so.", metadata={"claims": ["E4"]})], metadata={"course": {"claims": ["E4"]}}
    )

    assert complaints(notebook)


def test_an_id_that_is_on_no_list_is_found_out():
    assert "are on no list" in complaints(chapter(START, "Scenario(server=echo.server).run()", claims=["Z9"]))[0]


def test_a_chapter_may_not_say_more_of_itself_than_it_shows():
    notebook = chapter(START, "Scenario(server=echo.server).run()", claims=["E4"])
    notebook.metadata["course"]["claims"].append("E5")

    assert "the chapter says ['E5']" in complaints(notebook)[0]


def test_the_lists_are_whole():
    claims, misconceptions = tagged.owners("claims"), tagged.owners("misconceptions")

    assert len(claims) == 158
    assert list(misconceptions) == [f"M{number:02}" for number in range(1, 67)]
    assert {*claims.values(), *misconceptions.values()} == {f"{number:02}" for number in range(1, 12)}
    assert NOTEBOOKS.is_dir()


@pytest.mark.parametrize("kind", tagged.KINDS)
def test_everything_that_has_to_be_taught_is_shown_by_its_chapter(kind):
    shown = {}
    for path in sorted(NOTEBOOKS.glob("[0-9][0-9]-*.ipynb")):
        for name in tagged.shown(nbformat.read(path, as_version=4), kind):
            shown.setdefault(name, set()).add(path.name[:2])

    assert {name: owner for name, owner in tagged.owners(kind).items() if owner not in shown.get(name, ())} == {}
