"""The congestion controls by themselves: their windows after each event, worked out by hand. SMSS is 100."""

import pytest

from course.tcp.congestion import NoCongestionControl, Reno

SMSS = 100


def reno(cwnd=1000, ssthresh=None):
    control = Reno(SMSS, cwnd)
    control.ssthresh = control.ssthresh if ssthresh is None else ssthresh
    return control


def recovering():
    """Ten segments, 1 to 1000, were in flight when the third duplicate came."""
    control = reno()
    assert [control.duplicate(1000, 1001) for _ in range(3)] == [False, False, True]
    return control


@pytest.mark.parametrize(
    ("smss", "window"),
    [(1460, 14_600), (536, 5360), (100, 1000), (2000, 14_600), (7300, 14_600), (9000, 18_000)],
)
def test_the_initial_window_is_ten_segments_at_most_14600_octets_at_least_two_segments(smss, window):
    """RFC 6928 2."""
    assert Reno(smss).cwnd == window


def test_the_slow_start_threshold_begins_arbitrarily_high():
    """RFC 5681 3.1."""
    assert Reno(SMSS).ssthresh >= 2**30


@pytest.mark.parametrize(("octets", "cwnd"), [(100, 300), (40, 240), (1000, 300), (0, 200)])
def test_in_slow_start_an_acknowledgment_opens_the_window_by_what_it_covers_but_one_segment_at_most(octets, cwnd):
    """RFC 5681 3.1, equation 2; RFC 9293 3.8.2, MUST-19."""
    control = reno(cwnd=200)

    assert control.acknowledged(octets, 1 + octets) is False
    assert control.cwnd == cwnd


def test_in_congestion_avoidance_a_whole_window_of_acknowledged_octets_opens_it_by_one_segment():
    """RFC 5681 3.1; RFC 9293 3.8.2, MUST-19."""
    control, seen = reno(cwnd=400, ssthresh=400), []
    for ack in range(101, 1101, 100):
        control.acknowledged(100, ack)
        seen.append(control.cwnd)

    assert seen == [400, 400, 400, 500, 500, 500, 500, 500, 600, 600]


def test_octets_beyond_a_whole_window_count_for_the_next():
    """RFC 5681 3.1."""
    control = reno(cwnd=400, ssthresh=400)
    control.acknowledged(600, 601)
    assert control.cwnd == 500

    control.acknowledged(299, 900)
    assert control.cwnd == 500
    control.acknowledged(1, 901)
    assert control.cwnd == 600


def test_slow_start_ends_where_the_window_reaches_the_threshold():
    """RFC 5681 3.1."""
    control = reno(cwnd=200, ssthresh=300)
    control.acknowledged(100, 101)
    control.acknowledged(100, 201)

    assert control.cwnd == 300


def test_the_third_duplicate_asks_for_a_retransmission_and_halves_the_window():
    """RFC 5681 3.2."""
    control = recovering()

    assert control.ssthresh == 500
    assert control.cwnd == 500 + 3 * SMSS
    assert control.recover == 1001


@pytest.mark.parametrize(("flight_size", "ssthresh"), [(1000, 500), (399, 200), (100, 200), (450, 225)])
def test_the_threshold_is_half_of_what_is_in_flight_but_two_segments_at_least(flight_size, ssthresh):
    """RFC 5681 3.1, equation 4."""
    by_duplicates, by_timeout = reno(), reno()
    for _ in range(3):
        by_duplicates.duplicate(flight_size, 1 + flight_size)
    by_timeout.timed_out(flight_size, 1 + flight_size)

    assert (by_duplicates.ssthresh, by_timeout.ssthresh) == (ssthresh, ssthresh)


def test_an_acknowledgment_between_them_makes_the_count_of_duplicates_begin_again():
    """RFC 5681 3.2."""
    control = reno()
    seen = [control.duplicate(1000, 1001), control.duplicate(1000, 1001)]
    control.acknowledged(100, 101)
    seen += [control.duplicate(900, 1001) for _ in range(3)]

    assert seen == [False, False, False, False, True]


def test_every_further_duplicate_says_that_a_segment_has_left_the_network():
    """RFC 5681 3.2."""
    control = recovering()

    assert [control.duplicate(1000, 1001) for _ in range(4)] == 4 * [False]
    assert control.cwnd == 500 + 7 * SMSS


