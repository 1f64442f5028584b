"""What a machine permits is found out by trying; what goes wrong there is an answer, and never an error."""

import contextlib
import shutil
import socket
import sys

import pytest

from course.errors import CaptureNotPermitted
from course.lab import machine
from course.real import kernel
from course.real.capture import Capture, How
from course.tcp.state import State

on_linux = pytest.mark.skipif(kernel.TCP_INFO is None, reason="the kernel tells on Linux only")


def refuse(*arguments, **options):
    raise PermissionError


def test_capture_is_permitted_or_it_is_said_why_not(monkeypatch):
    monkeypatch.setattr(Capture, "opened", lambda capture, addresses: contextlib.nullcontext())
    assert [machine.may_capture(how) for how in How] == ["", ""]
    monkeypatch.setattr(Capture, "opened", not_permitted)
    assert [machine.may_capture(how) for how in How] == ["not on lo (told so)", "not in a network namespace (told so)"]


def not_permitted(capture, addresses):
    where = "lo" if capture.how is How.DIRECTLY else "a network namespace"
    raise CaptureNotPermitted(f"not {'on' if where == 'lo' else 'in'} {where} (told so)", "go elsewhere")


@on_linux
def test_the_kernel_tells_how_much_it_tells(monkeypatch):
    assert machine.tcp_info_size() >= 104  # Linux 2.6
    assert machine.connection().state is State.ESTABLISHED
    monkeypatch.setattr(kernel, "TCP_INFO", None)
    assert machine.tcp_info_size() is None
    assert machine.connection() is None


def test_without_loopback_there_is_no_connection(monkeypatch):
    monkeypatch.setattr(socket, "create_server", refuse)

    assert machine.connection() is None


def test_a_setting_that_is_not_there_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "SYSCTL", tmp_path)
    assert machine.setting("net/ipv4/tcp_sack") is None


@pytest.mark.parametrize(
    ("program", "version"),
    [("print('Tool (x) 4.0.17 (Git v4)')", "4.0.17"), ("print('no number')", "unknown"), ("exit(1)", "unknown"),
     ("import time; time.sleep(60)", "unknown")],
)  # fmt: skip
def test_a_command_says_its_version(program, version, monkeypatch):
    said = machine.run
    monkeypatch.setattr(machine, "DEADLINE", 5.0 if "sleep" not in program else 0.2)
    monkeypatch.setattr(shutil, "which", lambda name: sys.executable)
    monkeypatch.setattr(machine, "run", lambda command: said([sys.executable, "-c", program]))

    assert machine.version_of("tool") == version


def test_a_command_that_is_not_there_or_cannot_be_run_says_nothing():
    assert machine.version_of("no-such-command-anywhere") is None
    assert machine.run(["/no/such/command"]) is None
