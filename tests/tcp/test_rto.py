"""The retransmission timeout by itself: numbers worked out by hand. What it does to segments: tests/spec."""

import pytest

from course.tcp.parameters import TcpParameters
from course.tcp.rto import RetransmissionTimeout


def rto_after(*round_trips, **knobs):
    rto = RetransmissionTimeout(TcpParameters(**{"min_rto": 0.01, "initial_rto": 1.0, **knobs}))
    for round_trip in round_trips:
        rto.measured(round_trip)
    return rto


def test_before_any_measurement_the_rto_is_the_initial_one():
    """RFC 6298 2.1."""
    rto = rto_after()

    assert (rto.rto, rto.srtt, rto.rttvar) == (1.0, None, None)


def test_the_first_measurement_sets_srtt_and_half_of_it_is_the_variation():
    """RFC 6298 2.2."""
    rto = rto_after(0.4)

    assert (rto.srtt, rto.rttvar) == (0.4, 0.2)
    assert rto.rto == pytest.approx(0.4 + 4 * 0.2)


def test_a_later_measurement_counts_one_eighth_and_its_distance_one_quarter():
    """RFC 6298 2.3: the variation is computed with the old SRTT."""
    rto = rto_after(0.4, 1.2)

    assert rto.rttvar == pytest.approx(3 / 4 * 0.2 + 1 / 4 * 0.8)  # 0.35
    assert rto.srtt == pytest.approx(7 / 8 * 0.4 + 1 / 8 * 1.2)  # 0.5
    assert rto.rto == pytest.approx(0.5 + 4 * 0.35)


def test_a_faster_round_trip_makes_the_variation_grow_as_a_slower_one_does():
    """RFC 6298 2.3."""
    assert rto_after(0.4, 0.2).rttvar == pytest.approx(rto_after(0.4, 0.6).rttvar)


def test_equal_round_trips_let_the_variation_fade_but_the_clock_keeps_its_granularity():
    """RFC 6298 2.3: RTO = SRTT + max(G, 4 * RTTVAR)."""
    rto = rto_after(*100 * [0.4])

    assert rto.srtt == pytest.approx(0.4)
    assert rto.rto == pytest.approx(0.401)


@pytest.mark.parametrize(("round_trip", "least", "most", "rto"), [(0.1, 1.0, 60.0, 1.0), (30.0, 1.0, 60.0, 60.0)])
def test_the_rto_stays_between_its_bounds(round_trip, least, most, rto):
    """RFC 6298 2.4 and 2.5."""
    assert rto_after(round_trip, min_rto=least, max_rto=most).rto == rto


def test_every_timeout_doubles_the_rto_up_to_the_maximum():
    """RFC 6298 5.5."""
    rto, seen = rto_after(), []
    for _ in range(8):
        rto.back_off()
        seen.append(rto.rto)

    assert seen == [2, 4, 8, 16, 32, 60, 60, 60]


def test_a_measurement_takes_the_back_off_back():
    """RFC 6298 5."""
    rto = rto_after(0.4)
    rto.back_off()
    rto.measured(0.4)

    assert rto.rto == pytest.approx(0.4 + 4 * 0.15)


def test_an_acknowledgment_of_the_timed_segment_is_one_round_trip():
    """RFC 6298 3."""
    rto = rto_after()
    rto.start_timing(101, 5.0)
    rto.acknowledged(100, 5.1)  # not all of it
    assert rto.srtt is None

    rto.acknowledged(101, 5.3)
    assert rto.srtt == pytest.approx(0.3)


def test_one_segment_is_timed_at_a_time():
    """RFC 6298 3."""
    rto = rto_after()
    rto.start_timing(101, 5.0)
    rto.start_timing(201, 5.2)
    rto.acknowledged(201, 5.5)
    assert rto.srtt == pytest.approx(0.5)

    rto.acknowledged(301, 9.0)  # nothing is timed now
    assert rto.srtt == pytest.approx(0.5)


def test_what_was_sent_again_is_not_timed():
    """RFC 6298 3; RFC 9293 3.8.1, MUST-18."""
    rto = rto_after()
    rto.start_timing(101, 5.0)
    rto.stop_timing()
    rto.acknowledged(101, 5.3)

    assert rto.srtt is None


@pytest.mark.parametrize(
    ("knobs", "lost", "rto"),
    [
        ({}, 1, 3.0),  # 2 becomes 3
        ({}, 4, 3.0),  # 16 becomes 3, too
        ({"initial_rto": 0.5, "max_rto": 2.0}, 1, 2.0),
        ({"initial_rto": 5.0}, 1, 5.0),  # it was never less than 3
    ],
)
def test_after_a_lost_syn_data_begins_with_3_seconds_or_with_more_if_the_rto_began_so(knobs, lost, rto):
    """RFC 6298 5.7."""
    timeout = rto_after(**knobs)
    for _ in range(lost):
        timeout.lost_syns += 1
        timeout.back_off()
    timeout.begin_data()

    assert timeout.rto == rto


def test_if_no_syn_was_lost_data_begins_with_what_was_measured():
    """RFC 6298 2.2 and 5.7."""
    timeout = rto_after(0.4)
    timeout.begin_data()

    assert timeout.rto == pytest.approx(1.2)
