"""Samples of the real kernel: whose they are, what happened between them, and how honest a line through them is."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from course.trace.hosts import Directory
from course.trace.trace import Trace
from course.view.episodes import Episode
from course.view.transfer import Transfer, pair_named
from course.view.variables import FAST_RETRANSMIT, TIMEOUT, Reading, Variables
from course.view.words import number, span


def subject(trace: Trace, samples: Sequence[Reading], host: str | None, connection: int) -> Transfer:
    """The end whose samples are wanted: that host's on that connection, else the one that sent more.

    Raises ValueError for a host or connection that is not there, or of which there are no samples.
    """
    pair = pair_named(trace, host, connection)
    found = [each for each in samples if each.remote and {each.local, each.remote} == pair]
    own = [each for each in found if host in (None, each.host)]
    if not own:
        raise ValueError(f"nobody asked about connection {connection} while it lasted: take a shorter period for watch")
    best = max(own, key=lambda each: (has_sent(each.status), each.at))
    assert best.remote is not None
    return Transfer(
        (best.local, best.remote), best.host, Directory(trace.hosts, trace.translated).at(best.remote) or best.remote[0]
    )


def has_sent(status: Variables) -> int:
    """How many octets the end has sent so far, as far as the kernel tells."""
    info = getattr(status, "info", None)
    counts = (getattr(info, name, None) for name in ("bytes_sent", "bytes_acked"))
    return next((count for count in counts if count is not None), -1)


def happened(samples: Sequence[Reading]) -> Iterator[Episode]:
    """What must have happened between two samples: it is said at the later one."""
    for before, after in pairwise(samples):
        if (after.status.timeouts or 0) > (before.status.timeouts or 0):
            yield Episode(after.at, TIMEOUT)
        elif recovers(after.status) and not recovers(before.status):
            yield Episode(after.at, FAST_RETRANSMIT)


def recovers(status: Variables) -> bool:
    """Is the kernel in fast recovery?"""
    return getattr(getattr(status, "info", None), "recovery", None) == "Recovery"


def how(samples: Sequence[Reading]) -> str:
    """In words: how many samples there are, how far apart, and that nobody knows more."""
    gaps = [after.at - before.at for before, after in pairwise(samples)]
    apart = f", mostly {span(median(gaps))} and at most {span(max(gaps))} apart" if gaps else ""
    return f"{number(len(samples))} samples{apart}: between two of them nothing is known, and a line only goes on."
