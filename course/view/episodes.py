"""Episodes: what happens to the variables of a connection, and when, from its samples and its Trace; and in words."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from course.tcp.segment import Why
from course.tcp.timers import Timer
from course.trace.record import Expired, Sent
from course.trace.text import Direction, directions
from course.trace.trace import Trace
from course.view.variables import FAST_RETRANSMIT, RESTART, TIMEOUT, UNLIMITED, Reading, is_open, threshold
from course.view.words import NO_BREAK_SPACE, THIN_SPACE, number, span

if TYPE_CHECKING:
    from course.sim.watch import Sample

MOMENT = attrgetter("at")
FIRST, LAST = 8, 4


class Episode(NamedTuple):
    """Something that changes the variables, at that moment; `end` is when what began then is over, if it is."""

    at: float
    name: str
    end: float | None = None


class Trip(NamedTuple):
    """A round trip that was measured: it took so many seconds, and ended at that moment."""

    at: float
    seconds: float


def episodes(trace: Trace, samples: "Sequence[Sample]", way: Direction) -> list[Episode]:
    """The timeouts, the fast retransmits (with the end of fast recovery) and the restarts after idle, in order."""
    timeouts = [Episode(record.at, TIMEOUT) for record in trace.records if isinstance(record, Expired)
                and record.timer is Timer.RETRANSMISSION and (record.local, record.remote) == way]  # fmt: skip
    repairs = [record for record in trace.segments
               if record.segment.why is Why.FAST_RETRANSMIT and directions(record)[0] == way]  # fmt: skip
    stops = [episode.at for episode in timeouts]
    fast = [Episode(sent.at, FAST_RETRANSMIT, end_of_recovery(sent, samples, stops)) for sent in repairs]
    return sorted([*timeouts, *fast, *restarts(samples)], key=MOMENT)


def end_of_recovery(sent: Sent, samples: "Sequence[Sample]", timeouts: Sequence[float]) -> float | None:
    """When all is acknowledged that had been sent when fast recovery began (RFC 6582), or a timeout ends it."""
    first, last = bisect_left(samples, sent.at, key=MOMENT), bisect_right(samples, sent.at, key=MOMENT)
    begins = next((n for n in range(max(first, 1), last) if lowers_ssthresh(samples[n - 1], samples[n])), first)
    recover = samples[max(begins - 1, 0)].status.snd_nxt
    full = next((sample.at for sample in samples[begins:] if sample.status.snd_una >= recover), None)
    stop = next((at for at in timeouts if at > sent.at), None)
    return min(filter(None, (full, stop)), default=None)


def lowers_ssthresh(before: "Sample", after: "Sample") -> bool:
    """Is this the moment at which a loss is noticed?"""
    return before.status.ssthresh != after.status.ssthresh


def restarts(samples: "Sequence[Sample]") -> Iterator[Episode]:
    """Where cwnd falls though nothing was in flight: it had not been used for long (RFC 5681, section 4.1)."""
    for before, after in pairwise(samples):
        idle = before.status.flight_size == 0 and before.status.ssthresh == after.status.ssthresh
        if idle and before.status.snd_una > before.status.iss and after.status.cwnd < before.status.cwnd:
            yield Episode(after.at, RESTART)


def trips(samples: "Sequence[Sample]") -> list[Trip]:
    """The round trips that were measured, recomputed from SRTT before and after (RFC 6298, section 2)."""
    found = []
    for before, after in pairwise(samples):
        old, new = before.status, after.status
        if new.srtt is not None and (new.srtt, new.rttvar) != (old.srtt, old.rttvar):
            found.append(Trip(after.at, new.srtt if old.srtt is None else 8 * new.srtt - 7 * old.srtt))
    return found


# ------------------------------------------------ in words


def account(opening: str, samples: Sequence[Reading], happened: Sequence[Episode],
            measured: Sequence[Trip] | None) -> str:  # fmt: skip
    """What happens to the variables, in a few sentences; `measured` is None where round trips cannot be told apart."""
    told = [told_of(episode, samples) for episode in happened]
    if len(told) > FIRST + LAST + 1:
        told[FIRST:-LAST] = [f"… {number(len(told) - FIRST - LAST)} more such moments …"]
    sentences = [opening, start(samples), *told, peak(samples), round_trips(measured), end(samples)]
    return " ".join(filter(None, sentences)).replace(THIN_SPACE, " ").replace(NO_BREAK_SPACE, " ")


def moment(at: float) -> str:
    """A moment as one says it."""
    return span(at) if at else "0 ms"


def size(octets: int | None) -> str:
    """A number of octets, or that there is no limit."""
    return "unknown" if octets is None else "unlimited" if octets >= UNLIMITED else number(octets)


def time(seconds: float | None) -> str:
    """A span of time, if it is known."""
    return "unknown" if seconds is None else span(seconds)


def start(samples: Sequence[Reading]) -> str:
    """With what it begins."""
    first = next((sample for sample in samples if is_open(sample.status)), samples[0])
    status = first.status
    return (f"At {moment(first.at)}: cwnd {size(status.cwnd)}, ssthresh {size(threshold(status))},"
            f" SND.WND {size(status.snd_wnd)} octets, RTO {time(status.rto)}.")  # fmt: skip


def told_of(episode: Episode, samples: Sequence[Reading]) -> str:
    """One episode, with the values that it leads to."""
    status = samples[max(bisect_right(samples, episode.at, key=MOMENT) - 1, 0)].status
    values = f"cwnd {size(status.cwnd)}, ssthresh {size(threshold(status))}"
    if episode.name == TIMEOUT:
        values += f", RTO {time(status.rto)}"
    recovery = f"; fast recovery ends at {moment(episode.end)}" if episode.end is not None else ""
    return f"At {moment(episode.at)} {episode.name}: {values}{recovery}."


def peak(samples: Sequence[Reading]) -> str:
    """The most that was in flight, and the largest congestion window."""
    flight = max(samples, key=lambda sample: sample.status.flight_size or 0)
    limited = [sample for sample in samples if (sample.status.cwnd or UNLIMITED) < UNLIMITED]
    most = f"Most is in flight at {moment(flight.at)}: {size(flight.status.flight_size)} octets."
    if not limited:
        return f"There is no congestion window. {most}"
    window = max(limited, key=lambda sample: sample.status.cwnd or 0)
    return f"cwnd is largest at {moment(window.at)}: {size(window.status.cwnd)} octets. {most}"


def round_trips(measured: Sequence[Trip] | None) -> str:
    """How many round trips were measured, and how long they took."""
    if measured is None:
        return ""
    if not measured:
        return "No round trip is measured."
    least, most = (function(trip.seconds for trip in measured) for function in (min, max))
    how_long = span(least) if most - least < 1e-6 else f"{span(least)} to {span(most)}"
    return f"{number(len(measured))} round trip{'s are' if len(measured) > 1 else ' is'} measured: {how_long}."


def end(samples: Sequence[Reading]) -> str:
    """With what it ends, as far as that was told."""
    status = next((sample.status for sample in reversed(samples) if sample.status.rto is not None), samples[-1].status)
    smoothed = "" if status.srtt is None else f" SRTT {span(status.srtt)} and"
    return f"In the end{smoothed} RTO {time(status.rto)}."
