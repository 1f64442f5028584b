"""Let two hosts talk while the network does what it likes: python -m tools.schedules 10000 [--seed N] [--workers N].

The schedules are those of tests/sim/schedules.py. One that goes wrong is made as small as possible and printed, with
the line that replays it: python -m tools.schedules --replay "Scenario(...)".
"""

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, given, seed, settings

from course import RunError, Scenario
from tests.sim.judge import problems
from tests.sim.schedules import schedules
from tests.sim.trials import judged, limits, scenario_of

PORTION = 250  # schedules that one worker tries at a time


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a portion: how many schedules and segments there were, and the failure in words, if any."""

    schedules: int
    segments: int
    failure: str | None


def main() -> None:
    """Try many schedules, or replay one; exit with 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tools.schedules", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("count", nargs="?", type=int, default=1000, help="how many schedules to try (1000)")
    parser.add_argument("--seed", type=int, default=0, help="another seed gives other schedules (0)")
    parser.add_argument("--workers", type=int, default=2, help="processes that share the work (2)")
    parser.add_argument("--replay", metavar="LINE", help="run this one schedule, and print its trace")
    given_to_us = parser.parse_args()
    if given_to_us.replay is not None:
        sys.exit(replay(given_to_us.replay))
    sys.exit(search(given_to_us.count, given_to_us.seed, given_to_us.workers))


def replay(line: str) -> int:
    """Print the trace of one schedule, and what is wrong with it; how many things are."""
    scenario = scenario_of(line)
    try:
        run = scenario.run(limits=limits(scenario))
        wrong = problems(run)
    except RunError as error:
        run, wrong = error.run, [f"{type(error).__name__}: {error}"]
    print(run.trace, *wrong, f"{len(wrong)} problems", sep="\n")
    return min(len(wrong), 1)


def search(count: int, first_seed: int, workers: int) -> int:
    """Try so many schedules, in portions; 1 as soon as one goes wrong, else 0."""
    began, done, segments = time.monotonic(), 0, 0
    with ProcessPoolExecutor(workers) as pool:
        for tried in pool.map(try_portion, *zip(*portions(count, first_seed), strict=True)):
            done, segments = done + tried.schedules, segments + tried.segments
            print(f"\r{done} schedules, {segments} segments, {time.monotonic() - began:.0f} s", end="", flush=True)
            if tried.failure is not None:
                pool.shutdown(cancel_futures=True)
                print(f"\nFAILED\n{tried.failure}")
                return 1
    print("\nall is well")
    return 0


def portions(count: int, first_seed: int) -> Iterator[tuple[int, int]]:
    """How many schedules, and the seed, for each portion."""
    for number, begin in enumerate(range(0, count, PORTION)):
        yield min(PORTION, count - begin), first_seed * 1_000_000 + number


def try_portion(count: int, chance: int) -> Tried:
    """Try some schedules; one that goes wrong is made as small as possible."""
    sent: list[int] = []

    @seed(chance)
    @settings(max_examples=count, database=None, deadline=None, phases=(Phase.generate, Phase.shrink),
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(schedules())
    def one(scenario: Scenario) -> None:
        sent.append(0)
        sent[-1] = len(judged(scenario).trace.sent)

    try:
        one()
    except AssertionError as wrong:
        return Tried(len(sent), sum(sent), str(wrong))
    return Tried(len(sent), sum(sent), None)


if __name__ == "__main__":
    main()
