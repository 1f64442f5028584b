"""Packets that were captured in a run become records of its Trace: sent and delivered at the moment of their arrival.

The kernel's loopback does not cut long segments up (segmentation offload), nor does it fill in checksums.
"""

from collections import Counter
from collections.abc import Sequence

from course.errors import MalformedSegment
from course.ip.icmp import Message
from course.ip.packet import Packet, ends
from course.real.addresses import Addresses
from course.real.capture import Capture
from course.tcp.segment import Segment
from course.trace.frames import RAW, Frame, packet_in
from course.trace.record import Delivered, Endpoint, Record, Sent


class Sightings:
    """What a capture saw of a run that began at that moment of time.perf_counter(): its `records`, its `conditions`."""

    def __init__(self, capture: Capture, addresses: Addresses, began: float) -> None:
        self._addresses = addresses
        self._hosts = {address: name for name, address in addresses.hosts.items()}
        self._capture = capture
        self._cut = self._nonsense = 0
        self._counts: Counter[str] = Counter()
        self._packets: list[Packet] = []
        self.records: list[Record] = []
        for taken in capture.taken:
            packet = self._packet(taken.octets)
            if packet is not None:
                self._write(capture.moment(taken) - began, packet)

    def _packet(self, octets: bytes) -> Packet | None:
        """The packet, if it is between hosts of the run, and we know what it carries."""
        try:
            found = packet_in(Frame(0, RAW, octets))
        except MalformedSegment:
            self._nonsense += 1
            return None
        packet = found and self._shown(found[0])
        if found is None or packet is None:
            return None
        self._cut += found[1] > 0
        return packet

    def _shown(self, packet: Packet) -> Packet | None:
        """The same with the ends as the programs see them."""
        (source, port), (destination, other) = map(self._addresses.shown, ends(packet))
        if source not in self._hosts or destination not in self._hosts:
            return None
        payload = packet.payload
        if not isinstance(payload, Message):
            payload = payload._replace(source_port=port, destination_port=other)
        return Packet(source, destination, payload)

    def _write(self, at: float, packet: Packet) -> None:
        sender = self._hosts[packet.source]
        self._counts[sender] += 1
        self._packets.append(packet)
        sent = Sent(at, sender, self._counts[sender], packet)
        self.records += sent, Delivered(at, sent)

    @property
    def conditions(self) -> list[str]:
        """How it was captured, and what one should know of it."""
        capture, how = self._capture, self._capture.how
        words = [f"captured {how.value if how else ''}"]
        if are_too_long(self._packets):
            words.append("segments longer than the MSS: the kernel leaves it to the network card to cut them up")
        if self._cut:
            words.append(f"{counted(self._cut)} cut short by the capture, and filled up with zeros")
        if self._nonsense:
            words.append(f"{counted(self._nonsense)} passed over: no sense")
        if capture.missed:
            words.append(f"the capture missed {counted(capture.missed)}: there were too many")
        if capture.clock_was_set:
            words.append("the system's clock was set meanwhile, so the segments' times are wrong")
        return words


def counted(packets: int) -> str:
    """As in "1 packet" and "2 packets"."""
    return f"{packets} packet{'s' * (packets != 1)}"


def are_too_long(packets: Sequence[Packet]) -> bool:
    """Does any carry more octets than its receiver has said that it takes (RFC 9293, section 3.7.1)?"""
    taken: dict[Endpoint, int] = {}
    for packet in packets:
        segment = packet.payload
        if not isinstance(segment, Segment):
            continue
        if segment.syn and segment.options.mss is not None:
            taken[packet.source, segment.source_port] = segment.options.mss
        if len(segment.data) > taken.get((packet.destination, segment.destination_port), len(segment.data)):
            return True
    return False
