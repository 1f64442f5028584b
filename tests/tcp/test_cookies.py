"""SYN cookies: what a number can say (RFC 4987, section 3.6)."""

import pytest

from course.tcp.cookies import PERIOD, SIZES, VALID, bake, mss_in

LOCAL, REMOTE = ("10.0.0.1", 7000), ("10.0.0.2", 4000)
IRS, SECRET = 4_000_000_000, "secret"


def baked(mss=1460, now=0.0, irs=IRS):
    return bake(LOCAL, REMOTE, irs, mss, SECRET, now)


def found(cookie, now=0.0, local=LOCAL, remote=REMOTE, irs=IRS, secret=SECRET):
    return mss_in(cookie, local, remote, irs, secret, now)


def test_a_cookie_is_a_sequence_number():
    """RFC 9293, section 3.4: 32 bits, whenever it is made."""
    assert all(0 <= baked(now=now * PERIOD) < 2**32 for now in range(70))


@pytest.mark.parametrize("mss", SIZES)
def test_a_cookie_remembers_the_mss(mss):
    assert found(baked(mss)) == mss


@pytest.mark.parametrize("mss", [1, 50, 87, 100, 535, 600, 1219, 1459, 1500, 9000, 65_495])
def test_another_mss_is_rounded_down_so_that_no_segment_is_too_large(mss):
    """RFC 9293, section 3.7.1, MUST-16."""
    assert found(baked(mss)) == max(size for size in SIZES if size <= mss)


@pytest.mark.parametrize(
    "wrong",
    [{"remote": ("10.0.0.2", 4001)}, {"remote": ("10.0.0.3", 4000)}, {"local": ("10.0.0.1", 7001)}, {"irs": IRS + 1},
     {"secret": "another"}],
    ids=str,
)  # fmt: skip
def test_it_is_good_for_one_caller_and_one_call_only(wrong):
    assert found(baked(), **wrong) is None


@pytest.mark.parametrize("bit", range(32))
def test_no_bit_of_it_can_be_changed(bit):
    assert found(baked() ^ 1 << bit) is None


@pytest.mark.parametrize("made", [0, 1, PERIOD - 1, 40 * PERIOD, 1_000_000.5])
def test_it_is_good_for_one_period_at_least_and_two_at_most(made):
    cookie = baked(now=made)

    assert found(cookie, made) == found(cookie, made + (VALID - 1) * PERIOD) == 1460
    assert found(cookie, made + VALID * PERIOD) is None


def test_it_is_not_good_again_when_its_clock_has_gone_round():
    """Five bits of the clock are in the cookie, and all of it in the digest."""
    assert found(baked(), 32 * PERIOD) is None


def test_a_cookie_of_the_future_is_none():
    assert found(baked(now=10 * PERIOD), 9 * PERIOD) is None


def test_numbers_are_taken_as_they_are_on_the_wire():
    """RFC 9293, section 3.4: an unwrapped number means the same."""
    assert found(baked() + 2**32, irs=IRS - 2**32) == 1460
    assert baked(irs=IRS + 2**32) == baked()


def test_the_same_call_gets_the_same_cookie_and_another_one_another():
    """So that a repeated SYN is answered alike, and nobody can guess."""
    assert baked(now=1) == baked(now=PERIOD - 1)
    assert len({bake(LOCAL, ("10.0.0.2", port), IRS, 1460, SECRET, 0) for port in range(1000)}) == 1000
