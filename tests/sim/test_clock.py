"""The clock: virtual time and the order of what happens in it."""

from course.sim.clock import Clock


def recorded(clock):
    """A list of (moment, word), and a function that writes into it."""
    happened = []
    return happened, lambda word: happened.append((clock.now, word))


def test_things_happen_in_the_order_of_their_moments():
    clock = Clock()
    happened, write = recorded(clock)
    for at in (3.0, 1.0, 2.0):
        clock.call_at(at, write, f"at {at}")

    clock.run(10)

    assert happened == [(1.0, "at 1.0"), (2.0, "at 2.0"), (3.0, "at 3.0")]


def test_what_is_due_at_one_instant_happens_in_the_order_of_asking():
    """Ties in the order of asking."""
    clock = Clock()
    happened, write = recorded(clock)
    for word in "zebra":
        clock.call_at(1.0, write, word)

    clock.run(10)

    assert [word for _, word in happened] == list("zebra")


def test_what_is_asked_for_at_an_instant_happens_after_what_is_due_at_it_already():
    clock = Clock()
    happened, write = recorded(clock)
    clock.call_at(1.0, lambda: clock.call_at(1.0, write, "asked for later"))
    clock.call_at(1.0, write, "due already")

    clock.run(10)

    assert happened == [(1.0, "due already"), (1.0, "asked for later")]


def test_time_moves_first_and_then_the_thing_happens():
    clock = Clock()
    moments = []
    clock.call_at(0.5, lambda: moments.append(clock.now))

    clock.run(10)

    assert moments == [0.5]


def test_time_stands_still_where_nothing_is_due():
    clock = Clock()

    assert clock.run(10) is False
    assert clock.now == 0.0


def test_moments_are_rounded_to_nanoseconds():
    """Time is rounded to nanoseconds where the clock schedules."""
    clock = Clock()
    happened, write = recorded(clock)
    clock.call_at(0.1 + 0.2, write, "sum")
    clock.call_at(0.3, write, "number")
    clock.call_at(1 + 4e-10, write, "down")
    clock.call_at(2 + 6e-10, write, "up")

    clock.run(10)

    assert happened == [(0.3, "sum"), (0.3, "number"), (1.0, "down"), (2.000000001, "up")]


def test_what_is_cancelled_does_not_happen_and_moves_no_time():
    clock = Clock()
    happened, write = recorded(clock)
    clock.call_at(1.0, write, "kept")
    clock.cancel(clock.call_at(2.0, write, "cancelled"))

    clock.run(10)

    assert happened == [(1.0, "kept")]
    assert clock.now == 1.0


def test_one_of_two_at_the_same_instant_can_be_cancelled():
    clock = Clock()
    happened, write = recorded(clock)
    first = clock.call_at(1.0, write, "first")
    clock.call_at(1.0, write, "second")
    clock.cancel(first)

    clock.run(10)

    assert happened == [(1.0, "second")]


def test_a_run_up_to_a_moment_includes_that_moment_and_tells_whether_anything_is_left():
    clock = Clock()
    happened, write = recorded(clock)
    clock.call_at(1.0, write, "at the moment")
    clock.call_at(1.000000001, write, "after it")

    assert clock.run(1.0) is True
    assert happened == [(1.0, "at the moment")]
    assert clock.run(2.0) is False
    assert happened[1:] == [(1.000000001, "after it")]


def test_what_is_cancelled_beyond_the_moment_is_not_left():
    clock = Clock()
    clock.cancel(clock.call_at(5.0, print, "never"))

    assert clock.run(1.0) is False


def test_stop_lets_nothing_more_happen_in_this_run():
    clock = Clock()
    happened, write = recorded(clock)
    clock.call_at(1.0, clock.stop)
    clock.call_at(1.0, write, "too late")

    assert clock.run(10) is False
    assert happened == []

    clock.run(10)

    assert happened == [(1.0, "too late")]
