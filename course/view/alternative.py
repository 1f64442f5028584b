"""The alternative text of a ladder: its story in a few sentences, for everyone who does not see the picture."""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

from course.trace.hosts import Directory
from course.trace.record import Called, Constant, Delivered, Dropped, Octets, Sent
from course.trace.trace import Trace
from course.view.bands import Bands
from course.view.heights import Gap, Heights
from course.view.story import Call, End, Flight, Story
from course.view.words import NO_BREAK_SPACE, PLAIN_LOSS, THIN_SPACE, call_label, number, result_label, span, word_for

MANY = 16
FIRST, LAST, TOGETHER = 6, 4, 4
CALLS = 10


def alternative(story: Story, bands: Bands, heights: Heights) -> str:
    """The story in words; on the real kernel without times and ports, which differ from run to run."""
    if story.trace.world == "loopback":
        sentences = [opening(story), *events(story, heights), *calls(story)]
    else:
        sentences = [opening(story), *events(story, heights), *states(bands), *calls(story), sentence(story.part.note),
                     translations(story.trace)]  # fmt: skip
    return " ".join(filter(None, sentences)).replace(THIN_SPACE, " ").replace(NO_BREAK_SPACE, " ")


def opening(story: Story) -> str:
    """Who takes part, where, and how much there is to see."""
    hosts = listed(dict.fromkeys((*list(story.trace.hosts)[1:], *list(story.trace.hosts)[:1])))
    segments = len({flight.sent.name for flight in story.flights})
    all_sent = [record for record in story.part.records if isinstance(record, Sent)]
    total, word = len(all_sent), word_for(all_sent)
    if story.trace.world == "loopback":
        seen = f"{number(segments)} {word}{'s' * (segments != 1)} as captured"
        return f"{hosts} on this machine's kernel; {seen if story.trace.captured else 'no capture, so no segments'}."
    lost = sum(isinstance(flight.outcome, Dropped) for flight in story.flights)
    part = number(segments) if segments == total else f"{number(segments)} of {number(total)}"
    count = f"{part} {word}{'s' * (total != 1)}" + (f", {number(lost)} lost" if lost else "")
    boxes = story.trace.middleboxes
    between = f" Between them: {listed(boxes)}." if boxes else ""
    return f"{hosts}: {count} ({story.trace.conditions.replace(' · ', ', ') or 'simulated network'}).{between}"


