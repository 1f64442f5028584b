"""Record the captures that ship with the course: python -m tools.captures, on Linux, where capturing is permitted.

Each scene of course.captures is run on this machine's kernel, and the packets are written as they were captured. A file
says about itself what it shows, on which system and when it was made, and which host has which address.
"""

import platform
import re
import sys
from datetime import UTC, datetime

from course.captures import FOLDER, SCENES, Scene, path_of
from course.real.capture import Capture
from course.real.loopback import Loopback
from course.scenario import program_name
from course.trace.frames import RAW, Frame
from course.trace.labels import Labels, encode


def main(names: list[str]) -> None:
    """Record the scenes of these names, or all of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in names or SCENES:
        octets = record(SCENES[name])
        path_of(name).write_bytes(octets)
        print(f"{name}: {len(octets)} octets")


def record(scene: Scene) -> bytes:
    """Run a scene, and make a file of what was captured."""
    capture = Capture()
    outcome = Loopback(scene.programs, capture=capture).run()
    if outcome.error is not None:
        raise outcome.error
    if capture.missed or "cut short" in outcome.trace.conditions:
        raise SystemExit(f"the capture is not whole: {outcome.trace.conditions}")
    names = {address: name for name, address in outcome.trace.hosts.items()}
    frames = (Frame(taken.at, RAW, taken.octets) for taken in capture.taken)
    return encode(RAW, frames, Labels(comment(scene), system(), names))


def comment(scene: Scene) -> str:
    """What the file says about itself, and the picture under its title."""
    programs = ", ".join(program_name(program) for program in scene.programs.values())
    return f"recorded on {system()}, {datetime.now(UTC):%Y-%m-%d} · {programs}: {scene.what}"


def system() -> str:
    """As in "Linux 6.18"."""
    return " ".join([platform.system(), *re.findall(r"^\d+\.\d+", platform.release())])


if __name__ == "__main__":
    main(sys.argv[1:])
