"""Every test has a directory of its own for temporary files, where it can see what is left."""

import tempfile

import pytest


@pytest.fixture(autouse=True)
def own_places(tmp_path_factory, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("places")))
