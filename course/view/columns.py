"""Where things stand from left to right: call columns, lifelines with their bands, and the link between them.

The first-named host stands at the right end and all others to its left: one link joins the two sides.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from course.trace.record import Dropped
from course.view.bands import Bands
from course.view.story import Call, End, Story
from course.view.style import ARROW, CALL, HOST, PROGRAM, STATE, text_width
from course.view.words import call_label, loss_label, result_label

MARGIN = 14.0
SCALE_WIDTH = 54.0
BAND = 14.0
BAND_GAP = 3.0
COLUMN_GAP = 8.0
PADDING = 8.0
LINE = 20.0
FEW_PROGRAMS, WIDEST_OF_MANY = 3, 140.0
TWO_LINES = 36.0
NARROWEST_CALL, WIDEST_CALL = 92.0, 186.0
NARROWEST_LINK, WIDEST_LINK = 316.0, 520.0
EMPTY_LINK = 150.0
BURST, BURST_WIDTH = 4, 24.0


@dataclass(frozen=True, slots=True)
class Column:
    """A column of things, from `x` over `width`."""

    x: float
    width: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def centre(self) -> float:
        """Its middle."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a ladder. `link` is the gap that segments cross; `names` is where a host's states are named.

    `boxes` tells where the middleboxes stand on the link.
    """

    left: float
    right: float
    link: Column
    lifelines: dict[str, Column]
    names: dict[str, Column]
    programs: dict[str, Column]
    far: str
    boxes: Mapping[str, float]

    def side(self, host: str) -> str:
        """On which side of the link the host stands; a middlebox is no side's."""
        return "right" if host == self.far else host if host in self.boxes else "left"

    def is_behind(self, host: str) -> bool:
        """Must its arrows pass other lifelines on their way to the link?"""
        return self.side(host) == "left" and self.lifelines[host].right != self.link.x

    def edge(self, host: str) -> float:
        """Where an arrow leaves or reaches the host's lifeline."""
        lifeline = self.lifelines[host]
        return lifeline.x - 1.0 if host == self.far else lifeline.right + 1.0


def columns(story: Story, hosts: list[str], bands: Bands) -> Columns:
    """Share out the width among the hosts, named as in the scenario: the first of them stands at the right."""
    far, near = hosts[0], hosts[1:]
    slots = bands.slots
    name_widths = widest_names(bands)
    lifelines: dict[str, Column] = {}
    lanes: dict[str, Column] = {}
    left = MARGIN + SCALE_WIDTH
    programs, x = program_columns(story, near, left + 10)
    for host in near:
        lanes[host] = Column(x, max(lane_width(host, name_widths), half_names(*lifelines, host)))
        lifelines[host] = Column(lanes[host].right, bands_width(host, slots))
        x = lifelines[host].right
    link = Column(x, max(link_width(story), half_names(*lifelines, far)))
    lifelines[far] = Column(link.right, bands_width(far, slots))
    lanes[far] = Column(lifelines[far].right, lane_width(far, name_widths))
    others, right = program_columns(story, [far], lanes[far].right)
    boxes = story.trace.middleboxes
    places = {box: link.right - link.width * n / (len(boxes) + 1) for n, box in enumerate(boxes, 1)}
    return Columns(left, right, link, lifelines, lanes, programs | others, far, places)


def program_columns(story: Story, hosts: list[str], x: float) -> tuple[dict[str, Column], float]:
    """A column for each program of these hosts from `x` on, and where the last of them ends."""
    placed: dict[str, Column] = {}
    widest = WIDEST_CALL if len({call.called.program for call in story.calls}) <= FEW_PROGRAMS else WIDEST_OF_MANY
    for host in hosts:
        calls = [call for call in story.calls if call.called.host == host]
        for program in dict.fromkeys(call.called.program for call in calls):
            own = [call for call in calls if call.called.program == program]
            placed[program] = Column(x, min(call_width(program, own), widest))
            x = placed[program].right + COLUMN_GAP
    return placed, x


def call_width(program: str, calls: list[Call]) -> float:
    """How wide a program's column must be; what is longer is cut."""
    wanted = text_width(program, PROGRAM)
    for call in calls:
        first, second = call_texts(call)
        both = text_width(first, CALL) + text_width(second, CALL) + PADDING
        wanted = max(wanted, text_width(first, CALL), text_width(second, CALL), min(both, WIDEST_CALL * 0.8))
    return min(max(wanted + 2 * PADDING, NARROWEST_CALL), WIDEST_CALL)


def call_texts(call: Call) -> tuple[str, str]:
    """The two texts of a call's box: the call, and what came of it."""
    return call_label(call.called), call.cut_off or result_label(call.called, call.returned)


def call_height(call: Call, width: float) -> float:
    """The least height of a call's box: one line, where both of its texts fit into one, else two."""
    first, second = call_texts(call)
    needed = text_width(first, CALL) + (text_width(second, CALL) + PADDING if second else 0)
    return LINE if needed <= width - 2 * PADDING or not second else TWO_LINES


def bands_width(host: str, slots: dict[End, int]) -> float:
    """The width of a lifeline with all its bands side by side."""
    count = max((slot + 1 for end, slot in slots.items() if end.host == host), default=1)
    return count * BAND + (count - 1) * BAND_GAP


def widest_names(bands: Bands) -> dict[str, float]:
    """How much room the names of each host's states take."""
    widest: dict[str, float] = {}
    for stay in bands.stays:
        widest[stay.host] = max(widest.get(stay.host, 0.0), text_width(bands.name(stay), STATE))
    return widest


def lane_width(host: str, name_widths: dict[str, float]) -> float:
    """The width of the lane for the names of a host's states, and for half of its own name."""
    return max(name_widths.get(host, 0.0) + 16, text_width(host, HOST) / 2 + 8)


def half_names(*hosts: str) -> float:
    """The room that the names of the last two of these hosts need between them."""
    return sum(text_width(host, HOST) / 2 for host in hosts[-2:]) + 10


def link_width(story: Story) -> float:
    """How far the two sides must stand apart for every arrow to carry its label, and not to be too steep."""
    if not story.trace.captured:
        return EMPTY_LINK
    together = Counter((flight.sent.sender, flight.sent.at) for flight in story.flights)
    wanted = NARROWEST_LINK + BURST_WIDTH * max(0, max(together.values(), default=0) - BURST)
    for flight in story.flights:
        label = text_width(flight.label, ARROW)
        if isinstance(flight.outcome, Dropped) and flight.outcome.by:
            parts = len(story.trace.middleboxes) + 1
            label = parts * max(label, text_width(loss_label(flight.outcome), ARROW))
        elif isinstance(flight.outcome, Dropped):
            label += 30 + text_width(loss_label(flight.outcome), ARROW)
        wanted = max(wanted, label + 60)
    return min(wanted, WIDEST_LINK)
