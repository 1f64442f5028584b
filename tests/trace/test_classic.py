"""pcap files: in both byte orders, to the microsecond and to the nanosecond."""

import pytest

from course.errors import MalformedCapture
from course.trace.classic import encode, frames
from course.trace.frames import Frame
from tests.files import MICROSECONDS, NANOSECONDS, pcap_file


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("magic", "tick"), [(MICROSECONDS, 1000), (NANOSECONDS, 1)])
def test_packets_are_read_with_their_times(order, magic, tick):
    octets = pcap_file([(3, 7, b"one"), (2**31, 0, b"")], 113, order, magic)

    assert list(frames(octets)) == [Frame(3 * 10**9 + 7 * tick, 113, b"one"), Frame(2**31 * 10**9, 113, b"")]


def test_what_is_written_is_what_one_writes_by_hand():
    assert encode(101, [Frame(3 * 10**9 + 7, 101, b"one")]) == pcap_file([(3, 7, b"one")], magic=NANOSECONDS).replace(
        (65_535).to_bytes(4, "little"), (262_144).to_bytes(4, "little")
    )


def test_the_upper_half_of_the_type_is_about_something_else():
    """Its highest bits tell the length of the frame check sequence."""
    octets = bytearray(pcap_file([(0, 0, b"one")], 1))
    octets[23] = 0x50

    assert [frame.link for frame in frames(bytes(octets))] == [1]


WHOLE = pcap_file([(0, 0, b"one"), (0, 0, b"two")])


@pytest.mark.parametrize(
    ("octets", "offset", "reason"),
    [
        (WHOLE[:23], 0, "begins with 24 octets, and here are 23"),
        (pcap_file([], link=127), 20, r"links of type 127 cannot be read; these can: .*1 \(Ethernet\)"),
        (WHOLE[:-1], 43, "in the middle of a packet"),
        (WHOLE[:44], 43, "in the middle of a packet"),
        (WHOLE[:-19] + b"\xff" * 16, 43, "in the middle of a packet"),
    ],
)
def test_what_is_broken_is_named_with_its_place(octets, offset, reason):
    with pytest.raises(MalformedCapture, match=reason) as caught:
        list(frames(octets))
    assert caught.value.offset == offset
