"""The command `course`: lab, copy, reset, slides and doctor."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from course.lab import doctor, lecture, notebooks, slides
from course.lab.start import start


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, or 1 if this machine refused; wrong arguments exit with 2."""
    arguments = parser().parse_args(argv)
    try:
        arguments.command(arguments)
    except ModuleNotFoundError as missing:
        return complain(f"{missing.name} is not installed; {doctor.HOW_TO_INSTALL}")
    except OSError as refused:
        return complain(str(refused))
    return 0


def complain(sentence: str) -> int:
    """Say on the standard error what went wrong, and return the exit code for that."""
    print(f"course: {sentence}", file=sys.stderr)
    return 1


def parser() -> argparse.ArgumentParser:
    """The command line: five commands and what they take."""
    top = argparse.ArgumentParser(prog="course", description="Sockets and TCP, run instead of told.")
    commands = top.add_subparsers(metavar="lab | copy | reset | slides | doctor", required=True)

    lab = add(commands, "lab", run_lab, "copy the chapters that you lack, and open them in JupyterLab")
    lab.add_argument("--no-browser", action="store_true", help="only print the address")
    lab.add_argument(
        "--lecture", action="store_true", help="for a room: code folded, larger letters, the future hidden"
    )
    lab.add_argument("--port", type=port, help="the port on 127.0.0.1 (without it, a free one)")

    copy = add(commands, "copy", run_copy, "copy the chapters that you lack, and stop there")
    reset = add(commands, "reset", run_reset, "start a chapter afresh; what you have is kept as a copy")
    show = add(commands, "slides", run_slides, "make slides of a chapter: one HTML file, to show to a room")

    for command in (reset, show):
        command.add_argument("chapter", type=chapter, help="its number or name, as in 05 or 05-handshake")
    for command in (lab, copy, reset, show):
        command.add_argument("--directory", type=Path, help=f"your notebooks (without it, {notebooks.OWN_NAME})")

    add(commands, "doctor", run_doctor, "show what this machine can do")
    return top


def add(commands: Any, name: str, function: Callable[[argparse.Namespace], object],
        what: str) -> argparse.ArgumentParser:  # fmt: skip
    """One command: its name, what does it, and what that is."""
    command: argparse.ArgumentParser = commands.add_parser(name, help=what)
    command.set_defaults(command=function)
    return command


def port(text: str) -> int:
    """The number of a port that anybody may listen on, 1024 to 65535."""
    if not (text.isdecimal() and 1024 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"a port is a number from 1024 to 65535, not {text!r}")
    return int(text)


def chapter(text: str) -> str:
    """The name of the chapter that is meant."""
    try:
        return notebooks.chapter_named(text)
    except ValueError as unknown:
        raise argparse.ArgumentTypeError(str(unknown)) from unknown


def run_lab(arguments: argparse.Namespace) -> None:
    """`course lab`: the copies, then JupyterLab until Ctrl-C."""
    folder = run_copy(arguments)
    shown = lecture.prepare(folder) if arguments.lecture else folder
    start(shown, arguments.port, open_browser=not arguments.no_browser, is_lecture=arguments.lecture)


def run_copy(arguments: argparse.Namespace) -> Path:
    """`course copy`: the chapters that the student lacks; returns the folder."""
    folder: Path = arguments.directory or notebooks.own_folder()
    if new := notebooks.copy_missing(folder):
        print(f"New in {folder}: {', '.join(new)}")
    for chapter in notebooks.outdated(folder):
        print(f"{chapter} has a newer edition: course reset {chapter[:2]} gives it, and keeps yours beside it.")
    return folder


def run_reset(arguments: argparse.Namespace) -> None:
    """`course reset 05`: a clean chapter, the old one kept."""
    folder: Path = arguments.directory or notebooks.own_folder()
    kept = notebooks.reset(arguments.chapter, folder)
    print(f"{folder / arguments.chapter}.ipynb is as new.")
    if kept:
        print(f"What you had is in {kept.name}. If the chapter is open in JupyterLab, close its tab and open it again.")


def run_slides(arguments: argparse.Namespace) -> None:
    """`course slides 05`: the file, and where it is."""
    path = slides.save(arguments.chapter, arguments.directory or notebooks.own_folder())
    print(f"{path} is ready: open it in a browser. Arrow keys turn the slides, F fills the screen.")


def run_doctor(_arguments: argparse.Namespace) -> None:
    """`course doctor`: the table of what this machine can do."""
    print(doctor.report())
