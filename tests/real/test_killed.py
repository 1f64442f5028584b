"""A killed process says goodbye by its kernel: FIN, or RST where octets were left unread (M61)."""

from pathlib import Path

import pytest

from course.real.killed import END_OF_STREAM, killed

DESCRIPTORS = Path("/proc/self/fd")


def test_the_peer_of_a_killed_process_hears_the_end_of_the_stream():
    """exit(2), signal(7): a kernel closes what its process had open."""
    assert killed() == END_OF_STREAM


def test_it_hears_a_reset_if_octets_were_left_unread():
    """RFC 9293 3.6.1."""
    assert killed(unread=True) == "ECONNRESET"


@pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="only Linux tells its descriptors")
def test_nothing_is_left_behind():
    before = len(list(DESCRIPTORS.iterdir()))
    killed()

    assert len(list(DESCRIPTORS.iterdir())) == before
