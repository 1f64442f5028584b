"""The programs of others that ours talk to; without one a test is skipped, but where CI=true it fails."""

import os
import shutil
import socket
import subprocess
import time
from contextlib import closing, contextmanager

import pytest

from course.real.addresses import choose

PORT = 8080
BIG = bytes(range(256)) * 2000
CONFIGURATION = """
server.document-root = "{folder}"
server.bind = "{address}"
server.port = {port}
server.upload-dirs = ("{folder}")
server.errorlog = "{folder}/errors"
server.modules = ("mod_cgi")
server.stream-response-body = 1
server.max-keep-alive-requests = 4
mimetype.assign = (".html" => "text/html", ".png" => "image/png", "" => "application/octet-stream")
cgi.assign = (".sh" => "/bin/sh")
"""
SCRIPT = "printf 'Content-Type: text/plain\\n\\n'; for word in one two three; do printf '%s ' $word; sleep 0.02; done\n"


def program(name):
    """The path of a program, or a test that says that it is missing."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    advice = f"no {name} on this machine: apt-get install --no-install-recommends curl lighttpd"
    if path is None and os.environ.get("CI") == "true":
        pytest.fail(advice)
    if path is None:
        pytest.skip(advice)
    return path


@pytest.fixture(scope="session")
def curl():
    return program("curl")


@pytest.fixture
def lighttpd(tmp_path):
    """The (address, port) of a lighttpd that serves a page, a picture, much, and a script; it ends with the test."""
    path = program("lighttpd")
    (tmp_path / "page.html").write_bytes(b"<h1>Somebody else's</h1>\n")
    (tmp_path / "big").write_bytes(BIG)
    (tmp_path / "empty.html").touch()
    (tmp_path / "script.sh").write_text(SCRIPT)
    with closing(choose(["web"])) as addresses:  # an address of its own, so that the port is free
        address = addresses.real((addresses.hosts["web"], PORT))
        text = CONFIGURATION.format(folder=tmp_path, address=address[0], port=address[1])
        (tmp_path / "lighttpd.conf").write_text(text)
        with ended(subprocess.Popen([path, "-D", "-f", tmp_path / "lighttpd.conf"])) as process:
            wait_for(address, process)
            yield address


@contextmanager
def ended(process):
    """Whatever happens, the process ends."""
    with process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(address, process, seconds=10):
    """Until somebody listens there."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(address) == 0:
                return
        time.sleep(0.02)
    pytest.fail(f"lighttpd does not listen at {address}")
