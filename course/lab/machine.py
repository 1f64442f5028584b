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
from course.real.interrupts import sheltered

DEADLINE = 5.0
IPV4, CORE = "net/ipv4", "net/core"
SYSCTL = Path("/proc/sys")
SETTINGS = (  # what it is, and where the kernel keeps it (tcp(7), and Linux's Documentation/networking/ip-sysctl.rst)
    ("congestion control of new connections", f"{IPV4}/tcp_congestion_control"),
    ("so many times a SYN is sent again", f"{IPV4}/tcp_syn_retries"),
    ("so many of its timeouts come before they double", f"{IPV4}/tcp_syn_linear_timeouts"),
    ("so many times a SYN,ACK is sent again", f"{IPV4}/tcp_synack_retries"),
    ("so many times data is sent again (R2 of RFC 9293)", f"{IPV4}/tcp_retries2"),
    ("seconds in FIN-WAIT-2 without a descriptor", f"{IPV4}/tcp_fin_timeout"),
    ("seconds of silence before keep-alive asks", f"{IPV4}/tcp_keepalive_time"),
    ("seconds between its probes", f"{IPV4}/tcp_keepalive_intvl"),
    ("so many probes without an answer end a connection", f"{IPV4}/tcp_keepalive_probes"),
    ("receive buffer in octets: least, default, most", f"{IPV4}/tcp_rmem"),
    ("send buffer in octets: least, default, most", f"{IPV4}/tcp_wmem"),
    ("may a call reuse a connection in TIME-WAIT? 2: on loopback only", f"{IPV4}/tcp_tw_reuse"),
    ("explicit congestion notification; 2: if a caller asks for it", f"{IPV4}/tcp_ecn"),
    ("timestamps (RFC 7323); 0: off", f"{IPV4}/tcp_timestamps"),
    ("window scaling (RFC 7323); 0: off", f"{IPV4}/tcp_window_scaling"),
    ("selective acknowledgments (RFC 2018); 0: off", f"{IPV4}/tcp_sack"),
    ("SYN cookies (RFC 4987); 1: when the queue is full", f"{IPV4}/tcp_syncookies"),
    ("the largest backlog that listen() takes", f"{CORE}/somaxconn"),
)


@sheltered
def may_capture(how: How) -> str:
    """Why does this machine not let us capture that way? Empty if it does; it is tried."""
    try:
        with Capture(how).opened(["127.0.0.1"]):
            return ""
    except CaptureNotPermitted as refused:
        return refused.why


def setting(name: str) -> str | None:
    """One of the kernel's settings, as in "net/ipv4/tcp_fin_timeout"."""
    text = kernel.text_of(SYSCTL / name)
    return None if text is None else " ".join(text.split())


def tcp_info_size() -> int | None:
    """How many octets this kernel's TCP_INFO has."""
    if kernel.TCP_INFO is None:
        return None
    with contextlib.suppress(OSError), socket.socket() as fresh:
        return len(fresh.getsockopt(socket.IPPROTO_TCP, kernel.TCP_INFO, 1024))
    return None


@sheltered
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


@sheltered
def run(command: list[str]) -> str | None:
    """What a command says; None if it fails or takes too long."""
    try:
        ended = subprocess.run(command,  # noqa: S603 - none of them is a user's
                               capture_output=True, text=True, timeout=DEADLINE, check=True,
                               stdin=subprocess.DEVNULL, errors="replace")  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return ended.stdout + ended.stderr
