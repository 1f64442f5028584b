"""Timers are named deadlines: the earliest is next."""

from course.tcp.timers import Timer, Timers


def test_no_timer_runs_at_first():
    timers = Timers()

    assert timers.next() is None
    assert timers.running() == {}
    assert timers.due(Timer.PERSIST) is None


def test_the_timer_that_runs_out_first_is_next_whatever_the_order_they_were_set_in():
    timers = Timers()
    timers.set(Timer.RETRANSMISSION, 3.0)
    timers.set(Timer.DELAYED_ACK, 0.2)
    timers.set(Timer.PERSIST, 1.0)

    assert timers.next() == (0.2, Timer.DELAYED_ACK)


def test_of_two_timers_due_at_once_the_one_that_was_set_first_comes_first():
    timers = Timers()
    timers.set(Timer.PERSIST, 1.0)
    timers.set(Timer.DELAYED_ACK, 1.0)

    assert timers.next() == (1.0, Timer.PERSIST)


def test_setting_a_timer_again_moves_its_deadline():
    timers = Timers()
    timers.set(Timer.TIME_WAIT, 1.0)
    timers.set(Timer.TIME_WAIT, 5.0)

    assert timers.due(Timer.TIME_WAIT) == 5.0
    assert timers.running() == {Timer.TIME_WAIT: 5.0}


def test_a_stopped_timer_does_not_run_and_may_be_stopped_again():
    timers = Timers()
    timers.set(Timer.PERSIST, 1.0)
    timers.set(Timer.DELAYED_ACK, 2.0)
    assert timers.runs(Timer.PERSIST)

    timers.stop(Timer.PERSIST)
    timers.stop(Timer.PERSIST)

    assert not timers.runs(Timer.PERSIST)
    assert timers.next() == (2.0, Timer.DELAYED_ACK)


def test_all_timers_can_be_stopped_at_once():
    timers = Timers()
    for timer in Timer:
        timers.set(timer, 1.0)

    timers.stop_all()

    assert timers.next() is None


def test_who_asks_what_runs_cannot_change_it():
    timers = Timers()
    timers.set(Timer.PERSIST, 1.0)
    timers.running().clear()

    assert timers.runs(Timer.PERSIST)


def test_timers_have_names_for_people():
    assert [str(timer) for timer in Timer] == [
        "retransmission",
        "persist",
        "override",
        "delayed ACK",
        "keep-alive",
        "time-wait",
    ]
