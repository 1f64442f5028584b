"""A ring in memory that the kernel and this process share: the kernel puts packets in as they arrive on loopback.

It is PACKET_RX_RING in its second version (packet(7), linux/if_packet.h, Documentation/networking/packet_mmap.rst).
The kernel writes down each packet's time in the very step in which it hands it to TCP, so nobody has to stand by and
read at once; and a run with its programs in threads is not slowed down by one more of them.
"""

import ctypes
import mmap
import socket
import struct
from collections.abc import Callable, Collection, Iterator
from ipaddress import IPv4Address
from typing import NamedTuple

from course.trace.frames import NANOSECONDS

SOL_PACKET, PACKET_RX_RING, PACKET_STATISTICS, PACKET_VERSION, VERSION_2 = 263, 5, 6, 10, 1
SO_ATTACH_FILTER = 26  # include/uapi/asm-generic/socket.h
IPV4 = 0x0800  # with this protocol a packet is seen when it arrives; with "all" also when it leaves, so twice
SLOT = 4096  # octets for a packet and what the kernel says of it: the first 4016 of a packet are kept
SLOTS = 2048
BLOCK = 65_536
HEADER = struct.Struct("IIIHHII")  # struct tpacket2_hdr: status, length, kept, where link and IP begin, seconds, rest
STATUS = struct.Struct("I")
FOR_US = 1  # TP_STATUS_USER
INSTRUCTION = struct.Struct("HBBI")  # struct sock_filter: what to do, how far to jump if so, and if not; a number
LOAD_WORD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06  # linux/filter.h, linux/bpf_common.h
SOURCE_AT = 12  # where an IPv4 header has its source address (RFC 791, section 3.1)

Maker = Callable[[int, int, int], socket.socket]
"""What makes a socket of a family, a type and a protocol, as socket.socket does."""


class Taken(NamedTuple):
    """A packet as it arrived: at a moment in nanoseconds since 1970, its first octets."""

    at: int
    octets: bytes


class Ring:
    """Captures what these addresses send on loopback, from now on. Raises OSError, as for who may not capture."""

    def __init__(self, addresses: Collection[str], make: Maker = socket.socket, slots: int = SLOTS) -> None:
        self._slots = slots
        self._next = 0
        self._socket = make(socket.AF_PACKET, socket.SOCK_DGRAM, 0)  # protocol 0: nothing comes before bind()
        try:
            self._set_up(addresses)
        except BaseException:
            self._socket.close()
            raise

    def _set_up(self, addresses: Collection[str]) -> None:
        attach(self._socket, accepting(addresses))
        self._socket.setsockopt(SOL_PACKET, PACKET_VERSION, VERSION_2)
        size = self._slots * SLOT
        self._socket.setsockopt(SOL_PACKET, PACKET_RX_RING, struct.pack("4I", BLOCK, size // BLOCK, SLOT, self._slots))
        self._memory = mmap.mmap(self._socket.fileno(), size)
        try:
            self._socket.bind(("lo", IPV4))
        except BaseException:
            self._memory.close()
            raise

    def take(self) -> Iterator[Taken]:
        """The packets that have come since the last time, once round at the most; their slots are free again."""
        for _ in range(self._slots):
            at = self._next * SLOT
            status, _, kept, _, start, seconds, rest = HEADER.unpack_from(self._memory, at)
            if not status & FOR_US:
                return
            octets = self._memory[at + start : at + start + kept]
            STATUS.pack_into(self._memory, at, 0)
            self._next = (self._next + 1) % self._slots
            yield Taken(seconds * NANOSECONDS + rest, octets)

    def missed(self) -> int:
        """How many packets found the ring full, since this was last asked."""
        answer = self._socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8)
        return int(struct.unpack("II", answer)[1])

    def close(self) -> None:
        """Give everything back."""
        self._memory.close()
        self._socket.close()


def accepting(addresses: Collection[str]) -> bytes:
    """A filter that keeps what comes from one of these addresses, for the kernel to run (bpf(4))."""
    wanted = [int(IPv4Address(address)) for address in sorted(addresses)]
    last = len(wanted)
    tests = [INSTRUCTION.pack(JUMP_IF_EQUAL, last - place, 0, number) for place, number in enumerate(wanted)]
    load = INSTRUCTION.pack(LOAD_WORD, 0, 0, SOURCE_AT)
    none, whole = (INSTRUCTION.pack(RETURN, 0, 0, most) for most in (0, 0xFFFF_FFFF))
    return b"".join([load, *tests, none, whole])


def attach(packets: socket.socket, program: bytes) -> None:
    """Let the kernel run the filter on each packet for this socket (socket(7), SO_ATTACH_FILTER)."""
    memory = ctypes.create_string_buffer(program, len(program))
    described = struct.pack("HP", len(program) // INSTRUCTION.size, ctypes.addressof(memory))
    packets.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, described)
