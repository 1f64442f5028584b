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

IN_THE_LAB = ("course", "greenlet", "matplotlib", "ipywidgets", "jupyterlab")
HOW_TO_INSTALL = 'in the folder of the course: make lab, or pip install ".[lab]"'
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
    return Report((*system(), *packages(), *loopback(), *kernel(), browser()))


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


def kernel() -> Iterator[Finding]:
    """The two ways in which Linux tells us about its connections."""
    readable = Path("/proc/net/tcp").is_file()
    yield yes_or_no("/proc/net/tcp", readable, "no states of the real kernel: they need Linux (or WSL, or Binder)")
    yield yes_or_no("TCP_INFO", hasattr(socket, "TCP_INFO"), "the same")


def browser() -> Finding:
    """The browser that the tests drive; students use their own."""
    found = find_browser()
    return Finding("chromium", found or "missing", "" if found else "only tests need it: apt-get install chromium")


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
