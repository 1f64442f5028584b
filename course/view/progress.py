"""The alternative text of a time-sequence graph: how a transfer goes, in a few sentences."""

from collections.abc import Sequence
from itertools import pairwise

from course.trace.record import Sent
from course.view.alternative import listed
from course.view.transfer import Piece, Transfer
from course.view.words import NO_BREAK_SPACE, THIN_SPACE, number, span

FIRST, LAST, SHOWN = 6, 3, 3
SILENCE = 0.25  # of the whole time: a silence that long is told


def progress(told: Transfer, pieces: Sequence[Piece], lost: Sequence[Piece], conditions: str) -> str:
    """How the transfer of these pieces goes, in words."""
    sentences = [
        f"{told.sender} sends to {told.receiver} ({conditions.replace(' · ', ', ') or 'simulated network'}).",
        amount(pieces, lost),
        *repairs(pieces, lost),
        *milestones(told, pieces),
        silence(pieces),
        limit(told, pieces),
        f"{number(told.lost_acks)} acknowledgments are lost." if told.lost_acks > 1 else
        "One acknowledgment is lost." if told.lost_acks else "",
    ]  # fmt: skip
    return " ".join(filter(None, sentences)).replace(THIN_SPACE, " ").replace(NO_BREAK_SPACE, " ")


def amount(pieces: Sequence[Piece], lost: Sequence[Piece]) -> str:
    """How much is sent, and when."""
    if not pieces:
        return "Nothing is sent meanwhile."
    octets = sum(len(piece.sent.segment.data) for piece in pieces if not piece.again)
    what = f"{counted(len(pieces), 'segment')} with {counted(octets, 'octet')} of data"
    again = sum(piece.again for piece in pieces)
    extra = listed(filter(None, (f"{number(again)} sent again" * bool(again), f"{number(len(lost))} lost" * bool(lost))
                   )) if again or lost else ""  # fmt: skip
    return f"{moments(pieces)} {what}{', ' * bool(extra)}{extra}."


def counted(count: int, word: str) -> str:
    """As in "1 segment", "2 segments"."""
    return f"{number(count)} {word}{'s' * (count != 1)}"


def moment(at: float) -> str:
    """A moment as one says it."""
    return span(at) if at else "0 ms"


def moments(pieces: Sequence[Piece]) -> str:
    """From when to when they are sent."""
    first, last = pieces[0].sent.at, pieces[-1].sent.at
    return f"At {moment(first)}:" if first == last else f"From {moment(first)} to {moment(last)}:"


def repairs(pieces: Sequence[Piece], lost: Sequence[Piece]) -> list[str]:
    """What is lost and what is sent again, moment by moment; of many only the first and the last."""
    gone = {piece.sent for piece in lost}
    told: dict[tuple[float, str], list[Piece]] = {}
    for piece in pieces:
        fates = ["lost"] * (piece.sent in gone) + ["again"] * piece.again
        for fate in fates:
            told.setdefault((piece.sent.at, fate), []).append(piece)
    sentences = [repair(at, fate, group) for (at, fate), group in told.items()]
    if len(sentences) <= FIRST + LAST + 1:
        return sentences
    between = f"… {number(len(sentences) - FIRST - LAST)} more such moments …"
    return [*sentences[:FIRST], between, *sentences[-LAST:]]


def repair(at: float, fate: str, pieces: Sequence[Piece]) -> str:
    """One moment at which something is lost, or sent again."""
    more = [f"{counted(len(pieces) - SHOWN, 'segment')} more"] if len(pieces) > SHOWN else []
    names = listed([*(numbers(piece) for piece in pieces[:SHOWN]), *more])
    if fate == "lost":
        return f"Lost of what is sent at {moment(at)}: {names}."
    return f"Sent again at {moment(at)}: {names}{because(pieces[0].sent)}."


def because(sent: Sent) -> str:
    """Why, if that is known."""
    return f" ({sent.segment.why.sentence})" if sent.segment.why else ""


def numbers(piece: Piece) -> str:
    """What a segment carries, by its numbers."""
    segment = piece.sent.segment
    words = ["SYN"] * segment.syn
    if segment.data:
        words.append(f"octets {piece.low + segment.syn}–{piece.high - segment.fin - 1}")
    return " with ".join([*words, *["FIN"] * segment.fin])


def milestones(told: Transfer, pieces: Sequence[Piece]) -> list[str]:
    """When half of it, and all of it, is acknowledged."""
    last = max((piece.high for piece in pieces), default=0)
    half, whole = (next((step.at for step in told.acknowledged if step.value >= last * share), None)
                   for share in (0.5, 1.0))  # fmt: skip
    if whole is None:
        return ["Not all of it is acknowledged."]
    first = [f"Half of it is acknowledged at {moment(half)}."] if half is not None and half < whole else []
    return [*first, f"All of it is acknowledged at {moment(whole)}."]


def silence(pieces: Sequence[Piece]) -> str:
    """The longest time in which nothing is sent, if it is long."""
    gaps = [(later.sent.at - earlier.sent.at, earlier.sent.at) for earlier, later in pairwise(pieces)]
    longest, since = max(gaps, default=(0.0, 0.0), key=lambda gap: gap[0])
    whole = pieces[-1].sent.at - pieces[0].sent.at if pieces else 0
    is_long = len(pieces) > SHOWN and longest > whole * SILENCE
    return f"After {moment(since)} nothing is sent for {span(longest)}." if is_long else ""


def limit(told: Transfer, pieces: Sequence[Piece]) -> str:
    """Does what is sent come so near to the edge of the offered window that no full segment would fit any more?"""
    edges, position = told.edge, 0
    largest = max((piece.high - piece.low for piece in pieces), default=0)
    for piece in pieces:
        while position + 1 < len(edges) and edges[position + 1].at <= piece.sent.at:
            position += 1
        if edges and edges[position].at <= piece.sent.at and piece.high > edges[position].value - largest:
            return f"At {moment(piece.sent.at)} the offered window is full."
    return "The offered window is never full." if edges and pieces else ""
