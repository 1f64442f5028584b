"""The judge: what must be true of a whole run, from its trace and from what its programs say of it, in sentences."""

import struct
from collections.abc import Callable, Iterator

from course import Event, Run, Segment, State
from course.tcp.segment import Why
from course.tcp.wire import decode, encode
from tests.sim.lives import BEFORE, Life, Lives, lives
from tests.sim.parts import PATIENT, Account, stream
from tests.sim.rules import RECEIVING, RULES


def problems(run: Run) -> list[str]:
    """Everything that is wrong with a run."""
    found, knobs = lives(run.trace), run.scenario.tcp_by_host()
    wrong = [f"{life}: {each}" for life in found.all for rule in RULES for each in rule(life, knobs[life.host])]
    wrong += every_end_is_closed(found)
    wrong += resets_have_a_reason(found)
    wrong += strays_are_resets(found)
    wrong += nobody_gives_up_for_nothing(run, found)
    wrong += the_octets_survive_the_wire(run)
    wrong += accounts_are_true(run, found)
    return wrong


# ---------------------------------------------------------------- ends


def every_end_is_closed(found: Lives) -> Iterator[str]:
    """Nothing is left, since programs close whatever they open."""
    for life in found.all:
        if life.state not in BEFORE and not is_excused(life, found):
            yield f"{life}: it is left in {life.state}"
    for (host, local), changes in found.listeners.items():
        if changes[-1].after is not State.CLOSED:
            yield f"{host} {local[1]}: the listener is left in {changes[-1].after}"


def is_excused(life: Life, found: Lives) -> bool:
    """In FIN-WAIT-2 no timer runs, if the peer has gone without a FIN; others may have given way to an heir.

    Those are one in TIME-WAIT (MAY-2), and one half-way whose caller took a SYN cookie instead (RFC 4987, 3.6).
    """
    peers = [peer for peer in found.of(life.local, life.remote) if peer.local == life.remote]
    if life.state is State.FIN_WAIT_2:
        return all(peer.state in BEFORE for peer in peers) and met(peers, *GONE)
    gave_way = life.heir is not None and life.heir.state is not State.LISTEN
    return gave_way and life.state in (State.TIME_WAIT, State.SYN_RECEIVED)


def resets_have_a_reason(found: Lives) -> Iterator[str]:
    """RFC 9293, section 3.5.3: no connection that stands is reset, unless an end gave up, or was but a cookie.

    A SYN may also have been refused before the next one was taken; its reset, <SEQ=0>, may hit what follows.
    """
    for life in found.all:
        around = found.of(life.local, life.remote)
        gave_up = met(around, Event.ABORT, Event.USER_TIMEOUT)
        refused = any(refuses_a_syn(got.sent.segment) for each in around for got in each.delivered)
        for change in life.changes:
            stood = change.before in RECEIVING or change.before is State.CLOSE_WAIT
            if change.event is Event.RST and stood and not (gave_up or refused or found.had_a_cookie(life)):
                yield f"{life}: it is reset in {change.before}, and its peer never gave up"


def refuses_a_syn(seg: Segment) -> bool:
    """Is it <SEQ=0><ACK=...><CTL=RST,ACK>, the answer to a segment without ACK (RFC 9293, section 3.5.2)?"""
    return seg.rst and seg.ack is not None


def strays_are_resets(found: Lives) -> Iterator[str]:
    """RFC 9293, section 3.5.2: where there is no connection, nothing is ever sent but a RST, or a cookie."""
    for sent, answered in found.strays:
        seg, cause = sent.segment, answered.sent.segment
        if not seg.rst and seg.why is not Why.SYN_COOKIE:
            yield f"{sent.name} was sent at {sent.at:.3f} s, when there was no connection: {seg.flags}"
        expected = (0, (cause.seq + cause.len) % 2**32) if cause.ack is None else (cause.ack, None)
        if seg.rst and (seg.seq, seg.ack) != expected:
            yield f"{sent.name} resets {answered.sent.name} by other numbers than {expected}"


def nobody_gives_up_for_nothing(run: Run, found: Lives) -> Iterator[str]:
    """RFC 9293, section 3.8.3: where nothing is lost or late, nobody waits in vain, unless the other end is gone."""
    calm = run.scenario.rate is None and not run.scenario.faults and not run.trace.dropped
    for life in found.all if calm else ():
        gone = any(peer.state in BEFORE for peer in found.of(life.local, life.remote) if peer.local == life.remote)
        asks = run.scenario.tcp_by_host()[life.host].keep_alive  # more often than a round trip takes, perhaps
        if Event.USER_TIMEOUT in life.events and not gone and not asks:
            yield f"{life}: it gave up, and nothing was lost"


