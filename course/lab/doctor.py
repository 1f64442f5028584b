"""What this machine can do: one table, with a way to get what is missing."""

import platform
import re
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from course.lab import machine
from course.real.capture import ADVICE, How

IN_THE_LAB = ("course", "greenlet", "matplotlib", "ipywidgets", "jupyterlab")
PACKAGED = {"ss": "iproute2"}  # commands whose package has another name
HOW_TO_INSTALL = 'in the folder of the course: make lab, or pip install ".[lab]"'
ONLY_LINUX = "the kernel's own word: it needs Linux (or WSL, or Binder); the simulated network is the same everywhere"
COMMANDS = {
    "tshark": "only to look at saved captures",
    "tcpdump": "only to make captures elsewhere",
    "ss": "the same as /proc/net/tcp",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `found` says what there is, `advice` what is missed without it and how to get it."""

    what: str
    found: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found; it shows itself as a table, in a terminal and in a notebook."""

    findings: tuple[Finding, ...]

    def __str__(self) -> str:
        first = max(len(finding.what) for finding in self.findings)
        second = max(len(finding.found) for finding in self.findings)
        return "\n".join(f"{f.what:{first}}  {f.found:{second}}  {f.advice}".rstrip() for f in self.findings)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = ((finding.what, finding.found, finding.advice) for finding in self.findings)
        body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
        head = "".join(f'<th scope="col">{name}</th>' for name in ("what", "here", "if it is missing"))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def report() -> Report:
    """Look at everything the course can make use of; changes nothing, asks nobody beyond this machine."""
    return Report((*system(), *packages(), *commands(), browser(), *loopback(), *captures(), *kernel(), *settings()))


def facts() -> list[Finding]:
    """The rows of the report, as data: (what, found, advice)."""
    return list(report().findings)


def system() -> Iterator[Finding]:
    """Python and what it runs on."""
    yield Finding("Python", platform.python_version())
    yield Finding("system", " ".join((platform.system(), *re.findall(r"^\d+(?:\.\d+)?", platform.release()))))


def packages() -> Iterator[Finding]:
    """The versions of what the lab needs."""
    for name in IN_THE_LAB:
        try:
            yield Finding(name, version(name))
        except PackageNotFoundError:
            yield Finding(name, "missing", HOW_TO_INSTALL)


def loopback() -> Iterator[Finding]:
    """The addresses that lead back to this machine."""
    several = can_listen(socket.AF_INET, "127.0.0.2")
    yield yes_or_no("several loopback addresses", several, "hosts share 127.0.0.1 and are told apart by their ports")
    yield yes_or_no("IPv6 loopback", can_listen(socket.AF_INET6, "::1"), "what is shown over IPv4 works all the same")


def captures() -> Iterator[Finding]:
    """The ways to see segments of the real kernel; one of them is enough."""
    for how in How:
        why = machine.may_capture(how)
        yield yes_or_no(f"capture {how.value}", not why, f"{why}; {ADVICE}")


def kernel() -> Iterator[Finding]:
    """The ways in which Linux tells us about its connections, and what it says of a new one."""
    readable, size, fresh = Path("/proc/net/tcp").is_file(), machine.tcp_info_size(), machine.connection()
    yield yes_or_no("/proc/net/tcp", readable, ONLY_LINUX)
    yield Finding("TCP_INFO", f"{size} octets") if size else Finding("TCP_INFO", "no", ONLY_LINUX)
    queues = fresh is not None and fresh.send_queue is not None
    yield yes_or_no("queues (TIOCOUTQ, FIONREAD)", queues, ONLY_LINUX)
    if fresh is not None and fresh.info is not None and fresh.rto is not None:
        yield Finding("MSS on loopback", f"{fresh.mss} octets; {fresh.info.advmss} offered")
        yield Finding("first RTO on loopback", f"{fresh.rto * 1000:g} ms")


def settings() -> Iterator[Finding]:
    """How the kernel's TCP is set."""
    told = {name: machine.setting(name) for _, name in machine.SETTINGS}
    if not any(told.values()):
        yield Finding("settings of TCP", "no", ONLY_LINUX)
        return
    for what, name in machine.SETTINGS:
        yield Finding(f"{name.rpartition('/')[2]} ({what})", told[name] or "not in this kernel")


def commands() -> Iterator[Finding]:
    """Commands that are of use beside the course."""
    for name, use in COMMANDS.items():
        found = machine.version_of(name)
        yield Finding(name, found or "missing", "" if found else f"{use}: apt-get install {PACKAGED.get(name, name)}")


def browser() -> Finding:
    """The browser that the tests drive, and its version; students use their own."""
    found = find_browser()
    if found is None:
        return Finding("chromium", "missing", "only tests need it: apt-get install chromium")
    return Finding("chromium", f"{machine.version_of(found)} ({found})")


def find_browser() -> str | None:
    """The path of a Chromium or Chrome that can be driven, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def can_listen(family: socket.AddressFamily, address: str) -> bool:
    """Can a program listen on that address of this machine?"""
    try:
        socket.create_server((address, 0), family=family).close()
    except OSError:
        return False
    return True


def yes_or_no(what: str, present: bool, advice: str) -> Finding:  # noqa: FBT001 - the answer is the argument
    """A finding that needs no more than that."""
    return Finding(what, "yes" if present else "no", "" if present else advice)
