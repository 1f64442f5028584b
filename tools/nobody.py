"""Run a command where least is permitted: python -m tools.nobody pytest tests/real

As the user nobody, who can get no capability, in a network namespace that has loopback alone, and no IPv6 on it. It
takes root on Linux to become nobody; where that is not permitted, this says so, and runs the command as it is.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from course.real.inside import raise_loopback

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
NOBODY = 65_534
INSIDE = "--inside"
IPV6 = Path("/proc/sys/net/ipv6/conf")
APART = ["unshare", "--net", "--mount", sys.executable, "-m", "tools.nobody", INSIDE]
AS_NOBODY = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
POWERLESS = ["setpriv", *AS_NOBODY, "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"]


def main(arguments: list[str]) -> int:
    """Become nobody, in namespaces of our own; the status of the command."""
    if arguments[0] == INSIDE:
        raise_loopback()
        for each in IPV6.glob("*/disable_ipv6"):
            each.write_text("1")
        open_up([ROOT, Path(sys.prefix), Path(sys.base_prefix)])
        return powerless(arguments[1:])
    if not may_become_nobody():
        print("nobody cannot be had here: this runs with what you are permitted", file=sys.stderr)
        return run([str(BIN / arguments[0]), *arguments[1:]], os.environ)
    return run([*APART, *arguments], os.environ)


def may_become_nobody() -> bool:
    """Is this root, on Linux, and not in a container that keeps namespaces from root?"""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    rehearsal = subprocess.run([*APART, "python", "-c", ""], check=False, cwd=ROOT, capture_output=True)
    return rehearsal.returncode == 0


def open_up(trees: Iterable[Path]) -> None:
    """Put an empty directory over one that nobody may enter, as root's own, with nothing in it but what is needed."""
    needed: dict[Path, list[Path]] = {}
    for tree in trees:
        shut = [above for above in tree.parents if not above.stat().st_mode & 1]
        if shut:
            needed.setdefault(shut[-1], []).append(tree)
    for closed, within in needed.items():
        cover(closed, within)


def cover(closed: Path, within: list[Path]) -> None:
    """In our mount namespace only: a tree is bound to a place of its own, and back to where it was."""
    kept = [(tree, tempfile.mkdtemp()) for tree in within]
    for tree, place in kept:
        mount("--bind", tree, place)
    mount("-t", "tmpfs", "-o", "mode=755", "none", closed)
    for tree, place in kept:
        tree.mkdir(parents=True, exist_ok=True)
        mount("--move", place, tree)
        Path(place).rmdir()  # never what is below: while a tree is bound there, that is the tree


def mount(*how: str | Path) -> None:
    """mount(8); CalledProcessError if it fails."""
    subprocess.run(["mount", *map(str, how)], check=True)


def powerless(command: list[str]) -> int:
    """Run a command of the environment as nobody, with a home that is gone afterwards."""
    home = tempfile.mkdtemp(prefix="nobody-")
    os.chown(home, NOBODY, NOBODY)
    own = {"HOME": home, "TMPDIR": home, "HYPOTHESIS_STORAGE_DIRECTORY": f"{home}/hypothesis"}
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    try:
        return run([*POWERLESS, str(BIN / command[0]), *command[1:]], {**kept, **own, "PYTHONDONTWRITEBYTECODE": "1"})
    finally:
        shutil.rmtree(home)


def run(command: list[str], environment: Mapping[str, str]) -> int:
    """Run it, in the root of the project."""
    return subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