def test_a_full_acknowledgment_ends_fast_recovery_with_the_threshold_as_the_window():
    """RFC 6582 3.2, step 3."""
    control = recovering()

    assert control.acknowledged(1000, 1001) is False
    assert (control.cwnd, control.recover) == (500, None)


@pytest.mark.parametrize(("octets", "cwnd"), [(300, 800 - 300 + 100), (100, 800), (50, 750), (900, 100)])
def test_a_partial_acknowledgment_asks_for_the_next_segment_and_deflates_the_window(octets, cwnd):
    """RFC 6582 3.2, step 3: SMSS is added back if at least one SMSS was acknowledged."""
    control = recovering()

    assert control.acknowledged(octets, 1 + octets) is True
    assert (control.cwnd, control.recover) == (cwnd, 1001)


def test_duplicates_of_the_segments_of_a_recovery_start_no_second_one():
    """RFC 6582 3.2, step 2: the acknowledgment has to cover more than `recover`."""
    control = recovering()
    control.acknowledged(1000, 1001)

    assert [control.duplicate(500, 1501) for _ in range(4)] == 4 * [False]
    assert (control.cwnd, control.recover) == (500, None)


def test_duplicates_beyond_a_recovery_start_another():
    """RFC 6582 3.2, step 2."""
    control = recovering()
    control.acknowledged(1000, 1001)
    control.acknowledged(1, 1002)

    assert [control.duplicate(500, 1502) for _ in range(3)] == [False, False, True]
    assert control.ssthresh == 250


def test_a_timeout_begins_again_with_one_segment():
    """RFC 5681 3.1."""
    control = reno()
    control.timed_out(1000, 1001)

    assert (control.cwnd, control.ssthresh) == (SMSS, 500)


def test_a_second_timeout_of_the_same_segment_leaves_the_threshold_alone():
    """RFC 5681 3.1."""
    control = reno()
    control.timed_out(1000, 1001)
    control.timed_out(1200, 1201)

    assert (control.cwnd, control.ssthresh) == (SMSS, 500)


def test_the_first_timeout_sets_the_threshold_even_if_the_window_was_one_segment():
    """RFC 5681 3.1, equation 4."""
    control = reno(cwnd=SMSS)
    control.timed_out(100, 101)

    assert control.ssthresh == 2 * SMSS


def test_a_timeout_ends_fast_recovery_and_old_duplicates_start_no_new_one():
    """RFC 6582 3.2, step 4."""
    control = recovering()
    control.timed_out(1000, 1001)
    assert control.recover is None

    assert [control.duplicate(1000, 1001) for _ in range(4)] == 4 * [False]
    control.acknowledged(1000, 1001)
    assert control.cwnd == 2 * SMSS
    assert [control.duplicate(100, 1101) for _ in range(4)] == 4 * [False]


def test_after_a_timeout_the_count_towards_the_next_segment_begins_again():
    control = reno(cwnd=400, ssthresh=400)
    control.acknowledged(300, 301)
    control.timed_out(400, 701)
    control.ssthresh = SMSS

    control.acknowledged(99, 400)
    assert control.cwnd == SMSS


# ---------------------------------------------------------------- without congestion control


def test_without_congestion_control_nothing_closes_the_window():
    control = NoCongestionControl()
    control.acknowledged(100, 101)
    control.timed_out(1000, 1001)
    for _ in range(5):
        control.duplicate(1000, 1001)

    assert (control.cwnd, control.ssthresh) == (2**30, 2**30)


def test_without_congestion_control_losses_are_repaired_all_the_same():
    control = NoCongestionControl()

    assert [control.duplicate(1000, 1001) for _ in range(5)] == [False, False, True, False, False]
    assert control.acknowledged(300, 301) is True
    assert control.acknowledged(700, 1001) is False
    assert [control.duplicate(1000, 2001) for _ in range(3)] == [False, False, True]


def test_without_congestion_control_an_acknowledgment_without_a_loss_asks_for_nothing():
    control = NoCongestionControl()

    assert control.acknowledged(100, 101) is False


def test_without_congestion_control_a_timeout_ends_the_repair():
    control = NoCongestionControl()
    for _ in range(3):
        control.duplicate(1000, 1001)
    control.timed_out(1000, 1001)

    assert [control.duplicate(1000, 1001) for _ in range(3)] == [False, False, True]
    control.timed_out(1000, 1001)
    assert control.acknowledged(300, 301) is False
