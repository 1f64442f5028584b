"""The rules: what must be true of one end of a connection, whatever the network did to it, in sentences.

Each rule reads a life and says what is wrong with it, or nothing. They know the trace, and nothing of how the TCP is
written.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

from course import TRANSITIONS, Event, State, TcpParameters
from course.tcp.options import STAMP_OCTETS
from course.tcp.segment import Why
from course.tcp.timers import Timer
from course.trace.record import Changed, Delivered, Expired, Sent
from tests.sim.lives import BEFORE, FAREWELLS, Life, relative, walk
from tests.sim.tallies import Arrived, Facts, Newest, Stream, edge_offered

TICK = 2e-9  # the clock rounds to nanoseconds
DEFAULT_MSS = 536  # RFC 9293, section 3.7.1
FEW = 10
RECEIVING = frozenset({State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2})


# ---------------------------------------------------------------- states


def states_follow_the_diagram(life: Life, knobs: TcpParameters) -> Iterator[str]:
    """RFC 9293, section 3.3.2: only along the arrows, and each from where the last one led."""
    if life.changes[0].before not in BEFORE:
        yield f"it begins in {life.changes[0].before}"
    for before, after in pairwise(life.changes):
        if before.after is not after.before:
            yield f"it was in {before.after} and left {after.before}"
    for change in life.changes:
        if TRANSITIONS.get((change.before, change.event)) is not change.after:
            yield f"{change.before} -> {change.after} on {change.event} is no arrow"


def states_mean_what_they_say(life: Life, knobs: TcpParameters) -> Iterator[str]:
    """RFC 9293, section 3.3.2, in its words: what each state says that was acknowledged, and what has arrived."""
    facts = Facts(life)
    for each in life.story:
        facts.learn(each)
        if not isinstance(each, Changed):
            continue
        for fact, states in MEANING.items():
            if each.after in states and not getattr(facts, fact):
                yield f"it is in {each.after} at {each.at:.3f} s, and {fact.replace('_', ' ')} is not true"
        if each.event is Event.ACK_OF_FIN and each.after is State.CLOSED and each.before is not State.LAST_ACK:
            yield f"it leaves {each.before} for CLOSED without TIME-WAIT"


MEANING = {
    "our_syn_is_acknowledged": frozenset({State.ESTABLISHED, State.CLOSE_WAIT, State.LAST_ACK, State.TIME_WAIT}),
    "our_fin_is_acknowledged": frozenset({State.FIN_WAIT_2, State.TIME_WAIT}),
    "their_fin_is_here": frozenset({State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK, State.TIME_WAIT}),
}


def time_wait_lasts_two_msl(life: Life, knobs: TcpParameters) -> Iterator[str]:
    """RFC 9293, sections 3.6.1 and 3.10.7.4, eighth: 2 MSL, again from each FIN on, unless a RST ends it."""
    newest, since = Newest(life), 0.0
    for each, state in walk(life):
        if isinstance(each, Changed) and each.event is Event.TIME_WAIT_TIMEOUT:
            if abs(each.at - since - 2 * knobs.msl) > TICK:
                yield f"TIME-WAIT ended at {each.at} s, and 2 MSL are {2 * knobs.msl} s; it began at {since} s"
        elif state is State.TIME_WAIT and (isinstance(each, Changed) or is_fin(each, newest)):
            since = each.at


def is_fin(each: object, newest: Newest) -> bool:
    """Did a FIN arrive, and no old one?"""
    return isinstance(each, Delivered) and each.sent.segment.fin and newest.is_in_time(each.sent.segment)


# ---------------------------------------------------------------- what is sent


def nothing_follows_a_farewell(life: Life, knobs: TcpParameters) -> Iterator[str]:
    """RFC 9293, section 3.10.5: the RST by which an end gives up is the last that is heard of it."""
    farewells = [sent for sent in life.sent if sent.segment.why in FAREWELLS]
    if farewells and life.sent[-1] is not farewells[0]:
        yield f"{life.sent[-1].name} follows the reset {farewells[0].name}"


def numbers_are_in_order(life: Life, knobs: TcpParameters) -> Iterator[str]:
    """RFC 9293, section 3.4: SYN first, then octets without a hole, each always the same, then FIN, always there."""
    iss, stream = life.iss, Stream()
    for sent in life.sent:
        if sent.segment.rst:
            continue
        if iss is None:
            yield f"{sent.name} was sent before any SYN"
            return
        for wrong in stream.take(sent.segment, relative(sent.segment.seq, iss) - 1):
            yield f"{sent.name}: {wrong}"


def segments_fit_the_mss(life: Life, knobs: TcpParameters) -> Iterator[str]:
    """RFC 9293, section 3.7.1 (MUST-16): no more octets than the peer announced (a cookie forgets it, more or less)."""
    syn = life.peer_syn
    if syn is None:
        return
    announced = syn.options.mss or DEFAULT_MSS
    for sent in life.sent:
        size = len(sent.segment.data) + (STAMP_OCTETS if sent.segment.options.timestamps else 0)
        if len(sent.segment.data) > 1 and size > min(announced, knobs.mss):
            yield f"{sent.name} carries {size} octets, options included; the peer takes {announced}, we {knobs.mss}"


def the_window_is_kept(life: Life, knobs: TcpParameters) -> Iterator[str]:
    """RFC 9293, sections 3.8.6 and 3.8.6.1: nothing beyond the offered window, but one octet to probe it."""
    edge, iss, (_, scale) = 0, life.iss, life.scales
    for each in life.story:
        if iss is None:
            return
        if isinstance(each, Delivered) and not each.sent.segment.rst:
            edge = max(edge, edge_offered(each.sent.segment, iss, scale))
        elif isinstance(each, Sent) and not each.segment.syn and not each.segment.rst:
            probe = each.segment.why is Why.WINDOW_PROBE
            end = relative(each.segment.seq, iss) + each.segment.len
            if each.segment.len and end > edge + probe:
                yield f"{each.name} ends at {end}, and the window at {edge}"
            if probe and each.segment.len != 1:
                yield f"{each.name} probes with {each.segment.len} octets"


def acknowledgments_move_forward(life: Life, knobs: TcpParameters) -> Iterator[str]:
    """RFC 9293, sections 3.4 and 3.8.6 (SHLD-14): neither ACK nor the window's right edge ever moves back.

    A scaled window cannot be said to the octet: the edge may move back by less than one unit (RFC 7323, 2.4).
    """
    irs, (scale, _) = life.irs, life.scales
    ack = edge = 0
    for sent in life.sent:
        seg = sent.segment
        if seg.rst or (seg.ack is None and seg.syn and ack == 0):
            continue
        if seg.ack is None or irs is None:
            yield f"{sent.name} acknowledges nothing"
            return
        right = edge_offered(seg, irs, scale)
        if relative(seg.ack, irs) < ack:
            yield f"{sent.name}: the ACK moves back from {ack}"
        if right <= edge - (1 << scale) and not seg.syn:  # the window of a SYN cannot say more than 65535
            yield f"{sent.name}: the window's right edge moves back from {edge} to {right}"
        ack, edge = relative(seg.ack, irs), max(right, edge)


def only_what_arrived_is_acknowledged(life: Life, knobs: TcpParameters) -> Iterator[str]:
    """RFC 9293, sections 3.4 and 3.8.6: ACK n says that everything before n is here, and was offered room."""
    irs, arrived = life.irs, Arrived(0 if life.syn else 1)  # a cookie has forgotten the SYN
    scale, edge = life.scales[0], 2**32
    for each in life.story:
        if irs is None:
            return
        if isinstance(each, Delivered) and not each.sent.segment.rst:
            begin = relative(each.sent.segment.seq, irs)
            arrived.take(begin, min(each.sent.segment.len, edge - begin))
        elif isinstance(each, Sent) and each.segment.ack is not None and not each.segment.rst:
            ack = relative(each.segment.ack, irs)
            if ack > arrived.end:
                yield f"{each.name} acknowledges up to {ack}, and only what is before {arrived.end} is here"
            edge = edge_offered(each.segment, irs, scale) + (1 << scale) - 1  # what the field cannot say


def acknowledgments_come_soon(life: Life, knobs: TcpParameters) -> Iterator[str]:
    """RFC 9293, section 3.8.6.3 (MUST-59): what was taken in is acknowledged within the delay of the delayed ACK."""
    irs, (scale, _), newest = life.irs, life.scales, Newest(life)
    arrived, edge, ack, due = Arrived(1), 2**32, 1, None
    for each, state in walk(life):
        if irs is None:
            return
        if due is not None and each.at > due + knobs.delayed_ack + TICK:
            yield f"what came at {due:.3f} s was not acknowledged by {each.at:.3f} s"
            return
        if isinstance(each, Delivered) and newest.is_heard(each.sent.segment) and state in RECEIVING:
            begin = relative(each.sent.segment.seq, irs)
            arrived.take(begin, min(each.sent.segment.len, edge - begin))
        elif isinstance(each, Sent) and each.segment.ack is not None and not each.segment.rst:
            ack = relative(each.segment.ack, irs)
            edge = edge_offered(each.segment, irs, scale)
        due = None if arrived.end <= ack else each.at if due is None else due


def no_war_of_acknowledgments(life: Life, knobs: TcpParameters) -> Iterator[str]:
    """An ACK is no reason for an ACK: two ends that answer each other's empty segments would never stop."""
    heard = said = None
    answers = 0
    for one, two in pairwise(life.story):
        if not (isinstance(one, Delivered) and isinstance(two, Sent)) or not (is_bare(one.sent) and is_bare(two)):
            continue
        answers = answers + 1 if (one.sent.segment, two.segment) == (heard, said) else 0
        heard, said = one.sent.segment, two.segment
        if answers > FEW:
            yield f"{two.name} answers an empty ACK by the same empty ACK again, and again, and again"
            return


