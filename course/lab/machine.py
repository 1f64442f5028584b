"""This machine: what its kernel permits, how its TCP is set, and which commands there are.

What can be tried is tried. Nothing is changed, everything has a deadline, and what is not known is None.
"""

import contextlib
import re
import shutil
import socket
import subprocess
from pathlib import Path

from course.errors import CaptureNotPermitted
from course.real import kernel
from course.real.capture import Capture, How
from course.real.info import KernelStatus, status

DEADLINE = 5.0
IPV4, CORE = "net/ipv4", "net/core"
SYSCTL = Path("/proc/sys")
SETTINGS = (  # what it is, and where the kernel keeps it (tcp(7), and Linux's Documentation/networking/ip-sysctl.rst)
    ("congestion control", f"{IPV4}/tcp_congestion_control"),
    ("SYN sent again, times", f"{IPV4}/tcp_syn_retries"),
    ("SYN timeouts before they double", f"{IPV4}/tcp_syn_linear_timeouts"),
    ("SYN,ACK sent again, times", f"{IPV4}/tcp_synack_retries"),
    ("data sent again, times (R2)", f"{IPV4}/tcp_retries2"),
    ("FIN-WAIT-2 without a descriptor, seconds", f"{IPV4}/tcp_fin_timeout"),
    ("keep-alive: idle seconds", f"{IPV4}/tcp_keepalive_time"),
    ("keep-alive: seconds between probes", f"{IPV4}/tcp_keepalive_intvl"),
    ("keep-alive: probes", f"{IPV4}/tcp_keepalive_probes"),
    ("receive buffer: least, default, most", f"{IPV4}/tcp_rmem"),
    ("send buffer: least, default, most", f"{IPV4}/tcp_wmem"),
    ("TIME-WAIT reused (2: on loopback)", f"{IPV4}/tcp_tw_reuse"),
    ("ECN", f"{IPV4}/tcp_ecn"),
    ("timestamps", f"{IPV4}/tcp_timestamps"),
    ("window scaling", f"{IPV4}/tcp_window_scaling"),
    ("SACK", f"{IPV4}/tcp_sack"),
    ("SYN cookies", f"{IPV4}/tcp_syncookies"),
    ("backlog at most", f"{CORE}/somaxconn"),
)


def may_capture(how: How) -> str:
    """Why does this machine not let us capture that way? Empty if it does; it is tried."""
    try:
        with Capture(how).opened(["127.0.0.1"]):
            return ""
    except CaptureNotPermitted as refused:
        return refused.why


def setting(name: str) -> str | None:
    """One of the kernel's settings, as in "net/ipv4/tcp_fin_timeout"."""
    try:
        return " ".join((SYSCTL / name).read_text(encoding="ascii").split())
    except (OSError, ValueError):
        return None


def tcp_info_size() -> int | None:
    """How many octets this kernel's TCP_INFO has."""
    if kernel.TCP_INFO is None:
        return None
    with contextlib.suppress(OSError), socket.socket() as fresh:
        return len(fresh.getsockopt(socket.IPPROTO_TCP, kernel.TCP_INFO, 1024))
    return None


def connection() -> KernelStatus | None:
    """What the kernel says of a connection on loopback that has just been made."""
    with contextlib.suppress(OSError), contextlib.ExitStack() as held:
        listener = held.enter_context(socket.create_server(("127.0.0.1", 0)))
        return status(held.enter_context(socket.create_connection(listener.getsockname(), DEADLINE)))
    return None


def version_of(command: str) -> str | None:
    """The version that a command says it has, "unknown" if it does not say; None if there is no such command."""
    path = shutil.which(command)
    if path is None:
        return None
    number = re.search(r"\d+(\.\d+)+", run([path, "--version"]) or "")
    return number[0] if number else "unknown"


def run(command: list[str]) -> str | None:
    """What a command says; None if it fails or takes too long."""
    try:
        ended = subprocess.run(command,  # noqa: S603 - none of them is a user's
                               capture_output=True, text=True, timeout=DEADLINE, check=True,
                               stdin=subprocess.DEVNULL, errors="replace")  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return ended.stdout + ended.stderr