def listed(words: Iterable[str]) -> str:
    """As in "ann, bob and server"."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def sentence(text: str) -> str:
    """The text with a full stop."""
    return f"{text}." if text else ""


def events(story: Story, heights: Heights) -> list[str]:
    """Who sends what and what becomes of it, and what is waited for; of many only the first and the last."""
    groups = groupby(story.flights, key=lambda flight: (flight.sent.at, flight.sent.sender))
    together = [list(group) for _, group in groups]
    gaps = [] if story.trace.world == "loopback" else heights.gaps
    moments: list[tuple[int, Gap | list[Flight]]] = [(gap.row, gap) for gap in gaps]
    moments = sorted([*moments, *((flights[0].start, flights) for flights in together)], key=itemgetter(0))
    if len(moments) <= MANY:
        return [moment_told(what, story) for _, what in moments]
    between = f"… {number(len(moments) - FIRST - LAST)} more such moments …"
    first, last = ([moment_told(what, story) for _, what in some] for some in (moments[:FIRST], moments[-LAST:]))
    return [*first, between, *last]


def moment_told(what: Gap | list[Flight], story: Story) -> str:
    """What is waited for, or what is sent at one moment."""
    if isinstance(what, Gap):
        return f"Then {' '.join(what.lines)}."
    at, sender = what[0].sent.at, what[0].sent.sender
    when = "" if story.trace.world == "loopback" else f"At {span(at) if at else '0 ms'} "
    return f"{when}{sender} sends {sent(what, story)}."


def sent(flights: list[Flight], story: Story) -> str:
    """What is sent at one moment by one host; of many segments the first, and those that are lost."""
    if len(flights) <= TOGETHER:
        return listed(f"{flight.label}{fate(flight, story)}" for flight in flights)
    lost = [flight.sent.name for flight in flights if isinstance(flight.outcome, Dropped)]
    return f"{flights[0].label} and {len(flights) - 1} more {word_for(flight.sent for flight in flights)}s" + (
        f", of which {listed(lost)} lost" if lost else ""
    )


def fate(flight: Flight, story: Story) -> str:
    """What becomes of a segment, where it does not just arrive."""
    match flight.outcome:
        case None:
            return ", which is still on its way"
        case Dropped(reason=reason) as dropped:
            return ", which is lost" + ("" if reason in PLAIN_LOSS else f" ({dropped.sentence})")
        case Delivered(copy=copy) if copy > 1:
            return f", of which copy {copy} arrives at {span(flight.outcome.at)}"
    overtakers = [other.sent.name for other in story.flights if overtakes(other, flight)]
    return f", which arrives at {span(flight.outcome.at)}, after {overtakers[-1]}" if overtakers else ""


def overtakes(other: Flight, flight: Flight) -> bool:
    """Was the other sent later the same way, and did it arrive earlier?"""
    if other.sent.sender != flight.sent.sender or other.copy > 1 or not isinstance(other.outcome, Delivered):
        return False
    return other.start > flight.start and (other.end or 0) < (flight.end or 0)


def states(bands: Bands) -> list[str]:
    """Through which states each end of each connection goes."""
    sentences = []
    states_of: dict[End, list[str]] = {}
    for stay in bands.stays:
        states_of.setdefault(stay.whose, []).append(str(stay.state))
    for end, names in states_of.items():
        what = f" ({bands.words[end]})" if end in bands.words else "" if end.remote else " (listening)"
        sentences.append(f"States of {end.host}{what}: {listed(names)}.")
    return sentences


def calls(story: Story) -> list[str]:
    """What each program calls, and what comes of it."""
    calls_of: dict[str, list[Call]] = {}
    for call in story.calls:
        calls_of.setdefault(call.called.program, []).append(call)
    sentences = []
    for program, own in calls_of.items():
        more = f" and {len(own) - CALLS} calls more" if len(own) > CALLS else ""
        sentences.append(f"{program} calls {', '.join(call_told(call, story) for call in own[:CALLS])}{more}.")
    return sentences


def call_told(call: Call, story: Story) -> str:
    """A call and its result, in words; an address that the real kernel chose is left out."""
    called, returned = call.called, call.returned
    if story.trace.world == "loopback":
        called, returned = unaddressed(called), returned and returned._replace(value=without_address(returned.value))
    if returned is None and story.is_cut:
        return call_label(called)
    result = (call.cut_off or result_label(called, returned)).removeprefix("→ ").removeprefix("… ")
    return call_label(called) + (f": {result}" if result else "")


def unaddressed(called: Called) -> Called:
    """The call; without the address if that of a datagram's receiver is in dotted form, as a program has learnt it."""
    match called:
        case Called(name="sendto", arguments=(octets, (str(address), int()))) if address[:1].isdigit():
            return called._replace(arguments=(octets, Constant("...")))
    return called


def without_address(value: object) -> object:
    """The octets alone, of a datagram and its sender; nothing of any other pair, which is an address."""
    match value:
        case (bytes() | Octets() as octets, _):
            return octets
        case tuple():
            return None
    return value


def translations(trace: Trace) -> str:
    """Who stands behind which port of a NAT, as in "client 49152 is 203.0.113.1 40001"; empty without one."""
    if not trace.translated:
        return ""
    names = Directory(trace.hosts)
    ends = ((names.at(inner) or inner[0], inner[1], *outer) for outer, inner in trace.translated.items())
    return f"Outside of the NAT {listed(f'{name} {port} is {address} {other}' for name, port, address, other in ends)}."