def is_bare(sent: Sent) -> bool:
    """Is it nothing but an acknowledgment?"""
    seg = sent.segment
    return seg.len == 0 and not seg.rst and seg.why is not Why.KEEP_ALIVE


# ---------------------------------------------------------------- timers


def timers_back_off(life: Life, knobs: TcpParameters) -> Iterator[str]:
    """RFC 6298 (5.5), RFC 9293, section 3.8.6.1: while nothing is heard, each wait is twice as long, up to a limit."""
    for timer in (Timer.RETRANSMISSION, Timer.PERSIST):
        for one, two, three in silences(life, timer):
            waited, wait = two - one, three - two
            if abs(wait - min(2 * waited, knobs.max_rto)) > 4 * TICK:
                yield f"the {timer} timer waited {waited} s, then {wait} s, until {three:.3f} s"
            if waited < knobs.min_rto - TICK:
                yield f"the {timer} timer waited {waited} s only"


def a_timeout_sends_again(life: Life, knobs: TcpParameters) -> Iterator[str]:
    """RFC 6298 (5.4) and RFC 9293, section 3.8.6.1: when these timers run out, something leaves, or all is over."""
    senders = (Timer.RETRANSMISSION, Timer.PERSIST)
    story = [each for each in life.story if not isinstance(each, Expired) or each.timer in senders]
    for one, two in pairwise(story):
        if isinstance(one, Expired):
            over = isinstance(two, Changed) and two.event is Event.USER_TIMEOUT
            if two.at != one.at or not (over or isinstance(two, Sent)):
                yield f"the {one.timer} timer ran out at {one.at:.3f} s, and nothing was sent"


