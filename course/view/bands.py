"""Which stays in a state are shown on a host's lifeline, on which of its bands, and under what name."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from course.tcp.state import State
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
        word = self.words.get(stay.end_point)
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
        host = end[0]
        slots[end] = next(slot for slot in count() if free_from.get((host, slot), -2) <= life.start)
        free_from[host, slots[end]] = life.stop if end[2] else first_child(lives, end)
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
        life = lives.setdefault(stay.end_point, Life(begin(stay)))
        life.closed = stay.state is State.CLOSED
        life.stop = begin(stay) if life.closed else ENDLESS if stay.end is None else stay.end
    return lives


def first_child(lives: Mapping[End, Life], listener: End) -> int:
    """The row at which the listener's first child is born, and may borrow its band."""
    host, local, _ = listener
    return min((life.start for (name, own, remote), life in lives.items()
                if remote and name == host and own[1] == local[1]), default=ENDLESS)  # fmt: skip


def unborrowed(stay: Stay, slots: Mapping[End, int], lives: Mapping[End, Life]) -> list[Stay]:
    """The parts of a listener's stay in which its band is not lent: a child that came to CLOSED keeps it."""
    end = stay.end_point
    band = end[0], slots[end]
    children = [lives[other] for other, slot in slots.items() if other[2] and (other[0], slot) == band]
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
    told: dict[End, str] = {}
    for host in {end[0] for end in slots}:
        remotes = {end: end[2] for end in slots if end[0] == host and end[2]}
        peers = Counter(address for address, _ in remotes.values())
        ports = Counter(port for _, port in remotes.values())
        for end, (address, port) in remotes.items() if len(remotes) > 1 else ():
            alone, by_port = peers[address] == 1, max(ports.values()) == 1
            told[end] = names.get(address, address) if alone else str(port if by_port else end[1][1])
    return told
