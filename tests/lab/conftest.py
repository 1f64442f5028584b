"""A running `course lab`, and JupyterLab in a browser."""

import pytest

from tests.lab.jupyter import jupyterlab
from tests.lab.running import running_lab


@pytest.fixture
def lab(tmp_path):
    """A running `course lab` with a home of its own, on a folder of its own."""
    with running_lab(tmp_path) as process:
        yield process


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """JupyterLab in a browser, one for all tests of a file."""
    with jupyterlab(tmp_path_factory.mktemp("desk")) as desk:
        yield desk


@pytest.fixture
def notebook(desk, request):
    """Makes and opens the notebook of a test; at the end nothing outside was asked for, and the console is clean."""
    opened = []

    def make(*sources, name=request.node.originalname):
        opened.append(desk.open(name, *sources))
        return opened[-1]

    yield make
    told = list(desk.outside), list(desk.complaints)
    for each in opened:
        each.close()
    desk.outside.clear()
    desk.complaints.clear()
    assert told == ([], [])
