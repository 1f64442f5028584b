"""Which stays in a state are shown on a host's lifeline, on which of its bands, and under what name."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from course.tcp.state import State
from course.trace.record import Endpoint
from course.view.story import End, Stay

PHASES: Mapping[State, str] = {
    State.SYN_SENT: "opening",
    State.SYN_RECEIVED: "opening",
    State.ESTABLISHED: "established",
    State.FIN_WAIT_1: "closing",
    State.FIN_WAIT_2: "closing",
    State.CLOSE_WAIT: "closing",
    State.CLOSING: "closing",
    State.LAST_ACK: "closing",
    State.LISTEN: "waiting",
    State.TIME_WAIT: "waiting",
    State.CLOSED: "waiting",
}
ENDLESS = 10**9


@dataclass(frozen=True, slots=True)
class Bands:
    """The stays that are shown, the band (from 0) of each end of a connection, and a word that tells ends apart."""

    stays: tuple[Stay, ...]
    slots: dict[End, int]
    words: dict[End, str]

    def name(self, stay: Stay) -> str:
        """What stands where the state begins, as in "ESTABLISHED", or "ann: ESTABLISHED" where there are several."""
        word = self.words.get(stay.whose)
        return f"{word}: {stay.state}" if word else str(stay.state)


@dataclass(slots=True)
class Life:
    """From which row to which row one end of a connection existed, and whether it ended in CLOSED."""

    start: int
    stop: int = ENDLESS
    closed: bool = False


def bands(stays: Sequence[Stay], names: Mapping[str, str]) -> Bands:
    """Share out the stays among the bands of the lifelines. `names` tells whose an address is."""
    slots: dict[End, int] = {}
    shown: list[Stay] = []
    free_from: dict[tuple[str, int], int] = {}
    lives = lifetimes(stays)
    for end, life in lives.items():
        host = end.host
        slots[end] = next(slot for slot in count() if free_from.get((host, slot), -2) <= life.start)
        free_from[host, slots[end]] = life.stop if end.remote else first_child(lives, end)
    for stay in stays:
        shown += [stay] if stay.remote else unborrowed(stay, slots, lives)
    return Bands(tuple(sorted(shown, key=begin)), slots, words(slots, names))


def begin(stay: Stay) -> int:
    """The row of the stay's beginning, -1 where that is not drawn."""
    return -1 if stay.start is None else stay.start


def lifetimes(stays: Iterable[Stay]) -> dict[End, Life]:
    """When each end of a connection existed, in the order of their beginnings."""
    lives: dict[End, Life] = {}
    for stay in stays:
        life = lives.setdefault(stay.whose, Life(begin(stay)))
        life.closed = stay.state is State.CLOSED
        life.stop = begin(stay) if life.closed else ENDLESS if stay.end is None else stay.end
    return lives


def first_child(lives: Mapping[End, Life], listener: End) -> int:
    """The row at which the listener's first child is born, and may borrow its band."""
    children = (life for end, life in lives.items() if end.remote and end.host == listener.host and
                end.local[1] == listener.local[1])  # fmt: skip
    return min((life.start for life in children), default=ENDLESS)


def unborrowed(stay: Stay, slots: Mapping[End, int], lives: Mapping[End, Life]) -> list[Stay]:
    """The parts of a listener's stay in which its band is not lent: a child that came to CLOSED keeps it."""
    end = stay.whose
    band = end.host, slots[end]
    children = [lives[other] for other, slot in slots.items() if other.remote and (other.host, slot) == band]
    last = ENDLESS if stay.end is None else stay.end
    parts, start = [], begin(stay)
    for child in sorted(children, key=lambda life: life.start):
        if start < child.start and start < last:
            parts.append(replace(stay, start=None if start < 0 else start, end=min(child.start, last)))
        start = max(start, ENDLESS if child.closed else child.stop)
    if start < last:
        parts.append(replace(stay, start=None if start < 0 else start))
    return parts


def words(slots: Mapping[End, int], names: Mapping[str, str]) -> dict[End, str]:
    """A word for each end of a connection whose host has several of them: the peer's name, or else a port."""
    ends_of: dict[str, list[tuple[End, Endpoint]]] = {}
    for end in slots:
        if end.remote:
            ends_of.setdefault(end.host, []).append((end, end.remote))
    return {end: word for ends in ends_of.values() for end, word in tell_apart(ends, names)}


def tell_apart(ends: list[tuple[End, Endpoint]], names: Mapping[str, str]) -> Iterator[tuple[End, str]]:
    """For a host's ends and their peers: the peer's name if no other comes from there, else the port that differs."""
    pairs = {(end.local, remote) for end, remote in ends}
    callers, peers = Counter(address for _, (address, _) in pairs), {remote for _, remote in pairs}
    for end, remote in ends if len(pairs) > 1 else ():
        is_alone = callers[remote[0]] == 1
        port = remote[1] if len(peers) == len(pairs) else end.local[1]
        yield end, names.get(remote[0], remote[0]) if is_alone else str(port)
