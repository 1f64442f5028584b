"""Look for octets that the readers of packets and captures trip over: python -m tools.fuzz [SECONDS].

It runs with atheris, which is not among the things that the checks need: python -m pip install atheris
(it is for Linux and macOS). The first octet of each input chooses who reads the rest. Whoever raises anything but
MalformedSegment or MalformedCapture has a bug; atheris then keeps the input in build/.
"""

import importlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from course import Scenario
from course.apps import echo
from course.errors import MalformedCapture, MalformedSegment

READERS = ("course.ip.wire", "course.trace.pcap", "course.trace.tcpdump")
MOST = 4096  # octets of an input
SECONDS = 60
KEPT = Path("build")
EMPTY_PCAPNG = bytes.fromhex(
    "0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffffffffffff 1c000000 01000000 14000000 65000000 00000000 14000000"
)


def main(seconds: int) -> None:
    """Try inputs for so long, beginning with octets that make sense."""
    try:
        atheris: Any = importlib.import_module("atheris")
    except ImportError:
        sys.exit("this needs atheris: python -m pip install atheris")
    for name in [name for name in sys.modules if name.startswith(("course.ip", "course.tcp.wire", "course.trace"))]:
        del sys.modules[name]  # so that they are imported again, and watched
    with atheris.instrument_imports(include=["course"]):
        readers = [importlib.import_module(name) for name in READERS]
    with tempfile.TemporaryDirectory() as folder:
        for place, seed in enumerate(seeds(*readers)):
            (Path(folder) / f"{place}").write_bytes(seed)
        KEPT.mkdir(exist_ok=True)
        limits = f"-max_total_time={seconds}", f"-max_len={MOST}", f"-artifact_prefix={KEPT}/"
        atheris.Setup([sys.argv[0], folder, *limits], target(*readers))
        atheris.Fuzz()


def seeds(wire: ModuleType, pcap: ModuleType, tcpdump: ModuleType) -> list[bytes]:
    """A run as each reader may meet it."""
    trace = Scenario(server=echo.server, client=echo.client).run().trace
    first = trace.sent[0].packet
    later = first._replace(source="fd00::1", destination="fd00::2")
    packets = [b"\0" + wire.encode(packet) for packet in (first, later)]
    return [*packets, b"\1" + pcap.encode(trace), b"\1" + EMPTY_PCAPNG, b"\2" + tcpdump.text(trace).encode()]


def target(wire: ModuleType, pcap: ModuleType, tcpdump: ModuleType) -> Callable[[bytes], None]:
    """A function that lets one of the readers read octets; what was read must be writable and readable again."""

    def packet(octets: bytes) -> None:
        again = wire.decode(octets, verify=False)
        assert wire.decode(wire.encode(again)) == again

    def file(octets: bytes) -> None:
        trace = pcap.decode(octets, "")
        assert len(pcap.decode(pcap.encode(trace), "").sent) == len(trace.sent)

    def text(octets: bytes) -> None:
        trace = tcpdump.parse(octets.decode(errors="replace"))
        assert len(tcpdump.parse(tcpdump.text(trace)).sent) == len(trace.sent)

    def one_input(octets: bytes) -> None:
        reads = (packet, file, text)[octets[0] % 3] if octets else packet
        try:
            reads(octets[1:])
        except (MalformedSegment, MalformedCapture):
            return

    return one_input


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
