"""What the two SYNs agree on: segment size, window scale, timestamps (RFC 9293, section 3.7.1; RFC 7323)."""

from course.tcp.congestion import Reno
from course.tcp.segment import Options, Segment
from course.tcp.seq import HALF, precedes
from course.tcp.variables import DEFAULT_MSS, Tcb, Timestamps

TICKS = 1000  # of the timestamp clock, a second (RFC 7323, section 5.4)
STAMP_OCTETS = 12  # the option's ten and two to fill up
LARGEST_SCALE = 14  # RFC 7323, section 2.3
OUTDATED = 24 * 86_400.0  # seconds after which a timestamp says nothing any more (RFC 7323, section 5.5)


def offered(tcb: Tcb, now: float) -> Options:
    """The options of our SYN; a SYN,ACK repeats only what the peer's has offered (RFC 7323, sections 2.2 and 3.2)."""
    ours = tcb.parameters
    if tcb.rcv.irs is None:
        return Options(ours.mss, ours.window_scale, timestamps=(ticks(now), 0) if ours.timestamps else None)
    scale = ours.window_scale if tcb.scaling else None
    stamps = None if tcb.timestamps is None else (ticks(now), tcb.timestamps.recent)
    return Options(ours.mss, scale, timestamps=stamps)


def agree(tcb: Tcb, syn: Segment, now: float) -> None:
    """The peer's SYN is here: from now on, what both sides have offered holds."""
    ours, theirs = tcb.parameters, syn.options
    if ours.window_scale is not None and theirs.window_scale is not None:
        tcb.scaling = True
        tcb.rcv.scale, tcb.snd.scale = ours.window_scale, min(theirs.window_scale, LARGEST_SCALE)
    if ours.timestamps and theirs.timestamps is not None:
        tcb.timestamps = Timestamps(theirs.timestamps[0], now, tcb.rcv.nxt)
    tcb.rcv.wnd = min(tcb.rcv.wnd, 65_535 << tcb.rcv.scale)
    agree_on_size(tcb, theirs.mss)


def agree_on_size(tcb: Tcb, announced: int | None) -> None:
    """Eff.snd.MSS: what fits in the smaller of the two (MUST-15, MUST-16)."""
    tcb.snd.mss = without_options(tcb, min(announced or DEFAULT_MSS, tcb.parameters.mss))
    if tcb.parameters.congestion_control == "reno":
        tcb.congestion = Reno(tcb.snd.mss, tcb.parameters.initial_window)


def without_options(tcb: Tcb, mss: int) -> int:
    """The octets of data in a segment of that size: those that each segment's options take are no data."""
    return mss if tcb.timestamps is None else max(1, mss - STAMP_OCTETS)


def ticks(now: float) -> int:
    """The timestamp clock: milliseconds, modulo 2**32."""
    return int(now * TICKS + 1e-6) & 0xFFFFFFFF  # and not a tick less where the product falls short of a whole one


def stamp(stamps: Timestamps, now: float) -> Options:
    """TSval and TSecr, for every segment once they are agreed on (RFC 7323, section 3.2)."""
    return Options(None, None, False, (ticks(now), stamps.recent))  # noqa: FBT003 for each segment: by name it takes longer


def is_out_of_date(stamps: Timestamps, seg: Segment, now: float) -> bool:
    """PAWS: is this an old duplicate, its timestamp older than one that we have seen (RFC 7323, section 5.3)?

    A segment without the option counts as one: after the handshake every segment has it (section 3.2).
    """
    stamp = seg.options.timestamps
    return stamp is None or (precedes(stamp[0], stamps.recent) and now - stamps.seen_at < OUTDATED)


def remember_timestamp(stamps: Timestamps, seg: Segment, now: float) -> None:
    """TS.Recent: we echo the timestamp of the first segment that our next ACK answers (RFC 7323, section 4.3)."""
    if seg.options.timestamps is not None and seg.seq <= stamps.last_ack_sent:
        stamps.recent, stamps.seen_at = seg.options.timestamps[0], now


def round_trip(seg: Segment, now: float) -> float | None:
    """The seconds since what this ACK answers was sent, by the timestamp that it echoes; None if that is not ours."""
    stamp = seg.options.timestamps
    elapsed = HALF if stamp is None else ticks(now) - stamp[1] & 0xFFFFFFFF
    return elapsed / TICKS if elapsed < HALF else None
