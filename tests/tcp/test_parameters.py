"""TCP's knobs: the RFCs' values unless something else is said, and no value that cannot work."""

from dataclasses import FrozenInstanceError

import pytest

from course.tcp.parameters import TcpParameters

LIMITS = [
    ("mss", 1, 65_495),
    ("send_buffer", 1, 2**30),
    ("receive_buffer", 1, 65_535),
    ("delayed_ack", 0, 0.499),
    ("r2", 0, 1e7),
    ("r2_syn", 0, 1e7),
    ("keep_idle", 0.001, 1e6),
    ("keep_interval", 0.001, 1e6),
    ("keep_count", 1, 127),
    ("window_scale", 0, 14),
    ("syn_queue", 0, 2**20),
    ("msl", 0, 86_400),
    ("iss", 0, 2**32 - 1),
    ("initial_window", 1, 2**30),
]


def test_the_defaults_are_what_the_rfcs_recommend():
    """RFC 9293 3.4.2, 3.7.4, 3.8.3 and 3.8.6.3, SHLD-7, SHLD-11, SHLD-18, MUST-23, MUST-40; RFC 6298 2."""
    knobs = TcpParameters()

    assert (knobs.mss, knobs.send_buffer, knobs.receive_buffer) == (1460, 256 * 1024, 65_535)
    assert (knobs.initial_rto, knobs.min_rto, knobs.max_rto) == (1.0, 1.0, 60.0)
    assert knobs.r2 >= 100
    assert knobs.r2_syn >= 180
    assert knobs.msl == 120
    assert 0 < knobs.delayed_ack < 0.5
    assert knobs.nagle
    assert knobs.congestion_control == "reno"
    assert knobs.initial_window is None
    assert knobs.iss is None
    assert (knobs.window_scale, knobs.timestamps, knobs.syn_cookies, knobs.when_full) == (None, False, False, "drop")


def test_keep_alive_is_off_and_asks_after_two_hours():
    """RFC 9293 3.8.4, MUST-25, MUST-28; tcp(7): 7200 s, 75 s, 9."""
    knobs = TcpParameters()

    assert not knobs.keep_alive
    assert (knobs.keep_idle, knobs.keep_interval, knobs.keep_count) == (7200.0, 75.0, 9)


def test_a_larger_window_needs_a_scale():
    """RFC 7323 2.3."""
    assert TcpParameters(receive_buffer=65_535 << 7, window_scale=7).receive_buffer == 65_535 << 7
    with pytest.raises(ValueError, match=r"^receive_buffer=65536 cannot work: give 1 to 65535 octets"):
        TcpParameters(receive_buffer=65_536)
    with pytest.raises(ValueError, match=r"^receive_buffer=.* cannot work: give 2 to 131070 octets"):
        TcpParameters(receive_buffer=131_071, window_scale=1)


def test_a_full_listener_drops_or_resets():
    with pytest.raises(ValueError, match=r"^when_full is drop or reset, not 'cry'$"):
        TcpParameters(when_full="cry")


@pytest.mark.parametrize(("name", "least", "most"), LIMITS)
def test_a_knob_takes_both_its_bounds(name, least, most):
    assert getattr(TcpParameters(**{name: least}), name) == least
    assert getattr(TcpParameters(**{name: most}), name) == most


@pytest.mark.parametrize(("name", "least", "most"), [limit for limit in LIMITS if limit[0] != "initial_window"])
def test_a_value_below_its_bound_cannot_work(name, least, most):
    with pytest.raises(ValueError, match=rf"^{name}={least - 1!r} cannot work: give {least}"):
        TcpParameters(**{name: least - 1})


@pytest.mark.parametrize(("name", "least", "most"), LIMITS)
def test_a_value_above_its_bound_cannot_work(name, least, most):
    with pytest.raises(ValueError, match=rf"^{name}=.* cannot work: give .* to {most}"):
        TcpParameters(**{name: most + 1})


@pytest.mark.parametrize("value", [0, -1])
def test_no_octet_at_all_is_no_initial_window(value):
    with pytest.raises(ValueError, match=f"^initial_window={value} cannot work"):
        TcpParameters(initial_window=value)


def test_an_ack_is_never_delayed_by_half_a_second():
    """RFC 9293 3.8.6.3, MUST-40."""
    with pytest.raises(ValueError, match="less than half a second"):
        TcpParameters(delayed_ack=0.5)


@pytest.mark.parametrize(
    ("knobs", "name"),
    [
        ({"min_rto": 0.0}, "min_rto"),
        ({"min_rto": 3601, "initial_rto": 3601, "max_rto": 3601}, "min_rto"),
        ({"min_rto": 2.0}, "initial_rto"),  # the initial RTO is 1
        ({"initial_rto": 61.0}, "max_rto"),
        ({"max_rto": 0.5}, "max_rto"),
        ({"initial_rto": 3601, "max_rto": 3601}, "initial_rto"),
        ({"max_rto": 3601}, "max_rto"),
    ],
)
def test_the_three_bounds_of_the_rto_are_in_their_order(knobs, name):
    """RFC 6298 2.4 and 2.5."""
    with pytest.raises(ValueError, match=f"^{name}="):
        TcpParameters(**knobs)


def test_the_three_bounds_of_the_rto_may_be_the_same():
    knobs = TcpParameters(min_rto=0.001, initial_rto=0.001, max_rto=0.001)

    assert knobs.max_rto == 0.001


@pytest.mark.parametrize("value", [True, "1460", None, [1460]], ids=repr)
def test_what_is_no_number_is_a_typeerror(value):
    with pytest.raises(TypeError, match=r"^mss is a number of octets, not "):
        TcpParameters(mss=value)


def test_only_two_congestion_controls_are_known():
    with pytest.raises(ValueError, match=r"^congestion_control is reno or none, not 'cubic'$"):
        TcpParameters(congestion_control="cubic")


def test_knobs_are_named_and_stay_as_they_are():
    with pytest.raises(TypeError):
        TcpParameters(1460)
    with pytest.raises(FrozenInstanceError):
        TcpParameters().mss = 536


def test_a_receive_buffer_that_the_window_field_can_only_call_zero_is_refused():
    """RFC 7323 2.3: no peer would ever be allowed to send."""
    assert TcpParameters(receive_buffer=128, window_scale=7).receive_buffer == 128
    with pytest.raises(ValueError, match=r"^receive_buffer=127 cannot work: give 128 to 8388480 octets"):
        TcpParameters(receive_buffer=127, window_scale=7)
