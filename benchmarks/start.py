"""What a student waits for first: `import course`, and a handshake run and laid out.

python benchmarks/start.py
"""

import statistics
import subprocess
import sys
import time

from course import Scenario
from course.apps import echo
from course.view.layout import layout

REPETITIONS = 15
IMPORT = "import time; began = time.perf_counter(); import course; print(time.perf_counter() - began)"


def import_seconds() -> float:
    """How long `import course` takes in a fresh interpreter."""
    printed = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True)
    return float(printed.stdout)


def handshake_seconds() -> tuple[float, float]:
    """How long the echo takes to run, and to lay out."""
    talk = Scenario(server=echo.server, client=echo.client, delay=0.050)
    began = time.perf_counter()
    run = talk.run()
    ran = time.perf_counter()
    layout(run.trace)
    return ran - began, time.perf_counter() - ran


def main() -> None:
    """Print medians in milliseconds."""
    imports = [import_seconds() for _ in range(REPETITIONS)]
    runs, layouts = zip(*[handshake_seconds() for _ in range(REPETITIONS)], strict=True)
    for what, seconds in (("import course", imports), ("handshake, run", runs), ("handshake, laid out", layouts)):
        print(f"{what:20} {statistics.median(seconds) * 1000:7.1f} ms   (best {min(seconds) * 1000:.1f} ms)")


if __name__ == "__main__":
    main()
