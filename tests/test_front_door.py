"""The front door: what `from course import ...` offers, and that its docstring is a map that is true."""

import re
from pathlib import Path

import course
from course.apps import echo


def test_every_name_on_the_door_is_inside():
    assert [name for name in course.__all__ if not hasattr(course, name)] == []
    assert len(course.__all__) <= 25


def test_every_path_on_the_map_exists():
    root = Path(course.__file__).parent.parent
    paths = re.findall(r"\bcourse\.[a-z_.]+", course.__doc__)

    assert len(paths) >= 9
    for path in paths:
        where = root / path.rstrip(".").replace(".", "/")
        assert where.is_dir() or where.with_suffix(".py").is_file(), path


def test_what_the_readme_shows_works():
    talk = course.Scenario(server=echo.server, client=echo.client, delay=0.050)
    lossy = talk.with_faults(course.faults.drop("client", 3))

    assert talk.run().results == lossy.run().results == {"server": None, "client": b"hello"}
    assert "which is lost" in repr(lossy.run().ladder())
