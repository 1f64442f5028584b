"""Simulated segments a second, with the full trace on: one flow over 10 Mbit/s, 50 ms each way, 1 % loss.

python benchmarks/segments.py [SEGMENTS ...] [--plain] [--profile]

Window scale, timestamps and keep-alive are on, as most systems have them; --plain turns them off, as the course does.
"""

import cProfile
import pstats
import resource
import sys
import time

from course import Limits, Scenario, TcpParameters, faults
from course.sockets.host import Host, Program

PORT = 7000
CHUNK = 65_536
ALL_ON = TcpParameters(window_scale=7, receive_buffer=2**20, timestamps=True, keep_alive=True)


def sink(host: Host) -> None:
    """Read until the end of the stream."""
    with host.create_server(("", PORT)) as listener:
        connection, _ = listener.accept()
        with connection:
            while connection.recv(65536):
                pass


def source(octets: int) -> Program:
    """A program that sends so many octets."""

    def send(host: Host) -> None:
        with host.create_connection(("server", PORT)) as connection:
            for _ in range(octets // CHUNK):
                connection.sendall(bytes(CHUNK))

    return send


def measure(segments: int, tcp: TcpParameters) -> tuple[int, float, int]:
    """Run a flow of about so many segments: how many there were, the CPU seconds, and the records."""
    octets = int(segments * 1460 / 1.62)  # an ACK for nearly every second data segment
    talk = Scenario(server=sink, client=source(octets), delay=0.050, rate=10e6, tcp=tcp)
    talk = talk.with_faults(faults.randomly(0.01))
    began = time.process_time()
    run = talk.run(limits=Limits(seconds=1e7, segments=10**8))
    seconds = time.process_time() - began
    return len(run.trace.sent), seconds, len(run.trace)


def main() -> None:
    """Print one line for each size."""
    sizes = [int(argument) for argument in sys.argv[1:] if argument.isdigit()] or [1_000, 10_000, 100_000]
    measure(100, ALL_ON)  # what is imported at the first run is no part of it
    for size in sizes:
        segments, seconds, records = measure(size, TcpParameters() if "--plain" in sys.argv else ALL_ON)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{segments:>9} segments  {records:>9} records  {seconds:7.2f} CPU s  "
            f"{segments / seconds:9.0f} segments/s  peak {peak:6.0f} MiB"
        )


if __name__ == "__main__":
    if "--profile" in sys.argv:
        profile = cProfile.Profile()
        profile.runcall(main)
        pstats.Stats(profile).sort_stats("tottime").print_stats(35)
    else:
        main()
