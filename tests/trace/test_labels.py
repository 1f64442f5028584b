"""What a pcapng file says about itself (draft-ietf-opsawg-pcapng)."""

import pytest

from course import Scenario
from course.apps import echo
from course.errors import MalformedCapture
from course.trace import pcap
from course.trace.frames import RAW, Frame
from course.trace.labels import Labels, encode, labels
from tests.files import block, option, packet_block, section

FRAMES = [pcap.frame(1_700_000_000.25 + sent.at, sent) for sent in
          Scenario(server=echo.server, client=echo.client).run().trace.sent]  # fmt: skip
SAID = Labels("an echo, recorded for a test: 5 octets, été", "Linux 6.18", {"10.0.0.1": "server", "10.0.0.2": "client"})


def test_what_is_written_can_be_read():
    octets = encode(RAW, FRAMES, SAID)

    assert list(pcap.frames(octets)) == FRAMES
    assert labels(octets) == SAID


def test_a_file_without_labels_says_nothing():
    assert labels(section() + packet_block(0, b"x")) == Labels()
    assert labels(encode(RAW, [], Labels())) == Labels()


def test_times_are_kept_to_the_nanosecond():
    frames = [Frame(1_700_000_000_123_456_789, RAW, b"abc")]

    assert list(pcap.frames(encode(RAW, frames, SAID))) == frames


@pytest.mark.parametrize("order", "<>")
def test_both_byte_orders_are_read(order):
    named = option(1, b"\x0a\x00\x00\x01server\0", order) + option(0, b"", order)

    assert labels(section(order) + block(4, named, order)).names == {"10.0.0.1": "server"}


def test_names_of_ipv6_are_passed_over():
    named = option(2, bytes(16) + b"server\0") + option(0, b"")

    assert labels(section() + block(4, named)).names == {}


def test_a_file_that_breaks_off_is_no_capture():
    with pytest.raises(MalformedCapture):
        labels(encode(RAW, FRAMES, SAID)[:-5])


def test_wireshark_reads_the_labels_too(tshark, tmp_path):
    path = tmp_path / "labelled.pcapng"
    path.write_bytes(encode(RAW, FRAMES, SAID))

    assert (
        tshark("-r", path, "-T", "fields", "-e", "tcp.dstport", "-Y", "tcp.flags.syn==1 && tcp.flags.ack==0")
        == "7000\n"
    )
    assert "server" in tshark("-r", path, "-N", "n", "-c", "1")
    assert tshark("-r", path, "-q", "-z", "io,phs").count("frames:8") >= 1
