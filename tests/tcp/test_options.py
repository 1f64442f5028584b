"""Options: what both SYNs offer is agreed on, and what one of them leaves out is not."""

import pytest

from course.tcp.congestion import NoCongestionControl, Reno
from course.tcp.options import agree, agree_on_size, offered, round_trip, ticks
from course.tcp.parameters import TcpParameters
from course.tcp.segment import Options, Segment
from course.tcp.variables import Tcb

FULL = {"mss": 1000, "window_scale": 7, "timestamps": True}


def tcb(**knobs):
    """A block that has done nothing yet."""
    return Tcb(TcpParameters(**knobs), ("10.0.0.1", 1024), ("10.0.0.2", 7000))


def syn(**options):
    """The peer's SYN."""
    return Segment(7000, 1024, 5000, window=9000, syn=True, options=Options(**options))


def after(ours, theirs):
    """A block that has seen the peer's SYN at one second."""
    block = tcb(**ours)
    block.rcv.irs, block.rcv.nxt = 5000, 5001
    agree(block, syn(**theirs), 1.0)
    return block


def test_our_first_syn_offers_what_the_knobs_say():
    """RFC 7323 2.2 and 3.2; RFC 9293 3.7.1, SHLD-5."""
    assert offered(tcb(), 1.5) == Options(mss=1460)
    assert offered(tcb(**FULL), 1.5) == Options(mss=1000, window_scale=7, timestamps=(1500, 0))


@pytest.mark.parametrize("theirs", [{}, {"window_scale": 3}, {"timestamps": (77, 0)}], ids=str)
def test_the_answer_repeats_only_what_the_peer_has_offered(theirs):
    """RFC 7323 1.3, 2.2 and 3.2: an option in a SYN,ACK only if it was in the SYN."""
    answer = offered(after(FULL, theirs), 2.0)

    assert (answer.window_scale is None) == ("window_scale" not in theirs)
    assert answer.timestamps == ((2000, 77) if "timestamps" in theirs else None)


def test_windows_are_scaled_only_if_both_ends_want_it():
    """RFC 7323 2.2: the option must be in both SYNs."""
    both, ours, theirs = (
        after({"window_scale": 7}, {"window_scale": 3}),
        after({"window_scale": 7}, {}),
        after({}, {"window_scale": 3}),
    )

    assert (both.snd.scale, both.rcv.scale) == (3, 7)
    assert (ours.snd.scale, ours.rcv.scale, theirs.snd.scale, theirs.rcv.scale) == (0, 0, 0, 0)


def test_a_shift_count_above_14_counts_as_14():
    """RFC 7323 2.3."""
    assert after({"window_scale": 0}, {"window_scale": 200}).snd.scale == 14


def test_without_scaling_a_window_is_no_larger_than_its_field():
    """RFC 7323 2.2; RFC 9293 3.1, MUST-1."""
    assert after({"window_scale": 4, "receive_buffer": 200_000}, {}).rcv.wnd == 65_535
    assert after({"window_scale": 4, "receive_buffer": 200_000}, {"window_scale": 0}).rcv.wnd == 200_000


@pytest.mark.parametrize(
    ("ours", "announced", "effective"),
    [(1460, 1460, 1460), (1460, 1000, 1000), (1000, 1460, 1000), (1460, None, 536), (400, None, 400), (1460, 1, 1)],
)
def test_what_we_send_is_ruled_by_the_smaller_mss(ours, announced, effective):
    """RFC 9293 3.7.1, MUST-15, MUST-16."""
    block = tcb(mss=ours)
    agree_on_size(block, announced)

    assert block.snd.mss == effective


def test_the_octets_of_the_timestamps_are_taken_off_each_segment():
    """RFC 9293 3.7.1, MUST-16; RFC 6691, section 2."""
    assert after(FULL, {"mss": 1460, "timestamps": (1, 0)}).snd.mss == 988
    assert after(FULL, {"mss": 5, "timestamps": (1, 0)}).snd.mss == 1


def test_congestion_control_is_a_plug():
    """RFC 9293 3.8.2, MUST-19."""
    reno, none = tcb(), tcb(congestion_control="none")
    agree_on_size(reno, 1000)
    agree_on_size(none, 1000)

    assert isinstance(reno.congestion, Reno)
    assert reno.congestion.smss == 1000
    assert isinstance(none.congestion, NoCongestionControl)


def test_the_initial_window_is_a_knob():
    block = tcb(initial_window=5000)
    agree_on_size(block, 1000)

    assert block.congestion.cwnd == 5000


def test_the_timestamp_clock_counts_milliseconds_and_wraps():
    """RFC 7323 5.4."""
    assert ticks(1.5) == 1500
    assert ticks(2**32 / 1000 + 0.007) == 7


def test_a_round_trip_is_measured_across_the_wrap():
    """RFC 7323 4.1."""
    echo = Segment(7000, 1024, 0, 0, options=Options(timestamps=(0, 2**32 - 50)))

    assert round_trip(echo, 2**32 / 1000 + 0.050) == 0.1
    assert round_trip(echo._replace(options=Options()), 1.0) is None
