"""A pair of programs in either world."""

import pytest

from course import Scenario, faults

WORLDS = ("simulated", "loopback")
SEEDS = range(1, 5)
both = pytest.mark.parametrize("world", WORLDS)


def run(world, server, client, **knobs):
    """Run them, with a short delay."""
    return Scenario(server=server, client=client, **{"delay": 0.005} | knobs).run(world=world)


def result(world, server, client, **knobs):
    """What the client returned."""
    return run(world, server, client, **knobs).results["client"]


def lossy(server, client, seed):
    """Run them in the simulated network, with a tenth of the segments lost."""
    done = Scenario(server=server, client=client, faults=[faults.randomly(0.1)], seed=seed).run()
    assert done.trace.dropped != []
    return done
