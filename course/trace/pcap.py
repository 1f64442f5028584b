"""pcap: a run written as a file that Wireshark and tcpdump open, and their files read as a Trace.

What is written is pcap (draft-ietf-opsawg-pcap); what is read may also be pcapng (draft-ietf-opsawg-pcapng).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeGuard

from course.errors import MalformedCapture, MalformedSegment
from course.ip import wire
from course.ip.packet import ends
from course.trace import classic, pcapng
from course.trace.capture import Seen, trace_of
from course.trace.frames import NANOSECONDS, RAW, Frame, packet_in
from course.trace.hosts import Directory
from course.trace.record import Delivered, Dropped, Record, Sent
from course.trace.trace import Trace

GZIP = b"\x1f\x8b"
SEEN_BUT_REFUSED = ("accept queue full", "receive buffer full")  # the host got it, and took no notice


def write(trace: Trace, path: str | Path, host: str | None = None) -> None:
    """Write a run's packets into a file for Wireshark: each transmission once, at the moment when it was sent.

    With `host`, by its name, what a tcpdump on that host would have seen: what it sent, and what reached it (but for
    what arrived damaged). Packets bear their transmission's ordinal as IPv4 identification; the run begins in 1970.
    Raises ValueError for a host that is not there, a run without segments to see, and hosts without IP addresses.
    """
    Path(path).write_bytes(encode(trace, host))


def read(path: str | Path, names: Mapping[str, str] | None = None, *, verify: bool = False) -> Trace:
    """Read a pcap or pcapng file as a Trace that can be printed and drawn; its clock starts at the first packet.

    `names` names the hosts, as in {"10.0.0.1": "client"}; without it they are called by their addresses. Packets
    that are not TCP, UDP or ICMP are passed over, and so are those that make no sense; `conditions` counts them.
    `verify` calls a wrong checksum nonsense: by default it is not, since many machines let the network card fill it in.
    Raises MalformedCapture for a file that is no capture or breaks off; the error's `.trace` is what came before.
    """
    path = Path(path)
    return decode(path.read_bytes(), f"captured in {path.name}", names, verify=verify)


def encode(trace: Trace, host: str | None = None) -> bytes:
    """The octets of the file that `write` writes."""
    if not trace.captured:
        raise ValueError("this run's packets could not be seen, so there is nothing to write")
    if host is not None and host not in trace.hosts:
        raise ValueError(f"there is no host {host!r}; the hosts are {', '.join(trace.hosts)}")
    return classic.encode(RAW, (frame(at, sent) for at, sent in sightings(trace, host)))


def frame(at: float, sent: Sent) -> Frame:
    """A transmission as one captures it where links have no header."""
    return Frame(round(at * NANOSECONDS), RAW, wire.encode(sent.packet, identification=sent.ordinal))


def sightings(trace: Trace, host: str | None) -> Iterator[tuple[float, Sent]]:
    """When which transmission was seen: by everyone, or on that host."""
    directory = Directory(trace.hosts, trace.translated)
    for record in trace.records:
        if isinstance(record, Sent) and host in (None, record.sender):
            yield record.at, record
        elif host is not None and has_arrived(record) and directory.at(ends(record.sent.packet)[1]) == host:
            yield record.at, record.sent


def has_arrived(record: Record) -> TypeGuard[Delivered | Dropped]:
    """Does the record say that a transmission reached its host, whatever became of it there?"""
    return isinstance(record, Delivered) or (isinstance(record, Dropped) and record.reason in SEEN_BUT_REFUSED)


def decode(octets: bytes, conditions: str, names: Mapping[str, str] | None = None, *, verify: bool = False) -> Trace:
    """The Trace that a file's octets hold; see `read`. `conditions` says what they are."""
    harvest = Harvest(conditions, names, verify=verify)
    coming = frames(octets)
    try:
        for frame in coming:
            harvest.take(frame)
    except MalformedCapture as broken:
        reason = f"{broken.reason}; {packets(harvest.taken)} before it can be had from this error's .trace"
        raise MalformedCapture(reason, offset=broken.offset, trace=harvest.trace()) from None
    return harvest.trace()


class Harvest:
    """What has been found in a file so far."""

    def __init__(self, conditions: str, names: Mapping[str, str] | None, *, verify: bool) -> None:
        self.taken = 0
        self._conditions, self._names, self._verify = conditions, names, verify
        self._seen: list[Seen] = []
        self._others = self._cut = 0
        self._nonsense: list[str] = []

    def take(self, frame: Frame) -> None:
        """Keep the packet in the frame if we know what it carries and it makes sense, else count it."""
        self.taken += 1
        try:
            found = packet_in(frame, verify=self._verify)
        except MalformedSegment as malformed:
            self._nonsense.append(f"packet {self.taken}: {malformed.reason}")
            return
        if found is None:
            self._others += 1
            return
        packet, missing = found
        self._cut += missing > 0
        self._seen.append(Seen(frame.at, packet))

    def trace(self) -> Trace:
        """All of it as a Trace."""
        words = [self._conditions]
        if self._cut:
            words.append(f"{packets(self._cut)} cut short by the capture, and filled up with zeros")
        if self._others:
            words.append(f"{packets(self._others)} passed over: not TCP, UDP or ICMP")
        if self._nonsense:
            words.append(f"{packets(len(self._nonsense))} passed over: no sense ({self._nonsense[0]})")
        return trace_of(self._seen, " · ".join(words), self._names)


def packets(count: int) -> str:
    """As in "1 packet" and "2 packets"."""
    return f"{count} packet{'s' * (count != 1)}"


def frames(octets: bytes) -> Iterator[Frame]:
    """The frames in a file of either format, in its order. Raises MalformedCapture, with the offset."""
    magic = octets[:4]
    if magic == pcapng.SECTION_MAGIC:
        return pcapng.frames(octets)
    if magic in classic.KINDS:
        return classic.frames(octets)
    raise MalformedCapture(f"this is neither pcap nor pcapng{hint(octets)}", offset=0)


def hint(octets: bytes) -> str:
    """What it may be instead."""
    if not octets:
        return ": it is empty"
    if octets.startswith(GZIP):
        return ": it is compressed; unpack it first, with gunzip"
    if octets[:64].isascii() and b" IP" in octets[:64]:
        return ": it is text; if tcpdump printed it, course.trace.tcpdump reads it"
    return f": it begins with {octets[:4].hex(' ')}"
