"""The programs that others read captures with; without one a test is skipped, but where CI=true it fails."""

import os
import shutil
import subprocess

import pytest


def program(name, tmp_path_factory):
    """A function that runs the program on octets and returns what it prints; its settings are the default ones."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    advice = f"no {name} on this machine: apt-get install --no-install-recommends tshark tcpdump"
    if path is None and os.environ.get("CI") == "true":
        pytest.fail(advice)
    if path is None:
        pytest.skip(advice)
    environment = {"HOME": str(tmp_path_factory.mktemp("home")), "PATH": os.environ["PATH"], "TZ": "UTC", "LC_ALL": "C"}

    def run(*arguments, octets=b""):
        done = subprocess.run(
            [path, *map(str, arguments)], input=octets, env=environment, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    return run


@pytest.fixture(scope="session")
def tshark(tmp_path_factory):
    return program("tshark", tmp_path_factory)


@pytest.fixture(scope="session")
def editcap(tmp_path_factory):
    return program("editcap", tmp_path_factory)


@pytest.fixture(scope="session")
def text2pcap(tmp_path_factory):
    return program("text2pcap", tmp_path_factory)


@pytest.fixture(scope="session")
def tcpdump(tmp_path_factory):
    return program("tcpdump", tmp_path_factory)
