"""Following one octet by its sequence number, through both ends' buffers and over the wire (RFC 9293, section 3.4)."""

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from course.trace.hosts import Directory
from course.trace.text import Direction, named
from course.trace.trace import Trace
from course.view.crossing import Crossing
from course.view.journey import Journey, Place, Step
from course.view.turns import Move, Turn, lives, peer, receiving, sending, turns, written

if TYPE_CHECKING:
    from course.sim.watch import Sample


def follow(trace: Trace, samples: "Iterable[Sample]", way: Direction, octet: int = 1) -> Journey:
    """The journey of the `octet`-th octet, counted from 1, that goes this `way`: (from, to), the ends of a connection.

    `samples` are those of `run.variables()`. If these ends had several connections, it is about the first one on which
    so much was written. Raises ValueError if there is none, and says how much was; and where a NAT stands in between,
    since it calls the ends of a connection otherwise on its two sides.
    """
    if trace.translated:
        raise ValueError("an octet cannot be followed past a NAT; run it without: scenario.with_knobs(middleboxes=())")
    sender, receiver = (Directory(trace.hosts, trace.translated).at(end) or end[0] for end in way)
    samples = list(samples)
    life = with_octet(lives(samples, way), octet, sender)
    iss = life[0].status.iss
    number = iss + octet
    there = list(turns(trace.records, peer(iss, lives(samples, way[::-1]))))
    moves = list(receiving(there, number))
    taken = {move.turn.after: move.enters for move in moves if move.leaves is None and move.enters is not None}
    steps = [
        *Crossing(trace.records, way, number, there, taken).steps(),
        *at_the_sender(sending(turns(trace.records, life), number), number, sender),
        *at_the_receiver(moves, receiver),
    ]
    return Journey(sender, receiver, octet, written(life), tuple(sorted(steps, key=attrgetter("after"))))


def with_octet(lives: "Sequence[list[Sample]]", octet: int, sender: str) -> "list[Sample]":
    """The first life in which so much is written; ValueError if there is none."""
    if not isinstance(octet, int) or isinstance(octet, bool) or octet < 1:
        raise ValueError(f"octets are counted 1, 2, 3 ...; {octet!r} is none of them")
    for life in lives:
        if written(life) >= octet:
            return life
    most = max(map(written, lives), default=0)
    raise ValueError(f"there is no octet {octet}: {sender} writes {most} on this connection")


def at_the_sender(moves: Iterable[Move], number: int, host: str) -> Iterator[Step]:
    """Into the send buffer, and out of it when the peer has it for sure."""
    for turn, leaves, enters in moves:
        if enters is Place.SEND_BUFFER:
            yield Step(turn.at, turn.after, leaves, enters, f"{host}'s program writes it")
        elif turn.now.snd_una > number and turn.cause is not None:
            name = named(turn.cause)
            yield Step(turn.at, turn.after, leaves, enters, f"{name} acknowledges it", name)
        else:
            yield Step(turn.at, turn.after, leaves, enters, *ended(host, turn))


def at_the_receiver(moves: Iterable[Move], host: str) -> Iterator[Step]:
    """Through the receiver's buffers to its program; how it came there is told by the segment that brought it."""
    for turn, leaves, enters in moves:
        if leaves is None:
            continue
        if enters is Place.RECEIVING_PROGRAM:
            yield Step(turn.at, turn.until, leaves, enters, f"{host}'s program reads it")
        elif enters is Place.RECEIVE_BUFFER and turn.cause is not None:
            name = named(turn.cause)
            yield Step(turn.at, turn.after, leaves, enters, f"{name} fills the gap before it", name)
        else:
            yield Step(turn.at, turn.after, leaves, enters, *ended(host, turn))


def ended(host: str, turn: Turn) -> tuple[str, str | None]:
    """The connection is over, and the buffers with it; the name is that of the segment that told so, if one did."""
    return f"{host}'s connection ends on {turn.end}, and its buffers with it", turn.cause and named(turn.cause)
