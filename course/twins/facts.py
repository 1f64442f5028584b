"""All facts of both runs, in pairs: what programs call and return, how their connections end, what always differs."""

from collections.abc import Iterator

from course.trace.record import Called, Changed, Observed, Returned
from course.twins.calls import calls
from course.twins.pair import Aspect, Pair, Sides
from course.twins.side import ANY_PORT, Side
from course.twins.ways import Way, agree, ways
from course.twins.wire import WIRE

NOT_SEEN = "not seen"
HAD_THEIR_WAY = "every program had its way"


def facts(sides: Sides) -> Iterator[Pair]:
    """Program by program, then the connections' ends, how the runs ended, the wire, and what is never the same."""
    for program in dict.fromkeys([*sides.simulated.programs, *sides.real.programs]):
        yield from calls(sides, program)
        yield fact(Aspect.RESULT, program, "result", *(side.result(program) for side in sides))
    yield from states(sides)
    ended = [side.ended or HAD_THEIR_WAY for side in sides]
    yield fact(Aspect.END, "the run", "how it ends", *ended)
    if sides.real.trace.captured:
        yield from on_the_wire(sides)
    yield from nature(sides)


def fact(aspect: Aspect, who: str, what: str, simulated: str, real: str) -> Pair:
    """A pair that agrees if both say the same."""
    return Pair(aspect, who, what, simulated, real, simulated == real)


# ------------------------------------------------ states


def states(sides: Sides) -> Iterator[Pair]:
    """Each end's states: they agree if the simulated end visited all that was seen, and both end in the same one."""
    ours, theirs = ways(sides.simulated), ways(sides.real)
    for end in dict.fromkeys([*ours, *theirs]):
        way, seen = ours.get(end, ()), theirs.get(end, ())
        same = not seen or (agree(way, seen) and seen[-1] is (way or (None,))[-1])
        yield Pair(Aspect.STATES, end, "states", in_words(way), in_words(seen) if seen else NOT_SEEN, same)


def in_words(way: Way) -> str:
    """A way, as in "SYN-SENT, ESTABLISHED"."""
    return ", ".join(map(str, way)) or "no such connection"


# ------------------------------------------------ the wire


def on_the_wire(sides: Sides) -> Iterator[Pair]:
    """What a capture shows of both."""
    for what, told in WIRE.items():
        ours, theirs = (told(side) for side in sides)
        for who in ours.keys() & theirs.keys():
            yield fact(Aspect.WIRE, who, what, ours[who], theirs[who])


# ------------------------------------------------ what is never the same


def nature(sides: Sides) -> Iterator[Pair]:
    """Times, addresses, ports that nobody chose, and the order between programs."""
    for what, told in (("time", seconds), ("addresses", addresses), ("ports", ports)):
        pair = fact(Aspect.NATURE, "the run", what, *(told(side) for side in sides))
        if not pair.same:
            yield pair
    swapped = first_swapped(*(order(side) for side in sides))
    if swapped is not None:
        yield fact(Aspect.NATURE, "the run", "order between programs", *swapped)


def seconds(side: Side) -> str:
    """How long the programs were at it, in their world's time."""
    ends = [record.at for record in side.trace.records if isinstance(record, Called | Returned)]
    return f"{max(ends, default=0.0):.6f} s"


def addresses(side: Side) -> str:
    """Each host's address."""
    return ", ".join(side.trace.hosts.values())


def ports(side: Side) -> str:
    """The ports that nobody chose."""
    seen: list[Changed | Observed] = [*side.trace.changes, *side.trace.observations]
    ends = {record.local for record in seen}
    return ", ".join(str(end[1]) for end in sorted(ends) if not side.names.is_chosen(end)) or str(ANY_PORT)


def order(side: Side) -> list[str]:
    """All calls and returns, as they follow each other: in which order do programs take their turns?"""
    records = [record for record in side.trace.records if isinstance(record, Called | Returned)]
    return [step(record) for record in records]


def step(record: Called | Returned) -> str:
    """One step of a program, in a few words."""
    called = record if isinstance(record, Called) else record.called
    return f"{called.program} {'calls' if record is called else 'is back from'} {called.name}()"


def first_swapped(ours: list[str], theirs: list[str]) -> tuple[str, str] | None:
    """The first step at which the two orders part, if both have the same steps."""
    if sorted(ours) != sorted(theirs):
        return None
    return next(((mine, other) for mine, other in zip(ours, theirs, strict=True) if mine != other), None)
