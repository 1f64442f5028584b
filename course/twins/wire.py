"""What only a capture shows: options, the first flight, and how many segments a close takes."""

from collections.abc import Callable, Iterator

from course.trace.record import Sent
from course.trace.text import describe_options
from course.twins.side import Side

Told = dict[str, str]
"""What was seen on the wire, by host."""


def by_host(side: Side) -> dict[str, list[Sent]]:
    """What each host sent, in order."""
    return {host: [sent for sent in side.trace.segments if sent.sender == host] for host in side.trace.hosts}


def mss(side: Side) -> Told:
    """The MSS that each host announces in its first SYN (RFC 9293, section 3.7.1)."""
    syns = {host: [sent.segment for sent in all_sent if sent.segment.syn] for host, all_sent in by_host(side).items()}
    return {host: f"{first[0].options.mss}" for host, first in syns.items() if first}


def options(side: Side) -> Told:
    """The other options of each host's first SYN, by kind."""
    syns = {host: [sent.segment for sent in all_sent if sent.segment.syn] for host, all_sent in by_host(side).items()}
    words = {host: describe_options(first[0].options._replace(mss=None)) for host, first in syns.items() if first}
    kinds = {host: sorted({word.split()[0] for word in said.split(", ") if word}) for host, said in words.items()}
    return {host: ", ".join(said) or "none" for host, said in kinds.items()}


def first_flight(side: Side) -> Told:
    """The octets that each host sends before anything of them is acknowledged (RFC 6928)."""
    octets = {
        host: sum(len(sent.segment.data) for sent in until_acknowledged(side, host) if sent.sender == host)
        for host in side.trace.hosts
    }
    return {host: f"{count} octets" for host, count in octets.items() if count}


def until_acknowledged(side: Side, host: str) -> Iterator[Sent]:
    """All that is sent before somebody acknowledges more than the host's SYN."""
    syns = [sent.segment.seq for sent in by_host(side)[host] if sent.segment.syn]
    for sent in side.trace.segments:
        ack = sent.segment.ack if sent.sender != host and syns else None
        if ack is not None and (ack - syns[0]) % 2**32 > 1:
            return
        yield sent


def closing(side: Side) -> Told:
    """How many segments there are from the first FIN on, of all hosts."""
    fins = [place for place, sent in enumerate(side.trace.segments) if sent.segment.fin]
    return {"all hosts": f"{len(side.trace.segments) - fins[0]} segments"} if fins else {}


WIRE: dict[str, Callable[[Side], Told]] = {
    "announced MSS": mss,
    "other options of the SYN": options,
    "first flight": first_flight,
    "from the first FIN to the end": closing,
}
