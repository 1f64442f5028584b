"""The turns of one end of a connection: each event there, TCP's variables before and after it, and where an octet is.

Calls need not be understood: what a program writes makes the send queue longer, and what it reads makes the receive
queue shorter, whatever the call was (RFC 9293, sections 3.3.1 and 3.10.6).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from course.tcp.state import Event, State
from course.trace.record import Changed, Delivered, Dropped, Record, Sent
from course.trace.text import Direction
from course.view.journey import Place

if TYPE_CHECKING:
    from course.sim.watch import Sample
    from course.tcp.status import Status


ANSWERS = (Sent, Dropped, Changed)  # what TCP writes when it deals with an event; Dropped, if there is no room to send


class Turn(NamedTuple):
    """What one event made of the variables of one end, at the moment `at` (seconds); `before` is None for the first.

    `after` counts the records that had been written when it began (an arrival's own included), `until` when it was
    over. `cause` is what arrived, if that is what it was, and means nothing for calls. `end` is what led to CLOSED, if
    this did.
    """

    at: float
    before: "Status | None"
    now: "Status"
    after: int
    until: int
    cause: Delivered | None
    end: Event | None

    @property
    def taken(self) -> int:
        """How many octets the program took out of the receive queue; what a reset flushed, it did not take."""
        fell = 0 if self.before is None else self.before.receive_queue - self.now.receive_queue
        return 0 if self.end else max(0, fell)


class Move(NamedTuple):
    """In this turn, an octet left one place of that end for another; None: it was, or is, in none of them."""

    turn: Turn
    leaves: Place | None
    enters: Place | None


# ------------------------------------------------ samples of one end


def lives(samples: "Iterable[Sample]", way: Direction) -> "list[list[Sample]]":
    """The samples of one end, for each connection that it had with the other: each has an ISS of its own."""
    found: dict[int, list[Sample]] = {}
    for sample in samples:
        if (sample.local, sample.remote) == way:
            found.setdefault(sample.status.iss, []).append(sample)
    return list(found.values())


def peer(iss: int, theirs: "Iterable[list[Sample]]") -> "list[Sample]":
    """Whoever heard of the SYN with that number, from then on; of several, the one that heard most after it."""
    heard = [[sample for sample in life if sample.status.irs == iss] for life in theirs]
    return max(filter(None, heard), key=lambda life: life[-1].status.rcv_nxt, default=[])


def kept(status: "Status") -> range:
    """The numbers of the octets in the send buffer; the SYN is none of them."""
    first = max(status.snd_una, status.iss + 1)
    return range(first, first + status.send_queue)


def written(life: "Iterable[Sample]") -> int:
    """How many octets the program wrote: as far as the send buffer ever reached."""
    buffers = ((kept(sample.status), sample.status.iss) for sample in life)
    return max((octets[-1] - iss for octets, iss in buffers if octets), default=0)


# ------------------------------------------------ from samples to turns


def turns(records: Sequence[Record], life: "Iterable[Sample]") -> Iterator[Turn]:
    """Every event of one life, in order."""
    before = None
    for sample in life:
        after = beginning(records, sample.after)
        first = records[after - 1] if after else None
        cause = first if isinstance(first, Delivered) else None
        end = closing(before, sample.status, records[after : sample.after])
        yield Turn(sample.at, before, sample.status, after, sample.after, cause, end)
        before = sample.status


def beginning(records: Sequence[Record], until: int) -> int:
    """How many records there were before the segments and states that an event led to, and that end there."""
    while until and isinstance(records[until - 1], ANSWERS):
        until -= 1
    return until


def closing(before: "Status | None", now: "Status", answers: Sequence[Record]) -> Event | None:
    """What led to CLOSED, if this event did."""
    if before is None or before.state is State.CLOSED or now.state is not State.CLOSED:
        return None
    return next((record.event for record in reversed(answers) if isinstance(record, Changed)), None)


# ------------------------------------------------ where an octet is, by its number


def sending(turns: Iterable[Turn], number: int) -> Iterator[Move]:
    """An octet's moves at its sender: into the send buffer, and out of it."""
    was: Place | None = Place.SENDING_PROGRAM
    for turn in turns:
        place = Place.SEND_BUFFER if is_kept(turn.now, number) else None
        if place is not was and (place or was is Place.SEND_BUFFER):
            yield Move(turn, was, place)
            was = place


def is_kept(status: "Status", number: int) -> bool:
    """Does the send buffer hold it? A connection that is CLOSED has none."""
    return number in kept(status) and status.state is not State.CLOSED


def receiving(turns: Iterable[Turn], number: int) -> Iterator[Move]:
    """An octet's moves at its receiver: into its buffers, and to its program."""
    was: Place | None = None
    taken = 0
    for turn in turns:
        taken += turn.taken
        is_read = turn.now.irs is not None and taken >= number - turn.now.irs
        place = Place.RECEIVING_PROGRAM if is_read else waits(turn, number)
        if place is not was:
            yield Move(turn, was, place)
        was = place


def waits(turn: Turn, number: int) -> Place | None:
    """Where an octet waits that has not been read. What arrived in order outlives the connection, but no ABORT."""
    status = turn.now
    if status.rcv_nxt > number and status.receive_queue and turn.end is not Event.ABORT:
        return Place.RECEIVE_BUFFER
    return Place.REORDERING_QUEUE if is_beyond(status, number) else None


def is_beyond(status: "Status", number: int) -> bool:
    """Does it wait beyond a gap? In a connection that is CLOSED nothing does."""
    return status.state is not State.CLOSED and any(first <= number < end for first, end in status.beyond)
