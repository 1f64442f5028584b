"""Captures of the real kernel's TCP, for everybody: made live where this machine permits it, or else recorded.

The recorded ones were made by `python -m tools.captures`, of the same programs, and say so in their pictures.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from course.apps import echo, scenes
from course.errors import CaptureNotPermitted
from course.run import Run
from course.scenario import Scenario
from course.trace import pcap
from course.trace.labels import labels

FOLDER = Path(__file__).parent / "data" / "captures"
DEADLINE = 10.0  # seconds; the longest scene takes four


class Scene(NamedTuple):
    """What is to be seen, and the programs by their hosts."""

    what: str
    programs: Mapping[str, Any]

    @property
    def scenario(self) -> Scenario:
        """The scene to run, in either world."""
        return Scenario(**self.programs)


def pair(what: str, server: Callable[..., Any], client: Callable[..., Any]) -> Scene:
    """A scene with a server and a client."""
    return Scene(what, {"server": server, "client": client})


SCENES: dict[str, Scene] = {
    "echo": pair("options in the handshake, octets there and back", echo.server, echo.client),
    "refused": pair("a call to a port where nobody listens", scenes.nobody, scenes.refused),
    "half-close": pair("one direction is closed, the other goes on", scenes.answering, scenes.half_closing),
    "unread": pair("a close with octets unread becomes a RST", scenes.telling, scenes.not_reading),
    "ignored": pair("the accept queue is full: a SYN is sent again and again", scenes.full, scenes.ignored),
    "itself": Scene("a simultaneous open of a socket with itself", {"alone": scenes.itself}),
    "again": pair("a new call from a port in TIME-WAIT", scenes.twice, scenes.again),
    "keep-alive": pair("three questions whether the peer is still there", scenes.silent, scenes.keeping_alive),
    "zero-window": pair("the window closes, is probed, and opens", scenes.slow, scenes.pushing),
}
"""Each scene by its name."""


def best(name: str) -> Run:
    """The scene as a run of this machine's kernel with its segments, or, where it lets nobody capture, as recorded.

    Either way its pictures say which it is. Raises ValueError for a name that no scene has.
    """
    scene = named(name)
    try:
        return scene.scenario.run(world="loopback", deadline=DEADLINE, capture=True)
    except CaptureNotPermitted:
        return recorded(name)


def recorded(name: str) -> Run:
    """The scene as it was captured on another machine: segments and their times, without calls or states.

    The names are those of `SCENES`. Raises ValueError for one that is not there.
    """
    scene = named(name)
    octets = path_of(name).read_bytes()
    said = labels(octets)
    alone = len(scene.programs) == 1  # a port that calls itself is a host by itself (course.trace.capture)
    names = {f"{address}:{scenes.PORT}" if alone else address: name for address, name in said.names.items()}
    return Run(scene.scenario, pcap.decode(octets, said.comment, names))


def named(name: str) -> Scene:
    """The scene of that name."""
    if name not in SCENES:
        raise ValueError(f"there is no scene {name!r}; there are {', '.join(SCENES)}")
    return SCENES[name]


def path_of(name: str) -> Path:
    """The file with the recorded scene, for Wireshark or tcpdump."""
    return FOLDER / f"{name}.pcapng"
