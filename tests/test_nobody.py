"""What runs as nobody has no capability, no IPv6, and no network but loopback; and nothing is left of it."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tools import nobody

ASKED = """
import json, os, pathlib, socket, sys
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
powers = [status[name].strip() for name in ("CapEff", "CapBnd", "NoNewPrivs")]
wire = [name for _, name in socket.if_nameindex()]
try:
    with socket.socket(socket.AF_INET6) as six:
        six.bind(("::1", 0))
except OSError as error:
    six = type(error).__name__
with socket.create_server(("127.0.0.1", 0)) as server:
    server.settimeout(5)
    socket.create_connection(server.getsockname(), 5).close()
pathlib.Path.home().joinpath("written").touch()
print(json.dumps([os.getuid(), *powers, wire, six]))
sys.exit(7)
"""


def as_nobody(*command):
    command = [sys.executable, "-m", "tools.nobody", *command]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


@pytest.mark.skipif(not nobody.may_become_nobody(), reason="only root can become nobody, where it may make namespaces")
def test_nobody_may_do_least_and_leaves_nothing():
    before = set(Path(tempfile.gettempdir()).glob("nobody-*"))
    ended = as_nobody("python", "-c", ASKED)

    assert json.loads(ended.stdout) == [65_534, "0" * 16, "0" * 16, "1", ["lo"], "OSError"]
    assert ended.returncode == 7
    assert set(Path(tempfile.gettempdir()).glob("nobody-*")) == before


def test_where_nobody_cannot_be_had_the_command_runs_all_the_same(monkeypatch, capfd):
    monkeypatch.setattr(nobody.os, "geteuid", lambda: 1000)

    assert nobody.main(["python", "-c", "print('ran')"]) == 0
    assert capfd.readouterr() == ("ran\n", "nobody cannot be had here: this runs with what you are permitted\n")