def a_call_is_given_time(life: Life, knobs: TcpParameters) -> Iterator[str]:
    """RFC 9293, section 3.8.3 (MUST-23): a SYN is repeated for R2 of its own, before its end gives up."""
    for change in life.changes:
        opening = change.before in (State.SYN_SENT, State.SYN_RECEIVED)
        if change.event is Event.USER_TIMEOUT and opening and change.at < life.story[0].at + knobs.r2_syn - TICK:
            yield f"it gave up in {change.before} after {change.at - life.story[0].at:.3f} s"


def silences(life: Life, timer: Timer) -> Iterator[tuple[float, float, float]]:
    """Three moments at which a timer ran out, when nothing was delivered and no state changed in between."""
    rang: list[float] = []
    for each in life.story:
        if isinstance(each, Delivered | Changed):
            rang = []
        elif isinstance(each, Expired) and each.timer is timer:
            rang = [*rang[-2:], each.at]
            if len(rang) == 3:
                yield rang[0], rang[1], rang[2]


RULES: tuple[Callable[[Life, TcpParameters], Iterator[str]], ...] = (
    states_follow_the_diagram,
    states_mean_what_they_say,
    time_wait_lasts_two_msl,
    nothing_follows_a_farewell,
    numbers_are_in_order,
    segments_fit_the_mss,
    the_window_is_kept,
    acknowledgments_move_forward,
    only_what_arrived_is_acknowledged,
    acknowledgments_come_soon,
    no_war_of_acknowledgments,
    timers_back_off,
    a_timeout_sends_again,
    a_call_is_given_time,
)
