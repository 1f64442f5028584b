"""What this machine can do: one table, with a way to get what is missing."""

import platform
import re
import shutil
import socket
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from course.lab import machine
from course.real.capture import ADVICE, How
from course.table import Table

IN_THE_LAB = ("course", "greenlet", "matplotlib", "ipywidgets", "jupyterlab")
PACKAGED = {"ss": "iproute2"}  # commands whose package has another name
HOW_TO_INSTALL = 'in the folder of the course: make lab, or pip install ".[lab]"'
ONLY_LINUX = "the kernel's own word: it needs Linux (or WSL, or Binder); the simulated network is the same everywhere"
IN_PICTURES = "as the kernel tells them, in the pictures of real runs"
RECORDED = "there are recorded ones, course.captures; doctor.report() says how to see your own"
COMMANDS = {
    "tshark": "only to look at saved captures",
    "tcpdump": "only to make captures elsewhere",
    "ss": "the same as /proc/net/tcp",
}
MISSING = ("no", "missing")
CHOSEN = ("tcp_congestion_control", "tcp_syn_retries")
REST = "The kernel's settings of TCP, and what is of use besides: doctor.report(), or in a terminal: course doctor"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


class Finding(NamedTuple):
    """One thing looked at: `found` says what there is, `remark` what it is, or how to get what is missing."""

    what: str
    found: str
    remark: str = ""


def report() -> Table:
    """All that the course can make use of, and how to get what is missing; changes nothing, asks only this machine."""
    return as_table("What this machine can do", facts())


def facts() -> list[Finding]:
    """The rows of the report, as data: (what, found, remark)."""
    return [*system(), *packages(), *commands(), browser(), *loopback(), *captures(), *kernel(), *settings()]


def summary() -> Table:
    """What one needs to know before the first chapter; the report has the rest."""
    return as_table("What this machine can do, in short", [*system(), *packages(["course"]), *abilities()], REST)


def as_table(caption: str, findings: Sequence[Finding], note: str = "") -> Table:
    """Findings as a table; what is missing stands out."""
    missing = frozenset(place for place, finding in enumerate(findings) if finding.found in MISSING)
    return Table(caption, ("what", "here", "what it is, or how to get it"), tuple(findings), note, missing)


def abilities() -> Iterator[Finding]:
    """What this machine's kernel lets us do and see."""
    yield from loopback()
    yield yes_or_no("states of real connections", machine.connection() is not None, IN_PICTURES, ONLY_LINUX)
    seen = any(way.found not in MISSING for way in captures())
    yield yes_or_no("segments of real connections", seen, 'run(world="loopback", capture=True)', RECORDED)
    yield from [finding for finding in settings() if finding.what in CHOSEN]


def system() -> Iterator[Finding]:
    """Python and what it runs on."""
    yield Finding("Python", platform.python_version())
    yield Finding("system", " ".join((platform.system(), *re.findall(r"^\d+(?:\.\d+)?", platform.release()))))


def packages(names: Sequence[str] = IN_THE_LAB) -> Iterator[Finding]:
    """The versions of what the lab needs."""
    for name in names:
        try:
            yield Finding(name, version(name))
        except PackageNotFoundError:
            yield Finding(name, "missing", HOW_TO_INSTALL)


def loopback() -> Iterator[Finding]:
    """The addresses that lead back to this machine."""
    several, ipv6 = can_listen(socket.AF_INET, "127.0.0.2"), can_listen(socket.AF_INET6, "::1")
    yield yes_or_no("several loopback addresses", several, "one for each host of a run",
                    "hosts share 127.0.0.1 and are told apart by their ports")  # fmt: skip
    yield yes_or_no("IPv6 loopback", ipv6, "::1", "what is shown over IPv4 works all the same")


def captures() -> Iterator[Finding]:
    """The ways to see segments of the real kernel; one of them is enough."""
    for how in How:
        why = machine.may_capture(how)
        yield yes_or_no(f"capture {how.value}", not why, 'run(world="loopback", capture=True)', f"{why}; {ADVICE}")


def kernel() -> Iterator[Finding]:
    """The ways in which Linux tells us about its connections, and what it says of a new one."""
    readable, size, fresh = Path("/proc/net/tcp").is_file(), machine.tcp_info_size(), machine.connection()
    yield yes_or_no("/proc/net/tcp", readable, "all connections: states, queues and timers", ONLY_LINUX)
    yield (
        Finding("TCP_INFO", f"{size} octets", "one connection in detail")
        if size
        else Finding("TCP_INFO", "no", ONLY_LINUX)
    )
    queues = fresh is not None and fresh.send_queue is not None
    yield yes_or_no("SIOCOUTQ, SIOCINQ", queues, "how many octets wait in the queues of a socket", ONLY_LINUX)
    if fresh is not None and fresh.info is not None and fresh.rto is not None:
        yield Finding("MSS on loopback", f"{fresh.mss} octets", f"of a new connection; {fresh.info.advmss} are offered")
        yield Finding("RTO on loopback", f"{fresh.rto * 1000:g} ms", "of a new connection")


def settings() -> Iterator[Finding]:
    """How the kernel's TCP is set."""
    told = {name: machine.setting(name) for _, name in machine.SETTINGS}
    if not any(told.values()):
        yield Finding("settings of TCP", "no", ONLY_LINUX)
        return
    for what, name in machine.SETTINGS:
        yield Finding(name.rpartition("/")[2], told[name] or "not in this kernel", what)


def commands() -> Iterator[Finding]:
    """Commands that are of use beside the course."""
    for name, use in COMMANDS.items():
        found = machine.version_of(name)
        install = f"{use}: apt-get install {PACKAGED.get(name, name)}"
        yield Finding(name, found or "missing", use if found else install)


def browser() -> Finding:
    """The browser that the tests drive, and its version; students use their own."""
    found = find_browser()
    if found is None:
        return Finding("chromium", "missing", "only tests need it: apt-get install chromium")
    return Finding("chromium", machine.version_of(found) or "missing", f"only tests need it: {found}")


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


def yes_or_no(what: str, present: bool, remark: str, advice: str) -> Finding:  # noqa: FBT001 - the answer
    """A finding that needs no more than that: the remark if it is there, the advice if not."""
    return Finding(what, "yes" if present else "no", remark if present else advice)