def the_octets_survive_the_wire(run: Run) -> Iterator[str]:
    """RFC 9293, section 3.1: as octets and back, every seventh segment is the same."""
    for sent in run.trace.sent[::7]:
        source, destination, segment = sent.packet
        try:
            back = decode(encode(segment, source, destination), source, destination)
        except (ValueError, struct.error) as error:
            yield f"{sent.name} is no segment on the wire: {error}"
        else:
            if back != segment._replace(why=None):
                yield f"{sent.name} is another one on the wire: {back}"


# ---------------------------------------------------------------- programs


def accounts_are_true(run: Run, found: Lives) -> Iterator[str]:
    """RFC 9293, section 3.1: reliable, in order, exactly once; or an error, and a reason for it."""
    accounts = [each for result in run.results.values() for each in accounts_in(result)]
    missing = {called.program for called in run.trace.calls} - set(run.results)
    if missing:
        yield f"never ended: {', '.join(sorted(missing))}"
    for name, result in run.results.items():
        if isinstance(result, OSError):
            yield f"{name} raised {result!r}"
    for account in accounts:
        beside = [other for other in accounts if (other.local, other.remote) == (account.local, account.remote)]
        across = [other for other in accounts if (other.local, other.remote) == (account.remote, account.local)]
        said = max((other.said for other in across), default=0)
        clean = all(other.error is None for other in beside)  # an error is told once; then comes the end
        alone = len(found.of(account.local, account.remote)) <= 2  # the same ports were not used again
        yield from heard_is_what_was_said(account, said, whole=clean and alone)
        yield from an_error_has_a_reason(run, account, found)


def accounts_in(result: object) -> list[Account]:
    """What a program returned, if it was accounts."""
    each = result if isinstance(result, list) else [result]
    return [account for account in each if isinstance(account, Account)]


def heard_is_what_was_said(account: Account, said: int, *, whole: bool) -> Iterator[str]:
    """What one end heard is the beginning of what the other said, and all of it if the stream ended."""
    heard = f"{account.local} heard {len(account.heard)} octets"
    if account.heard != stream(account.remote, account.local, len(account.heard)):
        yield f"{heard}, other ones than {account.remote} said"
    if len(account.heard) > said:
        yield f"{heard}, and {account.remote} said {said}"
    if account.ended and whole and len(account.heard) < said:
        yield f"{heard} and the end, and {account.remote} said {said}"


def an_error_has_a_reason(run: Run, account: Account, found: Lives) -> Iterator[str]:
    """An error is one of those of the socket API, and something in the trace explains it."""
    around = found.of(account.local, account.remote)
    own = [life for life in around if life.local == account.local]
    if account.error is None or (account.error == "timed out" and is_impatient(run, account)):
        return
    if account.error not in REASONS:
        yield f"{account.local} got {account.error}"
    elif not REASONS[account.error](own, around):
        yield f"{account.local} got {account.error}, and nothing explains it"


def is_impatient(run: Run, account: Account) -> bool:
    """Does the program give up earlier than TCP would?"""
    host = next(name for name, address in run.trace.hosts.items() if address == account.local[0])
    return getattr(run.scenario.programs[host], "patience", PATIENT) < PATIENT


def met(some: list[Life], *events: Event) -> bool:
    """Did any of these happen to any of them?"""
    return any(life.events & set(events) for life in some)


GONE = (Event.ABORT, Event.USER_TIMEOUT, Event.RST, Event.RST_AFTER_PASSIVE_OPEN, Event.SYN_AFTER_PASSIVE_OPEN)
REASONS: dict[str, Callable[[list[Life], list[Life]], bool]] = {
    "ECONNRESET": lambda own, around: met(own, Event.RST),
    "ECONNREFUSED": lambda own, around: met(own, Event.RST),
    "EPIPE": lambda own, around: met(own, Event.RST, Event.ABORT, Event.USER_TIMEOUT),
    "ENOTCONN": lambda own, around: met(own, Event.RST, Event.ABORT, Event.USER_TIMEOUT),
    "ETIMEDOUT": lambda own, around: met(own, Event.USER_TIMEOUT),
    "timed out": lambda own, around: met(around, *GONE),  # half open: the peer is gone, and nobody tells us
    "EADDRNOTAVAIL": lambda own, around: bool(around),  # the same ports again, too soon
}
