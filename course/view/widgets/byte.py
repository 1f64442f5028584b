"""Byte: one octet's way from program to program, as plain values for the browser."""

from collections.abc import Sequence
from typing import NamedTuple

from course.octets import letters
from course.sim.watch import Sample
from course.trace.text import Direction, directions
from course.trace.trace import Trace
from course.view.follow import follow
from course.view.journey import Journey, Place, held
from course.view.turns import lives, written
from course.view.widgets.answers import Message
from course.view.words import NO_BREAK_SPACE, span


class Flow(NamedTuple):
    """What one end sends on one connection: its name, its way, and how many octets it writes."""

    name: str
    way: Direction
    octets: int


def flows(samples: Sequence[Sample], names: "dict[Direction, str]") -> list[Flow]:
    """Everything that is sent in a run; `names` are those of the ends."""
    found = (Flow(name, way, max(map(written, lives(samples, way)), default=0)) for way, name in names.items())
    return [flow for flow in found if flow.octets]


def journey(trace: Trace, samples: Sequence[Sample], flow: Flow, octet: int) -> Message:
    """Where the octet can be, and what happens to it, step by step."""
    found = follow(trace, samples, flow.way, octet)
    return {
        "octet": octet,
        "value": value(trace, found, flow.way),
        "begins": [str(place) for place in held(())],
        "places": [{"place": str(place), "where": where} for place, where in whereabouts(found)],
        "steps": [
            {
                "time": span(step.at).replace(NO_BREAK_SPACE, " ") if step.at else "0 ms",
                "after": step.after,
                "what": step.what,
                "carried": step.name if step.enters is Place.WIRE else None,
                "places": [str(place) for place in held(found.steps[:count])],
            }
            for count, step in enumerate(found.steps, 1)
        ],
        "ending": found.ending,
    }


def whereabouts(journey: Journey) -> list[tuple[Place, str]]:
    """Each place, and whose it is."""
    whose = [
        journey.sender,
        f"{journey.sender}'s TCP",
        "on the way",
        *[f"{journey.receiver}'s TCP"] * 2,
        journey.receiver,
    ]
    return list(zip(Place, whose, strict=True))


def value(trace: Trace, journey: Journey, way: Direction) -> str:
    """The octet itself, as digits and as a letter; as far as it was ever sent."""
    names = {step.name for step in journey.steps if step.enters is Place.WIRE}
    first = next((sent for sent in trace.segments if sent.name in names and directions(sent)[0] == way), None)
    if first is None:
        return f"octet {journey.octet}"
    isn = next(sent.segment.seq for sent in trace.segments if directions(sent)[0] == way and sent.segment.syn)
    octet = first.segment.data[(isn + journey.octet - first.segment.seq - first.segment.syn) % 2**32]
    return f"{octet:02x} {letters(bytes((octet,)))}"
